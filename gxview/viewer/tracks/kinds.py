"""The tracks as state: what is shown and how, without the data and without a widget."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from gxview.viewer.tracks.effect_tracks import HeatmapTrack, MutagenesisTrack, VariantTrack
from gxview.viewer.tracks.options import EffectChoice, ExplainOptions
from gxview.viewer.tracks.scale import ScaleOptions
from gxview.viewer.tracks.track_base import Color, Height, TrackBase, TrackScale

FeatureMode = Literal["packed", "expanded", "collapsed"]
ControlKind = Literal["shuffled", "randomised", "reverse"]
SignalStyle = Literal["bars", "line", "points", "heatmap", "letters"]
FRAME_HEIGHT = 15
"""Pixels of a reading frame below the letters."""
LANE_HEIGHT = 78
"""Pixels of the trust lane below an explanation."""


class SequenceTrack(TrackBase):
    """The letters of the reference.

    Parameters
    ----------
    translation
        Show the amino acids of the three frames of a strand.
    reverse
        Show the complement, also where relevance is drawn as letters, and translate the reverse strand.
    edited
        Show the edited sequence in place of the reference: changed letters marked, deleted bases as gaps, marks where
        bases are inserted.
    gc
        Show the share of G and C around each place where letters have no room.
    """

    kind: Literal["sequence"] = Field(default="sequence", frozen=True)
    name: str = "Sequence"
    height: Height = 26
    translation: bool = Field(
        default=False, title="Three-frame translation", description="The amino acids of the three frames of a strand."
    )
    reverse: bool = Field(
        default=False, title="Reverse strand", description="The complement, and the frames of the reverse strand."
    )
    edited: bool = False
    gc: bool = Field(
        default=True, title="GC content when zoomed out", description="The share of G and C where letters have no room."
    )

    @property
    def row_height(self) -> int:
        """Pixels of the letters and of the reading frames below them."""
        return self.height + (3 * FRAME_HEIGHT if self.translation else 0)


class FeatureTrack(TrackBase):
    """Genes and other annotation from a file.

    Parameters
    ----------
    path
        File or address.
    mode
        'packed': as many rows as needed; 'expanded': higher rows, each with its label; 'collapsed': one row.
    color
        Colour of features that bring none; None takes the theme's.
    labels
        Write the names of the features.
    """

    kind: Literal["features"] = Field(default="features", frozen=True)
    path: str = ""
    mode: FeatureMode = Field(
        default="packed",
        title="Rows",
        description="Packed: as many rows as needed; expanded: higher ones, each with its label; collapsed: one.",
    )
    color: Color = None
    labels: bool = Field(default=True, title="Labels", description="The names of the features.")
    height: Height = 92


class SignalTrack(TrackBase):
    """Values along the genome from a file.

    Parameters
    ----------
    path
        File or address.
    color, negative_color
        Colour of positive and of negative values ('#rrggbb'); None takes the theme's.
    style
        How the values are drawn; 'letters' draws the bases as high as their values.
    scale
        Scale of the values.
    """

    kind: Literal["signal"] = Field(default="signal", frozen=True)
    path: str = ""
    color: Color = None
    negative_color: Color = Field(default=None, title="Negative colour", description="Colour of values below zero.")
    style: SignalStyle = Field(
        default="bars", title="Drawn as", description="Letters are the bases, as high as their values."
    )
    scale: TrackScale = ScaleOptions()
    height: Height = 70


class AlignmentTrack(TrackBase):
    """Reads from a BAM, CRAM or SAM file: coverage above, packed reads below.

    Parameters
    ----------
    path
        File or address.
    reads
        Show the reads below the coverage.
    soft_clips
        Show the clipped ends of reads.
    duplicates, secondary, supplementary
        Show reads that are marked so.
    min_mapping_quality
        Leave out reads below it.
    scale
        Scale of the coverage.
    """

    kind: Literal["alignments"] = Field(default="alignments", frozen=True)
    path: str = ""
    reads: bool = Field(default=True, title="Reads", description="The reads below the coverage.")
    soft_clips: bool = Field(
        default=False, title="Soft-clipped ends", description="The ends of reads that do not match the reference."
    )
    duplicates: bool = Field(default=False, title="Duplicates", description="Reads marked as copies of others.")
    secondary: bool = Field(
        default=False, title="Secondary alignments", description="Further places of reads that fit several."
    )
    supplementary: bool = Field(
        default=False, title="Supplementary alignments", description="Further parts of reads that are split."
    )
    min_mapping_quality: Annotated[
        int, Field(ge=0, le=255, title="Least mapping quality", description="Leave out reads below it.")
    ] = 0
    scale: TrackScale = ScaleOptions()
    height: Height = 180


class OverlayTrack(TrackBase):
    """Two or more signals or explanations drawn over each other on one scale.

    Parameters
    ----------
    of
        Identifiers of the tracks, the first one in front.
    scale
        Scale that all of them share.
    normalised
        Show each in units of its largest absolute value on screen.
    """

    kind: Literal["overlay"] = Field(default="overlay", frozen=True)
    of: tuple[str, ...] = ()
    normalised: bool = Field(
        default=False,
        title="Own units",
        description="Each in units of its largest value on screen, for models whose values are not on one scale.",
    )
    scale: TrackScale = ScaleOptions()
    height: Height = 90


class DifferenceTrack(TrackBase):
    """One signal or explanation minus another.

    Parameters
    ----------
    first, second
        Identifiers of the tracks: the first minus the second.
    scale
        Scale of the difference.
    normalised
        Subtract after each was divided by its largest absolute value on screen.
    """

    kind: Literal["difference"] = Field(default="difference", frozen=True)
    first: str = ""
    second: str = ""
    normalised: bool = Field(
        default=False,
        title="Own units",
        description="Each in units of its largest value on screen, for models whose values are not on one scale.",
    )
    scale: TrackScale = ScaleOptions(mode="symmetric")
    height: Height = 90


class RelevanceTrack(TrackBase):
    """The explanation of a model, as letters.

    Parameters
    ----------
    options
        Which explanation.
    trust
        Show below it how far each window can be trusted.
    scale
        Scale of the relevance.
    control, control_of
        What a control does to the explanation that it stands beside, and the identifier of that one; both empty for
        an explanation of its own. A control is drawn pale, on the scale of the other.
    """

    kind: Literal["relevance"] = Field(default="relevance", frozen=True)
    options: ExplainOptions = ExplainOptions()
    trust: bool = Field(
        default=False,
        title="Trust lane",
        description="How far each window can be trusted: deletion, shift, strand, a second method.",
    )
    scale: TrackScale = ScaleOptions(mode="auto")
    control: ControlKind | Literal[""] = ""
    control_of: str = ""
    height: Height = 150

    @property
    def row_height(self) -> int:
        """Pixels of the explanation and of the trust lane below it."""
        return self.height + (LANE_HEIGHT if self.trust else 0)


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
    color: Color = None
    scale: TrackScale = ScaleOptions(mode="fixed", low=0.0, high=1.0)
    height: Height = 58


class TokenTrack(TrackBase):
    """Where a model cuts the sequence into tokens, and the relevance of each.

    Parameters
    ----------
    of
        Identifier of the relevance track whose explanation it belongs to.
    """

    kind: Literal["tokens"] = Field(default="tokens", frozen=True)
    of: str = ""
    height: Height = 30


FileTrack = FeatureTrack | SignalTrack | VariantTrack | AlignmentTrack | HeatmapTrack
"""Tracks whose data come from a file."""
CombinedTrack = OverlayTrack | DifferenceTrack
"""Tracks made of other tracks."""
PartTrack = ScoreTrack | TokenTrack | MutagenesisTrack
"""Tracks that belong to an explanation."""
Track = Annotated[SequenceTrack | FileTrack | CombinedTrack | RelevanceTrack | PartTrack, Field(discriminator="kind")]
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


def sources_of(track: Track) -> tuple[str, ...]:
    """Return the identifiers of the tracks that a track is made of or belongs to."""
    if isinstance(track, OverlayTrack):
        return track.of
    if isinstance(track, DifferenceTrack):
        return track.first, track.second
    if isinstance(track, RelevanceTrack):
        return (track.control_of,) if track.control_of else ()
    return (track.of,) if isinstance(track, PartTrack) else ()


def model_of(track: Track) -> str:
    """Return the key of the model that a track asks by itself; empty for none."""
    if isinstance(track, RelevanceTrack):
        return track.options.model
    return track.effect.model if isinstance(track, VariantTrack) else ""


def set_model(track: Track, key: str) -> None:
    """Give a track that asks a model another key of it."""
    if isinstance(track, RelevanceTrack):
        track.options = track.options.with_(model=key)
    elif isinstance(track, VariantTrack):
        track.effect = EffectChoice(score=track.effect.score, model=key)
