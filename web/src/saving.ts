// A chart as a file: a picture, a drawing, a table.

import { h } from "./dom";
import { color } from "./theme";

/** What is drawn: lines over the same places. */
export interface Drawing {
  title: string;
  axis: string;
  places: number[];
  lines: { label: string; color: string; values: (number | null)[] }[];
  /** Of what is in sight. */
  x: [number, number];
  y: [number, number];
  logarithmic: boolean;
}

function download(name: string, contents: Blob): void {
  const url = URL.createObjectURL(contents);
  h("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

const escaped = (text: string) => text.replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`);
const quoted = (text: string) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** A row for each place, with a head. */
export function toCsv({ axis, places, lines }: Drawing): string {
  const rows = [[axis, ...lines.map(({ label }) => label)].map(quoted)];
  places.forEach((place, n) => rows.push([place, ...lines.map(({ values }) => values[n])].map((value) => String(value ?? ""))));
  return rows.map((row) => `${row.join(",")}\n`).join("");
}

const [width, height, left, top, right, bottom] = [720, 380, 64, 48, 16, 44];
const ticks = 5;

/** The lines with their axes and a legend. */
export function toSvg(drawing: Drawing): string {
  const { title, axis, places, lines, x, y } = drawing;
  const scale = (value: number) => (drawing.logarithmic ? Math.log10(value) : value);
  const across = (value: number) => left + ((value - x[0]) / (x[1] - x[0] || 1)) * (width - left - right);
  const down = (value: number) =>
    height - bottom - ((scale(value) - scale(y[0])) / (scale(y[1]) - scale(y[0]) || 1)) * (height - top - bottom);
  const text = (px: number, py: number, anchor: string, words: string, fill = color("ink")) =>
    `<text x="${px.toFixed(1)}" y="${py.toFixed(1)}" text-anchor="${anchor}" fill="${fill}">${escaped(words)}</text>`;
  const shares = Array.from({ length: ticks }, (_, n) => n / (ticks - 1));
  const level = (share: number) => {
    const value = scale(y[0]) + share * (scale(y[1]) - scale(y[0]));
    return drawing.logarithmic ? 10 ** value : value;
  };
  const grid = shares.map((share) => {
    const at = down(level(share));
    return `<path d="M${left} ${at.toFixed(1)}H${width - right}" stroke="${color("line")}"/>` + text(left - 8, at + 4, "end", String(+level(share).toPrecision(3)));
  });
  const steps = shares.map((share) => text(left + share * (width - left - right), height - bottom + 18, "middle", String(+(x[0] + share * (x[1] - x[0])).toPrecision(3))));
  const curves = lines.map(({ color: name, values }) => {
    const points = places.flatMap((place, n) => {
      const value = values[n];
      const seen = value != null && place >= x[0] && place <= x[1] && (!drawing.logarithmic || value > 0);
      return seen ? [`${across(place).toFixed(1)} ${down(value).toFixed(1)}`] : [];
    });
    return points.length > 0 ? `<path d="M${points.join("L")}" fill="none" stroke="${color(name)}" stroke-width="1.8"/>` : "";
  });
  const legend = lines.map(({ label, color: name }, n) => text(left + 130 * n, 38, "start", label, color(name)));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">`,
    `<rect width="100%" height="100%" fill="${color("card")}"/>`,
    text(left, 20, "start", title),
    ...grid,
    ...steps,
    text((left + width - right) / 2, height - 8, "middle", axis),
    ...curves,
    ...legend,
    "</svg>\n",
  ].join("\n");
}

/** The canvas on the colour of a card. */
function toPng(canvas: HTMLCanvasElement): Promise<Blob | null> {
  const copy = h("canvas", { width: canvas.width, height: canvas.height });
  const context = copy.getContext("2d");
  if (context) {
    context.fillStyle = color("card");
    context.fillRect(0, 0, copy.width, copy.height);
    context.drawImage(canvas, 0, 0);
  }
  return new Promise((resolve) => copy.toBlob(resolve, "image/png"));
}

/** Buttons that save what `drawn` tells as files. */
export function saveMenu(title: string, drawn: () => { drawing: Drawing; canvas: HTMLCanvasElement } | null): HTMLElement {
  const name = title.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
  const kinds: [string, (one: { drawing: Drawing; canvas: HTMLCanvasElement }) => Blob | Promise<Blob | null>][] = [
    ["PNG", ({ canvas }) => toPng(canvas)],
    ["SVG", ({ drawing }) => new Blob([toSvg(drawing)], { type: "image/svg+xml" })],
    ["CSV", ({ drawing }) => new Blob([toCsv(drawing)], { type: "text/csv" })],
  ];
  const buttons = kinds.map(([kind, make]) => {
    const button = h("button", { type: "button", class: "quiet", attributes: { "aria-label": `Save ${title} as ${kind}` } }, kind);
    button.addEventListener("click", () => {
      const one = drawn();
      void Promise.resolve(one && make(one)).then((blob) => blob && download(`${name}.${kind.toLowerCase()}`, blob));
    });
    return button;
  });
  return h("div", { class: "save" }, "Save", ...buttons);
}
