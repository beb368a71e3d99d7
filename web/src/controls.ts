// Pause, one step at a time, resume and stop.

import { command, type Command } from "./api";
import type { Status } from "./events";
import { h } from "./dom";

export class Controls {
  readonly element: HTMLElement;
  private readonly buttons: Record<Exclude<Command, "undo" | "phase">, HTMLButtonElement>;
  private readonly said = h("span", { class: "said", attributes: { role: "status" } });

  constructor(private readonly run: string) {
    this.buttons = {
      pause: this.button("pause", "Pause", "Pause the training after this step"),
      step: this.button("step", "One step", "Train for one step, then pause"),
      resume: this.button("resume", "Resume", "Continue training"),
      stop: this.button("stop", "Stop", "Write a checkpoint and end the training"),
    };
    this.element = h(
      "div",
      { class: "controls", hidden: true, attributes: { role: "group", "aria-label": "Training" } },
      ...Object.values(this.buttons),
      this.said,
    );
  }

  update(status: Status): void {
    this.element.hidden = false;
    const paused = status.state === "paused";
    const going = status.state === "training";
    this.buttons.pause.disabled = !going;
    this.buttons.step.disabled = this.buttons.resume.disabled = !paused;
    this.buttons.stop.disabled = !(going || paused);
  }

  /** When the training program is not reachable. */
  disable(): void {
    Object.values(this.buttons).forEach((button) => (button.disabled = true));
  }

  private button(what: Command, text: string, title: string): HTMLButtonElement {
    const button = h("button", { type: "button", title, class: what }, text);
    button.addEventListener("click", () => void this.give(what));
    return button;
  }

  private async give(what: Command): Promise<void> {
    if (what === "stop" && !confirm("Stop the training? A checkpoint is written, from which it can be resumed.")) {
      return;
    }
    try {
      await command(this.run, what);
      this.said.textContent = "";
    } catch (error) {
      this.said.textContent = error instanceof Error ? error.message : String(error);
    }
  }
}
