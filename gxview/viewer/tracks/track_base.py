"""What every track has, and the fields that several kinds share."""

from __future__ import annotations

from secrets import token_hex
from typing import Annotated

from psygnal import EventedModel
from pydantic import ConfigDict, Field

from gxview.viewer.tracks.scale import ScaleOptions

MIN_HEIGHT, MAX_HEIGHT = 14, 600
Height = Annotated[int, Field(ge=MIN_HEIGHT, le=MAX_HEIGHT, title="Height", description="Pixels of the row.")]
Color = Annotated[str | None, Field(pattern=r"^#[0-9a-fA-F]{6}$", title="Colour")]
TrackScale = Annotated[ScaleOptions, Field(title="Scale", description="Which values the row shows from edge to edge.")]


class TrackBase(EventedModel):
    """What every track has.

    Parameters
    ----------
    id
        Unique; never changes.
    name
        Shown in lists and headers.
    visible
        The eye of the track list.
    height
        Pixels.
    group
        Identifier of the group it belongs to; empty for none.
    """

    id: str = Field(default_factory=lambda: token_hex(6), frozen=True)
    name: str = ""
    visible: bool = True
    height: Height = 60
    group: str = ""

    model_config = ConfigDict(validate_assignment=True, extra="forbid")

    @property
    def row_height(self) -> int:
        """Pixels that the track takes, with what is shown on top of its own height."""
        return self.height
