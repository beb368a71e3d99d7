"""Scores of images on any arrays, whatever made them: NumPy's, PyTorch's, JAX's.

The arrays are features [N, D], such as those of `features`, or images, whose pixels then are the features. With
``features="mnist"`` they are images of digits that a classifier reads first, by which ``ganymede eval`` compares them:

>>> ganymede.metrics.frechet(real, fake, features="mnist")

Images are [N, H, W], [N, H, W, C] or [N, C, H, W]: bytes, booleans, or floats from 0 to 1, -1 to 1 or 0 to 255.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, NamedTuple

from ._arrays import as_array
from .lib import _core

if TYPE_CHECKING:
    import numpy as np

__all__ = ["NeighbourScores", "KernelDistance", "features", "frechet", "precision_recall", "kernel_distance", "duplicates"]


class NeighbourScores(NamedTuple):
    """Scores by nearest neighbours; all but the density from 0 to 1, and higher is better.

    Attributes
    ----------
    precision : float
        The share of generated images among the real ones (Kynkäänniemi et al. 2019).
    recall : float
        The share of real images among the generated ones.
    density : float
        The mean number of real images' balls around a generated one, over k (Naeem et al. 2020).
    coverage : float
        The share of real images with a generated one in their ball.
    """

    precision: float
    recall: float
    density: float
    coverage: float


class KernelDistance(NamedTuple):
    """The kernel distance (KID) over random subsets.

    Attributes
    ----------
    mean : float
        The mean over the subsets.
    deviation : float
        The standard deviation of one of them.
    """

    mean: float
    deviation: float


def features(images: Any, data: str = "mnist", classifier: str | os.PathLike[str] | None = None) -> np.ndarray:
    """Read images by the classifier that ``ganymede eval`` uses for a data set.

    Parameters
    ----------
    images : array
        Images of the size of the data set's.
    data : str
        A data set's name or path.
    classifier : str or path, optional
        A classifier's file, by default the data set's.

    Returns
    -------
    numpy.ndarray
        [N, D], for the scores below.

    Raises
    ------
    DataError
        If the images have another size or unknown values.
    """
    return _core.features(as_array(images), data, os.fspath(classifier or ""))


def frechet(a: Any, b: Any, features: str | None = None) -> float:
    """Return the Fréchet distance of two sets (Heusel et al. 2017); 0 is best, and lower is better.

    It is an FID where a and b are the 2,048 features of Inception. With ``features="mnist"`` it is of the features of a
    classifier of digits, and its values cannot be compared with FIDs: compare them with the distance of two sets of real
    images, the floor.

    Parameters
    ----------
    a, b : array
        Features or images of both sets, in any order.
    features : str, optional
        The data set whose classifier reads the images first.

    Raises
    ------
    UsageError
        If the sets cannot be compared.
    """
    return _core.frechet(_read(a, features), _read(b, features))


def precision_recall(real: Any, generated: Any, k: int = 3, features: str | None = None) -> NeighbourScores:
    """Return precision, recall, density and coverage with balls that reach to the k-th neighbour.

    Parameters
    ----------
    real, generated : array
        Features or images.
    k : int
        The number of neighbours.
    features : str, optional
        The data set whose classifier reads the images first.

    Raises
    ------
    UsageError
        If the sets cannot be compared or have at most `k` images.
    """
    return NeighbourScores(*_core.precision_recall(_read(real, features), _read(generated, features), k))


def kernel_distance(
    a: Any, b: Any, subsets: int = 100, subset_size: int = 1000, seed: int = 0, features: str | None = None
) -> KernelDistance:
    """Return the kernel distance (KID, Binkowski et al. 2018); lower is better.

    Parameters
    ----------
    a, b : array
        Features or images of both sets.
    subsets, subset_size : int
        How many random subsets, and of how many images at most.
    seed : int
        By which the subsets are drawn.
    features : str, optional
        The data set whose classifier reads the images first.

    Raises
    ------
    UsageError
        If the sets cannot be compared.
    """
    return KernelDistance(*_core.kernel_distance(_read(a, features), _read(b, features), subsets, subset_size, seed))


def duplicates(images: Any, like: Any = None, radius: float | None = None) -> float:
    """Return the share of images with another one that is nearly the same: high where a GAN's modes have collapsed.

    Parameters
    ----------
    images : array
        Some thousand at most: every two are compared.
    like : array, optional
        Real images, from whose typical distance the radius follows; by default `images`.
    radius : float, optional
        Within which images are duplicates: the root of the sum of squared differences of bytes.

    Raises
    ------
    DataError
        If these are no images, or fewer than two.
    """
    return _core.duplicates(as_array(images), as_array(like), radius)


def _read(values: Any, data: str | None) -> Any:
    return as_array(values) if data is None else features(values, data)
