// Measures what exploring latent space in Chromium costs a run that trains on the same machine:
//   GANYMEDE_BINARY=build/release/ganymede node web/tools/measure-explorer.mjs [RECIPE [DATASET]]
// Trains RECIPE (best) with its page and, by turns, leaves it alone and drags the plane of the run's own generator. Prints the
// median milliseconds a step of both, from metrics.jsonl, and how many images the browser drew a second.

import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";

const [recipe = "best", dataset = "mnist"] = process.argv.slice(2);
const pairs = 5;
const seconds = 8;
const settling = 1500; // milliseconds until the windows of training on both sides are past
process.env.GANYMEDE_BINARY = resolve(process.env.GANYMEDE_BINARY);
const { launch, open } = await import("../tests/browser.mjs");
const { start, workplace } = await import("../tests/program.mjs");

const place = workplace();
const metrics = join(place.directory, "runs", "run", "metrics.jsonl");
const program = await start(place.directory, "train", recipe, "--data", dataset, "--epochs", "1000", "--serve", "--out", "runs/run");
const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));
const recorded = () => readFileSync(metrics, "utf8").trim().split("\n").map((line) => JSON.parse(line));
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

/** The milliseconds a step of what is recorded until `act` ends. */
async function measured(act) {
  await pause(settling);
  const begin = Date.now() / 1000;
  await act();
  return recorded().filter(({ time, ms_per_step: step }) => step && time >= begin).map(({ ms_per_step: step }) => step);
}

/** Drags the plane to and fro, as a hand would. */
async function drag(page) {
  const plane = page.getByRole("application", { name: /plane through latent space/ });
  const box = await plane.boundingBox();
  const end = Date.now() + 1000 * seconds;
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.down();
  for (let n = 0; Date.now() < end; ++n) {
    await page.mouse.move(box.x + box.width * (0.5 + 0.4 * Math.sin(n / 9)), box.y + box.height * (0.5 + 0.4 * Math.sin(n / 14)));
    await pause(16);
  }
  await page.mouse.up();
}

while (!(await fetch(`${program.address}api/runs/run`).then((answer) => answer.json())).onnx) {
  await pause(500);
}
const browser = await launch();
const tab = await open(browser, `${program.address}#/explore/run`);
await tab.page.locator(".sliders input").first().waitFor({ timeout: 300_000 });
await tab.page.evaluate(() => {
  globalThis.drawn = 0;
  const put = CanvasRenderingContext2D.prototype.putImageData;
  CanvasRenderingContext2D.prototype.putImageData = function (...words) {
    globalThis.drawn += 1;
    return put.apply(this, words);
  };
});
const alone = [];
const beside = [];
for (let n = 0; n < pairs; ++n) {
  alone.push(...(await measured(() => pause(1000 * seconds))));
  beside.push(...(await measured(() => drag(tab.page))));
}
const images = await tab.page.evaluate(() => globalThis.drawn);
await browser.close();
program.stop();
await program.ended;
place.remove();
const [quiet, explored] = [median(alone), median(beside)];
console.log(
  `${recipe}: alone ${quiet.toFixed(2)} ms a step, explored ${explored.toFixed(2)}: ${(explored / quiet).toFixed(2)}x; ` +
    `the browser drew ${Math.round(images / pairs / seconds)} images a second`,
);
