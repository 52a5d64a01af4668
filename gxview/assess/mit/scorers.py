"""What scores sequences: one small protocol, and the register of everything that answers to a name.

A scorer is named on the command line as ``NAME`` or ``NAME:ARGUMENT`` (``pa-pwm``, ``kmer:genome``, ``model:PATH``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from gxview.errors import UsageError

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]


class Scorer(Protocol):
    """Gives every sequence a number: the higher, the more the sequence looks like a promoter, or likely.

    Further attributes are read where they are there: `identity` (str: everything that the scores depend on, such as a
    hash of the weights; without it, scores are not kept between runs), `block` (int: how many sequences make up one
    task that is kept, 50 by default; 0: scoring is so fast that nothing is kept), `notes` (sentences that belong beside
    the scores) and `facts` (a mapping that goes into the provenance as it is).
    """

    @property
    def name(self) -> str:
        """What the results call it."""

    def score(self, sequences: Sequence[str]) -> Floats:
        """Return float64 (N,); NaN where a sequence cannot be scored.

        The letters are A, C, G and T in upper case; the sequences need not have one length. The score of a sequence
        does not depend on the others, except for noise made on purpose.
        """


@runtime_checkable
class CountsTokens(Protocol):
    """A scorer whose model reads tokens of several bases."""

    def tokens(self, sequences: Sequence[str]) -> Counts:
        """Return how many tokens each sequence has, without special ones, int64 (N,)."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What a scorer may need to be made.

    Attributes
    ----------
    seed
        Of everything random.
    device
        ``auto``, ``cpu``, ``cuda`` or ``mps``.
    genome
        FASTA of the genome, where one was given.
    """

    seed: int = 42
    device: str = "auto"
    genome: Path | None = None


Make = Callable[[str, Setting], Scorer]


@dataclass(frozen=True, slots=True)
class ScorerKind:
    """What stands behind a name.

    Attributes
    ----------
    name, summary
        For people; `summary` is one sentence.
    make
        Gets what follows the colon (empty if nothing does) and the setting; raises GxviewError when it cannot.
    biophysical
        Whether it holds the grammar of promoters itself, so that it is a yardstick and no model under test.
    """

    name: str
    summary: str
    make: Make
    biophysical: bool = False


SCORERS: dict[str, ScorerKind] = {}
"""By name."""


def scorer(name: str, summary: str, *, biophysical: bool = False) -> Callable[[Make], Make]:
    """Register a function that makes a scorer."""

    def register(make: Make) -> Make:
        SCORERS[name] = ScorerKind(name, summary, make, biophysical)
        return make

    return register


def make_scorer(text: str, setting: Setting | None = None) -> Scorer:
    """Make the scorer that ``NAME`` or ``NAME:ARGUMENT`` stands for.

    Raises
    ------
    UsageError
        If there is no such name.
    """
    name, _, argument = text.partition(":")
    if name not in SCORERS:
        raise UsageError(f"There is no scorer '{name}'; known are {', '.join(SCORERS)}.")
    return SCORERS[name].make(argument, setting or Setting())


def no_argument(name: str, argument: str) -> None:
    """Raise UsageError where a scorer that takes no argument was given one."""
    if argument:
        raise UsageError(f"The scorer {name} takes nothing behind a colon, but was given '{argument}'.")


def facts_of(scorer: Scorer) -> Mapping[str, Any]:
    """Return what a scorer says about itself for the provenance."""
    found: Mapping[str, Any] = getattr(scorer, "facts", {})
    return {"name": scorer.name, "identity": getattr(scorer, "identity", ""), **found}
