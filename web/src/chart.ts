// A line chart with a title, a legend that shows values, and a sentence that says how to read it.

import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { h } from "./dom";
import { fixed, grouped } from "./format";
import { smoothed, type Reading } from "./reading";
import { saveMenu } from "./saving";
import { color, onThemeChange } from "./theme";

export interface Curve {
  label: string;
  color: string; // the name of a colour in the style sheet
  values: (number | null)[];
}

export interface ChartOptions {
  title: string;
  hint?: string;
  range?: [number, number];
  /** A line to compare with. */
  reference?: number;
  format: (value: number | null | undefined) => string;
}

const height = 190;
const font = "12px system-ui, sans-serif";
const cursors = uPlot.sync("steps"); // the charts of a page share their cursor
const faint = "40"; // the opacity of a curve behind its average, in hexadecimal

/** A place on the axis in words. */
const words: Record<Reading["axis"], (place: number) => string> = {
  step: (place) => `step ${grouped(place)}`,
  images: (place) => `${grouped(place)} images`,
  minutes: (place) => `${fixed(place, 1)} minutes`,
};

export class Chart {
  readonly element: HTMLElement;
  private readonly legend = h("ul", { class: "legend" });
  private readonly canvas = h("div", { class: "plot", attributes: { role: "img" } });
  private plot: uPlot | null = null;
  private steps: number[] = [];
  private marks: number[] = [];
  private reading: Reading = { axis: "step", smoothing: 0, logarithmic: false };
  private curves: Curve[] = [];

  constructor(
    private readonly options: ChartOptions,
    signal: AbortSignal,
  ) {
    this.element = h(
      "section",
      { class: "card chart" },
      h("header", {}, h("h2", {}, options.title), this.legend),
      this.canvas,
      saveMenu(options.title, () => this.drawn()),
      options.hint ? h("p", { class: "hint" }, options.hint) : null,
    );
    const observer = new ResizeObserver(() => this.plot?.setSize({ width: this.canvas.clientWidth, height }));
    observer.observe(this.canvas);
    signal.addEventListener("abort", () => {
      observer.disconnect();
      this.plot?.destroy();
    });
    onThemeChange(() => this.rebuild(), signal);
  }

  /** Draws `curves`, whose values stand over `steps`, places on the axis of `reading`, with a line at each of `marks`. */
  update(steps: number[], curves: Curve[], reading: Reading, marks: number[] = []): void {
    const kind = (drawn: Curve[], { axis, smoothing, logarithmic }: Reading) =>
      JSON.stringify([drawn.map((curve) => [curve.label, curve.color]), axis, smoothing > 0, logarithmic]);
    const same = kind(this.curves, this.reading) === kind(curves, reading);
    this.steps = steps;
    this.marks = marks;
    this.curves = curves;
    this.reading = { ...reading };
    if (this.plot && same) {
      this.plot.setData(this.data());
    } else {
      this.rebuild();
    }
    this.describe(null);
  }

  /** The curves as they are and, where they are to be smoothed, their averages. */
  private data(): uPlot.AlignedData {
    const positive = (values: (number | null)[]) =>
      this.isLogarithmic() ? values.map((value) => (value !== null && value > 0 ? value : null)) : values;
    const plain = this.curves.map((curve) => positive(curve.values));
    const averages = this.averages().map(({ values }) => positive(values));
    return [this.steps, ...plain, ...averages];
  }

  private averages(): Curve[] {
    const { smoothing } = this.reading;
    return smoothing > 0 ? this.curves.map((curve) => ({ ...curve, values: smoothed(curve.values, smoothing) })) : [];
  }

  /** Shares have an axis of their own. */
  private isLogarithmic(): boolean {
    return this.reading.logarithmic && !this.options.range;
  }

  private drawn() {
    const { plot } = this;
    if (!plot) {
      return null;
    }
    const bounds = (axis: "x" | "y"): [number, number] => [plot.scales[axis]?.min ?? 0, plot.scales[axis]?.max ?? 1];
    const averages = this.averages();
    return {
      canvas: plot.ctx.canvas,
      drawing: {
        title: this.options.title,
        axis: this.reading.axis,
        places: this.steps,
        lines: averages.length > 0 ? averages : this.curves,
        x: bounds("x"),
        y: bounds("y"),
        logarithmic: this.isLogarithmic(),
      },
    };
  }

  private rebuild(): void {
    this.plot?.destroy();
    this.plot = new uPlot(this.settings(), this.data(), this.canvas);
  }

  private settings(): uPlot.Options {
    const axis = { stroke: color("muted"), font, grid: { stroke: color("line"), width: 1 }, ticks: { show: false } };
    const { range, format, reference } = this.options;
    const drawn = this.reading.smoothing > 0 ? this.curves : [];
    const place = (tick: number) => (this.reading.axis === "minutes" ? String(+tick.toFixed(2)) : grouped(tick));
    const line = { spanGaps: true, width: 1.8 };
    return {
      width: this.canvas.clientWidth || 300,
      height,
      legend: { show: false },
      cursor: { sync: { key: cursors.key }, drag: { x: true, y: false }, points: { size: 7 } },
      scales: { x: { time: false }, y: range ? { range } : this.isLogarithmic() ? { distr: 3 } : {} },
      axes: [
        { ...axis, size: 28, grid: { show: false }, values: (_, ticks) => ticks.map(place), space: 70 },
        { ...axis, size: 48, values: (_, ticks) => ticks.map((tick) => (tick === null ? "" : range ? format(tick) : String(+tick.toPrecision(6)))) },
      ],
      series: [
        {},
        ...this.curves.map(({ label, color: name }) => ({ ...line, label, stroke: color(name) + (drawn.length > 0 ? faint : "") })),
        ...drawn.map(({ label, color: name }) => ({ ...line, label, stroke: color(name) })),
      ],
      hooks: {
        drawAxes: [(plot) => this.marks.forEach((mark) => drawMark(plot, mark)), ...(reference === undefined ? [] : [(plot: uPlot) => drawReference(plot, reference)])],
        setCursor: [(plot) => this.describe(plot.cursor.idx ?? null)],
      },
    };
  }

  /** Puts the values at a place, or the last ones, into the legend and into words. */
  private describe(place: number | null): void {
    const at = place ?? this.steps.length - 1;
    const averages = this.averages();
    const values = (averages.length > 0 ? averages : this.curves).map((curve) =>
      this.options.format(place === null ? curve.values.findLast((value) => value !== null) : curve.values[at]),
    );
    this.legend.replaceChildren(
      ...this.curves.map((curve, n) =>
        h("li", {}, swatch(curve.color), h("span", {}, curve.label), h("b", {}, values[n] ?? "")),
      ),
    );
    if (place === null) {
      const now = this.curves.map((curve, n) => `${curve.label} ${values[n]}`).join(", ");
      const changed = this.marks.map((mark) => `; changed at ${words[this.reading.axis](mark)}`).join("");
      this.canvas.setAttribute("aria-label", `${this.options.title} after ${words[this.reading.axis](this.steps[at] ?? 0)}: ${now}${changed}`);
    }
  }
}

export function swatch(name: string): HTMLElement {
  const element = h("i", { class: "swatch" });
  element.style.background = `var(--${name})`;
  return element;
}

function drawReference(plot: uPlot, value: number): void {
  const y = Math.round(plot.valToPos(value, "y", true));
  const { left, width } = plot.bbox;
  drawLine(plot, color("muted"), [left, y], [left + width, y]);
}

/** Where the run was changed. */
function drawMark(plot: uPlot, place: number): void {
  const x = Math.round(plot.valToPos(place, "x", true));
  const { left, width, top, height: size } = plot.bbox;
  if (x >= left && x <= left + width) {
    drawLine(plot, color("warn"), [x, top], [x, top + size]);
  }
}

function drawLine({ ctx }: uPlot, stroke: string, from: [number, number], to: [number, number]): void {
  ctx.save();
  ctx.strokeStyle = stroke;
  ctx.setLineDash([5, 5]);
  ctx.beginPath();
  ctx.moveTo(...from);
  ctx.lineTo(...to);
  ctx.stroke();
  ctx.restore();
}
