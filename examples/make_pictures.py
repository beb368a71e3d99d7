#!/usr/bin/env python3
"""Draws a folder of pictures to learn from: circles, squares and triangles in colour, a sub-folder for each.

    python3 examples/make_pictures.py shapes --count 600
    ganymede data shapes

Needs Python alone. The same arguments draw the same pictures.
"""

import argparse
import math
import pathlib
import random
import struct
import zlib


def png(size, pixels):
    """The bytes of a PNG file of size by size pixels, row by row: grey, or red, green and blue of each."""
    channels = len(pixels) // (size * size)

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + pixels[row * channels * size : (row + 1) * channels * size] for row in range(size))
    header = struct.pack(">IIBBBBB", size, size, 8, 2 if channels == 3 else 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def circle(x, y):
    return math.hypot(x, y) - 1.0


def polygon(corners):
    """The distance to a regular polygon whose corners lie on the unit circle: below 0 inside."""
    inner = math.cos(math.pi / corners)
    normals = [(math.cos(a), math.sin(a)) for a in (2.0 * math.pi * n / corners for n in range(corners))]
    return lambda x, y: max(x * nx + y * ny for nx, ny in normals) - inner


SHAPES = {"circle": circle, "square": polygon(4), "triangle": polygon(3)}


def draw(shape, size, channels, randomly):
    """One picture: the shape somewhere, of some size, turned, in a bright colour on a dark one."""
    radius = randomly.uniform(0.2, 0.4) * size
    left, top = (randomly.uniform(radius, size - radius) for _ in range(2))
    turn = randomly.uniform(0.0, 2.0 * math.pi)
    bright = [randomly.randint(120, 255) for _ in range(channels)]
    dark = [randomly.randint(0, 60) for _ in range(channels)]
    pixels = bytearray()
    for row in range(size):
        for column in range(size):
            x, y = (column + 0.5 - left) / radius, (row + 0.5 - top) / radius
            distance = shape(x * math.cos(turn) + y * math.sin(turn), y * math.cos(turn) - x * math.sin(turn))
            share = min(max(0.5 - distance * radius, 0.0), 1.0)
            pixels += bytes(round(share * b + (1.0 - share) * d) for b, d in zip(bright, dark))
    return bytes(pixels)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--count", type=int, default=200, help="pictures of each shape (default: 200)")
    parser.add_argument("--size", type=int, default=64, help="their height and width (default: 64)")
    parser.add_argument("--grey", action="store_true", help="in grey instead of in colour")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    randomly = random.Random(options.seed)
    for name, shape in SHAPES.items():
        folder = options.folder / name
        folder.mkdir(parents=True, exist_ok=True)
        for n in range(options.count):
            (folder / f"{n:04}.png").write_bytes(png(options.size, draw(shape, options.size, 1 if options.grey else 3, randomly)))


main()
