// A run's generator in the browser, by ONNX Runtime.

import mjs from "../node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.mjs?url";
import wasm from "../node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.wasm?url";
import { env, InferenceSession, Tensor } from "onnxruntime-web/wasm";
import { readGenerator, readNetworks, readRun } from "./api";
import type { Point } from "./latent";

env.wasm.wasmPaths = { mjs, wasm };
env.wasm.numThreads = 1; // more need a page that is isolated from others

/** Images as bytes, each [height, width, channels]. */
export interface Images {
  shape: [number, number, number];
  pixels: Uint8Array[];
}

export class Generator {
  private turn: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly session: InferenceSession,
    readonly latentSize: number,
    readonly uniform: boolean,
    readonly classNames: string[],
    private readonly range: [number, number],
  ) {}

  static async open(run: string, signal: AbortSignal): Promise<Generator> {
    const details = await readRun(run, signal);
    if (!details.onnx) {
      throw new Error("This program was built without ONNX, by which the browser runs the generator.");
    }
    const [model, networks] = await Promise.all([readGenerator(run, signal), readNetworks(run, signal)]);
    const session = await InferenceSession.create(model);
    const names = networks.generator.classes > 0 ? networks.class_names : [];
    return new Generator(session, details.latent_size, details.latent_distribution === "uniform", names, details.pixel_range);
  }

  /** The images of `points`, of class `label` where classes are taken. Calls are answered one after the other. */
  draw(points: Point[], label: number): Promise<Images> {
    const work = this.turn.then(() => this.run(points, label));
    this.turn = work.catch(() => undefined);
    return work;
  }

  private async run(points: Point[], label: number): Promise<Images> {
    const latents = new Float32Array(points.length * this.latentSize);
    points.forEach((point, n) => latents.set(point, n * this.latentSize));
    const [latentName = "latent", labelName] = this.session.inputNames;
    const feeds: Record<string, Tensor> = { [latentName]: new Tensor("float32", latents, [points.length, this.latentSize]) };
    if (labelName !== undefined) {
      feeds[labelName] = new Tensor("int64", new BigInt64Array(points.length).fill(BigInt(label)), [points.length]);
    }
    const results = await this.session.run(feeds);
    const output = results[this.session.outputNames[0] ?? ""] as Tensor;
    const [, channels = 1, height = 1, width = 1] = output.dims;
    const values = output.data as Float32Array;
    const size = channels * height * width;
    const pixels = points.map((_, n) => this.bytes(values.subarray(n * size, (n + 1) * size), channels));
    return { shape: [height, width, channels], pixels };
  }

  /** [channels, height, width] in the recipe's range as bytes [height, width, channels]. */
  private bytes(values: Float32Array, channels: number): Uint8Array {
    const [low, high] = this.range;
    const plane = values.length / channels;
    return Uint8Array.from({ length: values.length }, (_, at) => {
      const value = values[(at % channels) * plane + Math.floor(at / channels)] ?? low;
      return Math.round(255 * Math.min(1, Math.max(0, (value - low) / (high - low))));
    });
  }
}
