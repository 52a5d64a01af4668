"""The letters fill their box, can be told apart, and keep their stems when narrow."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from qtpy.QtCore import QPointF
from qtpy.QtGui import QColor, QImage, QPainter, QTransform

from gxview._qt.look.glyphs import ORDER, OTHER, codes, flat_glyph, glyph
from gxview.letter_outlines import OUTLINES, UNIT


def darkness(letter: str, width: int, height: int, outline=glyph) -> np.ndarray:
    """Ink (0 to 1) of a letter stretched to width x height pixels."""
    image = QImage(width, height, QImage.Format.Format_Grayscale8)
    image.fill(QColor("white"))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    painter.setTransform(QTransform(width / UNIT, 0, 0, -height / UNIT, 0, height))
    painter.fillPath(outline(letter), QColor("black"))
    painter.end()
    flat = np.frombuffer(image.constBits().asstring(image.bytesPerLine() * height), np.uint8)
    return 1 - flat.reshape(height, -1)[:, :width] / 255


@pytest.mark.parametrize("letter", ORDER)
@pytest.mark.parametrize("height", [5, 30, 200])
def test_flat_letters_look_like_those_with_curves(letter, height):
    for width in (2, 4, 6):
        apart = np.abs(darkness(letter, width, height, flat_glyph) - darkness(letter, width, height))
        assert apart.max() < 0.25
        assert apart.mean() < 0.05


@pytest.mark.parametrize("letter", ORDER)
def test_a_letter_fills_its_box_so_that_its_height_is_its_value(letter):
    box = glyph(letter).boundingRect()
    assert (box.left(), box.top(), box.right(), box.bottom()) == pytest.approx((0, 0, UNIT, UNIT), abs=1e-9)


@pytest.mark.parametrize("letter", ORDER)
def test_every_contour_stays_in_the_box_also_with_its_control_points(letter):
    for contour in OUTLINES[letter]:
        assert all(0 <= number <= UNIT for step in contour for number in step)


def test_the_hole_of_a_is_open():
    a = glyph("A")
    assert not a.contains(QPointF(50, 50)), "the hole"
    assert a.contains(QPointF(50, 30)), "the bar"
    assert not a.contains(QPointF(50, 10)), "between the legs"


def test_letters_can_be_told_apart():
    pictures = {letter: darkness(letter, 12, 16) for letter in ORDER}
    for a, b in itertools.combinations(ORDER, 2):
        assert np.abs(pictures[a] - pictures[b]).mean() > 0.09, (a, b)


@pytest.mark.parametrize("letter", ORDER)
def test_a_letter_three_pixels_wide_has_ink_in_every_row(letter):
    ink = darkness(letter, 3, 60)
    assert ink.max(axis=1).min() > 0.45


def test_t_is_symmetric_and_c_opens_to_the_right():
    t, c = darkness("T", 40, 40), darkness("C", 40, 40)
    assert np.allclose(t, t[:, ::-1], atol=0.02)
    assert c[20, :8].mean() > 0.9
    assert c[20, 30:].mean() < 0.05


@given(st.text(alphabet=st.characters(max_codepoint=300), max_size=60))
def test_codes_name_each_letter_in_either_case(text):
    expected = [ORDER.index(letter.upper()) if letter in "ACGTNacgtn" else OTHER for letter in text]
    assert codes(text).tolist() == expected
