"""The trust lane without a window: what is evaluated and when, what it means, and where thresholds are."""

from __future__ import annotations

import threading

import pytest

from gxview.genome import Region
from gxview.viewer.settings.settings import NO_SIMILARITY
from gxview.viewer.trust.evaluations import STRETCH, stretches_of
from gxview.viewer.trust.lanes import MOST
from gxview.viewer.trust.measures import MEASURES, count_failing, judge
from tests.viewer.fakes import window_at

PLACE = Region("chr1", 1024, 1536)


@pytest.fixture
def explained(opened, loop):
    """A viewer with an explanation at eight fake windows."""
    track = opened.explanations.add("fake-bert")
    opened.show(PLACE)
    assert loop.run(lambda: opened.is_idle)
    return opened, track


def shown(viewer, track):
    return viewer.trust.windows(track, viewer.model.camera.view)


def test_nothing_is_evaluated_until_a_lane_shows(explained, engine, loop):
    viewer, track = explained
    assert engine.evaluated == []
    height = track.row_height
    track.trust = True
    assert track.row_height > height
    assert loop.run(lambda: viewer.is_idle)
    assert [one.window.zone[0] for one in shown(viewer, track)] == list(range(1024, 1536, 64))
    assert viewer.trust.state(track, viewer.model.camera.view).kind == "done"
    track.visible = False
    count = len(engine.evaluated)
    viewer.show(Region("chr1", 8192, 8704))
    assert loop.run(lambda: viewer.is_idle)
    assert len(engine.evaluated) == count


def test_each_stretch_is_evaluated_once_and_kept_for_the_way_back(explained, engine, loop):
    viewer, track = explained
    track.trust = True
    assert loop.run(lambda: viewer.is_idle)
    asked = [region for region, _, _ in engine.evaluated]
    assert len(set(asked)) == len(asked)
    assert {region.start // STRETCH for region in asked} == set(stretches_of(1024 - 128, 1536))
    viewer.show(Region("chr1", 1100, 1600))
    assert loop.run(lambda: viewer.is_idle)
    viewer.show(PLACE)
    assert loop.run(lambda: viewer.is_idle)
    assert len({region for region, _, _ in engine.evaluated}) == len(engine.evaluated)


def test_thresholds_decide_which_windows_fail(explained, loop):
    viewer, track = explained
    track.trust = True
    assert loop.run(lambda: viewer.is_idle)
    assert [one.fails for one in shown(viewer, track)] == [True, False, False, False] * 2
    viewer.model.settings.trust_shift = 0.95
    assert count_failing(shown(viewer, track)) == 8
    viewer.model.settings.trust_shift = NO_SIMILARITY
    assert count_failing(shown(viewer, track)) == 0
    assert [cell.verdict for cell in shown(viewer, track)[0].cells] == ["tells", "holds", "tells", "tells", "missing"]


def test_numbers_are_written_as_a_person_reads_them(viewer):
    cells = {cell.measure.name: cell.text for cell in judge(window_at(256), viewer.model.settings).cells}
    assert cells == {
        "unexplained": "25 %",
        "deletion": "+1.50",
        "shift": "0.10",
        "strand": "\N{MINUS SIGN}0.02",
        "method": "\N{EN DASH}",
    }
    assert MEASURES[0].text(48.6) == "> 999 %"


def test_a_window_without_any_number_neither_holds_nor_fails(viewer):
    window = window_at(256)
    window.values.update(dict.fromkeys(window.values, float("nan")))
    found = judge(window, viewer.model.settings)
    assert (found.verdict, found.fails) == ("missing", False)


def test_the_lane_makes_room_for_what_is_explained(explained, engine, loop):
    """The stretch under way stops when a tile is wanted, and is evaluated afterwards."""
    viewer, track = explained
    engine.trust_gate = threading.Event()
    track.trust = True
    assert loop.run(lambda: bool(engine.evaluated))
    explained_before = len(engine.calls)
    viewer.explanations.add("fake-cnn")
    assert loop.run(lambda: len(engine.calls) > explained_before)
    assert not engine.trust_gate.is_set()
    engine.trust_gate.set()
    assert loop.run(lambda: viewer.is_idle)
    assert len(shown(viewer, track)) == 8


def test_what_went_out_of_view_is_given_up(explained, engine, loop):
    viewer, track = explained
    engine.trust_gate = threading.Event()
    track.trust = True
    assert loop.run(lambda: bool(engine.evaluated))
    viewer.show(Region("chr2", 0, 512))
    assert loop.run(lambda: any(region.chrom == "chr2" for region, _, _ in engine.evaluated))
    engine.trust_gate.set()
    assert loop.run(lambda: viewer.is_idle)
    assert sum(region.chrom == "chr1" for region, _, _ in engine.evaluated) == 1


def test_a_wide_view_asks_to_zoom_in(explained, engine, loop):
    viewer, track = explained
    track.trust = True
    assert loop.run(lambda: viewer.is_idle)
    count = len(engine.evaluated)
    # twenty stretches would not be too many, but these were slow
    viewer.trust._evaluations._times[viewer.trust.number(track)].extend([30.0] * 20)
    viewer.show(Region("chr1", 0, MOST))
    assert loop.run(lambda: viewer.is_idle)
    state = viewer.trust.state(track, viewer.model.camera.view)
    assert (state.kind, state.text) == ("empty", "Zoom in below 1 kb to evaluate")
    assert len(engine.evaluated) == count


def test_a_failure_is_told_once_and_tried_again_for_other_options(explained, loop):
    viewer, track = explained
    viewer.explanations.change(track, model="untrusted")
    track.trust = True
    assert loop.run(lambda: viewer.is_idle)
    state = viewer.trust.state(track, viewer.model.camera.view)
    assert (state.kind, state.text) == ("failed", "the model cannot be evaluated here.")
    viewer.explanations.change(track, model="fake-cnn")
    assert loop.run(lambda: viewer.is_idle)
    assert len(shown(viewer, track)) == 8


def test_the_second_method_is_another_one_and_can_be_chosen(explained, engine, loop):
    viewer, track = explained
    track.trust = True
    assert loop.run(lambda: viewer.is_idle)
    assert {second for _, _, second in engine.evaluated} == {"gradient_x_input"}
    viewer.explanations.change(track, method="gradient_x_input")
    assert viewer.trust.second(track) == "attnlrp"
    viewer.model.settings.second_token_method = "gradient_x_input"  # it is the method itself
    assert viewer.trust.second(track) == "attnlrp"
    viewer.explanations.change(track, method="attnlrp")
    assert viewer.trust.second(track) == "gradient_x_input"


def test_the_lane_is_a_step_and_part_of_a_session(explained, loop, tmp_path):
    viewer, track = explained
    viewer.undo.settle()
    track.trust = True
    assert loop.run(lambda: viewer.is_idle)
    assert viewer.undo.undo_name == "change trust lane of fake-bert"
    viewer.session.save(tmp_path / "a.gxview.json")
    assert loop.run(lambda: viewer.is_idle)
    viewer.undo.undo()
    assert not track.trust
    viewer.session.open(tmp_path / "a.gxview.json")
    assert loop.run(lambda: viewer.is_idle)
    assert [one.trust for one in viewer.model.tracks.relevance()] == [True]


def test_an_edited_sequence_says_that_it_is_not_evaluated(explained, engine, loop):
    viewer, track = explained
    track.options = track.options.with_(edited=True)
    track.trust = True
    assert loop.run(lambda: viewer.is_idle)
    assert engine.evaluated == []
    assert "not about an edited sequence" in viewer.trust.state(track, viewer.model.camera.view).text
    viewer.controls.toggle(track)
    assert [one.control for one in viewer.controls.of(track)] == ["randomised", "reverse"]
