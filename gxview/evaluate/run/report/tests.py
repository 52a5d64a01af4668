"""The section with every test of the report."""

from __future__ import annotations

from gxview.evaluate.run.controls import in_sentence
from gxview.evaluate.run.report.words import metric_words, side_words
from gxview.evaluate.run.statistics import Statistics, Test
from gxview.page.parts import Cell, Heading, Section, Table, Text, cell, chance_of

SURE = 0.05
_QUESTIONS = {
    "chance": "Better than chance?",
    "method": "Does the main method differ from the others?",
    "model": "Do the models differ?",
    "randomised": "Does the trained model differ from its copy with random weights?",
    "control": "Do real sequences differ from their controls?",
}
_HEADINGS = (
    Heading("first"),
    Heading("second"),
    Heading("metric"),
    Heading("level"),
    Heading("n", True, "Pairs of the same sequence"),
    Heading("missing", True, "Pairs with a side that could not be had"),
    Heading("difference", True, "Mean of first minus second"),
    Heading("effect", True, "Rank-biserial correlation, -1 to 1"),
    Heading("p", True),
    Heading("q", True, "Benjamini-Hochberg over all tests of this report"),
)


def tests_section(statistics: Statistics) -> Section:
    """Return all tests, the worst for the explanations first, one table for each question."""
    tests = statistics.tests
    blocks: list[object] = [
        Text(
            f"{len(tests):,} tests, all corrected together; {sum(one.q <= SURE for one in tests):,} have q of at most "
            f"{SURE}. Green speaks for the first side in the direction of the metric, red against it. A small q with "
            "a small effect is a small difference, surely."
        )
    ]
    for question, words in _QUESTIONS.items():
        chosen = sorted((one for one in tests if one.question == question), key=_worst_first)
        if chosen:
            blocks.append(Table(words, _HEADINGS, [_row(one) for one in chosen], folded=True))
    return Section("tests", "All tests", blocks)


def verdict(test: Test) -> str:
    """Return ``good`` or ``bad`` where a test is sure in a direction that matters, else empty."""
    better = test.speaks_for_first
    if better is None or not test.q <= SURE:
        return ""
    return "good" if better else "bad"


def second_words(test: Test) -> str:
    """Name the second side of a test where only what differs matters."""
    if test.question == "control":
        return in_sentence(test.second.set)
    if test.question == "chance":
        return "chance"
    if test.question == "method":
        return test.second.method
    return side_words(test.second)


def _row(test: Test) -> list[Cell]:
    mark = verdict(test)
    return [
        Cell(side_words(test.first)),
        Cell(second_words(test)),
        Cell(metric_words(test.first)),
        Cell(test.first.level),
        Cell(f"{test.n:,}", test.n),
        Cell(f"{test.failures:,}", test.failures),
        cell(test.difference, mark=mark),
        cell(test.effect, 2, mark=mark),
        Cell(chance_of(test.p), test.p),
        Cell(chance_of(test.q), test.q, mark=mark),
    ]


def _worst_first(test: Test) -> tuple[float, float]:
    better = test.speaks_for_first
    return (0 if better is None else test.effect * (1 if (test.difference > 0) == better else -1)), test.p
