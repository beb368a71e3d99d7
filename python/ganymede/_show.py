"""Results as HTML for notebooks."""

from __future__ import annotations

import base64
import html
from typing import Any

_TITLES = {
    "loss_d_real": "D, real",
    "loss_d_fake": "D, generated",
    "loss_g": "G",
    "loss": "both",
    "loss_reconstruction": "reconstruction",
}
_COLOURS = ("#1f77b4", "#17a2a2", "#d95f02", "#7570b3", "#666666")


def losses(metrics: dict[str, Any]) -> dict[str, str]:
    """The columns that are losses, and their titles."""
    return {name: title for name, title in _TITLES.items() if name in metrics}


def figure(png: bytes, caption: str) -> str:
    """A picture with a caption."""
    source = base64.b64encode(png).decode()
    return (
        '<figure style="display:inline-block;margin:4px">'
        f'<img src="data:image/png;base64,{source}" style="image-rendering:pixelated">'
        f'<figcaption style="text-align:center">{html.escape(caption)}</figcaption></figure>'
    )


def curves(x: Any, series: dict[str, Any], width: int = 520, height: int = 240) -> str:
    """A drawing of several curves over one axis, as SVG."""
    if len(x) < 2 or not series:
        return ""
    finite = [float(value) for values in series.values() for value in values if value == value]
    low, high = min(0.0, *finite), max(*finite)
    span_x, span_y = float(x[-1] - x[0]) or 1.0, (high - low) or 1.0
    left, bottom, top = 44, height - 24, 8

    def place(at: Any, value: Any) -> str:
        across = left + (width - left - 8) * float(at - x[0]) / span_x
        return f"{across:.1f},{bottom - (bottom - top) * (float(value) - low) / span_y:.1f}"

    every = max(1, len(x) // 400)
    parts = []
    for number, (title, values) in enumerate(series.items()):
        points = " ".join(place(a, v) for a, v in zip(x[::every], values[::every]) if v == v)
        colour = _COLOURS[number % len(_COLOURS)]
        parts.append(f'<polyline fill="none" stroke="{colour}" stroke-width="1.3" points="{points}"/>')
        parts.append(f'<text x="{left + 8 + 110 * number}" y="{top + 10}" fill="{colour}">{html.escape(title)}</text>')
    for value in (low, (low + high) / 2, high):
        y = bottom - (bottom - top) * (value - low) / span_y
        parts.append(f'<text x="{left - 6}" y="{y + 4:.1f}" text-anchor="end" fill="#777">{value:.3g}</text>')
    parts.append(f'<path d="M{left},{top}V{bottom}H{width - 8}" fill="none" stroke="#999"/>')
    parts.append(f'<text x="{width - 8}" y="{height - 6}" text-anchor="end" fill="#777">step {int(x[-1])}</text>')
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" role="img" '
        f'aria-label="{html.escape(", ".join(series))}" style="font:12px sans-serif;background:#fff">{"".join(parts)}</svg>'
    )


def loss_curves(metrics: dict[str, Any]) -> str:
    """The losses of a run over its steps."""
    return curves(metrics.get("step", ()), {title: metrics[name] for name, title in losses(metrics).items()})


def run(of: Any, status: str = "") -> str:
    """The newest samples of a run and its losses side by side."""
    samples = of.samples
    newest = samples[-1] if samples else None
    picture = figure(newest._repr_png_(), newest.path.stem.replace("_", " ")) if newest else ""
    line = f"<div><code>{html.escape(status or str(of.path))}</code></div>"
    return (
        f'{line}<div style="display:flex;flex-wrap:wrap;align-items:flex-start">{picture}{loss_curves(of.metrics)}</div>'
    )


def table(columns: dict[str, Any], most: int = 10) -> str:
    """The first and last rows of columns."""
    rows = max((len(column) for column in columns.values()), default=0)
    shown = list(range(rows)) if rows <= most else [*range(most // 2), None, *range(rows - most // 2, rows)]
    head = "".join(f"<th>{html.escape(name)}</th>" for name in columns)

    def cell(column: Any, row: int | None) -> str:
        return "<td>...</td>" if row is None else f"<td>{column[row]:.5g}</td>"

    body = "".join("<tr>" + "".join(cell(column, row) for column in columns.values()) + "</tr>" for row in shown)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
