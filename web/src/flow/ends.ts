// Where the data flow ends: verdicts and losses.

import { bytes, type Flow } from "../api";
import { h } from "../dom";
import { fixed, percent } from "../format";
import { picture, slopes } from "../pixels";
import { Arrow, short } from "./arrow";

/** A number, and what it was before the last phase of a step. */
function fromTo(now: string, before: string | undefined): (HTMLElement | string)[] {
  return before === undefined || before === now ? [h("b", {}, now)] : [`${before} → `, h("b", {}, now)];
}

function verdict(flow: Flow, which: "fake" | "real", title: string): HTMLElement | null {
  const now = flow.verdicts[which];
  if (!now) {
    return null;
  }
  const before = flow.verdicts_before?.[which];
  return h(
    "div",
    { class: `verdict ${which}` },
    h("h3", {}, title),
    h("p", {}, ...fromTo(percent(now.probability), before && percent(before.probability)), " real"),
    h("meter", { min: 0, max: 1, value: now.probability, attributes: { "aria-label": `How real the discriminator finds the ${which === "fake" ? "generated" : "training"} image` } }),
    h("p", { class: "hint" }, "Logit ", ...fromTo(fixed(now.logit, 2), before && fixed(before.logit, 2))),
  );
}

/** In their order. */
const names: [key: string, title: string, who: string][] = [
  ["fake", "Discriminator's, generated image", "discriminator"],
  ["real", "Discriminator's, training image", "discriminator"],
  ["generator", "Generator's", "generator"],
  ["reconstruction", "Of the image made again", ""],
  ["divergence", "Of the latent point", ""],
  ["both", "Both together", "both"],
];

function losses(flow: Flow, of: string | null, arrow: Arrow): HTMLElement {
  const rows = names.map(([key, title, who]) => {
    const value = flow.losses[key];
    if (value === undefined) {
      return "";
    }
    const label = flow.labels?.[key as "real" | "fake" | "generator"];
    const before = flow.losses_before?.[key];
    return h(
      "li",
      { class: who === of ? "followed" : "" },
      h("span", {}, title),
      h("span", {}, ...fromTo(fixed(value), before === undefined ? undefined : fixed(before)), label === undefined ? "" : h("small", {}, ` label ${short(label)}`)),
    );
  });
  return h("div", { class: "losses" }, h("h3", {}, arrow.element, "Loss"), h("ul", {}, ...rows));
}

/** Which pixels the logit of the shown image depends on. */
function overlay(flow: Flow, which: "fake" | "real"): HTMLElement | null {
  const gradient = flow.passages[which]?.input.gradients.logit;
  const image = which === "fake" ? flow.generated : flow.real;
  return gradient && image
    ? h(
        "figure",
        { class: "overlay" },
        h("div", {}, picture(bytes(image), flow.image_shape, ""), slopes(bytes(gradient.values), flow.image_shape, "Where brighter pixels would look more real, and where less")),
        h("figcaption", {}, "Brighter here would look ", h("span", { class: "up" }, "more real"), " or ", h("span", { class: "down" }, "less")),
      )
    : null;
}

export class Ends {
  readonly element = h("div", { class: "ends" });
  private readonly arrow = new Arrow();

  /** `which` image the layers show, `loss` whose gradient. */
  show(flow: Flow, which: "fake" | "real", loss: string | null): void {
    const last = flow.passages[which]?.layers.at(-1);
    this.arrow.show(loss === null ? undefined : last?.gradients[loss]);
    const again = flow.made_again
      ? h("figure", {}, picture(bytes(flow.made_again), flow.image_shape, "The image that the generator makes of the encoder's mean"), h("figcaption", {}, "Made again"))
      : null;
    this.element.replaceChildren(
      ...[
        again,
        verdict(flow, "fake", "Generated"),
        verdict(flow, "real", "Training image"),
        overlay(flow, which),
        Object.keys(flow.losses).length > 0 ? losses(flow, loss, this.arrow) : null,
      ].filter((part) => part !== null),
    );
  }
}
