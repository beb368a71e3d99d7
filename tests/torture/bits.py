#!/usr/bin/env python3
"""Flips a random bit of a file that ships or that a run wrote, and expects the program to refuse the file by name.

A thousand flips, shared among MNIST's files, the classifier, a checkpoint and a generator; fewer where --minutes are not
enough.
"""

import gzip
import os
import pathlib
import random
import shutil
import sys
import tempfile
import time
import zlib

from common import ROOT, Count, arguments, run

FLIPS = 1000
RECIPE = """
name = "small"
latent = { size = 4, distribution = "normal" }
[training]
batch_size = 500
epochs = 1
threads = 1
[generator]
layers = [{ kind = "dense", units = 784 }, { kind = "tanh" }, { kind = "reshape", shape = [28, 28, 1] }]
[discriminator]
layers = [{ kind = "flatten" }, { kind = "dense", units = 1 }]
"""


def victims(place):
    """Files, and the command lines that read them."""
    shutil.copytree(ROOT / "data" / "mnist", place / "mnist")
    (place / "small.toml").write_text(RECIPE)
    made = run(["train", "small.toml", "--steps", "2", "--out", "run", "--quiet"], place)
    if made.returncode != 0:
        sys.exit(f"no run to try it on: {made.stderr}")
    shutil.copy(ROOT / "data" / "classifiers" / "mnist.safetensors", place / "classifier.safetensors")
    checkpoint = max((place / "run" / "checkpoints").glob("step_*.safetensors"))
    for other in (place / "run" / "checkpoints").glob("*.safetensors"):
        if other != checkpoint:
            other.unlink()
    return [
        *((file, ["data", "mnist", "--out", "x.png"]) for file in sorted((place / "mnist").glob("*ubyte.gz"))),
        (place / "run" / "generator.safetensors", ["sample", "run/generator.safetensors", "--out", "x.png"]),
        (checkpoint, ["train", "--resume", "run", "--steps", "4", "--quiet"]),
        (place / "classifier.safetensors", ["export", "classifier.safetensors", "--out", "x.onnx"]),
    ]


def same_contents(file, sound, damaged):
    """Whether a bit of a gzip file is none of its contents, as those of the time in its header."""
    try:
        return file.suffix == ".gz" and gzip.decompress(damaged) == gzip.decompress(sound)
    except (OSError, EOFError, zlib.error):
        return False


def main():
    options = arguments(__doc__).parse_args()
    draw = random.Random(options.seed)
    count = Count()
    end = time.monotonic() + 60.0 * options.minutes
    flips = 0
    with tempfile.TemporaryDirectory() as folder:
        place = pathlib.Path(folder)
        files = victims(place)
        environment = {**os.environ, "GANYMEDE_DATA": folder}
        for file, words in files:
            if words[0] != "train":  # which would replace the checkpoint
                tried = run(words, place, env=environment)
                count.check(tried.returncode == 0, f"{file.name} as it is: {tried.stderr}")
        while flips < FLIPS and time.monotonic() < end:
            file, words = files[flips % len(files)]
            flips += 1
            sound = file.read_bytes()
            bit = draw.randrange(8 * len(sound))
            damaged = bytearray(sound)
            damaged[bit // 8] ^= 1 << bit % 8
            file.write_bytes(damaged)
            tried = run(words, place, env=environment)
            if same_contents(file, sound, bytes(damaged)):
                good = tried.returncode == 0
            else:
                good = tried.returncode in (4, 6) and file.name in tried.stderr
            count.check(good, f"bit {bit} of {file.name}: exit {tried.returncode}, {tried.stderr.strip()[-300:]}")
            for left in file.parent.glob(file.name + ".corrupt*"):
                left.unlink()
            file.write_bytes(sound)
    print(f"{flips} flipped bits of {len(files)} files")
    return count.finish()


if __name__ == "__main__":
    sys.exit(main())
