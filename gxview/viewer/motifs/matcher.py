"""What the window asks of the thing that compares bases with motifs; handed in by the entry point."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

Matrix: TypeAlias = NDArray[np.float64]


class MotifInfo(Protocol):
    """A motif of a file."""

    @property
    def id(self) -> str:
        """As the database calls it."""

    @property
    def name(self) -> str:
        """As people call it."""

    @property
    def label(self) -> str:
        """Both."""

    @property
    def width(self) -> int:
        """Number of positions."""

    @property
    def probabilities(self) -> Matrix:
        """How common each base is, (4, W), rows A, C, G, T."""


class MotifMatch(Protocol):
    """A motif that looks like the query."""

    @property
    def motif(self) -> MotifInfo:
        """The motif."""

    @property
    def p_value(self) -> float:
        """Chance of so good an alignment with a motif of this width."""

    @property
    def q_value(self) -> float:
        """Benjamini-Hochberg over the motifs of the file."""

    @property
    def offset(self) -> int:
        """Position on the motif, read on `strand`, where the first base of the query lies."""

    @property
    def overlap(self) -> int:
        """Number of aligned positions."""

    @property
    def strand(self) -> str:
        """'+', or '-' when the reverse complement of the motif matched."""


class MotifAnswer(Protocol):
    """What selected bases look like."""

    @property
    def query(self) -> Matrix:
        """What was compared, (4, W)."""

    @property
    def matches(self) -> Sequence[MotifMatch]:
        """The best matches first."""

    @property
    def motifs(self) -> int:
        """Number of motifs in the file."""

    @property
    def note(self) -> str:
        """What a person must know about the p-values."""


class MotifMatcher(Protocol):
    """Compares bases with the motifs of a file; called in a thread of its own."""

    def prepare(self, path: Path) -> int:
        """Read a motif file and load what compares; return the number of motifs."""

    def match(self, letters: str, relevance: NDArray[np.float32] | None, path: Path, top: int) -> MotifAnswer:
        """Compare bases, weighted by relevance, with the motifs of a file."""


MatcherFactory: TypeAlias = Callable[[], MotifMatcher]
