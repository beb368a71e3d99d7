// Each view looks as in web/tests/pictures, which has the command that makes the pictures again.

import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { launch } from "./browser.mjs";
import { arrange, colorSchemes, disagreement, makeRuns, makeShrinker, nameOf, openView, photograph, pictures, views, widths } from "./looks.mjs";
import { endAll, start } from "./program.mjs";

const patience = 15_000; // milliseconds, since a view on a busy machine draws late

let browser;
let serve;
let shrinker;
let workplace;

before(async () => {
  workplace = await makeRuns();
  browser = await launch();
  serve = await start(workplace.directory, "serve", "runs");
  shrinker = await makeShrinker(browser);
});

after(async () => {
  serve?.stop();
  await browser?.close();
  endAll();
  workplace?.remove();
});

const kept = (name) => shrinker.read(readFileSync(join(pictures, `${name}.png`)));

/** Waits until the page looks as in a picture; fails with what is seen instead. */
async function assertLooksAs(page, name) {
  const picture = await kept(name);
  for (const end = Date.now() + patience; ; ) {
    const seen = await photograph(shrinker, page);
    const why = disagreement(seen, picture);
    if (why === null) {
      return;
    }
    if (Date.now() > end) {
      const directory = mkdtempSync(join(tmpdir(), "ganymede-pictures-"));
      writeFileSync(join(directory, `${name}.png`), Buffer.from(seen.png, "base64"));
      writeFileSync(join(directory, `${name}-large.png`), await page.screenshot({ fullPage: true }));
      assert.fail(`${name}: ${why}. What was seen is in ${directory}; if it is as it should be, make the picture again (web/tests/pictures/README.md).`);
    }
    await page.waitForTimeout(100);
  }
}

for (const view of views) {
  test(`${view.name} looks as before in each width and colour scheme`, async () => {
    const tab = await openView(browser, serve.address, view);
    for (const width of widths) {
      for (const colorScheme of colorSchemes) {
        await arrange(tab.page, width, colorScheme);
        await assertLooksAs(tab.page, nameOf(view, width, colorScheme));
      }
    }
    tab.assertSound();
    await tab.close();
  });
}

/** What the comparison has to notice, as style sheets, where it is the smallest share of the view. */
const faults = [
  {
    name: "begin",
    width: 2560,
    styles: {
      "a hidden panel": ".toml { visibility: hidden }",
      "a panel less": ".toml { display: none }",
      "a lesson less": ".lessons li:nth-child(8) { visibility: hidden }",
      "a padding that is 16 px wider": "main { padding-left: calc(1.25rem + 16px) }",
      "a button of another colour": "button.start { background: #0f766e }",
    },
  },
  {
    name: "live",
    width: 390,
    styles: {
      "no samples": ".gallery { visibility: hidden }",
      "a chart less": ".chart:nth-of-type(3) { visibility: hidden }",
      "no curves": ".chart canvas { visibility: hidden }",
      "a padding that is 16 px wider": ".card { padding: calc(1rem + 16px) 1.1rem }",
      "another accent": ":root { --accent: #c2410c }",
    },
  },
];

for (const { name, width, styles } of faults) {
  test(`${name} does not look as before with a fault`, async () => {
    const tab = await openView(browser, serve.address, views.find((view) => view.name === name));
    await arrange(tab.page, width, "light");
    await assertLooksAs(tab.page, nameOf({ name }, width, "light"));
    const picture = await kept(nameOf({ name }, width, "light"));
    for (const [fault, content] of Object.entries(styles)) {
      const tag = await tab.page.addStyleTag({ content });
      assert.notEqual(disagreement(await photograph(shrinker, tab.page), picture), null, `${fault} is not noticed`);
      await tag.evaluate((element) => element.remove());
    }
    assert.notEqual(disagreement(await kept(nameOf({ name }, width, "dark")), picture), null);
    await tab.close();
  });
}
