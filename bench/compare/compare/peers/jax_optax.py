"""The step in JAX with Optax' Adam, compiled as one function."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
import optax

from . import job as settings
from .mnist import training_images

LAYOUT = ("NHWC", "HWIO", "NHWC")
KEEP, BATCH_NORM_EPSILON = 0.8, 1e-3
DENSE_GENERATOR = (settings.LATENT_SIZE, 256, 512, 1024, 784)
DENSE_DISCRIMINATOR = (784, 512, 256, 1)


def weights(key, *shape):
    return {"w": 0.02 * jax.random.normal(key, shape), "b": jnp.zeros(shape[-1])}


def initial_parameters(recipe):
    keys = iter(jax.random.split(jax.random.PRNGKey(0), 16))
    if recipe == "conv":
        generator = [
            weights(next(keys), settings.LATENT_SIZE, 6272),
            weights(next(keys), 4, 4, 128, 128),
            weights(next(keys), 4, 4, 128, 128),
            weights(next(keys), 7, 7, 128, 1),
        ]
        discriminator = [
            weights(next(keys), 3, 3, 1, 64),
            weights(next(keys), 3, 3, 64, 64),
            weights(next(keys), 3136, 1),
        ]
        return generator, discriminator, []
    generator = [weights(next(keys), *pair) for pair in zip(DENSE_GENERATOR, DENSE_GENERATOR[1:])]
    hidden = DENSE_GENERATOR[1:-1]
    for layer, units in zip(generator, hidden):
        layer |= {"gamma": jnp.ones(units), "beta": jnp.zeros(units)}
    discriminator = [weights(next(keys), *pair) for pair in zip(DENSE_DISCRIMINATOR, DENSE_DISCRIMINATOR[1:])]
    return (
        generator,
        discriminator,
        [{"mean": jnp.zeros(units), "variance": jnp.ones(units)} for units in hidden],
    )


def leaky_relu(x):
    return jnp.where(x > 0, x, settings.SLOPE * x)


def dropout(x, key):
    kept = jax.random.bernoulli(key, 1 - settings.DROPOUT, x.shape)
    return jnp.where(kept, x / (1 - settings.DROPOUT), 0)


class Networks:
    """The networks as functions of their parameters, computing in `dtype`."""

    def __init__(self, job):
        self.dtype = jnp.bfloat16 if job.precision == "bf16" else jnp.float32
        conv = job.recipe == "conv"
        self.generator = self.conv_generator if conv else self.dense_generator
        self.discriminator = self.conv_discriminator if conv else self.dense_discriminator

    def affine(self, product, layer, x):
        return product(x.astype(self.dtype), layer["w"].astype(self.dtype)) + layer["b"].astype(self.dtype)

    def dense(self, layer, x):
        return self.affine(jnp.dot, layer, x)

    def conv(self, layer, x, stride):
        product = functools.partial(
            jax.lax.conv_general_dilated,
            window_strides=(stride, stride),
            padding="SAME",
            dimension_numbers=LAYOUT,
        )
        return self.affine(product, layer, x)

    def conv_transpose(self, layer, x):
        product = functools.partial(
            jax.lax.conv_transpose, strides=(2, 2), padding="SAME", dimension_numbers=LAYOUT
        )
        return self.affine(product, layer, x)

    def dense_generator(self, parameters, statistics, x, training):
        """The images, and the running statistics after them."""
        after = []
        for layer, running in zip(parameters, statistics):
            x = leaky_relu(self.dense(layer, x)).astype(jnp.float32)
            mean, variance = (x.mean(0), x.var(0)) if training else (running["mean"], running["variance"])
            x = (x - mean) * jax.lax.rsqrt(variance + BATCH_NORM_EPSILON) * layer["gamma"] + layer["beta"]
            batch = {"mean": mean, "variance": variance}
            after.append({name: KEEP * running[name] + (1 - KEEP) * batch[name] for name in batch})
        x = jnp.tanh(self.dense(parameters[-1], x).astype(jnp.float32))
        return x.reshape(-1, 28, 28, 1), after

    def dense_discriminator(self, parameters, x, key):
        x = x.reshape(len(x), -1)
        for layer in parameters[:-1]:
            x = leaky_relu(self.dense(layer, x))
        return self.dense(parameters[-1], x).astype(jnp.float32)

    def conv_generator(self, parameters, statistics, x, training):
        x = leaky_relu(self.dense(parameters[0], x)).reshape(-1, 7, 7, 128)
        for layer in parameters[1:-1]:
            x = leaky_relu(self.conv_transpose(layer, x))
        return jax.nn.sigmoid(self.conv(parameters[-1], x, 1).astype(jnp.float32)), statistics

    def conv_discriminator(self, parameters, x, key):
        for layer, layer_key in zip(parameters[:-1], jax.random.split(key)):
            x = dropout(leaky_relu(self.conv(layer, x, 2)), layer_key)
        return self.dense(parameters[-1], x.reshape(len(x), -1)).astype(jnp.float32)


def count(parameters):
    return sum(leaf.size for leaf in jax.tree.leaves(parameters))


def training_step(job):
    nets = Networks(job)
    generator, discriminator, statistics = initial_parameters(job.recipe)
    parameters = [count(generator) + count(statistics), count(discriminator)]
    adam = optax.adam(settings.LEARNING_RATE, b1=settings.BETA1, b2=settings.BETA2, eps=settings.EPSILON)
    images, half = jnp.array(training_images()), job.half_batch
    scale, offset = job.pixel_scale
    labels = jnp.concatenate([jnp.ones((half, 1)), jnp.zeros((half, 1))])

    def bce(logits, targets):
        return optax.sigmoid_binary_cross_entropy(logits, targets).mean()

    @functools.partial(jax.jit, donate_argnums=0)
    def step(state, images):
        generator, discriminator, statistics, generator_adam, discriminator_adam, key = state
        key, choose, first, second, drop_first, drop_second = jax.random.split(key, 6)
        real = (
            images[jax.random.randint(choose, (half,), 0, len(images))].astype(jnp.float32) * scale + offset
        )
        latents = jax.random.normal(first, (half, settings.LATENT_SIZE))
        fake, _ = nets.generator(generator, statistics, latents, training=False)

        def discriminator_loss(parameters):
            return bce(nets.discriminator(parameters, jnp.concatenate([real, fake]), drop_first), labels)

        on_discriminator, gradients = jax.value_and_grad(discriminator_loss)(discriminator)
        updates, discriminator_adam = adam.update(gradients, discriminator_adam)
        discriminator = optax.apply_updates(discriminator, updates)
        latents = jax.random.normal(second, (job.batch, settings.LATENT_SIZE))

        def generator_loss(parameters):
            made, after = nets.generator(parameters, statistics, latents, training=True)
            return bce(nets.discriminator(discriminator, made, drop_second), jnp.ones((job.batch, 1))), after

        (on_generator, statistics), gradients = jax.value_and_grad(generator_loss, has_aux=True)(generator)
        updates, generator_adam = adam.update(gradients, generator_adam)
        generator = optax.apply_updates(generator, updates)
        state = generator, discriminator, statistics, generator_adam, discriminator_adam, key
        return state, (on_discriminator, on_generator)

    state = (
        generator,
        discriminator,
        statistics,
        adam.init(generator),
        adam.init(discriminator),
        jax.random.PRNGKey(1),
    )

    def read_step():
        nonlocal state
        state, losses = step(state, images)
        jax.block_until_ready(state)
        return [float(loss) for loss in losses]

    return read_step, parameters


def sampler(job):
    nets = Networks(job)
    generator, _, statistics = initial_parameters(job.recipe)
    key = jax.random.PRNGKey(1)

    @functools.partial(jax.jit, static_argnums=2)
    def draw(generator, key, count):
        key, noise = jax.random.split(key)
        latents = jax.random.normal(noise, (count, settings.LATENT_SIZE))
        return nets.generator(generator, statistics, latents, training=False)[0], key

    def draw_next(count):
        nonlocal key
        images, key = draw(generator, key, count)
        return np.asarray(images)

    return draw_next
