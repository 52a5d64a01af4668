"""The timers of what follows the camera."""

from __future__ import annotations

import pytest

from gxview.viewer.work.paced import Paced


@pytest.fixture
def called():
    return []


@pytest.fixture
def paced(loop, called):
    return Paced(loop, lambda: called.append("look"), lambda: called.append("tell"))


def test_many_wishes_are_one_call_each(paced, loop, called):
    for _ in range(5):
        paced.refresh()
        paced.tell_soon()
    assert not paced.is_idle
    assert loop.run(lambda: paced.is_idle)
    assert called == ["tell", "look"]
    paced.tell_soon()
    assert loop.run(lambda: paced.is_idle)
    assert called == ["tell", "look", "tell"]


def test_once_closed_nothing_happens_any_more(paced, loop, called):
    paced.refresh()
    paced.tell_soon()
    paced.close()
    paced.refresh()
    paced.tell_soon()
    assert paced.is_idle
    later = []
    loop.later(0.2, lambda: later.append(True))
    assert loop.run(lambda: bool(later))
    assert called == []


def test_a_closed_viewer_wishes_for_nothing(opened, loop):
    assert opened.close()
    opened.model.settings.live = not opened.model.settings.live
    for one in (opened.live, opened.mutagenesis, opened.trust, opened.scores):
        one.refresh()
        assert one.is_idle
