"""Edits over a reference: letters and places against plain strings."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gxview.errors import GxviewError
from gxview.genome import Coordinates, Edit, EditedReference, Edits, Reference, Region
from gxview.genome.edited import edited_region

TEXT = "ACGTTGCAAGCTTACGGATCCATGACCTGAATTCGGCTAAGTCC"


@pytest.fixture(scope="module")
def reference(tmp_path_factory) -> Reference:
    path = tmp_path_factory.mktemp("genome") / "g.fa"
    path.write_text(f">a\n{TEXT}\n>b\n{TEXT.lower()}\n")
    return Reference(path)


puts = st.lists(
    st.tuples(
        st.integers(0, len(TEXT)), st.integers(0, 6), st.text("ACGT", max_size=7)
    ).filter(lambda one: one[0] + one[1] <= len(TEXT) and (one[1] or one[2])),
    max_size=6,
)  # fmt: skip


def laid(reference: Reference, changes) -> Edits:
    """Put changes one after the other, leaving out those that are refused."""
    edits = Edits()
    for start, length, text in changes:
        try:
            edits = edits.put(reference, "a", start, start + length, text)
        except GxviewError:
            continue
    return edits


def columns(edits: Edits) -> list[tuple[int | None, str]]:
    """The edited sequence by hand: base of the reference (None where inserted) and letter of each place."""
    found: list[tuple[int | None, str]] = []
    at = 0
    for edit in edits:
        found += [(k, TEXT[k]) for k in range(at, edit.start)]
        found += [(edit.start + k if k < len(edit.before) else None, letter) for k, letter in enumerate(edit.text)]
        at = edit.end
    return found + [(k, TEXT[k]) for k in range(at, len(TEXT))]


@given(puts, st.data())
def test_letters_and_places_are_those_of_the_string_made_by_hand(reference, changes, data):
    edits = laid(reference, changes)
    edited, by_hand = EditedReference(reference, edits), columns(edits)
    places = edited.coordinates("a")
    assert edited.sizes == {"a": len(by_hand), "b": len(TEXT)}
    assert edited.fetch(Region("b", 0, 5)) == TEXT[:5].lower()
    if not by_hand:
        return
    start = data.draw(st.integers(0, len(by_hand) - 1))
    end = data.draw(st.integers(start + 1, len(by_hand)))
    assert edited.fetch(Region("a", start, end)) == "".join(letter for _, letter in by_hand[start:end])
    assert [places.unlift(k) for k in range(len(by_hand))] == [base for base, _ in by_hand]
    where = {base: k for k, (base, _) in enumerate(by_hand) if base is not None}
    np.testing.assert_array_equal(places.positions(0, len(TEXT)), [where.get(k, -1) for k in range(len(TEXT))])
    later = [next((where[k] for k in range(base, len(TEXT)) if k in where), len(by_hand)) for base in range(len(TEXT))]
    assert [places.lift(k) for k in range(len(TEXT))] == later
    next_base = [next((b for b, _ in by_hand[k:] if b is not None), len(TEXT)) for k in range(len(by_hand))]
    assert [places.anchor(k) for k in range(len(by_hand))] == next_base


@given(puts)
def test_edits_say_what_the_reference_has_and_change_each_base_once(reference, changes):
    edits = laid(reference, changes)
    for edit in edits:
        assert edit.before == TEXT[edit.start : edit.end]
        assert edit.before != edit.text
    assert not [one for one, after in pairwise(edits) if one.end > after.start]


@given(st.integers(0, len(TEXT) - 1), st.integers(1, 9), st.text("ACGT", max_size=9))
def test_writing_the_letters_of_the_reference_undoes_a_substitution(reference, start, length, text):
    end = min(len(TEXT), start + length)
    changed = Edits().put(reference, "a", start, end, (text * 9)[: end - start] if text else "A" * (end - start))
    assert not changed.put(reference, "a", start, end, TEXT[start:end])


@pytest.mark.parametrize(
    ("start", "end", "text", "edit"),
    [
        (2, 3, "A", Edit("a", 2, "G", "A")),
        (2, 6, "GTAG", Edit("a", 4, "T", "A")),
        (3, 5, "T", Edit("a", 3, "T", "")),  # of TT the left one goes, as in VCF
        (8, 8, "ggg", Edit("a", 8, "", "GGG")),
        (0, 4, "AT", Edit("a", 1, "CG", "")),
        (len(TEXT), len(TEXT), "A", Edit("a", len(TEXT), "", "A")),
    ],
)
def test_only_what_differs_is_an_edit(reference, start, end, text, edit):
    assert Edits().put(reference, "a", start, end, text).items == (edit,)


def test_neighbouring_letters_that_were_typed_are_one_edit(reference):
    edits = Edits().put(reference, "a", 4, 5, "A").put(reference, "a", 5, 6, "A").put(reference, "a", 3, 4, "C")
    assert edits.items == (Edit("a", 3, "TTG", "CAA"),)
    # a letter in its middle is set back
    assert [str(edit) for edit in edits.put(reference, "a", 4, 5, "T")] == ["a:4 T>C", "a:6 G>A"]


def test_insertions_at_one_place_follow_each_other(reference):
    edits = Edits().put(reference, "a", 5, 5, "AA").put(reference, "a", 5, 5, "CC")
    assert edits.items == (Edit("a", 5, "", "AACC"),)


def test_an_indel_that_would_be_cut_is_told(reference):
    edits = Edits().put(reference, "a", 10, 20, "")
    with pytest.raises(GxviewError, match=r"a:11-20 .10 bp would be cut"):
        edits.put(reference, "a", 15, 25, "ACGTACGTAC")
    assert edits.put(reference, "a", 9, 21, "A").items[0].origin == ""


def test_bad_input_is_told_in_words(reference):
    with pytest.raises(GxviewError, match="'X' is no base"):
        Edits().put(reference, "a", 3, 4, "X")
    with pytest.raises(GxviewError, match="has 44 bases"):
        Edits().put(reference, "a", 40, 50, "A")
    with pytest.raises(GxviewError, match="at most 100,000"):
        Edits().put(reference, "a", 3, 4, "A" * 100_001)
    with pytest.raises(GxviewError, match="change the same bases"):
        Edits((Edit("a", 3, "TT", "AA"), Edit("a", 4, "T", "G")))


def test_the_checksum_tells_edits_apart_and_without_edits_is_that_of_the_genome(reference):
    one, other = Edits().put(reference, "a", 4, 5, "A"), Edits().put(reference, "a", 4, 5, "C")
    sums = {EditedReference(reference, edits).checksum for edits in (Edits(), one, other)}
    assert len(sums) == 3
    assert reference.checksum in sums
    told = EditedReference(reference, one).facts()
    assert told["edits"] == ["a:5 T>A"]
    assert told["original"] == {"name": "g.fa", "checksum": reference.checksum}


def test_the_words_of_an_edit():
    assert str(Edit("chr1", 1000, "A", "G")) == "chr1:1,001 A>G"
    assert str(Edit("chr1", 1000, "", "ACGT")) == "chr1:1,000^1,001 +ACGT"
    assert str(Edit("chr1", 1000, "A" * 120, "")) == "chr1:1,001-1,120 \N{MINUS SIGN}120 bp"


def test_a_region_in_the_edited_sequence(reference):
    edited = EditedReference(reference, Edits((Edit("a", 10, TEXT[10:20], ""), Edit("a", 30, "", "CCC"))))
    assert edited_region(edited, Region("a", 5, 12)) == Region("a", 5, 10)
    assert edited_region(edited, Region("a", 12, 18)) is None
    assert edited_region(edited, Region("a", 28, 32)) == Region("a", 18, 25)
    assert Coordinates(44).positions(3, 6).tolist() == [3, 4, 5]
