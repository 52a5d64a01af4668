"""The pixel column of a base: what the pointer finds there is what is drawn there, up to 2.4e8, on both strands."""

from __future__ import annotations

import numpy as np
import pytest
from qtpy.QtCore import QRectF

from gxview._qt.painters import (
    BaseValues,
    Letters,
    Scale,
    View,
    paint_features,
    paint_relevance,
    paint_sequence,
    paint_signal,
    paint_translation,
)
from gxview.genome import reverse_complement
from gxview.tracks import Feature
from gxview.viewer.places.camera import make_view

WIDTH = 640
RECT = QRectF(0, 0, WIDTH, 60)
PLACES = [0.0, 365_528.37, 16_777_216.81, 123_456_789.5, 239_999_123.999]


def looks(place, zoom):
    """The same view as the camera and as painters know it."""
    camera = make_view("c", 240_000_000, place, zoom, WIDTH)
    return camera, View(camera.chrom, camera.origin, camera.offset, camera.bases_per_pixel, camera.width)


def bases_under(camera):
    return np.array([camera.base_at(x + 0.5) for x in range(WIDTH)])


def certain(camera):
    """Pixels whose middle is not within rounding of the border of two bases."""
    middle = camera.offset + (np.arange(WIDTH) + 0.5) * camera.bases_per_pixel
    return np.abs(middle - np.round(middle)) > 1e-4


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("zoom", [1.0, 0.61, 0.27])
@pytest.mark.parametrize("reverse", [False, True])
def test_the_colour_of_each_pixel_is_that_of_the_base_under_the_pointer(draw, style, place, zoom, reverse):
    camera, view = looks(place, zoom)
    first = max(0, camera.origin - 50)
    text = "".join(np.random.default_rng(4).choice(list("ACGT"), 1000))
    picture = draw(lambda p: paint_sequence(p, RECT, view, Letters(first, text), style, reverse), WIDTH, 60)
    shown = reverse_complement(text)[::-1] if reverse else text
    colors = dict(zip("ACGT", style.theme.bases, strict=False))
    for color_of in "ACGT":
        wanted = np.array([shown[base - first] == color_of for base in bases_under(camera)])
        found = picture.near(colors[color_of], 1)[30]
        assert (found == wanted)[certain(camera)].all()


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("zoom", [0.05, 0.19, 0.61])
def test_bars_letters_features_and_codons_lie_over_the_same_base(draw, style, place, zoom):
    camera, view = looks(place, zoom)
    under = bases_under(camera)
    base = int(under[WIDTH // 2])
    column = np.flatnonzero((under == base) & certain(camera))
    codon = np.flatnonzero((under >= base) & (under < base + 3) & certain(camera))
    start = max(0, base - 700)
    values = np.zeros(1400, np.float32)
    values[base - start] = 1.0
    text = "C" * (base - start) + "TAA" + "C" * 1400
    data, letters, scale = BaseValues(start, values), Letters(start, text), Scale(0, 1)
    painted = {
        "bars": lambda p: paint_signal(p, RECT, view, data, scale, style),
        "letters": lambda p: paint_relevance(p, RECT, view, data, letters, scale, style),
        "features": lambda p: paint_features(p, RECT, view, [Feature("c", base, base + 1)], [0], style),
        "codons": lambda p: paint_translation(p, RECT, view, letters, style),
    }
    for name, paint in painted.items():
        picture = draw(paint, WIDTH, 60)
        wanted = codon if name == "codons" else column
        ink = picture.near(style.theme.bases[3], 1) if name == "codons" else picture.ink()[:50]
        cols = np.flatnonzero(ink.any(axis=0))
        border = 1  # a bar keeps a pixel of air, a letter its side bearings
        assert abs(cols.min() - wanted.min()) <= border, name
        assert abs(cols.max() - wanted.max()) <= border, name
