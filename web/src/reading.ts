// How curves are shown: over what, how smooth, on which axis.

import { choice, h } from "./dom";
import type { Metrics } from "./metrics";

const axes = [
  { word: "step", title: "Steps" },
  { word: "images", title: "Images" },
  { word: "minutes", title: "Minutes" },
] as const;

export interface Reading {
  axis: (typeof axes)[number]["word"];
  /** The weight of what came before in a moving average, 0 for none. */
  smoothing: number;
  logarithmic: boolean;
}

/** The places of the metrics' rows on the chosen axis. */
export function places(metrics: Metrics, axis: Reading["axis"], batchSize: number): number[] {
  switch (axis) {
    case "step":
      return metrics.steps;
    case "images":
      return metrics.steps.map((step) => step * batchSize);
    case "minutes":
      return metrics.minutes();
  }
}

/** The places of the steps where a run was changed, on the chosen axis. */
export function turns(metrics: Metrics, axis: Reading["axis"], batchSize: number): number[] {
  const minutes = axis === "minutes" ? metrics.minutes() : [];
  const place = (step: number) => {
    const row = metrics.steps.findLastIndex((measured) => measured <= step);
    return axis === "step" ? step : axis === "images" ? step * batchSize : (minutes[row] ?? 0);
  };
  return metrics.turns().map(place);
}

/** An exponential moving average whose first values are not drawn towards zero (Kingma and Ba 2015, section 3). */
export function smoothed(values: (number | null)[], weight: number): (number | null)[] {
  let average = 0;
  let total = 0;
  return values.map((value) => {
    if (value === null) {
      return null;
    }
    average = weight * average + (1 - weight) * value;
    total = weight * total + (1 - weight);
    return average / total;
  });
}

/** The controls of a page's charts. */
export class ReadingControls {
  readonly element: HTMLElement;
  readonly value: Reading = { axis: "step", smoothing: 0, logarithmic: false };

  constructor(changed: () => void) {
    const smoothing = h("input", { type: "range", id: "smoothing", min: "0", max: "0.99", step: "0.01", value: "0" });
    smoothing.addEventListener("input", () => {
      this.value.smoothing = Number(smoothing.value);
      changed();
    });
    const logarithmic = h("input", { type: "checkbox" });
    logarithmic.addEventListener("change", () => {
      this.value.logarithmic = logarithmic.checked;
      changed();
    });
    const axis = choice("Over", axes.map(({ title }) => title), (index) => {
      this.value.axis = axes[index]?.word ?? "step";
      changed();
    });
    this.element = h(
      "section",
      { class: "card toolbar", attributes: { "aria-label": "How curves are shown" } },
      axis,
      h("div", { class: "field" }, h("label", { htmlFor: "smoothing" }, "Smoothing"), smoothing),
      h("label", { class: "box" }, logarithmic, "Logarithmic"),
      h("p", { class: "hint" }, "Drag over a chart to zoom in, double-click to zoom out."),
    );
  }
}
