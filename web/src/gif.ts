// Images as an animated GIF, which repeats for ever.

import { applyPalette, GIFEncoder, quantize, type Color } from "gifenc";

const greys: Color[] = Array.from({ length: 256 }, (_, level) => [level, level, level]);

/** Images of bytes [height, width, channels], each shown for `delay` milliseconds, every pixel `scale` pixels wide. */
export function animatedGif(images: Uint8Array[], [height, width, channels]: [number, number, number], scale: number, delay: number): Uint8Array {
  const gif = GIFEncoder();
  for (const image of images) {
    const { index, palette } = channels === 1 ? { index: image, palette: greys } : colored(image);
    gif.writeFrame(enlarged(index, height, width, scale), width * scale, height * scale, { palette, delay });
  }
  gif.finish();
  return gif.bytes();
}

/** The pixels of an image [height, width, 3] as places in a palette of its own. */
function colored(image: Uint8Array): { index: Uint8Array; palette: Color[] } {
  const rgba = new Uint8ClampedArray((image.length / 3) * 4).fill(255);
  for (let pixel = 0; pixel < image.length / 3; pixel++) {
    rgba.set(image.subarray(3 * pixel, 3 * pixel + 3), 4 * pixel);
  }
  const palette = quantize(rgba, 256);
  return { index: applyPalette(rgba, palette), palette };
}

function enlarged(index: Uint8Array, height: number, width: number, scale: number): Uint8Array {
  const large = new Uint8Array(index.length * scale * scale);
  for (let y = 0; y < height * scale; y++) {
    for (let x = 0; x < width * scale; x++) {
      large[y * width * scale + x] = index[Math.floor(y / scale) * width + Math.floor(x / scale)] ?? 0;
    }
  }
  return large;
}
