"""Correlation of two things after what both share with a third was taken out."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from gxview.errors import GxviewError
from gxview.measures.number import CONSTANT, Number, missing
from gxview.measures.ranks import mean_ranks
from gxview.measures.similarity import correlations


def partial_spearman(first: ArrayLike, second: ArrayLike, third: ArrayLike) -> Number:
    """Return the rank correlation of two vectors with a third held constant.

    ``(r12 - r13 r23) / sqrt((1 - r13^2)(1 - r23^2))`` from the three rank correlations; where the third is constant
    it explains nothing and the plain rank correlation is returned.

    Parameters
    ----------
    first, second, third : array_like, shape (n,)
        Positions where any of them is NaN do not take part.
    """
    vectors = [np.asarray(values, np.float64).ravel() for values in (first, second, third)]
    if len({values.shape for values in vectors}) > 1:
        raise GxviewError("A partial correlation needs three vectors of one length.")
    known = np.isfinite(vectors).all(axis=0)
    if known.sum() < 4:
        return missing("a partial correlation needs four positions")
    a, b, c = (mean_ranks(values[known]) for values in vectors)
    r12, r13, r23 = (float(value) for value in (correlations(a, b), correlations(a, c), correlations(b, c)))
    if np.isnan(r12):
        return missing(CONSTANT)
    if np.isnan(r13):
        return Number(r12)
    rest = (1 - r13**2) * (1 - r23**2)
    if rest <= 1e-12:
        return missing("the third vector ranks the positions as one of the two does, so nothing is left to correlate")
    return Number(float(np.clip((r12 - r13 * r23) / np.sqrt(rest), -1, 1)))
