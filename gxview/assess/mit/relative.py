"""RPA-PWM: promoters on either strand, by where their elements lie relative to each other."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from gxview.assess.mit.layout import SPACING
from gxview.assess.mit.matrices import RELATIVE10, RELATIVE10_BROKEN, RELATIVE35, scores_everywhere
from gxview.assess.mit.scorers import Floats

Codes = NDArray[np.uint8]

NO_PAIR = -10.0
"""Score of a sequence without two boxes at a possible distance."""

_LEAST_HIT = -2.0
_SPACINGS = range(15, 20)
_REACH, _MOTIF, _LEAST_UP = 20, 9, 1.5
_LEAST_AT = 7  # of nine bases: the share is at least .7
_BOX = len(RELATIVE35)
_A, _G, _T = 0, 2, 3
_COMPLEMENT = np.array([3, 2, 1, 0, 4], dtype=np.uint8)


def relative(codes: Codes) -> Floats:
    """Return the best pair of boxes on either strand, with what lies before them; `NO_PAIR` where there is none.

    Parameters
    ----------
    codes : ndarray of uint8, shape (N, L)
        A, C, G, T = 0..3, anything else 4.
    """
    plus = _one_strand(codes) + 1.0
    minus = _one_strand(_COMPLEMENT[codes[:, ::-1]])
    found = np.maximum(plus, minus)
    return np.asarray(np.where(np.isfinite(found), found, NO_PAIR))


def _one_strand(codes: Codes) -> Floats:
    """Return the best pair of a strand, minus infinity where there is none."""
    boxes35 = scores_everywhere(codes, RELATIVE35)
    boxes10 = np.maximum(scores_everywhere(codes, RELATIVE10), scores_everywhere(codes, RELATIVE10_BROKEN))
    first = np.where(boxes35 >= _LEAST_HIT, boxes35 + 2 * _upstream(codes)[:, : boxes35.shape[1]], -np.inf)
    second = np.where(boxes10 >= _LEAST_HIT, boxes10 + 1.5 * _extended(codes)[:, : boxes10.shape[1]], -np.inf)
    best = np.full(len(codes), -np.inf)
    for spacing in _SPACINGS:
        count = boxes35.shape[1] - _BOX - spacing
        if count > 0:
            pairs = first[:, :count] + second[:, _BOX + spacing :]
            best = np.maximum(best, pairs.max(axis=1) + 2 - 0.5 * abs(spacing - SPACING))
    return best


def _upstream(codes: Codes) -> Floats:
    """Return the worth of the best UP element within the 20 bases before each place, (N, L)."""
    best = np.zeros(codes.shape)
    if codes.shape[1] < _MOTIF:
        return best
    motifs = _motifs(codes)
    for back in range(_MOTIF, min(_REACH, codes.shape[1]) + 1):
        reached = motifs[:, : codes.shape[1] - back]
        best[:, back : back + reached.shape[1]] = np.maximum(best[:, back : back + reached.shape[1]], reached)
    return np.where(best > _LEAST_UP, best, 0.0)


def _motifs(codes: Codes) -> Floats:
    """Return twice the share of A and T plus the longest run of A over 9 of each nine bases; 0 with too few A and T."""
    windows = sliding_window_view(codes, _MOTIF, axis=1)
    at = ((windows == _A) | (windows == _T)).sum(axis=2)
    run = np.zeros(at.shape, dtype=np.int64)
    longest = run.copy()
    for offset in range(_MOTIF):
        run = np.where(windows[:, :, offset] == _A, run + 1, 0)
        longest = np.maximum(longest, run)
    return np.where(at >= _LEAST_AT, (2 * at + longest) / _MOTIF, 0.0)


def _extended(codes: Codes) -> Floats:
    """Return 2 where TGT lies right before a place, 1 for T?T, else 0, (N, L)."""
    found = np.zeros(codes.shape)
    first, middle, last = codes[:, :-3], codes[:, 1:-2], codes[:, 2:-1]
    ends = (first == _T) & (last == _T)
    found[:, 3:] = np.where(ends & (middle == _G), 2.0, np.where(ends, 1.0, 0.0))
    return found
