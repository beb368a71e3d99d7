// The data flow as a table, for those who read rather than look.

import type { Flow, Network, Passage } from "../api";
import { h } from "../dom";
import { fixed, shape } from "../format";
import { short } from "./arrow";
import { moved } from "./node";

/** A network, which sample it works on, and whose gradient is shown. */
export interface Row {
  name: string;
  network: Network;
  passage: Passage | undefined;
  loss: string | null;
}

export class Numbers {
  private readonly body = h("tbody");
  readonly element = h(
    "details",
    { class: "numbers" },
    h("summary", {}, "In numbers"),
    h(
      "div",
      { class: "scrolled", tabIndex: 0, attributes: { role: "region", "aria-label": "The data flow in numbers" } },
      h("table", {}, h("thead", {}, h("tr", {}, ...["Network", "Layer", "Output", "From", "To", "Mean", "Deviation", "Gradient's norm", "Weights"].map((text) => h("th", { attributes: { scope: "col" } }, text)))), this.body),
    ),
  );

  show(flow: Flow, rows: Row[]): void {
    if (!this.element.open) {
      return;
    }
    this.body.replaceChildren(
      ...rows.flatMap(({ name, network, passage, loss }) =>
        network.layers.map((layer, n) => {
          const values = passage?.layers[n];
          const change = flow.changed?.[name]?.[n];
          const cells = [shape(layer.shape), fixed(values?.low), fixed(values?.high), fixed(values?.mean), fixed(values?.deviation), short(loss === null ? null : values?.gradients[loss]?.norm), change == null ? "" : moved(change)];
          return h("tr", {}, h("td", {}, name), h("th", { attributes: { scope: "row" } }, layer.name), ...cells.map((text) => h("td", {}, text)));
        }),
      ),
    );
  }
}
