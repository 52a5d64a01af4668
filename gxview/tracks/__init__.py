"""What: data sources of signals and features, and their summaries at a zoom."""

from gxview.tracks.base import Feature, FeatureSource, SignalSource, SignalSummary
from gxview.tracks.layout import pack_rows
from gxview.tracks.opening import open_source

__all__ = ["Feature", "FeatureSource", "SignalSource", "SignalSummary", "open_source", "pack_rows"]
