"""The window's explanations are those of the Python interface, to the bit, whatever the way there."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from gxview.cli.view import SAMPLE_MODELS, make_engine
from gxview.explain import explain_region
from gxview.genome import Region
from gxview.models import load_model
from gxview.tracks import open_source
from gxview.viewer.tracks.kinds import TokenTrack
from gxview.viewer.viewer import Viewer
from gxview.viewer.work.loop import QueueLoop

GENOME = Path(str(files("gxview.resources") / "sample.fa.gz"))


@pytest.fixture
def loop():
    return QueueLoop()


@pytest.fixture
def viewer(loop):
    viewer = Viewer(loop, make_engine, open_source, SAMPLE_MODELS)
    viewer.model.camera.resize(1000)
    viewer.opener.open([GENOME])
    assert loop.run(lambda: viewer.is_idle)
    yield viewer
    assert viewer.close(30)


@pytest.mark.parametrize("name", SAMPLE_MODELS)
def test_live_relevance_is_that_of_explain_region(viewer, loop, name):
    track = viewer.explanations.add(name)
    region = Region("plasmid", 3_333, 4_777)
    for stop in (Region("plasmid", 3_000, 3_600), region):
        viewer.show(stop)
        assert loop.run(lambda: viewer.is_idle, timeout=300)
    assert viewer.problems() == []
    found = viewer.live.slice(track, viewer.model.camera.view)
    alone = explain_region(load_model(name), viewer.model.reference, region)
    part = slice(region.start - found.start, region.end - found.start)
    np.testing.assert_array_equal(found.values[part], alone.values)
    np.testing.assert_array_equal(found.score[part], alone.score)
    shown = [(t.start, t.end, t.relevance) for t in found.tokens if t.start < region.end and t.end > region.start]
    assert shown == [(t.start, t.end, t.relevance) for t in alone.tokens]
    lanes = [one for one in viewer.model.tracks if isinstance(one, TokenTrack)]
    assert bool(lanes) == bool(alone.tokens)
