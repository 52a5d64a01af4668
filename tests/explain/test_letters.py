"""Shuffled letters as a control: each window by a seed of its own, whatever region is asked for."""

from __future__ import annotations

import itertools
from collections import Counter

import numpy as np
import pytest

from gxview.errors import UsageError
from gxview.explain import explain, explain_region
from gxview.explain.keeping import expected_provenance, fingerprint
from gxview.explain.letters import CHOICES, letters_of
from gxview.genome import Region, reverse_complement

WINDOW = "ACGTTGCAAC" * 6


def pairs(text):
    return Counter(itertools.pairwise(text))


@pytest.mark.parametrize("letters", CHOICES)
def test_a_window_has_one_shuffle_and_keeps_its_counts(letters):
    found = letters_of(WINDOW, "chr1", 600, letters)
    assert found == letters_of(WINDOW, "chr1", 600, letters)
    assert Counter(found) == Counter(WINDOW)
    if letters != "mononucleotide":
        assert pairs(found) == pairs(WINDOW)
    assert (found == WINDOW) == (letters == "reference")


def test_windows_with_the_same_letters_are_shuffled_apart():
    found = {letters_of(WINDOW, chrom, start, "dinucleotide") for chrom in ("chr1", "chr2") for start in range(5)}
    assert len(found) > 5


def test_panning_changes_nothing(model, reference):
    rules = {"window": 60, "stride": 30, "letters": "dinucleotide"}
    whole = explain_region(model, reference, Region("chr2", 0, 300), **rules)
    part = explain_region(model, reference, Region("chr2", 97, 211), **rules)
    np.testing.assert_array_equal(part.values, whole.values[97:211])
    plain = explain_region(model, reference, Region("chr2", 97, 211), window=60, stride=30)
    assert not np.array_equal(part.values, plain.values)


def test_the_values_are_those_of_the_shuffled_window_on_both_strands(model, reference):
    place = Region("chr2", 60, 120)
    read = letters_of(reference.fetch(place).upper(), "chr2", 60, "dinucleotide")
    rules = {"window": 60, "stride": 60, "letters": "dinucleotide"}
    plus = explain_region(model, reference, place, **rules)
    np.testing.assert_allclose(plus.values, explain(model, [read])[0].values, rtol=1e-4, atol=1e-6)
    minus = explain_region(model, reference, place, strand="-", **rules)
    there = explain(model, [reverse_complement(read)])[0].values[::-1]
    np.testing.assert_allclose(minus.values, there, rtol=1e-4, atol=1e-6)


def test_it_is_told_and_named(cnn, reference):
    place = Region("chr2", 0, 100)
    found = explain_region(cnn, reference, place, letters="dinucleotide")
    assert found.provenance["letters"] == "dinucleotide"
    assert any("shuffled (dinucleotide)" in note for note in found.notes)
    size = found.provenance["batch_size"]
    names = {fingerprint(expected_provenance(cnn, reference, size, letters=one), place) for one in (None, *CHOICES)}
    assert len(names) == 3  # None is the reference
    assert fingerprint(found.provenance, place) in names


def test_an_unknown_choice_is_refused(cnn, reference):
    with pytest.raises(UsageError, match="The letters are reference, dinucleotide or mononucleotide, not 'x'"):
        explain_region(cnn, reference, Region("chr2", 0, 100), letters="x")
