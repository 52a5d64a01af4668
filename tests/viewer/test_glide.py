"""Held keys: even speed, growing a little, whatever the frames are."""

from __future__ import annotations

import pytest

from gxview.viewer.places.camera import Camera
from gxview.viewer.places.glide import FASTER, MOTIONS, TAP, Glide


def far_camera() -> Camera:
    camera = Camera()
    camera.resize(1000)
    camera.show("chr1", 10**9, 5 * 10**8, 5 * 10**8 + 1000)
    return camera


def moved(frames, name="right", hold=True):
    glide, camera = Glide(), far_camera()
    start = camera.view.start
    glide.press(name)
    for seconds in frames:
        glide.tick(seconds, camera)
        if not hold:
            glide.release(name)
    return (camera.view.start - start) / camera.view.span


def test_a_held_key_moves_at_the_first_speed_and_then_faster():
    assert moved([0.01] * 10) == pytest.approx(MOTIONS["right"].pan * 0.1, rel=0.1)
    before, after = moved([0.01] * 400), moved([0.01] * 500)
    assert after - before == pytest.approx(MOTIONS["right"].pan * FASTER, rel=1e-6)


def test_the_way_does_not_depend_on_the_number_of_frames():
    assert moved([0.02] * 150) == pytest.approx(moved([0.005] * 600), rel=0.02)


def test_no_step_is_larger_than_its_time_allows():
    glide, camera, steps = Glide(), far_camera(), []
    glide.press("left")
    for _ in range(200):
        before = camera.view.start
        glide.tick(0.016, camera)
        steps.append((before - camera.view.start) / camera.view.span)
    assert min(steps) > 0
    assert max(steps) <= 0.016 * abs(MOTIONS["left"].pan) * FASTER * 1.0001


def test_a_pause_of_the_machine_is_no_leap():
    assert moved([5.0]) == pytest.approx(MOTIONS["right"].pan * 0.1)


def test_a_tap_moves_a_little_and_then_stands():
    way = moved([0.016] * 100, hold=False)
    assert way == pytest.approx(MOTIONS["right"].pan * TAP, rel=0.1)


def test_pressing_again_what_is_held_changes_nothing():
    glide, camera = Glide(), far_camera()
    for _ in range(10):
        glide.press("right")
    start = camera.view.start
    glide.tick(0.01, camera)
    assert (camera.view.start - start) / camera.view.span == pytest.approx(MOTIONS["right"].pan * 0.01)


def test_a_key_that_flickers_keeps_its_speed_and_one_pressed_anew_does_not():
    def way_after(resumed):
        glide, camera = Glide(), far_camera()
        glide.press("right")
        for _ in range(100):
            glide.tick(0.016, camera)
        glide.release("right")
        glide.press("right", resumed)
        start = camera.view.start
        glide.tick(0.016, camera)
        return (camera.view.start - start) / camera.view.span

    assert way_after(True) == pytest.approx(FASTER * MOTIONS["right"].pan * 0.016)
    assert way_after(False) == pytest.approx(MOTIONS["right"].pan * 0.016)


def test_two_keys_move_and_zoom_together_and_opposite_ones_stand_still():
    glide, camera = Glide(), far_camera()
    span = camera.view.span
    glide.press("left")
    glide.press("right")
    glide.press("zoom_out")
    middle = (camera.view.start + camera.view.end) / 2
    glide.tick(0.05, camera)
    assert camera.view.span == pytest.approx(span * 2 ** (MOTIONS["zoom_out"].zoom * 0.05))
    assert (camera.view.start + camera.view.end) / 2 == pytest.approx(middle)


def test_stop_ends_everything():
    glide = Glide()
    glide.press("left")
    glide.stop()
    assert not glide.is_moving
