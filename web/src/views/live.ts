// A run as it goes: where it stands, what it draws, its curves.

import { readRun, type RunList } from "../api";
import { Controls } from "../controls";
import { Charts } from "../curves";
import { h, isAbort, problem } from "../dom";
import { follow, hasEnded, type Connection, type Status } from "../events";
import { duration, fixed, grouped } from "../format";
import { Gallery } from "../gallery";
import { Metrics, type Remark } from "../metrics";

const states: Record<Status["state"], string> = {
  training: "Training",
  paused: "Paused",
  stopping: "Stopping",
  finished: "Finished",
  stopped: "Stopped",
  diverged: "Diverged",
  failed: "Ended by an error",
};

export function liveView(
  run: string,
  _: RunList,
  signal: AbortSignal,
  tellTraining: (training: boolean) => void,
): HTMLElement {
  const metrics = new Metrics();
  const charts = new Charts(signal);
  const gallery = new Gallery(run, signal);
  const controls = new Controls(run);
  const standing = new Standing();
  const remarks = h("ul", { class: "remarks", attributes: { "aria-label": "The doctor's findings" } });
  let frame = 0;

  const draw = () => {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(() => {
      charts.update(metrics);
      standing.update(metrics);
      remarks.replaceChildren(...metrics.remarks.map(remarkItem));
    });
  };

  follow(
    run,
    {
      metrics(rows) {
        metrics.append(rows);
        draw();
      },
      restart() {
        metrics.clear();
        draw();
      },
      samples: (epochs) => gallery.update(epochs),
      status(status) {
        standing.status(status);
        controls.update(status);
        tellTraining(!hasEnded(status));
        draw();
      },
      connection(state) {
        standing.connection(state);
        if (state === "lost") {
          controls.disable();
        }
      },
    },
    signal,
  );
  signal.addEventListener("abort", () => cancelAnimationFrame(frame));

  const description = h("p", { class: "lead" });
  readRun(run, signal)
    .then((details) => {
      description.textContent = `${details.recipe} on ${details.data}. ${details.description}.`;
      standing.setBatches(details.epochs);
    })
    .catch((error: unknown) => isAbort(error) || description.replaceChildren(problem(error)));

  return h(
    "div",
    { class: "live" },
    h("div", { class: "head" }, h("div", {}, h("h1", {}, run), description), controls.element),
    standing.element,
    remarks,
    h("div", { class: "columns" }, gallery.element, charts.element),
  );
}

function remarkItem({ step, text, advice }: Remark): HTMLElement {
  return h("li", {}, `Step ${grouped(step)}: ${text}.`, ...(advice ? [h("p", {}, `${advice}.`)] : []));
}

/** The line that says how far a run is. */
class Standing {
  readonly element: HTMLElement;
  private readonly state = h("b", { class: "pill", attributes: { role: "status" } }, "Recorded");
  private readonly bar = h("progress", { attributes: { "aria-label": "Share of the training that is done" } });
  private readonly facts = h("dl", { class: "facts" });
  private readonly command = h("code");
  private readonly way = h("p", { class: "resume", hidden: true }, "To resume, run ", this.command);
  private last: Status | null = null;
  private epochs = 0;

  constructor() {
    this.element = h("section", { class: "standing card", attributes: { "aria-label": "Progress" } }, this.state, this.bar, this.facts, this.way);
  }

  setBatches(epochs: number): void {
    this.epochs = epochs;
  }

  status(status: Status): void {
    this.last = status;
    this.show(status.state, states[status.state]);
    this.command.textContent = status.resume ?? "";
    this.way.hidden = !status.resume;
  }

  connection(state: Connection): void {
    if (this.last && hasEnded(this.last)) {
      return; // the program was to end; should another one train the run, its status follows
    }
    if (state === "lost") {
      this.show("lost", this.last ? "The program has ended or is not reachable; retrying" : "Connection lost; retrying");
    } else if (state === "open" && !this.last) {
      this.show("recorded", "Recorded");
    }
  }

  update(metrics: Metrics): void {
    const { last } = this;
    const step = last?.step ?? metrics.steps.at(-1) ?? 0;
    const speed = metrics.last("ms_per_step");
    const epoch = last?.epoch ?? metrics.last("epoch");
    const epochs = last?.epochs ?? this.epochs;
    const rows: [string, string][] = [
      ["Epoch", `${epoch ?? "–"}${epochs ? ` of ${epochs}` : ""}`],
      ["Step", last ? `${grouped(step)} of ${grouped(last.total_steps)}` : grouped(step)],
      ["Speed", `${fixed(speed, 1)} ms per step`],
    ];
    if (last?.state === "training" && speed !== null) {
      rows.push(["Time left", duration(((last.total_steps - step) * speed) / 1000)]);
    }
    this.facts.replaceChildren(...rows.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))));
    this.bar.max = last?.total_steps ?? Math.max(1, epochs);
    this.bar.value = last ? step : (epoch ?? 0);
  }

  private show(kind: string, text: string): void {
    if (this.state.textContent !== text) {
      this.state.textContent = text;
      this.state.className = `pill ${kind}`;
    }
  }
}
