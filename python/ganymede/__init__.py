"""Ganymede trains generative adversarial networks on MNIST-sized images, on a CPU.

>>> import ganymede
>>> run = ganymede.train("best", epochs=3)
>>> run.generator.sample(64, labels=7, seed=0)
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from . import errors
from ._recipe import Recipe, recipes
from ._training import Callback, train
from .errors import ConfigurationError, DataError, DivergedError, Error, FileError, UsageError
from .lib._core import __version__

if TYPE_CHECKING:
    from . import metrics
    from ._generator import Generator, Images, load
    from ._run import Run

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

#: What needs NumPy is imported when it is first used: NumPy takes longer to import than all the rest.
_LATER = {"Generator": "_generator", "Images": "_generator", "load": "_generator", "Run": "_run"}


def __getattr__(name: str) -> Any:
    if name == "metrics":
        return importlib.import_module(".metrics", __name__)
    if name in _LATER:
        return getattr(importlib.import_module(f".{_LATER[name]}", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
