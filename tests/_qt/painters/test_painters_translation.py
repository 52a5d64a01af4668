"""Reading frames: each codon over its three bases, frames that stay with the genome, colours of starts and stops."""

from __future__ import annotations

import numpy as np
import pytest
from qtpy.QtCore import QRectF

from gxview._qt.painters import Letters, View, paint_sequence, paint_translation
from gxview._qt.painters.translation import frames
from gxview.genome import reverse_complement

RECT = QRectF(0, 0, 780, 45)
STOP, START = 3, 0
"""Places of the colours of stops and starts among those of the bases."""


@pytest.mark.parametrize("start", [0, 1, 2, 365_528, 239_999_940, 239_999_941])
@pytest.mark.parametrize("reverse", [False, True])
def test_a_codon_lies_over_its_bases_in_the_frame_of_its_position(draw, style, start, reverse):
    text = "C" * 40 + ("TTA" if reverse else "TAA") + "C" * 35
    at = start + 40
    view = View.of("c", start, start + 78, 780)
    picture = draw(lambda p: paint_translation(p, RECT, view, Letters(start, text), style, reverse), 780, 45)
    rows, cols = np.nonzero(picture.near(style.theme.bases[STOP], 1))
    assert (cols.min(), cols.max()) == (400, 429)
    assert rows.min() // 15 == rows.max() // 15 == at % 3


def test_frames_and_codons_do_not_change_when_the_view_moves(draw, style):
    rng = np.random.default_rng(2)
    text = "".join(rng.choice(list("ACGT"), 400))
    known = {}
    for start in range(100, 112):
        for place, frame in enumerate(frames(View.of("c", start, start + 60, 780), Letters(0, text), True)):
            for at, letter in zip(frame.starts.tolist(), frame.letters.tolist(), strict=True):
                assert known.setdefault((place, at), letter) == letter
                assert at % 3 == place


def test_starts_are_green_stops_red_and_all_are_named(draw, svg, style):
    view, letters = View.of("c", 0, 39, 780), Letters(0, "ATGAAATGA" + "GCN" * 10)

    def paint(painter):
        paint_translation(painter, RECT, view, letters, style)

    picture = draw(paint, 780, 45)
    assert picture.near(style.theme.bases[START], 1)[2, 2]
    assert picture.near(style.theme.bases[STOP], 1)[2, 122]
    first = sorted((x, text) for x, y, text in svg(paint).texts() if y < 15)
    assert "".join(text for _, text in first) == "MK*" + "X" * 10


def test_far_out_only_starts_and_stops_show(draw, svg, style):
    view, letters = View.of("c", 0, 3900, 780), Letters(0, "C" * 1950 + "TAA" + "C" * 1947)

    def paint(painter):
        paint_translation(painter, RECT, view, letters, style)

    assert svg(paint).texts() == []
    rows, cols = np.nonzero(draw(paint, 780, 45).near(style.theme.bases[STOP], 1))
    assert set(cols.tolist()) == {390}
    assert {row // 15 for row in rows.tolist()} == {0}


@pytest.mark.parametrize("wide", [10.0, 2.0])
def test_the_other_strand_is_the_complement_in_place(draw, style, wide):
    text = "ACGTTGCAacgtNNAC"
    view = View("c", 239_999_900, 0.0, 1 / wide, 780)
    rect = QRectF(0, 0, 780, 20)
    flipped = Letters(view.origin, reverse_complement(text)[::-1])
    there = draw(lambda p: paint_sequence(p, rect, view, Letters(view.origin, text), style, True), 780, 20)
    wanted = draw(lambda p: paint_sequence(p, rect, view, flipped, style), 780, 20)
    assert (there.pixels == wanted.pixels).all()
