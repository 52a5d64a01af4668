"""Ruler, overview, axis, tokens, states: what a person reads off the picture's frame."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from qtpy.QtCore import QRectF

from gxview._qt.painters import (
    RULER_HEIGHT,
    Letters,
    Scale,
    State,
    View,
    overview_bar,
    overview_mark,
    paint_axis,
    paint_cursor,
    paint_header,
    paint_overview,
    paint_ruler,
    paint_state,
    paint_tokens,
)
from gxview._qt.painters.shapes import text_width
from gxview._qt.painters.tokens import token_color

RULER = QRectF(0, 0, 800, RULER_HEIGHT)


def position_of(label: str) -> int:
    number, _, unit = label.replace(",", "").partition(" ")
    return round(float(number) * {"": 1, "kb": 1_000, "Mb": 1_000_000}[unit])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(start=st.integers(0, 240_000_000), span=st.integers(20, 5_000_000), width=st.integers(300, 2000))
def test_ruler_labels_stand_over_their_base_uncut_and_apart(svg, style, start, span, width):
    view = View.of("chr1", start, start + span, width)
    found = svg(lambda p: paint_ruler(p, QRectF(0, 0, width, RULER_HEIGHT), view, style), width, RULER_HEIGHT)
    labels = sorted((x, t) for x, y, t in found.texts() if y > 16)
    assert labels, "at least one position is named"
    spans = []
    for x, text in labels:
        length = text_width(style, text)
        middle = view.x(position_of(text) - 1) + view.pixels_per_base / 2
        assert x + length / 2 == pytest.approx(middle, abs=1.5)
        assert x >= 0
        assert x + length <= width
        spans.append((x, x + length))
    assert all(b[0] - a[1] >= 8 for a, b in itertools.pairwise(spans))


def test_the_ruler_says_the_span(svg, style):
    found = svg(lambda p: paint_ruler(p, RULER, View.of("c", 1000, 3000, 800), style))
    assert "2,000 bp" in [t for _, _, t in found.texts()]


def test_a_tick_stands_in_the_middle_of_its_base(draw, style):
    view = View.of("c", 100, 120, 800)
    picture = draw(lambda p: paint_ruler(p, RULER, view, style), 800, RULER_HEIGHT)
    row = picture.near(style.theme.muted, 3)[RULER_HEIGHT - 7]
    assert np.flatnonzero(row).tolist() == [int(view.x(p - 1) + 20) for p in range(102, 121, 2)]


@given(
    length=st.integers(1, 250_000_000),
    share=st.floats(0, 1),
    width=st.integers(60, 3000),
    size=st.floats(1e-6, 1.5),
)
def test_the_mark_in_the_overview_is_seen_and_stays_in_the_bar(length, share, width, size):
    rect = QRectF(10, 5, width, 32)
    start = round(share * length)
    view = View.of("c", start, start + max(1, round(length * size)), width)
    mark, bar = overview_mark(rect, length, view), overview_bar(rect)
    assert mark.width() >= 3
    assert bar.left() - 1e-6 <= mark.left()
    assert mark.right() <= bar.right() + 1e-6
    middle = bar.left() + bar.width() * min(1, (start + min(length, view.last)) / 2 / length)
    assert mark.left() - 2 <= middle <= mark.right() + 2


def test_the_overview_names_the_chromosome_and_its_length(svg, draw, style):
    rect = QRectF(0, 0, 800, 32)
    view = View.of("NC_000913.3", 2_000_000, 2_000_200, 800)

    def paint(painter):
        paint_overview(painter, rect, 4_641_652, view, style)

    texts = [t for _, _, t in svg(paint).texts()]
    assert texts[:2] == ["NC_000913.3", "4,641,652 bp"]
    assert texts[2:] == ["1 Mb", "2 Mb", "3 Mb", "4 Mb"]
    accent = draw(paint, 800, 32).near(style.theme.accent, 8).any(axis=0)
    columns = np.flatnonzero(accent)
    assert 343 <= columns.min() <= columns.max() <= 348, "0.43 of the width"


@pytest.mark.parametrize(("low", "high"), [(-1.05, 1.05), (0, 12.6), (-0.3, 1.2), (0, 0.0004), (-2e6, 0)])
@pytest.mark.parametrize("height", [24, 60, 150, 400])
def test_the_axis_names_zero_and_its_labels_are_apart(svg, style, low, high, height):
    rect = QRectF(0, 10, 52, height)
    texts = svg(lambda p: paint_axis(p, rect, Scale(low, high), style)).texts()
    labels = [t for _, _, t in texts]
    assert "0" in labels
    assert len(labels) == len(set(labels))
    rows = sorted(y for _, y, _ in texts)
    assert all(b - a >= style.text_px for a, b in itertools.pairwise(rows))
    assert all(x >= 0 and x + text_width(style, t, scale=0.9) <= 52 for x, _, t in texts)
    assert min(rows) >= 10 + style.text_px * 0.6
    assert max(rows) <= 10 + height


def test_headers_are_elided_not_cut(svg, style):
    rect = QRectF(0, 0, 90, 20)
    name = "a very long name of a track"
    texts = svg(lambda p: paint_header(p, rect, name, style, "detail", selected=True)).texts()
    first, last = texts[0][2].split("…")
    assert first
    assert name.startswith(first)
    assert last
    assert name.endswith(last), "names of one family differ at their ends"
    assert all(x + text_width(style, t, bold=True) <= 90 for x, _, t in texts)


@pytest.mark.parametrize(
    ("state", "text"),
    [
        (State("waiting"), "Waiting…"),
        (State("running", done=3, total=1200), "Computing 3 of 1,200"),
        (State("running", "Explaining", 5, 4), "Explaining 4 of 4"),
        (State("failed", "out of memory"), "out of memory"),
        (State("empty"), "Nothing here"),
    ],
)
@pytest.mark.parametrize("height", [14, 60])
def test_states_say_what_is_going_on(svg, style, state, text, height):
    texts = svg(lambda p: paint_state(p, QRectF(0, 0, 800, height), state, style)).texts()
    assert [t for _, _, t in texts] == [text]


def test_progress_grows(draw, style):
    wide = []
    for done in (0, 30, 60, 120):
        state = State("running", "Explaining", done, 120)
        picture = draw(lambda p, s=state: paint_state(p, QRectF(0, 0, 800, 60), s, style), 800, 60)
        wide.append(int(picture.near(style.theme.accent, 3).any(axis=0).sum()))
    assert wide == sorted(set(wide))
    assert wide[-1] == pytest.approx(220, abs=4)


def test_the_cursor_marks_one_base(draw, style):
    view = View.of("c", 239_999_900, 240_000_000, 800)
    picture = draw(lambda p: paint_cursor(p, QRectF(0, 0, 800, 50), view, 239_999_950, style), 800, 50)
    assert np.flatnonzero(picture.ink()[25]).tolist() == list(range(400, 408))


@dataclass
class Token:
    start: int
    end: int
    relevance: float


def test_tokens_cover_their_bases_with_a_border_between(draw, style):
    view = View.of("c", 1000, 1020, 800)
    tokens = [Token(1000, 1006, 1.0), Token(1006, 1012, -1.0), Token(1012, 1020, 0.0)]
    picture = draw(lambda p: paint_tokens(p, QRectF(0, 0, 800, 24), view, tokens, style), 800, 24)
    row = picture.pixels[12]
    canvas = picture.near(style.theme.canvas, 0)[12]
    assert np.flatnonzero(canvas).tolist() == [239, 479, 799]
    for token, k in zip(tokens, (100, 300, 700), strict=True):
        odd = token.start == 1006
        color = token_color(token.relevance, odd, style, 1.0)
        assert row[k].tolist() == [color.red(), color.green(), color.blue()]


def test_token_colours_diverge_with_relevance(style):
    def redness(relevance):
        color = token_color(relevance, False, style, 1.0)
        return color.red() - color.blue()

    shades = [redness(r) for r in (-1, -0.5, 0, 0.5, 1)]
    assert shades == sorted(set(shades))
    assert token_color(5, False, style, 1.0) == token_color(1, False, style, 1.0)
    assert token_color(float("nan"), False, style, 1.0) == token_color(0, False, style, 1.0)
    assert token_color(0, False, style, 1.0) != token_color(0, True, style, 1.0)


def test_wide_tokens_show_their_letters(svg, style):
    tokens = [Token(0, 3, 0.4), Token(5, 8, -0.4)]
    letters = Letters(0, "ACGTTACG")
    for width, expected in ((800, 6), (24, 0)):
        view = View.of("c", 0, 8, width)
        found = svg(lambda p, v=view: paint_tokens(p, QRectF(0, 0, 800, 24), v, tokens, style, letters))
        assert len(found.tags("path")) - len(found.tags("clipPath")) == expected


def test_far_out_the_strongest_token_of_a_pixel_is_shown(draw, style):
    tokens = [Token(5 * i, 5 * i + 5, 0.01) for i in range(4000)]
    tokens[1234] = Token(6170, 6175, -1.0)
    view = View.of("c", 0, 20_000, 800)
    picture = draw(lambda p: paint_tokens(p, QRectF(0, 0, 800, 24), view, tokens, style), 800, 24)
    color = token_color(-1.0, False, style, 1.0)
    assert picture.pixels[20, 6170 // 25].tolist() == [color.red(), color.green(), color.blue()]
