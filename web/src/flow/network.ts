// A network of the data flow: its layers in a row, or in several where there is no room.

import type { Network, Passage } from "../api";
import { h } from "../dom";
import { grouped } from "../format";
import { Arrow } from "./arrow";
import { Node, type Source } from "./node";

export class NetworkRow {
  readonly element: HTMLElement;
  readonly nodes: Node[];
  private readonly arrow = new Arrow();
  private readonly state = h("p", { class: "lock" });

  /** `sources` stand before the first layer, inside the frame. */
  constructor(
    readonly name: string,
    title: string,
    network: Network,
    image: number[],
    sources: Source[],
    open: (layer: number) => void,
  ) {
    this.nodes = network.layers.map((layer, n) => new Node(layer, image, () => open(n)));
    this.nodes.at(-1)?.element.append(this.arrow.element); // in the same row
    this.element = h(
      "section",
      { class: `network ${name}`, attributes: { "aria-label": `The ${name}'s layers` } },
      h("header", {}, h("h2", {}, title), h("span", { class: "hint" }, `${grouped(network.trainable)} trainable parameters`), this.state),
      h("ol", { class: "chain" }, ...sources.map(({ element }) => element), ...this.nodes.map(({ element }) => element)),
    );
  }

  show(passage: Passage, loss: string | null, changed: (number | null)[] | undefined): void {
    let before = passage.input;
    this.nodes.forEach((node, n) => {
      const values = passage.layers[n];
      if (values) {
        node.show(values, before, loss, changed?.[n]);
        before = values;
      }
    });
    this.arrow.show(loss === null ? undefined : before.gradients[loss]);
  }

  /** Says what the last phase of a step has done to the network, if there was one. */
  tell(state: "learned" | "locked" | "waits" | null): void {
    const words = { learned: "Has just learned", locked: "Locked: takes no part in this update", waits: "Has not learned yet" };
    this.state.textContent = state ? words[state] : "";
    this.element.dataset.state = state ?? "";
  }

  /** Marks the layer that is open. */
  mark(open: number | null): void {
    this.nodes.forEach(({ button }, n) => button.setAttribute("aria-expanded", String(n === open)));
  }
}
