"""Trying the quick ways of a device before they are used: each is kept only where its numbers are right.

Which kernels compile, what can be captured and how exact a library is differs from one GPU and installation to the
next. So at the first use of a network with a method and a precision, a few windows are computed by the readable
reference (`gxview.explain.rules`) on the device itself, then by one quick step more at a time. A step that fails or
gives other numbers is left out, and a note says so wherever the result says how it came about.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

# Largest difference to the reference in float32, as a part of the norm of the numbers: above it, it is no rounding.
TOLERANCE = {"float32": 1e-4, "tf32": 3e-2, "bf16": 0.3}

Numbers = tuple[NDArray[np.float32], ...]


@dataclass(frozen=True, slots=True)
class Way:
    """How a pass is computed.

    Attributes
    ----------
    precision
        Of the products.
    by_hand
        By the pass of `gxview.explain.device_pass` instead of the reference; the next two belong to it.
    fused_attention
        Attention by the kernels of PyTorch that keep no weights.
    kernels
        Steps between products by the kernels of Triton.
    notes
        What could not be used and why.
    """

    precision: str = "float32"
    by_hand: bool = False
    fused_attention: bool = False
    kernels: bool = False
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        parts = [name for name in ("by_hand", "fused_attention", "kernels") if getattr(self, name)]
        return ", ".join(parts).replace("_", " ") or "reference"


@dataclass(frozen=True, slots=True)
class Step:
    """Something that makes a way quicker: a field of `Way`, its value, what people call it, what is done without it."""

    field: str
    value: Any
    name: str
    otherwise: str
    by_hand: bool = False


def find_way(start: Way, steps: Sequence[Step], attempt: Callable[[Way], Numbers], place: str) -> Way:
    """Return the quickest way that gives the numbers of the first one.

    Parameters
    ----------
    start
        The reference, in float32.
    steps
        Tried in this order, each on top of those that were right; one that is `by_hand` only where the pass is.
    attempt
        Computes the same few windows in some way; what it raises, but for short memory, makes the way no way.
    place
        Name of the device.

    Raises
    ------
    RuntimeError
        Of the first way, such as of a lost device; and where memory is short.
    """
    way, truth = start, attempt(start)
    for step in steps:
        if step.by_hand and not way.by_hand:
            continue
        better = replace(way, **{step.field: step.value})
        trouble = _trouble(attempt, better, truth)
        if trouble is None:
            way = better
        else:
            note = f"{step.name} cannot be used on {place} ({trouble}); {step.otherwise}."
            way = replace(way, notes=(*way.notes, note))
    return way


def _trouble(attempt: Callable[[Way], Numbers], way: Way, truth: Numbers) -> str | None:
    try:
        found = attempt(way)
    except (torch.OutOfMemoryError, MemoryError):
        raise
    except Exception as error:  # noqa: BLE001  # compilers and libraries raise what they like
        return f"{type(error).__name__}: {(str(error).splitlines() or [''])[0][:200]}"
    off = max(difference(one, other) for one, other in zip(found, truth, strict=True))
    return None if off <= TOLERANCE[way.precision] else f"its numbers are off by {off:.1g} of their size"


def difference(values: NDArray[np.float32], truth: NDArray[np.float32]) -> float:
    """Return the norm of the difference as a part of that of the truth; infinite where only one of them is finite."""
    finite = np.isfinite(truth)
    if not np.array_equal(finite, np.isfinite(values)):
        return float("inf")
    wide, apart = truth[finite].astype(np.float64), values[finite].astype(np.float64) - truth[finite]
    size, off = float(np.linalg.norm(wide)), float(np.linalg.norm(apart))
    return off / size if size > 0 else (0.0 if off == 0 else float("inf"))


@dataclass(frozen=True, slots=True)
class Table:
    """How the rows of a launch, one for each window, stand in its flat input and output.

    Attributes
    ----------
    rows
        Number of rows.
    given, made
        Numbers of a row in each block of the input and of the output; a block holds its part of all rows.
    """

    rows: int
    given: tuple[int, ...]
    made: tuple[int, ...]

    @property
    def outputs(self) -> int:
        """Length of the output."""
        return self.rows * sum(self.made)

    def in_other_company(self, values: NDArray[Any]) -> NDArray[Any]:
        """Return an input with the rows in reverse order, every second one replaced by what is now the first."""
        blocks = self._blocks(values, self.given)
        return np.concatenate([np.where(self._kept, block[::-1], block[-1:]).ravel() for block in blocks])

    def same(self, values: NDArray[np.float32], other: NDArray[np.float32]) -> bool:
        """Whether an output has the bits of that of the input `in_other_company`, in the rows that stayed."""
        pairs = self._pairs(values, other)
        return all(np.array_equal(here, there, equal_nan=True) for here, there in pairs)

    def difference(self, values: NDArray[np.float32], other: NDArray[np.float32]) -> float:
        """By how much they differ, see `difference`."""
        return max(difference(here, there) for here, there in self._pairs(values, other))

    @property
    def _kept(self) -> NDArray[np.bool_]:
        return np.asarray(np.arange(self.rows)[:, None] % 2 == 0)

    def _pairs(
        self, values: NDArray[np.float32], other: NDArray[np.float32]
    ) -> list[tuple[NDArray[np.float32], NDArray[np.float32]]]:
        here, there = self._blocks(values, self.made), self._blocks(other, self.made)
        return [(one[::-1][::2], two[::2]) for one, two in zip(here, there, strict=True)]

    def _blocks(self, values: NDArray[Any], widths: tuple[int, ...]) -> list[NDArray[Any]]:
        edges = np.cumsum([self.rows * width for width in widths])[:-1]
        return [block.reshape(self.rows, -1) for block in np.split(values, edges)]
