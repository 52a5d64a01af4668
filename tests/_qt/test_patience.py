"""When the canvas draws: complete at once, incomplete after a moment, and a slow source is waited for only once."""

from __future__ import annotations

import pytest
from qtpy.QtWidgets import QWidget

from gxview._qt.drawing.patience import Patience


class Data:
    complete = True


@pytest.fixture
def drawn():
    return []


@pytest.fixture
def data():
    return Data()


@pytest.fixture
def patience(qtbot, drawn, data):
    owner = QWidget()
    qtbot.addWidget(owner)
    yield Patience(lambda: drawn.append(data.complete), lambda: data.complete, owner)
    owner.close()


def test_a_complete_view_is_drawn_at_once(patience, drawn):
    patience.moved()
    assert drawn == [True]


def test_data_that_come_in_time_are_drawn_once_and_complete(qtbot, patience, drawn, data):
    data.complete = False
    patience.moved()
    patience.data_came()
    assert drawn == []
    data.complete = True
    patience.data_came()
    assert drawn == [True]
    assert not patience._soon._timer.isActive(), "nothing is drawn twice"


def test_a_slow_source_is_waited_for_once(qtbot, patience, drawn, data):
    data.complete = False
    patience.moved()
    qtbot.waitUntil(lambda: drawn == [False])
    patience.moved()
    assert drawn == [False, False]
    patience.data_came()
    qtbot.waitUntil(lambda: drawn == [False] * 3)
    data.complete = True
    patience.data_came()
    assert drawn[-1]
    data.complete = False
    patience.moved()
    assert len(drawn) == 4


def test_what_comes_without_a_move_is_drawn_too(qtbot, patience, drawn, data):
    data.complete = False
    patience.data_came()
    qtbot.waitUntil(lambda: drawn == [False])
