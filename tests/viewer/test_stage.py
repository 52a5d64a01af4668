from __future__ import annotations

import numpy as np
import pytest

from gxview.genome import Region
from gxview.viewer.figures.stage import Stage
from gxview.viewer.tracks.groups import TrackGroup
from gxview.viewer.tracks.kinds import SignalTrack


@pytest.fixture
def staged(opened, loop, tmp_path):
    opened.opener.open([tmp_path / "genes.gff", tmp_path / "signal.bw"])
    opened.explanations.add("fake-cnn")
    assert loop.run(lambda: opened.is_idle)
    opened.model.tracks.add_group(TrackGroup(name="both"), opened.model.tracks[1:3])
    stage = Stage(opened)
    yield stage
    stage.close()


def test_a_stage_has_the_same_tracks_and_its_own_place(opened, staged, loop):
    before = opened.model.camera.view
    staged.model.camera.resize(400)
    staged.show(Region("chr2", 100, 300))
    assert loop.run(lambda: staged.is_idle)
    assert [t.model_dump() for t in staged.model.tracks] == [t.model_dump() for t in opened.model.tracks]
    assert [g.name for g in staged.model.tracks.groups] == ["both"]
    assert opened.model.camera.view == before
    signal = next(track for track in staged.model.tracks if isinstance(track, SignalTrack))
    found = staged.data.signal(signal, staged.model.camera.view)
    assert found is not None
    shown = found.visible(staged.model.camera.view)
    np.testing.assert_array_equal(shown.mean, np.arange(shown.start, shown.start + len(shown.mean)) % 100)


def test_a_stage_explains_with_the_tiles_that_are_there(opened, staged, loop, engine):
    count = len(engine.calls)
    staged.copy_loci()
    assert staged.model.camera.view == opened.model.camera.view
    assert staged.model.camera.view.region == opened.model.camera.view.region
    assert loop.run(lambda: staged.is_idle)
    (track,) = staged.model.tracks.relevance()
    assert staged.live.state(track).kind == "done"
    assert len(engine.calls) == count
    staged.show(Region("chr1", 15_000, 15_500))
    assert loop.run(lambda: staged.is_idle)
    assert len(engine.calls) > count
    assert staged.live.slice(track, staged.model.camera.view) is not None


def test_a_stage_that_closes_drops_its_wishes_only(opened, staged, loop, engine):
    opened.show(Region("chr1", 11_000, 12_000))
    staged.show(Region("chr1", 17_000, 18_000))
    (ours,), (theirs,) = opened.model.tracks.relevance(), staged.model.tracks.relevance()
    staged.close()
    assert loop.run(lambda: opened.is_idle)
    assert opened.live.state(ours).kind == "done"
    assert staged.live.state(theirs).kind != "done"


def test_what_a_stage_changes_stays_its_own(opened, staged):
    staged.model.tracks[1].name = "renamed"
    staged.model.tracks.remove(staged.model.tracks[2])
    staged.model.settings.theme = "light"
    assert opened.model.tracks[1].name == "genes.gff"
    assert len(opened.model.tracks) == len(staged.model.tracks) + 1
    assert opened.model.settings.theme == "dark"


def test_features_are_read_anew_where_there_is_much_more_room(staged, loop):
    track = next(track for track in staged.model.tracks if track.kind == "features")
    staged.model.camera.resize(2)
    staged.show(Region("chr1", 0, 10_000))
    assert loop.run(lambda: staged.is_idle)
    assert not staged.data.features(track, staged.model.camera.view).features
    staged.model.camera.resize(1500)
    assert loop.run(lambda: staged.is_idle)
    assert len(staged.data.features(track, staged.model.camera.view).features) >= 20


def test_a_stage_shows_the_gc_content(staged, loop):
    sequence = staged.model.tracks[0]
    staged.model.camera.resize(500)
    staged.show(Region("chr1", 0, 20_000))
    assert loop.run(lambda: staged.is_idle)
    found = staged.data.signal(sequence, staged.model.camera.view)
    assert found is not None
    assert 45 < float(np.nanmean(found.mean)) < 55  # percent
