import itertools
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chisquare

from gxview.errors import UsageError
from gxview.genome.shuffle import (
    dinucleotide_shuffle,
    dinucleotide_shuffles,
    mononucleotide_shuffle,
    mononucleotide_shuffles,
)


def pair_counts(sequence):
    return Counter(itertools.pairwise(sequence))


def test_ten_thousand_shuffles_keep_all_sixteen_counts():
    rng = np.random.default_rng(0)
    sequence = "".join(rng.choice(list("ACGT"), 120, p=[0.4, 0.1, 0.2, 0.3]))
    shuffles = dinucleotide_shuffles(sequence, 10_000, rng)
    expected = pair_counts(sequence)
    assert all(pair_counts(one) == expected for one in shuffles)
    assert {(one[0], one[-1]) for one in shuffles} == {(sequence[0], sequence[-1])}
    assert len(set(shuffles)) > 9_990


@pytest.mark.parametrize("sequence", ["ACGATACGGA", "AACAGATAA", "ACGTACGTTC", "TGAACCGGTT"])
def test_every_walk_over_the_same_pairs_is_equally_likely(sequence):
    inner = set(itertools.permutations(sequence[1:-1]))
    walks = {sequence[0] + "".join(one) + sequence[-1] for one in inner}
    walks = sorted(one for one in walks if pair_counts(one) == pair_counts(sequence))
    found = Counter(dinucleotide_shuffles(sequence, 20_000, np.random.default_rng(1)))
    assert sorted(found) == walks
    assert chisquare([found[one] for one in walks]).pvalue > 1e-4


dna = st.text("ACGTNacgtR", max_size=60)


@given(dna, st.integers(0, 2**32 - 1))
def test_unknown_letters_stay_and_each_run_keeps_its_letters(sequence, seed):
    upper = sequence.upper()
    for shuffled, ends in ((dinucleotide_shuffle, True), (mononucleotide_shuffle, False)):
        found = shuffled(sequence, np.random.default_rng(seed))
        assert len(found) == len(sequence)
        known = [letter in "ACGT" for letter in upper]
        assert all(a == b for a, b, base in zip(upper, found, known, strict=True) if not base)
        for base, run in itertools.groupby(range(len(upper)), key=known.__getitem__):
            if not base:
                continue
            places = list(run)
            before, after = (text[places[0] : places[-1] + 1] for text in (upper, found))
            assert Counter(before) == Counter(after)
            if ends:
                assert pair_counts(before) == pair_counts(after)
                assert (before[0], before[-1]) == (after[0], after[-1])


def test_mononucleotide_shuffles_take_every_order_alike():
    found = Counter(mononucleotide_shuffles("AACG", 12_000, np.random.default_rng(0)))
    assert len(found) == 12
    assert chisquare(list(found.values())).pvalue > 1e-4


def test_the_seed_settles_the_shuffle():
    sequence = "ACGTTGCAACGTAGCTAGCTAACG"
    first, second, other = (dinucleotide_shuffle(sequence, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert first == second != other


def test_short_and_uniform_sequences_come_back():
    assert dinucleotide_shuffles("", 2, np.random.default_rng(0)) == ["", ""]
    for sequence in ("A", "AC", "AAAA", "NNN"):
        assert dinucleotide_shuffle(sequence, np.random.default_rng(0)) == sequence


def test_no_shuffle_is_no_request():
    with pytest.raises(UsageError, match="at least one shuffle"):
        dinucleotide_shuffles("ACGT", 0, np.random.default_rng(0))
