from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gxview.viewer.places.matching import match, rank


@pytest.mark.parametrize(
    ("query", "better", "worse"),
    [
        ("zi", "Go: Zoom in", "View: Tracks panel size"),
        ("quit", "File: Quit", "x q u i t y"),
        ("og", "File: Open genome", "Go: Go to locus"),
        ("jobs", "View: Jobs panel", "Go: jump one base south"),
        ("light th", "View: Light theme", "Tracks: Right hand slight them"),
        ("zi", "Go: Zoom in", "Go: z z zi"[:6] + "oom out"),
    ],
)
def test_words_and_runs_of_letters_come_first(query, better, worse):
    assert (match(query, better) or 0) > (match(query, worse) or 0)
    assert match("xyz", better) is None


def test_the_best_of_all_ways_counts():
    # the first e stands in the middle of a word, the one that begins Export comes later
    assert match("exp", "File: see export") == pytest.approx(2.5 + 3 + 3 - 0.16)


def test_recently_used_ones_come_first_among_equals():
    titles = ["Go: Left", "Go: Right", "Go: Lower", "Go: Far"]
    assert rank("", titles, [3, 1]) == [3, 1, 0, 2]
    assert rank("go l", titles, [2]) == [2, 0]
    assert rank("left", titles, [2]) == [0]


@given(st.text(alphabet="abc d", max_size=6), st.text(alphabet="abcd ", max_size=14))
def test_a_query_matches_exactly_the_titles_that_hold_its_letters_in_order(query, title):
    letters = iter(title)
    assert (match(query, title) is not None) == all(letter in letters for letter in query.replace(" ", ""))
