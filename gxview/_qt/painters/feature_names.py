"""Names of features: below their boxes, or in the gaps of low rows; never over each other or over a box."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from qtpy.QtCore import QRectF
from qtpy.QtGui import QColor, QPainter

from gxview._qt.painters.base import Style, View
from gxview._qt.painters.shapes import draw_text, elided, text_width
from gxview.tracks.base import Feature

APART = 5.0
"""Pixels between two names, at least."""
Boxes: TypeAlias = NDArray[np.float64]
"""Left, right, top and bottom of rectangles in pixels, (n, 4)."""
LOW_HEIGHT = -3.0
"""Height of a name over low rows, added to the size of its text: capitals fill it, the rows above and below are clear.
"""
MOST_TRIES = 8
"""Transcripts of a gene beside which room is sought for its name."""
EDGE = 3.0
"""Pixels between a name and the edge of the view."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A feature and where its box lies: pixels, ``left`` and ``right`` cut to the view."""

    feature: Feature
    left: float
    right: float
    top: float
    box: float


def paint_names(painter: QPainter, rect: QRectF, placed: Sequence[Placed], style: Style) -> None:
    """Write each name below the visible part of its box.

    It is centred there, or begins with the box where it is wider (as the packing of rows expects), is moved to stay
    within the view, and left out where it would touch the one before.

    Parameters
    ----------
    placed
        Ordered by row, then from left to right.
    """
    ends: dict[float, float] = {}
    color = style.color("text", 0.9)
    for one in placed:
        end = ends.get(one.top, -math.inf)
        # a name begins no further right than the middle of its box
        if not one.feature.name or (one.left + one.right) / 2 < end + APART:
            continue
        text = elided(style, one.feature.name, rect.width() - 2 * EDGE)
        width = text_width(style, text)
        spare = one.right - one.left - width
        x = min(max(one.left + max(0.0, spare / 2), rect.left() + EDGE), rect.right() - EDGE - width)
        if x >= end + APART:
            draw_text(painter, round(x), one.top + one.box + 1 + style.text_px / 2, text, style, color)
            ends[one.top] = x + width


def paint_group_names(
    painter: QPainter,
    rect: QRectF,
    view: View,
    placed: Sequence[Placed],
    boxes: Boxes,
    style: Style,
    color_of: Callable[[Feature], QColor],
) -> None:
    """Write over low rows each name once (the transcripts of a gene share one), where it hides nothing.

    That is within the box of a feature without introns, or in the widest visible intron on a patch of the canvas that
    covers no box, or beside the feature where nothing is.

    Parameters
    ----------
    boxes
        Every block: left, right, top and bottom in pixels, (n, 4).
    """
    done: set[str] = set()
    tried: Counter[str] = Counter()
    patches: list[QRectF] = []
    spans = np.array([(one.left, one.right, one.top, one.top + one.box) for one in placed]).reshape(-1, 4)
    # the longest first: what is seen most is named
    for one in sorted(placed, key=lambda one: one.left - one.right):
        name = one.feature.name
        if not name or name in done:
            continue
        within = _within(one, name, style) if len(one.feature.blocks) == 1 else None
        intron = _in_intron(rect, view, one, name, style) if len(one.feature.blocks) > 1 else None
        tries = [(within, None), (intron, boxes)]
        if tried[name] < MOST_TRIES:
            tries += [(patch, spans) for patch in _beside(rect, one, name, style)]
            tried[name] += 1
        patch = next((patch for patch, over in tries if patch is not None and _is_free(patch, patches, over)), None)
        if patch is None:
            continue
        painter.fillRect(patch, color_of(one.feature) if patch is within else style.color("canvas"))
        color = style.color("canvas" if patch is within else "text")
        # a little up: a middle between two pixels is rounded the same way in every row
        draw_text(painter, patch.left() + 3, patch.center().y() - 0.25, name, style, color, scale=0.9)
        patches.append(patch)
        done.add(name)


def _is_free(patch: QRectF, patches: Sequence[QRectF], boxes: Boxes | None) -> bool:
    """Whether a patch covers no other one, and none of the boxes."""
    return not any(patch.intersects(other) for other in patches) and (boxes is None or not _covers(patch, boxes))


def _beside(rect: QRectF, one: Placed, name: str, style: Style) -> Iterator[QRectF]:
    """Return where a name stands right and left of a feature, if it fits into the view."""
    width, height = text_width(style, name, scale=0.9) + 6, style.text_px + LOW_HEIGHT
    top = min(max(one.top + one.box / 2 - height / 2, rect.top() - 1), rect.bottom() + 1 - height)
    for left in (one.right + 2, one.left - 2 - width):
        if rect.left() <= left and left + width <= rect.right():
            yield QRectF(left, top, width, height)


def _within(one: Placed, name: str, style: Style) -> QRectF | None:
    """Return where a name stands within its box, if it fits."""
    width = text_width(style, name, scale=0.9) + 6
    if one.right - one.left < width + 12 or one.box < 9:
        return None
    return QRectF(round((one.left + one.right - width) / 2), one.top, width, one.box)


def _in_intron(rect: QRectF, view: View, one: Placed, name: str, style: Style) -> QRectF | None:
    """Return where a name stands in the widest visible intron, if it fits."""
    width, height = text_width(style, name, scale=0.9) + 6, style.text_px + LOW_HEIGHT
    if one.right - one.left < width + 8:
        return None
    gaps = [_cut(rect, view, one, end, start) for (_, end), (start, _) in pairwise(one.feature.blocks)]
    left, right = max(gaps, key=lambda gap: gap[1] - gap[0])
    if right - left < width + 8:
        return None
    middle = min(max(one.top + one.box / 2, rect.top() + height / 2 - 1), rect.bottom() + 1 - height / 2)
    return QRectF(round((left + right - width) / 2), middle - height / 2, width, height)


def _cut(rect: QRectF, view: View, one: Placed, start: int, end: int) -> tuple[float, float]:
    return max(one.left, rect.left() + view.x(start)), min(one.right, rect.left() + view.x(end))


def _covers(patch: QRectF, boxes: Boxes) -> bool:
    left, right, top, bottom = boxes.T
    across = (left < patch.right()) & (right > patch.left())
    return bool((across & (top < patch.bottom()) & (bottom > patch.top())).any())
