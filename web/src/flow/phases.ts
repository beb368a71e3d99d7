// A step of the training, phase by phase: three buttons, and what each phase has changed.

import { bytes, command, type Flow, type Judged, type Phase } from "../api";
import { h } from "../dom";
import type { Status } from "../events";
import { fixed } from "../format";
import { picture } from "../pixels";
import { short } from "./arrow";

const forward: [Phase, string] = ["forward", "Forward"];
const ofGan: [Phase, string][] = [forward, ["partner", "Discriminator's update"], ["generator", "Generator's update"]];
const ofVae: [Phase, string][] = [forward, ["generator", "Update of both"]];

/** The buttons. */
export class PhaseControls {
  readonly element: HTMLElement;
  private readonly buttons: HTMLButtonElement[];
  private readonly said = h("span", { class: "said", attributes: { role: "status" } });
  private readonly phases: [Phase, string][];

  constructor(run: string, isVae: boolean) {
    this.phases = isVae ? ofVae : ofGan;
    this.buttons = this.phases.map(([, name], n) => {
      const button = h("button", { type: "button", disabled: true }, `${n + 1}. ${name}`);
      button.addEventListener("click", () => {
        command(run, "phase").then(() => (this.said.textContent = "")).catch((error: unknown) => (this.said.textContent = String(error)));
      });
      return button;
    });
    this.element = h("div", { class: "controls phases", hidden: true, attributes: { role: "group", "aria-label": "One step, phase by phase" } }, h("span", { class: "hint" }, "One step, phase by phase:"), ...this.buttons, this.said);
  }

  update({ state, phase }: Status): void {
    this.element.hidden = false;
    const done = this.phases.findIndex(([name]) => name === phase);
    const next = (done + 1) % this.phases.length;
    const held = document.activeElement;
    this.buttons.forEach((button, n) => {
      button.disabled = state !== "paused" || n !== next;
      button.classList.toggle("done", state === "paused" && n <= done);
    });
    if (held instanceof HTMLButtonElement && this.buttons.includes(held) && held.disabled) {
      this.buttons[next]?.focus(); // so that one key takes all phases
    }
  }

  disable(): void {
    this.buttons.forEach((button) => (button.disabled = true));
  }
}

/** A sentence on what has just happened. */
function sentence(flow: Flow, isVae: boolean): string {
  const label = flow.labels ? ` All its labels are ${short(flow.labels.generator)}: it is rewarded for images that are taken for real.` : "";
  const words: Record<Phase, string> = {
    forward: isVae
      ? "The encoder has seen the batch and the generator has made it again. The losses are known; nothing has learned yet."
      : "The generator has made images, and the discriminator has judged them and as many training images. The losses are known; nothing has learned yet.",
    partner: "The discriminator has learned: its weights have followed its loss's gradient. The generator's have not moved.",
    generator: isVae
      ? "Both networks have learned: the weights have followed the loss's gradient."
      : `The generator has learned, from new latent points. The gradient came back through the discriminator, whose weights are locked.${label} The step is over.`,
  };
  return flow.phase ? words[flow.phase] : "";
}

/** How real a network finds an image, finer than elsewhere, since one step changes little. */
const share = (judged: Judged | undefined) => (judged ? `${fixed(judged.probability * 100, 1)}%` : "–");

const measured: [string, string][] = [
  ["loss_d_real", "discriminator's loss on real images"],
  ["loss_d_fake", "on generated images"],
  ["loss_g", "generator's loss"],
  ["loss", "loss"],
];

/** The batch of the step, with the verdicts before and after. */
export class PhaseReport {
  readonly element = h("section", { class: "card phase-report", hidden: true, attributes: { "aria-label": "What the phase has changed" } });
  private readonly text = h("p", { attributes: { role: "status" } });
  private readonly numbers = h("p", { class: "hint" });
  private readonly examples = h("ul", { class: "examples" });
  private buttons: HTMLButtonElement[] = [];

  constructor(
    private readonly isVae: boolean,
    private readonly choose: (number: number) => void,
  ) {
    this.element.append(this.text, this.numbers, this.examples);
  }

  show(flow: Flow): void {
    this.element.hidden = !flow.phase;
    const { batch } = flow;
    if (!flow.phase || !batch) {
      return;
    }
    const text = sentence(flow, this.isVae);
    if (this.text.textContent !== text) {
      this.text.textContent = text;
    }
    const numbers = measured.filter(([key]) => flow.metrics?.[key] !== undefined && (key !== "loss_g" || flow.phase === "generator"));
    this.numbers.textContent = `Of the whole batch: ${numbers.map(([key, name]) => `${name} ${fixed(flow.metrics?.[key])}`).join(", ")}. Below, its first images, with what the networks make of each${flow.phase === "forward" ? "" : " before → after"}; choose one for the picture. Dropout is off here, and batch norm has its running statistics.`;
    if (this.buttons.length !== batch.length) {
      this.buttons = batch.map((_, n) => {
        const button = h("button", { type: "button" });
        button.addEventListener("click", () => this.choose(n));
        return button;
      });
      this.examples.replaceChildren(...this.buttons.map((button) => h("li", {}, button)));
    }
    batch.forEach((example, n) => {
      const told = (which: "fake" | "real") => {
        const [was, is] = this.isVae ? [fixed(example.losses_before.both, 1), fixed(example.losses.both, 1)] : [share(example.verdicts_before[which]), share(example.verdicts[which])];
        return h("span", {}, was === is || flow.phase === "forward" ? is : `${was} → ${is}`);
      };
      const name = (what: string) => `${what} ${n + 1}`;
      this.buttons[n]?.setAttribute("aria-pressed", String(n === flow.number));
      this.buttons[n]?.replaceChildren(
        picture(bytes(example.generated), flow.image_shape, name(this.isVae ? "Made again" : "Generated image")),
        ...(this.isVae ? [] : [told("fake")]),
        picture(bytes(example.real), flow.image_shape, name("Training image")),
        told("real"),
      );
    });
  }
}
