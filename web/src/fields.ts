// Fields of a recipe's settings, each with its explanation where it stands.

import { h } from "./dom";
import type { FormField, Settings } from "./api";

type Control = HTMLInputElement | HTMLSelectElement;

let count = 0;

/** The fields for the settings that a recipe has. */
export class Fields {
  readonly element = h("div", { class: "settings" });
  private readonly controls = new Map<string, Control>();
  private before: Settings = {};

  constructor(
    private readonly fields: FormField[],
    private readonly changed: () => void = () => {},
  ) {}

  /** Shows `values`, from which changes are counted. */
  set(values: Settings): void {
    this.before = values;
    this.controls.clear();
    this.element.replaceChildren(
      ...this.fields.filter(({ key }) => key in values).map((field) => this.row(field, String(values[field.key]))),
    );
  }

  /** What differs from the values that were set, as "KEY=VALUE". */
  settings(): string[] {
    return [...this.controls]
      .filter(([key, control]) => control.value.trim() !== String(this.before[key]))
      .map(([key, control]) => `${key}=${control instanceof HTMLInputElement && control.type === "text" && key === "data" ? JSON.stringify(control.value.trim()) : control.value.trim()}`);
  }

  private row(field: FormField, value: string): HTMLElement {
    const id = `setting-${++count}`;
    const control = makeControl(field, value, id);
    control.id = id;
    control.setAttribute("aria-describedby", `${id}-hint`);
    control.addEventListener(control instanceof HTMLSelectElement ? "change" : "input", this.changed);
    this.controls.set(field.key, control);
    return h(
      "div",
      { class: "setting" },
      h("label", { htmlFor: id }, field.title),
      control,
      field.kind === "data" ? h("datalist", { id: `${id}-words` }, ...field.words.map((word) => h("option", { value: word }))) : null,
      h("p", { class: "hint", id: `${id}-hint` }, field.hint),
    );
  }
}

function makeControl({ kind, words, low, high }: FormField, value: string, id: string): Control {
  if (kind === "word") {
    return h("select", {}, ...words.map((word) => h("option", { value: word, selected: word === value }, word)));
  }
  if (kind === "data") {
    return h("input", { type: "text", value, autocomplete: "off", attributes: { list: `${id}-words` } });
  }
  return h("input", { type: "number", value, min: String(low), max: String(high), step: kind === "whole" ? "1" : "any" });
}
