"""Arrays of any library."""

from __future__ import annotations

from typing import Any


def as_array(values: Any) -> Any:
    """Make an array of lists and the like; what has its own memory stays as it is."""
    if values is None or hasattr(values, "__dlpack__") or hasattr(values, "__array__"):
        return values
    import numpy as np

    return np.asarray(values)
