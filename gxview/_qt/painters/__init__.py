"""Painters: plain functions that draw one part of the picture with a QPainter, for screen, PNG and SVG alike."""

from gxview._qt.painters.base import (
    BaseValues,
    BinnedCounts,
    BinnedValues,
    Letters,
    Scale,
    SignalData,
    State,
    Style,
    TokenLike,
    View,
)
from gxview._qt.painters.density import paint_density
from gxview._qt.painters.features import FEATURE_ROW_HEIGHT, FeatureLook, paint_features
from gxview._qt.painters.frame import (
    AXIS_WIDTH,
    HEADER_HEIGHT,
    paint_axis,
    paint_cursor,
    paint_header,
    paint_state,
)
from gxview._qt.painters.gc_curve import paint_gc
from gxview._qt.painters.overlay import Layer, paint_overlay
from gxview._qt.painters.relevance import RelevanceLook, paint_relevance
from gxview._qt.painters.ruler import (
    OVERVIEW_HEIGHT,
    RULER_HEIGHT,
    overview_bar,
    overview_mark,
    paint_overview,
    paint_ruler,
)
from gxview._qt.painters.sequence import SEQUENCE_HEIGHT, paint_sequence
from gxview._qt.painters.signal import SignalLook, paint_signal
from gxview._qt.painters.tokens import TOKENS_HEIGHT, paint_tokens
from gxview._qt.painters.translation import paint_translation

__all__ = [
    "AXIS_WIDTH",
    "FEATURE_ROW_HEIGHT",
    "HEADER_HEIGHT",
    "OVERVIEW_HEIGHT",
    "RULER_HEIGHT",
    "SEQUENCE_HEIGHT",
    "TOKENS_HEIGHT",
    "BaseValues",
    "BinnedCounts",
    "BinnedValues",
    "FeatureLook",
    "Layer",
    "Letters",
    "RelevanceLook",
    "Scale",
    "SignalData",
    "SignalLook",
    "State",
    "Style",
    "TokenLike",
    "View",
    "overview_bar",
    "overview_mark",
    "paint_axis",
    "paint_cursor",
    "paint_density",
    "paint_features",
    "paint_gc",
    "paint_header",
    "paint_overlay",
    "paint_overview",
    "paint_relevance",
    "paint_ruler",
    "paint_sequence",
    "paint_signal",
    "paint_state",
    "paint_tokens",
    "paint_translation",
]
