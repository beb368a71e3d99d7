"""Runs: what a training has written, and what can be done with it."""

from __future__ import annotations

import os
import pathlib
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from . import _show, _training
from ._generator import Generator
from ._recipe import Recipe
from .lib import _core


class Columns(dict):
    """Columns of numbers by name, each a NumPy array; ``pandas.DataFrame(columns)`` makes a table of them."""

    def _repr_html_(self) -> str:
        return _show.table(self)


class Picture:
    """A picture of a run: `array` is [H, W, C]."""

    def __init__(self, path: pathlib.Path):
        self.path = path

    @property
    def array(self) -> np.ndarray:
        """The picture's bytes [H, W, C]."""
        return _core.read_png(os.fspath(self.path))

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return self.array if dtype is None else self.array.astype(dtype)

    def __repr__(self) -> str:
        return f"<ganymede.Picture {self.path.name}>"

    def _repr_png_(self) -> bytes:
        return self.path.read_bytes()


class Pictures(Sequence):
    """The samples of a run, the first epoch first; they are always of the same latent points."""

    def __init__(self, paths: list[pathlib.Path]):
        self._paths = paths

    def __len__(self) -> int:
        return len(self._paths)

    def __getitem__(self, index: Any) -> Any:
        return Pictures(self._paths[index]) if isinstance(index, slice) else Picture(self._paths[index])

    def __repr__(self) -> str:
        return f"<ganymede.Pictures: {len(self)} samples>"

    def _repr_html_(self) -> str:
        shown = self if len(self) <= 4 else [self[0], self[len(self) // 3], self[2 * len(self) // 3], self[-1]]
        return "".join(_show.figure(picture._repr_png_(), picture.path.stem.replace("_", " ")) for picture in shown)


class Evaluation(dict):
    """Scores with how they were measured, the values of ``ganymede eval --json``; it prints itself as a table."""

    def __init__(self, values: dict[str, Any], table: str):
        super().__init__(values)
        self.table = table

    def __repr__(self) -> str:
        return self.table

    def _repr_html_(self) -> str:
        import html

        return f"<pre>{html.escape(self.table)}</pre>"


class Run:
    """A run, which may still be training.

    Parameters
    ----------
    path : str or path
        Its directory.
    data : array or (array, array), optional
        Its images and labels, where it was trained on such in memory.

    Attributes
    ----------
    path : pathlib.Path
        Its directory.
    step, total_steps : int
        The steps that are done and those of the whole run, while this object has trained it.
    stopped : bool
        Whether the last training of this object was stopped.

    Raises
    ------
    FileError
        If there is no run.
    """

    def __init__(self, path: str | os.PathLike[str], data: Any = None):
        self._reset(None if data is None else _training._split(data, None, None)[1])
        self.path = pathlib.Path(_core.open_run(os.fspath(path)))

    def _reset(self, arrays: Any) -> None:
        self.path = None
        self.step = 0
        self.total_steps = 0
        self.steps_an_epoch = 0
        self.stopped = False
        self._arrays = arrays
        self._stop = _core.Stop()

    @classmethod
    def _new(cls, arrays: Any) -> Run:
        run = cls.__new__(cls)
        run._reset(arrays)
        return run

    def _begin(self, path: str, step: int, total_steps: int, steps_an_epoch: int) -> None:
        self.path = pathlib.Path(path)
        self.step, self.total_steps, self.steps_an_epoch = step, total_steps, steps_an_epoch

    @property
    def recipe(self) -> Recipe:
        """The run's recipe with every value."""
        return Recipe(_core.run_recipe(os.fspath(self.path)))

    @property
    def metrics(self) -> Columns:
        """Losses and other means over each interval: ``run.metrics["loss_g"]`` by ``run.metrics["step"]``."""
        return self._columns("ms_per_step")

    @property
    def scores(self) -> Columns:
        """The scores during the training, where `eval_every` asked for such.

        ``frechet_distance`` is of the features of the data's classifier, so no FID; ``frechet_distance_floor`` is that of
        real training images.
        """
        return self._columns("frechet_distance") or self._columns("divergence")

    def _columns(self, key: str) -> Columns:
        columns = _core.metrics(os.fspath(self.path), key)
        whole = {name: columns.pop(name).astype(np.int64) for name in ("step", "epoch") if name in columns}
        return Columns({**whole, **columns})

    @property
    def samples(self) -> Pictures:
        """The samples after each epoch; the first are from before the training."""
        return Pictures([pathlib.Path(path) for path in _core.sample_files(os.fspath(self.path))])

    @property
    def generator(self) -> Generator:
        """The newest generator."""
        return Generator(self.path)

    def stop(self) -> None:
        """Stop the training after the step under way, with a checkpoint; from a callback or another thread."""
        self._stop.request()

    def resume(
        self,
        epochs: int | None = None,
        *,
        steps: int | None = None,
        data: Any = None,
        callbacks: Iterable[Any] = (),
        progress: Any = "auto",
        **settings: Any,
    ) -> Run:
        """Go on from the last checkpoint; the result is the same as without the stop.

        Parameters
        ----------
        epochs, steps : int, optional
            Where the run ends now, counted from its beginning.
        data : optional
            Where its data is now, or its images in memory.
        callbacks, progress, **settings
            As in `train`; settings that are fixed for a run are refused.

        Raises
        ------
        UsageError
            If a setting is fixed for a run, or the end lies before the steps that are done.
        """
        return _training._resume(self, data, epochs, steps, callbacks, progress, settings)

    def evaluate(
        self,
        count: int | None = None,
        *,
        seed: int = 0,
        resamples: int = 100,
        quick: bool = False,
        data: str | os.PathLike[str] | None = None,
        classifier: str | os.PathLike[str] | None = None,
    ) -> Evaluation:
        """Score new images of the generator, as ``ganymede eval`` does.

        Parameters
        ----------
        count : int, optional
            The number of images, by default 10,000.
        seed : int
            The seed of the latent points, the bootstrap and the subsets.
        resamples : int
            Of the bootstrap, for intervals; 0 for none.
        quick : bool
            Only what takes seconds: distances, precision and recall, without intervals.
        data : str or path, optional
            The data set of the real images, by default the run's.
        classifier : str or path, optional
            What reads the images, by default the data set's.
        """
        import json

        arrays = self._arrays if data is None else None
        text, table = _core.evaluate(
            os.fspath(self.path),
            os.fspath(data or ""),
            arrays,
            count,
            seed,
            resamples,
            quick,
            os.fspath(classifier or ""),
            _training._log.info,
        )
        return Evaluation(json.loads(text), table)

    def export(
        self,
        format: str = "onnx",  # noqa: A002 - as the command names it
        out: str | os.PathLike[str] | None = None,
        *,
        discriminator: bool = False,
        uint8: bool = False,
    ) -> pathlib.Path:
        """Write the generator for other programs with a model card beside it, as ``ganymede export`` does.

        Parameters
        ----------
        format : "onnx", "c" or "safetensors"
            What for: ONNX Runtime, a C program, PyTorch.
        out : str or path, optional
            The file, by default the network's name here.
        discriminator : bool
            Write the discriminator instead.
        uint8 : bool
            Pixels as bytes in three channels, for torch-fidelity.
        """
        return pathlib.Path(_core.export_run(os.fspath(self.path), format, os.fspath(out or ""), discriminator, uint8))

    def plot(self, ax: Any = None) -> Any:
        """Draw the losses with matplotlib and return the axes."""
        from matplotlib import pyplot

        ax = pyplot.subplots(figsize=(8, 4))[1] if ax is None else ax
        metrics = self.metrics
        for name, title in _show.losses(metrics).items():
            ax.plot(metrics["step"], metrics[name], label=title, linewidth=1)
        ax.set(xlabel="step", ylabel="loss")
        ax.legend()
        return ax

    def __repr__(self) -> str:
        return f"<ganymede.Run {os.fspath(self.path)}>"

    def _repr_html_(self) -> str:
        return _show.run(self)
