// Small helpers to make elements.

type Child = Node | string | null | undefined | false;

type Properties<Tag extends keyof HTMLElementTagNameMap> = Partial<
  Omit<HTMLElementTagNameMap[Tag], "style" | "children" | "attributes">
> & { class?: string; attributes?: Record<string, string> };

/** An element with its properties, attributes and children. */
export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  properties: Properties<Tag> = {},
  ...children: Child[]
): HTMLElementTagNameMap[Tag] {
  const { class: className, attributes = {}, ...rest } = properties;
  const element = document.createElement(tag);
  Object.assign(element, rest);
  if (className) {
    element.className = className;
  }
  for (const [name, value] of Object.entries(attributes)) {
    element.setAttribute(name, value);
  }
  element.append(...children.filter((child): child is Node | string => Boolean(child)));
  return element;
}

let fields = 0;

/** A control with a visible label that is tied to it. */
export function field(label: string, control: HTMLElement): HTMLElement {
  control.id ||= `field-${++fields}`;
  return h("div", { class: "field" }, h("label", { htmlFor: control.id }, label), control);
}

export interface NumberField {
  element: HTMLElement;
  input: HTMLInputElement;
  value(): number;
}

/** A field for a whole number from `low` to `high`. */
export function numberField(label: string, value: number, low: number, high: number, changed: () => void): NumberField {
  const input = h("input", { type: "number", value: String(value), min: String(low), max: String(high), step: "1" });
  input.addEventListener("change", changed);
  return {
    element: field(label, input),
    input,
    value: () => Math.min(high, Math.max(low, Math.round(Number(input.value)) || low)),
  };
}

/** A field to choose one of `options`, by its index. */
export function choice(label: string, options: string[], changed: (index: number) => void): HTMLElement {
  const select = h("select", {}, ...options.map((text, n) => h("option", { value: String(n) }, text)));
  select.addEventListener("change", () => changed(select.selectedIndex));
  return field(label, select);
}

/** An error message in place of the content. */
export function problem(error: unknown): HTMLElement {
  const text = error instanceof Error ? error.message : String(error);
  return h("p", { class: "problem", attributes: { role: "alert" } }, text);
}

export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === "AbortError";
}
