// A line chart with a title, a legend that shows values, and a sentence that says how to read it.

import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { h } from "./dom";
import { grouped } from "./format";
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

export class Chart {
  readonly element: HTMLElement;
  private readonly legend = h("ul", { class: "legend" });
  private readonly canvas = h("div", { class: "plot", attributes: { role: "img" } });
  private plot: uPlot | null = null;
  private steps: number[] = [];
  private curves: Curve[] = [];

  constructor(
    private readonly options: ChartOptions,
    signal: AbortSignal,
  ) {
    this.element = h(
      "section",
      { class: "card chart" },
      h("header", {}, h("h3", {}, options.title), this.legend),
      this.canvas,
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

  /** Draws `curves`, whose values stand over `steps`. */
  update(steps: number[], curves: Curve[]): void {
    const same = this.curves.map((curve) => curve.label + curve.color).join() === curves.map((curve) => curve.label + curve.color).join();
    this.steps = steps;
    this.curves = curves;
    if (this.plot && same) {
      this.plot.setData(this.data());
    } else {
      this.rebuild();
    }
    this.describe(null);
  }

  private data(): uPlot.AlignedData {
    return [this.steps, ...this.curves.map((curve) => curve.values)];
  }

  private rebuild(): void {
    this.plot?.destroy();
    this.plot = new uPlot(this.settings(), this.data(), this.canvas);
  }

  private settings(): uPlot.Options {
    const axis = { stroke: color("muted"), font, grid: { stroke: color("line"), width: 1 }, ticks: { show: false } };
    const { range, format, reference } = this.options;
    return {
      width: this.canvas.clientWidth || 300,
      height,
      legend: { show: false },
      cursor: { sync: { key: cursors.key }, drag: { x: true, y: false }, points: { size: 7 } },
      scales: { x: { time: false }, y: range ? { range } : {} },
      axes: [
        { ...axis, size: 28, grid: { show: false }, values: (_, ticks) => ticks.map(grouped), space: 70 },
        { ...axis, size: 48, values: (_, ticks) => ticks.map((tick) => (range ? format(tick) : String(+tick.toPrecision(6)))) },
      ],
      series: [
        {},
        ...this.curves.map((curve) => ({
          label: curve.label,
          stroke: color(curve.color),
          width: 1.8,
          spanGaps: true,
        })),
      ],
      hooks: {
        drawAxes: reference === undefined ? [] : [(plot) => drawReference(plot, reference)],
        setCursor: [(plot) => this.describe(plot.cursor.idx ?? null)],
      },
    };
  }

  /** Puts the values at a place, or the last ones, into the legend and into words. */
  private describe(place: number | null): void {
    const at = place ?? this.steps.length - 1;
    const values = this.curves.map((curve) =>
      this.options.format(place === null ? curve.values.findLast((value) => value !== null) : curve.values[at]),
    );
    this.legend.replaceChildren(
      ...this.curves.map((curve, n) =>
        h("li", {}, swatch(curve.color), h("span", {}, curve.label), h("b", {}, values[n] ?? "")),
      ),
    );
    if (place === null) {
      const words = this.curves.map((curve, n) => `${curve.label} ${values[n]}`).join(", ");
      this.canvas.setAttribute("aria-label", `${this.options.title} after step ${grouped(this.steps[at] ?? 0)}: ${words}`);
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
  plot.ctx.save();
  plot.ctx.strokeStyle = color("muted");
  plot.ctx.setLineDash([5, 5]);
  plot.ctx.beginPath();
  plot.ctx.moveTo(left, y);
  plot.ctx.lineTo(left + width, y);
  plot.ctx.stroke();
  plot.ctx.restore();
}
