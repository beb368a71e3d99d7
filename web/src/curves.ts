// Which charts a run has, and how to read each: the same for one run and for several.

import { Chart, type ChartOptions, type Curve } from "./chart";
import { fixed, percent } from "./format";
import type { Metrics } from "./metrics";

export interface Plot extends ChartOptions {
  curves: { label: string; color: string; values: (metrics: Metrics) => (number | null)[] }[];
}

const column = (name: string) => (metrics: Metrics) => metrics.column(name);

export const plots: Plot[] = [
  {
    title: "Losses",
    hint: "Both near 0.69 (ln 2) means that neither network wins. When one falls to zero, the other has stopped learning.",
    reference: Math.LN2,
    format: (value) => fixed(value),
    curves: [
      { label: "Generator", color: "generator", values: column("loss_g") },
      { label: "Discriminator", color: "discriminator", values: (metrics) => metrics.mean("loss_d_real", "loss_d_fake") },
    ],
  },
  {
    title: "The discriminator's accuracy",
    hint: "How many images it tells right. Near 50% it is guessing; at 100% the generator has nothing left to learn from.",
    range: [0, 1],
    reference: 0.5,
    format: percent,
    curves: [
      { label: "On real", color: "real", values: column("accuracy_real") },
      { label: "On generated", color: "generator", values: column("accuracy_fake") },
    ],
  },
  {
    title: "How real it finds them",
    hint: "The mean of D(x) over real images and of D(G(z)) over generated ones: the two meet as the generator gets better.",
    range: [0, 1],
    reference: 0.5,
    format: (value) => fixed(value, 2),
    curves: [
      { label: "D(x)", color: "real", values: column("d_x") },
      { label: "D(G(z))", color: "generator", values: column("d_g_z") },
    ],
  },
];

const words: Record<string, string> = {
  fid: "Fréchet distance",
  frechet: "Fréchet distance",
  frechet_distance: "Fréchet distance",
  kid: "Kernel distance",
  kernel_distance: "Kernel distance",
};

/** A chart for a column that only some runs have: a score, a norm. */
export function scorePlot(name: string): Plot {
  return {
    title: words[name] ?? name.replaceAll("_", " ").replace(/^./, (letter) => letter.toUpperCase()),
    format: (value) => (value == null ? "–" : String(+value.toPrecision(4))),
    curves: [{ label: words[name] ?? name, color: "score", values: column(name) }],
  };
}

/** The charts of one run, which grow with it. */
export class Charts {
  readonly element = document.createElement("div");
  private readonly charts = new Map<string, { plot: Plot; chart: Chart }>();

  constructor(private readonly signal: AbortSignal) {
    this.element.className = "charts";
    plots.forEach((plot) => this.add(plot.title, plot));
  }

  update(metrics: Metrics): void {
    for (const name of metrics.others()) {
      if (!this.charts.has(name)) {
        this.add(name, scorePlot(name));
      }
    }
    for (const { plot, chart } of this.charts.values()) {
      const curves: Curve[] = plot.curves.map((curve) => ({ ...curve, values: curve.values(metrics) }));
      chart.update(metrics.steps, curves);
    }
  }

  private add(key: string, plot: Plot): void {
    const chart = new Chart(plot, this.signal);
    this.charts.set(key, { plot, chart });
    this.element.append(chart.element);
  }
}
