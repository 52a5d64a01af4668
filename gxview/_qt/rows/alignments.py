"""Rows of aligned reads from files: coverage above, reads below."""

from __future__ import annotations

import numpy as np
from qtpy.QtCore import QRectF
from qtpy.QtGui import QPainter

from gxview._qt.drawing.layout import PADDING, Row
from gxview._qt.painters import BinnedCounts, State, paint_density, paint_state
from gxview._qt.painters.alignments import paint_coverage, paint_reads
from gxview._qt.painters.ticks import span_label
from gxview._qt.rows.at_hand import alignments_at_hand
from gxview._qt.rows.axis import paint_row_axis
from gxview._qt.rows.scales import scale_of
from gxview._qt.rows.scene import Scene
from gxview.tracks import Pileup
from gxview.tracks.packed_reads import NARROW
from gxview.viewer.data.alignment_blocks import AlignmentBlock
from gxview.viewer.tracks.kinds import AlignmentTrack

SHARE, SMALLEST, LARGEST = 0.3, 24, 70
"""Part of a row's height that the coverage takes above the reads, and its bounds in pixels."""


def split(rect: QRectF, with_reads: bool) -> tuple[QRectF, QRectF]:
    """Return the parts of a row for the coverage and for the reads."""
    high = min(LARGEST, max(SMALLEST, round(rect.height() * SHARE))) if with_reads else rect.height()
    above = QRectF(rect.left(), rect.top(), rect.width(), min(high, rect.height()))
    return above, QRectF(rect.left(), above.bottom(), rect.width(), max(0.0, rect.bottom() - above.bottom()))


def paint_alignments_row(painter: QPainter, row: Row, track: AlignmentTrack, scene: Scene) -> None:
    """Draw coverage and reads of a file, their density where they are too many, or why there is nothing."""
    block = alignments_at_hand(track, scene)
    if block is None:
        failure = scene.viewer.data.failure(track)
        state = State("failed", failure) if failure else State("waiting", "Reading")
        paint_state(painter, row.data_rect, state, scene.style)
    elif block.pileup is None:
        _density(painter, row, block, scene)
    else:
        _pileup(painter, row, track, block.pileup, scene)


def _pileup(painter: QPainter, row: Row, track: AlignmentTrack, pileup: Pileup, scene: Scene) -> None:
    above, below = split(row.data_rect, track.reads)
    scale = scale_of(track, scene)
    values = above.adjusted(0, PADDING, 0, -1 if track.reads else -PADDING)
    axis = QRectF(row.axis_rect.left(), values.top(), row.axis_rect.width(), values.height())
    paint_row_axis(painter, axis, scale, scene.style)
    paint_coverage(painter, values, scene.view, pileup.coverage, scale, scene.style)
    if not track.reads:
        return
    if pileup.reads is None:
        # what is read at a zoom serves all views up to the next power of two of bases
        span = _span(2.0 ** np.floor(np.log2(max(1.0, NARROW * pileup.typical * scene.view.width))))
        paint_state(painter, below, State("empty", f"Zoom in below {span} to see single reads"), scene.style)
    elif not (total := pileup.count(scene.view.first, scene.view.last)):
        hidden = f"; {pileup.hidden:,} are hidden by the track's filters" if pileup.hidden else ""
        paint_state(painter, below, State("empty", f"No reads here{hidden}"), scene.style)
    else:
        blind = not pileup.has_letters and scene.view.pixels_per_base >= 1
        note = "open a genome to see differing bases" if blind else ""
        paint_reads(painter, below.adjusted(0, 1, 0, 0), scene.view, pileup.reads, scene.style, total, note)


def _density(painter: QPainter, row: Row, block: AlignmentBlock, scene: Scene) -> None:
    above, below = split(row.data_rect, row.height >= 2 * SMALLEST)
    if block.edges is not None and block.counts is not None:
        first, last = np.searchsorted(block.edges, (scene.camera.region.start, scene.camera.region.end))
        part = slice(max(0, int(first) - 1), int(last) + 1)
        edges = block.edges[part]
        counts = BinnedCounts(edges, block.counts[part][: len(edges) - 1])
        paint_density(painter, above.adjusted(0, PADDING, 0, 0), scene.view, counts, scene.style, rough=True)
    words = f"Zoom in below {_span(block.readable_span)} to see reads"
    paint_state(painter, below, State("empty", words), scene.style)


def _span(bases: float) -> str:
    """Write a length with two digits, rather too short than too long."""
    unit = 10 ** max(0, int(np.log10(bases)) - 1)
    return span_label(bases // unit * unit)
