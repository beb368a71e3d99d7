#!/usr/bin/env python3
"""Writes the seeds of the fuzz targets anew, by the program and by hand: python3 tests/fuzz/make_seeds.py"""

import base64
import gzip
import io
import json
import pathlib
import random
import shutil
import struct
import subprocess
import sys
import tempfile
import zipfile
import zlib

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
SEEDS = HERE / "seeds"
SIDE = 4
RECIPE = """
name = "small"
pixel_range = { low = 0.0, high = 1.0 }
latent = { size = 4, distribution = "normal" }
[training]
batch_size = 8
epochs = 2
threads = 1
[output]
metrics_every_steps = 4
grid_rows = 2
grid_columns = 2
[generator]
layers = [{ kind = "dense", units = 16 }, { kind = "sigmoid" }, { kind = "reshape", shape = [4, 4, 1] }]
[discriminator]
layers = [{ kind = "flatten" }, { kind = "dense", units = 1 }]
"""
CLASSIFIER = """
data = 'mnist'
epochs = 1
batch_size = 8
learning_rate = 0.01
seed = 1
precision = 'f32'
threads = 1
layers = [{ kind = 'flatten' }, { kind = 'dense', units = 4 }, { kind = 'leaky_relu', slope = 0.2 }, { kind = 'dense', units = 2 }]
[augmentation]
"""
SAMPLES = """\
recipe = ["dense", "conv"]
steps = 500
seeds = 3
samples = 12
sample_seed = 7
budget = "1h 30m"
[grid]
"generator_optimizer.learning_rate, discriminator_optimizer.learning_rate" = { low = 1e-5, high = 1e-2, log = true }
latent.size = { low = 16, high = 128 }
objective.loss = ["hinge", "minimax"]
"""
TABLES = """\
recipe = "dense-small"
epochs = 2
seeds = [0, 9223372036854775807]
rank_by = "recall"
columns = ["precision", "density"]
[set]
latent = { size = 8, distribution = "uniform" }
"generator.layers.0" = { kind = "dense", units = 16 }
[variants]
"one, two" = { objective.loss = "hinge" }
three = {}
[grid]
training.batch_size = [32, 64]
output.grid_rows = [1]
"""

# Pictures of four by three pixels that Pillow wrote.
PICTURES = {
    "photo.jpg": (
        "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABQODxIPDRQSEBIXFRQYHjIhHhwcHj0sLiQySUBMS0dARkVQWnNiUFVtVkVGZIhlbXd7gYKBTmCNl4"
        "x9lnN+gXz/2wBDARUXFx4aHjshITt8U0ZTfHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHz/wAARCAAD"
        "AAQDASIAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAAAAAAAAL/xAAaEAEAAQUAAAAAAAAAAAAAAAAAAgEDBRQi/8QAFAEBAAAAAAAAAAAAAAAAAA"
        "AABP/EABQRAQAAAAAAAAAAAAAAAAAAAAD/2gAMAwEAAhEDEQA/ALx9uGrHmgBoj//Z"
    ),
    "grey.jpg": (
        "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABQODxIPDRQSEBIXFRQYHjIhHhwcHj0sLiQySUBMS0dARkVQWnNiUFVtVkVGZIhlbXd7gYKBTmCNl4"
        "x9lnN+gXz/wAALCAADAAQBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAABP/EABoQAAEFAQAAAAAAAAAAAAAAAAIAAQMFFCL/2gAIAQEAAD8AFXxh"
        "lHll/9k="
    ),
    "progressive.jpg": (
        "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABsSFBcUERsXFhceHBsgKEIrKCUlKFE6PTBCYFVlZF9VXVtqeJmBanGQc1tdhbWGkJ6jq62rZ4C8yb"
        "qmx5moq6T/2wBDARweHigjKE4rK06kbl1upKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKT/wgARCAAD"
        "AAQDASIAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAAAAAAAAH/xAAUAQEAAAAAAAAAAAAAAAAAAAAD/9oADAMBAAIQAxAAAAGhD//EABUQAQEAAA"
        "AAAAAAAAAAAAAAAAIy/9oACAEBAAEFAhP/xAAUEQEAAAAAAAAAAAAAAAAAAAAA/9oACAEDAQE/AX//xAAUEQEAAAAAAAAAAAAAAAAAAAAA/9oA"
        "CAECAQE/AX//xAAUEAEAAAAAAAAAAAAAAAAAAAAA/9oACAEBAAY/An//xAAXEAEAAwAAAAAAAAAAAAAAAAABABEh/9oACAEBAAE/IQUyf//aAA"
        "wDAQACAAMAAAAQC//EABQRAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQMBAT8Qf//EABQRAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQIBAT8Qf//EABUQ"
        "AQEAAAAAAAAAAAAAAAAAAAAx/9oACAEBAAE/EIg//9k="
    ),
    "drawing.webp": (
        "UklGRjYAAABXRUJQVlA4ICoAAADwAQCdASoEAAMAA4BaJaACdLoAAwkG+4AA/k8ZQZfbsXbqt67xaXgAAAA="
    ),
    "transparent.webp": (
        "UklGRlgAAABXRUJQVlA4TEsAAAAvAoAAEEegqG0jNtX1vUXl1LZtw4bcVqcoatuITXV9b3E8tW3bMG5r2vO5Nx7/93fVqiSpVlWrkqRadX8HMg"
        "HL5DXEUEUWEf2PMj8A"
    ),
}


def write(target, name, contents):
    path = SEEDS / target / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(contents if isinstance(contents, bytes) else contents.encode())


def idx(magic, sizes, values):
    return struct.pack(">I", magic) + b"".join(struct.pack(">I", size) for size in sizes) + bytes(values)


def safetensors(metadata, tensors):
    """`tensors` are (name, shape, bytes)."""
    header, place = {"__metadata__": metadata}, 0
    for name, shape, values in tensors:
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [place, place + len(values)]}
        place += len(values)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + b"".join(values for _, _, values in tensors)


def npy(description, values):
    header = description.encode() + b" " * (-(len(description) + 11) % 64) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + values


def png(width, height, color_type, values):
    """An image of 8 bits a channel: grey, in colour (2) or that with transparency (6)."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    values, row = bytes(values), len(values) // height
    rows = b"".join(b"\0" + values[n * row : (n + 1) * row] for n in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, color_type, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def turned(jpeg):
    """The picture with Exif data of one entry, the orientation 6."""
    exif = b"Exif\0\0MM\0*" + struct.pack(">IHHHIHHI", 8, 1, 0x112, 3, 1, 6, 0, 0)
    return jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + jpeg[2:]


def archive(arrays, compression):
    place = io.BytesIO()
    with zipfile.ZipFile(place, "w", compression) as file:
        for name, contents in arrays.items():
            file.writestr(zipfile.ZipInfo(f"{name}.npy"), contents, compression)
    return place.getvalue()


def floats(count):
    return struct.pack(f"<{count}f", *(0.01 * n for n in range(count)))


def run_in(place):
    """A run of small images, and its generator with a model card."""
    draw = random.Random(3)
    (place / "digits").mkdir()
    for part, count in [("train", 32), ("t10k", 8)]:
        images = idx(0x803, [count, SIDE, SIDE], [draw.randrange(256) for _ in range(count * SIDE * SIDE)])
        (place / "digits" / f"{part}-images-idx3-ubyte").write_bytes(images)
        (place / "digits" / f"{part}-labels-idx1-ubyte").write_bytes(idx(0x801, [count], [n % 2 for n in range(count)]))
    (place / "small.toml").write_text(RECIPE)
    program = ROOT / "build" / "release" / "ganymede"
    for words in ["train small.toml --data digits --out run --quiet", "export run --out generator.onnx"]:
        subprocess.run([program, *words.split()], cwd=place, check=True)
    return place / "run"


def main():
    shutil.rmtree(SEEDS, ignore_errors=True)
    with tempfile.TemporaryDirectory() as folder:
        place = pathlib.Path(folder)
        run = run_in(place)
        checkpoint = max((run / "checkpoints").glob("step_*.safetensors")).read_bytes()
        generator = (run / "generator.safetensors").read_bytes()
        write("checkpoint", "run", checkpoint)
        write("generator", "run", generator)
        write("safetensors", "generator", generator.replace(b'"sha256"', b'"digest"'))
        metrics = (run / "metrics.jsonl").read_bytes()
        write("metrics", "run", metrics)
        write("card", "generator", (place / "generator.onnx.md").read_bytes().split(b"## Recipe")[0])
        write("recipe", "run", (run / "config.toml").read_bytes())
        meta = json.loads((run / "meta.json").read_text())
        meta.update(command=["ganymede", "train"], processor="a processor")
        write("meta", "run", json.dumps(meta))
    tensors = [
        ("dense_1.weight", [4, SIDE * SIDE], floats(4 * SIDE * SIDE)),
        ("dense_1.bias", [4], floats(4)),
        ("dense_2.weight", [2, 4], floats(8)),
        ("dense_2.bias", [2], floats(2)),
    ]
    facts = {"format": "ganymede-classifier", "format_version": "1", "program": "0.1.0", "recipe": CLASSIFIER}
    write("classifier", "small", safetensors({**facts, "accuracy": "0.98", "dataset_sha256": "ab", "sha256": "0" * 64}, tensors))
    write("idx", "images", idx(0x803, [2, 3, 4], range(24)))
    write("idx", "labels", idx(0x801, [5], range(5)))
    write("idx", "colors", idx(0x804, [1, 2, 2, 3], range(12)))
    write("picture", "grey", png(3, 2, 0, range(6)))
    write("picture", "color", png(2, 2, 2, range(12)))
    write("picture", "transparent", png(2, 1, 6, range(8)))
    for kind in ["photo.jpg", "grey.jpg", "progressive.jpg", "drawing.webp", "transparent.webp"]:
        write("picture", kind, base64.b64decode(PICTURES[kind]))
    write("picture", "turned.jpg", turned(base64.b64decode(PICTURES["photo.jpg"])))
    images = npy("{'descr': '|u1', 'fortran_order': False, 'shape': (4, 2, 2), }", bytes(range(16)))
    labels = npy("{'descr': '<i8', 'fortran_order': False, 'shape': (4, 1), }", struct.pack("<4q", 0, 1, 0, 1))
    names = npy("{'descr': '<U2', 'fortran_order': False, 'shape': (2,), }", "a\0été"[:4].encode("utf-32-le"))
    signed = npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3, 2, 2), }", struct.pack("<24f", *(n / 12 - 1 for n in range(24))))
    write("npz", "labelled", archive({"x_train": images, "y_train": labels, "class_names": names}, zipfile.ZIP_DEFLATED))
    write("npz", "signed", archive({"train_images": signed, "test_images": signed}, zipfile.ZIP_STORED))
    halves = npy("{'descr': '<f2', 'fortran_order': False, 'shape': (2, 2, 2), }", struct.pack("<8e", *(n / 8 for n in range(8))))
    write("arrays", "labelled", images + labels + names)
    two_labels = labels.replace(b"(4, 1)", b"(2, 1)")[:-16]
    write("arrays", "tested", signed + two_labels + names + signed + two_labels)
    write("arrays", "halves", halves)
    write("cifar", "two", (bytes([3]) + bytes(range(256)) * 12) * 2)
    write("gzip", "text", gzip.compress(b"ganymede " * 30, mtime=0))
    write("gzip", "stored", gzip.compress(bytes(range(64)), compresslevel=0, mtime=0))
    write("gzip", "two", gzip.compress(b"one", mtime=0) + gzip.compress(b"two", mtime=0))
    for recipe in ["dense-small", "conditional-conv", "vae"]:
        write("recipe", recipe, (ROOT / "recipes" / f"{recipe}.toml").read_bytes())
    write("set", "values", "training.batch_size=32\ndata=fashion-mnist\ngenerator_optimizer.learning_rate=1e-3")
    write("set", "tables", "training={batch_size=32,epochs=7,seed=9}\nlatent={size=3}")
    write("set", "layers", 'generator.layers.0.units=48\ngenerator.layers.11.shape=[28, 28, 1]\ndiscriminator.layers.3={kind="flatten"}')
    write("set", "expressions", 'training.epochs="max(1, 60000 / images)"\nmaps={halve_to=16,halve_at_least=2}\n'
          'generator.layers=[{repeat="halvings+1",layers=[{kind="dense",units="(height*width-min(4,classes))/3"}]},'
          '{when="labels*0",kind="relu"}]\n')
    write("sweep", "losses", (ROOT / "bench/sweep/losses.toml").read_bytes())
    write("sweep", "samples", SAMPLES)
    write("sweep", "tables", TABLES)
    write("npy", "floats", npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }", floats(6)))
    write("npy", "bytes", npy("{'descr': '|u1', 'fortran_order': False, 'shape': (2, 2, 2), }", bytes(8)))
    write("lock", "process", "4711")
    orders = [{"recipe": "dense", "settings": ["training.seed=7", "latent.size=3"], "run": "timed", "steps": 5},
              {"recipe": "best", "settings": [], "run": "", "steps": None}]
    write("queue", "two", json.dumps({"waiting": orders}))
    write("queue", "none", json.dumps({"waiting": []}))
    write("target", "flow", "/api/runs/one/flow?seed=1&point=3&label=0&image=1&open=generator.0")
    write("target", "events", "/api/runs/one/events?after=12-0")
    write("target", "sheet", "/api/runs/%6fne/sheet?count=4&columns=2")
    write("target", "run", "/api/runs/one")
    write("body", "control", '/api/runs/one/control\nlocalhost\n{"command": "step"}')
    write("body", "nearest", "/api/runs/one/nearest\nganymede_token=0123456789abcdef0123456789abcdef\n" + json.dumps({"image": [7] * 16}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
