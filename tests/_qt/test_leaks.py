"""A closed window takes everything with it."""

from __future__ import annotations

import gc
import threading
import time

import pytest
from qtpy.compat import isalive
from qtpy.QtCore import QCoreApplication, QEvent, QThread, QTimer
from qtpy.QtWidgets import QApplication

from gxview._qt.app import create_window
from tests.viewer.fakes import FakeEngine, open_fake

# the console's kernel advises its own developers
pytestmark = pytest.mark.filterwarnings("ignore::PendingDeprecationWarning", "ignore::DeprecationWarning")


def make(qtbot, engine, genome, tmp_path):
    window = create_window(lambda: engine, open_fake, {"fake-bert": "Fake BERT"})
    window.resize(900, 600)
    window.show()
    qtbot.waitExposed(window)
    window.viewer.opener.open([genome, tmp_path / "genes.gff", tmp_path / "signal.bw"])
    qtbot.waitUntil(lambda: window.viewer.is_idle)
    return window


def destroy(window):
    window.close()
    window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def test_a_closed_window_leaves_no_widget_timer_or_thread(qtbot, genome, tmp_path):
    # windows of other tests may wait for their end, or for the collection of what refers to them
    gc.collect()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    widgets = len(QApplication.allWidgets())
    window = make(qtbot, FakeEngine(), genome, tmp_path)
    window.viewer.explanations.add("fake-bert")
    qtbot.waitUntil(lambda: window.viewer.is_idle)
    for panel in window.docks:
        window.shell.show_panel(panel, True)
    window.run("palette")
    destroy(window)
    assert len(QApplication.allWidgets()) == widgets
    kept = [one for one in gc.get_objects() if issubclass(type(one), QTimer | QThread) and isalive(one)]
    assert not [one for one in kept if (one.isActive() if isinstance(one, QTimer) else one.isRunning())]


def test_closing_while_a_model_works_ends_in_time(qtbot, genome, tmp_path):
    engine = FakeEngine(gate=threading.Event())
    window = make(qtbot, engine, genome, tmp_path)
    window.viewer.explanations.add("fake-bert")
    qtbot.waitUntil(engine.began.is_set)
    began = time.monotonic()
    window.close()
    assert window.closed_in_time
    assert time.monotonic() - began < 2.0
