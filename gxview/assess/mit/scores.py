"""All sequences of a run in one list, and the scores that a scorer gave them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from gxview.assess.mit.probing import Probes
from gxview.assess.mit.sets import Sets, identifier

Floats = NDArray[np.float64]

MAIN = "main"
"""The set of the 650 sequences; its conditions are the classes."""


@dataclass(frozen=True, slots=True)
class Item:
    """A sequence of a run.

    Attributes
    ----------
    set, condition
        `MAIN` and a class, or a probing set and its condition.
    number
        Of the sequence within its condition.
    letters
        The sequence.
    """

    set: str
    condition: str
    number: int
    letters: str

    @property
    def id(self) -> str:
        """``E_017`` in the main set, ``spacing_17_003`` in a probing set."""
        name = self.condition if self.set == MAIN else f"{self.set}_{self.condition.replace(' ', '_')}"
        return identifier(name, self.number)

    @property
    def label(self) -> str:
        """Class, in the main set; else empty."""
        return self.condition if self.set == MAIN else ""


class Items:
    """The sequences of a run in order, and where each condition lies among them."""

    def __init__(self, sets: Sets, probes: Probes) -> None:
        self.all = tuple([*_main(sets), *_probing(probes)])
        self.places: dict[tuple[str, str], dict[int, int]] = {}
        for place, item in enumerate(self.all):
            self.places.setdefault((item.set, item.condition), {})[item.number] = place

    def __len__(self) -> int:
        return len(self.all)

    def conditions(self, name: str) -> list[str]:
        """Return the conditions of a set in order."""
        return [condition for found, condition in self.places if found == name]


@dataclass(frozen=True)
class Scores:
    """What a scorer said.

    Attributes
    ----------
    scorer
        Its name.
    items
        The sequences.
    values
        float64 (N,); NaN where there is no score.
    tokens
        float64 (N,), or None where the scorer does not count any.
    """

    scorer: str
    items: Items
    values: Floats
    tokens: Floats | None = None

    def has(self, name: str, condition: str) -> bool:
        """Whether there is such a condition."""
        return (name, condition) in self.items.places

    def of(self, name: str, condition: str) -> Floats:
        """Return the scores of a condition in order of its numbers; empty where there is none."""
        return self.values[self._places(name, condition)]

    def tokens_of(self, name: str, condition: str) -> Floats:
        """Return the tokens of a condition; empty where they are not counted."""
        return np.empty(0) if self.tokens is None else self.tokens[self._places(name, condition)]

    def pairs(self, first: tuple[str, str], second: tuple[str, str]) -> tuple[Floats, Floats]:
        """Return the scores of two conditions, those of one number side by side."""
        one, other = self.items.places.get(first, {}), self.items.places.get(second, {})
        both = [number for number in one if number in other]
        return self.values[[one[number] for number in both]], self.values[[other[number] for number in both]]

    def rows(self, name: str, conditions: Sequence[str]) -> Floats:
        """Return the scores (conditions, backgrounds) of a set with common backgrounds, complete backgrounds only."""
        found = np.array([self.of(name, condition) for condition in conditions])
        return found[:, np.isfinite(found).all(axis=0)]

    @cached_property
    def per_token(self) -> Scores | None:
        """The scores divided by the tokens of their sequence."""
        return None if self.tokens is None else Scores(self.scorer, self.items, self.values / self.tokens)

    def _places(self, name: str, condition: str) -> list[int]:
        return list(self.items.places.get((name, condition), {}).values())


def _main(sets: Sets) -> Iterator[Item]:
    for label, members in sets.items():
        for number, letters in members.items():
            yield Item(MAIN, label, number, letters)


def _probing(probes: Probes) -> Iterator[Item]:
    for name, conditions in probes.items():
        for condition, sequences in conditions.items():
            for number, letters in enumerate(sequences):
                yield Item(name, condition, number, letters)
