"""Many rectangles at once fill the pixels that one at a time fill."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qtpy.QtCore import QRect, QRectF
from qtpy.QtGui import QColor, QImage, QPainter

from gxview._qt.painters import rects as module
from gxview._qt.painters.shapes import fill_rects, inside

COLOR = QColor("#d02020")
SIDES = st.lists(st.tuples(*[st.integers(0, 240)] * 4), min_size=1, max_size=30)


def painted(paint, ratio=1.0):
    image = QImage(128, 128, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    image.fill(QColor("white"))
    painter = QPainter(image)
    with inside(painter, QRectF(0, 0, 128, 128)):
        paint(painter)
        assert painter.transform().isIdentity()
    painter.end()
    return image


@pytest.mark.parametrize("ratio", [1.0, 2.0])
@pytest.mark.parametrize("parts", [1, 2, 3])
@settings(max_examples=60)
@given(SIDES)
def test_all_at_once_look_like_one_after_the_other(qapp_once, parts, ratio, sides):
    left, right, top, bottom = np.array(sides, float).T / parts

    def one_by_one(painter):
        painter.setBrush(COLOR)
        for a, b, c, d in zip(left, right, top, bottom, strict=True):
            if d > c:
                painter.drawRect(QRectF(a, c, b - a, d - c))

    right = np.maximum(left, right)
    at_once = painted(lambda painter: fill_rects(painter, left, right, top, bottom, COLOR), ratio)
    assert at_once == painted(one_by_one, ratio)


@pytest.fixture(scope="module")
def qapp_once(qapp):
    return qapp


def test_without_sip_the_rectangles_are_the_same(monkeypatch, qapp):
    corners = np.array([[0, 1, 4, 7], [3, 3, 3, 9], [10, 0, 11, 1]], float)
    whole, parts = module.whole_rects(corners.astype(np.int32)), module.rects(corners + 0.25)
    monkeypatch.setattr(module, "sip", None)
    assert module.whole_rects(corners.astype(np.int32)) == list(whole)
    assert module.rects(corners + 0.25) == list(parts)
    assert whole[0] == QRect(0, 1, 4, 6)
