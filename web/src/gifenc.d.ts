// What the package, which has no types, offers of use here.

declare module "gifenc" {
  /** Red, green and blue, 0 to 255. */
  export type Color = [number, number, number];

  export interface Encoder {
    /** `index` is a colour's place in the palette for each pixel; `delay` in milliseconds. */
    writeFrame(index: Uint8Array, width: number, height: number, options: { palette: Color[]; delay: number }): void;
    finish(): void;
    bytes(): Uint8Array;
  }

  export function GIFEncoder(): Encoder;
  export function quantize(rgba: Uint8ClampedArray, maxColors: number): Color[];
  export function applyPalette(rgba: Uint8ClampedArray, palette: Color[]): Uint8Array;
}
