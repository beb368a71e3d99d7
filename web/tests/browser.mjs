// Chromium, and what every page must keep to.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

export const desktop = { width: 1280, height: 900 };
export const phone = { width: 375, height: 740 };

export function launch() {
  return chromium.launch({
    executablePath: process.env.GANYMEDE_CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--font-render-hinting=none"],
  });
}

/** A tab that fails the test for an error on its console and for a request to another host. */
export async function open(browser, url, { viewport = desktop, colorScheme = "light", mayLoseServer = false, mayBeRefused = false, prepare } = {}) {
  const context = await browser.newContext({ viewport, colorScheme, reducedMotion: "reduce" });
  const page = await context.newPage();
  await prepare?.(page);
  const faults = [];
  const own = new URL(url).host;
  page.on("pageerror", (error) => faults.push(error.message));
  page.on("console", (message) => {
    // A server that is closing answers 503 to a browser that comes back.
    const lost = /net::ERR|status of 503/.test(message.text());
    const refused = /status of 4(00|22)/.test(message.text()); // what the test has typed
    if (message.type() === "error" && !(mayLoseServer && lost) && !(mayBeRefused && refused)) {
      faults.push(message.text());
    }
  });
  page.on("request", (request) => {
    const { host, protocol } = new URL(request.url());
    if (protocol.startsWith("http") && host !== own) {
      faults.push(`a request to ${host}`);
    }
  });
  await page.goto(url);
  return { page, close: () => context.close(), assertSound: () => assert.deepEqual(faults, []) };
}

/** What axe finds against its rules, with the elements. */
export async function accessFaults(page) {
  await page.evaluate(axeSource);
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(" | ")}`);
}

/** How many pixels the page is wider than its window. */
export function overflow(page) {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}
