"""Batches hold every sequence once, within their limits."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gxview.models.batching import equal_length_batches, similar_length_batches

lengths_of_sequences = st.lists(st.integers(1, 400), max_size=60)


@given(lengths_of_sequences, st.integers(1, 8), st.integers(1, 2000))
def test_every_index_once_and_within_the_limits(lengths, largest, cells):
    for batches in (equal_length_batches, similar_length_batches):
        found = list(batches(lengths, largest, cells))
        assert sorted(index for batch in found for index in batch) == list(range(len(lengths)))
        for batch in found:
            assert len(batch) <= largest
            assert len(batch) == 1 or len(batch) * max(lengths[index] for index in batch) <= cells


@given(lengths_of_sequences)
def test_equal_batches_are_equal_and_similar_ones_waste_little(lengths):
    for batch in equal_length_batches(lengths, 100, 10**6):
        assert len({lengths[index] for index in batch}) == 1
    for batch in similar_length_batches(lengths, 100, 10**6):
        shortest, longest = min(lengths[index] for index in batch), max(lengths[index] for index in batch)
        assert longest <= max(8, shortest * 4 / 3)
