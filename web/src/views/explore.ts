// Explore: the generator of a run, which the server exports for the browser.

import { env } from "onnxruntime-web/wasm";
import mjs from "../../node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.mjs?url";
import wasm from "../../node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.wasm?url";
import { nearest, readGenerator, readNetworks, readRun, type RunList } from "../api";
import { h, isAbort, problem } from "../dom";
import { Explorer } from "../explorer";
import { Generator } from "../generator";

env.wasm.wasmPaths = { mjs, wasm };

async function openGenerator(run: string, signal: AbortSignal): Promise<Generator> {
  const details = await readRun(run, signal);
  if (!details.onnx) {
    throw new Error("This program cannot export ONNX, which the browser needs to run the generator.");
  }
  const [model, networks] = await Promise.all([readGenerator(run, signal), readNetworks(run, signal)]);
  return Generator.open(model, { ...details, class_names: networks.generator.classes > 0 ? networks.class_names : [] });
}

export function exploreView(run: string, _: RunList, signal: AbortSignal): HTMLElement {
  const body = h("div", {}, h("p", { class: "hint" }, "Fetching the generator …"));
  openGenerator(run, signal)
    .then((generator) => {
      const explorer = new Explorer(run, generator, (image) => nearest(run, image, signal));
      body.replaceChildren(explorer.element);
    })
    .catch((error: unknown) => isAbort(error) || body.replaceChildren(problem(error)));
  return h("div", {}, h("h1", {}, run), h("p", { class: "lead" }, "The generator runs in this browser. Explore its latent space."), body);
}
