"""Any two signals or explanations can be put over each other, or subtracted."""

from __future__ import annotations

import pytest

from gxview.errors import GxviewError
from gxview.viewer.tracks.combined_tracks import difference, overlay
from gxview.viewer.tracks.groups import TrackGroup
from gxview.viewer.tracks.kinds import FeatureTrack, RelevanceTrack, SignalTrack
from gxview.viewer.tracks.tracklist import TrackList


@pytest.fixture
def tracks():
    found = TrackList()
    for track in (SignalTrack(name="a"), SignalTrack(name="b"), FeatureTrack(name="genes"), RelevanceTrack(name="c")):
        found.append(track)
    return found


def test_an_overlay_stands_below_the_last_of_its_tracks(tracks):
    made = overlay(tracks, list(tracks))
    assert made.of == (tracks[0].id, tracks[1].id, tracks[3].id), "genes have no values"
    assert made.name == "Overlay"
    assert tracks.index(made) == 4


def test_a_difference_takes_exactly_two(tracks):
    made = difference(tracks, [tracks[0], tracks[1]])
    assert (made.first, made.second) == (tracks[0].id, tracks[1].id)
    assert tracks.index(made) == 2
    with pytest.raises(GxviewError, match="select two"):
        difference(tracks, [track for track in tracks if track is not made])
    with pytest.raises(GxviewError, match="Select two"):
        difference(tracks, [tracks[0]])


def test_what_is_made_within_a_group_belongs_to_it(tracks):
    group = TrackGroup(name="both")
    tracks.add_group(group, [tracks[0], tracks[1]])
    assert overlay(tracks, [tracks[0], tracks[1]]).group == group.id
    assert difference(tracks, [tracks[0], tracks[-1]]).group == ""
