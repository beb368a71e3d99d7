#!/usr/bin/env python3
"""Writes what PyTorch's double backward makes of gradient penalties to penalties.json beside this file.

The gradients of a discriminator's weights, of a relativistic loss with R1, R2 and WGAN-GP together, in float64 from float32
weights and images, which tests/train/penalty_test.cpp draws from the same random numbers (README.md).

    python tests/golden/make_penalties.py
"""

import json

import torch
import torch.nn.functional as F
from torch import nn

from make_trajectories import HERE, Conv, Dense, Purpose, RandomKey, fill_uniform, leaky

SEED = 7
PAIRS = 4
R1, R2, GRADIENT_PENALTY = 2.0, 3.0, 10.0

DISCRIMINATORS = {
    "dense": ((4, 4, 1), lambda: [nn.Flatten(), Dense(16, 8), leaky(), Dense(8, 6), leaky(), Dense(6, 1)]),
    "conv": ((8, 8, 2), lambda: [Conv(2, 4, kernel=3, stride=2, padding=(0, 1)), leaky(),
                                 Conv(4, 3, kernel=3, stride=2, padding=(0, 1)), leaky(),
                                 nn.Flatten(), Dense(12, 1)]),
}


def uniform(stream, low, high, shape):
    key = RandomKey(SEED, Purpose.initial_weights, stream)
    return torch.from_numpy(fill_uniform(key, low, high, torch.Size(shape).numel())).double().reshape(shape)


def slopes(discriminator, images):
    """The gradient of each image's logit, by which autograd can differentiate again."""
    images = images.requires_grad_()
    return torch.autograd.grad(discriminator(images).sum(), images, create_graph=True)[0].flatten(1)


def gradients(image, layers):
    discriminator = nn.Sequential(*layers()).double()
    for stream, parameter in enumerate(discriminator.parameters()):
        parameter.data = uniform(stream, -0.5, 0.5, parameter.shape)
    real, fake = uniform(100, -1, 1, (2, PAIRS, *image))
    shares = uniform(101, 0, 1, (PAIRS, 1, 1, 1))
    between = fake + shares * (real - fake)
    loss = F.softplus(discriminator(fake) - discriminator(real)).mean()
    loss = loss + R1 / 2 * slopes(discriminator, real).square().sum(1).mean()
    loss = loss + R2 / 2 * slopes(discriminator, fake).square().sum(1).mean()
    loss = loss + GRADIENT_PENALTY * (slopes(discriminator, between).norm(dim=1) - 1).square().mean()
    loss.backward()
    return {name: parameter.grad.flatten().tolist() for name, parameter in discriminator.named_parameters()}


def main():
    result = {"seed": SEED, "pairs": PAIRS, "r1": R1, "r2": R2, "gradient_penalty": GRADIENT_PENALTY,
              "gradients": {name: gradients(*case) for name, case in DISCRIMINATORS.items()}}
    (HERE / "penalties.json").write_text(json.dumps(result) + "\n")


if __name__ == "__main__":
    main()
