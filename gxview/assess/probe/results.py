"""Finished tasks as rows, means and comparisons."""

from __future__ import annotations

import io
import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gxview.assess.probe.data import Target
from gxview.assess.probe.features import Input
from gxview.assess.probe.heads import Fitted
from gxview.assess.probe.metrics import measured, primary, resampled
from gxview.assess.probe.plan import Plan, Task
from gxview.assess.probe.statistics import (
    Comparison,
    Scope,
    Side,
    Tested,
    bootstrap_test,
    corrected_t_test,
    wilcoxon_p,
    with_q,
)

RANDOM_WEIGHTS = "random weights"
_RESAMPLES = 1999

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Row:
    """One metric of one task.

    Attributes
    ----------
    input, model, layer, pool, control
        What was read; `control` says that the model has random weights.
    head, target, fraction, n_train, n_test, seed
        The head, the column of labels, the share and number of sequences it was fitted on, those of the test, the seed.
    metric, value, validation
        The metric on the test part, and on the validation part.
    failure
        Why there is no value; empty otherwise.
    """

    input: str
    model: str
    layer: int | None
    pool: str
    control: bool
    head: str
    target: str
    fraction: float
    n_train: int
    n_test: int
    seed: int
    metric: str
    value: float
    validation: float
    failure: str = ""

    @property
    def side(self) -> Side:
        """Input and head."""
        return Side(self.input, self.layer, self.head)


def packed(task: Task, plan: Plan, fitted: Fitted) -> bytes:
    """Return a finished task as bytes: its metrics, and what was predicted for the test part."""
    parts, values = plan.parts[task.seed], []
    for target, test, validation in zip(plan.data.targets, fitted.test, fitted.validation, strict=True):
        found = measured(target, target.values[parts.test], test)
        chosen = measured(target, target.values[parts.validation], validation)
        values += [[target.name, name, _known(found[name]), _known(chosen[name])] for name in found]
    stream = io.BytesIO()
    head = json.dumps({"values": values, "facts": fitted.facts}).encode()
    arrays = {f"test{place}": part.astype(np.float32) for place, part in enumerate(fitted.test)}
    np.savez_compressed(stream, head=np.frombuffer(head, dtype=np.uint8), **arrays)  # type: ignore[arg-type]
    return stream.getvalue()


def failed(reason: str) -> bytes:
    """Return a task that could not be done as bytes."""
    stream = io.BytesIO()
    np.savez_compressed(stream, head=np.frombuffer(json.dumps({"failure": reason}).encode(), dtype=np.uint8))
    return stream.getvalue()


def _unpacked(body: bytes) -> tuple[dict[str, Any], list[Floats]]:
    with np.load(io.BytesIO(body), allow_pickle=False) as content:
        head = json.loads(content["head"].tobytes())
        parts = [content[f"test{place}"].astype(np.float64) for place in range(len(content.files) - 1)]
    return head, parts


class Results:
    """All finished tasks of a run.

    Parameters
    ----------
    plan
        The tasks.
    bodies
        What :func:`packed` made of each, in their order.
    fixed
        Whether the test part is the same for every seed.
    """

    def __init__(self, plan: Plan, bodies: Sequence[bytes], *, fixed: bool) -> None:
        self.plan, self._fixed = plan, fixed
        self.rows: list[Row] = []
        self.failures: list[tuple[Task, str]] = []
        self._outputs: dict[tuple[Side, float, int], list[Floats]] = {}
        for task, body in zip(plan.tasks, bodies, strict=True):
            self._take(task, body)
        self._draws: dict[tuple[Side, float, str], Floats] = {}
        self._index: dict[tuple[Side, str, float, str], dict[int, Row]] = {}
        for row in self.rows:
            self._index.setdefault((row.side, row.target, row.fraction, row.metric), {})[row.seed] = row
        self.comparisons = with_q(list(self._compared()))

    def values(self, side: Side, target: str, fraction: float, metric: str, part: str = "value") -> Floats:
        """Return what each seed gives, float64 (seeds,), NaN where it failed."""
        found = self._index.get((side, target, fraction, metric), {})
        return np.array([getattr(found[s], part) if s in found else math.nan for s in range(self.plan.settings.seeds)])

    def sides(self, one: Input) -> list[Side]:
        """Return an input with each of its heads."""
        return list(dict.fromkeys(Side(one.name, one.layer, t.head) for t in self.plan.tasks if t.input == one))

    def best(self, inputs: Sequence[Input], target: Target, fraction: float) -> Side | None:
        """Return the side with the best mean on the validation parts; the test part has no say."""
        metric = primary(target).name
        scored = {side: self.values(side, target.name, fraction, metric, "validation") for one in inputs
                  for side in self.sides(one)}  # fmt: skip
        means = {side: float(values.mean()) for side, values in scored.items() if np.isfinite(values).all()}
        return max(means, key=lambda side: means[side]) if means else None

    def _take(self, task: Task, body: bytes) -> None:
        head, outputs = _unpacked(body)
        one, parts = task.input, self.plan.parts[task.seed]
        n_train, n_test = len(self.plan.train_rows(task.fraction, task.seed)), len(parts.test)
        if "failure" in head:
            self.failures.append((task, head["failure"]))
            head["values"] = [[t.name, primary(t).name, None, None] for t in self.plan.data.targets]
        for target, metric, value, validation in head["values"]:
            row = Row(
                one.name, one.model, one.layer, one.pool, one.control, task.head, target, task.fraction,
                n_train, n_test, task.seed, metric, _number(value), _number(validation), head.get("failure", ""),
            )  # fmt: skip
            self.rows.append(row)
        if outputs:
            self._outputs[Side(one.name, one.layer, task.head), task.fraction, task.seed] = outputs

    def _compared(self) -> Iterator[Comparison]:
        for target in self.plan.data.targets:
            for fraction in self.plan.settings.fractions:
                for model, inputs in self._models().items():
                    yield from self._best_of(model, inputs, target, fraction)
                    yield from self._same_head(model, inputs, target, fraction)

    def _models(self) -> dict[str, list[Input]]:
        found: dict[str, list[Input]] = {}
        for one in self.plan.inputs:
            if one.model and not one.control:
                found.setdefault(one.model, []).append(one)
        return found

    def _rivals(self, model: str) -> dict[str, list[Input]]:
        """Return what the embeddings of a model are held against."""
        found: dict[str, list[Input]] = {}
        for one in self.plan.inputs:
            if not one.model:
                found.setdefault(one.name, []).append(one)
            elif one.control and one.model.startswith(f"{model}#"):
                found.setdefault(RANDOM_WEIGHTS, []).append(one)
        models = list(self._models())
        for other in models[models.index(model) + 1 :]:
            found[other] = self._models()[other]
        return found

    def _best_of(self, model: str, inputs: list[Input], target: Target, fraction: float) -> Iterator[Comparison]:
        first = self.best(inputs, target, fraction)
        for against, others in self._rivals(model).items():
            second = self.best(others, target, fraction)
            if first is not None and second is not None:
                yield self._comparison("best", against, model, target, fraction, first, second)

    def _same_head(self, model: str, inputs: list[Input], target: Target, fraction: float) -> Iterator[Comparison]:
        for against, others in self._rivals(model).items():
            for one in inputs:
                for side in self.sides(one):
                    for other in others:
                        same = not other.model or (other.layer, other.pool) == (one.layer, one.pool)
                        second = Side(other.name, other.layer, side.head)
                        if same and second in self.sides(other):
                            yield self._comparison("same head", against, model, target, fraction, side, second)

    def _comparison(
        self, scope: Scope, against: str, model: str, target: Target, fraction: float, first: Side, second: Side
    ) -> Comparison:
        metric = primary(target).name
        a, b = (self.values(side, target.name, fraction, metric) for side in (first, second))
        found = self._tested(a, b, target, fraction, first, second)
        return Comparison(
            scope, against, model, target.name, metric, fraction, first, second, found.n, found.difference, found.low,
            found.high, found.p, found.test, wilcoxon_p(a, b),
        )  # fmt: skip

    def _tested(self, a: Floats, b: Floats, target: Target, fraction: float, first: Side, second: Side) -> Tested:
        if not self._fixed:
            seeds = range(self.plan.settings.seeds)
            fitted = sum(len(self.plan.train_rows(fraction, seed)) for seed in seeds)
            return corrected_t_test(a - b, fitted, sum(len(self.plan.parts[seed].test) for seed in seeds))
        drawn = self._resampled(first, fraction, target) - self._resampled(second, fraction, target)
        return bootstrap_test(a - b, drawn, np.random.default_rng([self.plan.settings.seed, 41]))

    @cached_property
    def _counts(self) -> NDArray[np.uint16]:
        """How often each test sequence is in each resampling, (B, n)."""
        size = len(self.plan.parts[0].test)
        rng = np.random.default_rng([self.plan.settings.seed, 43])
        drawn = (rng.multinomial(size, np.full(size, 1 / size)) for _ in range(_RESAMPLES))
        return np.stack([counts.astype(np.uint16) for counts in drawn])

    def _resampled(self, side: Side, fraction: float, target: Target) -> Floats:
        """Return the metric on the same resamplings of the test part for every side, (seeds, B)."""
        key = side, fraction, target.name
        if key not in self._draws:
            place = self.plan.data.targets.index(target)
            test = self.plan.parts[0].test
            counts = self._counts
            drawn = np.full((self.plan.settings.seeds, _RESAMPLES), math.nan)
            for seed in range(self.plan.settings.seeds):
                outputs = self._outputs.get((side, fraction, seed))
                if outputs is not None:
                    drawn[seed] = resampled(target, target.values[test], outputs[place], counts)
            self._draws[key] = drawn
        return self._draws[key]


def _known(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _number(value: float | None) -> float:
    return math.nan if value is None else float(value)
