// A run as it goes: where it stands, what it draws, its curves.

import { listRuns, readRun, type RunList, type RunSummary } from "../api";
import { Changing } from "../changing";
import { Controls } from "../controls";
import { Charts } from "../curves";
import { h, isAbort, problem } from "../dom";
import { follow, hasEnded, states, type Connection, type Status } from "../events";
import { duration, fixed, grouped } from "../format";
import { Gallery } from "../gallery";
import { showLesson } from "../lesson";
import { Metrics, type Remark } from "../metrics";

const statusPatience = 1000; // milliseconds

export function liveView(
  run: string,
  { runs, starts }: RunList,
  signal: AbortSignal,
  tellTraining: (training: boolean) => void,
): HTMLElement {
  const metrics = new Metrics();
  const charts = new Charts(signal);
  const gallery = new Gallery(run, signal);
  const controls = new Controls(run);
  const changing = new Changing(run);
  const lesson = h("section");
  let changes = 0;
  const named = ({ name }: RunSummary) => name === run;
  const standing = new Standing(runs.find(named));
  const remarks = h("ul", { class: "remarks", attributes: { "aria-label": "The doctor's findings and the changes" } });
  let frame = 0;
  let timer = 0;
  let last: Status | null = null;

  /** A run that ended while this page was opened is listed as training, and no status will come. */
  const waitForStatus = () => {
    clearTimeout(timer);
    timer = window.setTimeout(() => {
      if (last === null) {
        listRuns(signal).then(({ runs: newer }) => relist(newer.find(named)), () => signal.aborted || waitForStatus());
      }
    }, statusPatience);
  };
  const relist = (listed: RunSummary | undefined) => {
    if (listed?.live) {
      waitForStatus();
    } else if (listed && last === null) {
      standing.relist(listed);
      tellTraining(false);
      draw();
    }
  };

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
        if (status.changes !== changes) {
          changes = status.changes;
          void read();
        }
        changing.update(status);
        last = status;
        tellTraining(!hasEnded(status));
        draw();
      },
      connection(state) {
        standing.connection(state);
        if (state === "lost") {
          controls.disable();
        } else if (state === "open" && runs.some((one) => named(one) && one.live)) {
          waitForStatus();
        }
      },
    },
    signal,
  );
  signal.addEventListener("abort", () => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
  });

  const description = h("p", { class: "lead" });
  const read = () => readRun(run, signal)
    .then((details) => {
      changing.show(details);
      if (last) {
        changing.update(last);
      }
      description.textContent = `${details.recipe} on ${details.data}. ${details.description}.`;
      standing.setBatches(details.epochs);
      charts.setBatchSize(details.batch_size);
      draw();
    })
    .catch((error: unknown) => isAbort(error) || description.replaceChildren(problem(error)));
  void read();
  if (starts) {
    showLesson(run, runs.map(({ name }) => name), lesson, signal).catch(() => undefined); // the run is shown without
  }

  return h(
    "div",
    { class: "live" },
    h("div", { class: "head" }, h("div", {}, h("h1", {}, run), description), controls.element),
    lesson,
    standing.element,
    changing.element,
    remarks,
    h("div", { class: "columns" }, gallery.element, charts.element),
  );
}

function remarkItem({ step, event, text, advice }: Remark): HTMLElement {
  return h("li", { class: event }, `Step ${grouped(step)}: ${text}.`, ...(advice ? [h("p", {}, `${advice}.`)] : []));
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

  /** `listed` is what the list of runs tells. */
  constructor(private listed: RunSummary | undefined) {
    if (listed && !listed.live) {
      this.relist(listed);
    }
    this.element = h("section", { class: "standing card", attributes: { "aria-label": "Progress" } }, this.state, this.bar, this.facts, this.way);
  }

  /** Shows what the list of runs tells of one that does not train here. */
  relist(listed: RunSummary): void {
    this.listed = listed;
    this.show(listed.state, states[listed.state]);
    this.offer(listed.resume);
  }

  setBatches(epochs: number): void {
    this.epochs = epochs;
  }

  status(status: Status): void {
    this.last = status;
    this.show(status.state, states[status.state]);
    this.offer(status.resume ?? null);
  }

  private offer(command: string | null): void {
    this.command.textContent = command ?? "";
    this.way.hidden = !command;
  }

  connection(state: Connection): void {
    if (this.last && hasEnded(this.last)) {
      return; // the program was to end; should another one train the run, its status follows
    }
    if (state === "lost") {
      this.show("lost", this.last ? "The program has ended or is not reachable; retrying" : "Connection lost; retrying");
    } else if (state === "open" && !this.last && this.listed) {
      this.show(this.listed.state, states[this.listed.state]);
    }
  }

  update(metrics: Metrics): void {
    const { last } = this;
    const step = last?.step ?? metrics.steps.at(-1) ?? 0;
    const steps = last?.total_steps ?? this.listed?.total_steps ?? 0;
    const speed = metrics.last("ms_per_step");
    const epoch = last?.epoch ?? metrics.last("epoch");
    const epochs = last?.epochs ?? this.epochs;
    const rows: [string, string][] = [
      ["Epoch", `${epoch ?? "–"}${epochs ? ` of ${epochs}` : ""}`],
      ["Step", `${grouped(step)}${steps ? ` of ${grouped(steps)}` : ""}`],
      ["Speed", `${fixed(speed, 1)} ms per step`],
    ];
    if (last?.state === "training" && speed !== null) {
      rows.push(["Time left", duration(((steps - step) * speed) / 1000)]);
    }
    this.facts.replaceChildren(...rows.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))));
    this.bar.max = Math.max(1, steps);
    this.bar.value = step;
  }

  private show(kind: string, text: string): void {
    if (this.state.textContent !== text) {
      this.state.textContent = text;
      this.state.className = `pill ${kind}`;
    }
  }
}
