"""The score of a model that is no classifier: a probability for each label, or the number itself."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest

from gxview.errors import GxviewError, UsageError
from gxview.explain import explain_region
from gxview.explain.settings import probabilities, probability
from gxview.export import export_explanations
from gxview.genome import Reference
from gxview.models import load_model


@pytest.fixture
def stated(tmp_path):
    """Make a copy of a folder that says what its logits are."""

    def copy(folder, problem):
        place = shutil.copytree(folder, tmp_path / problem)
        config = json.loads((place / "config.json").read_text())
        config["gxview"].pop("positive", None)
        (place / "config.json").write_text(json.dumps({**config, "problem_type": problem}))
        return place

    return copy


def test_the_score_of_a_label_is_its_own_probability(stated, tiny_dnabert2_folder, small_genome):
    model = load_model(stated(tiny_dnabert2_folder, "multi_label_classification"))
    reference = Reference(small_genome)
    logits = model.logits([reference.fetch(reference.region("tiny:1-40")[0])])
    for index, name in enumerate(model.targets):
        found = explain_region(model, reference, "tiny:1-40", target=name, window=40)
        expected = 1 / (1 + np.exp(-float(logits[0, index])))
        np.testing.assert_allclose(found.score, expected, rtol=1e-4)
        assert found.provenance["score"].startswith(f"probability of {name}")
    with pytest.raises(UsageError, match="has 2 outputs; choose a target"):
        explain_region(model, reference, "tiny:1-40", window=40)


def test_the_score_of_a_number_is_the_number(stated, tiny_cnn_folder, small_genome, tmp_path):
    model = load_model(stated(tiny_cnn_folder, "regression"))
    reference = Reference(small_genome)
    found = explain_region(model, reference, "tiny:1-40", window=40)
    value = float(model.logits([reference.fetch(reference.region("tiny:1-40")[0])])[0, 0])
    np.testing.assert_allclose(found.score, value, rtol=1e-4)
    assert found.provenance["score"].startswith("prediction of promoter")
    with pytest.raises(UsageError, match="predicts numbers, which are no weights"):
        explain_region(model, reference, "tiny:1-40", window=40, stitching="score")
    paths = export_explanations(tmp_path / "x.bw", [found], reference, score=True)
    assert (tmp_path / "x.score.bw") in paths


def test_one_sequence_and_many_have_the_same_score():
    logits = np.random.default_rng(0).normal(size=(5, 3)).astype(np.float32)
    for problem in ("single_label_classification", "multi_label_classification", "regression"):
        many = probabilities(logits, 1, problem)
        np.testing.assert_allclose([probability(row, 1, problem) for row in logits], many)
    assert np.isnan(probabilities(logits, None, "regression")).all()


def test_an_unknown_problem_is_one_sentence(stated, tiny_cnn_folder):
    with pytest.raises(GxviewError, match="problem_type must be single_label_classification, multi_label"):
        load_model(stated(tiny_cnn_folder, "ranking"))
