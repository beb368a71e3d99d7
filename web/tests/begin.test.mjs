// Starting, changing, breaking and curing trainings from the page, as a new user does.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { desktop, launch, open, overflow, phone, accessFaults } from "./browser.mjs";
import { endAll, start, workplace } from "./program.mjs";

const place = workplace();
let browser;
let program;

before(async () => {
  browser = await launch();
  program = await start(place.directory, "play", "--no-browser");
});

after(async () => {
  program?.stop();
  await program?.ended;
  await browser?.close();
  endAll();
  place.remove();
});

const patience = { timeout: 120_000 };
const toml = (page) => page.getByRole("region", { name: "The recipe as TOML" });
const button = (page, name) => page.getByRole("button", { name, exact: true });

test("without runs the page begins with the form, whose recipe follows what is typed", async () => {
  const tab = await open(browser, program.address, { mayBeRefused: true });
  const { page } = tab;
  await page.getByRole("heading", { level: 1, name: "Begin a training" }).waitFor();
  assert.equal(await page.getByLabel("Run", { exact: true }).isVisible(), false); // there is none to choose
  await page.getByLabel("Recipe", { exact: true }).selectOption("dense-small");
  await toml(page).getByText("name = 'dense-small'").waitFor();
  await page.getByText(/^A small dense GAN with dropout/).waitFor();
  await page.getByText(/^(About \d+ (minute|hour)s?|Less than a minute) on this machine, 93,700 steps$/).waitFor(patience);
  await page.getByLabel("Epochs").fill("7");
  await toml(page).getByText("epochs = 7").waitFor();
  await page.getByLabel("Batch").fill("0");
  await page.getByRole("alert").getByText(/training\.batch_size/).waitFor();
  assert.equal(await button(page, "Start the training").isDisabled(), true);
  await page.getByLabel("Batch").fill("32");
  await toml(page).getByText("batch_size = 32").waitFor();
  assert.equal(await page.getByRole("alert").isVisible(), false);
  assert.equal(await button(page, "Start the training").isDisabled(), false);
  for (const input of await page.locator(".settings input, .settings select").all()) {
    const hint = await input.getAttribute("aria-describedby");
    assert.ok((await page.locator(`#${hint}`).innerText()).length > 20);
  }
  await page.getByLabel("Recipe", { exact: true }).selectOption("vae");
  await page.getByLabel("Encoder's learning rate").waitFor();
  assert.equal(await page.getByLabel("Discriminator's learning rate").count(), 0);
  tab.assertSound();
  await tab.close();
});

test("a training is started, changed, mended by undoing that, and stopped, by keyboard", async () => {
  const tab = await open(browser, `${program.address}#/begin`, { mayBeRefused: true });
  const { page } = tab;
  await page.getByLabel("Recipe", { exact: true }).selectOption("dense-small");
  await page.getByLabel("Name").fill("mine");
  await toml(page).getByText("name = 'dense-small'").waitFor();
  await button(page, "Start the training").press("Enter");
  await page.getByRole("heading", { level: 1, name: "mine" }).waitFor(patience);
  await page.getByRole("img", { name: /^Losses after step \d+: / }).waitFor(patience);
  await page.getByText("Change it while it trains").press("Enter");
  const rate = page.getByLabel("Generator's learning rate");
  assert.equal(await rate.inputValue(), "0.002");
  await rate.fill("7");
  await button(page, "Change").press("Enter");
  await page.getByText(/found "7", expected a number from 0 to 1/).waitFor();
  await rate.fill("0.5");
  await button(page, "Change").press("Enter");
  const remarks = page.getByRole("list", { name: "The doctor's findings and the changes" });
  await remarks.getByText(/Changed generator_optimizer\.learning_rate from 0\.002 to 0\.5/).waitFor(patience);
  await page.getByRole("img", { name: /^Losses after .*; changed at step \d/ }).waitFor(patience);
  await page.waitForFunction(() => document.querySelector(".changing input")?.value === "0.5", undefined, patience);
  assert.deepEqual(await accessFaults(page), []);
  await page.getByRole("button", { name: /^Undo: back to step \d/ }).press("Enter");
  await remarks.getByText(/The last change is undone: back from step \d/).waitFor(patience);
  await page.waitForFunction(() => document.querySelector(".changing input")?.value === "0.002", undefined, patience);
  assert.equal(await button(page, "Undo").isDisabled(), true);
  page.on("dialog", (dialog) => void dialog.accept());
  await button(page, "Stop").press("Enter");
  await page.getByText("Stopped", { exact: true }).waitFor(patience);
  tab.assertSound();
  await tab.close();
});

test("a second training waits for the first, and can be taken out of the queue", async () => {
  const tab = await open(browser, `${program.address}#/begin`);
  const { page } = tab;
  const order = (run) => ({ recipe: "dense-small", settings: ["training.threads=1"], run });
  const headers = { "Content-Type": "application/json" };
  for (const run of ["first", "second"]) {
    await fetch(`${program.address}api/trainings`, { method: "POST", headers, body: JSON.stringify(order(run)) });
  }
  const queue = page.getByRole("region", { name: "The queue" });
  await queue.getByText("first trains.").waitFor(patience);
  await queue.getByText("second (dense-small) waits.").waitFor();
  assert.deepEqual(await accessFaults(page), []);
  await page.getByRole("button", { name: "Remove second from the queue" }).press("Enter");
  await queue.getByText("second").waitFor({ state: "detached" });
  await fetch(`${program.address}api/runs/first/control`, { method: "POST", headers, body: JSON.stringify({ command: "stop" }) });
  await queue.waitFor({ state: "hidden", ...patience });
  tab.assertSound();
  await tab.close();
});

test("a lesson breaks a GAN, the doctor says how, and a button cures it", async () => {
  const tab = await open(browser, `${program.address}#/begin`);
  const { page } = tab;
  await button(page, "A frozen generator").press("Enter");
  await page.getByRole("heading", { level: 1, name: "lesson-frozen-generator" }).waitFor(patience);
  await page.getByText(/The discriminator has won since step \d/).first().waitFor(patience);
  await page.getByText("Finished", { exact: true }).waitFor(patience);
  assert.deepEqual(await accessFaults(page), []);
  await button(page, "Let the generator learn as fast as the discriminator").press("Enter");
  await page.getByRole("heading", { level: 1, name: "cured-frozen-generator" }).waitFor(patience);
  await page.getByText("Finished", { exact: true }).waitFor(patience);
  assert.equal(await page.getByText(/has won since step/).count(), 0);
  await page.getByRole("link", { name: "Compare with the broken run" }).press("Enter");
  await page.getByRole("img", { name: /^Losses: Generator .*lesson-frozen-generator/ }).waitFor(patience);
  tab.assertSound();
  await tab.close();
});

for (const [viewport, colorScheme] of [[desktop, "light"], [{ width: 1366, height: 768 }, "dark"], [phone, "light"], [phone, "dark"]]) {
  test(`the form is accessible and fits, ${viewport.width} wide, ${colorScheme}`, async () => {
    const tab = await open(browser, `${program.address}#/begin`, { viewport, colorScheme });
    await toml(tab.page).getByText("[generator_optimizer]").waitFor();
    assert.deepEqual(await accessFaults(tab.page), []);
    assert.ok((await overflow(tab.page)) <= 0);
    tab.assertSound();
    await tab.close();
  });
}

test("the page of a run that was started in a terminal has its controls, and says where the form is", async () => {
  const training = await start(place.directory, "train", "dense-small", "--epochs", "100000", "--serve", "--out", "other/run", "--threads", "1");
  const tab = await open(browser, `${training.address}#/begin`, { mayLoseServer: true });
  await tab.page.getByText("ganymede play").waitFor();
  await tab.page.goto(`${training.address}#/live/run`);
  await tab.page.getByText("Change it while it trains").waitFor(patience);
  tab.assertSound();
  training.stop();
  await training.ended;
  await tab.close();
});
