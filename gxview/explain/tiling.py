"""How windows are laid on a genome and joined again."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from gxview.errors import UsageError
from gxview.explain.letters import REFERENCE, check_letters
from gxview.explain.phases import phase_offsets
from gxview.explain.stitching import STITCHINGS
from gxview.explain.windows import WindowGrid
from gxview.models.base import Model
from gxview.models.folder import VALUES

STRANDS = ("+", "-", "mean")


@dataclass(frozen=True, slots=True)
class Tiling:
    """Windows of a genome, valid for one model.

    Attributes
    ----------
    window, stride : int
        Bases of a window, and between the starts of neighbours.
    stitching : str
        See :class:`~gxview.explain.stitching.Stitcher`.
    strand : str
        ``'+'``; ``'-'``: the reverse complement is explained and mapped back; ``'mean'`` of both.
    phases : int
        Number of shifted grids that are averaged.
    letters : str
        What the model reads of each window, see :mod:`gxview.explain.letters`.
    """

    window: int
    stride: int
    stitching: str
    strand: str
    phases: int
    letters: str = REFERENCE

    @classmethod
    def settle(
        cls,
        model: Model,
        window: int | None,
        stride: int | None,
        stitching: str,
        strand: str,
        phases: int,
        letters: str | None = None,
    ) -> Tiling:
        """Fill in the model's window and half of it as stride, and check everything.

        Raises
        ------
        UsageError
            For a value that is out of range or unknown, or a window that the model does not take.
        """
        if stitching not in STITCHINGS:
            raise UsageError(f"There is no stitching rule '{stitching}'; use one of {', '.join(STITCHINGS)}.")
        if stitching == "score" and not model.num_labels:
            raise UsageError(f"{model.name} has no classifier whose score could weigh windows; use another stitching.")
        if stitching == "score" and model.problem_type == VALUES:
            raise UsageError(f"{model.name} predicts numbers, which are no weights of windows; use another stitching.")
        if strand not in STRANDS:
            raise UsageError(f"The strand is '+', '-' or 'mean' of both, not '{strand}'.")
        bases = model.window_length if window is None else window
        if model.fixed_length is not None and bases != model.fixed_length:
            raise UsageError(f"{model.name} takes windows of exactly {model.fixed_length:,} bases, not {bases:,}.")
        step = max(1, bases // 2) if stride is None else stride
        WindowGrid(0, bases, step)
        phase_offsets(step, phases)
        return cls(bases, step, stitching, strand, phases, check_letters(letters))

    @property
    def strands(self) -> tuple[str, ...]:
        """The strands to explain."""
        return ("+", "-") if self.strand == "mean" else (self.strand,)

    def grids(self, length: int) -> tuple[WindowGrid, ...]:
        """Return the grid of each phase on a sequence of `length` bases."""
        offsets = phase_offsets(self.stride, self.phases)
        return tuple(WindowGrid(length, self.window, self.stride, offset) for offset in offsets)

    def to_dict(self) -> dict[str, Any]:
        """Return everything in a form that JSON can hold."""
        return asdict(self)
