"""The tasks of an evaluation, in the order in which they are done, each keyed by all that goes in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import combinations

import numpy as np

from gxview.evaluate.records import REAL
from gxview.evaluate.run.changing import affordable
from gxview.evaluate.run.config import Evaluation, digest
from gxview.evaluate.run.data import Item
from gxview.evaluate.run.subjects import RANDOM, Subject
from gxview.measures.registry import METRICS
from gxview.version import __version__

FORMAT = 1
EXPLAIN, MEASURE, COMPARE = "explain", "measure", "compare"
PERTURB, MUTATE, SHAKE, BREAK = "perturb", "mutate", "shake", "break"


@dataclass(frozen=True, eq=False)
class Block:
    """Some sequences of one set.

    Attributes
    ----------
    set
        ``real`` or a control.
    index
        Number of the block within the set.
    items
        The sequences.
    """

    set: str
    index: int
    items: tuple[Item, ...]

    @cached_property
    def letters(self) -> list[str]:
        """The sequences alone."""
        return [item.letters for item in self.items]

    @cached_property
    def digest(self) -> str:
        """Of the sequences with all that is known about them."""
        return digest([self.set, [item.digest for item in self.items]])


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """One piece of work.

    Attributes
    ----------
    kind
        ``explain`` (a block by one method), ``measure`` (numbers about these explanations), ``shake`` (their
        stability), ``break`` (while the model is made random), ``perturb`` and ``mutate`` (a model is asked about
        changed sequences, for all its methods together), ``compare`` (all pairs of one block).
    key
        Of the content.
    block
        The sequences.
    subject, method
        Model and method; None and empty for ``compare``.
    """

    kind: str
    key: str
    block: Block
    subject: Subject | None = None
    method: str = ""

    def rng(self, seed: int) -> np.random.Generator:
        """Return the random numbers of the task."""
        return np.random.default_rng([seed, int(self.key[:15], 16)])


@dataclass(frozen=True)
class Pair:
    """Two explanations of the same sequence that are compared.

    Attributes
    ----------
    first, first_method, second, second_method
        Models and methods.
    """

    first: Subject
    first_method: str
    second: Subject
    second_method: str


class Plan:
    """All tasks of an evaluation.

    Parameters
    ----------
    evaluation
        What is wanted.
    subjects
        Models with their methods.
    sets
        Sequences of ``real`` and of each control.
    """

    def __init__(self, evaluation: Evaluation, subjects: Sequence[Subject], sets: dict[str, list[Item]]) -> None:
        self.evaluation, self.subjects, self.sets = evaluation, tuple(subjects), sets
        self.blocks = [
            Block(name, index, tuple(items[start : start + evaluation.block]))
            for name, items in sets.items()
            for index, start in enumerate(range(0, len(items), evaluation.block))
        ]
        self.pairs = tuple(_pairs(self.subjects))

    @cached_property
    def digest(self) -> str:
        """Of the whole plan: two runs with the same one give the same files."""
        return digest([self._common(), [task.key for block in self.blocks for task in self.tasks(block)]])

    def tasks(self, block: Block) -> Iterator[Task]:
        """Yield the tasks of a block: for each model and method explain, then measure; then all comparisons."""
        keys = []
        for subject in self.subjects:
            common = [FORMAT, __version__, _metrics(), block.digest, subject.name, self._options()]
            own = []
            for method in subject.methods:
                explain = self.explaining(block, subject, method)
                own.append(explain.key)
                yield explain
                for kind in self._kinds(block, subject, method):
                    yield Task(kind, digest([kind, *common, explain.key]), block, subject, method)
            if "faithfulness" in self.evaluation.chosen_families:
                for kind in (PERTURB, MUTATE) if self.evaluation.full and not subject.copy_of else (PERTURB,):
                    yield Task(kind, digest([kind, *common, *own]), block, subject)
            keys += own
        if "similarity" in self.evaluation.chosen_families and self.pairs:
            pairs = [[pair.first.name, pair.first_method, pair.second.name, pair.second_method] for pair in self.pairs]
            content = [COMPARE, FORMAT, __version__, _metrics(), keys, block.digest, pairs, self.evaluation.seed]
            yield Task(COMPARE, digest(content), block)

    def _kinds(self, block: Block, subject: Subject, method: str) -> Iterator[str]:
        """Yield what is done with the explanations of a method by themselves."""
        yield MEASURE
        if subject.copy_of or method == RANDOM or not affordable(subject, method, max(map(len, block.letters))):
            return
        if "stability" in self.evaluation.chosen_families:
            yield SHAKE
        if "sanity" in self.evaluation.chosen_families and block.set == REAL:
            yield BREAK

    def explaining(self, block: Block, subject: Subject, method: str) -> Task:
        """Return the task that explains a block."""
        model = subject.model
        about = [model.content_hash, model.kind, model.device.type, method, subject.target]
        key = digest([EXPLAIN, FORMAT, __version__, *about, block.letters])
        return Task(EXPLAIN, key, block, subject, method)

    def count(self) -> int:
        """Return the number of tasks."""
        return sum(1 for block in self.blocks for _ in self.tasks(block))

    def _common(self) -> list[object]:
        settings = self.evaluation.model_dump(
            mode="json", exclude={"data": {"sequences", "genome", "mask"}, "models": True}
        )
        return [FORMAT, __version__, settings, [[one.name, one.model.name, one.methods] for one in self.subjects]]

    def _options(self) -> list[object]:
        chosen = self.evaluation
        faithfulness = chosen.faithfulness.model_dump(mode="json")
        return [chosen.seed, chosen.chosen_families, chosen.chosen_replacements, faithfulness, chosen.full]


@cache
def _metrics() -> str:
    """Of the definitions of all metrics: where one changes, numbers are computed again."""
    return digest([one.to_dict() for one in METRICS.values()])


def _pairs(subjects: Sequence[Subject]) -> Iterator[Pair]:
    """Yield what is compared: models by main and equal methods, methods within a model, copies with their model."""
    trained = [one for one in subjects if not one.copy_of]
    for a, b in combinations(trained, 2):
        shared = [name for name in a.methods if name in b.methods and name != RANDOM]
        methods = dict.fromkeys([(a.main, b.main), *((name, name) for name in shared)])
        for first, second in methods:
            yield Pair(a, first, b, second)
    for one in trained:
        for first, second in combinations(one.methods, 2):
            yield Pair(one, first, one, second)
    by_name = {one.name: one for one in trained}
    for copy in subjects:
        if copy.copy_of:
            for method in copy.methods:
                yield Pair(by_name[copy.copy_of], method, copy, method)
