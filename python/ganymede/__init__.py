"""Ganymede trains generative adversarial networks on MNIST-sized images, on a CPU.

>>> import ganymede
>>> run = ganymede.train("best", epochs=3)
>>> run.generator.sample(64, labels=7, seed=0)
"""

from . import errors, metrics
from ._generator import Generator, Images, load
from ._recipe import Recipe, recipes
from ._run import Run
from ._training import Callback, train
from .errors import ConfigurationError, DataError, DivergedError, Error, FileError, UsageError
from .lib._core import __version__

__all__ = [
    "Callback",
    "ConfigurationError",
    "DataError",
    "DivergedError",
    "Error",
    "FileError",
    "Generator",
    "Images",
    "Recipe",
    "Run",
    "UsageError",
    "__version__",
    "errors",
    "load",
    "metrics",
    "recipes",
    "train",
]
