// Draws the pictures that web/tests/pictures.test.mjs compares the views with:
//   GANYMEDE_BINARY=build/release/ganymede node web/tools/view-pictures.mjs [DIRECTORY]
// DIRECTORY is where the pictures go, and the whole screenshots of which they are the means, if it is not that of the tests.

import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

process.env.GANYMEDE_BINARY = resolve(process.env.GANYMEDE_BINARY);
const { launch } = await import("../tests/browser.mjs");
const { arrange, colorSchemes, makeRuns, makeShrinker, nameOf, openView, photograph, pictures, views, widths } = await import("../tests/looks.mjs");
const { start } = await import("../tests/program.mjs");

const directory = resolve(process.argv[2] ?? pictures);
const settled = 2000; // milliseconds for everything to be drawn
mkdirSync(directory, { recursive: true });
const workplace = await makeRuns();
const browser = await launch();
const serve = await start(workplace.directory, "serve", "runs");
const shrinker = await makeShrinker(browser);
for (const view of views) {
  const tab = await openView(browser, serve.address, view);
  for (const width of widths) {
    for (const colorScheme of colorSchemes) {
      await arrange(tab.page, width, colorScheme);
      await tab.page.waitForTimeout(settled);
      const name = nameOf(view, width, colorScheme);
      writeFileSync(join(directory, `${name}.png`), Buffer.from((await photograph(shrinker, tab.page)).png, "base64"));
      if (directory !== pictures) {
        await tab.page.screenshot({ path: join(directory, `${name}-large.png`), fullPage: true });
      }
    }
  }
  tab.assertSound();
  await tab.close();
}
await browser.close();
serve.stop();
await serve.ended;
workplace.remove();
