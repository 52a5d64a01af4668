"""Every painter keeps to its rectangle, at any zoom, on screens of any density."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pysam
import pytest
from qtpy.QtCore import QRectF

import gxview._qt.painters as painters
from gxview._qt.painters import BaseValues, BinnedCounts, Letters, Scale, State, View
from gxview._qt.painters.alignments import paint_coverage, paint_reads
from gxview._qt.painters.variants import paint_variants
from gxview.genome import Region
from gxview.tracks import ReadOptions
from gxview.tracks.base import Feature
from gxview.tracks.pileup import pile_up
from gxview.tracks.read_table import ReadTable
from gxview.tracks.variant_lines import read_variant

RECT = QRectF(101, 37, 300, 60)


@dataclass
class Token:
    start: int
    end: int
    relevance: float


def piled_reads():
    """Reads with gaps, insertions and clips on a random reference."""
    header = pysam.AlignmentHeader.from_dict({"SQ": [{"SN": "c", "LN": 5000}]})
    chance, reads = np.random.default_rng(2), []
    for number in range(300):
        read = pysam.AlignedSegment(header)
        read.query_name, read.flag, read.mapping_quality = f"r{number}", 16 * (number % 2), 60 * (number % 3 > 0)
        read.query_sequence = "".join(chance.choice(list("ACGT"), 70))
        read.reference_id, read.reference_start = 0, int(chance.integers(0, 4800))
        read.cigarstring = "5S20M3D20M4I15M40N6M"
        reads.append(read)
    options = ReadOptions(soft_clips=True)
    letters = "".join(chance.choice(list("ACGT"), 5000))
    return pile_up(ReadTable.of(reads), Region("c", 0, 5000), letters, options, bases_per_pixel=0.5)


RNG = np.random.default_rng(0)
VALUES = BaseValues(0, RNG.normal(0, 3, 5000).astype(np.float32))
LETTERS = Letters(0, "".join(RNG.choice(list("ACGTNacgtnR"), 5000)))
TOKENS = [Token(7 * i, 7 * i + 7, float(v)) for i, v in enumerate(RNG.normal(size=700))]
GENES = [Feature("c", 40 * i, 40 * i + 130, f"gene{i}", "+-."[i % 3]) for i in range(120)]
ROWS = [i % 5 for i in range(120)]
COUNTS = BinnedCounts(np.arange(0, 5001, 10), RNG.integers(0, 9, 500), RNG.integers(0, 9, 500))
LAYERS = [painters.Layer(VALUES, "#2255aa", lettered=True), painters.Layer(VALUES, "#eeaa22")]
SCALE = Scale(-1, 1)
VARIANTS = [
    read_variant(f"c\t{29 * i + 1}\trs{i}\t{ref}\t{alt}\t.\t{state}\tEND={29 * i + 300}", "here")
    for i, (ref, alt, state) in enumerate(
        [
            ("A", "C", "PASS"),
            ("A", "ATT", "q10"),
            ("ATT", "A", "."),
            ("A", "<DEL>", "."),
            ("A", "A[c:9[", "q"),
            ("A", "C,G", "."),
        ]
        * 25
    )
]
READS = piled_reads()

PAINT = {
    "variants": lambda p, v, s: paint_variants(p, RECT, v, VARIANTS, [i % 7 for i in range(150)], s),
    "coverage": lambda p, v, s: paint_coverage(p, RECT, v, READS.coverage, Scale(0, 20), s),
    "reads": lambda p, v, s: paint_reads(p, RECT, v, READS.reads, s, READS.total, "a note"),
    "ruler": lambda p, v, s: painters.paint_ruler(p, RECT, v, s),
    "overview": lambda p, v, s: painters.paint_overview(p, RECT, 5000, v, s),
    "sequence": lambda p, v, s: painters.paint_sequence(p, RECT, v, LETTERS, s),
    "signal": lambda p, v, s: painters.paint_signal(p, RECT, v, VALUES, SCALE, s),
    "line": lambda p, v, s: painters.paint_signal(p, RECT, v, VALUES, SCALE, s, painters.SignalLook(mark="line")),
    "points": lambda p, v, s: painters.paint_signal(p, RECT, v, VALUES, SCALE, s, painters.SignalLook(mark="points")),
    "heatmap": lambda p, v, s: painters.paint_signal(p, RECT, v, VALUES, SCALE, s, painters.SignalLook(mark="heatmap")),
    "overlay": lambda p, v, s: painters.paint_overlay(p, RECT, v, LAYERS, LETTERS, SCALE, s),
    "gc": lambda p, v, s: painters.paint_gc(p, RECT, v, VALUES, Scale(-2, 3), s),
    "translation": lambda p, v, s: painters.paint_translation(p, RECT, v, LETTERS, s),
    "density": lambda p, v, s: painters.paint_density(p, RECT, v, COUNTS, s),
    "relevance": lambda p, v, s: painters.paint_relevance(p, RECT, v, VALUES, LETTERS, SCALE, s),
    "features": lambda p, v, s: painters.paint_features(p, RECT, v, GENES, ROWS, s),
    "tokens": lambda p, v, s: painters.paint_tokens(p, RECT, v, TOKENS, s, LETTERS),
    "axis": lambda p, v, s: painters.paint_axis(p, RECT, SCALE, s),
    "header": lambda p, v, s: painters.paint_header(p, RECT, "name " * 40, s, "detail", selected=True),
    "failed": lambda p, v, s: painters.paint_state(p, RECT, State("failed", "word " * 50), s),
    "cursor": lambda p, v, s: painters.paint_cursor(p, RECT, v, v.first, s),
}


@pytest.mark.parametrize("ratio", [1.0, 2.0])
@pytest.mark.parametrize("zoom", [0.02, 0.13, 0.3, 0.9, 7.0])
@pytest.mark.parametrize("name", PAINT)
def test_painters_keep_to_their_rectangle(draw, style, name, zoom, ratio):
    view = View.at("c", 1234.57, zoom, RECT.width())
    ink = draw(lambda p: PAINT[name](p, view, style), 500, 140, ratio).ink()
    left, top, right, bottom = (round(v * ratio) for v in (101, 37, 401, 97))
    assert ink[top:bottom, left:right].any()
    ink[top:bottom, left:right] = False
    assert not ink.any()


@pytest.mark.parametrize("size", [(0, 0), (1, 1), (3, 200), (400, 2)])
@pytest.mark.parametrize("name", PAINT)
def test_a_row_without_room_is_no_error(draw, style, name, size, monkeypatch):
    monkeypatch.setattr(f"{__name__}.RECT", QRectF(10, 10, *size))
    view = View.at("c", 1234.57, 0.3, max(1, size[0]))
    draw(lambda p: PAINT[name](p, view, style), 500, 300)


@pytest.mark.parametrize("name", PAINT)
def test_nothing_is_a_raster_picture_in_svg(svg, style, name):
    for zoom in (0.05, 0.3, 9.0):
        view = View.at("c", 1234.57, zoom, RECT.width())
        found = svg(lambda p, v=view: PAINT[name](p, v, style), 500, 140)
        assert not found.tags("image")
        assert not found.tags("pattern")
