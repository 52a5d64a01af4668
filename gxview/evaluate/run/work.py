"""Doing the tasks of one block, and holding no more than that block in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from gxview.evaluate.records import Record, failure
from gxview.evaluate.run.changing import cascades, mutations, stabilities
from gxview.evaluate.run.explained import Explained, explain_items, pack, unpack
from gxview.evaluate.run.measuring import (
    Side,
    columns_of,
    concentrations,
    failed_pair,
    localisations,
    predictions,
    similarities,
)
from gxview.evaluate.run.perturbing import perturbations
from gxview.evaluate.run.plan import BREAK, COMPARE, EXPLAIN, MEASURE, MUTATE, SHAKE, Block, Pair, Plan, Task
from gxview.evaluate.run.rows import pack_rows
from gxview.evaluate.run.subjects import Subject
from gxview.explain import Explanation, explain
from gxview.store import Store

Cancelled = Callable[[], bool]


class BlockWork:
    """The work on one block.

    Parameters
    ----------
    plan, store
        What is to be done, and where it is kept.
    block
        The sequences.
    cancelled
        Asked between pieces of work.
    """

    def __init__(self, plan: Plan, store: Store, block: Block, cancelled: Cancelled) -> None:
        self._plan, self._store, self._block, self._cancelled = plan, store, block, cancelled
        self._held: dict[tuple[str, str], list[Explained]] = {}

    def do(self, task: Task) -> None:
        """Do a task and put its result on disk.

        Raises
        ------
        Cancelled
            When that was asked for; nothing is kept of the task.
        OSError
            If there is no room.
        """
        if task.kind == EXPLAIN:
            assert task.subject is not None
            self.explained(task.subject, task.method)
            return
        rows = {COMPARE: self._compared, MEASURE: self._measured}.get(task.kind, self._changed)(task)
        self._store.put(task.kind, task.key, pack_rows(rows))

    def explained(self, subject: Subject, method: str) -> list[Explained]:
        """Return the explanations of the block: from memory, from disk, or made now and put there."""
        held = self._held.get((subject.name, method))
        if held is not None:
            return held
        task = self._plan.explaining(self._block, subject, method)
        content = self._store.get(EXPLAIN, task.key)
        if content is None:
            content = pack(explain_items(self._block.items, lambda letters: self._explain(task, letters)))
            self._store.put(EXPLAIN, task.key, content)
        found = unpack(content, self._block.items)
        self._held[subject.name, method] = found
        return found

    def _explain(self, task: Task, letters: list[str]) -> list[Explanation]:
        assert task.subject is not None
        subject = task.subject
        return explain(subject.model, letters, task.method, subject.target, cancelled=self._cancelled)

    def _measured(self, task: Task) -> Iterator[Record]:
        subject, rng = task.subject, task.rng(self._plan.evaluation.seed)
        assert subject is not None
        families = self._plan.evaluation.chosen_families
        for one in self.explained(subject, task.method):
            columns = columns_of(self._block.set, Side(subject, task.method, one))
            if one.failed:
                yield failure("gini", one.reason, **columns)
                continue
            if task.method == subject.main:
                yield from predictions(one, subject, **{**columns, "method": ""})
            if "concentration" in families:
                yield from concentrations(one, **columns)
            if "localisation" in families:
                yield from localisations(one, rng, **columns)

    def _changed(self, task: Task) -> Iterator[Record]:
        """Yield what is learned from changed sequences or a changed model."""
        subject, chosen, ask = task.subject, self._plan.evaluation, self._cancelled
        assert subject is not None
        columns: dict[str, Any] = {"set": self._block.set, "model": subject.name}
        if task.kind in (SHAKE, BREAK):
            work = stabilities if task.kind == SHAKE else cascades
            block = self.explained(subject, task.method)
            return work(subject, task.method, block, self._block.set, chosen.seed, ask)
        by_method = {method: self.explained(subject, method) for method in subject.methods}
        if task.kind == MUTATE:
            return mutations(subject, by_method, ask, **columns)
        return perturbations(subject, by_method, chosen, ask, set=self._block.set)

    def _compared(self, task: Task) -> Iterator[Record]:
        rng = task.rng(self._plan.evaluation.seed)
        for pair in self._plan.pairs:
            yield from self._pair(pair, rng)

    def _pair(self, pair: Pair, rng: np.random.Generator) -> Iterator[Record]:
        between = pair.first is not pair.second
        firsts = self.explained(pair.first, pair.first_method)
        seconds = self.explained(pair.second, pair.second_method)
        for one, other in zip(firsts, seconds, strict=True):
            first, second = Side(pair.first, pair.first_method, one), Side(pair.second, pair.second_method, other)
            columns = columns_of(self._block.set, first, second)
            reason = failed_pair(first, second)
            if reason:
                yield failure("jaccard", reason, **columns)
            else:
                yield from similarities(first, second, rng if between else None, **columns)
