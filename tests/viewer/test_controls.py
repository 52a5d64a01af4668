"""Controls beside an explanation: what they explain, where they stand, how they come and go."""

from __future__ import annotations

import shutil

import pytest

from gxview.genome import Region
from gxview.viewer.sessions.content import missing_of
from gxview.viewer.sessions.file import read_session
from gxview.viewer.tracks import arrange


@pytest.fixture
def explained(opened, loop):
    track = opened.explanations.add("fake-bert")
    opened.show(Region("chr1", 1000, 1200))
    assert loop.run(lambda: opened.is_idle)
    opened.undo.settle()
    return opened, track


def kinds(viewer):
    return [(track.kind, getattr(track, "control", "")) for track in viewer.model.tracks]


def test_each_control_explains_what_its_name_says(explained, engine, loop):
    viewer, track = explained
    shuffled, randomised, reverse = viewer.controls.toggle(track)
    assert loop.run(lambda: viewer.is_idle)
    assert shuffled.options == track.options.with_(letters="dinucleotide")
    assert randomised.options == track.options.with_(model="fake-bert#randomised-0")
    assert reverse.options == track.options.with_(strand="-")
    asked = [{"model": "fake-bert"} | rules for rules in engine.rules]
    assert any(rules.get("letters") == "dinucleotide" for rules in asked)
    assert any(rules["model"] == "fake-bert#randomised-0" for rules in asked)
    assert any(rules["strand"] == "-" for rules in asked)


def test_they_stand_below_the_parts_in_a_group_and_go_with_the_same_call(explained, loop):
    viewer, track = explained
    before = kinds(viewer)
    viewer.controls.toggle(track)
    assert loop.run(lambda: viewer.is_idle)
    assert kinds(viewer) == [*before, ("relevance", "shuffled"), ("relevance", "randomised"), ("relevance", "reverse")]
    group = viewer.model.tracks.group(track.group)
    assert group.name == "fake-bert and controls"
    assert len(viewer.model.tracks.members(group)) == 6  # score, letters, tokens and three controls
    assert viewer.controls.toggle(track) == []
    assert kinds(viewer) == before
    assert not viewer.model.tracks.groups


def test_one_control_comes_alone_and_the_rest_joins_it_in_order(explained):
    viewer, track = explained
    [reverse] = viewer.controls.toggle(track, ["reverse"])
    viewer.controls.toggle(reverse)  # a control stands for its explanation
    assert [one.control for one in viewer.controls.of(track)] == ["shuffled", "randomised", "reverse"]
    viewer.controls.toggle(track, ["shuffled"])
    assert [one.control for one in viewer.controls.of(track)] == ["randomised", "reverse"]
    assert track.group


def test_they_follow_the_explanation(explained, loop):
    viewer, track = explained
    viewer.controls.toggle(track)
    viewer.explanations.change(track, method="gradient_x_input", strand="-")
    shuffled, randomised, reverse = viewer.controls.of(track)
    assert {one.options.method for one in (shuffled, randomised, reverse)} == {"gradient_x_input"}
    assert (randomised.options.strand, reverse.options.strand) == ("-", "+")
    viewer.explanations.change(track, model="fake-cnn")
    assert [one.options.model for one in viewer.controls.of(track)] == [
        "fake-cnn",
        "fake-cnn#randomised-0",
        "fake-cnn",
    ]
    assert loop.run(lambda: viewer.is_idle)


def test_they_are_no_explanations_of_their_own(explained, loop):
    viewer, track = explained
    shuffled, randomised, _ = viewer.controls.toggle(track)
    assert loop.run(lambda: viewer.is_idle)
    viewer.model.tracks.selected = randomised
    assert viewer.current_explanation() is track
    assert "fake-bert#randomised-0" not in viewer.model.offered_models
    assert not [one for one in viewer.comparisons.candidates(track) if "randomised" in one.model]
    assert [one.model for one in viewer.new_batch().recipe.models] == ["fake-bert"]
    assert viewer.comparisons.partner(shuffled) is track
    assert viewer.comparisons.partner(track) is None
    assert not viewer.model.tracks.parts(randomised)


def test_showing_and_removing_is_one_step_each(explained, loop):
    viewer, track = explained
    before = kinds(viewer)
    viewer.controls.toggle(track)
    assert loop.run(lambda: viewer.is_idle)
    after = kinds(viewer)
    viewer.undo.undo()
    assert kinds(viewer) == before
    viewer.undo.redo()
    assert kinds(viewer) == after
    viewer.model.tracks.remove(track)
    assert not viewer.model.tracks.relevance()


def test_a_model_with_random_weights_has_no_randomised_control(explained):
    viewer, track = explained
    viewer.explanations.change(track, model="fake-bert#randomised-3")
    viewer.controls.toggle(track)
    assert [one.control for one in viewer.controls.of(track)] == ["shuffled", "reverse"]


def test_a_copy_has_copies_of_the_controls(explained):
    viewer, track = explained
    viewer.controls.toggle(track)
    group = viewer.model.tracks.group(track.group)
    copies = arrange.duplicate(viewer.model.tracks, viewer.data, viewer.model.tracks.members(group))
    [copy] = [one for one in copies if one.kind == "relevance" and not one.control]
    assert [one.control for one in viewer.controls.of(copy)] == ["shuffled", "randomised", "reverse"]
    assert len(viewer.controls.of(track)) == 3


def test_a_session_brings_them_back_where_the_folder_of_the_model_moved(explained, loop, tmp_path):
    viewer, _ = explained
    project = tmp_path / "project"
    (project / "model").mkdir(parents=True)
    track = viewer.explanations.add(str(project / "model"))
    viewer.controls.toggle(track)
    assert loop.run(lambda: viewer.is_idle)
    viewer.session.save(project / "a.gxview.json")
    assert loop.run(lambda: viewer.is_idle)
    moved = tmp_path / "elsewhere"
    shutil.move(project, moved)
    session = read_session(moved / "a.gxview.json")
    assert missing_of(session) == []
    models = {one.options.model for one in session.tracks if one.kind == "relevance"}
    assert {str(moved / "model"), f"{moved / 'model'}#randomised-0"} <= models
    shutil.rmtree(moved / "model")
    missing = [one for one in missing_of(session) if one.what == "model"]
    assert [one.path for one in missing] == [str(moved / "model")]
    assert "Random weights" in missing[0].used_by


def test_the_file_of_a_control_holds_the_control(explained, engine, loop, tmp_path):
    viewer, track = explained
    shuffled, *_ = viewer.controls.toggle(track)
    viewer.show(Region("chr1", 5000, 5200))
    assert loop.run(lambda: viewer.is_idle)
    own = viewer.live.slice(shuffled, viewer.model.camera.view).values
    written = []
    engine.export = lambda path, tiles, region, reference: written.extend(tiles) or [path]
    viewer.model.tracks.selected = shuffled
    viewer.export_region(tmp_path / "shuffled.bw")
    assert loop.run(lambda: viewer.is_idle)
    at = viewer.live.slice(shuffled, viewer.model.camera.view).start - written[0].region.start
    assert (written[0].values[at : at + 10] == own[:10]).all()
    assert (written[0].values != 0).any()
    kept = list(written)
    viewer.model.tracks.selected = track
    viewer.export_region(tmp_path / "own.bw")
    assert loop.run(lambda: viewer.is_idle)
    assert written[len(kept)] is not kept[0]
