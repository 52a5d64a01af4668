"""Logos show bits or contributions to scale, in letters that any browser draws."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import numpy as np
import pytest

from gxview.evaluate.motifs.logo import COLORS, logo_svg


def letters(svg):
    """Return colour, horizontal place, foot and signed height of every letter."""
    found = []
    for one in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}path"):
        if "transform" in one.attrib:
            _, _, _, up, x, y = map(float, re.findall(r"-?[\d.]+", one.attrib["transform"]))
            found.append((one.attrib["style"].removeprefix("fill:"), x, y, -up * 100))
    return found


def test_letters_are_as_high_as_their_bits():
    svg = logo_svg(np.array([[8.0, 1], [0, 1], [0, 1], [8, 1]]), height=40, title="a <motif>")
    root = ElementTree.fromstring(svg)
    assert root.attrib["viewBox"] == "0 0 24 40"
    assert root.attrib["aria-label"] == "a <motif>"
    first, second = letters(svg)  # a position without information has no letters
    assert {first[0], second[0]} == {COLORS[0], COLORS[3]}
    # Two bases at one half each: one bit of two, half the picture, half of that for each letter.
    assert first[3] == pytest.approx(10, abs=0.01)
    assert sorted([first[2], second[2]]) == pytest.approx([30, 40], abs=0.01)


def test_contributions_hang_below_the_line_where_they_are_negative():
    svg = logo_svg(np.array([[3.0, 0], [0, -1], [0, 0], [0, 0]]), "contributions", height=40, before=2, length=6)
    up, down = letters(svg)
    assert (up[1], up[2], up[3]) == pytest.approx((24, 30, 30), abs=0.01)
    assert (down[1], down[2], down[3]) == pytest.approx((36, 30, -10), abs=0.01)
    assert ElementTree.fromstring(svg).attrib["width"] == "72"


def test_nothing_to_draw_is_an_empty_logo():
    assert letters(logo_svg(np.zeros((4, 3)), "contributions")) == []
