// Which charts a run has, and how to read each: the same for one run and for several.

import { Chart, type ChartOptions, type Curve } from "./chart";
import { h } from "./dom";
import { fixed, percent } from "./format";
import { Metrics } from "./metrics";
import { places, ReadingControls, turns } from "./reading";

export interface Plot extends ChartOptions {
  curves: { label: string; color: string; values: (metrics: Metrics) => (number | null)[] }[];
  /** The column of the same score of real training images, which is drawn beside the curves. */
  floor?: string;
}

/** The curve of real training images in a plot of a score; nothing for runs of earlier versions, which lack it. */
export function floorOf(plot: Plot, metrics: Metrics): Curve[] {
  const values = plot.floor ? metrics.column(plot.floor) : [];
  return values.some((value) => value !== null) ? [{ label: "Real images", color: "real", values }] : [];
}

const column = (name: string) => (metrics: Metrics) => metrics.column(name);

const significant = (value: number | null | undefined) => (value == null ? "–" : String(+value.toPrecision(4)));

const gradient = (network: string, name: string) => ({
  title: `The ${network}'s gradient`,
  columns: [name],
  hint: "Its norm. It shrinks as a run goes well; close to zero while the samples are bad, the network no longer learns. Jumps that grow mean that the learning rate is too high.",
  format: significant,
  curves: [{ label: "Norm", color: network === "generator" ? "generator" : "discriminator", values: column(name) }],
});

/** The charts that are known, those of losses first, with all the columns that each takes. */
const known: (Plot & { columns: string[] })[] = [
  {
    title: "Losses",
    columns: ["loss_g", "loss_d_real", "loss_d_fake"],
    hint: "Neither need fall: as one network learns, it raises the other's. At 0.69 (ln 2, dashed) D guesses. A discriminator's loss that stays at zero leaves the generator nothing to learn from.",
    reference: Math.LN2,
    format: (value) => fixed(value),
    curves: [
      { label: "Generator", color: "generator", values: column("loss_g") },
      { label: "Discriminator", color: "discriminator", values: (metrics) => metrics.mean("loss_d_real", "loss_d_fake") },
    ],
  },
  {
    title: "The discriminator's accuracy",
    columns: ["accuracy_real", "accuracy_fake"],
    hint: "The share of correctly classified images. Near 50% it is guessing. Close to 100% is healthy where the samples still improve, as with R1; otherwise the generator gets too little gradient.",
    range: [0, 1],
    reference: 0.5,
    format: percent,
    curves: [
      { label: "On real", color: "real", values: column("accuracy_real") },
      { label: "On generated", color: "generator", values: column("accuracy_fake") },
    ],
  },
  {
    title: "The discriminator's probabilities",
    columns: ["d_x", "d_g_z"],
    hint: "The mean of D(x) over real images and of D(G(z)) over generated ones. As long as they differ, D tells them apart; the closer they are, the harder that is.",
    range: [0, 1],
    reference: 0.5,
    format: (value) => fixed(value, 2),
    curves: [
      { label: "D(x)", color: "real", values: column("d_x") },
      { label: "D(G(z))", color: "generator", values: column("d_g_z") },
    ],
  },
  {
    title: "Losses of the autoencoder",
    columns: ["loss", "loss_reconstruction"],
    hint: "In nats per image. The difference of the two curves is the divergence, the next chart.",
    format: (value) => fixed(value, 1),
    curves: [
      { label: "Both", color: "generator", values: column("loss") },
      { label: "Reconstruction", color: "real", values: column("loss_reconstruction") },
    ],
  },
  {
    title: "Divergence of the latent points",
    columns: ["loss_kl"],
    hint: "The divergence of an image's latent points from N(0, 1), in nats. At zero the latent points carry no information.",
    format: (value) => fixed(value, 1),
    curves: [{ label: "KL", color: "generator", values: column("loss_kl") }],
  },
  {
    title: "Fréchet distance (not FID)",
    columns: ["frechet_distance", "frechet_distance_floor"],
    hint: "The distance of generated from real images, by the features of a classifier of these images. Lower is better, down to the floor, that of real training images. It is not the FID of other programs, whose features are another network's.",
    format: significant,
    floor: "frechet_distance_floor",
    curves: [{ label: "Fréchet distance", color: "score", values: column("frechet_distance") }],
  },
  {
    title: "Kernel distance",
    columns: ["kernel_distance", "kernel_distance_std"],
    format: significant,
    curves: [{ label: "Kernel distance", color: "score", values: column("kernel_distance") }],
  },
  {
    title: "Precision and recall",
    columns: ["precision", "recall"],
    hint: "Precision: the share of generated images that look real. Recall: the share of real ones that are like generated ones.",
    format: significant,
    curves: [
      { label: "Precision", color: "generator", values: column("precision") },
      { label: "Recall", color: "real", values: column("recall") },
    ],
  },
  {
    title: "Density and coverage",
    columns: ["density", "coverage"],
    format: significant,
    curves: [
      { label: "Density", color: "generator", values: column("density") },
      { label: "Coverage", color: "real", values: column("coverage") },
    ],
  },
  {
    title: "Modes of the stacked digits",
    columns: ["modes"],
    hint: "The number of the 1,000 triples of digits that occur among the generated images.",
    format: significant,
    curves: [{ label: "Modes", color: "score", values: column("modes") }],
  },
  {
    title: "KL of the modes",
    columns: ["divergence", "divergence_floor"],
    hint: "The divergence of the triples' shares from the uniform distribution. Lower is better, down to the floor, that of stacks of real digits.",
    format: significant,
    floor: "divergence_floor",
    curves: [{ label: "KL from uniform", color: "score", values: column("divergence") }],
  },
  gradient("generator", "grad_norm_g"),
  gradient("discriminator", "grad_norm_d"),
  gradient("encoder", "grad_norm_e"),
  {
    title: "Repeated samples",
    columns: ["duplicates"],
    hint: "The share of duplicates among the samples: near zero unless the generator collapses.",
    range: [0, 1],
    format: percent,
    curves: [{ label: "Repeated", color: "score", values: column("duplicates") }],
  },
];

/** The charts for a run's columns: known ones together, others one by one. */
export function plotsOf(names: string[]): Plot[] {
  const together = known.filter(({ columns }) => columns.some((name) => names.includes(name)));
  const shown = new Set(together.flatMap(({ columns }) => columns));
  const others = names.filter((name) => !shown.has(name)).map((name) => ({
    title: name.replaceAll("_", " ").replace(/^./, (letter) => letter.toUpperCase()),
    format: significant,
    curves: [{ label: name, color: "score", values: column(name) }],
  }));
  return [...together, ...others];
}

/** The charts of one run, which grow with it. */
export class Charts {
  readonly element: HTMLElement;
  private readonly controls = new ReadingControls(() => this.draw());
  private readonly charts = new Map<string, { plot: Plot; chart: Chart }>();
  private metrics = new Metrics();
  private batchSize = 1;

  constructor(private readonly signal: AbortSignal) {
    this.element = h("div", { class: "charts" }, this.controls.element);
  }

  setBatchSize(batchSize: number): void {
    this.batchSize = batchSize;
    this.draw();
  }

  update(metrics: Metrics): void {
    this.metrics = metrics;
    for (const plot of plotsOf(metrics.measured())) {
      if (!this.charts.has(plot.title)) {
        this.add(plot);
      }
    }
    this.draw();
  }

  private draw(): void {
    const { metrics, controls } = this;
    const over = places(metrics, controls.value.axis, this.batchSize);
    const marks = turns(metrics, controls.value.axis, this.batchSize);
    for (const { plot, chart } of this.charts.values()) {
      const curves: Curve[] = plot.curves.map((curve) => ({ ...curve, values: curve.values(metrics) }));
      chart.update(over, [...curves, ...floorOf(plot, metrics)], controls.value, marks);
    }
  }

  private add(plot: Plot): void {
    const chart = new Chart(plot, this.signal);
    this.charts.set(plot.title, { plot, chart });
    this.element.append(chart.element);
  }
}
