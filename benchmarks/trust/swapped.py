"""Relevance of a promoter against its own footprint and against those of the other promoters.

All promoters have boxes at about the same places, and a model may have learned no more than those places. What relevance
has in common with its own footprint beyond the others is about the bases of that promoter.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gxview.explain import explain
from gxview.measures.ranking import average_precision, top_mask
from gxview.measures.statistics import paired_wilcoxon
from gxview.models.base import Model

Values = NDArray[np.floating]


def compared(model: Model, sequences: Sequence[str], footprints: Sequence[Values]) -> dict[str, Any]:
    """Return the mean AUPRC of signed relevance (main method) against own and other footprints, and a paired test."""
    relevance = [found.values for found in explain(model, sequences)]
    table = precisions(relevance, footprints)
    own = table.diagonal()
    others = (table.sum(axis=1) - own) / (len(table) - 1)
    profile = precisions([np.mean(relevance, axis=0)], footprints)[0]
    test = paired_wilcoxon(own, others)
    numbers = {"own": own.mean(), "others": others.mean(), "mean_relevance": profile.mean(), "p": test.p}
    return {"n": len(own)} | {name: float(f"{float(value):.4g}") for name, value in numbers.items()}


def precisions(relevance: Sequence[Values], footprints: Sequence[Values]) -> NDArray[np.float64]:
    """Return the AUPRC (N, M) of each relevance against the fifth of the bases that each footprint is largest at."""
    tops = [top_mask(one) for one in footprints]
    return np.array([[average_precision(values, top) for top in tops] for values in relevance], np.float64)
