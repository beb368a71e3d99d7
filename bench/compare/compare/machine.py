"""The versions, and how large the programs are where they are installed."""

import datetime
import os
import re
import shlex
import subprocess
import tempfile
from importlib import metadata
from pathlib import Path

from .measure import OUTPUT, ROOT
from .plan import OURS

PACKAGES = {
    "PyTorch": ("torch",),
    "Keras on TensorFlow": ("keras", "tensorflow-cpu"),
    "JAX": ("jax", "optax"),
    "ONNX Runtime": ("onnxruntime",),
}
# What a build of PyTorch without CUDA does not have; PyPI offers none for Linux.
FOR_CUDA = re.compile(r"(nvidia|cuda|triton)|torch/lib/lib\w*(cuda|nvshmem|nvrtc)")


def parameters(ganymede, recipe):
    """The generator's and the discriminator's, as `ganymede summary` counts them."""
    text = subprocess.run([ganymede, "summary", recipe], capture_output=True, text=True, check=True).stdout
    return [int(count.replace(",", "")) for count in re.findall(r"Total params: ([\d,]+)", text)[:2]]


def versions(ganymede):
    ours = subprocess.run([ganymede, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    names = sorted({name for names in PACKAGES.values() for name in names})
    return [ours, *(f"{name} {metadata.version(name)}" for name in names)]


def closure(names):
    """The distributions that `names` need, themselves included."""
    found, waiting = {}, list(names)
    while waiting:
        name = re.sub(r"[-_.]+", "-", waiting.pop()).lower()
        if name in found:
            continue
        try:
            found[name] = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue  # asked for on other systems only
        requirements = (r for r in found[name].requires or [] if "extra ==" not in r)
        waiting += [re.match(r"[\w.-]+", requirement)[0] for requirement in requirements]
    return found.values()


def files_of(names):
    """Path and size of each file."""
    for distribution in closure(names):
        for file in distribution.files or []:
            path = file.locate()
            if path.is_file():
                yield str(file), path.stat().st_size


def installed_size(ganymede):
    """In bytes, what `cmake --install` makes and the system's libraries that it loads."""
    with tempfile.TemporaryDirectory(dir=OUTPUT) as prefix:
        command = ["cmake", "--install", str(Path(ganymede).parent), "--prefix", prefix, "--strip"]
        subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
        size = sum(path.stat().st_size for path in Path(prefix).rglob("*") if path.is_file())
        program = f"{prefix}/bin/ganymede"
        loaded = subprocess.run(["ldd", program], capture_output=True, text=True, check=True).stdout
        libraries = {os.path.realpath(path) for path in re.findall(r"=> (/\S+)", loaded)}
        return size + sum(os.stat(path).st_size for path in libraries if not path.startswith(prefix))


def sizes(ganymede):
    """In bytes. Of the peers without Python; for ours with the data and the system's libraries."""
    found = {OURS: installed_size(ganymede)}
    for title, names in PACKAGES.items():
        files = list(files_of(names))
        found[title] = sum(size for _, size in files)
        slim = sum(size for path, size in files if not FOR_CUDA.match(path))
        if slim < found[title]:
            found[f"{title} without what is for CUDA"] = slim
    return found


def commit():
    command = ["git", "-C", str(ROOT), "describe", "--always", "--dirty"]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


def facts(ganymede, command, processor):
    """What stands beside the numbers."""
    return {
        "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC"),
        "command": shlex.join(command),
        "commit": commit(),
        "processor": processor.name,
        "has_bf16": processor.has_bf16,
        "versions": versions(ganymede),
        "sizes": sizes(ganymede),
    }
