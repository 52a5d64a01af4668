"""Near-duplicates and clusters against brute force."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from gxview.assess.probe.similar import find_similar, jaccard, words
from gxview.genome import reverse_complement


def random_letters(rng: np.random.Generator, length: int) -> str:
    return "".join(rng.choice(list("ACGT"), length))


def plain_words(sequence: str) -> set[str]:
    found = {sequence[at : at + 9] for at in range(len(sequence) - 8)}
    return {min(word, reverse_complement(word)) for word in found if "N" not in word}


def changed(rng: np.random.Generator, sequence: str, share: float) -> str:
    letters = np.array(list(sequence))
    where = rng.random(len(letters)) < share
    letters[where] = rng.choice(list("ACGT"), int(where.sum()))
    return "".join(letters)


def test_the_index_is_that_of_sets_of_words():
    rng = np.random.default_rng(0)
    for _ in range(20):
        one = random_letters(rng, 60)
        two = changed(rng, one, 0.05)[:50] + "N" + random_letters(rng, 9)
        a, b = plain_words(one), plain_words(two)
        assert jaccard(words(one), words(two)) == len(a & b) / len(a | b)


def test_relatives_are_found_on_both_strands_and_strangers_are_not():
    rng = np.random.default_rng(1)
    one = random_letters(rng, 80)
    sequences = [one, random_letters(rng, 80), reverse_complement(one), one[20:] + random_letters(rng, 20), one]
    found = find_similar(sequences, 0.3)
    assert found.clusters[0] == found.clusters[2] == found.clusters[3] == found.clusters[4]
    assert found.clusters[1] != found.clusters[0]
    assert found.leaks(np.array([0]), np.array([1, 2, 3])) == 2


def test_letters_without_a_word_are_told_apart():
    unknown = ["CAAAAAAC", "AAAAAAAC", "CAAAAAAN" * 12, "GAAAAAAN" * 12, "ACGTACGNNN", "ACGTACTNN", "ACGTACG"]
    found = find_similar([*unknown, reverse_complement(unknown[0]), unknown[2]], 0.3)
    assert len(set(found.clusters[:7])) == 7
    assert found.pairs.tolist() == [[0, 7], [2, 8]]


def test_every_pair_above_the_threshold_is_found():
    rng = np.random.default_rng(2)
    parents = [random_letters(rng, 90) for _ in range(30)]
    sequences = [changed(rng, parent, share) for parent in parents for share in (0.0, 0.03, 0.08, 0.3)]
    sets = [plain_words(sequence) for sequence in sequences]
    known = {
        (a, b) for a, b in combinations(range(len(sets)), 2) if len(sets[a] & sets[b]) / len(sets[a] | sets[b]) >= 0.4
    }
    found = {tuple(pair) for pair in find_similar(sequences, 0.4).pairs.tolist()}
    assert found <= known
    assert len(known) > 30
    assert len(known - found) <= 1  # MinHash misses one in 70,000 at this threshold


def test_short_sequences_and_such_of_n_are_alike_only_where_they_are_equal():
    found = find_similar(["ACGT", "ACGT", "AAAA", "TTTT", "N" * 30, "ACGTN"], 0.3)
    assert found.clusters[0] == found.clusters[1]
    assert found.clusters[2] == found.clusters[3]
    assert len(set(found.clusters.tolist())) == 4
