"""The step in PyTorch. Options: fused, channels_last, compile."""

import functools

import torch
from torch import nn

from . import job as settings
from .mnist import training_images

leaky_relu = functools.partial(nn.LeakyReLU, settings.SLOPE)


def dense_block(features, units):
    # Keras keeps 0.8 of the running statistics, PyTorch replaces 0.2.
    return [nn.Linear(features, units), leaky_relu(), nn.BatchNorm1d(units, eps=1e-3, momentum=0.2)]


def dense_networks():
    generator = nn.Sequential(
        *dense_block(settings.LATENT_SIZE, 256),
        *dense_block(256, 512),
        *dense_block(512, 1024),
        nn.Linear(1024, 784),
        nn.Tanh(),
        nn.Unflatten(1, (1, 28, 28)),
    )
    discriminator = nn.Sequential(
        nn.Flatten(), nn.Linear(784, 512), leaky_relu(), nn.Linear(512, 256), leaky_relu(), nn.Linear(256, 1)
    )
    return generator, discriminator


def conv_networks():
    generator = nn.Sequential(
        nn.Linear(settings.LATENT_SIZE, 128 * 49),
        leaky_relu(),
        nn.Unflatten(1, (128, 7, 7)),
        nn.ConvTranspose2d(128, 128, 4, 2, 1),
        leaky_relu(),
        nn.ConvTranspose2d(128, 128, 4, 2, 1),
        leaky_relu(),
        nn.Conv2d(128, 1, 7, padding=3),
        nn.Sigmoid(),
    )
    discriminator = nn.Sequential(
        nn.Conv2d(1, 64, 3, 2, 1),
        leaky_relu(),
        nn.Dropout(settings.DROPOUT),
        nn.Conv2d(64, 64, 3, 2, 1),
        leaky_relu(),
        nn.Dropout(settings.DROPOUT),
        nn.Flatten(),
        nn.Linear(64 * 49, 1),
    )
    return generator, discriminator


def prepared(network, job):
    if "channels_last" in job.options:
        network = network.to(memory_format=torch.channels_last)
    return torch.compile(network) if "compile" in job.options else network


def networks(job):
    torch.set_num_threads(job.threads)
    pair = conv_networks() if job.recipe == "conv" else dense_networks()
    return [prepared(network, job) for network in pair]


def autocast(job):
    return torch.autocast("cpu", dtype=torch.bfloat16, enabled=job.precision == "bf16")


def parameter_count(network):
    statistics = (t.numel() for name, t in network.named_buffers() if "running" in name)
    return sum(p.numel() for p in network.parameters()) + sum(statistics)


def training_step(job):
    generator, discriminator = networks(job)
    adam = functools.partial(
        torch.optim.Adam,
        lr=settings.LEARNING_RATE,
        betas=(settings.BETA1, settings.BETA2),
        eps=settings.EPSILON,
        fused="fused" in job.options,
    )
    generator_adam, discriminator_adam = adam(generator.parameters()), adam(discriminator.parameters())
    bce = nn.functional.binary_cross_entropy_with_logits
    half = job.half_batch
    images = torch.from_numpy(training_images().reshape(-1, 1, 28, 28).copy())
    scale, offset = job.pixel_scale
    labels = torch.cat([torch.ones(half, 1), torch.zeros(half, 1)])
    ones = torch.ones(job.batch, 1)

    def step():
        real = images[torch.randint(len(images), (half,))].float() * scale + offset
        generator.eval()
        with autocast(job), torch.no_grad():
            fake = generator(torch.randn(half, settings.LATENT_SIZE)).float()
        generator.train()
        discriminator.requires_grad_(True)
        with autocast(job):
            logits = discriminator(torch.cat([real, fake]))
        discriminator_loss = bce(logits.float(), labels)
        discriminator_adam.zero_grad(set_to_none=True)
        discriminator_loss.backward()
        discriminator_adam.step()

        discriminator.requires_grad_(False)
        with autocast(job):
            logits = discriminator(generator(torch.randn(job.batch, settings.LATENT_SIZE)))
        generator_loss = bce(logits.float(), ones)
        generator_adam.zero_grad(set_to_none=True)
        generator_loss.backward()
        generator_adam.step()
        return discriminator_loss.item(), generator_loss.item()

    return step, [parameter_count(generator), parameter_count(discriminator)]


def sampler(job):
    generator = networks(job)[0].eval()

    def draw(count):
        with torch.inference_mode(), autocast(job):
            return generator(torch.randn(count, settings.LATENT_SIZE)).float().numpy()

    return draw
