"""TOMTOM: p-values against enumeration, known motifs find themselves, and coordinates of alignments."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from scipy.stats import false_discovery_control

from gxview.errors import GxviewError
from gxview.evaluate.motifs.databases import open_database
from gxview.evaluate.motifs.motif import Motif
from gxview.evaluate.motifs.tomtom import Least, MotifDatabase, match_now, selection, tomtom, too_little

ANY = Least(overlap=1, bits=0.0)


def letters(text):
    return np.eye(4)[:, ["ACGT".index(letter) for letter in text]]


def database_of(words):
    return MotifDatabase(tuple(Motif(word, word, letters(word)) for word in words), "words")


WORDS = ["".join(row) for row in np.random.default_rng(5).choice(list("ACGT"), (200, 6))]


@pytest.fixture(scope="module")
def jaspar():
    return open_database("JASPAR2024:nematodes")


@pytest.mark.parametrize("width", [2, 3])
def test_p_values_equal_enumeration(width):
    # Columns are single letters: a column matches (score 1) or not (0, also its median, as for an overhang). A target
    # of six letters meets the query at 7 - width whole places, which TOMTOM takes as independent.
    database = database_of(WORDS)
    text = "".join(WORDS)
    both = text + text.translate(str.maketrans("ACGT", "TGCA"))
    queries = ["".join(query) for query in product("ACGT", repeat=width)]
    for query, found in zip(
        queries, tomtom([letters(one) for one in queries], database, top=None, least=ANY), strict=True
    ):
        chance = np.prod([both.count(letter) / len(both) for letter in query])
        one_strand = 1 - (1 - chance) ** (7 - width)
        full = [match for match in found if match.overlap == width and holds(match, query)]
        assert full
        for match in full:
            assert match.p_value == pytest.approx(1 - (1 - one_strand) ** 2, rel=1e-9)


def holds(match, query):
    """Return whether the aligned stretch of the motif, on the strand that is named, is the query."""
    word = match.motif.id
    if match.strand == "-":
        word = word[::-1].translate(str.maketrans("ACGT", "TGCA"))
    return word[max(match.offset, 0) : match.offset + len(query)] == query


def test_a_query_is_found_where_it_lies_on_the_strand_that_is_named():
    database = database_of([*WORDS, "AAACGCAAA", "TTGGCGTTT"])
    found = {match.motif.id: match for match in tomtom([letters("ACGCA")], database, top=None)[0]}
    there = found["AAACGCAAA"]
    assert (there.offset, there.overlap, there.strand) == (2, 5, "+")
    behind = {match.motif.id: match for match in tomtom([letters("ACGCC")], database, top=None)[0]}["TTGGCGTTT"]
    assert (behind.offset, behind.overlap, behind.strand) == (2, 5, "-")


def test_a_match_needs_five_aligned_positions_in_which_the_query_says_something():
    # The rim of a wide motif against a few vague letters: memelite alone calls it highly significant.
    wide = "YGCCMYCTRSTGGCCRCWGSDGGMACTGCAG".translate(str.maketrans("YRSWKMD", "CAGAGAG"))
    database = database_of([*WORDS, wide])
    vague = np.array([[0.05, 0.1, 0.1, 0.05], [0.05, 0.1, 0.1, 0.35], [0.05, 0.4, 0.4, 0.3], [0.85, 0.4, 0.4, 0.3]])
    assert len(tomtom([vague], database, top=None, least=ANY)[0]) == 201
    assert tomtom([vague], database, top=None) == [[]]
    assert too_little(vague).startswith("4 positions with 1.9 bits are too little to compare; 5 positions and 4 bits")
    assert too_little(np.full((4, 9), 0.25)).startswith("9 positions with 0.0 bits")
    assert too_little(letters("ACGTA")) == ""
    every = tomtom([letters("TTGCGCGCGC")], database, top=None, least=ANY)[0]
    kept = tomtom([letters("TTGCGCGCGC")], database, top=None)[0]
    assert [m.motif.id for m in kept] == [m.motif.id for m in every if m.overlap >= 5]
    assert 0 < len(kept) < len(every)
    assert {m.q_value for m in kept} <= {m.q_value for m in every}


def test_bits_are_those_of_the_aligned_positions_of_the_query():
    query = np.hstack([np.full((4, 3), 0.25), letters("GCGCGC"), np.full((4, 2), 0.25)])
    match = next(m for m in tomtom([query], database_of([*WORDS, "GCGCGC"]))[0] if m.motif.id == "GCGCGC")
    assert (match.offset, match.overlap, match.bits) == (-3, 6, pytest.approx(12))


def test_an_overhang_has_a_negative_offset():
    database = database_of([*WORDS, "GCGCGCGC"])
    match = next(m for m in tomtom([letters("TTGCGCGCGC")], database, top=None)[0] if m.motif.id == "GCGCGCGC")
    assert (match.offset, match.overlap) == (-2, 8)


def test_every_motif_of_jaspar_finds_itself_first(jaspar):
    found = tomtom(jaspar.motifs, jaspar, top=3)
    assert [matches[0].motif.id for matches in found] == [motif.id for motif in jaspar.motifs]
    for motif, matches in zip(jaspar.motifs, found, strict=True):
        assert (matches[0].offset, matches[0].overlap) == (0, motif.width)
        assert matches[0].p_value < 1e-3
        assert [match.p_value for match in matches] == sorted(match.p_value for match in matches)


def test_motifs_made_of_the_database_s_columns_have_calibrated_p_values(jaspar):
    rng = np.random.default_rng(3)
    columns = np.concatenate([motif.probabilities for motif in jaspar.motifs], axis=1)
    both = np.concatenate([columns, columns[::-1]], axis=1)
    random = tuple(Motif(f"R{n}", "", both[:, rng.integers(0, both.shape[1], 8)], "probabilities") for n in range(600))
    found = tomtom(jaspar.motifs[:5], MotifDatabase(jaspar.motifs + random), top=None, least=ANY)
    p_values = np.array([match.p_value for matches in found for match in matches if match.motif.id.startswith("R")])
    assert 0.06 < (p_values <= 0.1).mean() < 0.14
    assert 0.4 < np.median(p_values) < 0.6


def test_q_values_are_those_of_benjamini_and_hochberg(jaspar):
    found = tomtom(jaspar.motifs[:2], jaspar, top=None, least=ANY)
    for matches in found:
        expected = false_discovery_control([match.p_value for match in matches])
        np.testing.assert_allclose([match.q_value for match in matches], expected)


def test_one_query_gets_the_same_answer_alone(jaspar):
    together = tomtom(jaspar.motifs[:8], jaspar, top=4)
    for motif, matches in zip(jaspar.motifs[:8], together, strict=True):
        alone = match_now(motif, jaspar, top=4)
        assert [(m.motif.id, m.p_value, m.offset) for m in alone] == [
            (m.motif.id, m.p_value, m.offset) for m in matches
        ]


def test_a_reverse_complement_matches_alike_on_the_other_strand(jaspar):
    motif = max(jaspar.motifs, key=lambda one: one.information.sum())
    there, back = match_now(motif, jaspar)[0], match_now(motif.reverse_complement(), jaspar)[0]
    assert (there.motif.id, back.motif.id) == (motif.id, motif.id)
    assert {there.strand, back.strand} == {"+", "-"}
    assert back.p_value == pytest.approx(there.p_value, rel=0.05)


def test_selected_bases_count_by_their_relevance():
    np.testing.assert_array_equal(selection("acgt"), np.eye(4))
    np.testing.assert_array_equal(selection("AN"), [[1, 0.25], [0, 0.25], [0, 0.25], [0, 0.25]])
    weighed = selection("AC", np.array([-2.0, 1.0]))
    np.testing.assert_allclose(weighed, [[1, 0.125], [0, 0.625], [0, 0.125], [0, 0.125]])
    np.testing.assert_array_equal(selection("AC", np.zeros(2)), letters("AC"))
    np.testing.assert_array_equal(selection("AC", np.array([1.0, np.nan]))[:, 1], np.full(4, 0.25))
    with pytest.raises(GxviewError, match="one or more bases"):
        selection("AC", np.zeros(3))


@pytest.mark.parametrize(
    ("query", "words"),
    [
        (np.ones((3, 5)), "four rows"),
        (np.ones((4, 0)), "four rows"),
        (np.ones((4, 61)), "61 columns; compare 2 to 60"),
        (np.ones((4, 1)), "1 columns; compare 2 to 60"),
        (-np.ones((4, 5)), "below 0"),
        (np.full((4, 5), np.nan), "not a finite number"),
    ],
)
def test_a_query_that_is_no_motif_says_so(query, words, jaspar):
    with pytest.raises(GxviewError, match=f"Query 2 cannot be compared with motifs: .*{words}"):
        tomtom([np.ones((4, 5)), query], jaspar)


def test_unknown_bases_and_no_queries_are_fine(jaspar):
    assert tomtom([], jaspar) == []
    assert len(tomtom([np.zeros((4, 6))], jaspar, top=2, least=ANY)[0]) == 2


def test_a_small_database_warns_in_words(jaspar):
    assert jaspar.note == ""
    small = MotifDatabase(jaspar.motifs[:7], "mine")
    assert small.note.startswith("mine holds 7 motifs; p-values against fewer than 25 depend")
    assert match_now(jaspar.motifs[2], small)[0].motif.id == jaspar.motifs[2].id
    with pytest.raises(GxviewError, match="holds no motif"):
        MotifDatabase((), "nothing")
