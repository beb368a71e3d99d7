#!/usr/bin/env python3
"""Trains ten steps of a small variational autoencoder with PyTorch and writes what came of it to vae.json beside this file.

tests/train/golden_test.cpp replays the same steps from the same weights, noise and images (README.md).

    python tests/golden/make_vae.py
"""

import torch
import torch.nn.functional as F
from torch import nn

from make_trajectories import (DISCRIMINATOR_STREAM, HERE, STEPS, Dense, Purpose, RandomKey, digits, fill_normal, mnist,
                               network, sample, to_text, update)

SEED = 42
BATCH, LATENT, UNITS = 16, 8, 32
KL_WEIGHT = 0.5
LEARNING_RATE = 1e-3


def images_and_noise(step, dtype):
    pixels = mnist("images-idx3", 16 + step * BATCH * 784, BATCH * 784)
    noise = fill_normal(RandomKey(SEED, Purpose.generator_latent, step=step), BATCH * LATENT)
    return ((torch.from_numpy(pixels.copy()).float() / 255).to(dtype).view(BATCH, 28, 28, 1),
            torch.from_numpy(noise).to(dtype).view(BATCH, LATENT))


def train(dtype):
    """Losses of every step and all tensors at the end, both by name."""
    decoder = network([Dense(LATENT, UNITS), nn.Tanh(), Dense(UNITS, 784), nn.Unflatten(1, (28, 28, 1))], SEED, 0)
    encoder = network([nn.Flatten(), Dense(784, UNITS), nn.Tanh(), Dense(UNITS, 2 * LATENT)], SEED, DISCRIMINATOR_STREAM)
    nets = {"generator": decoder.to(dtype), "encoder": encoder.to(dtype)}
    adam = torch.optim.Adam([*decoder.parameters(), *encoder.parameters()], LEARNING_RATE)
    losses = {name: [] for name in ("loss", "reconstruction", "kl")}
    for step in range(STEPS):
        images, noise = images_and_noise(step, dtype)
        mean, log_variance = encoder(images).chunk(2, dim=1)
        logits = decoder(mean + torch.exp(0.5 * log_variance) * noise)
        reconstruction = F.binary_cross_entropy_with_logits(logits, images, reduction="sum") / BATCH
        kl = -0.5 * torch.sum(1 + log_variance - mean.pow(2) - log_variance.exp()) / BATCH
        loss = reconstruction + KL_WEIGHT * kl
        update(adam, loss)
        for name, value in zip(losses, (loss, reconstruction, kl)):
            losses[name].append(value.item())
    return losses, {f"{net}.{name}": tensor.detach()
                    for net, module in nets.items() for name, tensor in module.state_dict().items()}


def main():
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    losses, tensors = train(torch.float32)
    _, reference = train(torch.float64)
    document = {
        "seed": SEED, "torch": torch.__version__, "steps": STEPS, "batch": BATCH, "latent": LATENT, "units": UNITS,
        "kl_weight": KL_WEIGHT, "learning_rate": LEARNING_RATE,
        "losses": {part: digits(values) for part, values in losses.items()},
        "weights_end": [sample(name, tensor, reference[name]) for name, tensor in tensors.items()],
    }
    (HERE / "vae.json").write_text(to_text(document, ["weights_end"]))


if __name__ == "__main__":
    main()
