"""The bases of a window as letters, as high as their relevance, in SVG."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

ROW_BASES = 100
_STEP, _HEIGHT, _GAP, _LEFT = 9.4, 62, 8, 118
# Outlines in a square of 100 units, drawn from straight lines and arcs; y runs downwards.
_OUTLINES = {
    "A": "M0 100 38 0H62L100 100H76L68.500 78H31.500L24 100ZM38 59H62L50 22Z",
    "C": "M98 62A49 50 0 1 1 98 38L74 44A26 29 0 1 0 74 56Z",
    "G": "M98 36A49 50 0 1 0 99 86V48H53V64H77V77A26 29 0 1 1 74 42Z",
    "T": "M0 0H100V19H62V100H38V19H0Z",
    "N": "M0 100V0H24L76 62V0H100V100H76L24 38V100Z",
}


@dataclass(frozen=True)
class Lane:
    """One explanation of the window: a name and the relevance per base, (L,)."""

    name: str
    values: NDArray[np.float32]


def symbols() -> Markup:
    """Return the outlines of the letters, once for the whole page."""
    parts = [
        f'<symbol id="base-{base}" viewBox="0 0 100 100" preserveAspectRatio="none"><path fill-rule="evenodd" d="{path}"/>'
        "</symbol>"
        for base, path in _OUTLINES.items()
    ]
    return Markup('<svg width="0" height="0" aria-hidden="true" style="position:absolute">' + "".join(parts) + "</svg>")


def logo(letters: str, lanes: Sequence[Lane], mask: NDArray[np.bool_] | None, alt: str) -> Markup:
    """Draw a window: rows of 100 bases, in each the lanes one under the other on their own scale, known bases shaded.

    Parameters
    ----------
    letters
        The window.
    lanes
        Explanations of it.
    mask
        Known bases, bool (L,), or None.
    alt
        What is shown, for those who cannot see it.
    """
    rows = range(0, len(letters), ROW_BASES)
    height = len(rows) * (len(lanes) * (_HEIGHT + _GAP) + 30)
    width = _LEFT + _STEP * min(len(letters), ROW_BASES) + 6
    parts = [f'<svg class="logo" viewBox="0 0 {width:.0f} {height}" role="img" aria-label="']
    drawn = Markup("{}").format(alt) + Markup('">')
    y = 0.0
    for start in rows:
        piece = slice(start, start + ROW_BASES)
        drawn += _shades(mask, piece, y, len(lanes))
        for lane in lanes:
            drawn += _lane(letters, lane, piece, y)
            y += _HEIGHT + _GAP
        drawn += _axis(letters, piece, y)
        y += 30
    return Markup(parts[0]) + drawn + Markup("</svg>")


def _lane(letters: str, lane: Lane, piece: slice, top: float) -> Markup:
    highest, lowest = max(0.0, float(np.nanmax(lane.values))), min(0.0, float(np.nanmin(lane.values)))
    unit = _HEIGHT / ((highest - lowest) or 1.0)
    zero = top + highest * unit
    parts = [
        f'<text x="0" y="{top + 12:.0f}" class="lane">{Markup.escape(lane.name)}</text>'
        f'<text x="{_LEFT - 6}" y="{top + 9:.0f}" class="scale" text-anchor="end">{highest:.3g}</text>'
        f'<text x="{_LEFT - 6}" y="{top + _HEIGHT:.0f}" class="scale" text-anchor="end">{lowest:.3g}</text>'
        f'<path class="zero" d="M{_LEFT} {zero:.1f}h{_STEP * (len(letters[piece])):.1f}"/>'
    ]
    for place, (base, value) in enumerate(zip(letters[piece], lane.values[piece].tolist(), strict=True)):
        size = abs(value) * unit
        if not size >= 0.4:  # NaN too
            continue
        x = _LEFT + place * _STEP
        flip = f' transform="matrix(1 0 0 -1 0 {2 * zero + size:.1f})"' if value < 0 else ""
        parts.append(
            f'<use href="#base-{base}" class="{base}" x="{x:.1f}" y="{zero - size if value > 0 else zero:.1f}" '
            f'width="{_STEP - 0.6:.1f}" height="{size:.1f}"{flip}/>'
        )
    return Markup("".join(parts))


def _axis(letters: str, piece: slice, top: float) -> Markup:
    parts = []
    for place, base in enumerate(letters[piece]):
        x = _LEFT + (place + 0.5) * _STEP
        parts.append(f'<text x="{x:.1f}" y="{top + 7:.0f}" class="base {base}" text-anchor="middle">{base}</text>')
        position = piece.start + place + 1
        if position % 10 == 0 or position == 1:
            parts.append(f'<text x="{x:.1f}" y="{top + 20:.0f}" class="scale" text-anchor="middle">{position}</text>')
    return Markup("".join(parts))


def _shades(mask: NDArray[np.bool_] | None, piece: slice, top: float, lanes: int) -> Markup:
    if mask is None:
        return Markup("")
    edges = np.flatnonzero(np.diff(np.concatenate([[0], mask[piece].astype(np.int8), [0]])))
    height = lanes * (_HEIGHT + _GAP) + 10
    return Markup("").join(
        Markup('<rect class="known" x="{:.1f}" y="{:.0f}" width="{:.1f}" height="{}"/>').format(
            _LEFT + a * _STEP, top, (b - a) * _STEP, height
        )
        for a, b in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)
    )
