// The program under test, and a proxy that can break its connections.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const binary = process.env.GANYMEDE_BINARY;

export function workplace() {
  const directory = mkdtempSync(join(tmpdir(), "ganymede-page-"));
  return { directory, remove: () => rmSync(directory, { recursive: true, force: true }) };
}

const started = new Set();
const proxies = new Set();

/** Ends what a failed test has left running, which would keep the tests from ending. */
export function endAll() {
  for (const child of started) {
    child.kill("SIGKILL");
  }
  for (const proxy of proxies) {
    proxy.close();
  }
}

/** Runs `ganymede` to its end. */
export async function run(directory, ...words) {
  const child = spawn(binary, words, { cwd: directory, stdio: "ignore" });
  const [status] = await once(child, "exit");
  if (status !== 0) {
    throw new Error(`ganymede ${words.join(" ")} ended with ${status}`);
  }
}

/** Starts `ganymede` and waits until it has said what `pattern` finds. */
async function startAndHear(directory, words, pattern) {
  const child = spawn(binary, words, { cwd: directory, stdio: ["ignore", "ignore", "pipe"] });
  started.add(child);
  const ended = once(child, "exit").then(([status, signal]) => {
    started.delete(child);
    return { status, signal };
  });
  let said = "";
  const heard = await new Promise((resolve, reject) => {
    child.stderr.on("data", (part) => {
      said += part;
      const found = said.match(pattern);
      if (found) {
        resolve(found);
      }
    });
    ended.then(() => reject(new Error(`ganymede ended: ${said}`)));
  });
  return { heard, ended, stop: () => child.kill("SIGTERM") };
}

/** Starts `ganymede` with a page. */
export async function start(directory, ...words) {
  const { heard, ...program } = await startAndHear(directory, words, /The page: (http:\S+\/)\n/);
  return { address: heard[1], ...program };
}

/** Starts `ganymede serve` for other machines too. */
export async function startWithToken(directory) {
  const words = ["serve", "runs", "--host", "0.0.0.0"];
  const { heard, ...program } = await startAndHear(directory, words, /http:\S+:(\d+)\/\?token=(\w+)\n/);
  return { address: `http://127.0.0.1:${heard[1]}/`, token: heard[2], ...program };
}

/** The steps in a run's metrics.jsonl. */
export function recordedSteps(directory, run) {
  const lines = readFileSync(join(directory, "runs", run, "metrics.jsonl"), "utf8").trim().split("\n");
  return lines.map((line) => JSON.parse(line).step);
}

/** Stands before a server; `cut` ends every connection, and none is made until `mend`. */
export async function makeProxy(address) {
  const { hostname, port } = new URL(address);
  const open = new Set();
  let broken = false;
  const server = createServer((client) => {
    if (broken) {
      client.destroy();
      return;
    }
    const upstream = connect(Number(port), hostname);
    for (const socket of [client, upstream]) {
      open.add(socket);
      socket.on("close", () => open.delete(socket)).on("error", () => socket.destroy());
    }
    client.pipe(upstream).pipe(client);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const proxy = {
    address: `http://127.0.0.1:${server.address().port}/`,
    cut() {
      broken = true;
      open.forEach((socket) => socket.destroy());
    },
    mend: () => (broken = false),
    close() {
      this.cut();
      server.close();
      proxies.delete(this);
    },
  };
  proxies.add(proxy);
  return proxy;
}
