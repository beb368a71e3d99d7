// The page in a real browser over real runs of the program.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { desktop, launch, open, overflow, phone, accessFaults } from "./browser.mjs";
import { endAll, makeProxy, recordedSteps, run, start, startWithToken, workplace } from "./program.mjs";

const brief = ["--threads", "1", "--set", "output.metrics_every_steps=5", "--quiet"];
const place = workplace();
let browser;
let serve;
let convolutions;

before(async () => {
  browser = await launch();
  await run(place.directory, "train", "dense-small", "--steps", "60", "--out", "runs/first", ...brief);
  await run(place.directory, "train", "conditional", "--steps", "20", "--batch-size", "32", "--out", "runs/second", ...brief);
  await run(place.directory, "train", "vae", "--steps", "20", "--batch-size", "32", "--out", "runs/autoencoder", ...brief);
  await run(place.directory, "train", "best", "--steps", "5", "--batch-size", "32", "--out", "other/convolutions", ...brief);
  serve = await start(place.directory, "serve", "runs");
  convolutions = await start(place.directory, "serve", "other");
});

after(async () => {
  serve?.stop();
  convolutions?.stop();
  await browser?.close();
  endAll();
  place.remove();
});

const views = [
  { name: "runs", ready: "tbody img" },
  { name: "live", ready: ".chart canvas" },
  { name: "inside", ready: ".node canvas" },
  { name: "explore", ready: ".plane canvas" },
  { name: "compare", ready: ".chart canvas" },
];

for (const { name, ready } of views) {
  for (const [viewport, colorScheme] of [[desktop, "light"], [desktop, "dark"], [phone, "light"], [phone, "dark"]]) {
    test(`${name} is accessible and fits, ${viewport.width} wide, ${colorScheme}`, async () => {
      const tab = await open(browser, `${serve.address}#/${name}/second`, { viewport, colorScheme });
      await tab.page.locator(ready).first().waitFor();
      await tab.page.waitForLoadState("networkidle", { timeout: 2000 }).catch(() => {}); // a stream is never idle
      assert.deepEqual(await accessFaults(tab.page), []);
      assert.ok((await overflow(tab.page)) <= 0);
      tab.assertSound();
      await tab.close();
    });
  }
}

test("all runs are a table, which is sorted, filtered and leads to a comparison, by keyboard", async () => {
  const tab = await open(browser, serve.address);
  const names = () => tab.page.locator("tbody tr td:nth-child(3)").allInnerTexts();
  await tab.page.getByRole("heading", { level: 1, name: "Runs" }).waitFor();
  assert.deepEqual(await names(), ["autoencoder", "first", "second"]);
  const row = tab.page.getByRole("row", { name: /first/ });
  assert.match(await row.innerText(), /dense-small\s+mnist\s+Finished\s+60 steps/);
  await tab.page.getByRole("button", { name: "Recipe" }).press("Enter");
  assert.deepEqual(await names(), ["second", "first", "autoencoder"]);
  await tab.page.getByRole("button", { name: "Recipe" }).press("Enter");
  assert.deepEqual(await names(), ["autoencoder", "first", "second"]);
  assert.equal(await tab.page.locator("th[aria-sort=descending]").innerText(), "Recipe");
  await tab.page.getByLabel("Filter").fill("mnist dense-small");
  assert.deepEqual(await names(), ["first"]);
  await tab.page.getByLabel("Filter").fill("");
  await tab.page.getByLabel("Compare first").press("Space");
  await tab.page.getByLabel("Compare second").press("Space");
  await tab.page.getByRole("link", { name: "Compare 2 runs" }).press("Enter");
  await tab.page.getByRole("heading", { level: 1, name: "Compare runs" }).waitFor();
  await tab.page.getByRole("img", { name: /^Losses: Generator after step 60: first .*, second / }).waitFor();
  tab.assertSound();
  await tab.close();
});

test("curves are shown over minutes or images, smoothed, on a logarithmic axis, and saved", async () => {
  const tab = await open(browser, `${serve.address}#/live/first`);
  await tab.page.getByRole("img", { name: /^Losses after step 60: Generator \d/ }).waitFor();
  await tab.page.getByLabel("Over").selectOption("Images");
  await tab.page.getByRole("img", { name: /^Losses after 3,840 images: / }).waitFor();
  await tab.page.getByLabel("Over").selectOption("Minutes");
  await tab.page.getByRole("img", { name: /^Losses after 0\.\d minutes: / }).waitFor();
  const plain = await tab.page.getByRole("img", { name: /^Losses after/ }).getAttribute("aria-label");
  await tab.page.getByLabel("Smoothing").fill("0.9");
  await tab.page.waitForFunction((before) => ![...document.querySelectorAll(".plot")].some((one) => one.ariaLabel === before), plain);
  await tab.page.getByLabel("Logarithmic").check();
  const saved = async (kind) => {
    const [download] = await Promise.all([
      tab.page.waitForEvent("download"),
      tab.page.getByRole("button", { name: `Save Losses as ${kind}`, exact: true }).click(),
    ]);
    return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
  };
  const table = await saved("CSV");
  assert.equal(table.name, "losses.csv");
  const rows = table.bytes.toString().trimEnd().split("\n");
  assert.equal(rows[0], "minutes,Generator,Discriminator");
  assert.equal(rows.length, 1 + 12);
  const drawing = await saved("SVG");
  assert.match(drawing.bytes.toString(), /^<svg [^]*>Losses<[^]*<path d="M[\d.]+ [\d.]+L/);
  const picture = await saved("PNG");
  assert.equal(picture.bytes.subarray(1, 4).toString(), "PNG");
  tab.assertSound();
  await tab.close();
});

test("the charts follow a window that becomes narrower", async () => {
  for (const place of ["live/first", "compare/first,second"]) {
    const tab = await open(browser, `${serve.address}#/${place}`, { viewport: { width: 1366, height: 768 } });
    await tab.page.locator(".chart canvas").first().waitFor();
    await tab.page.setViewportSize(phone);
    await tab.page.waitForFunction(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth, undefined, { timeout: 5000 });
    await tab.close();
  }
});

test("the links to the views are one row on a phone", async () => {
  const tab = await open(browser, `${serve.address}#/live/first`, { viewport: phone });
  await tab.page.getByRole("link", { name: "Compare" }).waitFor();
  const tops = await tab.page.locator(".bar nav a").evaluateAll((links) => links.map((link) => link.getBoundingClientRect().top));
  assert.equal(new Set(tops).size, 1);
  await tab.close();
});

test("a run says of how many epochs also where its recipe comes after its metrics", async () => {
  const late = async (page) => {
    await page.route("**/api/runs/first", async (route) => {
      await page.locator(".chart canvas").first().waitFor();
      await route.continue();
    });
  };
  const tab = await open(browser, `${serve.address}#/live/first`, { prepare: late });
  await tab.page.locator(".facts dd", { hasText: /^1 of \d+$/ }).first().waitFor({ timeout: 5000 });
  await tab.close();
});

test("a run that ends while the page opens it is shown as finished", async () => {
  let asked = 0;
  const early = (page) => page.route(/\/api\/runs$/, async (route) => {
    const answer = await route.fetch();
    const list = await answer.json();
    const runs = list.runs.map((run) => (run.name === "first" && asked === 0 ? { ...run, state: "training", live: true } : run));
    await route.fulfill({ response: answer, json: { ...list, runs, live: asked++ === 0 ? "first" : null } });
  });
  const tab = await open(browser, `${serve.address}#/live/first`, { prepare: early });
  await tab.page.getByText("Finished", { exact: true }).waitFor({ timeout: 10_000 });
  assert.equal(await tab.page.locator("#run option:checked").textContent(), "first");
  tab.assertSound();
  await tab.close();
});

test("a recorded run shows its curves and the samples of each epoch by keyboard", async () => {
  const tab = await open(browser, `${serve.address}#/live/first`);
  const losses = tab.page.getByRole("img", { name: /^Losses after step 60: Generator \d/ });
  await losses.waitFor();
  const slider = tab.page.getByRole("slider", { name: "Epoch" });
  const picture = tab.page.locator(".gallery img");
  await tab.page.waitForFunction(() => document.querySelector(".gallery img")?.alt.endsWith("after epoch 1"));
  await slider.press("ArrowLeft");
  assert.equal(await picture.getAttribute("alt"), "Samples of the generator before training");
  assert.ok(await picture.evaluate((image) => image.decode().then(() => image.naturalWidth > 100)));
  tab.assertSound();
  await tab.close();
});

test("the doctor's verdict is shown above a run, with one thing to change, and not as a curve", async () => {
  await run(place.directory, "train", "dense-small", "--steps", "300", "--out", "sick/frozen", ...brief,
    "--set", "discriminator_optimizer.learning_rate=1e-9");
  const hospital = await start(place.directory, "serve", "sick");
  const tab = await open(browser, `${hospital.address}#/live/frozen`);
  const findings = tab.page.getByRole("list", { name: "The doctor's findings and the changes" });
  await findings.getByText(/^Step \d+: The generator has won since step \d+/).waitFor();
  await findings.getByText("--set discriminator_optimizer.learning_rate=0.002").waitFor();
  await tab.page.getByRole("img", { name: /^The generator's gradient after step 300: Norm \d/ }).waitFor();
  assert.equal(await tab.page.getByRole("img", { name: /^Since step/ }).count(), 0);
  assert.deepEqual(await accessFaults(tab.page), []);
  tab.assertSound();
  await tab.close();
  hospital.stop();
});

test("another run is chosen by keyboard", async () => {
  const tab = await open(browser, `${serve.address}#/live/first`);
  await tab.page.getByRole("heading", { level: 1, name: "first" }).waitFor();
  await tab.page.getByLabel("Run", { exact: true }).focus();
  await tab.page.keyboard.press("ArrowDown");
  await tab.page.getByRole("heading", { level: 1, name: "second" }).waitFor();
  await tab.close();
});

const wide = { width: 2560, height: 1300 };
const laptop = { width: 1366, height: 768 };
for (const [viewport, colorScheme] of [[laptop, "light"], [laptop, "dark"], [{ width: 390, height: 844 }, "dark"], [wide, "light"]]) {
  test(`the data flow with a layer open is accessible and fits, ${viewport.width} wide, ${colorScheme}`, async () => {
    const tab = await open(browser, `${serve.address}#/inside/second`, { viewport, colorScheme });
    const { page } = tab;
    await page.getByRole("region", { name: "The discriminator's layers" }).getByRole("button", { name: /^dense_1/ }).press("Enter");
    await page.locator(".histogram canvas").first().waitFor();
    await page.getByText("In numbers").press("Enter");
    await page.getByRole("row", { name: /discriminator dense_1/ }).waitFor();
    assert.deepEqual(await accessFaults(page), []);
    assert.ok((await overflow(page)) <= 0);
    tab.assertSound();
    await tab.close();
  });
}

test("the data flow shows a layer each, its gradients, and another point another image", async () => {
  const tab = await open(browser, `${serve.address}#/inside/second`);
  const { page } = tab;
  const image = page.getByRole("img", { name: "The image that the generator made" });
  await image.waitFor();
  const networks = await (await fetch(`${serve.address}api/runs/second/networks`)).json();
  for (const kind of ["generator", "discriminator"]) {
    assert.equal(await page.locator(`.network.${kind} button.node .thumbnail > :first-child`).count(), networks[kind].layers.length);
  }
  const pixels = () => image.evaluate((canvas) => canvas.toDataURL());
  const before = await pixels();
  await page.getByLabel("Latent point").fill("7");
  await page.getByLabel("Latent point").press("Enter");
  await page.waitForFunction((old) => document.querySelector(".sources .generated canvas")?.toDataURL() !== old, before);
  await page.getByLabel("The discriminator judges").selectOption({ index: 1 });
  await page.getByText(/^Logit/).first().waitFor();
  const backInGenerator = page.locator(".network.generator .arrow.learns");
  assert.equal(await backInGenerator.count(), networks.generator.layers.length + 1);
  await page.getByLabel("Gradient of").selectOption({ index: 1 });
  await page.waitForFunction(() => document.querySelectorAll(".network.generator .arrow.learns").length === 0);
  assert.ok((await page.locator(".network.discriminator .arrow.learns").count()) > 0); // the discriminator's loss ends at its images
  await page.getByRole("img", { name: "Where brighter pixels would look more real, and where less" }).waitFor();
  tab.assertSound();
  await tab.close();
});

test("the arrow out of a network stands beside its last layer", async () => {
  const tab = await open(browser, `${serve.address}#/inside/second`);
  await tab.page.locator(".node canvas").first().waitFor();
  for (let width = 1100; width < 1400; width += 20) {
    await tab.page.setViewportSize({ width, height: 768 });
    for (const network of await tab.page.locator(".network").all()) {
      const [layer, arrow] = [network.locator("button.node").last(), network.locator(".arrow").last()];
      const [{ x, y, width: wide }, there] = [await layer.boundingBox(), await arrow.boundingBox()];
      assert.ok(there.x >= x + wide - 1 && there.y < y + 60, `${width} wide`);
    }
  }
  await tab.close();
});

test("a layer is opened and closed by keyboard: a sentence, activations, weights and filters", async () => {
  const tab = await open(browser, `${convolutions.address}#/inside/convolutions`);
  const { page } = tab;
  const layer = page.getByRole("region", { name: "The discriminator's layers" }).getByRole("button", { name: /^conv_1/ });
  await layer.focus();
  await page.keyboard.press("Enter");
  const opened = page.getByRole("region", { name: "conv_1 of the discriminator" });
  await opened.getByText(/Small filters slide over the image/).waitFor();
  await opened.getByRole("img", { name: /^Activations of conv_1 on the generated image, from/ }).waitFor();
  await opened.getByRole("img", { name: /^Gradient of the generator's loss by the activations of conv_1 on the generated image/ }).waitFor();
  await opened.getByRole("img", { name: /^Histogram of conv_1\.weight from/ }).waitFor();
  await opened.getByRole("img", { name: /^\d+ filters of conv_1\.weight/ }).waitFor();
  assert.equal(await layer.getAttribute("aria-expanded"), "true");
  assert.deepEqual(await accessFaults(page), []);
  await page.keyboard.press("Escape");
  assert.equal(await opened.count(), 0);
  assert.equal(await layer.evaluate((button) => button === document.activeElement), true);
  tab.assertSound();
  await tab.close();
});

test("select_label shows the number that it has chosen", async () => {
  const tab = await open(browser, `${convolutions.address}#/inside/convolutions`);
  const chosen = tab.page.getByRole("button", { name: /^-?\d+\.\d+ select_label_1/ });
  await chosen.waitFor();
  assert.equal(await chosen.locator("canvas").count(), 0);
  await tab.close();
});

test("a VAE has its own curves, and its data flow begins with an image", async () => {
  const tab = await open(browser, `${serve.address}#/live/autoencoder`);
  const { page } = tab;
  await page.getByRole("img", { name: /^Losses of the autoencoder after step 20: Both \d/ }).waitFor();
  await page.getByRole("img", { name: /^Divergence of the latent points after step 20: KL \d/ }).waitFor();
  assert.equal(await page.getByRole("img", { name: /discriminator/ }).count(), 0);
  await page.goto(`${serve.address}#/inside/autoencoder`);
  await page.getByRole("img", { name: "The image that the generator makes of the encoder's mean" }).waitFor();
  await page.getByText("Of the image made again").waitFor();
  const networks = await (await fetch(`${serve.address}api/runs/autoencoder/networks`)).json();
  for (const kind of ["generator", "encoder"]) {
    assert.equal(await page.locator(`.network.${kind} button.node .thumbnail > :first-child`).count(), networks[kind].layers.length);
    assert.equal(await page.locator(`.network.${kind} .arrow.learns`).count() > 2, true);
  }
  await page.getByLabel("The encoder sees").selectOption({ index: 1 });
  await page.getByRole("img", { name: "The image that the generator made" }).waitFor();
  assert.deepEqual(await accessFaults(page), []);
  await page.goto(`${serve.address}#/explore/autoencoder`);
  await page.locator(".plane canvas").first().waitFor();
  tab.assertSound();
  await tab.close();
});

test("two runs share their axes", async () => {
  const tab = await open(browser, `${serve.address}#/compare/first`);
  const losses = tab.page.getByRole("img", { name: /^Losses: Generator after step 60: first \d\S*, second \d/ });
  await losses.waitFor();
  await tab.page.waitForFunction(() => [...document.querySelectorAll(".sheets img")].filter((image) => image.naturalWidth > 0).length === 2);
  tab.assertSound();
  await tab.close();
});

/** Starts a run that would take hours, with its page. */
const trainForever = (name) =>
  start(place.directory, "train", "dense-small", "--epochs", "100000", "--serve", "--out", `runs/${name}`, "--threads", "1",
    "--set", "output.metrics_every_steps=5");

test("a run that trains is paused, stepped, resumed and stopped with a checkpoint", async () => {
  const training = await trainForever("third");
  const tab = await open(browser, training.address, { mayLoseServer: true });
  const { page } = tab;
  const state = page.locator(".pill");
  const step = async () => Number((await page.locator(".facts dd").nth(1).textContent()).split(" ")[0].replaceAll(",", ""));
  const button = (name) => page.getByRole("button", { name, exact: true });

  await page.getByRole("img", { name: /^Losses after step \d+: Generator \d/ }).waitFor();
  await button("Pause").press("Enter");
  await page.waitForFunction(() => document.querySelector(".pill")?.textContent === "Paused");
  await page.waitForTimeout(600); // the step that was under way
  const paused = await step();
  await page.waitForTimeout(600);
  assert.equal(await step(), paused);
  await button("One step").press("Enter");
  await page.waitForFunction((n) => document.querySelectorAll(".facts dd")[1]?.textContent?.startsWith(n), (paused + 1).toLocaleString("en-US"));
  await button("Resume").press("Enter");
  await page.waitForFunction(() => document.querySelector(".pill")?.textContent === "Training");
  page.on("dialog", (dialog) => void dialog.accept());
  await button("Stop").press("Enter");

  const { status } = await training.ended;
  assert.equal(status, 130); // as after Ctrl-C
  const last = Math.max(...recordedSteps(place.directory, "third"));
  const checkpoints = readdirSync(join(place.directory, "runs/third/checkpoints")).filter((name) => name.startsWith("step_"));
  assert.ok(checkpoints.some((name) => Number(name.slice(5, 13)) >= last));
  await page.waitForFunction(() => document.querySelector(".pill")?.textContent === "Stopped");
  await page.waitForTimeout(3000); // it has tried in vain to reach the program
  assert.equal(await state.textContent(), "Stopped");
  assert.equal(await state.evaluate((pill) => pill.classList.contains("lost")), false);
  assert.match(await page.locator(".facts dd").nth(1).textContent(), /^[\d,]+ of [\d,]+$/);
  assert.match(await page.locator(".standing").textContent(), /To resume, run \S+ train --resume runs\/third$/);
  assert.equal(await page.locator("#run option:checked").textContent(), "third");
  for (const name of ["Pause", "One step", "Resume", "Stop"]) {
    assert.equal(await button(name).isDisabled(), true);
  }
  assert.deepEqual(await accessFaults(page), []);
  tab.assertSound();
  await tab.close();
});

test("the page without WebAssembly is small; its first paint and its updates are timed", async (context) => {
  const training = await trainForever("quick");
  const measure = async (page) => {
    // What the frames in which something is drawn take, with the microtasks in which charts draw.
    await page.addInitScript(() => {
      let drawn = false;
      const { stroke } = CanvasRenderingContext2D.prototype;
      CanvasRenderingContext2D.prototype.stroke = function (...path) {
        drawn = true;
        stroke.apply(this, path);
      };
      globalThis.updates = [];
      const original = requestAnimationFrame;
      globalThis.requestAnimationFrame = (callback) => original((time) => {
        drawn = false;
        const begin = performance.now();
        callback(time);
        queueMicrotask(() => queueMicrotask(() => drawn && globalThis.updates.push(performance.now() - begin)));
      });
    });
  };
  const paints = [];
  let bytes = 0;
  for (let n = 0; n < 5; n++) {
    const tab = await open(browser, training.address, { prepare: measure, mayLoseServer: true });
    const { page } = tab;
    await page.locator(".chart canvas").first().waitFor();
    paints.push(await page.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0].startTime));
    if (n === 4) {
      const files = await page.evaluate(() => performance.getEntriesByType("resource").map(({ name }) => name).filter((name) => !name.includes("/api/")));
      for (const file of [training.address, ...files].filter((name) => !name.endsWith(".wasm"))) {
        bytes += (await (await fetch(file)).arrayBuffer()).byteLength;
      }
      await page.waitForFunction(() => globalThis.updates.length > 30, undefined, { timeout: 60_000 });
      const updates = await page.evaluate(() => globalThis.updates.slice(-30).sort((a, b) => a - b));
      const charts = await page.locator(".chart").count();
      assert.ok(charts >= 5, `${charts} charts`);
      context.diagnostic(`an update of ${charts} charts takes ${updates[15].toFixed(1)} ms`);
    }
    await tab.close();
  }
  training.stop();
  await training.ended;
  context.diagnostic(`first painted after ${paints.map(Math.round).join(", ")} ms`);
  assert.ok(bytes > 100_000 && bytes < 300_000, `${bytes} bytes`);
});

test("a step is taken phase by phase, by keyboard, with what each has changed", async () => {
  const training = await trainForever("phases");
  const tab = await open(browser, `${training.address}#/inside/phases`, { mayLoseServer: true });
  const { page } = tab;
  const button = (name) => page.getByRole("button", { name, exact: true });
  const report = page.getByRole("region", { name: "What the phase has changed" });
  const generator = page.getByRole("region", { name: "The generator's layers" });
  const discriminator = page.getByRole("region", { name: "The discriminator's layers" });

  const stepOf = async () => Number((await page.getByText(/^After step [\d,]+/).innerText()).match(/[\d,]+/)[0].replaceAll(",", ""));
  const first = await stepOf();
  await page.waitForFunction((n) => Number(document.querySelector(".standing-line > .hint")?.textContent.match(/[\d,]+/)?.[0].replaceAll(",", "")) > n, first); // it is live
  await button("Pause").press("Enter");
  const forward = page.locator(".phases button:enabled", { hasText: "1. Forward" });
  await forward.press("Enter");
  await report.getByText(/nothing has learned yet/).waitFor();
  assert.equal(await page.locator(".arrow.learns").count(), 0);
  assert.equal(await report.getByRole("button").count(), 8);
  assert.equal(await page.locator(".node .change").filter({ hasText: "moved" }).count(), 0);
  const before = await stepOf();
  assert.deepEqual(await accessFaults(page), []);

  const onNext = (name) => page.waitForFunction((text) => document.activeElement?.textContent === text, name); // so that one key takes all
  await onNext("2. Discriminator's update");
  await page.keyboard.press("Enter");
  await report.getByText(/The discriminator has learned/).waitFor();
  await discriminator.getByText("Has just learned").waitFor();
  await generator.getByText("Locked").waitFor();
  assert.ok((await discriminator.locator(".change").filter({ hasText: /weights moved \d/ }).count()) > 1);
  assert.equal(await generator.locator(".change").filter({ hasText: "moved" }).count(), 0);
  assert.equal(await generator.locator(".arrow.learns").count(), 0);

  await onNext("3. Generator's update");
  await page.keyboard.press("Enter");
  await report.getByText(/The generator has learned.*whose weights are locked/).waitFor();
  await discriminator.getByText("Locked").waitFor();
  assert.ok((await generator.locator(".change").filter({ hasText: /weights moved \d/ }).count()) > 1);
  assert.ok((await generator.locator(".arrow.learns").count()) > 1);
  assert.deepEqual(await accessFaults(page), []);
  await report.getByRole("button").nth(3).press("Enter");
  await page.waitForFunction(() => document.querySelectorAll(".examples button")[3]?.getAttribute("aria-pressed") === "true");

  await forward.press("Enter");
  await report.getByText(/nothing has learned yet/).waitFor();
  assert.equal(await stepOf(), before + 1);
  await button("Resume").press("Enter");
  await report.waitFor({ state: "hidden" });
  training.stop();
  await training.ended;
  tab.assertSound();
  await tab.close();
});

test("a stopped run says how far it is and how to resume it", async () => {
  const tab = await open(browser, `${serve.address}#/live/third`);
  await tab.page.getByText("Stopped", { exact: true }).waitFor();
  await tab.page.getByText(/train --resume .*third$/).waitFor();
  assert.match(await tab.page.locator(".facts dd").nth(1).textContent(), /^[\d,]+ of [\d,]+$/);
  await tab.page.getByRole("link", { name: "Runs", exact: true }).click();
  assert.match(await tab.page.getByRole("row", { name: /third/ }).innerText(), /Stopped\s+[\d,]+ of [\d,]+ steps\s+\S+ train --resume .*third/);
  tab.assertSound();
  await tab.close();
});

test("a browser that was cut off comes back by itself and gets every row once", async () => {
  const training = await trainForever("fourth");
  const middle = await makeProxy(training.address);
  const context = await browser.newContext({ viewport: desktop });
  // Notes each step that the page is told of.
  await context.addInitScript(() => {
    globalThis.told = [];
    const Original = EventSource;
    globalThis.EventSource = class extends Original {
      constructor(...address) {
        super(...address);
        this.addEventListener("metrics", (event) => globalThis.told.push(...JSON.parse(event.data).map((row) => row.step)));
      }
    };
  });
  const page = await context.newPage();
  await page.goto(middle.address);
  const told = () => page.evaluate(() => globalThis.told);
  const toldMore = (count) => page.waitForFunction((n) => globalThis.told.length > n, count);

  await toldMore(3);
  middle.cut();
  await page.waitForFunction(() => document.querySelector(".pill")?.classList.contains("lost"));
  const before = (await told()).length;
  const recorded = () => recordedSteps(place.directory, "fourth").length;
  const whenCut = recorded();
  while (recorded() < whenCut + 5) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  middle.mend();
  await toldMore(before + 5);
  training.stop();
  await training.ended;
  middle.close();
  const steps = await told();
  assert.deepEqual(steps, recordedSteps(place.directory, "fourth").slice(0, steps.length));
  await context.close();
});

test("the token that the program prints opens the page, and nothing else does", async () => {
  const { address, token, stop, ended } = await startWithToken(place.directory);
  assert.equal((await fetch(`${address}api/runs`)).status, 401);
  assert.equal((await fetch(`${address}?token=wrong`)).status, 401);
  const tab = await open(browser, `${address}?token=${token}`);
  await tab.page.getByRole("heading", { level: 1 }).waitFor();
  assert.equal(new URL(tab.page.url()).search, "");
  tab.assertSound();
  await tab.close();
  stop();
  await ended;
});
