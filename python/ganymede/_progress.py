"""What a training shows while it runs."""

from __future__ import annotations

import sys
import time
from typing import Any

from . import _show
from ._training import Callback


def view(progress: Any) -> Any:
    """The view that `progress` asks for, or None."""
    if progress not in ("auto", True, False, None):
        raise ValueError(f'progress: found {progress!r}, expected "auto", True or False')
    if not progress:
        return None
    if _in_notebook():
        return NotebookView()
    return TerminalView() if progress is True or sys.stderr.isatty() else None


def _in_notebook() -> bool:
    interactive = sys.modules.get("IPython")
    shell = interactive.get_ipython() if interactive else None
    return shell is not None and type(shell).__name__ == "ZMQInteractiveShell"


class _View(Callback):
    """Shows the newest numbers, not more often than `seconds` allow."""

    seconds = 1.0

    def __init__(self) -> None:
        self._shown = 0.0
        self._status = ""

    def on_train_begin(self, run: Any) -> None:
        self._status = str(run.path)
        self.show(run, self._status)

    def on_interval_end(self, run: Any, logs: dict[str, Any]) -> None:
        self._status = _status(run, logs)
        if time.monotonic() - self._shown >= self.seconds:
            self.show(run, self._status)
            self._shown = time.monotonic()

    def show(self, run: Any, status: str) -> None:
        raise NotImplementedError

    def close(self, run: Any) -> None:
        """Shows the end, whatever it was."""
        if run.path:
            self.show(run, self._status)


class NotebookView(_View):
    """A cell's output with the samples and the losses, redrawn in place."""

    def __init__(self) -> None:
        super().__init__()
        self._handle: Any = None

    def show(self, run: Any, status: str) -> None:
        from IPython.display import HTML, display

        content = HTML(_show.run(run, status))
        if self._handle is None:
            self._handle = display(content, display_id=True)
        else:
            self._handle.update(content)


class TerminalView(_View):
    """A line that is written over itself."""

    seconds = 0.2

    def show(self, run: Any, status: str) -> None:
        sys.stderr.write(f"\r\x1b[K{status}")
        sys.stderr.flush()

    def close(self, run: Any) -> None:
        super().close(run)
        sys.stderr.write("\n")


def _status(run: Any, logs: dict[str, Any]) -> str:
    losses = "  ".join(f"{title} {logs[name]:.3f}" for name, title in _show.losses(logs).items())
    left = (run.total_steps - logs["step"]) * logs["ms_per_step"] / 1000.0
    return (
        f"epoch {logs['epoch']}  step {logs['step']}/{run.total_steps}  "
        f"{logs['ms_per_step']:.1f} ms/step  {int(left // 60)}:{int(left % 60):02d} left  loss {losses}"
    )
