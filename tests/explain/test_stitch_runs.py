"""Stitching many windows at once gives, to the bit, what stitching them one by one gives."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gxview.explain.settings import probabilities, probability
from gxview.explain.stitch_runs import stitch_run
from gxview.explain.stitching import STITCHINGS, Stitcher
from gxview.explain.windows import WindowGrid


@st.composite
def places(draw):
    window = draw(st.integers(1, 12))
    stride = draw(st.integers(1, window))
    grid = WindowGrid(draw(st.integers(1, 80)), window, stride, draw(st.integers(0, stride - 1)))
    start = draw(st.integers(0, grid.length - 1))
    return grid, (start, draw(st.integers(start + 1, grid.length))), draw(st.integers(0, 2**31))


@pytest.mark.parametrize("rule", STITCHINGS)
@given(places())
@settings(max_examples=150, deadline=None)
def test_equals_the_stitcher(rule, drawn):
    grid, (start, end), seed = drawn
    rng = np.random.default_rng(seed)
    touching = grid.touching(start, end)
    values = rng.normal(size=(len(touching), 3, grid.window)).astype(np.float32)
    valid, scores = (
        rng.random(len(touching)) < 0.8,
        np.where(rng.random(len(touching)) < 0.3, 0.0, rng.random(len(touching))),
    )
    slow = Stitcher(start, end, rule, rows=3)
    for place, index in enumerate(touching):
        if valid[place]:
            slow.add(grid.start(index), values[place], float(scores[place]))
    fast = stitch_run(grid, touching.start, values, valid, scores, (start, end), rule)
    np.testing.assert_array_equal(fast.view(np.int32), slow.result().view(np.int32))


@given(st.integers(1, 40), st.integers(1, 5), st.integers(0, 2**31))
@settings(deadline=None)
def test_probabilities_are_those_of_single_sequences(count, labels, seed):
    logits = np.random.default_rng(seed).normal(scale=8, size=(count, labels)).astype(np.float32)
    for label in range(labels):
        one_by_one = [probability(row, label) for row in logits]
        np.testing.assert_array_equal(probabilities(logits, label), one_by_one)
