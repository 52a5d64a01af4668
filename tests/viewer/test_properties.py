"""Properties of tracks are read from their models; several tracks are set at once."""

from __future__ import annotations

from typing import Annotated, get_args

import pytest
from pydantic import BaseModel, Field, ValidationError

from gxview.viewer.tracks.groups import TrackGroup
from gxview.viewer.tracks.kinds import (
    AlignmentTrack,
    FeatureTrack,
    ScoreTrack,
    SignalTrack,
    TokenTrack,
    Track,
    TrackBase,
)
from gxview.viewer.tracks.properties import (
    MIXED,
    Property,
    assign,
    assign_scale,
    common_properties,
    properties_of,
    value_of,
    word,
)
from gxview.viewer.tracks.scale import ScaleOptions

KINDS = get_args(get_args(Track)[0])


@pytest.mark.parametrize("kind", [*KINDS, TrackGroup])
def test_every_property_says_what_it_is_and_can_be_set_to_its_own_value(kind):
    item = kind()
    found = properties_of(kind)
    assert len({known.field for known in found}) == len(found) > 0
    for known in found:
        assert known.title
        assert known.description or known.kind == "color"
        assign([item], known.field, value_of([item], known.field))
        if known.kind == "choice":
            assert value_of([item], known.field) in known.choices
        if known.kind == "number":
            assert known.low <= value_of([item], known.field) <= known.high


def test_a_field_with_a_title_of_a_new_kind_of_track_has_a_property():
    class NewTrack(TrackBase):
        depth: Annotated[int, Field(ge=2, le=9, title="Depth", description="How deep.")] = 3
        secret: int = 4

    assert properties_of(NewTrack)[-1] == Property("depth", "Depth", "How deep.", "number", (), 2, 9)


def test_properties_in_common_are_those_that_mean_the_same():
    def titles(*items: BaseModel) -> list[str]:
        return [known.title for known in common_properties(items)]

    assert titles(SignalTrack(), AlignmentTrack()) == ["Height", "Scale"]
    assert titles(SignalTrack(), ScoreTrack(), FeatureTrack()) == ["Height", "Colour"]
    assert titles(TokenTrack(), FeatureTrack()) == ["Height"]
    assert titles() == []


def test_values_that_differ_are_mixed_and_an_edit_makes_them_one():
    one, two = SignalTrack(height=50), SignalTrack(height=60, scale=ScaleOptions(log=True))
    assert value_of([one, two], "height") is MIXED
    assert value_of([one, two], "style") == "bars"
    assert value_of([one, two], "scale", "mode") == "auto"
    assert value_of([one, two], "scale", "log") is MIXED
    assign([one, two], "height", 80)
    assert value_of([one, two], "height") == 80


def test_a_part_of_a_scale_is_set_and_the_rest_of_each_stays():
    one = SignalTrack(scale=ScaleOptions(mode="fixed", low=0, high=5))
    two = SignalTrack(scale=ScaleOptions(mode="fixed", low=-9, high=2))
    assign_scale([one, two], log=True)
    assert [track.scale.high for track in (one, two)] == [5, 2]
    assert all(track.scale.log for track in (one, two))
    with pytest.raises(ValidationError):
        assign_scale([one, two], low=3.0)
    assert (one.scale.low, two.scale.low) == (0, -9)


def test_choices_are_written_as_words():
    assert [word(choice) for choice in ("packed", "heatmap")] == ["Packed", "Heat map"]
