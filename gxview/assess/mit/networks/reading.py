"""The part of a sequence that a network with a length of its own reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gxview.assess.mit.layout import MINUS10, UP
from gxview.errors import UsageError
from gxview.models.base import Model
from gxview.models.cnn import CNN
from gxview.models.ensemble import Ensemble

_CENTRE = (UP[0] + MINUS10[1]) // 2


@dataclass(frozen=True, slots=True)
class Reading:
    """Which bases a model gets.

    Attributes
    ----------
    length
        The only length that it takes; None where any is fine.
    least
        The shortest sequence that it takes.
    start
        The first base that it gets, 0-based; 0 where it takes any length.
    """

    length: int | None
    least: int
    start: int

    @classmethod
    def of(cls, model: Model, start: int | None = None) -> Reading:
        """Return what a model reads.

        Without `start`, a network of a fixed length reads the window with the elements of the promoter in its middle.

        Raises
        ------
        UsageError
            When `start` is given for a model that takes any length.
        """
        length = model.fixed_length
        if length is None:
            if start is not None:
                raise UsageError(f"{model.name} reads whole sequences, so leave from={start + 1} out.")
            return cls(None, _least(model), 0)
        return cls(length, length, max(0, _CENTRE - length // 2) if start is None else start)

    @property
    def notes(self) -> tuple[str, ...]:
        """What a person should know."""
        if self.length is None:
            return ()
        first, last = self.start + 1, self.start + self.length
        return (
            f"It takes exactly {self.length} bases and reads the bases {first} to {last} of each sequence; shorter "
            "sequences have no score.",
        )

    def cut(self, sequence: str) -> str | None:
        """Return the letters that the model gets; None if they are too few."""
        part = sequence if self.length is None else sequence[self.start : self.start + self.length]
        return part if len(part) >= self.least else None

    def cut_all(self, sequences: Sequence[str]) -> tuple[list[int], list[str]]:
        """Return the numbers of the sequences that the model can read, and what it gets of each."""
        parts = [self.cut(sequence) for sequence in sequences]
        return [n for n, part in enumerate(parts) if part is not None], [part for part in parts if part is not None]


def _least(model: Model) -> int:
    """Return the shortest sequence that a model of any length takes; the members of an ensemble are alike."""
    one = model.members[0] if isinstance(model, Ensemble) else model
    return one.network.config.minimum_length if isinstance(one.network, CNN) else 1
