"""What: data sources of signals, features, variants and alignments, and their summaries at a zoom."""

from gxview.tracks.alignments import AlignmentSource
from gxview.tracks.base import Feature, FeatureSource, SignalSource, SignalSummary
from gxview.tracks.effects import EffectSource
from gxview.tracks.layout import pack_rows
from gxview.tracks.opening import open_source
from gxview.tracks.pileup import Pileup
from gxview.tracks.read_table import ReadOptions
from gxview.tracks.variants import Variant, VariantSource

__all__ = [
    "AlignmentSource",
    "EffectSource",
    "Feature",
    "FeatureSource",
    "Pileup",
    "ReadOptions",
    "SignalSource",
    "SignalSummary",
    "Variant",
    "VariantSource",
    "open_source",
    "pack_rows",
]
