// The data flow of a run: through both networks to the losses, and the gradients back.

import { readFlow, readNetworks, type Flow, type Layer, type Networks, type RunList } from "../api";
import { Controls } from "../controls";
import { choice, h, isAbort, numberField, problem } from "../dom";
import { follow, hasEnded, type Status } from "../events";
import { grouped } from "../format";
import { Numbers } from "../flow/numbers";
import { OpenedLayer } from "../flow/layer";
import { PhaseControls, PhaseReport } from "../flow/phases";
import { partnerOf, Picture, type Shown } from "../flow/picture";
import { onThemeChange } from "../theme";

const mostPoints = 10_000;
const mostImages = 1_000_000;
const retry = 1000; // milliseconds, and between looks at a page that is hidden

interface Opened {
  network: string;
  layer: number;
}

class Inside {
  readonly element: HTMLElement;
  private readonly isVae: boolean;
  private readonly point;
  private readonly image;
  private readonly controls: Controls;
  private readonly phases: PhaseControls;
  private readonly report: PhaseReport;
  private readonly opened: OpenedLayer;
  private readonly numbers = new Numbers();
  private readonly place = h("div");
  private readonly standing = h("p", { class: "hint" });
  private readonly trouble = h("div");
  private picture: Picture | null = null;
  private shown: Shown = { image: "fake", loss: "generator" };
  private number = 0; // in the batch of a step that is taken phase by phase
  private label = 0;
  private open: Opened | null = null;
  private status: Status | null = null;
  private withoutData = false;
  private last: Flow | null = null;
  private timer = 0;
  private asked = 0;

  constructor(
    private readonly run: string,
    private readonly networks: Networks,
    live: boolean,
    private readonly signal: AbortSignal,
  ) {
    const [name] = partnerOf(networks);
    this.isVae = name === "encoder";
    if (this.isVae) {
      this.shown = { image: "real", loss: "both" };
    }
    const changed = () => void this.refresh();
    this.point = numberField("Latent point", 0, 0, mostPoints - 1, changed);
    this.image = numberField("Training image", 0, 0, mostImages, changed);
    this.controls = new Controls(run);
    this.phases = new PhaseControls(run, this.isVae);
    this.report = new PhaseReport(this.isVae, (number) => {
      this.number = number;
      changed();
    });
    this.opened = new OpenedLayer(() => this.close());
    this.numbers.element.addEventListener("toggle", () => this.draw());
    this.element = h(
      "div",
      {},
      h("div", { class: "standing-line" }, this.controls.element, this.phases.element, this.standing),
      this.toolbar(),
      this.trouble,
      this.report.element,
      this.place,
      this.opened.element,
      this.numbers.element,
    );
    onThemeChange(() => this.draw(), signal);
    signal.addEventListener("abort", () => clearTimeout(this.timer));
    if (live) {
      this.follow();
    }
    void this.refresh();
  }

  private toolbar(): HTMLElement {
    const { classes } = this.networks.generator;
    const images: Shown["image"][] = this.isVae ? ["real", "fake"] : ["fake", "real"];
    const named = { fake: "the generated image", real: "a training image" };
    const losses = ["generator", "discriminator"];
    return h(
      "div",
      { class: "toolbar card" },
      this.point.element,
      another(this.point.input, () => void this.refresh()),
      classes > 0 &&
        choice("Class", this.networks.class_names, (index) => {
          this.label = index;
          void this.refresh();
        }),
      this.image.element,
      choice(this.isVae ? "The encoder sees" : "The discriminator judges", images.map((one) => named[one]), (index) => {
        this.shown.image = images[index] ?? "fake";
        void this.refresh();
      }),
      !this.isVae &&
        choice("Gradient of", ["the generator's loss", "the discriminator's loss"], (index) => {
          this.shown.loss = losses[index] ?? null;
          this.draw();
        }),
    );
  }

  /** Whether a VAE encodes a training image, and the generator makes that again. */
  private encodesFirst(): boolean {
    return this.isVae && this.shown.image === "real";
  }

  private wish(): Record<string, string | number> {
    const inStep = this.status?.phase != null;
    const needsImage = !this.withoutData && (!this.isVae || this.shown.image === "real");
    return {
      seed: 0,
      point: inStep ? this.number : this.point.value(),
      label: this.label,
      ...(needsImage ? { image: this.image.value() } : {}),
      ...(this.open ? { open: `${this.open.network}.${this.open.layer}` } : {}),
    };
  }

  private async refresh(): Promise<void> {
    clearTimeout(this.timer);
    const asked = ++this.asked;
    let next = retry;
    try {
      const flow = await readFlow(this.run, this.wish(), this.signal);
      if (asked !== this.asked) {
        return; // something else has been asked for since
      }
      this.last = flow;
      next = flow.wait ?? retry;
      this.trouble.replaceChildren();
      this.draw();
    } catch (error) {
      if (isAbort(error) || asked !== this.asked) {
        return;
      }
      if (!this.withoutData && !this.last && !this.isVae) {
        this.withoutData = true; // the training images are not here
        return this.refresh();
      }
      this.trouble.replaceChildren(problem(error));
    }
    if (this.status?.state === "training") {
      this.timer = window.setTimeout(() => this.look(), next);
    }
  }

  /** The next picture of a run that trains, unless nobody sees it. */
  private look(): void {
    if (document.hidden) {
      this.timer = window.setTimeout(() => this.look(), retry);
    } else {
      void this.refresh();
    }
  }

  /** The loss whose gradient is shown: in a step, that of the phase. */
  private loss(flow: Flow): string | null {
    return this.isVae ? (flow.phase === "forward" ? null : "both") : flow.phase === "partner" ? "discriminator" : flow.phase === "generator" ? "generator" : flow.phase === "forward" ? null : this.shown.loss;
  }

  private draw(): void {
    const flow = this.last;
    if (!flow) {
      return;
    }
    const encodesFirst = this.encodesFirst();
    if (!this.picture || this.picture.isEncodingFirst !== encodesFirst) {
      this.picture = new Picture(this.networks, flow.image_shape, encodesFirst, (network, layer) => this.choose({ network, layer }));
      this.picture.mark(this.open);
      this.place.replaceChildren(this.picture.element);
    }
    const loss = this.loss(flow);
    this.picture.show(flow, { image: this.shown.image, loss });
    this.report.show(flow);
    const layer = this.layer(this.open);
    if (layer && flow.opened?.network === this.open?.network && flow.opened?.layer === this.open?.layer) {
      this.opened.show(layer, flow, this.open?.network === "generator" && loss === "discriminator" ? null : loss);
    }
    const [name, network] = partnerOf(this.networks);
    this.numbers.show(flow, [
      { name: "generator", network: this.networks.generator, passage: flow.passages.generator, loss: loss === "discriminator" ? null : loss },
      { name, network, passage: flow.passages.encoder ?? flow.passages[this.shown.image], loss },
    ]);
    const trains = flow.wait !== undefined;
    this.standing.textContent = trains ? `After step ${grouped(flow.step)}${flow.phase ? ", within the next one" : ""}: the weights that learn.` : `As saved ${flow.epoch === 0 ? "before training" : `after epoch ${flow.epoch}`}.`;
    this.point.input.disabled = this.image.input.disabled = Boolean(flow.phase);
  }

  private layer(open: Opened | null): Layer | undefined {
    const [, network] = partnerOf(this.networks);
    return open ? (open.network === "generator" ? this.networks.generator : network).layers[open.layer] : undefined;
  }

  private choose(open: Opened): void {
    const layer = this.layer(open);
    if (this.open?.network === open.network && this.open.layer === open.layer) {
      this.close();
    } else if (layer) {
      this.open = open;
      this.opened.open(open.network, layer);
      this.picture?.mark(open);
      void this.refresh();
    }
  }

  private close(): void {
    const { open } = this;
    this.open = null;
    this.opened.close();
    this.picture?.mark(null);
    if (open) {
      this.picture?.button(open.network, open.layer)?.focus();
    }
  }

  private follow(): void {
    const nothing = () => undefined;
    follow(
      this.run,
      {
        metrics: nothing,
        restart: nothing,
        samples: nothing,
        status: (status) => {
          const before = this.status;
          this.status = status;
          this.controls.update(status);
          this.phases.update(status);
          if (before?.phase !== status.phase && status.phase === "forward") {
            this.number = 0;
          }
          const other = before?.state !== status.state || before.phase !== status.phase || before.changes !== status.changes;
          if (other || (status.state === "paused" && before.step !== status.step)) {
            void this.refresh();
          }
        },
        connection: (state) => {
          if (state === "lost" && !(this.status && hasEnded(this.status))) {
            this.controls.disable();
            this.phases.disable();
          }
        },
      },
      this.signal,
    );
  }
}

/** A button that draws a number for the field of the latent point. */
function another(input: HTMLInputElement, changed: () => void): HTMLElement {
  const button = h("button", { type: "button", class: "quiet" }, "Another point");
  button.addEventListener("click", () => {
    input.value = String(Math.floor(Math.random() * mostPoints));
    changed();
  });
  return button;
}

export function insideView(run: string, { runs }: RunList, signal: AbortSignal): HTMLElement {
  const body = h("div", {}, h("p", { class: "hint" }, "Opening the networks …"));
  const lead = h("p", { class: "lead" }, "A latent point becomes an image, the image a verdict, the verdict a loss; the loss's gradient comes back along the arrows. Choose a layer to open it.");
  readNetworks(run, signal)
    .then((networks) => {
      if ("encoder" in networks) {
        lead.textContent = "An image becomes a latent point, and that an image again; the gradient of their difference comes back along the arrows. Choose a layer to open it.";
      }
      body.replaceChildren(new Inside(run, networks, runs.some(({ name, live }) => name === run && live), signal).element);
    })
    .catch((error: unknown) => isAbort(error) || body.replaceChildren(problem(error)));
  return h("div", { class: "inside" }, h("h1", {}, run), lead, body);
}
