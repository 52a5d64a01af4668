"""Scoring in tasks: one scorer and one block of sequences each, kept on disk where scoring is slow."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gxview.assess.mit.scorers import CountsTokens, Scorer
from gxview.assess.mit.scores import Items, Scores
from gxview.errors import GxviewError
from gxview.store import Store
from gxview.version import __version__

Floats = NDArray[np.float64]

KIND = "score"
_BLOCK = 50


@dataclass(frozen=True)
class Task:
    """A scorer and the sequences it scores at once.

    Attributes
    ----------
    scorer, letters
        Who scores what.
    start
        Where the first of the sequences lies among all.
    key
        Of the result on disk; empty where it is not kept.
    """

    scorer: Scorer
    letters: tuple[str, ...]
    start: int
    key: str

    def kept(self, store: Store | None) -> Floats | None:
        """Return the result (2, n) on disk, None if there is none."""
        content = store.get(KIND, self.key) if store is not None and self.key else None
        return None if content is None else np.load(io.BytesIO(content), allow_pickle=False)

    def do(self, store: Store | None) -> Floats:
        """Return scores and tokens, float64 (2, n), and put them on disk."""
        found = np.full((2, len(self.letters)), np.nan)
        found[0] = _checked(self.scorer, self.scorer.score(self.letters), len(self.letters))
        if isinstance(self.scorer, CountsTokens):
            found[1] = self.scorer.tokens(self.letters)
        if store is not None and self.key:
            stream = io.BytesIO()
            np.save(stream, found)
            store.put(KIND, self.key, stream.getvalue())
        return found


def tasks_of(scorer: Scorer, items: Items) -> list[Task]:
    """Cut the sequences into tasks."""
    identity = str(getattr(scorer, "identity", ""))
    block = int(getattr(scorer, "block", _BLOCK))
    letters = [item.letters for item in items.all]
    step = block or len(letters)
    starts = range(0, len(letters), step)
    keep = bool(identity) and block > 0
    return [
        Task(scorer, part, start, _key(identity, part) if keep else "")
        for start in starts
        for part in [tuple(letters[start : start + step])]
    ]


def score_all(tasks: Sequence[Task], items: Items, store: Store | None, each: Callable[[Task, bool], None]) -> Scores:
    """Do the tasks of one scorer.

    Parameters
    ----------
    tasks
        Of `tasks_of`.
    items
        The sequences.
    store
        Where results are kept; None: nowhere.
    each
        Called after each task with it and whether its result was kept from before; may raise Cancelled.
    """
    found = np.full((2, len(items)), np.nan)
    for task in tasks:
        part = task.kept(store)
        old = part is not None
        if part is None:
            part = task.do(store)
        found[:, task.start : task.start + len(task.letters)] = part
        each(task, old)
    scorer = tasks[0].scorer
    tokens = found[1] if isinstance(scorer, CountsTokens) else None
    return Scores(scorer.name, items, found[0], tokens)


def letters_digest(items: Sequence[Items]) -> str:
    """Return a checksum of all sequences in order."""
    return hashlib.sha256("\n".join(_named(items)).encode()).hexdigest()


def _named(items: Sequence[Items]) -> Iterator[str]:
    for part in items:
        yield from (f"{item.id} {item.letters}" for item in part.all)


def _key(identity: str, letters: Sequence[str]) -> str:
    return hashlib.sha256(json.dumps([__version__, identity, *letters]).encode()).hexdigest()


def _checked(scorer: Scorer, scores: Floats, count: int) -> Floats:
    found = np.asarray(scores, dtype=np.float64)
    if found.shape != (count,):
        raise GxviewError(
            f"The scorer {scorer.name} gave {found.shape} numbers for {count} sequences; one each is due."
        )
    if np.isinf(found).any():
        raise GxviewError(f"The scorer {scorer.name} gave an infinite score; a sequence without a score is NaN.")
    return found
