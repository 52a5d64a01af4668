"""The test of explanations over several scorers and methods."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gxview.assess.mit.relevance.explained import methods_for, relevance
from gxview.assess.mit.relevance.matched import CLASSES, matched_sets
from gxview.assess.mit.relevance.placement import Placement, placement
from gxview.assess.mit.scorers import Scorer
from gxview.errors import Cancelled, UsageError
from gxview.explain.provenance import package_versions
from gxview.store import Store

Floats = NDArray[np.float64]
Tell = Callable[[int, int, str], None]

DEFAULT = "default"
KIND = "relevance"


@dataclass(frozen=True)
class Explaining:
    """Which scorers are explained, how, and where finished parts are kept.

    Attributes
    ----------
    scorers
        What is explained.
    methods
        Names of methods; ``default`` is the most usual one of each scorer. A scorer without a method is left out of it.
    seed
        Of the sequences and the intervals.
    count
        Sequences of a class.
    store
        Where the relevance of each class is kept; None for nowhere. That of a scorer without an identity is not.
    """

    scorers: Sequence[Scorer]
    methods: Sequence[str]
    seed: int = 42
    count: int = 50
    store: Store | None = None

    def tasks(self) -> list[tuple[Scorer, str]]:
        """Return each scorer with each method that it has, in the order given.

        Raises
        ------
        UsageError
            If no scorer has one of the methods.
        """
        known = {scorer.name: methods_for(scorer) for scorer in self.scorers}
        for method in self.methods:
            if method != DEFAULT and not any(method in names for names in known.values()):
                there = "; ".join(f"{name}: {', '.join(names)}" for name, names in known.items())
                raise UsageError(f"None of the scorers can be explained by '{method}'; there are {there}.")
        tasks: list[tuple[Scorer, str]] = []
        for scorer in self.scorers:
            names = known[scorer.name]
            wanted = dict.fromkeys(names[0] if method == DEFAULT else method for method in self.methods)
            tasks += [(scorer, method) for method in wanted if method in names]
        return tasks

    @property
    def steps(self) -> int:
        """How often progress is told: each class of each scorer and method."""
        return len(self.tasks()) * len(CLASSES)

    def key(self, scorer: Scorer, method: str, label: str) -> str | None:
        """Return the key of a class in the store; None where it cannot be kept."""
        identity = str(getattr(scorer, "identity", ""))
        parts = (identity, method, label, self.seed, self.count, sorted(package_versions().items()))
        return hashlib.sha256(repr(parts).encode()).hexdigest() if identity else None


def placements(
    wanted: Explaining, *, tell: Tell | None = None, cancelled: Callable[[], bool] = lambda: False
) -> list[Placement]:
    """Explain the matched sequences by every method that a scorer has, and measure where the relevance lies.

    Parameters
    ----------
    wanted
        Scorers and methods.
    tell
        Told how many steps are done, how many there are, and what is done now.
    cancelled
        Asked between batches.

    Raises
    ------
    UsageError
        If no scorer has one of the methods.
    Cancelled
        When `cancelled` said so.
    """
    tasks, sets = wanted.tasks(), matched_sets(wanted.seed, wanted.count)
    done, found = 0, []
    for scorer, method in tasks:
        values = {}
        for label, letters in sets.items():
            if cancelled():
                raise Cancelled("stopped; what is finished is kept, the same command goes on from there.")
            if tell is not None:
                tell(done, wanted.steps, f"{scorer.name} explained by {method}")
            values[label] = _kept(wanted, scorer, method, label, letters, cancelled)
            done += 1
        found.append(placement(scorer.name, method, values, wanted.seed))
    return found


def _kept(
    wanted: Explaining, scorer: Scorer, method: str, label: str, letters: Sequence[str], cancelled: Callable[[], bool]
) -> Floats:
    key = wanted.key(scorer, method, label)
    if wanted.store is None or key is None:
        return relevance(scorer, method, letters, cancelled)
    body = wanted.store.get(KIND, key)
    if body is not None:
        return np.asarray(np.load(io.BytesIO(body), allow_pickle=False))
    values, stream = relevance(scorer, method, letters, cancelled), io.BytesIO()
    np.save(stream, values, allow_pickle=False)
    wanted.store.put(KIND, key, stream.getvalue())
    return values
