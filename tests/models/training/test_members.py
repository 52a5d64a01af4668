"""Folds and ensembles: honest parts, one model in the end."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gxview.errors import GxviewError, UsageError
from gxview.models import load_model
from gxview.models.fit import Optimisation
from gxview.models.labelled import LabelledSequences, split
from gxview.models.train import TrainSettings
from gxview.models.training.members import fold_numbers, train_members

RECIPE = Optimisation(3e-3, 0.01, 8, epochs=2, patience=2, schedule="linear", warmup_steps=3)


def sequences(number: int = 60, groups: bool = False) -> LabelledSequences:
    rng = np.random.default_rng(0)
    letters = ["".join(rng.choice(list("ACGT"), 40)) + "TATAAT" * (index % 2) for index in range(number)]
    names = [f"chr{index % 7}" for index in range(number)] if groups else []
    return LabelledSequences.of(letters, np.arange(number) % 2, groups=names)


def settings(tmp_path, **changes) -> TrainSettings:
    return TrainSettings("cnn", tmp_path / "many", **{"optimisation": RECIPE, **changes})


@given(st.lists(st.integers(5, 30), min_size=2, max_size=4), st.integers(2, 5), st.integers(0, 5))
def test_folds_hold_every_class_evenly(sizes, folds, seed):
    labels = np.repeat(np.arange(len(sizes)), sizes)
    parts = fold_numbers(LabelledSequences(("",) * len(labels), labels), folds, seed)
    counts = np.array([np.bincount(parts[labels == label], minlength=folds) for label in range(len(sizes))])
    assert (np.ptp(counts, axis=1) <= 1).all()
    assert np.ptp(counts.sum(axis=0)) <= 1


@given(st.lists(st.integers(2, 9), min_size=6, max_size=20), st.integers(2, 5), st.integers(0, 5))
def test_folds_never_part_a_group(sizes, folds, seed):
    groups = np.repeat([f"g{index}" for index in range(len(sizes))], sizes)
    labels = np.arange(len(groups)) % 2
    data = LabelledSequences(("",) * len(groups), labels, groups=tuple(groups))
    parts = fold_numbers(data, folds, seed)
    assert all(len(set(parts[groups == name])) == 1 for name in set(groups))
    assert set(parts) == set(range(folds))
    training, held = split(data, 0.2, seed)
    assert not set(training.groups) & set(held.groups)


@pytest.mark.parametrize(
    ("labels", "groups", "message"),
    [
        ([0] * 60 + [1] * 20, np.repeat(list("abcd"), 20), "Class 1 is in 1 group, fewer than 3 folds"),
        ([0, 2] * 30, [f"g{index % 6}" for index in range(60)], "No sequence has the label 1"),
        # by the seed the validation part of the first fold has both classes, that of the second has not
        (np.repeat(np.arange(12), 6) % 2, np.repeat([f"g{index}" for index in range(12)], 6), "^fold-2: No validation"),
    ],
)
def test_folds_that_lack_a_class_are_refused_before_any_is_trained(labels, groups, message, tmp_path):
    rng = np.random.default_rng(0)
    letters = ["".join(rng.choice(list("ACGT"), 40)) for _ in labels]
    data = LabelledSequences.of(letters, labels, groups=list(map(str, groups)))
    chosen = settings(tmp_path, seed=0, validation_share=0.2)
    with pytest.raises(GxviewError, match=message):
        train_members(chosen, data, folds=3, progress=lambda _: pytest.fail("a fold was trained"))
    assert list(tmp_path.iterdir()) == []


def test_folds_are_trained_tested_and_loaded_together(tmp_path):
    told = []
    data = sequences(groups=True)
    result = train_members(settings(tmp_path), data, folds=3, progress=told.append)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["many"]
    assert {one.fold for one in told} == {1, 2, 3}
    parts = fold_numbers(data, 3, 42)
    model = load_model(result.folder)
    values = []
    for number, member in enumerate(model.members):
        out = data.take(np.flatnonzero(parts == number))
        logits = member.logits(out.sequences)[:, 0]
        values.append(float(((logits > 0) == out.labels).mean()))
        report = json.loads((result.folder / f"fold-{number + 1}" / "metrics.json").read_text())
        assert report["test"]["accuracy"] == pytest.approx(values[-1])
        assert report["data"]["test"]["sha256"] == out.digest()
    report = json.loads((result.folder / "metrics.json").read_text())
    assert report["fold"]["accuracy"]["members"] == pytest.approx(values)
    assert report["fold"]["accuracy"]["mean"] == pytest.approx(np.mean(values))
    assert report["fold"]["accuracy"]["sd"] == pytest.approx(np.std(values, ddof=1))
    assert "fold-3" in (result.folder / "README.md").read_text()


def test_seeds_are_an_ensemble_that_goes_on_after_a_kill(tmp_path):
    def killed(now):
        if now.fold == 2 and now.step == 3:
            raise MemoryError("killed")

    with pytest.raises(MemoryError):
        train_members(settings(tmp_path), sequences(), seeds=3, progress=killed)
    told = []
    result = train_members(settings(tmp_path), sequences(), seeds=3, progress=told.append)
    assert {one.fold for one in told} == {2, 3}
    model = load_model(result.folder)
    assert [one.name for one in model.members] == ["many seed-42", "many seed-43", "many seed-44"]
    assert len({one.content_hash for one in model.members}) == 3
    again = train_members(settings(tmp_path), sequences(), seeds=3, progress=lambda _: pytest.fail("it is finished"))
    assert (again.finished_before, again.measures) == (True, result.measures)


@pytest.mark.parametrize(
    ("data", "choice", "message"),
    [
        (sequences(8), {"folds": 5}, "Class 0 has 4 sequences, fewer than 5 folds"),
        (sequences(groups=True), {"folds": 8}, "The data hold 7 groups, fewer than 8 folds"),
        (sequences(), {"folds": 1}, "at least two members, not 1"),
        (sequences(), {"folds": 2, "seeds": 2}, "either how many folds"),
        (sequences(), {"folds": 2, "test": sequences()}, "leave the test set out"),
    ],
)
def test_what_makes_no_members_is_one_sentence(data, choice, message, tmp_path):
    with pytest.raises((GxviewError, UsageError), match=message):
        train_members(settings(tmp_path), data, **choice)
    assert list(tmp_path.iterdir()) == []
