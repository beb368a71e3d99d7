// Goes once through the page in Firefox while a run trains: each view has to draw, without an error on the console and
// without a request to another host. It drives Firefox by WebDriver BiDi, which needs no driver.
//   GANYMEDE_BINARY=build/release/ganymede node --experimental-websocket web/tools/firefox.mjs
// GANYMEDE_FIREFOX is another program than firefox-esr. Node.js 22 and newer have WebSocket without the flag.

import { spawn } from "node:child_process";
import { mkdirSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

process.env.GANYMEDE_BINARY = resolve(process.env.GANYMEDE_BINARY);
const { endAll, run, start, workplace } = await import("../tests/program.mjs");

const patience = 120_000; // milliseconds
const runs = ["first", "second"];
/** What each view has to draw before it is looked at. */
const views = [
  { place: "#/begin", ready: "form input", heading: "Begin a training" },
  { place: "#/runs", ready: "tbody tr:nth-child(3)" },
  { place: "#/live/alive", ready: ".pill.training" },
  { place: "#/live/alive", ready: ".chart canvas" },
  { place: "#/live/first", ready: ".gallery img" },
  { place: "#/inside/first", ready: ".node canvas" },
  { place: "#/explore/first", ready: ".plane canvas" },
  { place: "#/compare/first,second", ready: ".sheet" },
];

async function until(true_, what) {
  for (const end = Date.now() + patience; Date.now() < end; ) {
    if (await true_()) {
      return;
    }
    await new Promise((later) => setTimeout(later, 100));
  }
  throw new Error(`after ${patience / 1000} s ${what()}`);
}

/** Starts Firefox with a profile of its own; answers where it listens for WebDriver BiDi, and the program. */
async function startFirefox(profile) {
  mkdirSync(profile);
  const words = ["--headless", "--no-remote", "--profile", profile, "--remote-debugging-port", "0"];
  const program = spawn(process.env.GANYMEDE_FIREFOX ?? "firefox-esr", words, { stdio: ["ignore", "ignore", "pipe"] });
  const address = await new Promise((heard, failed) => {
    let said = "";
    program.stderr.on("data", (part) => {
      said += part;
      const found = /WebDriver BiDi listening on (ws:\S+)/.exec(said);
      if (found) {
        heard(found[1]);
      }
    });
    program.once("error", failed).once("exit", () => failed(new Error(`Firefox ended: ${said}`)));
  });
  return { address, program };
}

/** Opens a tab; `faults` gathers what its console and its requests say. */
async function openFirefox(profile, own, faults) {
  const { address, program } = await startFirefox(profile);
  const socket = new WebSocket(`${address}/session`);
  await new Promise((opened) => socket.addEventListener("open", opened));
  const waiting = new Map();
  let last = 0;
  const send = (method, params) => new Promise((answered, failed) => {
    waiting.set(++last, { answered, failed });
    socket.send(JSON.stringify({ id: last, method, params }));
  });
  socket.addEventListener("message", ({ data }) => {
    const { id, type, method, params, result, message } = JSON.parse(data);
    if (id !== null && id !== undefined) {
      const { answered, failed } = waiting.get(id);
      waiting.delete(id);
      type === "error" ? failed(new Error(message)) : answered(result);
    } else if (method === "log.entryAdded" && params.level === "error") {
      faults.push(`console: ${params.text}`);
    } else if (method === "network.beforeRequestSent") {
      const { protocol, host } = new URL(params.request.url);
      if (protocol.startsWith("http") && host !== own) {
        faults.push(`a request to ${host}`);
      }
    }
  });
  const { capabilities } = await send("session.new", { capabilities: {} });
  await send("session.subscribe", { events: ["log.entryAdded", "network.beforeRequestSent"] });
  const { contexts: [{ context }] } = await send("browsingContext.getTree", {});
  return {
    version: capabilities.browserVersion,
    open: (url) => send("browsingContext.navigate", { context, url, wait: "complete" }),
    async evaluate(expression) {
      const { result, exceptionDetails } = await send("script.evaluate", { expression, target: { context }, awaitPromise: false });
      if (exceptionDetails) {
        throw new Error(exceptionDetails.text);
      }
      return result.value;
    },
    async close() {
      const ended = new Promise((exit) => program.once("exit", exit));
      program.kill();
      await ended;
    },
  };
}

/** In the page: what there is at `selector` and is not drawn; nothing if all of it is. */
const undrawn = (selector) => `(() => {
  const found = [...document.querySelectorAll(${JSON.stringify(selector)})];
  const blank = (canvas) => {
    const pixels = new Uint32Array(canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.buffer);
    return pixels.every((pixel) => pixel === pixels[0]);
  };
  const bad = found.filter((part) => part instanceof HTMLCanvasElement ? blank(part)
    : part instanceof HTMLImageElement ? part.naturalWidth === 0 : part.getBoundingClientRect().width === 0);
  return found.length === 0 ? "nothing there" : bad.length > 0 ? bad.length + " of " + found.length + " are blank" : "";
})()`;

/** The activation of a dead unit is a plane of one colour. */
const somethingDrawn = (words) => words === "" || /^(\d+) of (\d+)/.exec(words)?.slice(1).map(Number).reduce((bad, all) => bad < all) === true;

async function look(firefox, place, ready) {
  let words = "";
  await until(async () => somethingDrawn((words = await firefox.evaluate(undrawn(ready)))), () => `${place} at ${ready}: ${words}; ${faults.join("; ")}`);
}

const faults = [];
const work = workplace();
try {
  for (const name of runs) {
    await run(work.directory, "train", "conditional", "--steps", "60", "--threads", "1", "--out", `runs/${name}`);
  }
  await run(work.directory, "export", "runs/first", "--format", "html", "--out", "explorer.html");
  const program = await start(work.directory, "play", "--no-browser");
  const asked = await fetch(`${program.address}api/trainings`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ recipe: "dense-small", run: "alive", settings: ["training.epochs=50"] }),
  });
  if (!asked.ok) {
    throw new Error(`the training is refused: ${await asked.text()}`);
  }
  await until(() => readdirSync(join(work.directory, "runs")).includes("alive"), () => "the training has not begun");
  const firefox = await openFirefox(join(work.directory, "profile"), new URL(program.address).host, faults);
  for (const { place, ready } of views) {
    await firefox.open(program.address + place);
    await look(firefox, place, ready);
    console.log(`${place}  ${ready}`);
  }
  await firefox.open(pathToFileURL(join(work.directory, "explorer.html")).href);
  await look(firefox, "the exported page", ".plane canvas");
  console.log("the exported page, from disk");
  console.log(`Firefox ${firefox.version}: ${faults.length === 0 ? "no errors" : faults.join("\n")}`);
  await firefox.close();
  program.stop();
  await program.ended;
} finally {
  endAll();
  work.remove();
}
process.exitCode = faults.length === 0 ? 0 : 1;
