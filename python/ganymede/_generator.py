"""Trained generators and the images that they make."""

from __future__ import annotations

import os
import sys
from typing import Any

import numpy as np

from ._arrays import as_array
from ._recipe import Recipe
from .lib import _core


class Images(np.ndarray):
    """Images [N, H, W, C] of 32-bit floats, an array that shows itself as a picture in a notebook.

    Attributes
    ----------
    labels : numpy.ndarray or None
        The labels [N] that the images were made for.
    pixel_range : tuple of float
        The values of black and white.
    """

    labels: np.ndarray | None
    pixel_range: tuple[float, float]

    def __array_finalize__(self, made_of: Any) -> None:
        self.labels = None
        self.pixel_range = getattr(made_of, "pixel_range", (-1.0, 1.0))

    def to_uint8(self) -> np.ndarray:
        """Return the images as bytes from 0 for black to 255 for white."""
        return _core.to_bytes(np.asarray(self, dtype=np.float32), *self.pixel_range)

    def to_png(self, columns: int = 8) -> bytes:
        """Return the images as a PNG file, in rows of `columns`.

        Raises
        ------
        UsageError
            If the picture would have more than 8,192 pixels in width or height.
        """
        values = np.asarray(self, dtype=np.float32)
        return _core.sheet_png(values if values.ndim == 4 else values[None], *self.pixel_range, columns)

    def save(self, path: str | os.PathLike[str], columns: int = 8) -> None:
        """Write `to_png` into a file."""
        with open(path, "wb") as file:
            file.write(self.to_png(columns))

    def __repr__(self) -> str:
        if self.ndim != 4:
            return super().__repr__()
        low, high = self.pixel_range
        return f"<ganymede.Images {list(self.shape)}, pixels from {low:g} to {high:g}>"

    def _repr_png_(self) -> bytes | None:
        return self.to_png() if self.ndim in (3, 4) and self.size > 0 else None


class Generator:
    """A trained generator: ``g(z, labels)`` makes images of latent points.

    Several threads may use it, one at a time.

    Parameters
    ----------
    path : str or path
        A run's directory, or a ``generator.safetensors``.

    Raises
    ------
    FileError
        If there is no sound generator.
    """

    def __init__(self, path: str | os.PathLike[str]):
        self._core = _core.Generator(os.fspath(path))

    def __call__(self, z: Any, labels: Any = None) -> Images:
        """Make an image of each latent point.

        Parameters
        ----------
        z : array
            Latent points [N, latent_size], of any library that has DLPack or the buffer protocol.
        labels : int or array of int, optional
            The label of all images, or of each [N]. Without them each row of eight images has one.

        Returns
        -------
        Images
            [N, H, W, C], within `pixel_range`.

        Raises
        ------
        UsageError
            If the sizes do not fit the generator or each other, and for a label that it does not take.
        """
        z = as_array(z)
        made, wanted = self._core.make(z, self._labels(len(z), labels))
        images = made.view(Images)
        images.pixel_range = self.pixel_range
        images.labels = wanted if self.classes else None
        return images

    def _labels(self, count: int, labels: Any) -> Any:
        if labels is None:
            return self._core.labels(count, 8) if self.classes else None
        return np.full(count, labels, np.int32) if np.ndim(labels) == 0 else as_array(labels)

    def latents(self, n: int = 64, seed: int | None = None, temperature: float | None = None) -> np.ndarray:
        """Return the first `n` latent points [n, latent_size] of a seed, by default those of the run's own samples."""
        return self._core.latents(n, seed, temperature)

    def sample(
        self, n: int = 64, labels: Any = None, seed: int | None = None, temperature: float | None = None
    ) -> Images:
        """Draw `n` images. The same arguments draw the same images, as ``ganymede sample`` does.

        Parameters
        ----------
        n : int
            The number of images.
        labels : int or array of int, optional
            As in a call of the generator.
        seed : int, optional
            The seed of the latent points, by default the run's.
        temperature : float, optional
            How far the latent points are spread, by default the recipe's.
        """
        return self(self.latents(n, seed, temperature), labels)

    @property
    def latent_size(self) -> int:
        """The numbers of a latent point."""
        return self._core.latent_size

    @property
    def classes(self) -> int:
        """The number of labels; 0 where the generator takes none."""
        return self._core.classes

    @property
    def class_names(self) -> list[str]:
        """The names of the labels 0, 1, ..."""
        return self._core.class_names

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """Height, width and channels."""
        return self._core.image_shape

    @property
    def pixel_range(self) -> tuple[float, float]:
        """The values of black and white."""
        return self._core.pixel_range

    @property
    def epoch(self) -> int:
        """The epochs that it was trained for."""
        return self._core.epoch

    @property
    def recipe(self) -> Recipe:
        """The recipe that it was trained with."""
        return Recipe.from_toml(self._core.recipe_toml)

    def state_dict(self) -> dict[str, Any]:
        """Return the weights by the names and in the layout of PyTorch's modules, images as [N, C, H, W].

        The values are tensors where torch has been imported, else NumPy arrays.
        ``examples/load_in_pytorch.py`` makes the modules of a recipe.

        Raises
        ------
        ConfigurationError
            If the network has no equivalent there.
        """
        arrays = self._core.state_dict()
        torch = sys.modules.get("torch")
        return {name: torch.from_numpy(array) for name, array in arrays.items()} if torch else arrays

    def to_onnx(self, path: str | os.PathLike[str] = "generator.onnx") -> str:
        """Write the generator as an ONNX model and return the file's path."""
        self._core.write_onnx(os.fspath(path))
        return os.fspath(path)

    def __repr__(self) -> str:
        labels = f", {self.classes} labels" if self.classes else ""
        shape = "x".join(map(str, self.image_shape))
        return f"<ganymede.Generator: {self.latent_size} numbers to {shape}{labels}, after epoch {self.epoch}>"

    def _repr_png_(self) -> bytes:
        return self.sample(8 * (self.classes or 8)).to_png()


def load(path: str | os.PathLike[str]) -> Generator:
    """Load the generator of a run or of a ``generator.safetensors``.

    Parameters
    ----------
    path : str or path
        A run's directory or the file.

    Raises
    ------
    FileError
        If there is no sound generator.

    Examples
    --------
    >>> g = ganymede.load("runs/latest")
    >>> sevens = g.sample(64, labels=7, seed=0)
    """
    return Generator(path)
