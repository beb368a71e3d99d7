// Tensors as pictures. One without a name is hidden from screen readers.

import { color } from "./theme";

/** Bytes [height, width, channels] as a picture, enlarged by the style sheet. */
export function picture(values: Uint8Array, [height = 1, width = 1, channels = 1]: number[], name: string): HTMLCanvasElement {
  const image = new ImageData(width, height);
  const last = channels === 3 ? 2 : 0;
  for (let pixel = 0; pixel < width * height; pixel++) {
    for (let colour = 0; colour < 3; colour++) {
      image.data[4 * pixel + colour] = values[pixel * channels + Math.min(colour, last)] ?? 0;
    }
    image.data[4 * pixel + 3] = 255;
  }
  return canvasOf(image, name);
}

/** A gradient [height, width, channels] as bytes around 128: where `up` and where `down`. */
export function slopes(values: Uint8Array, [height = 1, width = 1, channels = 1]: number[], name: string): HTMLCanvasElement {
  const up = rgb("up");
  const down = rgb("down");
  return paint(width, height, name, (x, y) => {
    let sum = 0;
    for (let channel = 0; channel < channels; channel++) {
      sum += (values[(y * width + x) * channels + channel] ?? 128) - 127.5;
    }
    const strength = Math.min(1, Math.abs(sum / channels) / 127.5);
    return [...(sum > 0 ? up : down), Math.round(255 * strength ** 0.7)];
  });
}

/** What a byte of a tensor looks like. */
export type Tone = () => (value: number) => number[];

/** From the lowest number to the highest. */
export const ramp: Tone = () => {
  const ends = [rgb("ramp-low"), rgb("ramp-high")] as const;
  return (value) => [...mix(ends[0], ends[1], value / 255), 255];
};

export const grey: Tone = () => (value) => [value, value, value, 255];

/** Below and above zero, which is 127.5. */
export const signed: Tone = () => {
  const [up, down, zero] = [rgb("up"), rgb("down"), rgb("ramp-low")];
  return (value) => [...mix(zero, value > 127.5 ? up : down, Math.abs(value - 127.5) / 127.5), 255];
};

/** A tensor as a mosaic, so many times wider than high: a map per channel for images, cells in rows for vectors. */
export function mosaic(values: Uint8Array, shape: number[], name: string, tone = ramp, wider = 2.5): HTMLCanvasElement {
  const [height = 1, width = 1, channels = 1] = shape.length === 3 ? shape : cells(values.length, wider);
  const columns = Math.ceil(Math.sqrt((channels * height * wider) / width)) || 1;
  const rows = Math.ceil(channels / columns);
  const gap = channels > 1 ? 1 : 0;
  const pitch = [width + gap, height + gap] as const;
  const toned = tone();
  return paint(columns * pitch[0] - gap, rows * pitch[1] - gap, name, (x, y) => {
    const channel = Math.floor(y / pitch[1]) * columns + Math.floor(x / pitch[0]);
    const [inX, inY] = [x % pitch[0], y % pitch[1]];
    const value = values[(inY * width + inX) * channels + channel];
    return value === undefined || channel >= channels || inX >= width || inY >= height ? [0, 0, 0, 0] : toned(value);
  });
}

/** A vector as rows of cells. */
function cells(length: number, wider: number): [number, number, number] {
  const width = Math.min(length, Math.ceil(Math.sqrt(length * wider)));
  return [Math.ceil(length / width), width, 1];
}

function paint(
  width: number,
  height: number,
  name: string,
  pixel: (x: number, y: number) => number[],
): HTMLCanvasElement {
  const image = new ImageData(width, height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      image.data.set(pixel(x, y), (y * width + x) * 4);
    }
  }
  return canvasOf(image, name);
}

function canvasOf(image: ImageData, name: string): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.width = image.width;
  canvas.height = image.height;
  if (name) {
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", name);
  } else {
    canvas.setAttribute("aria-hidden", "true");
  }
  canvas.getContext("2d")?.putImageData(image, 0, 0);
  return canvas;
}

function mix(from: number[], to: number[], share: number): number[] {
  return from.map((value, n) => Math.round(value + ((to[n] ?? value) - value) * share));
}

/** The red, green and blue of a colour "#rrggbb" of the style sheet. */
function rgb(name: string): number[] {
  const code = color(name).slice(1);
  return [0, 2, 4].map((at) => parseInt(code.slice(at, at + 2), 16));
}
