"""The windows of one grid on one strand, computed in batches that their place on the grid alone decides.

Arithmetic depends on the shape of a batch: the last bits of a gradient change with the number of sequences and with
padding. Batch b always holds the windows ``b * group`` to ``(b + 1) * group - 1`` of the grid, whoever asks for one of
them, and only whole batches are kept. So the live track, the command line and an export agree to the bit. On a GPU the
shape of a launch is fixed (`gxview.explain.ladder`), and a batch is a single window.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

import numpy as np
import torch

from gxview.explain.attribution.work import never
from gxview.explain.batch import explain_batches
from gxview.explain.cache import BatchCache
from gxview.explain.launch import group_size
from gxview.explain.letters import REFERENCE, letters_of
from gxview.explain.relevance import Relevance
from gxview.explain.settings import Settings
from gxview.explain.windows import Windows
from gxview.genome import Reference, Region, reverse_complement
from gxview.models.base import Model

_BASES = frozenset("ACGT")
_LAUNCHES = 8  # on a GPU, so many at a time: enough to fill them, few enough to be stopped soon


@dataclass(frozen=True, slots=True)
class GridBatches:
    """Computes and keeps batches of windows.

    Attributes
    ----------
    model, settings
        What is explained and how.
    reference, chrom
        The sequence under the grid.
    grid : Windows
        The windows.
    strand : str
        ``'+'`` or ``'-'``.
    size : int
        Windows computed together.
    cache : BatchCache
        Keeps finished batches.
    letters : str
        What the model reads of each window, see `gxview.explain.letters`.
    cancelled : callable
        Asked within the work of a method that asks the model many times.
    """

    model: Model
    settings: Settings
    reference: Reference
    chrom: str
    grid: Windows
    strand: str
    size: int
    cache: BatchCache
    letters: str = REFERENCE
    cancelled: Callable[[], bool] = never

    @property
    def group(self) -> int:
        """Windows in a batch."""
        return group_size(self.model, self.settings, self.size)

    def steps(self, windows: range) -> Iterator[range]:
        """Yield the batches that hold these windows of the grid, as many at a time as should be computed together."""
        if not windows:
            return
        first, last = windows.start // self.group, -(-windows.stop // self.group)
        many = self.group < self.size and not self.settings.alone
        step = max(1, _LAUNCHES * self.size // self.group) if many else 1
        for start in range(first, last, step):
            yield range(start, min(start + step, last))

    def windows(self, batches: range) -> list[tuple[int, Relevance | None]]:
        """Return index and explanation of each window of some batches, computing those that are not kept.

        None stands for a window that holds no A, C, G or T. Values, tokens and spans run along the reference.

        Raises
        ------
        DeviceFull
            If `size` windows do not fit into memory.
        """
        found = {batch: self.cache.get(self._key(batch)) for batch in batches}
        missing = [batch for batch, kept in found.items() if kept is None]
        for batch, computed in zip(missing, self._compute(missing), strict=True):
            found[batch] = computed
            self.cache.put(self._key(batch), computed)
        together = chain.from_iterable(found[batch] or [] for batch in batches)
        return list(enumerate(together, start=batches.start * self.group))

    def _key(self, batch: int) -> Hashable:
        read = (self.reference.checksum, self.chrom, self.grid, self.strand, self.letters)
        place = (*read, self.size, self.group, batch)
        machine = (str(self.model.device), torch.get_num_threads())
        return (*place, self.model.content_hash, self.settings, *machine)

    def _compute(self, batches: Sequence[int]) -> list[list[Relevance | None]]:
        sequences = [self._sequences(batch) for batch in batches]
        known = [[one for one in group if not _BASES.isdisjoint(one)] for group in sequences]
        groups = [group for group in known if group]
        results = iter(explain_batches(self.model, groups, self.settings, self.size, self.cancelled))
        return [
            self._filled(group, iter(next(results) if some else []))
            for group, some in zip(sequences, known, strict=True)
        ]

    def _filled(self, sequences: Sequence[str], results: Iterator[Relevance]) -> list[Relevance | None]:
        """Put results in the place of the windows that have one."""
        windows: list[Relevance | None] = []
        for sequence in sequences:
            result = None if _BASES.isdisjoint(sequence) else next(results)
            windows.append(reverse(result) if result is not None and self.strand == "-" else result)
        return windows

    def _sequences(self, batch: int) -> list[str]:
        indices = range(batch * self.group, min((batch + 1) * self.group, len(self.grid)))
        starts, window = [self.grid.start(index) for index in indices], self.grid.window
        known = self.reference.fetch(Region(self.chrom, starts[0], starts[-1] + window)).upper()
        cut = [known[start - starts[0] : start - starts[0] + window] for start in starts]
        cut = [letters_of(one, self.chrom, start, self.letters) for one, start in zip(cut, starts, strict=True)]
        return [reverse_complement(sequence) for sequence in cut] if self.strand == "-" else cut


def reverse(relevance: Relevance) -> Relevance:
    """Turn the explanation of a reverse complement into the orientation of the sequence itself."""
    length, hypothetical = len(relevance.values), relevance.hypothetical
    return replace(
        relevance,
        sequence=reverse_complement(relevance.sequence),
        values=np.ascontiguousarray(relevance.values[::-1]),
        tokens=np.ascontiguousarray(relevance.tokens[::-1]),
        spans=np.ascontiguousarray(length - relevance.spans[::-1, ::-1]),
        # A, C, G, T backwards are their complements.
        hypothetical=None if hypothetical is None else np.ascontiguousarray(hypothetical[::-1, ::-1]),
    )
