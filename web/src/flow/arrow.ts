// An arrow of the data flow, with the gradient that comes back along it.

import type { Gradient } from "../api";
import { h } from "../dom";

const svg = "http://www.w3.org/2000/svg";

/** "0.0031", "3.1e-8" */
export function short(value: number | null | undefined): string {
  return value == null ? "–" : value !== 0 && Math.abs(value) < 1e-3 ? value.toExponential(1) : String(+value.toPrecision(3));
}

/** The width of a line for a gradient's norm: one pixel more for each power of ten from a millionth on. */
export function strength(norm: number): number {
  return norm > 0 ? Math.min(7, Math.max(1, Math.log10(norm) + 6)) : 0;
}

function shape(name: string, attributes: Record<string, string>): SVGElement {
  const element = document.createElementNS(svg, name);
  Object.entries(attributes).forEach(([key, value]) => element.setAttribute(key, value));
  return element;
}

/** To the right, or down where `down`. It has no text for screen readers: the layers tell their gradients. */
export class Arrow {
  readonly element: HTMLElement;
  private readonly back: SVGElement;
  private readonly head: SVGElement;

  constructor(direction: "right" | "down" = "right") {
    this.back = shape("path", { class: "back", d: "M26 20H7" });
    this.head = shape("path", { class: "head", d: "M9 14.5L1 20l8 5.5z" });
    const drawing = shape("svg", { viewBox: "0 0 28 28", "aria-hidden": "true" });
    drawing.append(shape("path", { class: "forth", d: "M2 8H21" }), shape("path", { class: "forth", d: "M19 3.5L26.5 8 19 12.5z" }), this.back, this.head);
    this.element = h("span", { class: `arrow ${direction}` });
    this.element.append(drawing);
    this.show(undefined);
  }

  /** Without a gradient there is none on this way. */
  show(gradient: Gradient | undefined): void {
    const width = gradient ? strength(gradient.norm) : 0;
    this.back.setAttribute("stroke-width", String(width));
    this.element.classList.toggle("learns", width > 0);
    this.element.title = gradient ? `The gradient's norm here: ${short(gradient.norm)}` : "No gradient comes back here";
  }
}
