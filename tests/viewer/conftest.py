"""A viewer without a window, which leaves no thread behind."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from gxview.viewer.viewer import Viewer
from gxview.viewer.work.loop import QueueLoop
from tests.viewer.fakes import FakeEngine, open_fake, write_genome


@pytest.fixture
def loop() -> QueueLoop:
    return QueueLoop()


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine()


@pytest.fixture
def genome(tmp_path: Path) -> Path:
    return write_genome(tmp_path)


@pytest.fixture
def viewer(loop, engine):
    known = {"fake-bert": "Fake BERT", "fake-cnn": "Fake CNN"}
    viewer = Viewer(loop, lambda: engine, open_fake, known)
    viewer.model.camera.resize(1000)
    yield viewer
    assert viewer.close(), "a thread outlived the viewer"
    assert not [thread.name for thread in threading.enumerate() if thread.name.startswith("gxview")]


@pytest.fixture
def opened(viewer, loop, genome):
    viewer.opener.open([genome])
    assert loop.run(lambda: viewer.is_idle)
    return viewer
