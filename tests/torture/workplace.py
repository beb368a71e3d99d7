"""A small run to do harm to, and what is promised about its files."""

import hashlib
import json
import pathlib
import re
import shutil
import struct

# Everything that a run writes, and next to nothing to compute.
RECIPE = """
name = "small"
latent = { size = 4, distribution = "normal" }
[training]
epochs = 3
batch_size = 8
threads = 1
precision = "f32"
[output]
metrics_every_steps = 4
generator_every_epochs = 2
grid_rows = 2
grid_columns = 3
[generator]
layers = [{ kind = "dense", units = 784 }, { kind = "tanh" }, { kind = "reshape", shape = [28, 28, 1] }]
[discriminator]
layers = [{ kind = "flatten" }, { kind = "dense", units = 1 }]
"""

# Diverges within 200 steps, goes back to its 100th and learns from there: the losses of a critic without a constraint grow
# steadily beside a generator that hardly learns, on every processor alike.
WILD = """
name = "wild"
latent = { size = 16, distribution = "normal" }
[training]
epochs = 60
batch_size = 16
threads = 1
precision = "f32"
seed = 3
[output]
checkpoint_every_epochs = 25
samples_every_epochs = 25
grid_rows = 2
grid_columns = 3
[objective]
loss = "wasserstein"
[generator_optimizer]
learning_rate = 1e-5
beta1 = 0.5
[discriminator_optimizer]
learning_rate = 1e-3
beta1 = 0.5
[generator]
layers = [
  { kind = "dense", units = 64 }, { kind = "leaky_relu" }, { kind = "dense", units = 784 }, { kind = "tanh" },
  { kind = "reshape", shape = [28, 28, 1] },
]
[discriminator]
layers = [{ kind = "flatten" }, { kind = "dense", units = 64 }, { kind = "leaky_relu" }, { kind = "dense", units = 1 }]
"""

CLOCK = ("time", "ms_per_step", "images_per_s")
RUN = "runs/small"


def write_images(directory, part, count):
    """Images of bars whose position is their class, as IDX files."""
    pixels = bytes(255 if pixel % 28 // 2 == n % 10 else n for n in range(count) for pixel in range(28 * 28))
    (directory / f"{part}-images-idx3-ubyte").write_bytes(struct.pack(">4i", 0x803, count, 28, 28) + pixels)
    labels = bytes(n % 10 for n in range(count))
    (directory / f"{part}-labels-idx1-ubyte").write_bytes(struct.pack(">2i", 0x801, count) + labels)


def make(directory):
    """A directory to run the program in, with a data set of 64 images and a recipe, so that an epoch has 8 steps."""
    (directory / "digits").mkdir(parents=True)
    write_images(directory / "digits", "train", 64)
    write_images(directory / "digits", "t10k", 16)
    (directory / "small.toml").write_text(RECIPE)
    (directory / "wild.toml").write_text(WILD)


def copy(workplace, to):
    shutil.copytree(workplace, to, symlinks=True)
    return to


def timeless(metrics):
    """The lines of metrics.jsonl without what depends on the clock."""
    lines = [json.loads(line) for line in metrics.decode().splitlines()]
    return [{key: value for key, value in line.items() if key not in CLOCK} for line in lines]


def promised(directory):
    """What is promised of the files below a directory, by name: their bytes, as far as no clock is in them."""
    found = {}
    for path in sorted(directory.rglob("*")):
        name = str(path.relative_to(directory))
        if path.is_symlink():
            found[name] = f"a link to {path.readlink()}"
        elif path.is_dir():
            found[name] = "a directory"
        elif path.name == "metrics.jsonl":
            found[name] = timeless(path.read_bytes())
        elif path.name == "meta.json":
            found[name] = sorted(key for key in json.loads(path.read_bytes()) if key != "resumed")
        elif not path.name.startswith("events.out.tfevents."):
            found[name] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def differences(expected, found):
    return ([f"{name} is missing" for name in expected.keys() - found.keys()] +
            [f"{name} is left" for name in found.keys() - expected.keys()] +
            [f"{name} differs" for name in expected.keys() & found.keys() if expected[name] != found[name]])


def safetensors(contents):
    """The metadata of a safetensors file, whose digest is checked."""
    length = struct.unpack("<Q", contents[:8])[0]
    metadata = json.loads(contents[8:8 + length])["__metadata__"]
    digest = metadata["sha256"].encode()
    if hashlib.sha256(contents.replace(digest, b"0" * 64)).hexdigest().encode() != digest:
        raise ValueError("its digest does not match")
    return metadata


def check(path):
    """Raises an error unless the file is whole."""
    contents = path.read_bytes()
    if path.suffix == ".safetensors":
        safetensors(contents)
    elif path.suffix == ".png" and not contents.endswith(b"IEND\xaeB`\x82"):
        raise ValueError("it has no end")
    elif path.suffix == ".gif" and not contents.endswith(b";"):
        raise ValueError("it has no end")
    elif path.suffix == ".json":
        json.loads(contents)
    elif path.suffix == ".jsonl":
        for line in contents.splitlines(keepends=True):
            if line.endswith(b"\n"):
                json.loads(line)


def half_written(run):
    """What is wrong with the files of a run that was killed, before it goes on."""
    wrong = []
    for path in run.rglob("*"):
        if path.is_file() and not path.name.startswith("."):
            try:
                check(path)
            except (ValueError, KeyError, struct.error) as error:
                wrong.append(f"{path.relative_to(run)} is not whole: {error}")
    if wrong:
        return wrong
    checkpoints = sorted((run / "checkpoints").glob("step_*.safetensors"))
    generator = run / "generator.safetensors"
    if not checkpoints or not generator.exists():
        return ["it can be seen without a checkpoint and its generator"]
    newest = int(re.search(r"\d+", checkpoints[-1].name).group())
    step = int(safetensors(generator.read_bytes())["step"])
    return [] if step >= newest else [f"its generator is of step {step}, its checkpoint of step {newest}"]


def run_of(workplace):
    return pathlib.Path(workplace) / RUN
