"""Explaining an edited sequence: its windows by rule, its values against explain() of the strings themselves."""

from __future__ import annotations

import json
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gxview.errors import GxviewError
from gxview.explain import BatchCache, explain, explain_region, grid_batches
from gxview.explain.edit_effect import edit_effect
from gxview.explain.edited_windows import EditedWindows
from gxview.explain.engine import Engine
from gxview.explain.keeping import expected_provenance, fingerprint, pack, unpack
from gxview.explain.windows import WindowGrid
from gxview.export import export_explanations, export_region
from gxview.genome import Coordinates, Edit, EditedReference, Edits, Region, reverse_complement

WINDOW, STRIDE = 60, 30


@st.composite
def edited_grids(draw):
    """A grid and edits of a chromosome of one repeated letter; their letters do not matter for the windows."""
    size = draw(st.integers(1, 120))
    window = draw(st.integers(1, 30))
    stride = draw(st.integers(1, window))
    grid = WindowGrid(size, window, stride, draw(st.integers(0, stride - 1)))
    edits, at = [], 0
    for _ in range(draw(st.integers(0, 4))):
        start = draw(st.integers(at, size))
        end = draw(st.integers(start, min(size, start + 40)))
        text = "C" * draw(st.integers(0 if end > start else 1, 50))
        edits.append(Edit("a", start, "A" * (end - start), text))
        at = end + 1
        if at > size:
            break
    return EditedWindows(grid, Coordinates(size, tuple(edits)))


@given(edited_grids())
def test_windows_cover_the_edited_sequence_and_keep_what_no_edit_touches(windows):
    grid, places = windows.grid, windows.coordinates
    starts = [windows.start(index) for index in range(len(windows))]
    if places.length < grid.window:
        assert not starts
        return
    assert starts[0] == 0
    assert starts[-1] == places.length - grid.window
    assert all(0 < after - one <= grid.window for one, after in pairwise(starts))
    origins = [places.unlift(place) for place in range(places.length)]
    substituted = {base for edit in places.edits for base in range(edit.start, edit.start + edit.common)}
    plain = {}
    for run in windows.runs:
        for place, index in enumerate(run.plain):
            begin = starts[run.first + place]
            plain[index] = begin
            bases = origins[begin : begin + grid.window]
            assert bases == list(range(grid.start(index), grid.start(index) + grid.window))
            assert not substituted.intersection(bases)
    touched = {index for edit in places.edits for index in windows.touched(edit)}
    assert plain.keys() == set(range(len(grid))) - touched
    if all(edit.shift == 0 for edit in places.edits):
        assert starts == [grid.start(index) for index in range(len(grid))]


def edit_of(reference, chrom, start, length, text) -> Edits:
    return Edits().put(reference, chrom, start, start + length, text)


CHANGES = {
    "substitution": (100, 1, "N"),
    "shuffle": (90, 12, "ACGTTGCATTGA"),
    "deletion": (100, 17, ""),
    "insertion": (100, 0, "ACGTTGCAACG"),
    "long insertion": (100, 0, "ACGTTGCAACGAGCT" * 12),
    "replacement": (95, 20, "TTTTTA"),
}


def by_hand(model, edited, chrom, strand):
    """Relevance along the edited sequence, stitched from explain() of the string of each window of the rule."""
    letters = edited.fetch(Region(chrom, 0, edited.sizes[chrom])).upper()
    windows = EditedWindows(WindowGrid(edited.original.sizes[chrom], WINDOW, STRIDE), edited.coordinates(chrom))
    total, count = np.zeros(len(letters)), np.zeros(len(letters))
    starts = [windows.start(index) for index in range(len(windows))]
    cut = [letters[start : start + WINDOW] for start in starts]
    explained = explain(model, [reverse_complement(one) if strand == "-" else one for one in cut])
    for start, one in zip(starts, explained, strict=True):
        total[start : start + WINDOW] += one.values[::-1] if strand == "-" else one.values
        count[start : start + WINDOW] += 1
    return total / count


@pytest.mark.parametrize(("change", "strand"), [*((change, "+") for change in CHANGES), ("replacement", "-")])
def test_the_values_are_those_of_the_strings_of_the_windows(model, reference, change, strand):
    edits = edit_of(reference, "chr2", *CHANGES[change])
    edited = EditedReference(reference, edits)
    wanted = by_hand(model, edited, "chr2", strand)
    region = Region("chr2", 20, 300)
    found = explain_region(model, reference, region, strand=strand, edits=edits)
    places = edited.coordinates("chr2").positions(region.start, region.end)
    expected = np.where(places >= 0, wanted[places], np.nan)
    np.testing.assert_allclose(found.values, expected, atol=1e-3 * np.nanmax(np.abs(expected)))
    assert np.isnan(found.score[places < 0]).all()
    assert (found.hypothetical is None) == (model.kind == "dnabert2")
    assert [token for token in found.tokens if token.start < 0 or token.end <= token.start] == []


@pytest.mark.parametrize("change", CHANGES)
def test_away_from_the_edit_the_values_are_those_of_the_reference_to_the_bit(model, reference, change):
    start, length, text = CHANGES[change]
    edits, cache = edit_of(reference, "chr2", start, length, text), BatchCache()
    plain = explain_region(model, reference, "chr2", cache=cache)
    found = explain_region(model, reference, "chr2", edits=edits, cache=cache)
    left, right = start - WINDOW + 1, start + length + WINDOW
    for part in (slice(0, left), slice(right, 333)):
        np.testing.assert_array_equal(found.values[part], plain.values[part])
        np.testing.assert_array_equal(found.score[part], plain.score[part])
    near = slice(left, right)
    assert not np.array_equal(found.values[near], plain.values[near])


def test_a_region_of_the_edited_sequence_has_one_value_per_base(model, reference):
    edits = edit_of(reference, "chr2", 100, 17, "ACG")
    whole = explain_region(model, reference, "chr2", edits=edits)
    part = explain_region(model, reference, "chr2:91-200", edits=edits)
    np.testing.assert_array_equal(part.values, whole.values[90:200])
    np.testing.assert_array_equal(part.score, whole.score[90:200])


def test_inserted_bases_are_told_and_a_deleted_region_has_no_value(model, reference):
    inserted = explain_region(model, reference, "chr2", edits=edit_of(reference, "chr2", 100, 0, "ACGTT"))
    assert any("5 inserted bases have no place on the reference" in note for note in inserted.notes)
    deleted = explain_region(model, reference, "chr2:111-120", edits=edit_of(reference, "chr2", 100, 40, ""))
    assert np.isnan(deleted.values).all()
    assert "All of chr2:111-120 is deleted." in deleted.notes


def test_provenance_and_names_in_a_cache_tell_that_the_sequence_is_edited(model, reference):
    edits, region = edit_of(reference, "chr2", 100, 1, "N"), Region("chr2", 90, 120)
    plain = explain_region(model, reference, region)
    found = explain_region(model, reference, region, edits=edits)
    told = found.provenance["reference"]
    assert told["edited"] is True
    assert told["original"] == plain.provenance["reference"]
    assert told["edits"] == [f"chr2:101 {reference.fetch(Region('chr2', 100, 101))}>N"]
    names = {fingerprint(one.provenance, region) for one in (plain, found)}
    assert len(names) == 2
    size = found.provenance["batch_size"]
    assert fingerprint(expected_provenance(model, reference, size, edits=edits), region) in names
    np.testing.assert_array_equal(unpack(pack(found)).values, found.values)


@pytest.mark.parametrize("change", CHANGES)
def test_the_effect_sets_predictions_and_letters_side_by_side(model, reference, change):
    edits = edit_of(reference, "chr2", *CHANGES[change])
    (edit,) = edits
    edited = EditedReference(reference, edits)
    found = edit_effect(model, reference, edits, edit, batch_size=8)
    start = found.region.start
    old, new = found.reference_letters.replace("-", ""), found.edited_letters.replace("-", "")
    assert old == reference.fetch(found.region).upper()
    assert new == edited.fetch(Region("chr2", start, start + len(new))).upper()
    assert len(found.reference_letters) == len(found.edited_letters) == len(found.edited_values)
    gaps = np.array(list(found.edited_letters)) == "-"
    np.testing.assert_array_equal(np.isnan(found.edited_values), gaps)
    aligned = [k for k, (a, b) in enumerate(zip(found.reference_letters, found.edited_letters, strict=True)) if a == b]
    assert len(aligned) >= 40
    plain = explain_region(model, reference, found.region)
    kept = ~np.isnan(found.reference_values)
    np.testing.assert_allclose(found.reference_values[kept], plain.values, rtol=1e-4, atol=1e-6)
    # the windows by hand
    grid = WindowGrid(333, WINDOW, STRIDE)
    windows = EditedWindows(grid, edited.coordinates("chr2"))
    assert [one.start for one in sorted(found.windows, key=lambda one: one.start)] == [
        grid.start(index) for index in windows.touched(edit)
    ]
    for one in found.windows:
        begin = edited.coordinates("chr2").lift(one.start)
        cut = [
            reference.fetch(Region("chr2", one.start, one.end)),
            edited.fetch(Region("chr2", begin, begin + WINDOW)),
        ]
        before, after = (float(side.logits[-1]) for side in explain(model, cut))
        assert one.logit_before == pytest.approx(before, abs=1e-4)
        assert one.logit_after == pytest.approx(after, abs=1e-4)
    changes = [abs(one.logit_after - one.logit_before) for one in found.windows]
    assert changes == sorted(changes, reverse=True)


def test_files_of_an_edited_sequence_say_so_and_indels_are_refused(cnn, reference, tmp_path):
    edits = edit_of(reference, "chr2", 100, 2, "NN")
    found = explain_region(cnn, reference, "chr2:91-120", edits=edits)
    export_explanations(tmp_path / "a.bw", [found], reference)
    told = json.loads((tmp_path / "a.provenance.json").read_text())["reference"]
    assert told["edits"] == [edit.facts() for edit in edits]
    assert "sequence with 1 edit" in (tmp_path / "a.ucsc.txt").read_text()
    shorter = explain_region(cnn, reference, "chr2:91-120", edits=edit_of(reference, "chr2", 100, 2, ""))
    with pytest.raises(GxviewError, match="insertions or deletions"):
        export_explanations(tmp_path / "b.bw", [shorter], reference)
    assert not (tmp_path / "b.bw").exists()


def test_the_engine_keeps_windows_of_the_reference_for_the_edited_sequence(
    cnn, tiny_cnn_folder, reference, monkeypatch
):
    engine = Engine(export_region)
    engine.load(str(tiny_cnn_folder), "cpu")
    edits, region = edit_of(reference, "chr2", 100, 1, "N"), Region("chr2", 0, 333)
    engine.explain_region(reference, region, model=str(tiny_cnn_folder))
    asked = []
    compute = grid_batches.explain_batches

    def counted(model, groups, *rest):
        asked.extend(sequence for group in groups for sequence in group)
        return compute(model, groups, *rest)

    monkeypatch.setattr(grid_batches, "explain_batches", counted)
    found = engine.explain_region(reference, region, model=str(tiny_cnn_folder), edits=edits)
    # 100 lies in the windows from 60 and from 90 on
    assert [sequence.count("N") for sequence in asked] == [1, 1]
    assert engine.fingerprint(reference, region, model=str(tiny_cnn_folder), edits=edits) == engine.pack(found)[0]
    asked.clear()
    (edit,) = edits
    effect = engine.edit_effect(reference, edits, edit, model=str(tiny_cnn_folder))
    assert not asked
    assert len(effect.windows) == 2


def test_both_strands_and_shifted_grids_are_averaged_as_on_the_reference(cnn, reference):
    edits, region = edit_of(reference, "chr2", 100, 17, "ACG"), Region("chr2", 60, 180)
    plus, minus, mean = (explain_region(cnn, reference, region, strand=one, edits=edits) for one in ("+", "-", "mean"))
    np.testing.assert_allclose(mean.values, (plus.values + minus.values) / 2, rtol=1e-5, atol=1e-7)
    shifted = explain_region(cnn, reference, region, phases=2, edits=edits)
    gone = np.isnan(shifted.values)
    assert gone.sum() == 14
    np.testing.assert_array_equal(np.isnan(shifted.spread), gone)
    assert np.isnan(shifted.hypothetical).all(axis=0).sum() == 14
