"""Scores of edits in blocks.

A block is `BLOCK` edits in the order they come. Its windows go through the model together, equal ones once, and
nothing else does: so the bits of an effect depend on its place in the list only, not on shards, on where the work was
taken up again, or on who asks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from gxview.assess.variants.language import cosines, likelihoods
from gxview.assess.variants.native import Asked, NativeLanguageModel
from gxview.assess.variants.outputs import Floats, outputs, relevances
from gxview.assess.variants.scores import SCORES
from gxview.assess.variants.settings import RELEVANCE, Asking
from gxview.assess.variants.windows import Pair, Placed, place
from gxview.assess.variants.zeroshot import REASON, ZeroShot
from gxview.errors import Cancelled, GxviewError
from gxview.explain.attribution.work import Work, never
from gxview.explain.batch import DeviceFull, memory_errors
from gxview.explain.settings import Settings
from gxview.genome import Edit, Reference

BLOCK = 256
"""Edits whose windows are computed together."""
Answer = Callable[[Sequence[Pair]], dict[str, Floats]]
"""From pairs of windows to difference, reference and alternative of each score, (n, 3)."""
COLUMNS = ("value", "spread", "reference", "alternative")
NO_NUMBER = "the model answered with NaN or infinity"


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """Effects of n edits.

    Attributes
    ----------
    values : ndarray
        float64 (n, scores, 4), last axis `COLUMNS`; NaN where there is no number.
    windows, shifted : ndarray
        int64 (n,); see `gxview.assess.variants.effects.VariantEffect`.
    reasons : tuple of str
        Why numbers are missing; empty where none is.
    """

    values: Floats
    windows: NDArray[np.int64]
    shifted: NDArray[np.int64]
    reasons: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.windows)


def joined(parts: Sequence[Found], scores: int) -> Found:
    """Return the effects of all parts."""
    if not parts:
        nothing = np.zeros(0, np.int64)
        return Found(np.zeros((0, scores, len(COLUMNS))), nothing, nothing, ())
    return Found(
        np.concatenate([part.values for part in parts]),
        np.concatenate([part.windows for part in parts]),
        np.concatenate([part.shifted for part in parts]),
        tuple(reason for part in parts for reason in part.reasons),
    )


class Engine:
    """Asks one model about edits of one genome.

    Parameters
    ----------
    model, reference : Model or NativeLanguageModel, Reference
        Who is asked, about what.
    asking : Asking
        Settled for this model.
    cancelled : callable
        Asked before every batch.
    """

    def __init__(
        self, model: Asked, reference: Reference, asking: Asking, cancelled: Callable[[], bool] = never
    ) -> None:
        self.model, self.reference, self.asking = model, reference, asking
        self._cancelled = cancelled
        self._answer = _answering(model, asking, cancelled)

    def found(self, edits: Sequence[Edit]) -> Iterator[Found]:
        """Yield the effects of edits block by block.

        Raises
        ------
        Cancelled
            When that was asked for.
        GxviewError
            If a batch does not fit into the memory of the device.
        """
        for start in range(0, len(edits), BLOCK):
            if self._cancelled():
                raise Cancelled("Scoring was cancelled.")
            yield self.block(edits[start : start + BLOCK])

    def block(self, edits: Sequence[Edit]) -> Found:
        """Return the effects of one block of edits."""
        placed = [place(edit, self.reference, self.asking) for edit in edits]
        pairs = [pair for one in placed for pair in one.pairs]
        asked = self._asked(pairs) if pairs else np.zeros((0, len(self.asking.scores), 3))
        reason = REASON if isinstance(self.model, NativeLanguageModel) else NO_NUMBER
        return _averaged(placed, asked, reason)

    def _asked(self, pairs: Sequence[Pair]) -> Floats:
        """Return difference, reference and alternative of each pair and score, (n, scores, 3)."""
        try:
            with memory_errors():
                found = self._answer(pairs)
        except DeviceFull as error:
            raise GxviewError(f"The memory of {self.model.device} is full; use --device cpu.") from error
        return np.stack([found[name] for name in self.asking.scores], axis=1)


def _answering(model: Asked, asking: Asking, cancelled: Callable[[], bool]) -> Answer:
    if isinstance(model, NativeLanguageModel):
        return ZeroShot(model, asking.scores, cancelled)
    work = Work(model, asking.explaining or Settings("none", None, ()), cancelled)
    return partial(_of_work, work, asking.scores)


def _of_work(work: Work, wanted: Sequence[str], pairs: Sequence[Pair]) -> dict[str, Floats]:
    """Return each score of a model of gxview, float64 (n, 3)."""
    found: dict[str, Floats] = {}
    if {"logit", "probability"} & set(wanted):
        found |= outputs(work, pairs)
    if "cosine" in wanted:
        found |= cosines(work, pairs)
    if masked := [name for name in wanted if SCORES[name].needs == "masked"]:
        found |= likelihoods(work, pairs, masked)
    if set(RELEVANCE) & set(wanted):
        found |= relevances(work, pairs)
    return found


def _averaged(placed: Sequence[Placed], asked: Floats, reason: str) -> Found:
    """Return mean and spread over the windows of each edit."""
    windows = np.array([len(one.pairs) for one in placed], np.int64)
    values = np.full((len(placed), asked.shape[1], len(COLUMNS)), np.nan)
    reasons = [one.reason for one in placed]
    some = np.flatnonzero(windows)
    if len(some):
        starts, counts = (np.cumsum(windows) - windows)[some], windows[some][:, None]
        means = np.add.reduceat(asked, starts, axis=0) / counts[:, :, None]
        apart = asked[:, :, 0] - np.repeat(means[:, :, 0], windows[some], axis=0)
        spread = np.sqrt(np.add.reduceat(apart**2, starts, axis=0) / counts)
        values[some] = np.stack([means[..., 0], np.where(counts > 1, spread, np.nan), means[..., 1], means[..., 2]], -1)
        for index in some[~np.isfinite(means[:, :, 0]).all(1)].tolist():
            reasons[index] = reason
    return Found(values, windows, np.array([one.shifted for one in placed], np.int64), tuple(reasons))
