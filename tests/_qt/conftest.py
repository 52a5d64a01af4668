"""A window with a fake engine, which leaves no thread, timer or application model behind."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from app_model import Application
from qtpy.QtCore import QTimer
from qtpy.QtWidgets import QApplication

from gxview._qt.app import create_window
from tests.viewer.fakes import FakeEngine, open_fake, write_genome


def _threads() -> set[threading.Thread]:
    return {thread for thread in threading.enumerate() if thread.is_alive()}


def _visible() -> set[int]:
    return {id(widget) for widget in QApplication.topLevelWidgets() if widget.isVisible()}


@pytest.fixture(autouse=True)
def leaves_nothing_behind(qapp):
    """Fail a test after which a thread of ours still runs or a widget still shows."""
    threads, widgets = _threads(), _visible()
    yield
    left = [thread for thread in _threads() - threads if "gxview" in thread.name or not thread.daemon]
    for thread in left:
        thread.join(2.0)
    assert not [thread.name for thread in left if thread.is_alive()], "a thread outlived its test"
    assert not _visible() - widgets, "a widget outlived its test"


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine()


@pytest.fixture
def genome(tmp_path: Path) -> Path:
    return write_genome(tmp_path)


@pytest.fixture
def window(qtbot, engine):
    known = {"fake-bert": "Fake BERT", "fake-cnn": "Fake CNN"}
    window = create_window(lambda: engine, open_fake, known)
    qtbot.addWidget(window)
    window.resize(1200, 760)
    window.show()
    qtbot.waitExposed(window)
    yield window
    window.close()
    assert window.closed_in_time
    assert not [thread.name for thread in threading.enumerate() if thread.name.startswith("gxview")]
    assert not [timer for timer in window.findChildren(QTimer) if timer.isActive()]
    assert not [name for name in Application._instances if name.startswith("gxview")]


@pytest.fixture
def opened(window, qtbot, genome, tmp_path):
    window.viewer.opener.open([genome, tmp_path / "genes.gff", tmp_path / "signal.bw"])
    qtbot.waitUntil(lambda: window.viewer.is_idle)
    return window
