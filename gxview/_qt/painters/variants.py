"""Variants: a coloured mark for each allele at its base, with a label where there is room."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from qtpy.QtCore import QPointF, QRectF
from qtpy.QtGui import QPainter, QPolygonF

from gxview._qt.look.glyphs import codes
from gxview._qt.painters.base import BinnedCounts, Style, View
from gxview._qt.painters.density import BIN, paint_density
from gxview._qt.painters.letters import paint_letters
from gxview._qt.painters.shapes import badge, device_ratio, draw_text, elided, fill_rects, inside, text_width
from gxview.tracks.variants import Allele, Variant

HIGHEST, LOWEST, LABELLED = 26, 6, 22
"""Pixels from one row to the next: at most, at least, and from which there is room for a label below the mark."""

BOX = 11
"""Height of a mark in pixels."""

LETTERS_FROM = 7.0
"""Pixels per base from which the new bases are letters."""

DENSE = 2.5
"""Fewer pixels per variant than this: the row becomes a density."""

NEAR = 4.0
"""Pixels beside a mark at which it is still meant."""

CROWDED = 50.0
"""From so many bases in a pixel on, variants for which there are not enough rows become a density too."""

REJECTED = 0.35
"""Strength of the colour of what a filter rejected."""

_SINGLE = ("A", "C", "G", "T", "N")
_ROLES = {
    "deletion": "text", "DEL": "positive", "DUP": "negative", "CNV": "signal", "INV": "warning", "INS": "accent",
    "insertion": "accent", "BND": "signal_negative", "reference": "muted", "other": "unstranded",
    "replacement": "signal_negative", "mnv": "signal_negative",
}  # fmt: skip


def paint_variants(
    painter: QPainter, rect: QRectF, view: View, variants: Sequence[Variant], rows: Sequence[int], style: Style
) -> None:
    """Draw each variant in its row: bases in their colours, a caret for insertions, bars for what is lost or moved.

    Parameters
    ----------
    variants
        Anything on the view's chromosome; those outside the view are skipped.
    rows
        Row of each variant, 0 on top; negative: not shown. Rows that do not fit are counted in a badge.
    """
    if rect.isEmpty():
        return
    first, last = view.first, view.last
    near = ((v, r) for v, r in zip(variants, rows, strict=True) if v.end >= first and v.start < last and r >= 0)
    shown = [(v, r) for v, r in near if _is_seen(v, first, last)]
    if len(shown) * DENSE > rect.width():
        paint_density(painter, rect, view, count_variants([v for v, _ in shown], view), style)
        return
    count = max((row for _, row in shown), default=0) + 1
    pitch = max(LOWEST, min(HIGHEST, int((rect.height() - 2) / count)))
    fitting = max(1, int(rect.height() / pitch))
    if count > fitting and view.bases_per_pixel > CROWDED:
        paint_density(painter, rect, view, count_variants([v for v, _ in shown], view), style)
        return
    with inside(painter, rect):
        placed = sorted(((v, r) for v, r in shown if r < fitting), key=lambda pair: (pair[1], pair[0].start))
        marks = _marks(painter, rect, view, placed, pitch)
        _fill(painter, marks, style)
        if view.pixels_per_base >= LETTERS_FROM:
            _write(painter, view, marks, style)
        if pitch >= LABELLED:
            _label(painter, rect, view, placed, pitch, style)
        if (more := count - fitting) > 0:
            badge(painter, rect, f"{more} more row{'s' * (more > 1)}", style)


def mark_at(
    rect: QRectF, view: View, variants: Sequence[Variant], rows: Sequence[int], x: float, y: float
) -> int | None:
    """Return the number of the variant whose mark or label lies under a pixel; None where there is none."""
    first, last = view.first, view.last
    shown = [
        place
        for place, (variant, row) in enumerate(zip(variants, rows, strict=True))
        if row >= 0 and _is_seen(variant, first, last)
    ]
    count = max((rows[place] for place in shown), default=0) + 1
    pitch = max(LOWEST, min(HIGHEST, int((rect.height() - 2) / count)))
    if len(shown) * DENSE > rect.width() or (count > rect.height() / pitch and view.bases_per_pixel > CROWDED):
        return None
    under = []
    for place in shown:
        low = min(allele.start for allele in variants[place].alleles)
        high = max(allele.end for allele in variants[place].alleles)
        left, right = rect.left() + view.x(low), rect.left() + view.x(high)
        top = rect.top() + rows[place] * pitch
        if top <= y < top + pitch and left - NEAR <= x <= right + NEAR:
            under.append((abs((left + right) / 2 - x), place))
    return min(under)[1] if under else None


def _is_seen(variant: Variant, first: int, last: int) -> bool:
    """Whether a changed base, or the place of an insertion, lies in a stretch."""
    return any(allele.end >= first and allele.start < last for allele in variant.alleles)


def count_variants(variants: Sequence[Variant], view: View) -> BinnedCounts:
    """Count variants by their first base, in bins of a few pixels on a grid of the genome."""
    width = view.bases_per_pixel * BIN
    first = int(np.floor((view.origin + view.start) / width))
    bins = int(np.ceil(view.width / BIN)) + 1
    place = np.floor(np.array([v.start for v in variants]) / width).astype(np.int64) - first
    counts = np.bincount(place[(place >= 0) & (place < bins)], minlength=bins)
    return BinnedCounts(np.arange(first, first + bins + 1, dtype=np.float64) * width, counts)


@dataclass(frozen=True, slots=True)
class _Mark:
    """One allele in the picture."""

    allele: Allele
    passed: bool
    left: float
    right: float
    top: float
    height: float


def _marks(
    painter: QPainter, rect: QRectF, view: View, placed: Sequence[tuple[Variant, int]], pitch: int
) -> list[_Mark]:
    """Place the alleles; those of one variant share its height."""
    ratio, height = device_ratio(painter), min(BOX, pitch - 2)
    alleles = [allele for variant, _ in placed for allele in variant.alleles]
    ends = np.array([(allele.start, allele.end) for allele in alleles], np.int64).reshape(-1, 2)
    edges = rect.left() + np.round(view.xs(np.clip(ends, view.first - 1, view.last + 1)) * ratio) / ratio
    spans, marks = iter(edges.tolist()), []
    for variant, row in placed:
        top, part = rect.top() + 1 + row * pitch, height / len(variant.alleles)
        for number, allele in enumerate(variant.alleles):
            left, right = next(spans)
            narrow = 1 if allele.kind == "reference" else 2
            if right - left < narrow and allele.end > allele.start:
                left, right = (left + right - narrow) / 2, (left + right + narrow) / 2
            marks.append(_Mark(allele, variant.passed, left, right, top + number * part, part))
    return marks


def _fill(painter: QPainter, marks: Sequence[_Mark], style: Style) -> None:
    by_color: dict[tuple[str, bool], list[tuple[float, float, float, float]]] = {}
    for mark in marks:
        for color, box in _boxes(mark, style):
            by_color.setdefault((color, mark.passed), []).append(box)
    for (color, passed), boxes in by_color.items():
        sides = np.array(boxes).T
        fill_rects(painter, sides[0], sides[1], sides[2], sides[3], style.on_canvas(color, 1.0 if passed else REJECTED))
    for mark in marks:
        if mark.allele.kind in ("insertion", "INS", "BND"):
            _caret(painter, mark, style)


def _boxes(mark: _Mark, style: Style) -> list[tuple[str, tuple[float, float, float, float]]]:
    """Return colour and box (left, right, top, bottom) of the parts of a mark."""
    allele, bottom = mark.allele, mark.top + mark.height
    whole = (mark.left, mark.right, mark.top, bottom)
    if allele.kind == "snv" and allele.text in _SINGLE:
        return [(style.theme.bases[_SINGLE.index(allele.text)], whole)]
    if allele.kind in ("snv", "mnv") and set(allele.text) <= set("ACGTN"):
        step = (mark.right - mark.left) / len(allele.text)
        return [
            (style.theme.bases[code], (mark.left + place * step, mark.left + (place + 1) * step, mark.top, bottom))
            for place, code in enumerate(codes(allele.text).tolist())
        ]
    color = str(getattr(style.theme, _ROLES.get(allele.kind, "unstranded")))
    if allele.kind in ("insertion", "INS", "BND"):
        return [(color, (mark.left - 1, mark.left + 1, mark.top, bottom))]
    if allele.kind in ("deletion", "reference"):
        middle = round(mark.top + mark.height / 2 - 1)
        ends = [(color, (x, x + 1, mark.top, bottom)) for x in (mark.left, mark.right - 1)]
        line = (color, (mark.left, mark.right, middle, middle + 2))
        return [line, *ends] if allele.kind == "deletion" else [line]
    return [(color, whole)]


def _caret(painter: QPainter, mark: _Mark, style: Style) -> None:
    """Draw a small triangle over the place between two bases where something is put in or broken."""
    role = _ROLES[mark.allele.kind]
    size = min(4.0, mark.height / 2)
    points = [(-size, 0.0), (size, 0.0), (0.0, size + 1)]
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    painter.setBrush(style.color(role, 1.0 if mark.passed else REJECTED))
    painter.drawPolygon(QPolygonF([QPointF(mark.left + x, mark.top + y) for x, y in points]))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def _write(painter: QPainter, view: View, marks: Sequence[_Mark], style: Style) -> None:
    """Write the new bases into their boxes."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    for mark in marks:
        high = round(mark.height) - 3
        if mark.allele.kind in ("snv", "mnv") and high >= 5:
            text = mark.allele.text
            wide = view.pixels_per_base
            width = min(0.8 * wide, high * 0.95)
            left = (mark.left + np.arange(len(text)) * wide + (wide - width) / 2).astype(np.float64)
            heights = np.full(len(text), float(high))
            paint_letters(
                painter, codes(text), left, width, mark.top + 1.5 + high, heights, [style.color("canvas")] * 6
            )
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def _label(
    painter: QPainter, rect: QRectF, view: View, placed: Sequence[tuple[Variant, int]], pitch: int, style: Style
) -> None:
    """Write REF>ALT below each mark where it does not touch the label before."""
    ends: dict[int, float] = {}
    for variant, row in placed:
        middle = rect.left() + (view.x(max(variant.start, view.first)) + view.x(min(variant.end, view.last))) / 2
        text = elided(style, label_of(variant, view), rect.width() - 8)
        width = text_width(style, text, scale=0.9)
        x = min(max(middle - width / 2, rect.left() + 3), rect.right() - 3 - width)
        if x >= ends.get(row, -1e9) + 6:
            color = style.color("text", 0.9 if variant.passed else 0.5)
            y = rect.top() + 1 + row * pitch + BOX + style.text_px / 2 + 1
            draw_text(painter, round(x), y, text, style, color, scale=0.9)
            ends[row] = x + width


def label_of(variant: Variant, view: View) -> str:
    """Return what stands below a variant: its alleles at base zoom, and its ID where there is one."""
    if variant.name and view.pixels_per_base >= LETTERS_FROM:
        return f"{variant.name} {variant.label}"
    return variant.label
