"""Relevance of a promoter against its own footprint and against those of the other promoters.

All promoters have boxes at about the same places, and a model may have learned no more than those places. What
relevance has in common with its own footprint beyond the others is about the bases of that promoter.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gxview.explain import explain
from gxview.measures.ranking import average_precision, top_mask
from gxview.measures.statistics import paired_wilcoxon
from gxview.models.base import Model

Values = NDArray[np.floating]


def compared(model: Model, sequences: Sequence[str], footprints: Sequence[Values]) -> dict[str, Any]:
    """Compare the AUPRC of signed relevance (main method) with that of relevance that is not the promoter's own.

    Returns
    -------
    dict
        ``n``; mean AUPRC against the own footprint (``own``), against those of the others (``others``), and of the mean
        relevance of all other promoters against the own footprint (``place``: what the place alone tells); p of
        Wilcoxon's signed-rank test of the first against either (``p_others``, ``p_place``).
    """
    relevance = np.stack([found.values for found in explain(model, sequences)]).astype(np.float64)
    table, count = precisions(relevance, footprints), len(relevance)
    own = table.diagonal()
    others = (table.sum(axis=1) - own) / (count - 1)
    place = precisions((relevance.sum(axis=0) - relevance) / (count - 1), footprints).diagonal()
    numbers = {
        "own": own.mean(),
        "others": others.mean(),
        "place": place.mean(),
        "p_others": paired_wilcoxon(own, others).p,
        "p_place": paired_wilcoxon(own, place).p,
    }
    return {"n": count} | {name: float(f"{float(value):.4g}") for name, value in numbers.items()}


def precisions(relevance: Iterable[Values], footprints: Sequence[Values]) -> NDArray[np.float64]:
    """Return the AUPRC (N, M) of each relevance against the fifth of the bases that each footprint is largest at."""
    tops = [top_mask(one) for one in footprints]
    return np.array([[average_precision(values, top) for top in tops] for values in relevance], np.float64)
