// How the views look: pictures of them that are the same on every machine but for small differences, and whether two agree.

import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { open } from "./browser.mjs";
import { run, workplace } from "./program.mjs";

const halvings = 4;
const cell = 2 ** halvings; // pixels of the page along a pixel of a picture
const most = { levels: 20, cells: 6 }; // that may differ
const steps = 24;
const scores = ["frechet_distance", "precision", "recall"];

export const widths = [1366, 390, 2560];
export const colorSchemes = ["light", "dark"];
export const views = [
  { name: "begin", place: "begin", ready: ".settings input" },
  { name: "runs", place: "runs", ready: "tbody img" },
  { name: "live", place: "live/digits", ready: ".chart canvas" },
  { name: "inside", place: "inside/digits", ready: ".node canvas" },
  { name: "explore", place: "explore/digits", ready: ".sliders input" },
  { name: "compare", place: "compare/digits,dense", ready: ".chart canvas" },
];

export const nameOf = (view, width, colorScheme) => `${view.name}-${width}-${colorScheme}`;
export const pictures = fileURLToPath(new URL("pictures", import.meta.url));

/** A directory with the runs that the pictures are of. Their networks are of few steps, since processors differ more with each. */
export async function makeRuns() {
  const made = workplace();
  const brief = ["--threads", "1", "--batch-size", "32", "--precision", "f32", "--set", "output.metrics_every_steps=1", "--quiet"];
  for (const [name, recipe] of [["digits", "conditional"], ["dense", "dense-small"]]) {
    await run(made.directory, "train", recipe, "--steps", String(steps), "--out", `runs/${name}`, ...brief);
    invent(join(made.directory, "runs", name), recipe.length / 10);
  }
  return made;
}

/** Puts curves, scores and a finding in place of what was measured, which no two machines have in common. */
function invent(directory, shift) {
  const file = join(directory, "metrics.jsonl");
  const [first] = readFileSync(file, "utf8").split("\n");
  const names = Object.keys(JSON.parse(first)).filter((name) => !["step", "epoch", "time"].includes(name));
  const rows = Array.from({ length: steps }, (_, n) => {
    const values = names.map((name, k) => [name, name === "ms_per_step" ? 1250 : curve(n / steps, k + shift)]);
    return { step: n + 1, epoch: 1, time: 1.8e9 + n, ...Object.fromEntries(values) };
  });
  rows.push({ step: steps, ...Object.fromEntries(scores.map((name, k) => [name, 0.5 + 0.1 * k + 0.01 * shift])) });
  rows.push({ step: steps / 2, event: "verdict", verdict: "discriminator_won", active: true, message: "A finding", advice: "Something to change" });
  writeFileSync(file, `${rows.map((row) => JSON.stringify(row)).join("\n")}\n`);
  writeFileSync(join(directory, "scores.json"), JSON.stringify({ floor: Object.fromEntries(scores.map((name) => [name, 0.25])) }));
}

const curve = (place, kind) => 0.5 + 0.3 * Math.exp(-4 * place) * Math.sin(9 * place + kind) + 0.05 * kind * place;

/** What gives a page the same random numbers each time (Lehmer's generator). */
function repeatRandomNumbers() {
  let state = 1;
  Math.random = () => (state = (48271 * state) % 2147483647) / 2147483647;
}

const require = createRequire(import.meta.url);
const fonts = ["sans", "mono"].flatMap((kind) => [400, 700].map((weight) => ({ kind, weight, file: `dejavu-${kind}-latin-${weight}-normal.woff2` })));

/** Text takes as much space everywhere, and nothing moves. */
const style = `
  ${fonts.map(({ kind, weight, file }) => `@font-face { font-family: "test ${kind}"; font-weight: ${weight}; src: url("/${file}"); }`).join("\n")}
  * { font-family: "test sans" !important; transition: none !important; animation: none !important; caret-color: transparent !important;
    text-rendering: geometricPrecision !important; }
  pre, pre *, code, code *, kbd { font-family: "test mono" !important; }`;

/** Answers some requests of a tab otherwise: the page with the fonts, and the time that a training takes. */
async function fix(page) {
  await page.addInitScript(repeatRandomNumbers);
  for (const { kind, file } of fonts) {
    const path = require.resolve(`@fontsource/dejavu-${kind}/files/${file}`);
    await page.route(`**/${file}`, (route) => route.fulfill({ path, contentType: "font/woff2" }));
  }
  await page.route(/\/$/, async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, body: (await answer.text()).replace("</head>", `<style>${style}</style></head>`) });
  });
  await page.route(/\/api\/recipes\/[^/]+$/, async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, json: { ...(await answer.json()), seconds: 200 } });
  });
}

/** Opens a view and waits for what it shows last. */
export async function openView(browser, address, { place, ready }) {
  const tab = await open(browser, `${address}#/${place}`, { prepare: fix });
  await tab.page.locator(ready).first().waitFor({ timeout: 60_000 });
  await tab.page.evaluate(() => document.fonts.ready);
  return tab;
}

export async function arrange(page, width, colorScheme) {
  await page.setViewportSize({ width, height: width < 500 ? 844 : 900 });
  await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
}

/** A picture of the whole page as it is now. */
export const photograph = (shrinker, page) => page.screenshot({ fullPage: true }).then((png) => shrinker.shrink(png));

/** Shrinks screenshots, in a tab of its own. */
export async function makeShrinker(browser) {
  const page = await browser.newPage();
  return {
    /** The mean colours of the cells, and a PNG of them. */
    shrink: (png) => page.evaluate(shrunken, { png: png.toString("base64"), halvings }),
    /** The same of a picture that is as small already. */
    read: (png) => page.evaluate(shrunken, { png: png.toString("base64"), halvings: 0 }),
    close: () => page.close(),
  };
}

/** Runs in the browser. Half of a picture has the means of two by two pixels. */
async function shrunken({ png, halvings }) {
  let picture = await createImageBitmap(await (await fetch(`data:image/png;base64,${png}`)).blob());
  const cell = 2 ** halvings;
  let [width, height] = [picture.width, picture.height].map((side) => Math.floor(side / cell) * cell);
  let context;
  for (let n = 0; n <= halvings; n++) {
    const [from, to] = n === 0 ? [[width, height], [width, height]] : [[width, height], [width / 2, height / 2]];
    const canvas = Object.assign(document.createElement("canvas"), { width: to[0], height: to[1] });
    context = canvas.getContext("2d", { willReadFrequently: true });
    context.drawImage(picture, 0, 0, ...from, 0, 0, ...to);
    [picture, width, height] = [canvas, ...to];
  }
  const means = context.getImageData(0, 0, width, height);
  means.data.forEach((level, n) => (means.data[n] = n % 4 === 3 ? 255 : Math.min(255, 8 * Math.round(level / 8)))); // for a small file
  context.putImageData(means, 0, 0);
  return { width, height, colours: [...means.data], png: picture.toDataURL("image/png").split(",")[1] };
}

/**
 * Why two pictures do not agree, or null where they do. Another processor and other fonts of the system move no cell by more than
 * 8 levels of 255; a button of another colour is 9 cells.
 */
export function disagreement(seen, kept) {
  if (seen.width !== kept.width || seen.height !== kept.height) {
    return `the page has ${seen.width} x ${seen.height} cells, the picture ${kept.width} x ${kept.height}`;
  }
  const far = differences(seen, kept).map((levels, n) => [levels, n]).filter(([levels]) => levels > most.levels);
  if (far.length <= most.cells) {
    return null;
  }
  const places = far.slice(0, 5).map(([, n]) => `${cell * (n % seen.width)},${cell * Math.floor(n / seen.width)}`);
  return `${far.length} cells of ${cell} x ${cell} pixels differ, the first at ${places.join(" ")}`;
}

/** Of each cell, in the colour that differs most. */
function differences(a, b) {
  return Array.from({ length: a.width * a.height }, (_, n) =>
    Math.max(...[0, 1, 2].map((channel) => Math.abs(a.colours[4 * n + channel] - b.colours[4 * n + channel]))));
}
