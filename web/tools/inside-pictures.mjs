// Draws the pictures of Look inside in docs/pictures:
//   GANYMEDE_BINARY=build/release/ganymede node web/tools/inside-pictures.mjs RUN [DIRECTORY]
// RUN is the directory of a GAN's run that can be resumed; a copy of it trains on. DIRECTORY is where the pictures go.

import { cpSync, mkdirSync } from "node:fs";
import { basename, join, resolve } from "node:path";

const [run, directory = "docs/pictures"] = process.argv.slice(2);
process.env.GANYMEDE_BINARY = resolve(process.env.GANYMEDE_BINARY);
const { launch, open } = await import("../tests/browser.mjs");
const { start, workplace } = await import("../tests/program.mjs");

const settled = 1500; // milliseconds for pictures to come
const patience = { timeout: 120_000 };
mkdirSync(directory, { recursive: true });
const place = workplace();
const name = basename(resolve(run));
const copy = join(place.directory, "runs", name);
cpSync(run, copy, { recursive: true, filter: (file) => !file.endsWith(".lock") });
const program = await start(place.directory, "train", "--resume", copy, "--epochs", "100000", "--serve", "--threads", "1");
const browser = await launch();

async function show(viewport, colorScheme, act) {
  const tab = await open(browser, `${program.address}#/inside/${name}`, { viewport, colorScheme, mayLoseServer: true });
  await tab.page.locator(".node canvas").first().waitFor(patience);
  const draw = async (picture, locator) => {
    await tab.page.waitForTimeout(settled);
    await locator.screenshot({ path: join(directory, `${picture}.png`), ...(locator === tab.page ? { fullPage: true } : {}) });
  };
  await act(tab.page, draw);
  tab.assertSound();
  await tab.close();
}

const laptop = { width: 1366, height: 768 };
await show(laptop, "light", async (page, draw) => {
  await draw("page-inside", page);
  await page.getByRole("button", { name: "Pause", exact: true }).click();
  for (const phase of ["1. Forward", "2. Discriminator's update"]) {
    await page.locator(".phases button:enabled", { hasText: phase }).click(patience);
  }
  await page.getByText(/The discriminator has learned/).waitFor(patience);
  await draw("inside-phase", page);
});
await show(laptop, "dark", async (page, draw) => {
  await page.getByRole("region", { name: "The discriminator's layers" }).getByRole("button", { name: /^conv_1/ }).click();
  const opened = page.locator(".opened");
  await opened.locator(".histogram canvas").first().waitFor(patience);
  await draw("inside-layer", opened);
});
await browser.close();
program.stop();
await program.ended;
place.remove();
