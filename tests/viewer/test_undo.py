"""Undo and redo: whatever was done can be taken back, step by step as a person counts them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gxview.viewer.places.regions import RegionRow
from gxview.viewer.sessions.state import State, apply, capture
from gxview.viewer.sessions.undo import LIMIT, Undo
from gxview.viewer.tracks import arrange
from gxview.viewer.tracks.groups import TrackGroup
from gxview.viewer.tracks.kinds import DifferenceTrack, OverlayTrack, RelevanceTrack, ScoreTrack, SignalTrack
from gxview.viewer.tracks.scale import ScaleOptions
from gxview.viewer.viewer_model import ViewerModel
from gxview.viewer.work.loop import QueueLoop


class Person:
    """A model, its undo, a clock that a test moves on."""

    def __init__(self) -> None:
        self.model, self.now = ViewerModel(), 0.0
        self.undo = Undo(self.model, QueueLoop(), lambda: self.now)

    def turn(self, seconds: float = 5.0) -> None:
        self.undo.settle()
        self.now += seconds


@pytest.fixture
def person() -> Person:
    person = Person()
    for name in "abc":
        person.model.tracks.append(SignalTrack(name=name))
    person.turn()
    person.undo.clear()
    person.turn()
    return person


def _insert(model, draw):
    known = [track.id for track in model.tracks] or [""]
    of = st.sampled_from(known)
    kinds = [
        st.builds(SignalTrack, name=st.sampled_from("xyz"), group=st.sampled_from(["", "g1", "g2"])),
        st.builds(RelevanceTrack, name=st.just("r")),
        st.builds(ScoreTrack, of=of),
        st.builds(DifferenceTrack, first=of, second=of),
        st.builds(OverlayTrack, of=st.lists(of, max_size=3).map(tuple)),
    ]
    model.tracks.insert(draw(st.integers(0, 9)), draw(st.one_of(kinds)))


def _duplicate(model, draw):
    track = _one(model, draw)
    model.tracks.insert(model.tracks.index(track) + 1, type(track)(**track.model_dump(exclude={"id"})))


def _group(model, draw):
    chosen = draw(st.lists(st.sampled_from(list(model.tracks)), min_size=1, unique_by=id))
    model.tracks.add_group(TrackGroup(name=draw(st.sampled_from("GH"))), chosen)


def _edit_group(model, draw):
    for group in model.tracks.groups[:1]:
        group.folded = draw(st.booleans())
        group.scale = ScaleOptions(mode=draw(st.sampled_from(["auto", "symmetric"])))


def _ungroup(model, draw):
    for group in model.tracks.groups[:1]:
        model.tracks.ungroup(group)


def _one(model, draw):
    return draw(st.sampled_from(list(model.tracks)))


def _some(model, draw):
    return draw(st.lists(st.sampled_from(list(model.tracks)), min_size=1, unique_by=id))


def _place(model, draw):
    before = draw(st.sampled_from([None, *model.tracks]))
    group = draw(st.sampled_from([None, "", *(group.id for group in model.tracks.groups)]))
    model.tracks.place(_some(model, draw), before, group)


def _many_heights(model, draw):
    for track in draw(st.lists(st.sampled_from(list(model.tracks)), unique_by=id)):
        track.height = draw(st.integers(14, 600))


def _regions(model, draw):
    table = draw(st.sampled_from([model.regions, model.peaks]))
    table.add([RegionRow("chr1", 0, draw(st.integers(1, 50)), note="here")])


OPERATIONS = {
    "insert": _insert,
    "remove": lambda model, draw: model.tracks.remove(_one(model, draw)),
    "move": lambda model, draw: model.tracks.move(model.tracks.index(_one(model, draw)), draw(st.integers(0, 9))),
    "duplicate": _duplicate,
    "group": _group,
    "edit group": _edit_group,
    "ungroup": _ungroup,
    "join": lambda model, draw: setattr(_one(model, draw), "group", _one(model, draw).group),
    "hide": lambda model, draw: setattr(_one(model, draw), "visible", draw(st.booleans())),
    "rename": lambda model, draw: setattr(_one(model, draw), "name", draw(st.sampled_from("pq"))),
    "heights": _many_heights,
    "solo": lambda model, draw: setattr(model.tracks, "solo", {_one(model, draw).id}),
    "select": lambda model, draw: setattr(model.tracks, "selection", [_one(model, draw)]),
    "place": _place,
    "arrange group": lambda model, draw: arrange.group(model.tracks, _some(model, draw)),
    "arrange ungroup": lambda model, draw: arrange.ungroup(model.tracks, _some(model, draw)),
    "scale together": lambda model, draw: arrange.scale_together(model.tracks, _some(model, draw)),
    "to the top": lambda model, draw: arrange.move_to_top(model.tracks, _some(model, draw)),
    "show all": lambda model, _draw: arrange.show_all(model.tracks),
    "regions": _regions,
    "theme": lambda model, draw: setattr(model.settings, "theme", draw(st.sampled_from(["dark", "light"]))),
}  # fmt: skip


def _do(person: Person, draw) -> None:
    name = draw(st.sampled_from([*OPERATIONS])) if len(person.model.tracks) else "insert"
    OPERATIONS[name](person.model, draw)


@given(st.data())
def test_undoing_all_is_the_beginning_and_redoing_all_the_end(data):
    person = Person()
    for _ in range(data.draw(st.integers(0, 3))):
        _insert(person.model, data.draw)
    person.undo.clear()
    person.turn()
    first = capture(person.model)
    for _ in range(data.draw(st.integers(1, 8))):
        _do(person, data.draw)
        person.turn()
    last = capture(person.model)
    while person.undo.undo_name:
        person.undo.undo()
    assert capture(person.model) == first
    while person.undo.redo_name:
        person.undo.redo()
    assert capture(person.model) == last


@given(st.data())
def test_any_mixture_of_doing_undoing_and_redoing_leads_to_states_that_were_there(data):
    person = Person()
    history, place = [capture(person.model)], 0
    for _ in range(data.draw(st.integers(1, 15))):
        what = data.draw(st.sampled_from(["do", "do", "undo", "redo"]))
        if what == "do":
            _do(person, data.draw)
            person.turn()
            if capture(person.model) != history[place]:
                history, place = [*history[: place + 1], capture(person.model)], place + 1
        elif what == "undo":
            person.undo.undo()
            place = max(0, place - 1)
        else:
            person.undo.redo()
            place = min(len(history) - 1, place + 1)
        assert capture(person.model) == history[place]


def test_a_state_is_put_back_without_touching_what_did_not_change(person):
    a, b, _ = person.model.tracks
    heard = []
    b.height = 200
    person.turn()
    person.model.tracks.inserted.connect(lambda _place, track: heard.append(track))
    person.model.tracks.removed.connect(lambda _place, track: heard.append(track))
    person.model.tracks.edited.connect(lambda track, field: heard.append((track.name, field)))
    person.undo.undo()
    assert heard == [("b", "height")]
    assert person.model.tracks[0] is a


def test_an_explanation_comes_back_with_its_parts_in_one_step(person):
    tracks = person.model.tracks
    track = RelevanceTrack(name="bert")
    for part in (ScoreTrack(of=track.id), track):
        tracks.append(part)
    person.turn()
    before = capture(person.model)
    tracks.remove(track)
    person.turn()
    assert person.undo.undo_name == "remove bert"
    person.undo.undo()
    assert capture(person.model) == before
    assert person.undo.redo_name == "remove bert"
    assert tracks.selection == (tracks.get(track.id),)


def test_a_drag_is_one_step_and_ends_with_a_pause(person):
    a, *_ = person.model.tracks
    for height in range(70, 120, 5):
        a.height = height
        person.turn(seconds=0.05)
    person.now += 10
    a.height = 300
    person.turn()
    assert person.undo.undo_name == "change height of a"
    person.undo.undo()
    assert a.height == 115
    person.undo.undo()
    assert a.height == 70
    assert person.undo.undo_name == ""


def test_a_change_of_many_tracks_at_once_is_one_step(person):
    for track in person.model.tracks:
        track.color = "#ff0000"
    person.turn()
    assert person.undo.undo_name == "change colour of 3 tracks"
    person.undo.undo()
    assert [track.color for track in person.model.tracks] == [None] * 3


def test_what_is_taken_back_at_once_leaves_no_step(person):
    a, *_ = person.model.tracks
    a.height = 100
    person.turn(0.1)
    a.height = 70
    person.turn()
    assert person.undo.undo_name == ""


def test_switching_twice_quickly_is_two_steps(person):
    a, *_ = person.model.tracks
    for shown in (False, True):
        a.visible = shown
        person.turn(0.05)
    assert person.undo.undo_name == "show a"
    person.undo.undo()
    assert person.undo.undo_name == "hide a"
    assert not a.visible


def test_a_new_step_ends_the_way_forward(person):
    a, *_ = person.model.tracks
    a.name = "first"
    person.turn()
    person.undo.undo()
    a.name = "second"
    person.turn()
    assert person.undo.redo_name == ""
    person.undo.redo()
    assert a.name == "second"


def test_what_the_machine_changes_belongs_to_the_step_before(person):
    a, *_ = person.model.tracks
    a.height = 100
    person.turn()
    with person.model.unrecorded():
        person.model.tracks.append(SignalTrack(name="late"))
    person.turn()
    person.undo.undo()
    assert [track.name for track in person.model.tracks] == ["a", "b", "c"]
    person.undo.redo()
    assert [track.name for track in person.model.tracks] == ["a", "b", "c", "late"]


def test_moving_the_camera_and_selecting_are_no_steps(person):
    person.model.camera.resize(800)
    person.model.camera.show("chr1", 10_000, 0, 100)
    person.model.tracks.selected = person.model.tracks[1]
    person.turn()
    assert person.undo.undo_name == ""


def test_only_so_many_steps_are_kept(person):
    a, *_ = person.model.tracks
    for number in range(LIMIT + 20):
        a.name = str(number)
        person.turn()
    count = 0
    while person.undo.undo_name:
        person.undo.undo()
        count += 1
    assert count == LIMIT
    assert a.name == "19"


@pytest.mark.parametrize(
    ("act", "name"),
    [
        (lambda tracks: tracks.remove(tracks[0]), "remove a"),
        (lambda tracks: tracks.append(SignalTrack(name="d")), "add d"),
        (lambda tracks: tracks.move(0, 2), "move tracks"),
        (lambda tracks: tracks.add_group(TrackGroup(name="pair"), list(tracks)[:2]), "group pair"),
        (lambda tracks: setattr(tracks, "solo", {tracks[0].id}), "solo"),
        (lambda tracks: setattr(tracks[1], "scale", ScaleOptions(mode="fixed", high=9)), "change scale of b"),
        (lambda tracks: setattr(tracks[1], "name", "z"), "rename b"),
    ],
)
def test_a_step_is_called_what_a_person_would_call_it(person, act, name):
    act(person.model.tracks)
    person.turn()
    assert person.undo.undo_name == name


def test_another_genome_forgets_the_steps(person):
    person.model.tracks.remove(person.model.tracks[0])
    person.turn()
    person.model.reference = object()
    person.model.tracks.append(SignalTrack(name="new"))
    person.turn()
    assert person.undo.undo_name == ""


def test_an_empty_state_empties_the_viewer(person):
    apply(person.model, State())
    assert len(person.model.tracks) == 0


def test_found_peaks_can_be_taken_back(person):
    peaks = person.model.peaks
    first, second = [RegionRow("chr1", 0, 50, name="peak 1")], [RegionRow("chr1", 100, 150, name="peak 1")]
    peaks.rows = first
    person.turn()
    peaks.rows = second
    person.turn()
    assert person.undo.undo_name == "find peaks"
    person.undo.undo()
    assert list(peaks.rows) == first
    person.undo.undo()
    assert len(peaks) == 0
    person.undo.redo()
    person.undo.redo()
    assert list(peaks.rows) == second
