"""A number that can say why it is missing."""

from __future__ import annotations

NO_RELEVANCE = "the relevance is zero everywhere"
NOTHING_KNOWN = "no position has a value"
CONSTANT = "one of the two is the same everywhere, so it ranks nothing"


class Number(float):
    """A float that carries the reason why it is NaN.

    Attributes
    ----------
    reason : str
        One sentence without capital and full stop; empty for a number that is there.
    """

    reason: str

    def __new__(cls, value: float, reason: str = "") -> Number:
        """Make a number; a reason belongs to NaN only."""
        made = super().__new__(cls, value)
        made.reason = reason or ("the result is not a number" if made != made else "")
        return made

    def __reduce__(self) -> tuple[type[Number], tuple[float, str]]:
        return Number, (float(self), self.reason)


def missing(reason: str) -> Number:
    """Return NaN with a reason."""
    return Number(float("nan"), reason)
