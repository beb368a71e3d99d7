// Draws the pictures of the page in docs/pictures:
//   GANYMEDE_BINARY=build/release/ganymede node web/tools/pictures.mjs RUNS RUN [DIRECTORY]
// RUNS is a directory of runs, RUN the one of them that is shown, DIRECTORY where the pictures go.

import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { desktop, launch, open, phone } from "../tests/browser.mjs";
import { start } from "../tests/program.mjs";

const [runs, run, directory = "docs/pictures"] = process.argv.slice(2);
const pictures = [
  { name: "page-live", view: "live", ready: ".chart canvas" },
  { name: "page-explore", view: "explore", ready: ".sliders input", prepare: walk, viewport: { width: 1280, height: 1180 } },
  { name: "page-phone", view: "live", ready: ".chart canvas", viewport: phone },
];

const settled = 1500; // milliseconds for pictures and fonts to come
mkdirSync(directory, { recursive: true });
process.env.GANYMEDE_BINARY = resolve(process.env.GANYMEDE_BINARY);
const program = await start(process.cwd(), "serve", runs);
const browser = await launch();
try {
  for (const { name, view, ready, prepare, colorScheme = "light", viewport = desktop } of pictures) {
    const tab = await open(browser, `${program.address}#/${view}/${run}`, { viewport, colorScheme });
    await tab.page.locator(ready).first().waitFor();
    await prepare?.(tab.page);
    await tab.page.waitForTimeout(settled);
    await tab.page.screenshot({ path: join(directory, `${name}.png`) });
    await tab.close();
  }
} finally {
  await browser.close();
  program.stop();
}

/** Keeps two images of Explore, of two classes where there are any, and asks for the training images next to the second. */
async function walk(page) {
  await page.getByRole("button", { name: "Keep it" }).click();
  await page.getByRole("button", { name: "Another place" }).click();
  const classes = await page.getByRole("group", { name: "Class" }).getByRole("button").all();
  await classes[5]?.click();
  await page.waitForTimeout(settled);
  await page.getByRole("button", { name: "Keep it" }).click();
  await page.getByRole("button", { name: "Nearest training images" }).click();
  await page.locator(".strip figcaption").first().waitFor();
}
