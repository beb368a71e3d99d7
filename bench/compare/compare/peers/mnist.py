"""The training images that Ganymede reads, from the same file."""

import gzip

import numpy as np

from .job import DATA


def training_images():
    """[60000, 28, 28, 1], bytes."""
    header = 16
    with gzip.open(DATA) as file:
        return np.frombuffer(file.read(), np.uint8, offset=header).reshape(-1, 28, 28, 1)
