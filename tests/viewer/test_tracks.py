"""Tracks and their list: every change is a signal, nothing invalid gets in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from gxview.viewer.tracks.groups import TrackGroup
from gxview.viewer.tracks.kinds import (
    FeatureTrack,
    RelevanceTrack,
    ScoreTrack,
    SequenceTrack,
    SignalTrack,
    TokenTrack,
    track_from,
)
from gxview.viewer.tracks.options import ExplainOptions
from gxview.viewer.tracks.scale import ScaleOptions
from gxview.viewer.tracks.tracklist import TrackList

TRACKS = st.one_of(
    st.builds(SequenceTrack, height=st.integers(14, 600)),
    st.builds(
        FeatureTrack,
        name=st.text(max_size=20),
        path=st.text(max_size=20),
        mode=st.sampled_from(["packed", "expanded", "collapsed"]),
    ),
    st.builds(
        SignalTrack,
        color=st.sampled_from([None, "#123abc"]),
        scale=st.builds(
            ScaleOptions, mode=st.sampled_from(["auto", "percentile", "fixed", "group"]), low=st.floats(-9, 0)
        ),
    ),
    st.builds(RelevanceTrack, options=st.builds(ExplainOptions, model=st.text(max_size=9), phases=st.integers(1, 64))),
    st.builds(ScoreTrack, of=st.text(max_size=8)),
    st.builds(TokenTrack, visible=st.booleans()),
)


@given(TRACKS)
def test_a_track_survives_being_written_and_read(track):
    assert track_from(track.model_dump()) == track


@pytest.mark.parametrize(
    ("field", "value"), [("height", 2), ("height", 5000), ("color", "red"), ("nonsense", 1), ("id", "x")]
)
def test_a_value_out_of_range_is_refused(field, value):
    track = SignalTrack(name="a")
    before = track.model_dump()
    with pytest.raises((ValidationError, ValueError)):
        setattr(track, field, value)
    assert track.model_dump() == before


def test_a_scale_needs_its_lower_end_below_its_upper():
    with pytest.raises(ValidationError):
        ScaleOptions(mode="fixed", low=1, high=1)


def test_the_list_tells_of_every_change():
    tracks, heard = TrackList(), []
    tracks.inserted.connect(lambda index, track: heard.append(("inserted", index, track.name)))
    tracks.removed.connect(lambda index, track: heard.append(("removed", index, track.name)))
    tracks.reordered.connect(lambda: heard.append(("reordered",)))
    tracks.edited.connect(lambda track, field: heard.append(("edited", track.name, field)))
    a, b, c = (SignalTrack(name=name) for name in "abc")
    for track in (a, b, c):
        tracks.append(track)
    tracks.move(0, 2)
    b.visible = False
    tracks.remove(c)
    assert heard[3:] == [("reordered",), ("edited", "b", "visible"), ("removed", 1, "c")]
    assert [track.name for track in tracks] == ["b", "a"]
    c.name = "unheard"
    assert len(heard) == 6


@given(st.integers(1, 7).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n - 1), st.integers(0, n + 2))))
def test_a_moved_track_ends_at_its_new_place(numbers):
    count, old, new = numbers
    tracks = TrackList()
    made = [SignalTrack(name=str(i)) for i in range(count)]
    for track in made:
        tracks.append(track)
    tracks.move(old, new)
    assert tracks.index(made[old]) == min(new, count - 1)
    rest = [track.name for track in tracks if track is not made[old]]
    assert rest == [str(i) for i in range(count) if i != old]


def test_parts_go_with_their_explanation():
    tracks = TrackList()
    track = RelevanceTrack()
    for one in (ScoreTrack(of=track.id), track, TokenTrack(of=track.id), SequenceTrack()):
        tracks.append(one)
    tracks.selected = tracks[2]
    assert tracks.owner(tracks.selected) is track
    tracks.remove(track)
    assert [one.kind for one in tracks] == ["sequence"]
    assert tracks.selected is None


def test_options_reach_the_engine_only_when_chosen():
    options = ExplainOptions(model="m", strand="-")
    assert options.rules() == {"strand": "-", "phases": 1}
    assert options.with_(alibi="uniform").rules()["alibi"] == "uniform"
    with pytest.raises(ValidationError):
        options.with_(phases=0)


@given(st.lists(st.sampled_from(["", "g", "h"]), min_size=1, max_size=8), st.data())
def test_the_tracks_of_a_group_stand_together(groups, data):
    tracks = TrackList()
    made = {name: TrackGroup(name=name) for name in "gh"}
    for group in made.values():
        tracks.add_group(group)
    for place, name in enumerate(groups):
        track = SignalTrack(name=str(place), group=made[name].id if name else "")
        tracks.insert(data.draw(st.integers(0, len(tracks))), track)
    tracks.move(data.draw(st.integers(0, len(tracks) - 1)), data.draw(st.integers(0, len(tracks))))
    assert sorted(track.name for track in tracks) == sorted(str(place) for place in range(len(groups)))
    for group in made.values():
        places = [place for place, track in enumerate(tracks) if track.group == group.id]
        assert places == list(range(min(places, default=0), min(places, default=0) + len(places)))
    assert {group.name for group in tracks.groups} == set(groups) - {""}


def test_a_group_hides_and_folds_its_tracks_and_goes_with_the_last():
    tracks, shown = TrackList(), []
    a, b, c = (SignalTrack(name=name) for name in "abc")
    for track in (a, b, c):
        tracks.append(track)
    group = TrackGroup()
    tracks.add_group(group, [a, c])
    assert [track.name for track in tracks] == ["a", "c", "b"]
    tracks.shown_changed.connect(lambda: shown.append([track.name for track in tracks.shown()]))
    group.folded = True
    group.folded = False
    tracks.solo = {c.id, b.id}
    assert shown == [["b"], ["a", "c", "b"], ["c", "b"]]
    tracks.remove(a)
    tracks.remove(c)
    assert tracks.groups == ()


def test_several_tracks_can_be_selected():
    tracks, heard = TrackList(), []
    a, b, c = (SignalTrack(name=name) for name in "abc")
    for track in (a, b, c):
        tracks.append(track)
    tracks.selected_changed.connect(heard.append)
    tracks.selection = (c, a)
    assert tracks.selection == (a, c)
    assert tracks.selected is a
    tracks.remove(a)
    assert tracks.selection == (c,)
    assert heard == [a, c]


def test_several_changes_together_tell_once_what_shows():
    tracks, heard = TrackList(), []
    tracks.shown_changed.connect(lambda: heard.append([track.name for track in tracks.shown()]))
    with tracks.together():
        for name in "abc":
            tracks.append(SignalTrack(name=name))
        with tracks.together():
            tracks[1].visible = False
    assert heard == [["a", "c"]]
    with tracks.together():
        pass
    assert len(heard) == 1
