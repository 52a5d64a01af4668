"""Ranks, with NumPy alone: the window uses them, and importing scipy.stats would delay its first picture."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def mean_ranks(values: ArrayLike) -> NDArray[np.float64]:
    """Return ranks from 1 along the last axis; ties get their mean rank, NaN stays NaN and takes no rank."""
    given = np.asarray(values, np.float64)
    order = np.argsort(given, axis=-1, kind="stable")  # NaN comes last
    ordered = np.take_along_axis(given, order, axis=-1)
    places = np.broadcast_to(np.arange(given.shape[-1]), given.shape)
    new = np.ones(given.shape, dtype=bool)
    new[..., 1:] = ordered[..., 1:] != ordered[..., :-1]
    first = np.maximum.accumulate(np.where(new, places, 0), axis=-1)
    ends = np.concatenate([new[..., 1:], np.ones((*given.shape[:-1], 1), dtype=bool)], axis=-1)
    behind = np.where(ends, places, given.shape[-1])
    last = np.minimum.accumulate(behind[..., ::-1], axis=-1)[..., ::-1]
    ranks = np.empty(given.shape)
    np.put_along_axis(ranks, order, (first + last) / 2 + 1, axis=-1)
    return np.where(np.isnan(given), np.nan, ranks)
