// The explorer in a real browser, in the page and as a file of its own.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { desktop, launch, open, overflow, phone, accessFaults } from "./browser.mjs";
import { endAll, run, start, workplace } from "./program.mjs";

const place = workplace();
let browser;
let serve;
const pages = { page: "", file: "" }; // their addresses
let colours = ""; // the address of the page for a generator of three channels

before(async () => {
  browser = await launch();
  await run(place.directory, "train", "conditional", "--steps", "20", "--batch-size", "32", "--out", "runs/digits", "--threads", "1", "--quiet");
  await run(place.directory, "train", "stacked", "--steps", "2", "--batch-size", "16", "--out", "runs/colours", "--threads", "1", "--quiet");
  await run(place.directory, "export", "runs/digits", "--format", "html", "--output", "digits.html");
  serve = await start(place.directory, "serve", "runs");
  pages.page = `${serve.address}#/explore/digits`;
  colours = `${serve.address}#/explore/colours`;
  pages.file = pathToFileURL(join(place.directory, "digits.html")).href;
});

after(async () => {
  serve?.stop();
  await browser?.close();
  endAll();
  place.remove();
});

/** The numbers in a file of NumPy, little-endian 32-bit floats. */
function readNumpy(path) {
  const bytes = readFileSync(path);
  const values = bytes.subarray(10 + bytes.readUInt16LE(8));
  return Array.from({ length: values.length / 4 }, (_, n) => values.readFloatLE(4 * n));
}

/** What the program draws for the first latent point, from 0 for black to 1. */
async function drawnByTheProgram(name, ...more) {
  await run(place.directory, "sample", `runs/${name}`, "--count", "1", ...more, "--out", "first.npy");
  const { pixel_range } = await (await fetch(`${serve.address}api/runs/${name}`)).json();
  const [low, high] = pixel_range;
  return readNumpy(join(place.directory, "first.npy")).map((value) => (value - low) / (high - low));
}

/** The bytes of the image in the middle, in one channel or three. */
const middle = (page, channels = 1) =>
  page.locator(".chosen canvas").evaluate((canvas, channels) => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    return [...data].filter((_, n) => n % 4 < channels);
  }, channels);

function assertSameImage(drawn, expected) {
  assert.equal(drawn.length, expected.length);
  const furthest = Math.max(...drawn.map((byte, n) => Math.abs(byte / 255 - expected[n])));
  assert.ok(furthest <= 0.5 / 255 + 1e-3, `${furthest} apart`); // half a byte for the rounding
}

/** A GIF as the browser's own decoder reads it: its frames, and the first and the 31st at an eighth of their size. */
const decoded = (page, bytes) =>
  page.evaluate(async (base64) => {
    const data = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    const decoder = new ImageDecoder({ data, type: "image/gif" });
    await decoder.completed;
    const pixelsOf = async (frameIndex) => {
      const { image } = await decoder.decode({ frameIndex });
      const canvas = new OffscreenCanvas(28, 28);
      const context = canvas.getContext("2d");
      context.imageSmoothingEnabled = false;
      context.drawImage(image, 0, 0, 28, 28);
      return { size: [image.displayWidth, image.displayHeight], pixels: [...context.getImageData(0, 0, 28, 28).data] };
    };
    const first = await pixelsOf(0);
    return { frames: decoder.tracks.selectedTrack.frameCount, size: first.size, first: first.pixels, turning: (await pixelsOf(30)).pixels };
  }, bytes.toString("base64"));

/** The pixels of a kept image. */
const kept = (page, number) =>
  page
    .getByRole("img", { name: `Kept image ${number}` })
    .evaluate((canvas) => [...canvas.getContext("2d").getImageData(0, 0, 28, 28).data]);

/** Keeps two images, saves the way between them and decodes it. */
async function saveFilm(page) {
  const save = page.getByRole("button", { name: "Save as GIF" });
  assert.ok(await save.isDisabled());
  await page.getByRole("button", { name: "Keep it" }).press("Enter");
  await page.getByRole("img", { name: "Kept image 1" }).waitFor();
  await changesTheImage(page, () => page.getByRole("button", { name: "Another place" }).press("Enter"));
  await page.getByRole("button", { name: "Keep it" }).press("Enter");
  await page.getByRole("img", { name: "Kept image 2" }).waitFor();
  const [download] = await Promise.all([page.waitForEvent("download"), save.press("Enter")]);
  assert.match(download.suggestedFilename(), /\.gif$/);
  const bytes = readFileSync(await download.path());
  assert.equal(bytes.toString("latin1", 0, 6), "GIF89a");
  assert.ok(bytes.includes("NETSCAPE2.0"), "it repeats");
  return decoded(page, bytes);
}

/** Does something and waits until the image in the middle is another one. */
async function changesTheImage(page, act) {
  const before = await page.locator(".chosen canvas").evaluate((canvas) => canvas.toDataURL());
  await act();
  await page.waitForFunction((old) => document.querySelector(".chosen canvas").toDataURL() !== old, before);
}

async function openExplorer(where, options) {
  return openAt(pages[where], options);
}

async function openAt(address, options) {
  const tab = await open(browser, address, options);
  await tab.page.locator(".sliders input").first().waitFor();
  return tab;
}

for (const where of Object.keys(pages)) {
  test(`the ${where} draws what the program draws from the same latent point`, async () => {
    const tab = await openExplorer(where);
    for (const label of [0, 3]) {
      if (label > 0) {
        await changesTheImage(tab.page, () => tab.page.getByRole("group", { name: "Class", exact: true }).getByRole("button").nth(label).press("Enter"));
      }
      assertSameImage(await middle(tab.page), await drawnByTheProgram("digits", "--class", String(label)));
    }
    tab.assertSound();
    await tab.close();
  });

  test(`the plane of the ${where} is dragged by a pointer, by keys and by sliders`, async () => {
    const tab = await openExplorer(where);
    const { page } = tab;
    const plane = page.getByRole("application", { name: /plane through latent space/ });
    assert.equal(await plane.locator("canvas").count(), 49);
    const before = await middle(page);
    const box = await plane.boundingBox();
    const ofClass = () => page.locator(".classes canvas").first().evaluate((canvas) => canvas.toDataURL());
    const still = await ofClass();
    await changesTheImage(page, async () => {
      await page.mouse.move(box.x + 200, box.y + 200);
      await page.mouse.down();
      await page.mouse.move(box.x + 60, box.y + 120);
    });
    assert.equal(await ofClass(), still); // the classes follow when the plane is let go
    await page.mouse.up();
    while ((await ofClass()) === still) {
      await page.waitForTimeout(20);
    }
    await changesTheImage(page, () => plane.press("ArrowUp"));
    await changesTheImage(page, () => page.getByLabel("Direction 1").press("ArrowRight"));
    assert.notDeepEqual(await middle(page), before);
    tab.assertSound();
    await tab.close();
  });

  test(`an arrow key moves the plane of the ${where} by one image`, async () => {
    const tab = await openExplorer(where);
    const image = (n) => tab.page.locator(".plane canvas").nth(n).evaluate((canvas) => canvas.toDataURL());
    const right = await image(25);
    await changesTheImage(tab.page, () => tab.page.locator(".plane").press("ArrowRight"));
    assert.equal(await image(24), right);
    await tab.close();
  });

  test(`the ${where} shows the way between two kept images and saves one`, async () => {
    const tab = await openExplorer(where);
    const { page } = tab;
    await page.getByRole("button", { name: "Keep it" }).press("Enter");
    const first = page.getByRole("img", { name: "Kept image 1" });
    await first.waitFor();
    await changesTheImage(page, () => page.getByRole("button", { name: "Another place" }).press("Enter"));
    await page.getByRole("button", { name: "Keep it" }).press("Enter");
    const last = page.getByRole("img", { name: "Kept image 2" });
    await last.waitFor();
    assert.equal(await page.locator(".way canvas").count(), 11);
    const url = (locator) => locator.evaluate((canvas) => canvas.toDataURL());
    assert.equal(await url(last), await url(page.locator(".chosen canvas")));
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Save as PNG" }).press("Enter")]);
    const saved = readFileSync(await download.path()).toString("base64");
    assert.equal(`data:image/png;base64,${saved}`, await url(page.locator(".chosen canvas")));
    tab.assertSound();
    await tab.close();
  });

  test(`the ${where} saves the way between two kept images as a GIF`, async () => {
    const tab = await openExplorer(where);
    const { page } = tab;
    const film = await saveFilm(page);
    assert.equal(film.frames, 60); // 31 there, the 29 between the ends back
    assert.deepEqual(film.size, [224, 224]);
    assert.deepEqual(film.first, await kept(page, 1));
    assert.deepEqual(film.turning, await kept(page, 2));
    tab.assertSound();
    await tab.close();
  });

  for (const [viewport, colorScheme] of [[desktop, "light"], [phone, "dark"]]) {
    test(`the explorer in the ${where} is accessible and fits, ${viewport.width} wide, ${colorScheme}`, async () => {
      const tab = await openExplorer(where, { viewport, colorScheme });
      assert.deepEqual(await accessFaults(tab.page), []);
      assert.ok((await overflow(tab.page)) <= 0);
      tab.assertSound();
      await tab.close();
    });
  }
}

test("the page shows the training images nearest to an image, which a file cannot", async () => {
  const tab = await openExplorer("page");
  await tab.page.getByRole("button", { name: "Nearest training images" }).press("Enter");
  await tab.page.getByRole("img", { name: /^Training image \d+, a \d$/ }).first().waitFor();
  const captions = await tab.page.locator(".strip figcaption").allTextContents();
  const distances = captions.map((text) => Number(text.split(" · ")[1]));
  assert.equal(distances.length, 6);
  assert.deepEqual(distances, [...distances].sort((a, b) => a - b));
  tab.assertSound();
  await tab.close();
  const file = await openExplorer("file");
  assert.equal(await file.page.getByRole("button", { name: "Nearest training images" }).count(), 0);
  await file.close();
});

test("a generator of three channels is explored in colour", async () => {
  const tab = await openAt(colours);
  const { page } = tab;
  assertSameImage(await middle(page, 3), await drawnByTheProgram("colours"));
  const film = await saveFilm(page);
  assert.equal(film.frames, 60);
  const shown = await kept(page, 1);
  // 256 colours for 784 pixels: each is the nearest of a palette.
  const furthest = Math.max(...film.first.map((byte, n) => Math.abs(byte - shown[n])));
  assert.ok(furthest <= 32, `${furthest} apart`);
  await page.getByRole("button", { name: "Nearest training images" }).press("Enter");
  await page.getByRole("img", { name: /^Training image \d+, a stack$/ }).first().waitFor();
  tab.assertSound();
  await tab.close();
});
