"""Several models explained together: the mean of their relevance, and how far they lie apart.

Where members of an ensemble agree, a base matters to the task rather than to one training; the standard deviation
between them is drawn as a band. Each member is explained by itself, with its own tokens, so that the values of an
ensemble are exactly those of its members, averaged base by base.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gxview.explain.explanation import Explanation, RegionExplanation, TokenSpan
from gxview.explain.phases import combine
from gxview.models.base import Model
from gxview.models.ensemble import Ensemble

Progress = Callable[[int, int], None]


def explain_members_of_region(
    ensemble: Ensemble,
    explain: Callable[[Model, Progress | None], RegionExplanation],
    facts: dict[str, Any],
    progress: Progress | None,
) -> RegionExplanation:
    """Return the mean over the members of an ensemble, and their standard deviation as the spread.

    Parameters
    ----------
    ensemble
        The models.
    explain
        Explains the region with one of them.
    facts
        What the provenance says of the model.
    progress
        Called as ``progress(done, total)`` with numbers of windows of all members.

    Returns
    -------
    RegionExplanation
        Relevance, hypothetical contributions and score are means; a base has a value where one member has one. The
        score is the mean of the members' probabilities. Tokens are there only where all members cut alike.
    """
    count = len(ensemble.members)
    found = [explain(member, _part_of(progress, index, count)) for index, member in enumerate(ensemble.members)]
    first = found[0]
    values, spread = combine([one.values for one in found])
    tokens, cut = _tokens([one.tokens for one in found])
    told = dict.fromkeys(note for one in found for note in one.notes)
    size = min(int(one.provenance["batch_size"]) for one in found)
    return replace(
        first,
        values=values,
        spread=spread,
        hypothetical=_mean([one.hypothetical for one in found]),
        score=combine([one.score for one in found])[0],
        tokens=tokens,
        notes=(f"Mean of {count} models; the spread is their standard deviation.", *told, *cut),
        provenance={**first.provenance, **facts, "batch_size": size},
    )


def explain_members(
    ensemble: Ensemble,
    explain: Callable[[Model, Progress | None], list[Explanation]],
    facts: dict[str, Any],
    progress: Progress | None,
) -> list[Explanation]:
    """Return the mean over the members for each of some sequences; see :func:`explain_members_of_region`.

    Where members cut a sequence into different tokens, each base stands as its own.
    """
    count = len(ensemble.members)
    found = [explain(member, _part_of(progress, index, count)) for index, member in enumerate(ensemble.members)]
    return [_joined(list(ones), facts) for ones in zip(*found, strict=True)]


def _joined(found: Sequence[Explanation], facts: dict[str, Any]) -> Explanation:
    first = found[0]
    values, spread = combine([one.values for one in found])
    alike = all(np.array_equal(one.token_spans, first.token_spans) for one in found)
    bases = np.arange(len(values), dtype=np.int64)
    return replace(
        first,
        values=values,
        spread=spread,
        token_relevance=combine([one.token_relevance for one in found])[0] if alike else values,
        token_spans=first.token_spans if alike else np.stack([bases, bases + 1], axis=1),
        special_relevance=float(np.mean([one.special_relevance for one in found])),
        logits=combine([one.logits for one in found])[0],
        hypothetical=_mean([one.hypothetical for one in found]),
        diagnostics={name: float(np.mean([one.diagnostics[name] for one in found])) for name in first.diagnostics},
        provenance={**first.provenance, **facts},
    )


def _part_of(progress: Progress | None, index: int, count: int) -> Progress | None:
    return None if progress is None else lambda done, total: progress(index * total + done, count * total)


def _mean(rows: Sequence[NDArray[np.float32] | None]) -> NDArray[np.float32] | None:
    known = [row for row in rows if row is not None]
    return combine(known)[0] if len(known) == len(rows) else None


def _tokens(lanes: Sequence[tuple[TokenSpan, ...]]) -> tuple[tuple[TokenSpan, ...], tuple[str, ...]]:
    """Return the tokens with the mean of their relevance, and what there is to say where they differ."""
    places = [[(one.start, one.end, one.text, one.partial) for one in lane] for lane in lanes]
    if any(lane != places[0] for lane in places[1:]):
        return (), ("The members cut the sequence into different tokens, so that none are shown.",)
    return tuple(
        replace(same[0], relevance=float(np.mean([one.relevance for one in same]))) for same in zip(*lanes, strict=True)
    ), ()
