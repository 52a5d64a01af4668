"""The windows of one grid on one strand, computed in batches that their place on the grid alone decides.

Arithmetic depends on the shape of a batch: the last bits of a gradient change with the number of sequences and with
padding. Batch b always holds the windows ``b * size`` to ``(b + 1) * size - 1`` of the grid, whoever asks for one of
them, and only whole batches are kept. So the live track, the command line and an export agree to the bit.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace

import numpy as np
import torch

from gxview.explain.batch import Relevance, explain_batch
from gxview.explain.cache import BatchCache
from gxview.explain.settings import Settings
from gxview.explain.windows import WindowGrid
from gxview.genome import Reference, Region, reverse_complement
from gxview.models.base import Model

_BASES = frozenset("ACGT")


@dataclass(frozen=True, slots=True)
class GridBatches:
    """Computes and keeps batches of windows.

    Attributes
    ----------
    model, settings
        What is explained and how.
    reference, chrom
        The sequence under the grid.
    grid : WindowGrid
        The windows.
    strand : str
        ``'+'`` or ``'-'``.
    size : int
        Windows in a batch.
    cache : BatchCache
        Keeps finished batches.
    """

    model: Model
    settings: Settings
    reference: Reference
    chrom: str
    grid: WindowGrid
    strand: str
    size: int
    cache: BatchCache

    def batches(self, windows: range) -> range:
        """Return the batches that hold these windows of the grid."""
        return range(windows.start // self.size, -(-windows.stop // self.size)) if windows else range(0)

    def windows(self, batch: int) -> list[tuple[int, Relevance | None]]:
        """Return index and explanation of each window of a batch, computing it where it is not kept.

        None stands for a window that holds no A, C, G or T. Values, tokens and spans run along the reference.

        Raises
        ------
        DeviceFull
            If the batch does not fit into memory.
        """
        key = self._key(batch)
        found = self.cache.get(key)
        if found is None:
            found = self._compute(batch)
            self.cache.put(key, found)
        return list(enumerate(found, start=batch * self.size))

    def _key(self, batch: int) -> Hashable:
        place = (self.reference.checksum, self.chrom, self.grid, self.strand, self.size, batch)
        machine = (str(self.model.device), torch.get_num_threads())
        return (*place, self.model.content_hash, self.settings, *machine)

    def _compute(self, batch: int) -> list[Relevance | None]:
        sequences = self._sequences(batch)
        known = [index for index, sequence in enumerate(sequences) if not _BASES.isdisjoint(sequence)]
        windows: list[Relevance | None] = [None] * len(sequences)
        if known:
            results = explain_batch(self.model, [sequences[index] for index in known], self.settings)
            for index, result in zip(known, results, strict=True):
                windows[index] = reverse(result) if self.strand == "-" else result
        return windows

    def _sequences(self, batch: int) -> list[str]:
        indices = range(batch * self.size, min((batch + 1) * self.size, len(self.grid)))
        starts, window = [self.grid.start(index) for index in indices], self.grid.window
        letters = self.reference.fetch(Region(self.chrom, starts[0], starts[-1] + window)).upper()
        cut = [letters[start - starts[0] : start - starts[0] + window] for start in starts]
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
