// One layer of the data flow, opened: what it does, its activations, their gradients, its weights.

import { bytes, type Activations, type Flow, type Layer, type WeightNumbers } from "../api";
import { h } from "../dom";
import { fixed, grouped, shape } from "../format";
import { mosaic, signed } from "../pixels";
import { color } from "../theme";
import { short } from "./arrow";
import { drawn } from "./node";

const ofPassage: Record<string, string> = { fake: "on the generated image", real: "on the training image" };
const ofLoss: Record<string, string> = { discriminator: "the discriminator's loss", generator: "the generator's loss", both: "the loss", logit: "the logit" };

function activations(layer: Layer, flow: Flow, name: string, values: Activations, loss: string | null): HTMLElement {
  const whole = layer.shape.reduce((all, size) => all * size, 1);
  const where = ofPassage[name] ? ` ${ofPassage[name]}` : "";
  const span = `from ${fixed(values.low, 2)} to ${fixed(values.high, 2)}, mean ${fixed(values.mean, 2)}`;
  const gradient = loss === null ? undefined : values.gradients[loss];
  return h(
    "div",
    { class: "tensors" },
    h(
      "figure",
      {},
      h("div", { class: "activations" }, drawn(values, flow.image_shape, whole, `Activations of ${layer.name}${where}, ${span}`)),
      h("figcaption", {}, `Activations${where}: ${span}`),
    ),
    gradient && whole > 1
      ? h(
          "figure",
          {},
          h("div", { class: "activations" }, mosaic(bytes(gradient.values), gradient.shown, `Gradient of ${ofLoss[loss ?? ""]} by the activations of ${layer.name}${where}`, signed)),
          h("figcaption", {}, `Gradient of ${ofLoss[loss ?? ""]}: `, h("span", { class: "up" }, "above"), " and ", h("span", { class: "down" }, "below"), ` zero, at most ${short(gradient.largest)}, norm ${short(gradient.norm)}`),
        )
      : null,
  );
}

/** How often the weights have which value. */
function histogram({ name, low, high, histogram: counts }: WeightNumbers): HTMLElement {
  const [width, height] = [240, 72];
  const most = Math.max(1, ...counts);
  const canvas = h("canvas", { width: width * 2, height: height * 2, attributes: { role: "img", "aria-label": `Histogram of ${name} from ${short(low)} to ${short(high)}; the highest of ${counts.length} bars is ${grouped(most)}` } });
  const context = canvas.getContext("2d");
  if (context) {
    context.fillStyle = color("accent");
    const bar = canvas.width / counts.length;
    counts.forEach((count, n) => context.fillRect(n * bar, canvas.height * (1 - count / most), bar - 2, (canvas.height * count) / most));
  }
  return h("div", { class: "histogram" }, canvas, h("div", { class: "span" }, h("span", {}, short(low)), h("span", {}, short(high))));
}

function weights(tensor: WeightNumbers): HTMLElement {
  const { filters } = tensor;
  return h(
    "figure",
    {},
    histogram(tensor),
    h("figcaption", {}, `${tensor.name}: ${shape(tensor.shape)}${tensor.trained ? "" : ", a running statistic"}; mean ${short(tensor.mean)}, deviation ${short(tensor.deviation)}`),
    filters
      ? h(
          "div",
          { class: "filters" },
          mosaic(bytes(filters.values), filters.shape, `${filters.shape[2]} filters of ${tensor.name}`, signed),
          h("figcaption", {}, `${filters.shape[2]} filters of ${filters.shape[0]} × ${filters.shape[1]}: weights `, h("span", { class: "up" }, "above"), " and ", h("span", { class: "down" }, "below"), " zero"),
        )
      : null,
  );
}

export class OpenedLayer {
  readonly element = h("section", { class: "card opened", hidden: true, attributes: { "aria-labelledby": "opened-layer" } });
  private readonly title = h("h2", { id: "opened-layer", tabIndex: -1 });
  private readonly body = h("div", { class: "body" });
  private readonly does = h("p");

  constructor(closed: () => void) {
    const close = h("button", { type: "button", class: "quiet" }, "Close");
    close.addEventListener("click", closed);
    this.element.addEventListener("keydown", (event) => event.key === "Escape" && closed());
    this.element.append(h("header", {}, this.title, close), this.does, this.body);
  }

  open(network: string, layer: Layer): void {
    this.title.textContent = `${layer.name} of the ${network}`;
    this.does.textContent = `${layer.does} Its output: ${shape(layer.shape)}. ${layer.parameters > 0 ? `${grouped(layer.parameters)} weights.` : "It has no weights."}`;
    this.body.replaceChildren();
    this.element.hidden = false;
    this.title.focus();
  }

  show(layer: Layer, flow: Flow, loss: string | null): void {
    if (flow.opened) {
      const passages = Object.entries(flow.opened.passages).map(([name, values]) => activations(layer, flow, name, values, loss));
      this.body.replaceChildren(...passages, h("div", { class: "tensors" }, ...flow.opened.weights.map(weights)));
    }
  }

  close(): void {
    this.element.hidden = true;
  }
}
