"""The step in Keras on TensorFlow. Options: published (train_on_batch, as the tutorials have it), function
(the whole step as one tf.function) and, with it, xla."""

import os

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from . import job as settings
from .mnist import training_images


def leaky_relu():
    return layers.LeakyReLU(settings.SLOPE)


def dense_block(units):
    return [layers.Dense(units), leaky_relu(), layers.BatchNormalization(momentum=0.8)]


def dense_networks(judge):
    generator = [
        *dense_block(256),
        *dense_block(512),
        *dense_block(1024),
        layers.Dense(784, activation="tanh"),
        layers.Reshape((28, 28, 1)),
    ]
    discriminator = [
        layers.Flatten(),
        layers.Dense(512),
        leaky_relu(),
        layers.Dense(256),
        leaky_relu(),
        judge,
    ]
    return generator, discriminator


def conv_networks(judge):
    def up():
        return layers.Conv2DTranspose(128, 4, strides=2, padding="same")

    def down():
        return layers.Conv2D(64, 3, strides=2, padding="same")

    generator = [
        layers.Dense(128 * 49),
        leaky_relu(),
        layers.Reshape((7, 7, 128)),
        up(),
        leaky_relu(),
        up(),
        leaky_relu(),
        layers.Conv2D(1, 7, activation="sigmoid", padding="same"),
    ]
    dropouts = [layers.Dropout(settings.DROPOUT) for _ in range(2)]
    discriminator = [
        down(),
        leaky_relu(),
        dropouts[0],
        down(),
        leaky_relu(),
        dropouts[1],
        layers.Flatten(),
        judge,
    ]
    return generator, discriminator


def networks(job, activation):
    """`activation` is the discriminator's last."""
    tf.config.threading.set_intra_op_parallelism_threads(job.threads)
    keras.mixed_precision.set_global_policy("mixed_bfloat16" if job.precision == "bf16" else "float32")
    judge = layers.Dense(1, activation=activation, dtype="float32")
    generator, discriminator = conv_networks(judge) if job.recipe == "conv" else dense_networks(judge)
    return (
        keras.Sequential([layers.Input((settings.LATENT_SIZE,)), *generator]),
        keras.Sequential([layers.Input((28, 28, 1)), *discriminator]),
    )


def adam():
    return keras.optimizers.Adam(
        settings.LEARNING_RATE, beta_1=settings.BETA1, beta_2=settings.BETA2, epsilon=settings.EPSILON
    )


def published_step(job):
    """As the tutorials have it: predict(), and train_on_batch() of the discriminator and of the composite."""
    generator, discriminator = networks(job, "sigmoid")
    discriminator.trainable = False
    composite = keras.Sequential([generator, discriminator])
    composite.compile(loss="binary_crossentropy", optimizer=adam())
    discriminator.trainable = True
    discriminator.compile(loss="binary_crossentropy", optimizer=adam(), metrics=["accuracy"])
    images, half = training_images(), job.half_batch
    scale, offset = job.pixel_scale
    ones, zeros = np.ones((half, 1)), np.zeros((half, 1))

    def latents(count):
        return np.random.randn(count, settings.LATENT_SIZE).astype("float32")

    def train_discriminator(real, fake):
        if job.recipe == "conv":
            return discriminator.train_on_batch(np.vstack([real, fake]), np.vstack([ones, zeros]))[0]
        on_real = discriminator.train_on_batch(real, ones)[0]
        return 0.5 * (on_real + discriminator.train_on_batch(fake, zeros)[0])

    def step():
        real = images[np.random.randint(len(images), size=half)].astype("float32") * scale + offset
        fake = generator.predict(latents(half), verbose=0)
        discriminator_loss = train_discriminator(real, fake)
        generator_loss = composite.train_on_batch(latents(job.batch), np.ones((job.batch, 1)))
        return float(discriminator_loss), float(np.ravel(generator_loss)[0])

    return step, [generator.count_params(), discriminator.count_params()]


def function_step(job):
    generator, discriminator = networks(job, None)
    generator_adam, discriminator_adam = adam(), adam()
    generator_adam.build(generator.trainable_variables)
    discriminator_adam.build(discriminator.trainable_variables)
    bce = keras.losses.BinaryCrossentropy(from_logits=True)
    images, half = tf.constant(training_images()), job.half_batch
    scale, offset = job.pixel_scale
    labels = tf.concat([tf.ones((half, 1)), tf.zeros((half, 1))], 0)
    ones = tf.ones((job.batch, 1))

    def latents(count):
        return tf.random.normal((count, settings.LATENT_SIZE))

    @tf.function(jit_compile="xla" in job.options)
    def step():
        chosen = tf.random.uniform((half,), maxval=len(images), dtype=tf.int32)
        real = tf.cast(tf.gather(images, chosen), tf.float32) * scale + offset
        fake = tf.cast(generator(latents(half), training=False), tf.float32)
        with tf.GradientTape() as tape:
            discriminator_loss = bce(labels, discriminator(tf.concat([real, fake], 0), training=True))
        gradients = tape.gradient(discriminator_loss, discriminator.trainable_variables)
        discriminator_adam.apply(gradients, discriminator.trainable_variables)
        with tf.GradientTape() as tape:
            generator_loss = bce(
                ones, discriminator(generator(latents(job.batch), training=True), training=True)
            )
        gradients = tape.gradient(generator_loss, generator.trainable_variables)
        generator_adam.apply(gradients, generator.trainable_variables)
        return discriminator_loss, generator_loss

    def read_step():
        return [float(loss) for loss in step()]

    return read_step, [generator.count_params(), discriminator.count_params()]


def training_step(job):
    return published_step(job) if "published" in job.options else function_step(job)


def sampler(job):
    generator = networks(job, None)[0]
    if "published" in job.options:
        return lambda count: generator.predict(np.random.randn(count, settings.LATENT_SIZE), verbose=0)

    @tf.function(jit_compile="xla" in job.options)
    def draw(count):
        return tf.cast(generator(tf.random.normal((count, settings.LATENT_SIZE)), training=False), tf.float32)

    return lambda count: draw(count).numpy()
