// The explorer as a separate file: `ganymede export --format html` puts the generator, ONNX Runtime and the facts on the run
// into the page (src/serve/explorer_file.h), which loads nothing else.

import "./styles/base.css";
import "./styles/parts.css";
import { env } from "onnxruntime-web/wasm";
import glue from "../node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.mjs?raw";
import { bytes } from "./api";
import { h, problem } from "./dom";
import { Explorer } from "./explorer";
import { Generator, type GeneratorFacts } from "./generator";

interface Facts extends GeneratorFacts {
  name: string;
  about: string;
}

/** What the program wrote into the element `id`. */
function written(id: string): string {
  const text = document.getElementById(id)?.textContent;
  if (!text) {
    throw new Error("There is no generator in this file. `ganymede export RUN --format html` writes one with it.");
  }
  return text;
}

async function unpacked(gzip: Uint8Array<ArrayBuffer>): Promise<Blob> {
  const stream = new Blob([gzip]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream, { headers: { "Content-Type": "application/wasm" } }).blob();
}

const main = h("main", { id: "main" }, h("p", { class: "hint" }, "Unpacking the generator …"));
document.body.append(main);
try {
  const facts = JSON.parse(written("facts")) as Facts;
  document.title = `${facts.name} · Ganymede`;
  env.wasm.wasmPaths = {
    mjs: URL.createObjectURL(new Blob([glue], { type: "text/javascript" })),
    wasm: URL.createObjectURL(await unpacked(bytes(written("runtime")))),
  };
  const generator = await Generator.open(bytes(written("model")), facts);
  main.replaceChildren(
    h("h1", {}, facts.name),
    h("p", { class: "lead" }, `${facts.about}. It runs in this browser and sends no data.`),
    new Explorer(facts.name, generator).element,
  );
} catch (error) {
  main.replaceChildren(problem(error));
}
