"""Numbers and several labels: what is learned is what the loaded model says."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats
from sklearn import metrics

from gxview.errors import GxviewError, UsageError
from gxview.explain import explain
from gxview.models import load_model
from gxview.models.fit import Optimisation
from gxview.models.tables import Columns, read_csv
from gxview.models.train import LabelledSequences, TrainSettings, TransformerSize, train_classifier
from gxview.models.training.classifier import balanced_rows

RECIPE = Optimisation(5e-3, 0.01, 32, epochs=8, patience=8, schedule="linear", warmup_steps=10)
SIZE = TransformerSize(hidden=32, layers=1, heads=2, vocab=64)
WORDS = ("TATAATGC", "CCGGACCG")


def sequences(number: int, seed: int = 0) -> tuple[list[str], np.ndarray]:
    """Random sequences, and whether each of two words was put into them, int (N, 2)."""
    rng = np.random.default_rng(seed)
    has = rng.integers(0, 2, (number, 2))
    letters = []
    for row in has:
        text = rng.choice(list("ACGT"), 50)
        for place, word, there in zip((3, 30), WORDS, row, strict=True):
            if there:
                text[place : place + 8] = list(word)
        letters.append("".join(text))
    return letters, has


def numbers(number: int, seed: int = 0) -> LabelledSequences:
    """Two outputs on very different scales, one for each word."""
    letters, has = sequences(number, seed)
    noise = np.random.default_rng(seed + 1).normal(size=(number, 2)) * 0.05
    return LabelledSequences.of(letters, (has + noise) * [5000.0, -0.02] + [300.0, 7.0], ("expression", "decay"))


def labels(number: int, seed: int = 0) -> LabelledSequences:
    letters, has = sequences(number, seed)
    return LabelledSequences.of(letters, has, ("box", "island"))


def settings(kind, tmp_path, **changes) -> TrainSettings:
    return TrainSettings(kind, tmp_path / "model", **{"optimisation": RECIPE, "size": SIZE, **changes})


@pytest.mark.parametrize("kind", ["cnn", "dnabert2"])
def test_numbers_of_any_scale_are_learned_in_their_own_units(kind, tmp_path):
    held, unseen = numbers(80, seed=5), numbers(100, seed=9)
    result = train_classifier(settings(kind, tmp_path), numbers(500), held, test=unseen)
    model = load_model(result.folder)
    assert (model.problem_type, model.targets, model.positive) == ("regression", ("expression", "decay"), None)
    for part, told in ((held, result.measures), (unseen, result.test)):
        found = model.logits(part.sequences).astype(np.float64)
        for index, name in enumerate(part.columns):
            truth = part.labels[:, index]
            assert told[f"pearson {name}"] == pytest.approx(stats.pearsonr(found[:, index], truth)[0], abs=1e-4)
            # a network that has learned little answers nearly the same everywhere, so rounding decides some ranks
            assert told[f"spearman {name}"] == pytest.approx(stats.spearmanr(found[:, index], truth)[0], abs=0.03)
            assert told[f"r2 {name}"] == pytest.approx(metrics.r2_score(truth, found[:, index]), abs=1e-4)
    assert kind == "dnabert2" or result.test["r2"] > 0.7
    config = json.loads((result.folder / "config.json").read_text())
    assert config["problem_type"] == "regression"


def test_one_number_is_explained_without_naming_it(tmp_path):
    data = numbers(60)
    one = LabelledSequences.of(data.sequences, data.labels[:, :1], ("expression",))
    model = load_model(train_classifier(settings("cnn", tmp_path), one).folder)
    found = explain(model, data.sequences[:2])
    assert found[0].provenance["target"] == {"index": 0, "name": "expression"}
    assert found[0].diagnostics["explained"] == pytest.approx(float(found[0].logits[0]))


def test_a_regression_goes_on_where_it_was(tmp_path):
    data = numbers(100)
    first = train_classifier(settings("dnabert2", tmp_path), data, data).folder
    still = replace(RECIPE, learning_rate=1e-12, epochs=1)
    given = TrainSettings("dnabert2", tmp_path / "again", start_from=first, optimisation=still)
    again = train_classifier(given, data, data)
    one, other = (load_model(path).logits(data.sequences[:9]) for path in (first, again.folder))
    np.testing.assert_allclose(other, one, rtol=1e-4)


@pytest.mark.parametrize(("kind", "weights"), [("cnn", "none"), ("cnn", "balanced"), ("dnabert2", "none")])
def test_each_label_is_learned_by_itself(kind, weights, tmp_path):
    held = labels(80, seed=5)
    result = train_classifier(settings(kind, tmp_path, class_weights=weights), labels(500), held)
    model = load_model(result.folder)
    assert (model.problem_type, model.targets, model.positive) == (
        "multi_label_classification",
        ("box", "island"),
        None,
    )
    found = model.logits(held.sequences)
    for index, name in enumerate(held.columns):
        score = metrics.roc_auc_score(held.labels[:, index], found[:, index])
        assert result.measures[f"auroc {name}"] == pytest.approx(score, abs=1e-6)
        assert kind == "dnabert2" or score > 0.9
    assert result.measures["auroc"] == pytest.approx(np.mean([result.measures[f"auroc {n}"] for n in held.columns]))


def test_a_label_is_explained_by_its_name_and_lights_up_its_word(tmp_path):
    model = load_model(train_classifier(settings("cnn", tmp_path), labels(500)).folder)
    letters, has = sequences(200, seed=3)
    both = [text for text, row in zip(letters, has, strict=True) if row.all()][:20]
    box, island = (np.mean([one.values for one in explain(model, both, target=name)], axis=0) for name in model.targets)
    assert box[3:11].sum() > 3 * abs(box[30:38].sum())
    assert island[30:38].sum() > 3 * abs(island[3:11].sum())
    with pytest.raises(UsageError, match=r"choose a target: 0 \(box\), 1 \(island\)"):
        explain(model, both)
    with pytest.raises(UsageError, match=r"contrast is .* of two classes; the targets of model are 0"):
        explain(model, both, target="contrast")


def test_a_label_without_both_answers_has_no_auroc_and_says_so(tmp_path):
    held = labels(30, seed=5)
    held = held.take(np.flatnonzero(held.labels[:, 0] == 1))
    result = train_classifier(settings("cnn", tmp_path), labels(100), held)
    assert np.isnan(result.measures["auroc box"])
    assert result.measures["auroc"] == result.measures["auroc island"]
    report = json.loads((result.folder / "metrics.json").read_text())
    assert report["validation"]["auroc box"] is None


def test_balanced_sampling_draws_classes_evenly():
    rows = balanced_rows(np.repeat([0, 1, 2], [70, 25, 5]), np.random.default_rng(0))
    assert np.bincount(np.repeat([0, 1, 2], [70, 25, 5])[rows]).tolist() == [34, 33, 33]
    assert len(set(rows[:34])) == 34
    assert sorted(np.bincount(rows)[95:]) == [6, 6, 7, 7, 7]


# what cannot be learned


@pytest.mark.parametrize(
    ("data", "changes", "message"),
    [
        (labels(20), {"targets": ("a", "b", "c")}, "2 columns of labels, but 3 names"),
        (labels(20), {"class_weights": (1.0,)}, "weight of the positives above 0 for each of the 2 labels"),
        (labels(20), {"sampling": "balanced"}, "one column of classes"),
        (numbers(20), {"class_weights": "balanced"}, "Numbers have no classes"),
        (LabelledSequences.of(["ACGT" * 9] * 4, np.ones((4, 1)), ("x",)), {}, "the same number in 'x'"),
        (LabelledSequences.of(["ACGT" * 9] * 4, np.ones((4, 1), int), ("x",)), {}, "Every training sequence has"),
        (labels(20), {"precision": "fp16"}, "fp16 needs a CUDA device"),
    ],
)
def test_what_makes_no_task_is_one_sentence(data, changes, message, tmp_path):
    with pytest.raises(GxviewError, match=message):
        train_classifier(settings("cnn", tmp_path, **changes), data)
    assert list(tmp_path.iterdir()) == []


def test_sets_must_be_of_one_task(tmp_path):
    with pytest.raises(GxviewError, match="The test sequences have classes, but the training sequences have the numb"):
        train_classifier(settings("cnn", tmp_path), numbers(20), test=LabelledSequences.of(["ACGT" * 9], [0]))


# tables

TABLE = "sequence,expression,box,island,chrom\nACGT,1.5,0,1,chr1\nAACC,-2e3,1,1,chr2\n"


def test_a_table_of_numbers_and_one_of_labels(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(TABLE)
    data = read_csv(path, Columns("regression", ("expression",), "chrom"))
    assert (data.task, data.columns, data.groups) == ("regression", ("expression",), ("chr1", "chr2"))
    assert data.labels.tolist() == [[1.5], [-2000.0]]
    data = read_csv(path, Columns("multi-label", ("island", "box")))
    assert (data.task, data.labels.tolist()) == ("multi-label", [[1, 0], [1, 1]])


@pytest.mark.parametrize(
    ("text", "columns", "message"),
    [
        ("sequence,label\nACGT,0.5\n", Columns(), "line 2: the label '0.5' is no class number .*--task regression"),
        ("sequence,y\nACGT,high\n", Columns("regression", ("y",)), "line 2: the label 'high' is no finite number"),
        ("sequence,y\nACGT,nan\n", Columns("regression", ("y",)), "'nan' is no finite number"),
        ("sequence,a,b\nACGT,1,\n", Columns("multi-label", ("a", "b")), "line 2: the column 'b' is empty"),
        ("sequence,a,b\nACGT,1,2\n", Columns("multi-label", ("a", "b")), "'2' is neither 0 nor 1"),
        ("sequence,a\nACGT,1\n", Columns("multi-label", ("a", "b")), "it lacks 'b'"),
        ("sequence,label,g\nACGT,1,\n", Columns(group="g"), "line 2: the group is empty"),
    ],
)
def test_a_wrong_cell_is_named(text, columns, message, tmp_path):
    path = tmp_path / "bad.csv"
    path.write_text(text)
    with pytest.raises(GxviewError, match=message):
        read_csv(path, columns)


def test_several_columns_need_a_task():
    with pytest.raises(UsageError, match="--task regression"):
        Columns("classification", ("a", "b"))
    with pytest.raises(UsageError, match="A task is"):
        Columns("ranking")
