// A generator in the browser, by ONNX Runtime.

import { env, InferenceSession, Tensor } from "onnxruntime-web/wasm";
import type { Point } from "./latent";

env.wasm.numThreads = 1; // more need a page that is isolated from others

/** The facts on a generator, beside its model. */
export interface GeneratorFacts {
  latent_size: number;
  latent_distribution: "normal" | "uniform";
  latent_temperature: number; // times a point of the distribution
  first_latent: number[]; // of the samples after each epoch
  pixel_range: [number, number];
  class_names: string[]; // none where the generator takes no class
}

/** What a generator makes an image from. */
export interface Latent {
  point: Point;
  label: number; // is not looked at where the generator takes no class
}

/** Images in the recipe's range, each [channels, height, width]. */
export interface Output {
  channels: number;
  height: number;
  width: number;
  images: Float32Array[];
}

/** Images as bytes, each [height, width, channels]. */
export interface Images {
  shape: [number, number, number];
  pixels: Uint8Array[];
}

export class Generator {
  private turn: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly session: InferenceSession,
    readonly facts: GeneratorFacts,
  ) {}

  static async open(model: Uint8Array, facts: GeneratorFacts): Promise<Generator> {
    return new Generator(await InferenceSession.create(model, { executionProviders: ["wasm"] }), facts);
  }

  /** Calls are answered one after the other. */
  run(latents: Latent[]): Promise<Output> {
    const work = this.turn.then(() => this.answer(latents));
    this.turn = work.catch(() => undefined);
    return work;
  }

  async draw(latents: Latent[]): Promise<Images> {
    const { channels, height, width, images } = await this.run(latents);
    return { shape: [height, width, channels], pixels: images.map((image) => this.bytes(image, channels)) };
  }

  private async answer(latents: Latent[]): Promise<Output> {
    const count = latents.length;
    const size = this.facts.latent_size;
    const points = new Float32Array(count * size);
    latents.forEach(({ point }, n) => points.set(point, n * size));
    const [latentName = "latent", labelName] = this.session.inputNames;
    const feeds: Record<string, Tensor> = { [latentName]: new Tensor("float32", points, [count, size]) };
    if (labelName !== undefined) {
      feeds[labelName] = new Tensor("int64", BigInt64Array.from(latents, ({ label }) => BigInt(label)), [count]);
    }
    const results = await this.session.run(feeds);
    const output = results[this.session.outputNames[0] ?? ""] as Tensor;
    const [, channels = 1, height = 1, width = 1] = output.dims;
    const values = output.data as Float32Array;
    const pixels = channels * height * width;
    return { channels, height, width, images: latents.map((_, n) => values.slice(n * pixels, (n + 1) * pixels)) };
  }

  private bytes(values: Float32Array, channels: number): Uint8Array {
    const [low, high] = this.facts.pixel_range;
    const plane = values.length / channels;
    const bytes = new Uint8Array(values.length);
    for (let at = 0; at < values.length; at++) {
      const value = values[(at % channels) * plane + Math.floor(at / channels)] ?? low;
      bytes[at] = Math.round(255 * Math.min(1, Math.max(0, (value - low) / (high - low))));
    }
    return bytes;
  }
}
