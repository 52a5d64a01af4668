"""Groups of sequences that go through a network together."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence


def equal_length_batches(lengths: Sequence[int], largest: int, cells: int) -> Iterator[list[int]]:
    """Yield indices of sequences of exactly one length, at most ``largest`` of them and ``cells`` positions."""
    yield from _batches(lengths, largest, cells, lambda first, length: first != length)


def similar_length_batches(lengths: Sequence[int], largest: int, cells: int) -> Iterator[list[int]]:
    """Yield indices sorted by length, at most ``largest`` of them and ``cells`` positions after padding.

    A batch closes where padding would exceed a quarter of its positions.
    """
    yield from _batches(lengths, largest, cells, lambda first, length: length > max(8, first * 4 // 3))


def _batches(
    lengths: Sequence[int], largest: int, cells: int, differs: Callable[[int, int], bool]
) -> Iterator[list[int]]:
    batch: list[int] = []
    for index in sorted(range(len(lengths)), key=lengths.__getitem__):
        length = lengths[index]
        full = len(batch) >= largest or (len(batch) + 1) * length > cells
        if batch and (full or differs(lengths[batch[0]], length)):
            yield batch
            batch = []
        batch.append(index)
    if batch:
        yield batch
