"""The bases of a window as letters, as high as their relevance, in SVG."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from gxview.letter_outlines import OUTLINES, UNIT

MOST_BASES = 150
_WIDTH, _HEIGHT, _TITLE, _LEFT = 1180, 58, 15, 46


@dataclass(frozen=True)
class Lane:
    """One explanation of the window: a name and the relevance per base, (L,)."""

    name: str
    values: NDArray[np.float32]


def symbols() -> Markup:
    """Return the outlines of the letters, once for the whole page."""
    shape = (
        '<symbol id="base-{}" viewBox="0 0 100 100" preserveAspectRatio="none">'
        '<path fill-rule="evenodd" d="{}"/></symbol>'
    )
    parts = "".join(shape.format(base, _path(base)) for base in OUTLINES)
    return Markup(f'<svg width="0" height="0" aria-hidden="true" style="position:absolute">{parts}</svg>')


def _path(base: str) -> str:
    """Return the outline of a letter with y running downwards."""
    steps = []
    for contour in OUTLINES[base]:
        for index, numbers in enumerate(contour):
            command = "M" if index == 0 else "L" if len(numbers) == 2 else "C"
            points = [UNIT - value if place % 2 else value for place, value in enumerate(numbers)]
            steps.append(command + " ".join(f"{value:g}" for value in points))
        steps.append("Z")
    return "".join(steps)


@dataclass(frozen=True)
class _Row:
    """Some bases of the window, drawn side by side."""

    start: int
    letters: str
    step: float
    top: float

    def x(self, place: float) -> float:
        """Return where a base of the row begins."""
        return _LEFT + place * self.step


def logo(letters: str, lanes: Sequence[Lane], mask: NDArray[np.bool_] | None, alt: str) -> Markup:
    """Draw a window: in rows of up to 150 bases the lanes one under the other on their own scale, known bases shaded.

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
    count = max(1, math.ceil(len(letters) / MOST_BASES))
    bases = math.ceil(len(letters) / count)
    tall = len(lanes) * (_HEIGHT + _TITLE) + 32
    drawn = Markup('<svg class="logo" viewBox="0 0 {} {}" role="img" aria-label="{}">').format(
        _WIDTH, tall * count, alt
    )
    for number in range(count):
        piece = letters[number * bases : (number + 1) * bases]
        row = _Row(number * bases, piece, (_WIDTH - _LEFT - 4) / bases, number * tall)
        drawn += _shades(mask, row, len(lanes))
        for place, lane in enumerate(lanes):
            drawn += _lane(lane, row, row.top + place * (_HEIGHT + _TITLE) + _TITLE)
        drawn += _axis(row, row.top + len(lanes) * (_HEIGHT + _TITLE) + 4)
    return drawn + Markup("</svg>")


def _lane(lane: Lane, row: _Row, top: float) -> Markup:
    highest, lowest = max(0.0, float(np.nanmax(lane.values))), min(0.0, float(np.nanmin(lane.values)))
    unit = _HEIGHT / ((highest - lowest) or 1.0)
    zero = top + highest * unit
    parts = [_text(_LEFT - 4, top + 7, f"{highest:.2g}", "scale", "end")]
    if lowest < 0 and zero < top + _HEIGHT - 8:
        parts.append(_text(_LEFT - 4, top + _HEIGHT, f"{lowest:.2g}".replace("-", "−"), "scale", "end"))
    parts.append(_text(_LEFT, top - 4, lane.name, "lane", "start"))
    parts.append(Markup('<path class="zero" d="M{} {:.1f}H{:.1f}"/>').format(_LEFT, zero, row.x(len(row.letters))))
    values = lane.values[row.start : row.start + len(row.letters)].tolist()
    for place, (base, value) in enumerate(zip(row.letters, values, strict=True)):
        size = abs(value) * unit
        if size >= 0.4:  # not so for NaN
            parts.append(_letter(base, row.x(place), zero, size, row.step - 0.5, upright=value > 0))
    return Markup("").join(parts)


def _letter(base: str, x: float, zero: float, size: float, width: float, *, upright: bool) -> Markup:
    flip = "" if upright else Markup(' transform="matrix(1 0 0 -1 0 {:.1f})"').format(2 * zero + size)
    place = (base, base, x, zero - size if upright else zero, width, size, flip)
    return Markup('<use href="#base-{}" class="{}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"{}/>').format(
        *place
    )


def _axis(row: _Row, top: float) -> Markup:
    parts = []
    for place, base in enumerate(row.letters):
        x, position = row.x(place + 0.5), row.start + place + 1
        parts.append(_text(x, top + 8, base, f"base {base}", "middle"))
        if position % 10 == 0 or position == 1:
            parts.append(_text(x, top + 20, f"{position:,}", "scale", "middle"))
    return Markup("").join(parts)


def _shades(mask: NDArray[np.bool_] | None, row: _Row, lanes: int) -> Markup:
    if mask is None:
        return Markup("")
    inside = mask[row.start : row.start + len(row.letters)].astype(np.int8)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], inside, [0]]))).tolist()
    height = lanes * (_HEIGHT + _TITLE) + 14
    shape = Markup('<rect class="known" x="{:.1f}" y="{:.0f}" width="{:.1f}" height="{}"/>')
    return Markup("").join(
        shape.format(row.x(a), row.top, (b - a) * row.step, height)
        for a, b in zip(edges[::2], edges[1::2], strict=True)
    )


def _text(x: float, y: float, text: str, kind: str, anchor: str) -> Markup:
    return Markup('<text x="{:.1f}" y="{:.0f}" class="{}" text-anchor="{}">{}</text>').format(x, y, kind, anchor, text)
