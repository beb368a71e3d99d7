// The sample grid of a run, with a slider through its epochs.

import { address } from "./api";
import { h } from "./dom";

const framesPerSecond = 6;

export class Gallery {
  readonly element: HTMLElement;
  private epochs: number[] = [];
  private follows = true; // the newest sample, until somebody looks at another
  private readonly image = h("img", { class: "sheet", alt: "" });
  private readonly slider = h("input", { type: "range", id: "epoch", min: "0", value: "0", step: "1" });
  private readonly label = h("output", { attributes: { for: "epoch" } });
  private readonly play = h("button", { type: "button", class: "quiet" }, "Play");
  private timer = 0;

  constructor(
    private readonly run: string,
    signal: AbortSignal,
  ) {
    this.element = h(
      "section",
      { class: "card gallery" },
      h("header", {}, h("h2", {}, "Samples of the generator"), this.label),
      h("div", { class: "scrub" }, this.play, h("label", { htmlFor: "epoch" }, "Epoch"), this.slider),
      this.image,
      h("p", { class: "hint" }, "Always from the same latent points, so each cell shows how one image develops."),
    );
    this.slider.addEventListener("input", () => {
      this.pause();
      this.follows = this.index() === this.epochs.length - 1;
      this.draw();
    });
    this.play.addEventListener("click", () => (this.timer ? this.pause() : this.begin()));
    signal.addEventListener("abort", () => this.pause());
  }

  update(epochs: number[]): void {
    this.epochs = epochs;
    this.slider.max = String(Math.max(0, epochs.length - 1));
    if (this.follows) {
      this.slider.value = this.slider.max;
    }
    this.slider.disabled = this.play.disabled = epochs.length < 2;
    this.draw();
  }

  private index(): number {
    return Number(this.slider.value);
  }

  private draw(): void {
    const epoch = this.epochs[this.index()];
    if (epoch === undefined) {
      return;
    }
    const words = epoch === 0 ? "before training" : `after epoch ${epoch}`;
    this.image.src = address(this.run, `samples/${epoch}`);
    this.image.alt = `Samples of the generator ${words}`;
    this.label.textContent = words;
    this.slider.setAttribute("aria-valuetext", words);
  }

  private begin(): void {
    if (this.index() === this.epochs.length - 1) {
      this.slider.value = "0";
    }
    this.follows = false;
    this.play.textContent = "Pause film";
    this.timer = window.setInterval(() => this.advance(), 1000 / framesPerSecond);
  }

  private advance(): void {
    if (this.index() >= this.epochs.length - 1) {
      this.follows = true;
      this.pause();
      return;
    }
    this.slider.value = String(this.index() + 1);
    this.draw();
  }

  private pause(): void {
    clearInterval(this.timer);
    this.timer = 0;
    this.play.textContent = "Play";
  }
}
