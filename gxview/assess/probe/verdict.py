"""What the comparisons say, in sentences; from the statistics alone."""

from __future__ import annotations

import math
from collections.abc import Sequence

from gxview.assess.probe.metrics import METRICS
from gxview.assess.probe.statistics import LEVEL, Comparison
from gxview.page.parts import chance_of, number
from gxview.words import counted

_LABELS = {metric.name: metric.label for group in METRICS.values() for metric in group}
_AGAINST = {"one-hot": "one-hot letters", "random weights": "embeddings of the same network with random weights"}


def verdicts(comparisons: Sequence[Comparison]) -> list[str]:
    """Return a sentence for each model, target and rival: best against best, with the most training sequences."""
    return [sentence(one) for one in deciding(comparisons)]


def deciding(comparisons: Sequence[Comparison]) -> list[Comparison]:
    """Return the comparisons that verdicts are about."""
    largest = max((one.fraction for one in comparisons), default=1.0)
    return [one for one in comparisons if one.scope == "best" and one.fraction == largest]


def sentence(one: Comparison) -> str:
    """Return a comparison in words, with its numbers."""
    return f"{claim(one)} ({numbers(one)})."


def claim(one: Comparison) -> str:
    """Return what a comparison says, without numbers and full stop."""
    other = f"those of {one.against}" if one.second.layer is not None else f"{one.against} frequencies"
    rival = _AGAINST.get(one.against, other)
    share = "" if one.fraction == 1 else f" at {one.fraction:g} of the training part"
    about = f"{one.target}{share}: the embeddings of {one.model}"
    if one.verdict == "not tested":
        return f"{about} against {rival} could not be tested: {_hindrance(one)}"
    how = {
        "better": f"beat {rival}",
        "worse": f"do worse than {rival}",
        "no difference shown": f"are not shown to differ from {rival}",
    }[one.verdict]
    # p and the interval, which excludes 0 with it, look at one comparison alone; the verdict at all of them
    many = one.verdict == "no difference shown" and one.p < LEVEL
    how += f" once {counted(one.tests, 'comparison is', 'comparisons are')} allowed for" if many else ""
    return f"{about} {how}"


def _hindrance(one: Comparison) -> str:
    if one.n == 0:
        return "no seed has a value"
    return "one seed" if one.n == 1 else f"{one.n} seeds without any spread"


def numbers(one: Comparison) -> str:
    """Return the sides of a comparison and what was found."""
    sides = f"{one.first} against {one.second}: {_LABELS[one.metric]}"
    if one.verdict == "not tested":
        return sides if math.isnan(one.difference) else f"{sides} {_signed(one.difference)}"
    return (
        f"{sides} {_signed(one.difference)}, 95 % interval of this comparison alone {_signed(one.low)} to "
        f"{_signed(one.high)}, {counted(one.n, 'seed')}, "
        f"p = {chance_of(one.p)}, q = {chance_of(one.q)} over {counted(one.tests, 'comparison')}"
    )


def _signed(value: float) -> str:
    text = number(value)
    return f"+{text}" if value > 0 else text
