"""Editing the sequence without a window: edits, the tracks beside the explanation, undo, sessions, exports."""

from __future__ import annotations

import numpy as np
import pytest

from gxview.genome import Edit, Edits, Region
from gxview.tracks.variants import Variant, allele_of
from gxview.viewer.batch.defaults import default_recipe
from gxview.viewer.data.blocks import LetterBlock
from gxview.viewer.editing.edit_list import edited_letters
from gxview.viewer.editing.editing import clean
from gxview.viewer.editing.effects import effect_words
from gxview.viewer.editing.variants import choices
from gxview.viewer.tracks.kinds import DifferenceTrack, RelevanceTrack, SequenceTrack


@pytest.fixture
def explained(opened, loop):
    """A viewer with an explanation, near base 500 of chr1."""
    opened.show(Region("chr1", 400, 600))
    opened.explanations.add("fake-cnn")
    assert loop.run(lambda: opened.is_idle)
    return opened


def at(viewer, start, end=None) -> str:
    return viewer.model.reference.fetch(Region("chr1", start, end or start + 1)).upper()


def other(letter: str) -> str:
    return "ACGT"["ACGT".index(letter) - 1]


def done(viewer, loop) -> Edits:
    assert loop.run(lambda: viewer.is_idle)
    return viewer.model.edits.value


def write(viewer, loop, start, text) -> Edits:
    viewer.editing.write(Region("chr1", start, start + len(text)), text)
    return done(viewer, loop)


def edited_tracks(viewer) -> list[str]:
    kinds = (SequenceTrack, RelevanceTrack, DifferenceTrack)
    return [track.name for track in viewer.model.tracks if isinstance(track, kinds)]


def test_the_first_edit_shows_the_alternative_and_undo_takes_all_of_it_back(explained, loop, engine):
    before = edited_tracks(explained)
    letter = other(at(explained, 500))
    edits = write(explained, loop, 500, letter)
    assert edits.items == (Edit("chr1", 500, at(explained, 500), letter),)
    names = edited_tracks(explained)
    assert set(names) - set(before) == {"Edited sequence", "fake-cnn edited", "Edited \N{MINUS SIGN} reference"}
    assert engine.rules[-1]["edits"] == edits
    minus = next(track for track in explained.model.tracks if isinstance(track, DifferenceTrack))
    part = explained.combiner.difference(minus, explained.model.camera.view)
    changed = np.flatnonzero(part.values[400 - part.start : 600 - part.start])
    assert 490 < 400 + changed.min() <= 400 + changed.max() < 510
    assert explained.undo.undo_name == "change a base"
    explained.undo.undo()
    assert not done(explained, loop)
    assert edited_tracks(explained) == before
    explained.undo.redo()
    assert done(explained, loop) == edits
    assert edited_tracks(explained) == names


def test_a_second_edit_is_a_step_of_its_own_and_keeps_the_tracks(explained, loop):
    write(explained, loop, 500, other(at(explained, 500)))
    names = edited_tracks(explained)
    explained.editing.delete(Region("chr1", 520, 530))
    assert len(done(explained, loop)) == 2
    assert edited_tracks(explained) == names
    explained.undo.undo()
    assert len(done(explained, loop)) == 1
    explained.editing.clear()
    assert not done(explained, loop)
    assert "Edited sequence" not in edited_tracks(explained)
    explained.undo.undo()
    assert edited_tracks(explained) == names


def test_changes_that_come_faster_than_letters_are_read_are_made_in_order(explained, loop):
    for place in range(500, 512):
        explained.editing.write(Region("chr1", place, place + 1), other(at(explained, place)))
    edits = done(explained, loop)
    assert [(edit.start, len(edit.text)) for edit in edits] == [(500, 12)]


def test_the_genome_on_disk_stays_as_it_is(explained, loop, genome):
    before = genome.read_bytes()
    write(explained, loop, 500, other(at(explained, 500)))
    assert genome.read_bytes() == before
    assert explained.model.reference.fetch(Region("chr1", 500, 501)) == at(explained, 500)


def test_a_shuffle_keeps_the_pairs_of_letters_and_each_one_is_another(explained, loop):
    region = Region("chr1", 480, 520)
    explained.editing.shuffle(region)
    (first,) = done(explained, loop)
    assert first.origin == "shuffled, seed 1"
    letters = at(explained, 480, 520)
    text = letters[: first.start - 480] + first.text + letters[first.end - 480 :]

    def pairs(one):
        return sorted(one[k : k + 2] for k in range(len(one) - 1))

    assert pairs(text) == pairs(letters)
    explained.editing.shuffle(region)
    assert done(explained, loop).items[0].text != first.text
    explained.editing.shuffle(Region("chr1", 500, 501))
    done(explained, loop)
    assert any("only one order" in notice.text for notice in explained.notices.history)


def test_bases_go_back_to_the_reference(explained, loop):
    write(explained, loop, 500, other(at(explained, 500)))
    write(explained, loop, 540, other(at(explained, 540)))
    explained.editing.restore(Region("chr1", 490, 510))
    assert [edit.start for edit in done(explained, loop)] == [540]


def variant(viewer, start: int, ref: str, alt: str, name: str = "rs7") -> Variant:
    end = start + len(ref)
    return Variant("1", start, end, name, ref, (alt,), (allele_of(alt, ref, start, end),))


def test_a_variant_is_applied_as_vcf_means_it(explained, loop):
    ref = at(explained, 500, 504)
    (choice,) = choices(variant(explained, 500, ref, ref[0]))
    explained.editing.apply(choice)
    (edit,) = done(explained, loop)
    assert (edit.start, edit.before, edit.text) == (501, ref[1:], "")
    assert edit.origin == f"rs7 {ref}>{ref[0]}"
    assert explained.undo.undo_name == f"apply rs7 {ref}>{ref[0]}"


def test_a_variant_of_another_assembly_or_without_bases_is_told(explained, loop):
    (wrong,) = choices(variant(explained, 500, other(at(explained, 500)), at(explained, 500)))
    explained.editing.apply(wrong)
    assert not done(explained, loop)
    for alt in ("<DUP>", "<DEL>"):
        (symbol,) = choices(variant(explained, 500, at(explained, 500), alt))
        explained.editing.apply(symbol)
        assert not done(explained, loop)
    texts = [notice.text for notice in explained.notices.history]
    assert any("may belong to another assembly" in text for text in texts)
    assert any("names no bases" in text for text in texts)
    assert any("does not say where it ends (END or SVLEN)" in text for text in texts)


def test_a_deletion_that_says_where_it_ends_is_applied(explained, loop):
    first, end = at(explained, 500), 510
    allele = allele_of("<DEL>", first, 500, end)
    (choice,) = choices(Variant("1", 500, end, "sv1", first, ("<DEL>",), (allele,)))
    explained.editing.apply(choice)
    (edit,) = done(explained, loop)
    assert (edit.start, edit.before, edit.text) == (501, at(explained, 501, 510), "")


def test_the_effect_is_asked_for_while_somebody_looks(explained, loop, engine):
    edits = write(explained, loop, 500, other(at(explained, 500)))
    (edit,) = edits
    assert explained.effects.of(edit) is None
    assert not engine.effects
    explained.effects.watch()
    done(explained, loop)
    effect = explained.effects.of(edit)
    assert effect_words(effect) == (
        "P(promoter) 0.98 \N{RIGHTWARDS ARROW} 0.12, logit promoter +3.90 \N{RIGHTWARDS ARROW} \N{MINUS SIGN}2.00 "
        "in the window chr1:441-568."
    )
    assert engine.effects[-1][:3] == (edits, edit, "fake-cnn")
    assert "edits" not in engine.effects[-1][3]


def test_a_model_that_fails_is_told_in_place_of_the_effect(opened, loop):
    opened.show(Region("chr1", 400, 600))
    opened.explanations.add("fails")
    done(opened, loop)
    (edit,) = write(opened, loop, 500, other(at(opened, 500)))
    opened.effects.watch()
    done(opened, loop)
    assert opened.effects.of(edit) is None
    assert "gave no number" in opened.effects.state(edit)


def test_without_a_model_the_letters_alone_show(opened, loop):
    opened.show(Region("chr1", 400, 600))
    (edit,) = write(opened, loop, 500, other(at(opened, 500)))
    assert edited_tracks(opened) == ["Sequence", "Edited sequence"]
    assert "Choose a model" in opened.effects.state(edit)
    opened.explanations.add("fake-cnn")
    assert opened.alternative.show() is not None
    done(opened, loop)
    assert "fake-cnn edited" in edited_tracks(opened)


def test_sessions_keep_the_edits_and_leave_out_those_that_do_not_fit(explained, loop, tmp_path):
    edits = write(explained, loop, 500, other(at(explained, 500)))
    path = tmp_path / "edits.gxview.json"
    explained.session.save(path)
    done(explained, loop)
    explained.editing.clear()
    done(explained, loop)
    explained.session.open(path)
    assert done(explained, loop) == edits
    assert "fake-cnn edited" in edited_tracks(explained)
    (edit,) = edits
    wrong = next(letter for letter in "ACGT" if letter not in (edit.before, edit.text))
    path.write_text(path.read_text().replace(f'"before": "{edit.before}"', f'"before": "{wrong}"'))
    explained.session.open(path)
    assert not done(explained, loop)
    assert any("1 of 1 edits do not fit this genome" in notice.text for notice in explained.notices.history)


def test_a_file_along_the_reference_is_refused_for_indels_only(explained, loop, tmp_path, engine):
    write(explained, loop, 500, other(at(explained, 500)))
    explained.export_region(tmp_path / "a.bw")
    done(explained, loop)
    assert [path.name for path, *_ in engine.written] == ["a.bw"]
    explained.editing.delete(Region("chr1", 520, 525))
    done(explained, loop)
    explained.export_region(tmp_path / "b.bw")
    done(explained, loop)
    assert len(engine.written) == 1
    assert any("insertions or deletions" in notice.text for notice in explained.notices.history)


def test_a_batch_export_is_about_the_reference_only(explained, loop):
    write(explained, loop, 500, other(at(explained, 500)))
    assert [choice.model for choice in default_recipe(explained.model).models] == ["fake-cnn"]


def test_letters_along_the_reference():
    block = LetterBlock(Region("chr1", 10, 20), "AACCGGTTAA")
    edits = Edits(
        (
            Edit("chr1", 8, "TTA", "GGG"),
            Edit("chr1", 12, "", "TTT"),
            Edit("chr1", 14, "GGT", "C"),
            Edit("chr2", 11, "A", "T"),
        )
    )
    assert edited_letters(block, edits) == "GACCC--TAA"


def test_pasted_text_is_cleaned():
    assert clean(">chr1 some place\nacgt ACGT\n  61 ttt\n") == "ACGTACGTTTT"
