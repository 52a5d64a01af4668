"""Reads: coverage with its differing bases, and the packed reads themselves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from qtpy.QtCore import QRectF
from qtpy.QtGui import QColor, QPainter

from gxview._qt.painters.bars import BarColors, paint_bars, paint_zero_line
from gxview._qt.painters.base import BaseValues, BinnedValues, Scale, SignalData, Style, View
from gxview._qt.painters.columns import columns
from gxview._qt.painters.letters import paint_letters
from gxview._qt.painters.shapes import Pixels, badge, device_ratio, draw_text, fill_rects, inside, text_width
from gxview.tracks.packed_reads import PackedReads
from gxview.tracks.pileup import Coverage
from gxview.tracks.reduce import Integers

DIFFERING = 0.2
"""Share of reads that must differ from the reference for a base of the coverage to be coloured."""

HIGHEST, LOWEST, NEAR, LETTERED = 13, 3, 4, 10
"""Pixels from one row of reads to the next: at most, at least, and at least where bases and where letters show."""

LETTERS_FROM = 7.0
"""Pixels per base from which differing bases are letters."""

MOST = 4000
"""Parts of one kind that are drawn in a picture; beyond they would hide one another."""

BODY, WEAK = 0.5, 0.2
"""Strength of the colour of a read, and of one with mapping quality zero."""

DEPTH = 0.65
"""Strength of the colour of the coverage."""

TIP = 4
"""Length of the tip of a read in pixels."""


def coverage_data(coverage: Coverage) -> SignalData:
    """Return the depth as a signal."""
    if coverage.depth is not None:
        return BaseValues(coverage.start, coverage.depth)
    if coverage.edges is None or coverage.summary is None:
        return BaseValues(coverage.start, np.empty(0, np.float32))
    found = coverage.summary
    return BinnedValues(coverage.edges, found.min, found.max, found.mean)


def paint_coverage(painter: QPainter, rect: QRectF, view: View, coverage: Coverage, scale: Scale, style: Style) -> None:
    """Draw the depth, and the letters of the reads stacked where many of them differ from the reference."""
    with inside(painter, rect):
        color = style.color("unstranded", DEPTH).name()
        shown = columns(view, coverage_data(coverage), device_ratio(painter))
        paint_zero_line(painter, rect, scale, style)
        paint_bars(painter, rect, view, shown, scale, style, BarColors(color, color))
        seen = coverage.between(view.first, view.last)
        keep = seen.differing(DIFFERING)
        sites, counts = seen.sites[keep][:MOST], seen.counts[keep][:MOST]
        left, right = _pixels(painter, rect, view, sites, sites + 1)
        stacked = np.cumsum(counts, axis=1)
        foot = np.round(scale.ys(np.zeros(len(sites)), rect))
        for code, color in enumerate(style.bases()):
            top = np.round(scale.ys(stacked[:, code].astype(np.float64), rect))
            fill_rects(painter, left, right, top, foot, color)
            foot = top
        if shown.depth > 1:
            badge(painter, rect, "summary", style)


@dataclass(frozen=True, slots=True, eq=False)
class _Rows:
    """Where the rows lie in the picture, and which reads are in them."""

    rect: QRectF
    view: View
    pitch: int
    fitting: int
    reads: PackedReads

    @property
    def body(self) -> int:
        return self.pitch - 1

    def tops(self, numbers: Integers) -> Pixels:
        """Return the top pixel of reads."""
        return np.asarray(self.rect.top() + 1 + self.reads.rows[numbers] * self.pitch, np.float64)

    def visible(self, parts: Integers) -> Integers:
        """Return the parts (start, end, read) in rows that fit, in the view."""
        fits = self.reads.rows[parts[:, 2]] < self.fitting
        return parts[fits & (parts[:, 0] < self.view.last) & (parts[:, 1] > self.view.first)]


def paint_reads(
    painter: QPainter, rect: QRectF, view: View, reads: PackedReads, style: Style, total: int = 0, note: str = ""
) -> None:
    """Draw packed reads: strand by colour and tip, gaps, insertions, and the bases that differ from the reference.

    Parameters
    ----------
    reads
        What to draw.
    total
        Number of reads that there are in the view: a badge tells where fewer are drawn.
    note
        What the badge says besides.
    """
    if rect.isEmpty():
        return
    with inside(painter, rect):
        rows = _rows(rect, view, reads)
        _lines(painter, rows, rows.visible(reads.introns), style.color("muted", 0.7))
        _lines(painter, rows, rows.visible(reads.deletions), style.color("text", 0.8))
        _boxes(painter, rows, rows.visible(reads.clips), style.color("muted", 0.25))
        _bodies(painter, rows, style)
        crowded = _differing(painter, rows, style)
        _insertions(painter, rows, style)
        seen = (reads.starts < view.last) & (reads.ends > view.first) & (reads.rows < rows.fitting)
        shown = int(seen.sum())
        fewer = f"showing {shown:,} of {total:,} reads" if shown < total else ""
        if words := " · ".join(part for part in (fewer, note, crowded) if part):
            badge(painter, rect, words, style)


def read_at(rect: QRectF, view: View, reads: PackedReads, base: int, y: float) -> int | None:
    """Return the number of the read that is drawn at a base and a pixel row of `rect`; None if there is none."""
    rows = _rows(rect, view, reads)
    row = int((y - rect.top() - 1) // rows.pitch)
    if not 0 <= row < rows.fitting:
        return None
    found = np.flatnonzero((reads.rows == row) & (reads.starts <= base) & (reads.ends > base))
    return int(found[0]) if len(found) else None


def _rows(rect: QRectF, view: View, reads: PackedReads) -> _Rows:
    count = max(1, reads.row_count)
    near = NEAR if view.pixels_per_base >= 1 else LOWEST
    lowest = LETTERED if view.pixels_per_base >= LETTERS_FROM else near
    pitch = int(max(lowest, min(HIGHEST, (rect.height() - 2) // count)))
    return _Rows(rect, view, pitch, max(1, int((rect.height() - 1) / pitch)), reads)


def _pixels(painter: QPainter, rect: QRectF, view: View, starts: Integers, ends: Integers) -> tuple[Pixels, Pixels]:
    """Return left and right edges on whole device pixels, at least one apart."""
    ratio = device_ratio(painter)
    left = rect.left() + np.round(view.xs(np.maximum(starts, view.first - 1)) * ratio) / ratio
    right = rect.left() + np.round(view.xs(np.minimum(ends, view.last + 1)) * ratio) / ratio
    return left, np.maximum(right, left + 1 / ratio)


def _boxes(painter: QPainter, rows: _Rows, parts: Integers, color: QColor) -> None:
    left, right = _pixels(painter, rows.rect, rows.view, parts[:, 0], parts[:, 1])
    top = rows.tops(parts[:, 2])
    fill_rects(painter, left, right, top, top + rows.body, color)


def _lines(painter: QPainter, rows: _Rows, parts: Integers, color: QColor) -> None:
    """Draw gaps as a thin line in the middle of their row."""
    left, right = _pixels(painter, rows.rect, rows.view, parts[:, 0], parts[:, 1])
    middle = rows.tops(parts[:, 2]) + (rows.body - 1) // 2
    fill_rects(painter, left, right, middle, middle + 1, color)


def _bodies(painter: QPainter, rows: _Rows, style: Style) -> None:
    """Draw the aligned blocks: four fills, by strand and by mapping quality."""
    blocks = rows.visible(rows.reads.blocks)
    reverse, weak = rows.reads.reverse[blocks[:, 2]], rows.reads.quality[blocks[:, 2]] == 0
    tips = _tips(rows, blocks)
    for role, strand in (("forward", ~reverse), ("reverse", reverse)):
        for which, strength in ((strand & ~weak, BODY), (strand & weak, WEAK)):
            color = style.color(role, strength)
            _boxes(painter, rows, blocks[which & ~tips], color)
            _tipped(painter, rows, blocks[which & tips], role == "reverse", color)


def _tips(rows: _Rows, blocks: Integers) -> NDArray[np.bool_]:
    """Tell the blocks that get a tip: the last ones of their reads, where there is room."""
    if rows.body < 5:
        return np.zeros(len(blocks), np.bool_)
    reads = rows.reads
    at_end = np.where(
        reads.reverse[blocks[:, 2]],
        blocks[:, 0] == reads.starts[blocks[:, 2]],
        blocks[:, 1] == reads.ends[blocks[:, 2]],
    )
    wide = (blocks[:, 1] - blocks[:, 0]) / rows.view.bases_per_pixel >= 3 * TIP
    return np.asarray(at_end & wide)


def _tipped(painter: QPainter, rows: _Rows, blocks: Integers, reverse: bool, color: QColor) -> None:
    """Draw blocks whose end narrows along the strand, as columns that get lower: no outline needs smoothing."""
    left, right = _pixels(painter, rows.rect, rows.view, blocks[:, 0], blocks[:, 1])
    top = rows.tops(blocks[:, 2])
    near, far = (left + TIP, right) if reverse else (left, right - TIP)
    fill_rects(painter, near, far, top, top + rows.body, color)
    for step in range(TIP):
        # half of the height goes over the length of the tip
        inset = np.round(rows.body / 2 * (step + 1) / (TIP + 1))
        edge = left + TIP - 1 - step if reverse else right - TIP + step
        fill_rects(painter, edge, edge + 1, top + inset, top + rows.body - inset, color)


def _differing(painter: QPainter, rows: _Rows, style: Style) -> str:
    """Draw the bases that differ from the reference; return what to say where they are too many."""
    letters = rows.reads.letters
    shown = (letters[:, 0] >= rows.view.first) & (letters[:, 0] < rows.view.last)
    letters = letters[shown & (rows.reads.rows[letters[:, 2]] < rows.fitting)]
    left, right = _pixels(painter, rows.rect, rows.view, letters[:, 0], letters[:, 0] + 1)
    if rows.view.pixels_per_base < 1:
        # several bases on one pixel: one of them is seen
        places = rows.reads.rows[letters[:, 2]] * (1 << 20) + left.astype(np.int64)
        first = np.unique(places, return_index=True)[1]
        letters, left, right = letters[first], left[first], right[first]
    if rows.reads.crowded or len(letters) > MOST:
        return "zoom in for differing bases"
    top = rows.tops(letters[:, 2])
    # a base narrower than a pixel is drawn a pixel wide, but no louder than it is
    strength = min(1.0, max(0.45, 3 * rows.view.pixels_per_base))
    for code, color in enumerate(style.bases(strength)):
        own = letters[:, 1] == code
        fill_rects(painter, left[own], right[own], top[own], top[own] + rows.body, color)
    if rows.view.pixels_per_base >= LETTERS_FROM and rows.body >= LETTERED - 1:
        _write(painter, rows, letters, style)
    return ""


def _write(painter: QPainter, rows: _Rows, letters: Integers, style: Style) -> None:
    """Write the letters of differing bases into their boxes."""
    wide, high = rows.view.pixels_per_base, rows.body - 3
    width = min(0.8 * wide, high * 0.9)
    left = rows.rect.left() + rows.view.xs(letters[:, 0]) + (wide - width) / 2
    ground = [style.color("canvas")] * 5
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    tops = rows.tops(letters[:, 2])
    for top in np.unique(tops).tolist():
        own = tops == top
        codes = letters[own, 1].astype(np.uint8)
        paint_letters(painter, codes, left[own], width, top + 1.5 + high, np.full(len(codes), float(high)), ground)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def _insertions(painter: QPainter, rows: _Rows, style: Style) -> None:
    """Mark insertions between two bases, with their length where there is room; short ones only near enough."""
    found, view = rows.reads.insertions, rows.view
    seen = (found[:, 0] >= view.first) & (found[:, 0] <= view.last) & (rows.reads.rows[found[:, 2]] < rows.fitting)
    found = found[seen & ((found[:, 1] >= view.bases_per_pixel) | (view.pixels_per_base >= 0.5))][:MOST]
    color = style.color("accent")
    x = rows.rect.left() + np.round(view.xs(found[:, 0]))
    top = rows.tops(found[:, 2])
    fill_rects(painter, x - 1, x + 1, top, top + rows.body, color)
    if rows.body < 5 or view.pixels_per_base < 1:
        return
    for edge in (top, top + rows.body - 1):
        fill_rects(painter, x - 3, x + 3, edge, edge + 1, color)
    if view.pixels_per_base >= LETTERS_FROM and rows.body >= LETTERED - 1:
        for at, y, length in zip(x.tolist(), top.tolist(), found[:, 1].tolist(), strict=True):
            if length > 1:
                _count(painter, at, y, rows.body, str(length), style)


def _count(painter: QPainter, x: float, top: float, height: float, text: str, style: Style) -> None:
    width = text_width(style, text, scale=0.8) + 5
    painter.fillRect(QRectF(round(x - width / 2), top, round(width), height), style.color("accent"))
    draw_text(painter, x - width / 2 + 2.5, top + height / 2, text, style, QColor(style.theme.on_accent), scale=0.8)
