"""The camera: exact at any position, zoom at the pointer, never beyond the chromosome."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gxview.viewer.places.camera import MIN_BASES, Camera, make_view

LENGTHS = st.integers(1, 300_000_000)
WIDTHS = st.integers(1, 4000)


@st.composite
def views(draw):
    length, width = draw(LENGTHS), draw(WIDTHS)
    start = draw(st.floats(-10, length + 10))
    return make_view("chr1", length, start, draw(st.floats(1e-6, 1e7)), width)


@given(views())
def test_a_view_lies_inside_its_chromosome(view):
    assert view.start >= 0
    assert 0 <= view.offset < 1
    assert view.end <= view.chrom_length + 1e-3
    assert 0 <= view.region.start < view.region.end <= view.chrom_length


@given(views())
def test_at_least_twenty_bases_or_the_whole_chromosome_show(view):
    assert view.span >= min(MIN_BASES, view.chrom_length) - 1e-6


@given(views(), st.floats(0, 1))
def test_a_base_lies_under_its_own_pixel(view, share):
    region = view.region
    base = min(region.end - 1, region.start + int(share * region.length))
    middle = (view.x(base) + view.x(base + 1)) / 2
    assert view.base_at(middle) == base


def test_a_pixel_is_exact_far_out_on_a_chromosome():
    view = make_view("chr1", 248_956_422, 240_000_000.25, 0.1, 1000)
    exact = (Fraction(240_000_007) - Fraction(960_000_001, 4)) / Fraction(view.bases_per_pixel)
    assert abs(view.x(240_000_007) - float(exact)) < 1e-6


@given(views(), st.floats(0.05, 20), st.floats(0, 1))
def test_zooming_keeps_the_base_under_the_pointer(view, factor, share):
    camera = Camera(clock=lambda: 0.0)
    camera.resize(view.width)
    camera.show(view.chrom, view.chrom_length, view.start, view.end)
    x = share * view.width
    before = camera.view
    camera.zoom(factor, x)
    after = camera.view
    touches_an_end = after.start <= 1e-6 or after.end >= view.chrom_length - 1e-3
    if not touches_an_end:
        assert abs(before.position(x) - after.position(x)) <= 1e-6 * max(1.0, before.span)


def test_show_fills_the_width_with_exactly_the_region():
    camera = Camera()
    camera.resize(1000)
    camera.show("chr1", 10_000, 100, 200)
    assert (camera.view.start, camera.view.end) == (100, 200)
    assert str(camera.view.region) == "chr1:101-200"


def test_a_contig_of_five_bases_fills_the_width():
    camera = Camera()
    camera.resize(1000)
    camera.show("tiny", 5, 0, 5)
    camera.zoom(0.1)
    assert camera.view.region.length == 5
    camera.pan(500)
    assert camera.view.start == 0


def test_resizing_keeps_the_bases_on_screen():
    camera = Camera()
    camera.resize(1000)
    camera.show("chr1", 10_000, 100, 200)
    camera.resize(500)
    assert camera.view.start == 100
    assert camera.view.end == pytest.approx(200)


def test_back_and_forward_return_to_places():
    camera = Camera(clock=lambda: 0.0)
    camera.resize(1000)
    places = [(0, 100), (500, 900), (3000, 3100)]
    for start, end in places:
        camera.show("chr1", 10_000, start, end)
    camera.back()
    assert camera.view.start == 500
    camera.back()
    assert camera.view.start == 0
    camera.back()
    assert camera.view.start == 0
    camera.forward()
    camera.forward()
    assert camera.view.start == 3000


def test_moves_in_quick_succession_are_one_step_of_the_history():
    now = [0.0]
    camera = Camera(clock=lambda: now[0])
    camera.resize(1000)
    camera.show("chr1", 10_000, 1000, 2000)
    now[0] = 10
    for _ in range(20):
        now[0] += 0.05
        camera.pan(10)
    now[0] += 5
    camera.zoom(2)
    camera.back()
    assert camera.view.start == pytest.approx(1200)
    camera.back()
    assert camera.view.start == 1000


def test_one_move_is_one_signal():
    camera = Camera()
    camera.resize(1000)
    seen = []
    camera.changed.connect(seen.append)
    camera.show("chr1", 10_000, 0, 100)
    camera.zoom(2)
    assert len(seen) == 2
    camera.to_start()
    assert len(seen) == 2
