// Several runs side by side: the same axes, the same latent points.

import { address, readMetrics, type RunList } from "../api";
import { Chart } from "../chart";
import { floorOf, plotsOf, type Plot } from "../curves";
import { h, isAbort, numberField, problem } from "../dom";
import { Metrics } from "../metrics";
import { places, ReadingControls, type Reading } from "../reading";

export const colors = ["run-1", "run-2", "run-3", "run-4"];

interface Compared {
  name: string;
  color: string;
  metrics: Metrics;
  batchSize: number;
}

/** `named` are the runs to begin with; of one alone the newest other is added. */
export function compareView(named: string[], { runs }: RunList, signal: AbortSignal): HTMLElement {
  const sheets = h("div", { class: "sheets" });
  const curves = h("div", { class: "charts wide" });
  const others = runs.map(({ name }) => name).filter((name) => !named.includes(name));
  const chosen = new Set(named.length > 1 ? named.slice(0, colors.length) : [...named, ...others.slice(-1)]);
  let compared: Compared[] = [];
  let latest = 0;

  const redraw = () => curves.replaceChildren(...draw(compared, controls.value, signal));
  const controls = new ReadingControls(redraw);

  const refresh = async () => {
    const turn = ++latest;
    try {
      const of = (name: string) => runs.find((run) => run.name === name)?.batch_size ?? 1;
      const found = await Promise.all([...chosen].map((name, n) => read(name, of(name), colors[n] ?? "muted", signal)));
      if (turn === latest) {
        compared = found;
        sheets.replaceChildren(...compared.map((one) => sheet(one, seed.value())));
        redraw();
      }
    } catch (error) {
      isAbort(error) || curves.replaceChildren(problem(error));
    }
  };
  const seed = numberField("Seed of the latent points", 0, 0, 1_000_000_000, () => void refresh());
  const boxes = runs.map(({ name }) => {
    const box = h("input", { type: "checkbox", checked: chosen.has(name) });
    box.addEventListener("change", () => {
      box.checked ? chosen.add(name) : chosen.delete(name);
      box.checked &&= chosen.size <= colors.length || !chosen.delete(name);
      void refresh();
    });
    return h("label", { class: "box" }, box, name);
  });
  void refresh();
  return h(
    "div",
    { class: "compare" },
    h("h1", {}, "Compare runs"),
    h("p", { class: "lead" }, `Up to ${colors.length} runs on the same axes, and their generators' images of the same latent points.`),
    h("fieldset", { class: "card toolbar" }, h("legend", {}, "Runs"), ...boxes, seed.element),
    sheets,
    controls.element,
    curves,
  );
}

async function read(name: string, batchSize: number, color: string, signal: AbortSignal): Promise<Compared> {
  const metrics = new Metrics();
  metrics.append(await readMetrics(name, signal));
  return { name, color, metrics, batchSize };
}

function sheet({ name, color }: Compared, seed: number): HTMLElement {
  const image = h("img", {
    class: "sheet",
    src: address(name, "sheet", { seed, count: 40, columns: 10 }),
    alt: `Images of ${name} from the latent points of seed ${seed}`,
  });
  image.addEventListener("error", () => image.replaceWith(h("p", { class: "hint" }, "No saved networks yet.")));
  const title = h("h2", {}, name);
  title.style.color = `var(--${color})`;
  return h("figure", { class: "card" }, title, image);
}

/** A chart for each curve, with a line a run. */
function draw(compared: Compared[], reading: Reading, signal: AbortSignal): HTMLElement[] {
  const names = [...new Set(compared.flatMap(({ metrics }) => metrics.measured()))];
  return plotsOf(names).flatMap((plot) => plot.curves.map((curve) => chart(plot, curve, compared, reading, signal)));
}

function chart(plot: Plot, curve: Plot["curves"][number], compared: Compared[], reading: Reading, signal: AbortSignal): HTMLElement {
  const title = plot.curves.length > 1 ? `${plot.title}: ${curve.label}` : plot.title;
  const { hint: _, floor: __, ...options } = plot;
  const drawn = new Chart({ ...options, title }, signal);
  const own = compared.map(({ metrics, batchSize }) => places(metrics, reading.axis, batchSize));
  const all = [...new Set(own.flat())].sort((a, b) => a - b);
  const spread = (values: (number | null)[], n: number) => {
    const at = new Map(own[n]?.map((place, row) => [place, values[row] ?? null]));
    return all.map((place) => at.get(place) ?? null);
  };
  const lines = compared.map(({ name, color, metrics }, n) => ({ label: name, color, values: spread(curve.values(metrics), n) }));
  // Runs on other data have another floor.
  const floors = new Map(compared.flatMap(({ name, metrics }, n) => floorOf(plot, metrics).map((floor) => {
    const values = spread(floor.values, n);
    return [values.findLast((value) => value !== null), { ...floor, label: `${floor.label} (${name})`, values }] as const;
  })));
  queueMicrotask(() => drawn.update(all, [...lines, ...floors.values()], reading));
  return drawn.element;
}
