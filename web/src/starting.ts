// Starts a training that the page asked for, and goes to it as soon as it trains.

import { listTrainings, startTraining, type Order } from "./api";
import { isAbort } from "./dom";

const secondsBetweenLooks = 0.5;

/** Queues `order`, says in `said` how it stands, and shows the run when it trains. */
export async function startAndShow(order: Order, said: HTMLElement, signal: AbortSignal): Promise<void> {
  try {
    const { run } = await startTraining(order);
    for (;;) {
      const { starting, running, waiting, failures } = await listTrainings(signal);
      const failed = failures.find((failure) => failure.run === run);
      if (failed) {
        throw new Error(failed.why);
      }
      const place = waiting.findIndex((one) => one.run === run);
      if (running === run || (place < 0 && starting !== run)) {
        location.hash = `#/live/${encodeURIComponent(run)}`; // it trains, or has ended already
        return;
      }
      said.textContent = place < 0 ? `${run} is being prepared.` : `${run} waits for its turn: number ${place + 1} in the queue.`;
      await new Promise((resolve) => setTimeout(resolve, secondsBetweenLooks * 1000));
      if (signal.aborted) {
        return;
      }
    }
  } catch (error) {
    if (!isAbort(error)) {
      said.textContent = error instanceof Error ? error.message : String(error);
    }
  }
}
