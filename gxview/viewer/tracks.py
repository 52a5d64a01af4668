"""The tracks as state: what is shown and how, without the data and without a widget."""

from __future__ import annotations

from secrets import token_hex
from typing import Annotated, Literal

from psygnal import EventedModel
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, model_validator

from gxview.viewer.options import ExplainOptions

MIN_HEIGHT, MAX_HEIGHT = 14, 600


def _new_id() -> str:
    return token_hex(6)


class ScaleOptions(BaseModel):
    """How values map to the height of a track.

    Parameters
    ----------
    mode
        'auto' fits what is on screen, 'symmetric' does so around zero, 'fixed' keeps `low` to `high`.
    low, high
        Ends of a fixed scale.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    mode: Literal["auto", "symmetric", "fixed"] = "auto"
    low: float = 0.0
    high: float = 1.0

    @model_validator(mode="after")
    def _ordered(self) -> ScaleOptions:
        if not self.low < self.high:
            raise ValueError("the lower end of a scale must lie below its upper end")
        return self


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
    """

    id: str = Field(default_factory=_new_id, frozen=True)
    name: str = ""
    visible: bool = True
    height: Annotated[int, Field(ge=MIN_HEIGHT, le=MAX_HEIGHT)] = 60

    model_config = ConfigDict(validate_assignment=True, extra="forbid")


class SequenceTrack(TrackBase):
    """The letters of the reference."""

    kind: Literal["sequence"] = Field(default="sequence", frozen=True)
    name: str = "Sequence"
    height: Annotated[int, Field(ge=MIN_HEIGHT, le=MAX_HEIGHT)] = 26


class FeatureTrack(TrackBase):
    """Genes and other annotation from a file.

    Parameters
    ----------
    path
        File.
    collapsed
        All features in one row instead of packed ones.
    """

    kind: Literal["features"] = Field(default="features", frozen=True)
    path: str = ""
    collapsed: bool = False
    height: Annotated[int, Field(ge=MIN_HEIGHT, le=MAX_HEIGHT)] = 92


class SignalTrack(TrackBase):
    """Values along the genome from a file.

    Parameters
    ----------
    path
        File.
    color
        Colour of positive values ('#rrggbb'); None takes the theme's.
    scale
        Scale of the values.
    """

    kind: Literal["signal"] = Field(default="signal", frozen=True)
    path: str = ""
    color: str | None = Field(default=None, pattern=r"^#[0-9a-fA-F]{6}$")
    scale: ScaleOptions = ScaleOptions()
    height: Annotated[int, Field(ge=MIN_HEIGHT, le=MAX_HEIGHT)] = 70


class RelevanceTrack(TrackBase):
    """The explanation of a model, as letters.

    Parameters
    ----------
    options
        Which explanation.
    scale
        Scale of the relevance.
    """

    kind: Literal["relevance"] = Field(default="relevance", frozen=True)
    options: ExplainOptions = ExplainOptions()
    scale: ScaleOptions = ScaleOptions(mode="auto")
    height: Annotated[int, Field(ge=MIN_HEIGHT, le=MAX_HEIGHT)] = 150


class ScoreTrack(TrackBase):
    """The probability that the model gives to the windows around each base.

    Parameters
    ----------
    of
        Identifier of the relevance track whose explanation it belongs to.
    color, scale
        As in a signal track.
    """

    kind: Literal["score"] = Field(default="score", frozen=True)
    of: str = ""
    color: str | None = Field(default=None, pattern=r"^#[0-9a-fA-F]{6}$")
    scale: ScaleOptions = ScaleOptions(mode="fixed", low=0.0, high=1.0)
    height: Annotated[int, Field(ge=MIN_HEIGHT, le=MAX_HEIGHT)] = 58


class TokenTrack(TrackBase):
    """Where a model cuts the sequence into tokens, and the relevance of each.

    Parameters
    ----------
    of
        Identifier of the relevance track whose explanation it belongs to.
    """

    kind: Literal["tokens"] = Field(default="tokens", frozen=True)
    of: str = ""
    height: Annotated[int, Field(ge=MIN_HEIGHT, le=MAX_HEIGHT)] = 30


Track = Annotated[
    SequenceTrack | FeatureTrack | SignalTrack | RelevanceTrack | ScoreTrack | TokenTrack, Field(discriminator="kind")
]
"""Any track; a dictionary of its fields is read back by `track_from`."""

_ANY: TypeAdapter[Track] = TypeAdapter(Track)


def track_from(fields: dict[str, object]) -> Track:
    """Make a track from the fields that `model_dump` wrote.

    Raises
    ------
    pydantic.ValidationError
        A field is unknown or out of range.
    """
    return _ANY.validate_python(fields)
