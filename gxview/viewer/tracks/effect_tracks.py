"""Tracks of what changes of the sequence do: variants of a file, and every substitution."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from gxview.viewer.tracks.options import EffectChoice
from gxview.viewer.tracks.scale import ScaleOptions
from gxview.viewer.tracks.track_base import Height, TrackBase, TrackScale

MARKS_HEIGHT, EFFECT_HEIGHT = 60, 96
"""Pixels of a track of variants that nobody made higher or lower: of their marks, and where they stand as high as their
effect."""
MATRIX_HEIGHT = 84
"""Pixels of four rows of cells."""


class VariantTrack(TrackBase):
    """Variants from a VCF or BCF file.

    Parameters
    ----------
    path
        File or address.
    passed_only
        Leave out what a filter rejected.
    effect
        Number by which the variants are coloured, and how high they stand.
    scale
        Scale of the effect.
    """

    kind: Literal["variants"] = Field(default="variants", frozen=True)
    path: str = ""
    passed_only: bool = Field(
        default=False, title="Only variants that passed", description="Leave out what a filter rejected."
    )
    effect: EffectChoice = Field(
        default=EffectChoice(),
        title="Colour by",
        description="A number of the file, or what a model says about the variants that show.",
    )
    scale: TrackScale = ScaleOptions(mode="symmetric")
    height: Height = MARKS_HEIGHT


class HeatmapTrack(TrackBase):
    """The effect of every substitution, from a file of arrays (npz, h5): rows A, C, G, T, a cell for each base.

    Parameters
    ----------
    path
        File.
    scale
        Scale of the colours; always the same on both sides of zero.
    """

    kind: Literal["heatmap"] = Field(default="heatmap", frozen=True)
    path: str = ""
    scale: TrackScale = ScaleOptions(mode="symmetric")
    height: Height = MATRIX_HEIGHT


class MutagenesisTrack(TrackBase):
    """The effect of every substitution on the prediction of a model, computed for what shows.

    Parameters
    ----------
    of
        Identifier of the explanation whose model, target, strand and windows it takes.
    scale
        Scale of the colours; always the same on both sides of zero.
    """

    kind: Literal["mutagenesis"] = Field(default="mutagenesis", frozen=True)
    of: str = ""
    scale: TrackScale = ScaleOptions(mode="symmetric")
    height: Height = MATRIX_HEIGHT
