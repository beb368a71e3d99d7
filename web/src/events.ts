// Follows a run by Server-Sent Events. After a break it reconnects and misses nothing.

import { address, type Phase, type RunState } from "./api";

export interface Status {
  state: RunState;
  phase: Phase | null; // the last one of a step that is taken phase by phase
  step: number;
  total_steps: number;
  epoch: number;
  epochs: number;
  metrics?: Record<string, number>; // of the last step, once there is one
  changes: number; // how often the run has gone on from a checkpoint
  undo_step: number | null; // where undoing the last change leads
  resume?: string; // the command that goes on with a run that has ended
}

export const states: Record<RunState, string> = {
  training: "Training",
  paused: "Paused",
  stopping: "Stopping",
  finished: "Finished",
  stopped: "Stopped",
  diverged: "Diverged",
  failed: "Ended by an error",
};

/** Whether the training has ended, so that a lost connection is expected. */
export const hasEnded = ({ state }: Status) => !["training", "paused", "stopping"].includes(state);

export type Connection = "connecting" | "open" | "lost";

export interface Listener {
  metrics(rows: Record<string, unknown>[]): void;
  restart(): void;
  samples(epochs: number[]): void;
  status(status: Status): void;
  connection(state: Connection): void;
}

const secondsBetweenTries = 2;

/** Passes all events in order to `listener` until `signal` is aborted. */
export function follow(run: string, listener: Listener, signal: AbortSignal): void {
  let last = "";
  let timer = 0;

  const open = () => {
    listener.connection("connecting");
    const source = new EventSource(address(run, "events", last ? { after: last } : {}));
    const on = <T>(name: string, tell: (data: T) => void) =>
      source.addEventListener(name, (event: MessageEvent<string>) => {
        last = event.lastEventId || last;
        tell(JSON.parse(event.data) as T);
      });
    on("metrics", listener.metrics);
    on("restart", listener.restart);
    on("samples", listener.samples);
    on("status", listener.status);
    on("end", () => retry(source));
    source.onopen = () => listener.connection("open");
    source.onerror = () => retry(source);
    signal.addEventListener("abort", () => source.close(), { once: true });
  };

  // The browser stops reconnecting after an answer that is not a stream; this continues.
  const retry = (source: EventSource) => {
    source.close();
    listener.connection("lost");
    clearTimeout(timer);
    if (!signal.aborted) {
      timer = window.setTimeout(open, secondsBetweenTries * 1000);
    }
  };

  signal.addEventListener("abort", () => clearTimeout(timer), { once: true });
  open();
}
