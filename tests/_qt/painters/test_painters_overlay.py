"""Signals over each other: the first filled, the others readable over it, each at its own height."""

from __future__ import annotations

import numpy as np
import pytest
from qtpy.QtCore import QRectF

from gxview._qt.painters import BaseValues, BinnedValues, Layer, Letters, Scale, View, paint_overlay

RECT = QRectF(0, 0, 800, 100)
POSITIONS = [0, 365_528, 239_999_940]


@pytest.mark.parametrize("start", POSITIONS)
def test_letters_stay_and_the_other_explanation_is_a_skyline_over_them(draw, style, start):
    first, second = np.zeros(20, np.float32), np.zeros(20, np.float32)
    first[7], second[7], second[12] = 0.8, 0.4, -0.6
    view, letters = View.of("c", start, start + 20, 800), Letters(start, "T" * 20)
    layers = [
        Layer(BaseValues(start, first), "#123456", lettered=True),
        Layer(BaseValues(start, second), "#fedcba", lettered=True),
    ]
    picture = draw(lambda p: paint_overlay(p, RECT, view, layers, letters, Scale(-1, 1), style), 800, 100)
    letter, line = picture.near(style.theme.bases[3], 3), picture.near("#fedcba", 1)
    assert np.flatnonzero(letter[:, 300]).min() in (10, 11), "the letter keeps its height"
    assert line[30, 282:318].all(), "the other one is as high as its value"
    assert line[79:82, 482:518].any(axis=0).all(), "and hangs where it is negative"
    assert letter[35:48, 300].all(), "and does not hide the letter"
    assert not picture.near("#123456", 1).any()


def test_far_out_both_peaks_are_seen_in_their_colours(draw, svg, style):
    low, high = np.zeros(800), np.zeros((2, 800))
    high[0, 100], high[1, 500], high[:, 300] = 0.9, 0.7, 0.5
    layers = [
        Layer(BinnedValues.even(0, 80_000, low, one, one), color)
        for one, color in zip(high, ("#2255aa", "#eeaa22"), strict=True)
    ]

    def paint(painter):
        paint_overlay(painter, RECT, View.of("c", 0, 80_000, 800), layers, None, Scale(0, 1), style)

    picture = draw(paint, 800, 100)
    ink, line = picture.ink(), picture.near("#eeaa22", 1)
    assert ink[12:90, 100].all()
    assert line[30, 500]
    assert line[50, 300], "the skyline lies over the bar"
    assert not line[40, 100]
    assert "summary: 100 bp per bin" in [text for _, _, text in svg(paint).texts()]


def test_a_gap_in_one_layer_hides_nothing_of_the_other(draw, style):
    first, second = np.full(8, 0.5, np.float32), np.full(8, 0.8, np.float32)
    second[3] = np.nan
    layers = [Layer(BaseValues(0, first), "#2255aa"), Layer(BaseValues(0, second), "#eeaa22")]
    picture = draw(lambda p: paint_overlay(p, RECT, View.of("c", 0, 8, 800), layers, None, Scale(0, 1), style))
    line = picture.near("#eeaa22", 1)
    assert line[20, 250]
    assert not line[:95, 310:390].any()
    assert picture.ink()[60, 350]
