"""The work of explaining one stretch of a genome."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from gxview.errors import Cancelled, GxviewError
from gxview.explain.attribution.work import never
from gxview.explain.batch import DeviceFull
from gxview.explain.cache import BatchCache
from gxview.explain.device_facts import launch_notes
from gxview.explain.explanation import RegionExplanation, TokenSpan
from gxview.explain.grid_batches import GridBatches
from gxview.explain.lane import window_tokens
from gxview.explain.letters import REFERENCE
from gxview.explain.methods import find_method
from gxview.explain.phases import combine
from gxview.explain.provenance import region_provenance
from gxview.explain.relevance import Relevance
from gxview.explain.settings import Settings, positive_class, probability
from gxview.explain.stitching import Stitcher
from gxview.explain.tiling import Tiling
from gxview.explain.windows import Windows
from gxview.genome import Reference, Region
from gxview.models.base import Model

Progress = Callable[[int, int], None]
IsCancelled = Callable[[], bool]


def _silent(_done: int, _total: int) -> None:
    pass


class BatchSource(Protocol):
    """Computes windows in batches."""

    def steps(self, windows: range) -> Iterator[Any]:
        """Yield the batches that hold these windows, as many at a time as should be computed together."""

    def windows(self, batches: Any) -> list[tuple[int, Relevance | None]]:
        """Return index and explanation of each window of some batches."""


@dataclass(frozen=True, slots=True, eq=False)
class _Layer:
    """One grid on one strand: stitched rows and the tokens of the lane.

    The rows are float32 (2 or 6, L): score, relevance and, where the method scores them, what A, C, G, T would
    contribute.
    """

    rows: NDArray[np.float32]
    tokens: tuple[TokenSpan, ...]


@dataclass(slots=True, eq=False)
class RegionJob:
    """Explains one region; see :func:`~gxview.explain.region.explain_region` for what the parts mean."""

    model: Model
    settings: Settings
    tiling: Tiling
    reference: Reference
    region: Region
    notes: list[str]
    lane: bool = True
    cache: BatchCache = field(default_factory=BatchCache)
    progress: Progress = _silent
    cancelled: IsCancelled = never
    _done: int = 0
    _total: int = 0
    _unknown: set[int] = field(default_factory=set)
    _broken: set[int] = field(default_factory=set)

    def run(self, size: int) -> RegionExplanation:
        """Compute in batches of `size` windows; where memory is short, all of it anew in smaller ones."""
        while True:
            try:
                return self._run(size)
            except DeviceFull as error:
                if size == 1 or self.settings.alone:
                    raise GxviewError(
                        f"One window of {self.tiling.window:,} bases does not fit into the memory of "
                        f"{self.model.device} ({str(error).splitlines()[0]}); use a smaller window or the CPU."
                    ) from None
                size //= 2

    def _run(self, size: int) -> RegionExplanation:
        grids = self.grids()
        windows = sum(len(grid.touching(self.region.start, self.region.end)) for grid in grids)
        self._done, self._total = 0, windows * len(self.tiling.strands)
        phases = [self._phase(grid, size) for grid in grids]
        rows, spread = combine([phase.rows for phase in phases])
        return RegionExplanation(
            region=self.region,
            values=rows[1],
            spread=None if spread is None else spread[1],
            hypothetical=rows[2:] if len(rows) > 2 else None,
            score=rows[0],
            tokens=phases[0].tokens,
            notes=(*self.notes, *self._remarks(rows[1]), *launch_notes(self.model, self.settings)),
            provenance=self.provenance(size),
        )

    def provenance(self, size: int) -> dict[str, Any]:
        """Return how the numbers come about, with batches of `size` windows."""
        return region_provenance(self.model, self.settings, size, self.reference, self.tiling.to_dict())

    def grids(self) -> tuple[Windows, ...]:
        """Return the windows of each phase."""
        return self.tiling.grids(self.reference.sizes[self.region.chrom])

    def source(self, grid: Windows, strand: str, size: int) -> BatchSource:
        """Return what computes the windows of a grid."""
        where = self.reference, self.region.chrom, grid, strand
        return GridBatches(self.model, self.settings, *where, size, self.cache, self.tiling.letters, self.cancelled)

    def _place(self, start: int) -> Region:
        """Return the window that begins at a base."""
        return Region(self.region.chrom, start, start + self.tiling.window)

    def _phase(self, grid: Windows, size: int) -> _Layer:
        layers = [self._layer(grid, strand, size) for strand in self.tiling.strands]
        return _Layer(combine([layer.rows for layer in layers])[0], layers[0].tokens)

    def _layer(self, grid: Windows, strand: str, size: int) -> _Layer:
        start, end = self.region.start, self.region.end
        tokens: list[TokenSpan] = []
        on_tokens = self.model.kind == "dnabert2"
        rows = 5 if find_method(self.model.kind, self.settings.method).hypothetical else 1
        relevance = Stitcher(start, end, self.tiling.stitching, rows=rows)
        score = Stitcher(start, end)
        label = positive_class(self.model, self.settings.target)
        for index, window in self._windows(grid, strand, size):
            chance = probability(window.logits, label, self.model.problem_type)
            relevance.add(grid.start(index), window.rows, chance)
            score.add(grid.start(index), np.full(grid.window, chance, dtype=np.float32))
            if on_tokens and self.lane:
                tokens += window_tokens(self.region, grid, index, window, strand)
        return _Layer(np.concatenate([score.result(), relevance.result()]), tuple(tokens))

    def _windows(self, grid: Windows, strand: str, size: int) -> Iterator[tuple[int, Relevance]]:
        """Yield the windows that have a value, in ascending order; remember those that have none."""
        wanted = grid.touching(self.region.start, self.region.end)
        source = self.source(grid, strand, size)
        for batches in source.steps(wanted):
            if self.cancelled():
                raise Cancelled(f"The explanation of {self.region} was cancelled; nothing was written.")
            windows = [(index, window) for index, window in source.windows(batches) if index in wanted]
            for index, window in windows:
                if window is None:
                    self._unknown.add(grid.start(index))
                elif not window.finite:
                    self._broken.add(grid.start(index))
                else:
                    yield index, window
            self._done += len(windows)
            self.progress(self._done, self._total)

    def _remarks(self, values: NDArray[np.float32]) -> Iterator[str]:
        window, size = self.tiling.window, self.reference.sizes[self.region.chrom]
        if size < window:
            yield f"{self.region.chrom} has {size:,} bases, fewer than a window of {window:,}; it has no values."
        if self.tiling.letters != REFERENCE:
            yield f"A control: the letters of each window were shuffled ({self.tiling.letters})."
        letters = self.reference.composition(self.region)
        unknown = letters.n + letters.other
        if unknown:
            yield f"{unknown:,} of {self.region.length:,} bases of {self.region} are not A, C, G or T."
        if self._unknown:
            yield f"{self._counted(self._unknown)} without any A, C, G or T: no value there."
        if self._broken:
            told = f"{self.model.name} gave NaN or infinity in {self._counted(self._broken)}"
            if np.isnan(values).all():
                raise GxviewError(f"{told} and no value in {self.region}; its weights may be damaged.")
            yield f"{told}: no value from there."

    def _counted(self, starts: set[int]) -> str:
        first = self._place(min(starts))
        return f"window {first}" if len(starts) == 1 else f"{len(starts):,} windows, the first {first}"
