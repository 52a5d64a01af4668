"""How far the explanation of each window of the grid can be trusted: the numbers of the trust lane.

A window has the explanation that the genome-wide track is stitched from, computed in the same batch of the grid, so
that the numbers are about what shows. What is drawn depends on the letters of a window only: panning changes nothing.
Of an ensemble, that is the mean over its members, and the logit is the mean of theirs.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from gxview.errors import Cancelled
from gxview.evaluate.perturbation import perturbation_curves
from gxview.evaluate.scorer import Scorer
from gxview.evaluate.subjects import Plan
from gxview.explain.batch import DeviceFull
from gxview.explain.cache import BatchCache
from gxview.explain.explanation import Explanation
from gxview.explain.grid_batches import GridBatches, reverse
from gxview.explain.letters import REFERENCE
from gxview.explain.methods import find_method
from gxview.explain.relevance import Relevance
from gxview.explain.settings import Settings, settle
from gxview.explain.tiling import Tiling
from gxview.explain.windows import WindowGrid
from gxview.genome import Reference, Region
from gxview.measures.curves import aopc
from gxview.measures.number import Number, missing
from gxview.measures.similarity import continuous_jaccard
from gxview.models.base import Model
from gxview.models.ensemble import single_models

SHIFTS = (1, 3, 7)
"""Bases by which a window is shifted; none of them is a multiple of another, as tokens are cut anew."""
PLAN = Plan(
    budgets=(0.0, 0.05, 0.10, 0.20, 0.30, 0.50),
    shares=(0.1,),
    orders=("morf",),
    draws=2,
    random_orders=4,
    search_draws=0,
)
"""Few budgets and draws: some thirty changed sequences for each window."""
KEPT = 50_000
"""Numbers kept for the next call."""
NO_EXPLANATION = missing("the window has no explanation: it holds no A, C, G or T, or the model gave no number")

Floats = NDArray[np.float32]
IsCancelled = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class WindowTrust:
    """How far the explanation of one window can be trusted.

    Attributes
    ----------
    start, end : int
        The window, 0-based half-open.
    zone : tuple of int
        The bases [start, end) whose nearest window centre is that of this window.
    values : dict of str to float
        ``unexplained``: part of the logit that the relevance does not add up to; ``deletion``: AOPC most relevant first
        minus that of random orders, in logits; ``shift``, ``strand``, ``method``: continuous Jaccard similarity with
        the shifted window, the other strand, a second method. NaN where there is none.
    words : dict of str to str
        What was compared, or why there is no number, in sentences.
    """

    start: int
    end: int
    zone: tuple[int, int]
    values: dict[str, float]
    words: dict[str, str]


@dataclass(frozen=True, slots=True)
class _Answer:
    value: Number
    words: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class _Read:
    """What one model says of a window that it read on one strand."""

    model: Model
    strand: str
    found: Relevance


@dataclass(frozen=True, slots=True, eq=False)
class _Source:
    """Where the explanations of windows come from."""

    model: Model
    settings: Settings
    tiling: Tiling
    reference: Reference
    chrom: str
    size: int
    cache: BatchCache

    @property
    def grid(self) -> WindowGrid:
        return self.tiling.grids(self.reference.sizes[self.chrom])[0]

    def at(self, start: int, strand: str, member: Model, settings: Settings | None = None) -> Relevance | None:
        """Return one model's explanation of the window that begins at a base, along the reference; None without one."""
        grid = WindowGrid(self.grid.length, self.tiling.window, self.tiling.stride, start % self.tiling.stride)
        index = start // self.tiling.stride + (1 if grid.offset else 0)
        if start == self.grid.start(len(self.grid) - 1):
            grid, index = self.grid, len(self.grid) - 1
        batches = GridBatches(
            member,
            settings or self.settings,
            self.reference,
            self.chrom,
            grid,
            strand,
            self.size,
            self.cache,
            self.tiling.letters,
        )
        batch = index // batches.group
        found = dict(batches.windows(range(batch, batch + 1)))[index]
        return found if found is not None and found.finite else None

    def each(self, start: int, strands: Sequence[str], settings: Settings | None = None) -> list[_Read] | None:
        """Return the explanation by each model on some strands; None where one has no value."""
        found = []
        for member in single_models(self.model):
            for strand in strands:
                if (one := self.at(start, strand, member, settings)) is None:
                    return None
                found.append(_Read(member, strand, one))
        return found

    def values(
        self, start: int, settings: Settings | None = None, strands: Sequence[str] | None = None
    ) -> Floats | None:
        """Return relevance per base, the mean of the models and strands, by default those of the tiling: what shows."""
        found = self.each(start, strands or self.tiling.strands, settings)
        return None if found is None else np.mean([read.found.values for read in found], axis=0, dtype=np.float64)


@dataclass(eq=False)
class WindowEvaluator:
    """Evaluates windows and keeps finished numbers, so that a stopped call goes on where it was; for one thread."""

    _kept: OrderedDict[Hashable, _Answer] = field(default_factory=OrderedDict)

    def evaluate(
        self,
        model: Model,
        reference: Reference,
        region: Region,
        *,
        batch_size: int,
        cache: BatchCache,
        second: str | None = None,
        cancelled: IsCancelled | None = None,
        **rules: Any,
    ) -> list[WindowTrust]:
        """Evaluate the windows of the grid whose zone begins in a region.

        Parameters
        ----------
        model, reference
            As for :func:`~gxview.explain.region.explain_region`.
        region : Region
            With the name and ends of the reference.
        batch_size : int
            Windows in a batch; where memory is short it is halved.
        cache : BatchCache
            That of the explanations, which are needed again.
        second : str, optional
            Method that the explanation is compared with.
        cancelled : callable, optional
            Asked before every number of a window.
        rules
            Further arguments of :func:`~gxview.explain.region.explain_region`.

        Returns
        -------
        list of WindowTrust
            In genome order.

        Raises
        ------
        GxviewError
            For choices that do not exist.
        Cancelled
            When `cancelled` said so; finished numbers are kept.
        """
        source, other = _source(model, reference, region.chrom, batch_size, cache, second, rules)
        while True:
            try:
                return self._windows(source, other, region, cancelled or (lambda: False))
            except DeviceFull:
                if source.size == 1:
                    raise
                source = replace(source, size=source.size // 2)

    def _windows(
        self, source: _Source, other: Settings | None, region: Region, cancelled: IsCancelled
    ) -> list[WindowTrust]:
        grid, found = source.grid, []
        for index in grid.touching(region.start, region.end):
            zone = grid.zone(index)
            if region.start <= zone[0] < region.end:
                found.append(self._window(source, other, grid.start(index), zone, cancelled))
        return found

    def _window(
        self, source: _Source, other: Settings | None, start: int, zone: tuple[int, int], cancelled: IsCancelled
    ) -> WindowTrust:
        asked: dict[str, Callable[[], _Answer]] = {
            "unexplained": lambda: _unexplained(source, start),
            "deletion": lambda: _deletion(source, start),
            "shift": lambda: _shift(source, start),
            "strand": lambda: _strand(source, start),
            "method": lambda: _method(source, start, other),
        }
        place = (source.reference.checksum, source.chrom, start, source.tiling, source.size, source.settings)
        key = (*place, source.model.content_hash, str(source.model.device), torch.get_num_threads())
        answers = {}
        for name, ask in asked.items():
            if cancelled():
                raise Cancelled("The evaluation was stopped.")
            answers[name] = self._keep((*key, name, other if name == "method" else None), ask)
        values = {name: float(answer.value) for name, answer in answers.items()}
        words = {name: _sentence(answer) for name, answer in answers.items()}
        return WindowTrust(start, start + source.tiling.window, zone, values, words)

    def _keep(self, key: Hashable, ask: Callable[[], _Answer]) -> _Answer:
        if key not in self._kept:
            self._kept[key] = ask()
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        return self._kept[key]


def _source(
    model: Model,
    reference: Reference,
    chrom: str,
    batch_size: int,
    cache: BatchCache,
    second: str | None,
    rules: Mapping[str, Any],
) -> tuple[_Source, Settings | None]:
    """Settle the choices, for the explanation and for the method that it is compared with."""
    rest = dict(rules)
    method, target, precision = (rest.pop(name, None) for name in ("method", "target", "precision"))
    laid: dict[str, Any] = {
        "window": None,
        "stride": None,
        "stitching": "mean",
        "strand": "+",
        "phases": 1,
        "letters": None,
    }
    laid = {name: rest.pop(name, usual) for name, usual in laid.items()}
    settings = settle(model, method, target, rest, precision)
    tiling = Tiling.settle(model, **laid)
    other = settle(model, second, target, rest, precision) if second is not None else None
    return _Source(model, settings, tiling, reference, chrom, batch_size, cache), other


def _unexplained(source: _Source, start: int) -> _Answer:
    if find_method(source.model.kind, source.settings.method).explains != "logit":
        return _Answer(missing("the method does not share out the logit"))
    found = source.each(start, source.tiling.strands)
    if found is None:
        return _Answer(NO_EXPLANATION)
    explained, total = (
        float(np.mean([read.found.diagnostics[name] for read in found])) for name in ("explained", "relevance_sum")
    )
    words = f"The logit is {explained:.3g}, the relevance adds up to {total:.3g}."
    if explained == 0:
        return _Answer(missing("the logit is 0"), words)
    return _Answer(Number(abs(explained - total) / abs(explained)), words)


def _deletion(source: _Source, start: int) -> _Answer:
    found = source.each(start, source.tiling.strands)
    if found is None:
        return _Answer(NO_EXPLANATION)
    shown = np.mean([read.found.values for read in found], axis=0)
    most, chance = [], []
    for read in found:
        # each model of an ensemble gets the same changed letters, so that the mean is what happens to the mean logit
        scorer = Scorer(read.model, source.settings.target)
        curves = perturbation_curves(scorer, {"": [_as_read(read.found, shown, read.strand)]}, PLAN)[0]
        most.append(float(aopc(curves.explained["", "morf"].logit)))
        chance.append(float(aopc(curves.random.logit).mean()))
    drop, random = float(np.mean(most)), float(np.mean(chance))
    words = (
        f"Replacing up to {PLAN.budgets[-1]:.0%} of the bases lowers the logit by {drop:.3g} on average, most relevant "
        f"first, and by {random:.3g} in random orders (mean of {PLAN.random_orders})."
    )
    return _Answer(Number(drop - random), words)


def _shift(source: _Source, start: int) -> _Answer:
    if source.tiling.letters != REFERENCE:
        return _Answer(missing("shuffled letters have no neighbours to shift into"))
    here = source.values(start)
    if here is None:
        return _Answer(NO_EXPLANATION)
    similar: dict[int, float] = {}
    for shift in SHIFTS:
        way = shift if start + shift + source.tiling.window <= source.grid.length else -shift
        if start + way < 0 or (there := source.values(start + way)) is None:
            continue
        similar[way] = float(continuous_jaccard(*_shared(here, there, way)))
    known = {way: value for way, value in similar.items() if math.isfinite(value)}
    if not known:
        return _Answer(missing("the sequence leaves no room to shift the window"))
    each = ", ".join(f"{way:+d}: {value:.2f}" for way, value in known.items())
    return _Answer(Number(float(np.mean(list(known.values())))), f"Shifted by bases: {each}; the mean is shown.")


def _strand(source: _Source, start: int) -> _Answer:
    plus, minus = (source.values(start, strands=strand) for strand in "+-")
    if plus is None or minus is None:
        return _Answer(NO_EXPLANATION)
    words = "The plus strand against the minus strand, the latter mapped back."
    return _Answer(continuous_jaccard(plus, minus), words)


def _method(source: _Source, start: int, other: Settings | None) -> _Answer:
    if other is None:
        return _Answer(missing("the model has no second method"))
    here, there = source.values(start), source.values(start, other)
    if here is None or there is None:
        return _Answer(NO_EXPLANATION)
    names = [find_method(source.model.kind, one.method).label for one in (source.settings, other)]
    return _Answer(continuous_jaccard(here, there), f"{names[0]} against {names[1]}.")


def _as_read(one: Relevance, shown: NDArray[Any], strand: str) -> Explanation:
    """Return what shows of a window as an explanation of the letters that the model read on a strand."""
    values = np.asarray(shown, np.float32)
    read = replace(one, values=values)
    if strand == "-":
        read = reverse(read)
    return Explanation(
        sequence=read.sequence,
        values=read.values,
        token_relevance=read.tokens,
        token_spans=read.spans,
        special_relevance=read.special,
        logits=read.logits,
        hypothetical=None,
        diagnostics=read.diagnostics,
        provenance={},
    )


def _shared(here: Floats, there: Floats, way: int) -> tuple[Floats, Floats]:
    """Return the relevance of the bases that a window shares with one that begins `way` bases later."""
    return (here[way:], there[:-way]) if way > 0 else (here[:way], there[-way:])


def _sentence(answer: _Answer) -> str:
    if answer.value.reason:
        return f"No number: {answer.value.reason}. {answer.words}".strip()
    return answer.words
