"""The scale of a row: its own, or that of its group."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from gxview._qt.painters import BaseValues, BinnedValues, Scale, SignalData
from gxview.viewer.camera import View as CameraView
from gxview.viewer.relevance_slice import Bins
from gxview.viewer.scale import ScaleOptions

Floats: TypeAlias = NDArray[np.float32]


def as_data(start: int, values: Floats | Bins) -> SignalData:
    """Return relevance or a score as painters take it."""
    if isinstance(values, Bins):
        return BinnedValues(values.edges, values.low, values.high, values.mean)
    return BaseValues(start, values)


def visible(data: SignalData, camera: CameraView) -> tuple[Floats, Floats]:
    """Return the smallest and largest values of the bases or bins that show."""
    region = camera.region
    if isinstance(data, BaseValues):
        part = data.values[max(0, region.start - data.start) : max(0, region.end - data.start)]
        return np.asarray(part, np.float32), np.asarray(part, np.float32)
    first = max(0, int(np.searchsorted(data.edges, region.start, "right")) - 1)
    last = int(np.searchsorted(data.edges, region.end, "left"))
    return np.asarray(data.low[first:last], np.float32), np.asarray(data.high[first:last], np.float32)


def fit(options: ScaleOptions, low: Floats, high: Floats) -> Scale:
    """Return the scale of values that lie between `low` and `high`, as the options say."""
    if options.mode == "fixed":
        return Scale(options.low, options.high)
    finite_low, finite_high = low[np.isfinite(low)], high[np.isfinite(high)]
    smallest = float(finite_low.min()) if len(finite_low) else 0.0
    largest = float(finite_high.max()) if len(finite_high) else 0.0
    return Scale.fit(smallest, largest, signed=options.mode == "symmetric")
