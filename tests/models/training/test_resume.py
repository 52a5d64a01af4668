"""A run that was stopped or killed goes on, to the same bits, and never as another run."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from gxview.errors import Cancelled, GxviewError
from gxview.models.fit import Optimisation
from gxview.models.pretrain import pretrain_masked_lm
from gxview.models.train import LabelledSequences, Lora, TrainSettings, TransformerSize, train_classifier
from gxview.models.training.checkpoint import training_folder

RECIPE = Optimisation(3e-3, 0.01, 8, epochs=4, patience=4, schedule="linear", warmup_steps=3)
SIZE = TransformerSize(hidden=16, layers=1, heads=2, vocab=48)


def sequences(number: int = 50, seed: int = 0, length: int = 40) -> LabelledSequences:
    rng = np.random.default_rng(seed)
    letters = ["".join(rng.choice(list("ACGT"), length)) for _ in range(number)]
    return LabelledSequences.of(
        [text + "TATAAT" * (index % 2) for index, text in enumerate(letters)], np.arange(number) % 2
    )


def settings(tmp_path, name, kind="dnabert2", **changes) -> TrainSettings:
    given = {"optimisation": RECIPE, "size": SIZE, "checkpoint_every": 2, "reverse_complement": True, **changes}
    return TrainSettings(kind, tmp_path / name, name="m", **given)


def killed_after(steps: int):
    """Raise in the middle of a step, as a kill does: nothing is saved on the way out."""
    seen = iter(range(steps))

    def progress(_now):
        if next(seen, None) is None:
            raise MemoryError("killed")

    return progress


def auxiliary(logits_of, rng):
    return logits_of(["ACGT" * 8]).square().mean() * rng.random()


CASES = {
    "dnabert2": {},
    "cnn": {"kind": "cnn", "optimisation": replace(RECIPE, schedule="plateau")},
    "lora": {"lora": Lora(rank=2, alpha=4)},
    "parts": {"optimisation": replace(RECIPE, accumulate=2), "sampling": "balanced"},
    "bf16": {"precision": "bf16"},
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("steps", [3, 9])
def test_a_killed_run_goes_on_to_the_bits_of_an_uninterrupted_one(case, steps, tmp_path, tiny_dnabert2_folder):
    changes = {**CASES[case], **({"start_from": tiny_dnabert2_folder} if case == "lora" else {})}
    whole = train_classifier(settings(tmp_path, "whole", **changes), sequences(), auxiliary=auxiliary)
    with pytest.raises(MemoryError):
        train_classifier(
            settings(tmp_path, "killed", **changes), sequences(), auxiliary=auxiliary, progress=killed_after(steps)
        )
    assert not (tmp_path / "killed").exists()
    torch.rand(7)
    result = train_classifier(settings(tmp_path, "killed", **changes), sequences(), auxiliary=auxiliary)
    assert result.history == whole.history
    for name in ("model.safetensors", "config.json"):
        assert (tmp_path / "killed" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["killed", "whole"]


@pytest.mark.parametrize("steps", [3, 11])
def test_killed_pretraining_goes_on_to_the_same_bits(steps, tmp_path):
    letters = sequences(30).sequences
    pretrain_masked_lm(settings(tmp_path, "whole", window_length=40), letters)
    with pytest.raises(MemoryError):
        pretrain_masked_lm(settings(tmp_path, "killed", window_length=40), letters, progress=killed_after(steps))
    pretrain_masked_lm(settings(tmp_path, "killed", window_length=40), letters)
    one, other = (load_file(tmp_path / name / "model.safetensors") for name in ("whole", "killed"))
    assert all(torch.equal(one[name], other[name]) for name in one)


def test_a_stopped_run_is_kept_and_a_finished_one_is_not_repeated(tmp_path):
    given = settings(tmp_path, "m", "cnn")
    asked = iter([False] * 5)
    with pytest.raises(Cancelled, match="goes on from the checkpoint"):
        train_classifier(given, sequences(), cancelled=lambda: next(asked, True))
    assert (training_folder(given.output) / "checkpoint.pt").is_file()
    told = []
    first = train_classifier(given, sequences(), progress=told.append)
    assert (told[0].epoch, told[0].step, told[0].repeated) == (1, 6, False)
    again = train_classifier(given, sequences(), progress=lambda _: pytest.fail("it is finished"))
    assert (again.finished_before, again.measures) == (True, first.measures)
    with pytest.raises(GxviewError, match=r"exists already and holds a model whose run differs in .*settings\.seed;"):
        train_classifier(replace(given, seed=1), sequences())


@pytest.mark.parametrize(
    ("changes", "data", "named"),
    [
        ({"seed": 3}, sequences(), "data.train, data.validation, settings.seed"),
        ({"optimisation": replace(RECIPE, learning_rate=1e-4)}, sequences(), "settings.optimisation.learning_rate"),
        ({}, sequences(seed=1), "data.train, data.validation"),
    ],
)
def test_another_run_never_goes_on_from_a_checkpoint(changes, data, named, tmp_path):
    given = settings(tmp_path, "m", "cnn")
    with pytest.raises(MemoryError):
        train_classifier(given, sequences(), progress=killed_after(4))
    with pytest.raises(GxviewError, match=f"unfinished run that differs in {named};"):
        train_classifier(replace(given, **changes), data)
    train_classifier(given, sequences())


def test_a_damaged_checkpoint_is_one_sentence(tmp_path):
    given = settings(tmp_path, "m", "cnn")
    with pytest.raises(MemoryError):
        train_classifier(given, sequences(), progress=killed_after(4))
    path = training_folder(given.output) / "checkpoint.pt"
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(GxviewError, match=r"checkpoint\.pt is damaged; remove"):
        train_classifier(given, sequences())


def test_two_processes_do_not_train_in_one_folder(tmp_path):
    given = settings(tmp_path, "m", "cnn")

    def second(_now):
        with pytest.raises(GxviewError, match="Another process is training"):
            train_classifier(given, sequences())

    train_classifier(given, sequences(), progress=second)


def test_what_cannot_be_trained_or_diverges_leaves_nothing(tmp_path):
    hot = replace(RECIPE, learning_rate=1e30, clip=1e30)
    with pytest.raises(GxviewError, match="smaller learning rate"):
        train_classifier(settings(tmp_path, "m", "cnn", optimisation=hot), sequences())
    with pytest.raises(GxviewError, match="needs at least"):
        train_classifier(settings(tmp_path, "m", "cnn", preset="genomic-benchmarks"), sequences(length=4))
    assert list(tmp_path.iterdir()) == []


def test_finished_epochs_are_told_again(tmp_path):
    given, told = settings(tmp_path, "m", "cnn"), []
    with pytest.raises(MemoryError):
        train_classifier(given, sequences(), progress=killed_after(14))
    result = train_classifier(given, sequences(), progress=told.append)
    again = [(one.epoch, one.loss, one.measures["auroc"]) for one in told if one.repeated]
    assert again == [(row["epoch"], row["train_loss"], row["auroc"]) for row in result.history[:2]]
    assert [one.epoch for one in told if one.step == one.steps] == [1, 2, 3, 4]


def test_the_report_of_a_resumed_run_counts_its_seconds_once(tmp_path):
    given = settings(tmp_path, "m", "cnn")
    with pytest.raises(MemoryError):
        train_classifier(given, sequences(), progress=killed_after(9))
    train_classifier(given, sequences())
    report = json.loads((tmp_path / "m" / "metrics.json").read_text())
    assert [row["epoch"] for row in report["history"]] == [1, 2, 3, 4]
    assert report["seconds"] >= 0


@pytest.mark.parametrize("asked", [1, 6, 7, 8, 14])
def test_a_run_that_was_asked_to_stop_goes_on_to_the_same_bits_wherever_that_was(asked, tmp_path):
    """Seven steps an epoch: the 8th question comes before the first step of the second epoch."""
    whole = train_classifier(settings(tmp_path, "whole", "cnn"), sequences())
    answers = iter([False] * (asked - 1) + [True])
    with pytest.raises(Cancelled):
        train_classifier(settings(tmp_path, "stopped", "cnn"), sequences(), cancelled=lambda: next(answers))
    result = train_classifier(settings(tmp_path, "stopped", "cnn"), sequences())
    assert result.history == whole.history
    weights = [(tmp_path / name / "model.safetensors").read_bytes() for name in ("whole", "stopped")]
    assert weights[0] == weights[1]
