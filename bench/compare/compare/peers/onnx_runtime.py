"""Sampling in ONNX Runtime, from a generator's .onnx file."""

import numpy as np
import onnxruntime

from . import job as settings


def sampler(job):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = job.threads
    session = onnxruntime.InferenceSession(job.onnx, options, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name

    def draw(count):
        latents = np.random.randn(count, settings.LATENT_SIZE).astype("float32")
        return session.run(None, {name: latents})[0]

    return draw
