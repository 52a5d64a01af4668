"""Packing of boxes and labels."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gxview.tracks import pack_rows
from gxview.tracks.layout import HIDDEN

boxes = st.lists(st.tuples(st.integers(0, 200), st.integers(1, 60), st.floats(0, 80)), max_size=40)


def occupied(boxes, gap):
    return [(start, max(start + length, start + label) + gap) for start, length, label in boxes]


@given(boxes, st.floats(0, 10))
def test_nothing_overlaps_in_a_row_and_no_row_is_wasted(boxes, gap):
    spans = [(start, start + length) for start, length, _ in boxes]
    rows = pack_rows(spans, [label for _, _, label in boxes], gap=gap)
    taken = occupied(boxes, gap)
    for i in range(len(boxes)):
        for j in range(i):
            if rows[i] == rows[j]:
                assert taken[i][1] <= taken[j][0] or taken[j][1] <= taken[i][0]
    depth = max((sum(a <= start < b for a, b in taken) for start, _ in taken), default=0)
    assert len(set(rows.tolist())) == depth
    assert sorted(set(rows.tolist())) == list(range(depth))


@given(boxes, st.integers(0, 4))
def test_with_few_rows_the_rest_is_hidden_and_the_shown_still_do_not_overlap(boxes, max_rows):
    spans = [(start, start + length) for start, length, _ in boxes]
    labels = [label for _, _, label in boxes]
    rows = pack_rows(spans, labels, max_rows=max_rows)
    assert rows.max(initial=-1) < max_rows
    shown = np.flatnonzero(rows != HIDDEN).tolist()
    taken = occupied(boxes, 0)
    for i in shown:
        for j in shown:
            if i < j and rows[i] == rows[j]:
                assert taken[i][1] <= taken[j][0] or taken[j][1] <= taken[i][0]
    if pack_rows(spans, labels).max(initial=-1) < max_rows:
        assert len(shown) == len(boxes)


@given(boxes)
def test_a_box_on_the_right_moves_none_on_the_left(boxes):
    spans = sorted((start, start + length) for start, length, _ in boxes)
    rows = pack_rows(spans, 5.0).tolist()
    assert pack_rows(spans[:-1], 5.0).tolist() == rows[:-1]


def test_no_boxes():
    assert pack_rows([]).tolist() == []
    assert pack_rows([(0, 10), (5, 20), (10, 30)]).tolist() == [0, 1, 0]
