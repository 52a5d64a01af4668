"""An ensemble's explanation is the mean of its members' and their spread, computed by hand here."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest
import torch

from gxview.errors import GxviewError, UsageError
from gxview.explain import explain, explain_region
from gxview.explain.engine import Engine
from gxview.export import export_explanations, export_region
from gxview.genome import Edit, Edits, Reference
from gxview.models import load_model
from gxview.models.ensemble import ENSEMBLE, ensemble_of
from gxview.models.loading import content_hash_of, members_of, model_kind_of
from gxview.models.randomised import randomised


@pytest.fixture(scope="module", params=["tiny_cnn_folder", "tiny_dnabert2_folder"])
def folder(request, tmp_path_factory):
    """An ensemble of three models with different weights and, of DNABERT-2, one tokenizer."""
    source = request.getfixturevalue(request.param)
    place = tmp_path_factory.mktemp("ensembles") / "three"
    place.mkdir()
    names = ["a", "b", "c"]
    for number, name in enumerate(names):
        shutil.copytree(source, place / name)
        if number:
            from gxview.models.saving import write_network

            write_network(place / name, randomised(load_model(source), seed=number).network)
    (place / ENSEMBLE).write_text(json.dumps({"name": "three", "members": names}))
    return place


def members(folder):
    return [load_model(folder / name) for name in "abc"]


SEQUENCES = ["ACGTTGACATTTGCATATAATGCCAAAGCTGA", "GGGTTTNNNACGTACCCATGACAT"]


def test_it_answers_as_one_model(folder):
    model, alone = load_model(folder), members(folder)
    np.testing.assert_allclose(
        model.logits(SEQUENCES), np.mean([one.logits(SEQUENCES) for one in alone], axis=0), rtol=1e-6
    )
    assert (model.name, model.kind, model.targets) == ("three", alone[0].kind, alone[0].targets)
    assert len({model.content_hash, *(one.content_hash for one in alone)}) == 4
    assert content_hash_of(str(folder)) == model.content_hash
    assert model_kind_of(str(folder)) == model.kind
    assert (members_of(str(folder)), members_of(str(folder / "a"))) == (3, 1)


def test_sequences_are_explained_by_every_member(folder):
    told = []
    found = explain(load_model(folder), SEQUENCES, progress=lambda done, total: told.append((done, total)))
    alone = [explain(one, SEQUENCES) for one in members(folder)]
    for index, one in enumerate(found):
        rows = np.stack([each[index].values for each in alone]).astype(np.float64)
        np.testing.assert_allclose(one.values, rows.mean(axis=0), rtol=1e-5, atol=1e-7)
        np.testing.assert_allclose(one.spread, rows.std(axis=0), rtol=1e-5, atol=1e-7)
        np.testing.assert_allclose(one.logits, np.mean([each[index].logits for each in alone], axis=0), rtol=1e-5)
        assert one.token_relevance.sum() == pytest.approx(one.values.sum(), rel=1e-4, abs=1e-4)
    assert told[-1] == (6, 6)
    assert alone[0][0].spread is None


@pytest.mark.parametrize("rules", [{}, {"strand": "mean", "phases": 2}, {"target": 0, "stitching": "centre"}])
def test_a_region_is_explained_by_every_member(folder, rules, small_genome):
    reference = Reference(small_genome)
    found = explain_region(load_model(folder), reference, "chr1:100-500", **rules)
    alone = [explain_region(one, reference, "chr1:100-500", **rules) for one in members(folder)]
    values = np.stack([one.values for one in alone]).astype(np.float64)
    np.testing.assert_allclose(found.values, values.mean(axis=0), rtol=1e-5, atol=1e-7)
    np.testing.assert_allclose(found.spread, values.std(axis=0), rtol=1e-5, atol=1e-7)
    np.testing.assert_allclose(found.score, np.mean([one.score for one in alone], axis=0), rtol=1e-5)
    assert (np.isnan(found.values) == np.isnan(alone[0].values)).all()
    assert [one.text for one in found.tokens] == [one.text for one in alone[0].tokens]
    assert "Mean of 3 models; the spread is their standard deviation." in found.notes


def test_the_provenance_names_every_member(folder, small_genome):
    reference = Reference(small_genome)
    found = explain_region(load_model(folder), reference, "chr1:1-200").provenance
    assert found["model"]["members"] == [
        {"name": one.name, "content_hash": one.content_hash} for one in members(folder)
    ]
    assert found["spread"] == "standard deviation between the members"
    engine = Engine(export_region)
    engine.load(str(folder), "cpu")
    region = reference.region("chr1:1-200")[0]
    explained = engine.explain_region(reference, region, model=str(folder))
    name, data = engine.pack(explained)
    assert name == engine.fingerprint(reference, region, model=str(folder))
    np.testing.assert_array_equal(engine.unpack(data).spread, explained.spread)


def test_edits_reach_every_member(folder, small_genome):
    reference = Reference(small_genome)
    before = reference.fetch(reference.region("chr1:151-151")[0]).upper()
    edits = Edits((Edit("chr1", 150, before, "A" if before != "A" else "C"),))
    found = explain_region(load_model(folder), reference, "chr1:100-300", edits=edits)
    alone = [explain_region(one, reference, "chr1:100-300", edits=edits).values for one in members(folder)]
    np.testing.assert_allclose(found.values, np.mean(alone, axis=0), rtol=1e-4, atol=1e-6)
    assert "edits" in found.provenance["reference"]


def test_the_spread_is_exported(folder, small_genome, tmp_path):
    reference = Reference(small_genome)
    found = explain_region(load_model(folder), reference, "chr1:100-160")
    paths = export_explanations(tmp_path / "x.tsv", [found], reference, spread=True)
    rows = [line.split("\t") for line in paths[0].read_text().splitlines() if not line.startswith("#")]
    place = rows[0].index("spread")
    np.testing.assert_allclose([float(row[place]) for row in rows[1:]], found.spread, rtol=1e-4)


def test_a_table_of_sequences_has_the_spread(folder, tmp_path):
    from gxview.explain.sequences import NamedSequence
    from gxview.export.sequences import export_sequences

    named = [NamedSequence("one", SEQUENCES[0], None, 1)]
    found = explain(load_model(folder), SEQUENCES[:1])
    path = export_sequences(tmp_path / "x.tsv", named, found, {})[0]
    header, *rows = (line.split("\t") for line in path.read_text().splitlines())
    assert header[-2:] == ["relevance", "spread"]
    np.testing.assert_allclose([float(row[-1]) for row in rows], found[0].spread, rtol=1e-5)


def test_members_that_cut_differently_give_no_tokens(tiny_dnabert2_folder, tmp_path, small_genome):
    from gxview.models.tokenizer import train_tokenizer

    shutil.copytree(tiny_dnabert2_folder, tmp_path / "other")
    tokenizer = train_tokenizer(["".join(np.random.default_rng(9).choice(list("ACGT"), 9000))], 60)
    (tmp_path / "other" / "tokenizer.json").write_text(tokenizer.to_json())
    model = ensemble_of("two", [load_model(tiny_dnabert2_folder), load_model(tmp_path / "other")])
    found = explain_region(model, Reference(small_genome), "chr1:1-200")
    assert found.tokens == ()
    assert any("different tokens" in note for note in found.notes)
    one = explain(model, [SEQUENCES[0]])[0]
    assert one.token_spans.tolist() == [[place, place + 1] for place in range(len(SEQUENCES[0]))]
    np.testing.assert_array_equal(one.token_relevance, one.values)


# what takes a single model says so


def test_what_needs_one_network_is_one_sentence(folder):
    model = load_model(folder)
    with pytest.raises(GxviewError, match="three is an ensemble of 3 models, and this takes a single one"):
        _ = model.network
    with pytest.raises(UsageError, match="random weights of a single model"):
        load_model(f"{folder}#randomised-1")


def test_models_that_are_not_alike_are_no_ensemble(tiny_cnn_folder, tiny_dnabert2_folder, tmp_path):
    one, other = load_model(tiny_cnn_folder), load_model(tiny_dnabert2_folder)
    with pytest.raises(GxviewError, match="the kind of tiny-cnn is cnn, that of tiny-dnabert2 dnabert2"):
        ensemble_of("both", [one, other])
    for content, message in (
        ({"members": ["../x"]}, "no folder inside"),
        ({"members": []}, "names no members"),
        ({"members": ["a"]}, "is not a folder"),
    ):
        (tmp_path / ENSEMBLE).write_text(json.dumps(content))
        with pytest.raises(GxviewError, match=message):
            load_model(tmp_path)


def test_an_ensemble_runs_where_its_members_run(folder):
    assert load_model(folder).device == torch.device("cpu")


def test_the_window_is_told_what_an_ensemble_answers(folder):
    from gxview.cli.view import make_engine

    info = make_engine().load(str(folder), "cpu")
    assert (info.name, info.numbers) == ("three", False)
    assert [one.name for one in info.scores]
    assert info.methods[0].name in ("attnlrp", "lrp")
