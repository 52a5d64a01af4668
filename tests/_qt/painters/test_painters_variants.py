"""Where variants are drawn, to the pixel."""

from __future__ import annotations

import numpy as np
import pytest
from qtpy.QtCore import QRectF

from gxview._qt.painters import View
from gxview._qt.painters.variants import REJECTED, paint_variants
from gxview.tracks.variant_lines import read_variant

RECT = QRectF(0, 0, 800, 60)
PLACES = [0, 1_000_003, 239_999_950]


def variant(position, ref, alt, info=".", state="PASS", name="."):
    """A variant at a 0-based position."""
    return read_variant("\t".join(("c", str(position + 1), name, ref, alt, "50", state, info)), "here")


def view_of(start, bases=100):
    return View.of("c", start, start + bases, 800)


def columns_of(mask):
    return sorted({int(x) // 8 for x in np.flatnonzero(mask.any(axis=0))})


@pytest.mark.parametrize("start", PLACES)
@pytest.mark.parametrize(("alt", "code"), [("C", 1), ("G", 2), ("T", 3)])
def test_a_changed_base_fills_its_own_column_in_the_colour_of_the_new_base(draw, style, start, alt, code):
    found = [variant(start + 37, "A", alt)]
    colored = draw(lambda p: paint_variants(p, RECT, view_of(start), found, [0], style)).near(style.theme.bases[code])
    edges = np.flatnonzero(colored.any(axis=0))
    assert (edges[0], edges[-1] + 1) == (37 * 8, 38 * 8)


@pytest.mark.parametrize("start", PLACES)
def test_every_base_of_several_is_at_its_place(draw, style, start):
    """REF AAGA to ALT ATGC at 20: bases 21 (T), 22 (G) and 23 (C) are replaced."""
    found = [variant(start + 20, "AAAA", "ATGC")]
    picture = draw(lambda p: paint_variants(p, RECT, view_of(start), found, [0], style))
    assert [columns_of(picture.near(style.theme.bases[code])) for code in (3, 2, 1)] == [[21], [22], [23]]


@pytest.mark.parametrize("start", PLACES)
def test_a_deletion_is_a_bar_over_the_lost_bases(draw, style, start):
    found = [variant(start + 20, "ACGT", "A")]
    picture = draw(lambda p: paint_variants(p, RECT, view_of(start), found, [0], style))
    assert columns_of(picture.near(style.theme.text)[:12]) == [21, 22, 23]


@pytest.mark.parametrize("start", PLACES)
def test_an_insertion_is_a_mark_between_two_bases(draw, style, start):
    found = [variant(start + 20, "A", "ACC")]
    picture = draw(lambda p: paint_variants(p, RECT, view_of(start), found, [0], style))
    mark = np.flatnonzero(picture.near(style.theme.accent)[8:12].any(axis=0))
    assert (mark[0], mark[-1]) == (21 * 8 - 1, 21 * 8)


def test_structural_variants_span_to_their_end_and_are_cut_to_the_view(draw, style):
    found = [variant(39, "A", "<DEL>", "END=60"), variant(70, "A", "<DUP>", "END=100000000"), variant(9, "A", "A[c:9[")]
    picture = draw(lambda p: paint_variants(p, RECT, view_of(0), found, [0, 0, 0], style))
    assert columns_of(picture.near(style.theme.positive)[:10]) == list(range(40, 60))
    assert columns_of(picture.near(style.theme.negative)[:10]) == list(range(71, 100))
    assert columns_of(picture.near(style.theme.signal_negative)[8:11]) == [8, 9]


def test_rejected_variants_are_paler(draw, style):
    found = [variant(10, "A", "C"), variant(30, "A", "C", state="q10")]
    picture = draw(lambda p: paint_variants(p, RECT, view_of(0), found, [0, 0], style))
    assert columns_of(picture.near(style.theme.bases[1])) == [10]
    assert columns_of(picture.near(style.on_canvas(style.theme.bases[1], REJECTED).name())) == [30]


def test_alleles_of_one_variant_share_its_height(draw, style):
    picture = draw(lambda p: paint_variants(p, RECT, view_of(0), [variant(10, "A", "C,T")], [0], style))
    upper, lower = (np.flatnonzero(picture.near(style.theme.bases[code])[:, 84]) for code in (1, 3))
    assert len(upper)
    assert upper.max() < lower.min()


def test_labels_name_what_changes_and_never_overlap(svg, style):
    found = [variant(10, "A", "C", name="rs1"), variant(12, "A", "G", name="rs2"), variant(60, "CTT", "C")]
    texts = svg(lambda p: paint_variants(p, RECT, view_of(0), found, [0, 0, 0], style)).texts()
    assert [text for _, _, text in texts] == ["rs1 A>C", "CTT>C"]
    both = svg(lambda p: paint_variants(p, RECT, view_of(0), found, [0, 1, 0], style)).texts()
    assert sorted(text for _, _, text in both) == ["CTT>C", "rs1 A>C", "rs2 A>G"]


def test_too_many_to_tell_apart_become_a_density(svg, style):
    found = [variant(10 * n, "A", "C") for n in range(1000)]
    texts = [
        text
        for _, _, text in svg(lambda p: paint_variants(p, RECT, view_of(0, 10_000), found, [0] * 1000, style)).texts()
    ]
    assert any("density" in text for text in texts)


def test_a_lone_variant_is_seen_at_any_zoom(draw, style):
    view = View.of("c", 0, 240_000_000, 800)
    for alt in ("C", "ATT", "<DEL>", "."):
        picture = draw(lambda p, a=alt: paint_variants(p, RECT, view, [variant(120_000_000, "A", a)], [0], style))
        inked = np.flatnonzero(picture.ink()[:12].any(axis=0))
        assert len(inked)
        assert 394 <= inked[0] <= inked[-1] <= 406


def test_rows_that_do_not_fit_are_counted(svg, style):
    found = [variant(10, "A", "C") for _ in range(30)]
    texts = svg(lambda p: paint_variants(p, RECT, view_of(0), found, list(range(30)), style)).texts()
    assert any(text.endswith("more rows") for _, _, text in texts)
