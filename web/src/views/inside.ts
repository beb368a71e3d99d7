// The networks of a run, layer by layer, at work on one latent point or one image.

import { bytes, generate, judge, readNetworks, type LayerValues, type Network, type Networks, type Reconstruction, type RunList, type Verdict } from "../api";
import { choice, h, isAbort, numberField, problem } from "../dom";
import { fixed, grouped, percent, shape } from "../format";
import { mosaic, picture, slopes } from "../pixels";
import { onThemeChange } from "../theme";

const mostPoints = 10_000;
const mostImages = 1_000_000;

export function inside(run: string, networks: Networks, signal: AbortSignal): HTMLElement {
  const generator = new Bench("Generator", "generator", networks.generator);
  const encodes = "encoder" in networks;
  const partner = encodes ? new Bench("Encoder", "encoder", networks.encoder) : new Bench("Discriminator", "discriminator", networks.discriminator);
  let label = 0;
  let source: "generated" | "real" = "generated";

  const refresh = async () => {
    const made = { seed: 0, point: point.value(), label };
    const judged = source === "real" ? { image: image.value(), label } : made;
    image.element.hidden = source === "generated";
    try {
      const [generation, judgement] = await Promise.all([generate(run, made, signal), judge(run, judged, signal)]);
      generator.show(generation.layers, [
        h("figure", {}, picture(bytes(generation.image), generation.image_shape, "The image that the generator made"), h("figcaption", {}, "Its image")),
      ]);
      const label = judgement.label === undefined ? "" : `, a ${networks.class_names[judgement.label] ?? judgement.label}`;
      partner.show(judgement.layers, [
        h("figure", {}, picture(bytes(judgement.image), judgement.image_shape, "The image that it looks at"), h("figcaption", {}, "The image")),
        ...("reconstruction" in judgement ? [madeAgain(judgement)] : verdict(judgement, label)),
      ]);
    } catch (error) {
      if (!isAbort(error)) {
        generator.show([], [problem(error)]);
      }
    }
  };
  const point = numberField("Latent point", 0, 0, mostPoints - 1, () => void refresh());
  const image = numberField("Training image", 0, 0, mostImages, () => void refresh());
  const kinds = ["the generated image", "a training image"];
  const controls = h(
    "div",
    { class: "toolbar card" },
    point.element,
    another(point.input, mostPoints, "Another point", refresh),
    networks.generator.classes > 0 &&
      choice("Class", networks.class_names, (index) => {
        label = index;
        void refresh();
      }),
    choice(encodes ? "The encoder sees" : "The discriminator judges", kinds, (index) => {
      source = index === 0 ? "generated" : "real";
      void refresh();
    }),
    image.element,
  );
  onThemeChange(() => void refresh(), signal);
  void refresh();
  return h("div", {}, controls, h("div", { class: "benches" }, generator.element, partner.element));
}

function verdict({ image, image_shape, logit, probability, gradient }: Verdict, label: string): HTMLElement[] {
  return [
    h(
      "figure",
      { class: "overlay" },
      h("div", {}, picture(bytes(image), image_shape, ""), slopes(bytes(gradient), image_shape, "Where brighter pixels would look more real, and where less")),
      h("figcaption", {}, "Brighter here would look ", h("span", { class: "up" }, "more real"), " or ", h("span", { class: "down" }, "less")),
    ),
    h(
      "div",
      { class: "verdict" },
      h("p", {}, h("b", {}, percent(probability)), " real"),
      h("meter", { min: 0, max: 1, value: probability, attributes: { "aria-label": "How real the discriminator finds it" } }),
      h("p", { class: "hint" }, `Logit ${fixed(logit, 2)}`, label),
    ),
  ];
}

function madeAgain({ image_shape, reconstruction }: Reconstruction): HTMLElement {
  return h("figure", {}, picture(bytes(reconstruction), image_shape, "The image that the generator makes of the encoder's mean"), h("figcaption", {}, "Made again"));
}

/** A button that draws a number for a field. */
function another(input: HTMLInputElement, most: number, text: string, changed: () => Promise<void>): HTMLElement {
  const button = h("button", { type: "button", class: "quiet" }, text);
  button.addEventListener("click", () => {
    input.value = String(Math.floor(Math.random() * most));
    void changed();
  });
  return button;
}

/** A network with a card a layer. */
class Bench {
  readonly element: HTMLElement;
  private readonly pictures: HTMLElement[];
  private readonly results = h("div", { class: "results" });

  constructor(title: string, kind: string, network: Network) {
    this.pictures = network.layers.map(() => h("div", { class: "activations" }));
    const layers = network.layers.map((layer, n) =>
      h(
        "li",
        { class: `layer ${layer.kind}` },
        h("div", { class: "what" }, h("b", {}, layer.name), h("span", {}, shape(layer.shape))),
        layer.weights.length > 0 &&
          h(
            "details",
            {},
            h("summary", {}, `${grouped(layer.parameters)} weights`),
            h("ul", {}, ...layer.weights.map((weight) => h("li", {}, `${weight.name}: ${shape(weight.shape)}${weight.trained ? "" : ", a running statistic"}`))),
          ),
        this.pictures[n],
      ),
    );
    const input = `${kind === "generator" ? "latent point" : "image"}: ${shape(network.input)}${network.classes > 0 ? `, and one of ${network.classes} classes` : ""}`;
    this.element = h(
      "section",
      { class: `bench ${kind}` },
      h("h2", {}, title),
      h("p", { class: "hint" }, `${grouped(network.trainable)} trainable parameters`),
      this.results,
      h("ol", { class: "layers" }, h("li", { class: "layer input" }, h("div", { class: "what" }, h("b", {}, "input"), h("span", {}, input))), ...layers),
    );
  }

  show(layers: LayerValues[], results: HTMLElement[]): void {
    this.results.replaceChildren(...results);
    layers.forEach((layer, n) => {
      if (layer.shape.every((size) => size === 1)) {
        this.pictures[n]?.replaceChildren(h("b", {}, fixed(layer.low, 3)));
        return;
      }
      const span = `from ${fixed(layer.low, 2)} to ${fixed(layer.high, 2)}`;
      this.pictures[n]?.replaceChildren(
        mosaic(bytes(layer.values), layer.shape, `Activations of ${layer.name}, ${span}`),
        h("span", { class: "span" }, span),
      );
    });
  }
}

export function insideView(run: string, _: RunList, signal: AbortSignal): HTMLElement {
  const body = h("div", { attributes: { "aria-live": "polite" } }, h("p", { class: "hint" }, "Opening the networks …"));
  const lead = h("p", { class: "lead" }, "The activations of every layer: the generator's for a latent point, the other network's for an image.");
  readNetworks(run, signal)
    .then((networks) => {
      lead.append(` As saved ${networks.epoch === 0 ? "before training" : `after epoch ${networks.epoch}`}.`);
      body.replaceChildren(inside(run, networks, signal));
    })
    .catch((error: unknown) => isAbort(error) || body.replaceChildren(problem(error)));
  return h("div", { class: "inside" }, h("h1", {}, run), lead, body);
}
