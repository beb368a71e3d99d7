"""Training runs."""

from __future__ import annotations

import logging
import os
import sys
import warnings
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from . import errors
from ._arrays import as_array
from ._recipe import Recipe, overrides
from .lib import _core

if TYPE_CHECKING:
    from ._run import Run

_log = logging.getLogger("ganymede")


class Callback:
    """What a training calls; override what you need. ``run.stop()`` ends it after the step under way."""

    def on_train_begin(self, run: Run) -> None:
        """Called before the first step."""

    def on_step_end(self, run: Run, step: int, logs: dict[str, float]) -> None:
        """Called after each step with its metrics. This costs some microseconds a step."""

    def on_interval_end(self, run: Run, logs: dict[str, Any]) -> None:
        """Called every `output.metrics_every_steps` steps, with a row of `Run.metrics`."""

    def on_epoch_end(self, run: Run, logs: dict[str, Any]) -> None:
        """Called after each epoch with the means over it."""

    def on_scores(self, run: Run, logs: dict[str, Any]) -> None:
        """Called after a score, where `eval_every` asks for such, with a row of `Run.scores`."""

    def on_verdict(self, run: Run, logs: dict[str, Any]) -> None:
        """Called when the doctor has found something amiss in the run."""

    def on_train_end(self, run: Run) -> None:
        """Called after the last step or a stop, once everything is written."""


class _AfterEpoch(Callback):
    def __init__(self, function: Any):
        self.on_epoch_end = function


#: The event of a line and the method that gets it.
_METHODS = {
    "interval": "on_interval_end",
    "epoch": "on_epoch_end",
    "scores": "on_scores",
    "verdict": "on_verdict",
}


class _Listener:
    """Passes what the library tells to callbacks, to `warnings` and to `logging`."""

    def __init__(self, run: Run, callbacks: Iterable[Any]):
        self._run = run
        self._callbacks = [c if hasattr(c, "on_epoch_end") else _AfterEpoch(c) for c in callbacks]

    @property
    def every_step(self) -> bool:
        return any(
            getattr(type(c), "on_step_end", Callback.on_step_end) is not Callback.on_step_end for c in self._callbacks
        )

    def _call(self, method: str, *arguments: Any) -> None:
        for callback in self._callbacks:
            if hasattr(callback, method):
                getattr(callback, method)(self._run, *arguments)

    def begin(self, path: str, step: int, total_steps: int, steps_an_epoch: int) -> None:
        self._run._begin(path, step, total_steps, steps_an_epoch)
        self._call("on_train_begin")

    def step(self, step: int, logs: dict[str, float]) -> None:
        self._call("on_step_end", step, logs)

    def line(self, text: str) -> None:
        import json

        logs = json.loads(text)
        event = logs.pop("event")
        self._run.step = logs["step"]
        if event in _METHODS:
            self._call(_METHODS[event], logs)

    def end(self) -> None:
        self._call("on_train_end")

    def say(self, text: str) -> None:
        _log.info("%s", text)

    def warn(self, text: str) -> None:
        warnings.warn(text, errors.Warning, stacklevel=_level_of_caller())


def _level_of_caller() -> int:
    """How far up the code is that called this package, as `warnings.warn` counts from the caller of this function."""
    level = 1
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_globals.get("__package__") == __package__:
        frame, level = frame.f_back, level + 1
    return level


def _split(data: Any, test_data: Any, class_names: Iterable[str] | None) -> tuple[str | None, Any]:
    """The data as a name and as arrays, one of which is None."""
    if data is None or isinstance(data, (str, os.PathLike)):
        return (None if data is None else os.fspath(data)), None

    def pair(of: Any) -> tuple[Any, Any]:
        images, labels = of if isinstance(of, tuple) and len(of) == 2 else (of, None)
        return as_array(images), as_array(labels)

    return None, _core.Arrays(*pair(data), *pair(test_data), list(class_names or ()))


def _run(run: Run, callbacks: Iterable[Any], progress: Any, call: Any) -> Run:
    """Runs a training to its end and says what stopped it."""
    from ._progress import view

    display = view(progress)
    listener = _Listener(run, [*([display] if display else []), *callbacks])
    try:
        result = call(listener, listener.every_step)
    except BaseException:
        if run.path:
            _log.warning("Stopped after step %d. To go on: ganymede.Run(%r).resume()", run.step, os.fspath(run.path))
        raise
    finally:
        if display:
            display.close(run)
    run.step = result["step"]
    run.stopped = result["stopped"]
    listener.end()
    return run


def train(
    recipe: str | os.PathLike[str] | dict[str, Any] = "best",
    data: Any = None,
    *,
    epochs: int | None = None,
    steps: int | None = None,
    test_data: Any = None,
    class_names: Iterable[str] | None = None,
    callbacks: Iterable[Any] = (),
    progress: Any = "auto",
    out: str | os.PathLike[str] | None = None,
    classifier: str | os.PathLike[str] | None = None,
    on_divergence: str = "stop",
    **settings: Any,
) -> Run:
    """Train a recipe into a run directory, as ``ganymede train`` does.

    The training runs without the GIL. Ctrl-C, an exception in a callback and ``run.stop()`` end it after the step under
    way, with a checkpoint; the first two are raised again.

    Parameters
    ----------
    recipe : str, path or Recipe
        The name of a recipe, a TOML file, or the recipe itself.
    data : str, path, array or (array, array)
        The name of a data set, a folder of pictures or another path, or images and their labels in memory. Images are
        [N, H, W], [N, H, W, C] or [N, C, H, W]: bytes, booleans, or floats from 0 to 1, -1 to 1 or 0 to 255. By
        default the recipe's.
    epochs, steps : int, optional
        How long to train, in place of the recipe's epochs.
    test_data : array or (array, array), optional
        Images to score with, for images in memory; by default a tenth of them is kept for that.
    class_names : iterable of str, optional
        The names of the labels, for images in memory.
    callbacks : iterable of Callback or callable
        What is called during the training; a function is called as ``f(run, logs)`` after each epoch.
    progress : "auto", bool
        Show the samples and the losses in a notebook, a line in a terminal, and elsewhere nothing. False: nothing.
    out : str or path, optional
        The run's directory, by default ``runs/TIME-RECIPE``.
    classifier : str or path, optional
        The classifier for scores, by default the data set's.
    on_divergence : "stop" or "rollback"
        Whether to go on from an earlier checkpoint with lower learning rates when the networks diverge.
    **settings
        Settings of the recipe: ``seed``, ``batch_size``, ``precision``, ``threads``, ``eval_every``, ``size``, ``fit``,
        ``split_seed``, or a section of the recipe with the values to change, ``latent={"size": 64}``.

    Returns
    -------
    Run
        The finished run.

    Raises
    ------
    ConfigurationError, DataError, FileError, UsageError
        If something is wrong with the recipe, the data, a file or an argument.
    DivergedError
        If the networks diverge.

    Examples
    --------
    >>> run = ganymede.train("dense", epochs=5, seed=1)
    >>> run = ganymede.train("best", data="my-pictures", size=32)
    >>> run = ganymede.train("best", data=(x, y), eval_every=10)
    """
    from ._run import Run

    name, arrays = _split(data, test_data, class_names)
    text, where = (
        (Recipe(recipe).to_toml(), Recipe(recipe).where)
        if isinstance(recipe, dict)
        else _core.recipe_text(os.fspath(recipe))
    )
    changes = overrides({**settings, "epochs": epochs, "data": name})
    run = Run._new(arrays)
    return _run(
        run,
        callbacks,
        progress,
        lambda listener, every_step: _core.start(
            text,
            where,
            changes,
            arrays,
            os.fspath(out or ""),
            _session_settings(steps, classifier, on_divergence),
            listener,
            every_step,
            run._stop,
        ),
    )


def _session_settings(steps: int | None, classifier: Any, on_divergence: str) -> Any:
    if on_divergence not in ("stop", "rollback"):
        raise errors.UsageError(f'on_divergence: found "{on_divergence}", expected stop or rollback. Give one of these.')
    return _core.Settings(steps, os.fspath(classifier or ""), on_divergence == "rollback")


def _resume(
    run: Run, data: Any, epochs: int | None, steps: int | None, callbacks: Any, progress: Any, settings: dict[str, Any]
) -> Run:
    name, arrays = _split(data, None, None) if data is not None else (None, run._arrays)
    classifier, on_divergence = settings.pop("classifier", None), settings.pop("on_divergence", "stop")
    changes = overrides({**settings, "epochs": epochs})
    run._stop = _core.Stop()
    run._arrays = arrays
    return _run(
        run,
        callbacks,
        progress,
        lambda listener, every_step: _core.resume(
            os.fspath(run.path),
            changes,
            name,
            arrays,
            _session_settings(steps, classifier, on_divergence),
            listener,
            every_step,
            run._stop,
        ),
    )
