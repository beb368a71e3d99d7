// Changes the settings of a run while it trains.

import { changeSettings, command, type FormField, type Run } from "./api";
import { h } from "./dom";
import { hasEnded, type Status } from "./events";
import { Fields } from "./fields";
import { grouped } from "./format";

export class Changing {
  readonly element: HTMLDetailsElement;
  private readonly place = h("div");
  private readonly apply = h("button", { type: "submit", class: "start" }, "Change");
  private readonly undo = h("button", { type: "button" }, "Undo");
  private readonly said = h("span", { class: "said", attributes: { role: "status" } });
  private fields: Fields | null = null;

  constructor(run: string) {
    const form = h(
      "form",
      { noValidate: true },
      this.place,
      h("div", { class: "toolbar" }, this.apply, this.undo, this.said),
      h("p", { class: "hint" }, "A change takes effect before the next step and is marked on every curve. A checkpoint is written first; undo goes back to it."),
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const settings = this.fields?.settings() ?? [];
      void this.give(settings.length > 0 ? () => changeSettings(run, settings) : () => Promise.reject(new Error("Change a value first.")));
    });
    this.undo.addEventListener("click", () => void this.give(() => command(run, "undo")));
    this.element = h("details", { class: "card changing", hidden: true }, h("summary", {}, "Change it while it trains"), form);
  }

  /** Shows the values that the run has now. */
  show({ settings, fields }: Pick<Run, "settings" | "fields">): void {
    const known: FormField[] = fields.filter((field) => field.while_training);
    this.fields = new Fields(known);
    this.fields.set(settings);
    this.place.replaceChildren(this.fields.element);
  }

  update(status: Status): void {
    const step = status.undo_step ?? null;
    this.element.hidden = hasEnded(status) || this.fields === null;
    this.undo.disabled = step === null;
    this.undo.textContent = step === null ? "Undo" : `Undo: back to step ${grouped(step)}`;
  }

  private async give(what: () => Promise<void>): Promise<void> {
    try {
      await what();
      this.said.textContent = "";
    } catch (error) {
      this.said.textContent = error instanceof Error ? error.message : String(error);
    }
  }
}
