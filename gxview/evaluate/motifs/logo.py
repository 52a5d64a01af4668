"""Motif logos as SVG, with the letters of the window."""

from __future__ import annotations

from html import escape
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from gxview.evaluate.motifs.motif import BASES, information
from gxview.letter_outlines import OUTLINES, UNIT

COLORS = ("#0a8f2e", "#1f55e0", "#c86e00", "#d6202c")
"""A, C, G, T of the light theme."""
_LETTER = 12.0
_SMALLEST = 0.05


def logo_svg(
    matrix: NDArray[np.floating],
    kind: Literal["information", "contributions"] = "information",
    *,
    height: float = 40.0,
    title: str = "",
    before: int = 0,
    length: int | None = None,
    colors: tuple[str, str, str, str] = COLORS,
) -> str:
    """Return a logo as an SVG element that can stand in HTML or in a file.

    Parameters
    ----------
    matrix
        (4, W): counts or probabilities for ``information`` (letters as high as p times the bits of the position, the
        picture 2 bits high), or signed values for ``contributions`` (negative ones hang below the line, the picture as
        high as needed).
    kind
        What the matrix holds.
    height
        Pixels of the picture; a position is 12 wide.
    title
        Read aloud and shown on hover.
    before, length
        Empty positions to the left, and positions altogether: for logos that stand aligned below each other.
    colors
        Of A, C, G, T, as CSS has them.
    """
    values = np.asarray(matrix, dtype=np.float64)
    if kind == "information":
        shares = values / values.sum(axis=0)
        heights, top, bottom = shares * information(shares), 2.0, 0.0
    else:
        heights = values
        top = float(np.clip(values, 0, None).sum(axis=0).max(initial=0))
        bottom = float(np.clip(values, None, 0).sum(axis=0).min(initial=0))
    scale = height / (top - bottom) if top > bottom else 0.0
    positions = length or before + values.shape[1]
    base_line = top * scale
    letters = [
        _letter(base, (before + column) * _LETTER, base_line - at * scale, size * scale, color)
        for column in range(values.shape[1])
        for base, color, at, size in _stack(heights[:, column], colors)
        if abs(size) * scale >= _SMALLEST
    ]
    width = positions * _LETTER
    label = f' role="img" aria-label="{escape(title)}"' if title else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}" '
        f'height="{height:g}"{label}>{f"<title>{escape(title)}</title>" if title else ""}'
        f'<path d="M0 {base_line:.2f}H{width:g}" stroke="#8d96a3" stroke-width=".5"/>{"".join(letters)}</svg>'
    )


def _stack(heights: NDArray[np.float64], colors: tuple[str, str, str, str]) -> list[tuple[str, str, float, float]]:
    """Return base, colour, foot and signed height of each letter: the largest ends farthest from the line."""
    placed, up, down = [], 0.0, 0.0
    for index in np.argsort(np.abs(heights), kind="stable").tolist():
        size = float(heights[index])
        foot, up, down = (up, up + size, down) if size >= 0 else (down, up, down + size)
        placed.append((BASES[index], colors[index], foot, size))
    return placed


def _letter(base: str, x: float, y: float, size: float, color: str) -> str:
    """Return a letter with its foot at y that grows upwards (downwards, on its head, for a negative size)."""
    across, up = _LETTER * 0.94 / UNIT, -size / UNIT
    place = f"matrix({across:.4f} 0 0 {up:.5f} {x:.2f} {y:.2f})"
    return f'<path transform="{place}" d="{_OUTLINES[base]}" fill-rule="evenodd" style="fill:{color}"/>'


def _outline(base: str) -> str:
    parts = []
    for start, *rest in OUTLINES[base]:
        parts.append(f"M{start[0]:g} {start[1]:g}")
        parts += [("L" if len(step) == 2 else "C") + " ".join(f"{value:g}" for value in step) for step in rest]
        parts.append("Z")
    return "".join(parts)


_OUTLINES = {base: _outline(base) for base in BASES}
