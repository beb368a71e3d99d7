// A layer of the data flow as a small picture that can be opened.

import { bytes, type Activations, type Layer } from "../api";
import { h } from "../dom";
import { fixed, percent, shape } from "../format";
import { grey, mosaic, picture, ramp } from "../pixels";
import { Arrow, short } from "./arrow";

const product = (sizes: number[]) => sizes.reduce((all, size) => all * size, 1);

/** Numbers as a picture: as many as an image has as that image, a single one as itself. */
export function drawn(values: Activations, image: number[], whole: number, name: string, wider?: number): HTMLElement {
  if (whole === 1) {
    return h("b", {}, fixed(values.low, 3));
  }
  const pixels = product(image);
  if (whole === pixels && product(values.shown) === pixels) {
    return picture(bytes(values.values), image, name);
  }
  const single = values.shown.length === 3 && values.shown[2] === 1;
  return mosaic(bytes(values.values), values.shown, name, single ? grey : ramp, wider);
}

export class Node {
  readonly element: HTMLElement;
  readonly button: HTMLButtonElement;
  private readonly arrow = new Arrow();
  private readonly thumbnail = h("span", { class: "thumbnail" });
  private readonly gradient = h("span", { class: "gradient" });
  private readonly change = h("span", { class: "change" });

  constructor(
    readonly layer: Layer,
    private readonly image: number[],
    opened: () => void,
  ) {
    const name = layer.name.split("_").flatMap((part, n) => (n > 0 ? ["_", h("wbr"), part] : [part]));
    this.button = h(
      "button",
      { type: "button", class: `node ${layer.kind}`, title: layer.does, attributes: { "aria-expanded": "false" } },
      this.thumbnail,
      h("span", { class: "name" }, ...name),
      h("span", { class: "shape" }, shape(layer.shape)),
      this.gradient,
      this.change,
    );
    this.button.addEventListener("click", opened);
    this.element = h("li", {}, this.arrow.element, this.button);
  }

  /** `incoming` are the numbers before the layer, whose gradient its arrow shows; `loss` is whose. */
  show(values: Activations, incoming: Activations | undefined, loss: string | null, change: number | null | undefined): void {
    this.thumbnail.replaceChildren(drawn(values, this.image, product(this.layer.shape), "", 1));
    this.arrow.show(loss === null ? undefined : incoming?.gradients[loss]);
    const gradient = loss === null ? undefined : values.gradients[loss];
    this.gradient.replaceChildren(...(gradient ? [h("span", { class: "unseen" }, "gradient "), h("span", { attributes: { "aria-hidden": "true" } }, "∇ "), short(gradient.norm)] : []));
    this.change.textContent = change == null ? "" : `weights ${moved(change)}`;
  }
}

/** "moved 0.31%" */
export const moved = (share: number) => `moved ${share < 0.01 ? `${+(share * 100).toPrecision(2)}%` : percent(share)}`;

/** What is given to a network: an image, a latent point, a label. */
export class Source {
  readonly element: HTMLElement;
  private readonly holder = h("span", { class: "thumbnail" });

  constructor(name: string, note: string, kind: string) {
    this.element = h("li", { class: `source ${kind}` }, h("div", { class: "node" }, this.holder, h("span", { class: "name" }, name), h("span", { class: "shape" }, note)));
  }

  show(content: HTMLElement): void {
    this.holder.replaceChildren(content);
  }
}
