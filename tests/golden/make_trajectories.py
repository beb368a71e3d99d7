#!/usr/bin/env python3
"""Trains ten steps of four GAN recipes with PyTorch and writes what came of it to <recipe>.json beside this file.

The C++ tests replay the same steps from the same weights, latent points and batches. README.md has the conventions.

    python tests/golden/make_trajectories.py [recipe ...]
"""

import gzip
import json
import math
import sys
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

HERE = Path(__file__).resolve().parent
MNIST = HERE.parents[1] / "data" / "mnist"
STEPS = 10
LATENT = 100
CLASSES = 10
DISCRIMINATOR_STREAM = 100
VALUES_A_TENSOR = 1024


# ---- Random numbers: src/base/random.h in numpy

class Purpose(IntEnum):
    initial_weights = 1
    discriminator_latent = 3
    generator_latent = 4
    generator_label = 8


@dataclass(frozen=True)
class RandomKey:
    seed: int
    purpose: Purpose
    stream: int = 0
    step: int = 0


LOW_WORD = 0xFFFFFFFF


def philox(counter, key):
    """Philox4x32-10 of four counter words (numbers or uint64 arrays) and two key words: four arrays of words."""
    c0, c1, c2, c3 = (np.asarray(word, np.uint64) for word in counter)
    k0, k1 = key
    for _ in range(10):
        product0, product1 = c0 * np.uint64(0xD2511F53), c2 * np.uint64(0xCD9E8D57)
        c0, c1 = (product1 >> 32) ^ c1 ^ np.uint64(k0), product1 & LOW_WORD
        c2, c3 = (product0 >> 32) ^ c3 ^ np.uint64(k1), product0 & LOW_WORD
        k0, k1 = (k0 + 0x9E3779B9) & LOW_WORD, (k1 + 0xBB67AE85) & LOW_WORD
    return c0, c1, c2, c3


def check_philox():
    """Random123's known answers for philox4x32-10."""
    for counter, key, answer in (
        ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
        ((LOW_WORD,) * 4, (LOW_WORD,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
        ((0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344), (0xA4093822, 0x299F31D0),
         (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1)),
    ):
        assert tuple(int(word) for word in philox(counter, key)) == answer, f"philox({counter}, {key}) is wrong"


def random_words(key, size):
    blocks = np.arange((size + 3) // 4, dtype=np.uint64)
    counter = (blocks, key.purpose | key.stream << 8, key.step & LOW_WORD, key.step >> 32)
    words = philox(np.broadcast_arrays(*counter), (key.seed & LOW_WORD, key.seed >> 32))
    return np.stack(words, axis=1).reshape(-1)[:size]


def unit_uniform(words):
    return (words >> 8).astype(np.float32) * np.float32(2**-24)


def fill_uniform(key, low, high, size):
    low, high = np.float32(low), np.float32(high)
    return low + (high - low) * unit_uniform(random_words(key, size))


def fill_normal(key, size):
    """Mean 0, deviation 1; the angle is a float32 as in C++, the rest is computed in double and rounded once."""
    w0, w1 = random_words(key, size + size % 2).reshape(-1, 2).T
    radius = np.sqrt(-2 * np.log(((w0 >> 8) + 1).astype(np.float64) * 2**-24))
    angle = (np.float32(2 * math.pi) * unit_uniform(w1)).astype(np.float64)
    return np.stack((radius * np.cos(angle), radius * np.sin(angle)), axis=1).reshape(-1)[:size].astype(np.float32)


def bounded(words, bound):
    return ((words * np.uint64(bound)) >> 32).astype(np.int64)


# ---- Layers: parameters and activations in the native layouts, [batch, height, width, channels]

class Dense(nn.Module):
    def __init__(self, units_in, units_out):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(units_out, units_in))
        self.bias = nn.Parameter(torch.zeros(units_out))

    def forward(self, x):
        return F.linear(x, self.weight, self.bias)


class Conv(nn.Module):
    """`padding`: rows above and below, which are also the columns left and right."""

    def __init__(self, channels_in, channels_out, kernel, stride, padding):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(channels_out, kernel, kernel, channels_in))
        self.bias = nn.Parameter(torch.zeros(channels_out))
        self.stride, self.padding = stride, padding * 2

    def forward(self, x):
        x = F.pad(x.permute(0, 3, 1, 2), self.padding)
        return F.conv2d(x, self.weight.permute(0, 3, 1, 2), self.bias, self.stride).permute(0, 2, 3, 1)


class ConvTransposed(nn.Module):
    """Kernel 4, stride 2, padding 1: twice the height and width."""

    def __init__(self, channels_in, channels_out):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(channels_out, 4, 4, channels_in))
        self.bias = nn.Parameter(torch.zeros(channels_out))

    def forward(self, x):
        weight = self.weight.permute(3, 0, 1, 2)
        x = F.conv_transpose2d(x.permute(0, 3, 1, 2), weight, self.bias, stride=2, padding=1)
        return x.permute(0, 2, 3, 1)


class BatchNorm(nn.Module):
    """Keras' batch normalization: the running variance takes in the biased variance of the batch."""

    def __init__(self, features, momentum=0.8, epsilon=1e-3):
        super().__init__()
        self.momentum, self.epsilon = momentum, epsilon
        self.weight = nn.Parameter(torch.ones(features))
        self.bias = nn.Parameter(torch.zeros(features))
        self.register_buffer("running_mean", torch.zeros(features))
        self.register_buffer("running_var", torch.ones(features))

    def forward(self, x):
        mean, variance = self.running_mean, self.running_var
        if self.training:
            mean, variance = x.mean(0), x.var(0, unbiased=False)
            self.running_mean.lerp_(mean.detach(), 1 - self.momentum)
            self.running_var.lerp_(variance.detach(), 1 - self.momentum)
        return (x - mean) / torch.sqrt(variance + self.epsilon) * self.weight + self.bias


def leaky():
    return nn.LeakyReLU(0.2)


def dense_layers(*widths, batch_norm=False):
    layers = []
    for units_in, units_out in pairwise(widths[:-1]):
        layers += [Dense(units_in, units_out), leaky()]
        if batch_norm:
            layers.append(BatchNorm(units_out))
    return [*layers, Dense(*widths[-2:])]


def dense_generator(*widths, batch_norm=False):
    return [*dense_layers(*widths, 784, batch_norm=batch_norm), nn.Tanh(), nn.Unflatten(1, (28, 28, 1))]


def dense_discriminator(*widths):
    return [nn.Flatten(), *dense_layers(784, *widths, 1)]


def conv_generator():
    return [Dense(LATENT, 6272), leaky(), nn.Unflatten(1, (7, 7, 128)),
            ConvTransposed(128, 128), leaky(), ConvTransposed(128, 128), leaky(),
            Conv(128, 1, kernel=7, stride=1, padding=(3, 3)), nn.Sigmoid()]


def conv_discriminator():
    return [Conv(1, 64, kernel=3, stride=2, padding=(0, 1)), leaky(),
            Conv(64, 64, kernel=3, stride=2, padding=(0, 1)), leaky(),
            nn.Flatten(), Dense(7 * 7 * 64, 1)]


# ---- Recipes

@dataclass(frozen=True)
class Recipe:
    generator: Callable[[], list[nn.Module]]
    discriminator: Callable[[], list[nn.Module]]  # ends in logits
    real_batch: int
    fake_batch: int
    generator_batch: int
    learning_rate: float = 2e-4
    betas: tuple[float, float] = (0.5, 0.999)
    epsilon: float = 1e-8
    pixels: tuple[float, float] = (-1, 1)
    uniform_latent: bool = False  # in [-1, 1) instead of normal
    real_target: float = 1
    loss_weight: float = 0.5  # discriminator loss = loss_weight * (real part + fake part)
    conditional: bool = False
    seed: int = 42  # README.md says why not every recipe has this one


RECIPES = {
    "dense": Recipe(
        generator=lambda: dense_generator(LATENT, 256, 512, 1024, batch_norm=True),
        discriminator=lambda: dense_discriminator(512, 256),
        real_batch=16, fake_batch=16, generator_batch=16, epsilon=1e-7, seed=1614),
    "conv": Recipe(
        generator=conv_generator, discriminator=conv_discriminator,
        real_batch=128, fake_batch=128, generator_batch=256, epsilon=1e-7, pixels=(0, 1)),
    "dense-small": Recipe(
        generator=lambda: dense_generator(LATENT, 32, 64, 128),
        discriminator=lambda: dense_discriminator(128, 64, 32),
        real_batch=64, fake_batch=64, generator_batch=64, learning_rate=2e-3, betas=(0.9, 0.999),
        uniform_latent=True, real_target=0.9, loss_weight=1),
    "conditional": Recipe(
        generator=lambda: dense_generator(LATENT + CLASSES, 256, 512, 1024),
        discriminator=lambda: dense_layers(784 + CLASSES, 512, 256, 1),
        real_batch=16, fake_batch=16, generator_batch=16, conditional=True, seed=1411),
}


# ---- Training

def network(layers, seed, first_stream):
    """Weights uniform within Glorot's limit; biases, scales and shifts stay as their layers made them."""
    net = nn.Sequential(*layers)
    for number, tensor in enumerate(net.parameters()):
        if tensor.dim() > 1:
            fans = tensor.numel() // tensor.shape[0] + tensor.numel() // tensor.shape[-1]
            limit = np.float32(math.sqrt(6 / fans))
            key = RandomKey(seed, Purpose.initial_weights, first_stream + number)
            values = fill_uniform(key, -limit, limit, tensor.numel())
            tensor.data = torch.from_numpy(values).view(tensor.shape)
    return net


def mnist(kind, header, size):
    raw = gzip.decompress((MNIST / f"train-{kind}-ubyte.gz").read_bytes())
    return np.frombuffer(raw, np.uint8, offset=header, count=size)


def real_batches(recipe, dtype):
    """The first STEPS batches of the training images, in the file's order."""
    count = STEPS * recipe.real_batch
    low, high = map(np.float32, recipe.pixels)
    pixels = low + (high - low) * mnist("images-idx3", 16, count * 784).astype(np.float32) / np.float32(255)
    images = torch.from_numpy(pixels).to(dtype).view(count, 28, 28, 1)
    labels = torch.from_numpy(mnist("labels-idx1", 8, count).astype(np.int64))
    return list(zip(images.split(recipe.real_batch), labels.split(recipe.real_batch)))


def latents(recipe, purpose, step, batch, dtype):
    key, size = RandomKey(recipe.seed, purpose, step=step), batch * LATENT
    values = fill_uniform(key, -1, 1, size) if recipe.uniform_latent else fill_normal(key, size)
    return torch.from_numpy(values).to(dtype).view(batch, LATENT)


def with_labels(recipe, x, labels):
    """`x`, for a conditional recipe flattened and followed by its one-hot labels."""
    return torch.cat((x.flatten(1), F.one_hot(labels, CLASSES).to(x.dtype)), 1) if recipe.conditional else x


def cross_entropy(logits, target):
    return F.binary_cross_entropy_with_logits(logits, torch.full_like(logits, target))


def update(optimizer, loss):
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()


def train(recipe, dtype):
    """Losses of every step and all tensors at the end, both by name."""
    generator = network(recipe.generator(), recipe.seed, 0).to(dtype)
    discriminator = network(recipe.discriminator(), recipe.seed, DISCRIMINATOR_STREAM).to(dtype)
    generator_adam, discriminator_adam = (
        torch.optim.Adam(net.parameters(), recipe.learning_rate, recipe.betas, recipe.epsilon)
        for net in (generator, discriminator))
    losses = {name: [] for name in ("discriminator", "discriminator_real", "discriminator_fake", "generator")}

    for step, (images, labels) in enumerate(real_batches(recipe, dtype)):
        generator.eval()
        points = latents(recipe, Purpose.discriminator_latent, step, recipe.fake_batch, dtype)
        with torch.no_grad():
            fakes = generator(with_labels(recipe, points, labels))
        real_loss = cross_entropy(discriminator(with_labels(recipe, images, labels)), recipe.real_target)
        fake_loss = cross_entropy(discriminator(with_labels(recipe, fakes, labels)), 0)
        discriminator_loss = recipe.loss_weight * (real_loss + fake_loss)
        update(discriminator_adam, discriminator_loss)

        generator.train()
        points = latents(recipe, Purpose.generator_latent, step, recipe.generator_batch, dtype)
        words = random_words(RandomKey(recipe.seed, Purpose.generator_label, step=step), recipe.generator_batch)
        labels = torch.from_numpy(bounded(words, CLASSES))
        fakes = generator(with_labels(recipe, points, labels))
        generator_loss = cross_entropy(discriminator(with_labels(recipe, fakes, labels)), 1)
        update(generator_adam, generator_loss)

        for name, loss in zip(losses, (discriminator_loss, real_loss, fake_loss, generator_loss)):
            losses[name].append(loss.item())

    nets = {"generator": generator, "discriminator": discriminator}
    return losses, {f"{net}.{name}": tensor.detach()
                    for net, module in nets.items() for name, tensor in module.state_dict().items()}


# ---- Files

def digits(values):
    """Nine significant digits name every float32."""
    return [float(f"{value:.9g}") for value in values]


def deviation(found, expected):
    """The norm of the difference, relative."""
    return ((found.double() - expected).norm() / expected.norm()).item()


def sample(name, tensor, reference):
    """A tensor's norm and at most VALUES_A_TENSOR values; a stride prime to the size visits every row and column."""
    flat = tensor.flatten()
    stride = -(-len(flat) // VALUES_A_TENSOR)
    while math.gcd(stride, len(flat)) > 1:
        stride += 1
    return {"name": name, "shape": list(tensor.shape), "norm": flat.double().norm().item(), "stride": stride,
            "float64_deviation": deviation(tensor, reference), "values": digits(flat[::stride].tolist())}


def random_samples():
    keys = (RandomKey(42, Purpose.initial_weights),
            RandomKey(42, Purpose.discriminator_latent, step=9),
            RandomKey(3 << 40 | 5, Purpose.generator_label, stream=(1 << 24) - 1, step=7 << 32 | 11))
    return [{"seed": key.seed, "purpose": int(key.purpose), "stream": key.stream, "step": key.step,
             "words": random_words(key, 8).tolist(), "uniform": digits(fill_uniform(key, -1, 1, 8)),
             "normal": digits(fill_normal(key, 8))} for key in keys]


def to_text(document, parts):
    """JSON with one line an entry of the lists that `parts` names."""
    text = json.dumps(document | dict.fromkeys(parts), indent=1)
    for part in parts:
        lines = ",\n  ".join(map(json.dumps, document[part]))
        text = text.replace(f'"{part}": null', f'"{part}": [\n  {lines}\n ]')
    return text + "\n"


def write(name, recipe):
    losses, tensors = train(recipe, torch.float32)
    reference_losses, reference = train(recipe, torch.float64)
    weights_end = [sample(key, tensor, reference[key]) for key, tensor in tensors.items()]
    document = {
        "recipe": name, "seed": recipe.seed, "torch": torch.__version__, "steps": STEPS,
        "real_batch": recipe.real_batch, "fake_batch": recipe.fake_batch, "generator_batch": recipe.generator_batch,
        "float64_deviation": {
            "losses": max(abs(loss - expected) / expected for part in losses
                          for loss, expected in zip(losses[part], reference_losses[part])),
            "weights_end": max(entry["float64_deviation"] for entry in weights_end)},
        "random": random_samples(),
        "losses": {part: digits(values) for part, values in losses.items()},
        "weights_end": weights_end,
    }
    (HERE / f"{name}.json").write_text(to_text(document, ["random", "weights_end"]))
    print(name, json.dumps(document["float64_deviation"]), file=sys.stderr)


def main(names):
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    torch.set_float32_matmul_precision("highest")
    check_philox()
    for name in names or RECIPES:
        write(name, RECIPES[name])


if __name__ == "__main__":
    main(sys.argv[1:])
