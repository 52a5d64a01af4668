"""Groups of tracks: shown, folded and scaled together."""

from __future__ import annotations

from secrets import token_hex
from typing import Literal

from psygnal import EventedModel
from pydantic import ConfigDict, Field

from gxview.viewer.tracks.scale import ScaleOptions


class TrackGroup(EventedModel):
    """Tracks that belong together; they stand next to each other in the list.

    Parameters
    ----------
    id
        Unique; never changes.
    name
        Shown in the list and above its tracks.
    visible
        The eye: hides all its tracks.
    folded
        Only the name shows.
    scale
        Scale of the tracks whose own scale has the mode 'group': one for all of them.
    """

    kind: Literal["group"] = Field(default="group", frozen=True)
    id: str = Field(default_factory=lambda: token_hex(6), frozen=True)
    name: str = Field(default="Group", title="Name", description="Shown in the list and above its tracks.")
    visible: bool = True
    folded: bool = False
    scale: ScaleOptions = Field(
        default=ScaleOptions(), title="Scale", description="One scale for all its tracks whose own scale is 'Group'."
    )

    model_config = ConfigDict(validate_assignment=True, extra="forbid")
