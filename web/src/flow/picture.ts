// The data flow through both networks: forward along the arrows, gradients back.

import { bytes, type Flow, type Network, type Networks } from "../api";
import { h } from "../dom";
import { shape } from "../format";
import { mosaic, picture, ramp } from "../pixels";
import { Arrow } from "./arrow";
import { Ends } from "./ends";
import { NetworkRow } from "./network";
import { Source } from "./node";

export interface Shown {
  /** The image that the second network's layers show. */
  image: "fake" | "real";
  /** The loss whose gradient comes back; null: none. */
  loss: string | null;
}

export type OpenLayer = (network: string, layer: number) => void;

/** The second network: what sees images. */
export function partnerOf(networks: Networks): [name: "discriminator" | "encoder", network: Network] {
  return "encoder" in networks ? ["encoder", networks.encoder] : ["discriminator", networks.discriminator];
}

/** An image that goes into a network, with an arrow. */
class ImageSource {
  readonly element: HTMLElement;
  private readonly holder = h("div", { class: "holder" });
  private readonly arrow = new Arrow();
  private readonly note = h("span");

  constructor(title: string, kind: string) {
    this.element = h("figure", { class: `source ${kind}` }, this.holder, h("figcaption", {}, title, " ", this.note), this.arrow.element);
  }

  show(flow: Flow, pixels: string | null, name: string, loss: string | null, passage: string, note: string): void {
    this.element.hidden = pixels === null;
    if (pixels !== null) {
      this.holder.replaceChildren(picture(bytes(pixels), flow.image_shape, name));
      this.arrow.show(loss === null ? undefined : flow.passages[passage]?.input.gradients[loss]);
      this.note.textContent = note;
    }
  }
}

/** A GAN: latent point, generator, image, discriminator, losses; real images join below the generated one. */
export class Picture {
  readonly element: HTMLElement;
  private readonly latent: Source;
  private readonly label: Source;
  private readonly generator: NetworkRow;
  private readonly partner: NetworkRow;
  private readonly turn = new Arrow("down");
  private readonly generated = new ImageSource("Generated", "generated");
  private readonly real = new ImageSource("Training image", "real");
  private readonly ends = new Ends();
  private readonly isVae: boolean;

  /** `isEncodingFirst` is the way of a VAE's training image: encoder, latent point, generator. */
  constructor(
    private readonly networks: Networks,
    imageShape: number[],
    readonly isEncodingFirst: boolean,
    open: OpenLayer,
  ) {
    const [name, network] = partnerOf(networks);
    this.isVae = name === "encoder";
    this.latent = new Source(isEncodingFirst ? "mean latent point" : "latent point", shape(networks.generator.input), "latent");
    this.label = new Source("class", `one of ${networks.generator.classes}`, "label");
    const labelled = networks.generator.classes > 0 ? [this.label] : [];
    this.generator = new NetworkRow("generator", "Generator", networks.generator, imageShape, [this.latent, ...labelled], (layer) => open("generator", layer));
    this.partner = new NetworkRow(name, this.isVae ? "Encoder" : "Discriminator", network, imageShape, [], (layer) => open(name, layer));
    const images = h("div", { class: "sources" }, this.generated.element, this.real.element);
    const turn = h("div", { class: "turn" }, this.turn.element);
    this.element = isEncodingFirst
      ? h("div", { class: "flow" }, h("div", { class: "seeing" }, images, this.partner.element), turn, h("div", { class: "seeing makes" }, this.generator.element, this.ends.element))
      : h("div", { class: "flow" }, this.generator.element, turn, h("div", { class: "seeing" }, images, this.partner.element, this.ends.element));
  }

  show(flow: Flow, { image, loss }: Shown): void {
    const { generator, encoder } = flow.passages;
    const seen = encoder ?? flow.passages[image] ?? flow.passages.fake;
    if (!generator || !seen) {
      return;
    }
    this.latent.show(mosaic(bytes(generator.input.values), generator.input.shown, "", ramp, 1));
    this.label.show(h("b", {}, this.networks.class_names[flow.label] ?? String(flow.label)));
    const learns = loss === "discriminator" ? null : loss;
    this.generator.show(generator, learns, flow.changed?.generator);
    this.partner.show(seen, loss, flow.changed?.[this.partner.name]);
    const back = this.isEncodingFirst ? generator.input : flow.passages.fake?.input;
    this.turn.show(learns === null ? undefined : back?.gradients[learns]);
    const className = this.networks.class_names[flow.image_label] ?? String(flow.image_label);
    const isSeen = (which: "fake" | "real") => (this.isVae || image === which ? "" : "dim");
    this.generated.show(flow, this.isEncodingFirst ? null : flow.generated, "The image that the generator made", loss, this.isVae ? "encoder" : "fake", "");
    this.real.show(flow, flow.real, "The training image", loss === "generator" ? null : loss, this.isVae ? "encoder" : "real", `a ${className}`);
    this.generated.element.classList.toggle("dim", isSeen("fake") !== "");
    this.real.element.classList.toggle("dim", isSeen("real") !== "");
    this.ends.show(flow, image, loss);
    this.tell(flow);
  }

  /** What the last phase of a step has done. */
  private tell({ phase, changed }: Flow): void {
    for (const row of [this.generator, this.partner]) {
      const learned = changed?.[row.name] !== undefined;
      const isLocked = phase === "partner" || phase === "generator";
      row.tell(!phase ? null : learned ? "learned" : isLocked ? "locked" : "waits");
    }
  }

  mark(open: { network: string; layer: number } | null): void {
    for (const row of [this.generator, this.partner]) {
      row.mark(open?.network === row.name ? open.layer : null);
    }
  }

  /** The button of a layer. */
  button(network: string, layer: number): HTMLElement | undefined {
    return [this.generator, this.partner].find(({ name }) => name === network)?.nodes[layer]?.button;
  }
}
