// Draws the pictures of docs/begin.md, by starting, changing, breaking and curing trainings as a new user does:
//   GANYMEDE_BINARY=build/release/ganymede node web/tools/begin-pictures.mjs [DIRECTORY]
// DIRECTORY is where the pictures go.

import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";

const directory = resolve(process.argv[2] ?? "docs/pictures");
process.env.GANYMEDE_BINARY = resolve(process.env.GANYMEDE_BINARY);
const { launch, open } = await import("../tests/browser.mjs");
const { start, workplace } = await import("../tests/program.mjs");

const settled = 1500; // milliseconds for pictures and fonts to come
const patience = { timeout: 300_000 };
const viewport = { width: 1366, height: 768 };
mkdirSync(directory, { recursive: true });
const place = workplace();
const program = await start(place.directory, "play", "--no-browser");
const browser = await launch();
const tab = await open(browser, program.address, { viewport });
const { page } = tab;
const button = (name) => page.getByRole("button", { name, exact: true });
const draw = async (name, place = null) => {
  await page.evaluate((selector) => (selector ? document.querySelector(selector)?.scrollIntoView() : window.scrollTo(0, 0)), place);
  await page.waitForTimeout(settled);
  await page.screenshot({ path: join(directory, `${name}.png`) });
};
const stepOf = () => page.locator(".facts dd").nth(1).innerText().then((text) => Number(text.split(" ")[0].replaceAll(",", "")));
const reach = async (step) => {
  while ((await stepOf()) < step) {
    await page.waitForTimeout(200);
  }
};

await page.getByRole("heading", { level: 1, name: "Begin a training" }).waitFor();
await page.getByLabel("Recipe", { exact: true }).selectOption("dense-small");
await page.getByText(/on this machine, 93,700 steps/).waitFor(patience);
await page.getByLabel("Epochs").fill("20");
await page.getByLabel("Name").fill("my-first-gan");
await page.getByText(/on this machine, 18,740 steps/).waitFor(patience);
await draw("begin-form");

await button("Start the training").click();
await page.getByRole("heading", { level: 1, name: "my-first-gan" }).waitFor(patience);
await page.getByRole("img", { name: /^Losses after step \d+: / }).waitFor(patience);
await reach(1900);
await draw("begin-live");

await page.getByText("Change it while it trains").click();
await page.getByLabel("Discriminator's learning rate").fill("0.000000001");
await draw("begin-change");
await button("Change").click();
const findings = page.getByRole("list", { name: "The doctor's findings and the changes" });
await findings.getByText(/^Step [\d,]+: Changed /).waitFor(patience);
const changed = await stepOf();
await page.getByText("Change it while it trains").click();
await findings.getByText(/The generator has won/).waitFor(patience);
await draw("begin-broken", ".remarks");

await page.getByText("Change it while it trains").click();
await page.getByRole("button", { name: /^Undo: back to step/ }).click();
await findings.getByText(/The last change is undone/).waitFor(patience);
await page.getByText("Change it while it trains").click();
await reach(changed + 600);
await draw("begin-undone", ".remarks");
page.on("dialog", (dialog) => void dialog.accept());
await button("Stop").click();
await page.getByText("Stopped", { exact: true }).waitFor(patience);

await page.getByRole("link", { name: "Begin", exact: true }).click();
await page.getByRole("heading", { level: 2, name: "Break it" }).waitFor();
await draw("begin-lessons", ".lessons");
await button("Learning rates that are too high").click();
await page.getByRole("heading", { level: 1, name: "lesson-high-rates" }).waitFor(patience);
await page.getByText("Finished", { exact: true }).waitFor(patience);
await draw("begin-lesson");
await draw("begin-lesson-curves", ".columns");
await button("Lower both learning rates to 0.002").click();
await page.getByRole("heading", { level: 1, name: "cured-high-rates" }).waitFor(patience);
await page.getByText("Finished", { exact: true }).waitFor(patience);
await draw("begin-cured");
await page.getByRole("link", { name: "Compare with the broken run" }).click();
await page.getByRole("img", { name: /^Losses: Generator / }).waitFor(patience);
await draw("begin-compared", ".sheets");

tab.assertSound();
await browser.close();
program.stop();
await program.ended;
place.remove();
