"""Grouping, copying, moving and showing several tracks at once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gxview.viewer.tracks import arrange
from gxview.viewer.tracks.groups import TrackGroup
from gxview.viewer.tracks.kinds import (
    DifferenceTrack,
    RelevanceTrack,
    ScoreTrack,
    SequenceTrack,
    SignalTrack,
    TokenTrack,
)
from gxview.viewer.tracks.scale import ScaleOptions
from gxview.viewer.tracks.tracklist import TrackList


class Data:
    """Remembers which source each track has."""

    def __init__(self, tracks):
        self.sources = {track.id: f"data of {track.name}" for track in tracks}

    def source(self, track):
        return self.sources.get(track.id)

    def attach(self, track, source):
        self.sources[track.id] = source


def listed(names="abcde"):
    tracks = TrackList()
    for name in names:
        tracks.append(SignalTrack(name=name))
    return tracks


def names(tracks):
    return "".join(track.name for track in tracks)


def pick(tracks, wanted):
    return [track for track in tracks if track.name in wanted]


def test_grouped_tracks_stand_where_the_first_of_them_stood():
    tracks = listed()
    first = arrange.group(tracks, pick(tracks, "bd"))
    second = arrange.group(tracks, pick(tracks, "dc"), "mine")
    assert names(tracks) == "abcde"[:2] + "dce"
    assert names(tracks.members(first)) == "b"
    assert names(tracks.members(second)) == "dc"
    assert (first.name, second.name) == ("Group", "mine")
    assert arrange.group(tracks, pick(tracks, "e")).name == "Group 2"


def test_a_group_is_dissolved_or_left_by_some():
    tracks = listed()
    group = arrange.group(tracks, pick(tracks, "bcd"))
    arrange.ungroup(tracks, pick(tracks, "bc"))
    assert names(tracks) == "adbce"
    assert names(tracks.members(group)) == "d"
    arrange.ungroup(tracks, pick(tracks, "d"))
    assert tracks.groups == ()
    assert names(tracks) == "adbce"


def test_a_copy_has_the_same_look_and_data_and_its_own_life():
    tracks = listed()
    data = Data(tracks)
    tracks[1].scale = ScaleOptions(mode="fixed", low=-1, high=7)
    (copy,) = arrange.duplicate(tracks, data, [tracks[1]])
    assert names(tracks) == "abb copycde"
    assert copy.id != tracks[1].id
    assert copy.model_dump(exclude={"id", "name"}) == tracks[1].model_dump(exclude={"id", "name"})
    assert data.source(copy) == "data of b"
    assert tracks.selection == (copy,)
    copy.color = "#123456"
    assert tracks[1].color is None
    assert arrange.duplicate(tracks, data, [copy])[0].name == "b copy 2"


def test_the_copy_of_an_explanation_has_its_own_score_and_tokens():
    tracks = TrackList()
    relevance = RelevanceTrack(name="m")
    for track in (ScoreTrack(name="m score", of=relevance.id), relevance, TokenTrack(name="m tokens", of=relevance.id)):
        tracks.append(track)
    score, copy, tokens = arrange.duplicate(tracks, Data(tracks), [relevance])
    assert tracks.owner(score) is tracks.owner(tokens) is tracks.owner(copy) is copy
    assert tracks.owner(tracks[0]) is relevance
    assert [track.kind for track in tracks] == ["score", "relevance", "tokens"] * 2


def test_the_copy_of_a_difference_follows_only_what_is_copied_with_it():
    tracks = listed("ab")
    a, b = tracks
    tracks.append(DifferenceTrack(name="d", first=a.id, second=b.id))
    copied_a, copied_d = arrange.duplicate(tracks, Data(tracks), [a, tracks[2]])
    assert (copied_d.first, copied_d.second) == (copied_a.id, b.id)


def test_a_whole_group_is_copied_as_a_group_and_a_member_stays_in_its_own():
    tracks = listed()
    group = arrange.group(tracks, pick(tracks, "bc"), "g")
    group.scale = ScaleOptions(mode="symmetric", log=True)
    copies = arrange.duplicate(tracks, Data(tracks), tracks.members(group))
    assert [known.name for known in tracks.groups] == ["g", "g copy"]
    assert tracks.members(tracks.groups[1]) == copies
    assert tracks.groups[1].scale == group.scale
    (single,) = arrange.duplicate(tracks, Data(tracks), pick(tracks, ["b"]))
    assert single.group == group.id
    assert [track.name for track in tracks.members(group)] == ["b", "c", "b copy 2"]


def test_tracks_are_scaled_together_in_one_group():
    tracks = listed()
    tracks.insert(1, SequenceTrack(name="s"))
    tracks[0].scale = ScaleOptions(log=True)
    arrange.scale_together(tracks, [tracks[0], tracks[1], tracks[3]])
    (group,) = tracks.groups
    assert names(tracks.members(group)) == "ac"
    assert [track.scale for track in tracks.members(group)] == [
        ScaleOptions(mode="group", log=True),
        ScaleOptions(mode="group"),
    ]
    arrange.scale_together(tracks, tracks.members(group))
    assert tracks.groups == (group,)
    arrange.scale_together(tracks, pick(tracks, "s"))
    assert tracks.groups == (group,)


def test_solo_shows_some_alone_until_asked_again():
    tracks = listed()
    arrange.toggle_solo(tracks, pick(tracks, "bd"))
    assert names(tracks.shown()) == "bd"
    arrange.toggle_solo(tracks, pick(tracks, "b"))
    assert names(tracks.shown()) == "b"
    tracks.append(SignalTrack(name="new"))
    assert names(tracks.shown()) == "bnew"
    arrange.toggle_solo(tracks, tracks.shown())
    assert names(tracks.shown()) == "abcdenew"


@pytest.mark.parametrize(("chosen", "expected"), [("e", "eabcd"), ("c", "acbde"), ("bc", "bcade"), ("ce", "eacbd")])
def test_to_the_top_of_the_list_or_of_its_group(chosen, expected):
    tracks = listed()
    arrange.group(tracks, pick(tracks, "bc"))
    arrange.move_to_top(tracks, pick(tracks, chosen))
    assert names(tracks) == expected


@given(st.data())
def test_placed_tracks_stand_above_the_one_named_and_in_their_group(data):
    tracks = listed("abcdefg")
    first, second = TrackGroup(name="x"), TrackGroup(name="y")
    tracks.add_group(first, pick(tracks, "bcd"))
    tracks.add_group(second, pick(tracks, "fg"))
    moved = data.draw(st.lists(st.sampled_from(list(tracks)), min_size=1, unique_by=id))
    group = data.draw(st.sampled_from(["", first.id, second.id]))
    # a person can only point at a place that keeps groups whole
    ends = {"": [t for t in tracks if t.name in "abef"] + [None]}
    ends[first.id] = pick(tracks, "bcde")
    ends[second.id] = [*pick(tracks, "fg"), None]
    before = data.draw(st.sampled_from(ends[group]))
    old = [track for track in tracks if track not in moved]
    below = list(tracks)[tracks.index(before) :] if before is not None else []
    above = next((track for track in below if track not in moved), None)
    tracks.place(moved, before, group)
    assert {track.group for track in moved} == {group}
    now = list(tracks)
    assert [track for track in now if track not in moved] == old
    assert [track.name for track in now if track in moved] == sorted(track.name for track in moved)
    at = now.index(above) if above is not None else len(now)
    assert all(track in moved for track in now[at - len(moved) : at])
