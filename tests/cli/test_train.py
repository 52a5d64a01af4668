"""``gxview train`` as a person calls it."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import nullcontext

import numpy as np
import pytest

from gxview.cli import main
from gxview.models import load_model


@pytest.fixture
def gxview(monkeypatch, capsys):
    """Run the program; return exit code, stdout and stderr."""

    def run(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["gxview", *map(str, arguments)])
        try:
            main()
            code = 0
        except SystemExit as stop:
            code = int(stop.code or 0)
        return code, *capsys.readouterr()

    return run


def sequences(number: int, word: str, seed: int) -> list[str]:
    rng = np.random.default_rng(seed)
    parts = ["".join(rng.choice(list("ACGT"), 20)) for _ in range(2 * number)]
    return [first + word + second for first, second in zip(parts[::2], parts[1::2], strict=True)]


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "train.csv"
    rows = [f"{text},1" for text in sequences(60, "TATAATGC", 0)] + [
        f"{text},0" for text in sequences(60, "CCCCGGGG", 1)
    ]
    path.write_text("\n".join(["sequence,label", *rows]) + "\n")
    return path


@pytest.fixture
def fasta(tmp_path):
    path = tmp_path / "genome.fa"
    path.write_text(">one\n" + "".join(sequences(60, "TATAATGC", 2)) + "\n")
    return path


SMALL = ("--epochs", 2, "--device", "cpu")
TINY = ("--hidden", 16, "--layers", 1, "--heads", 2, "--vocab", 32)


def test_a_cnn_from_a_table(gxview, tmp_path, table):
    code, out, err = gxview(
        *("train", "--kind", "cnn", "--data", table, "-o", tmp_path / "cnn", "--targets", "nothing,box", *SMALL)
    )
    assert code == 0
    assert f"wrote {tmp_path / 'cnn'}" in out
    assert "auroc" in err
    assert "train epoch 2/2  loss" in err
    model = load_model(tmp_path / "cnn")
    assert (model.targets, model.window_length) == (("box",), 48)


def test_json_is_all_that_stdout_gets(gxview, tmp_path, table):
    code, out, _ = gxview(
        *("train", "--data", table, "-o", tmp_path / "m", "--class-weights", "balanced", "--json", *SMALL)
    )
    assert code == 0
    result = json.loads(out)
    assert result["model"] == str(tmp_path / "m")
    assert 0 <= result["validation"]["auroc"] <= 1
    report = json.loads((tmp_path / "m" / "metrics.json").read_text())
    assert report["settings"]["class_weights"] == "balanced"
    assert report["data"]["train"]["files"][0]["name"] == "train.csv"


def test_a_dnabert2_pretrained_on_the_way(gxview, tmp_path, table, fasta):
    arguments = ("--pretrain", fasta, "--pretrain-epochs", 1, "--data", table, "-o", tmp_path / "bert")
    code, _, err = gxview("train", *arguments, *TINY, *SMALL)
    assert code == 0
    assert "pretrain epoch 1/1" in err
    assert load_model(tmp_path / "bert").kind == "dnabert2"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bert", "genome.fa", "train.csv"]
    started = json.loads((tmp_path / "bert" / "metrics.json").read_text())["started_from"]
    assert started["metrics"]["data"]["pretrain"]["files"][0]["name"] == "genome.fa"


def test_pretraining_alone_and_fine_tuning_from_its_folder(gxview, tmp_path, table, fasta):
    assert gxview("train", "--pretrain", fasta, "-o", tmp_path / "lm", *TINY, *SMALL)[0] == 0
    assert load_model(tmp_path / "lm").num_labels == 0
    assert gxview("train", "--from", tmp_path / "lm", "--data", table, "-o", tmp_path / "tuned", *SMALL)[0] == 0
    report = json.loads((tmp_path / "tuned" / "metrics.json").read_text())
    assert report["settings"]["kind"] == "dnabert2"
    assert report["settings"]["optimisation"]["learning_rate"] == 3e-5


def test_fasta_pairs_and_a_validation_table(gxview, tmp_path, table):
    for name, word in (("p", "TATAATGC"), ("n", "CCCCGGGG")):
        text = "".join(f">{index}\n{one}\n" for index, one in enumerate(sequences(30, word, 5)))
        (tmp_path / f"{name}.fa").write_text(text)
    files = ("--positives", tmp_path / "p.fa", "--negatives", tmp_path / "n.fa", "--validation", table)
    code, _, _ = gxview("train", *files, "-o", tmp_path / "m", *SMALL)
    assert code == 0
    data = json.loads((tmp_path / "m" / "metrics.json").read_text())["data"]
    assert [file["name"] for file in data["train"]["files"]] == ["p.fa", "n.fa"]
    assert data["validation"]["classes"] == [60, 60]


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--positives", "a.fa"),
        ("--data", "a.csv", "--positives", "a.fa", "--negatives", "b.fa"),
        ("--validation", "a.csv", "--pretrain", "a.fa"),
        ("--data", "a.csv", "--class-weights", "many"),
        ("--data", "a.csv", "--kind", "rnn"),
    ],
)
def test_requests_that_make_no_sense_are_usage_errors(gxview, tmp_path, arguments):
    code, _, err = gxview("train", *arguments, "-o", tmp_path / "m")
    assert code == 2
    assert "Traceback" not in err
    assert not (tmp_path / "m").exists()


def test_an_unknown_preset_is_a_usage_error(gxview, tmp_path, table):
    code, _, err = gxview("train", "--data", table, "--preset", "resnet", "-o", tmp_path / "m")
    assert (code, "promoter-small" in err) == (2, True)


def test_failing_work_is_one_sentence_and_exit_1(gxview, tmp_path, table):
    table.write_text("sequence,label\nACGT,yes\n")
    code, _, err = gxview("train", "--data", table, "-o", tmp_path / "m")
    assert (code, err) == (1, f"gxview: {table}, line 2: the label 'yes' is no class number (0, 1, ...).\n")


def test_an_existing_folder_is_refused_before_any_work(gxview, tmp_path, table, fasta):
    code, _, err = gxview("train", "--pretrain", fasta, "--data", table, "-o", tmp_path, *TINY)
    assert (code, "exists already" in err, "epoch" in err) == (1, True, False)


def events(out: str) -> list[dict]:
    return [json.loads(line) for line in out.splitlines()]


def test_progress_is_told_as_json_lines(gxview, tmp_path, table):
    code, out, _ = gxview("train", "--data", table, "-o", tmp_path / "m", "--progress", "json", *SMALL)
    told = events(out)
    assert code == 0
    assert told[0] == {"event": "start", "tasks": 2, "finished": 0}
    epochs = [one for one in told if one["event"] == "epoch"]
    assert [(one["phase"], one["fold"], one["epoch"], one["epochs"]) for one in epochs] == [
        ("train", None, 1, 2),
        ("train", None, 2, 2),
    ]
    history = json.loads((tmp_path / "m" / "metrics.json").read_text())["history"]
    for one, row in zip(epochs, history, strict=True):
        assert (one["train_loss"], one["validation_loss"]) == (row["train_loss"], row["validation_loss"])
        assert one["measures"]["auroc"] == row["auroc"]
    running = [one for one in told if one["event"] == "progress"]
    assert running[-1]["done"] == running[-1]["total"] == 2
    assert told[-1]["status"] == "complete"
    assert told[-1]["files"] == [str(tmp_path / "m")]


def test_numbers_from_a_table_with_a_test_set(gxview, tmp_path, table):
    rows = [f"{text},{text.count('G')},{text.count('A') > 10:d}" for text in sequences(60, "TATA", 3)]
    (tmp_path / "n.csv").write_text("\n".join(["sequence,g,rich", *rows]) + "\n")
    files = ("--data", tmp_path / "n.csv", "--test", tmp_path / "n.csv")
    arguments = ("--task", "regression", "--labels", "g", *files, "-o", tmp_path / "m", "--json", *SMALL)
    code, out, _ = gxview("train", *arguments)
    assert code == 0
    assert set(json.loads(out)["test"]) == {"pearson", "spearman", "r2", "rmse"}
    assert load_model(tmp_path / "m").problem_type == "regression"
    code, _, err = gxview("train", "--data", tmp_path / "n.csv", "--labels", "g,rich", "-o", tmp_path / "x")
    assert (code, "--task multi-label" in err) == (2, True)


def test_lora_needs_a_transformer(gxview, tmp_path, table):
    code, _, err = gxview("train", "--data", table, "--lora", "-o", tmp_path / "m")
    assert (code, "a CNN has none" in err) == (2, True)


def test_a_killed_command_goes_on_and_a_finished_one_does_nothing(gxview, tmp_path, table):
    """kill -9 in the middle of an epoch; the same command gives the bits of an uninterrupted one."""
    command = ["train", "--data", str(table), "--epochs", "6", "--batch-size", "4", "--device", "cpu", "--name", "m"]
    options = ["--checkpoint-every", "3", "--progress", "json"]
    killed = [sys.executable, "-m", "gxview", *command, "-o", str(tmp_path / "killed"), *options]
    with subprocess.Popen(killed, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout:
            if json.loads(line)["event"] == "epoch":
                break
        process.kill()
    assert not (tmp_path / "killed").exists()
    assert (tmp_path / "killed.training" / "checkpoint.pt").exists()
    code, out, _ = gxview(*command, "-o", tmp_path / "killed", *options)
    assert (code, events(out)[1]["event"]) == (0, "note")
    assert gxview(*command, "-o", tmp_path / "whole")[0] == 0
    one, other = ((tmp_path / name / "model.safetensors").read_bytes() for name in ("killed", "whole"))
    assert one == other
    code, _, err = gxview(*command, "-o", tmp_path / "whole")
    assert (code, "is finished already; nothing was done" in err) == (0, True)


def test_sigterm_stops_after_the_step_and_keeps_a_checkpoint(tmp_path, table):
    command = [sys.executable, "-m", "gxview", "train", "--data", str(table), "-o", str(tmp_path / "m")]
    command += ["--epochs", "500", "--patience", "500", "--device", "cpu", "--progress", "json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        told = []
        for line in process.stdout:
            told.append(json.loads(line))
            if told[-1]["event"] == "epoch":
                process.terminate()
    assert process.returncode == 130
    assert told[-1]["status"] == "stopped"
    assert "goes on from the checkpoint" in told[-1]["message"]
    assert (tmp_path / "m.training" / "checkpoint.pt").exists()


def test_going_on_is_said_only_of_a_run_that_goes_on(gxview, tmp_path, table):
    run = ("train", "--data", table, "-o", tmp_path / "m", "--device", "cpu", "--checkpoint-every", 1)
    asked = iter([False] * 2)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("gxview.cli.running.stoppable", lambda: nullcontext(lambda: next(asked, True)))
        assert gxview(*run, "--epochs", 2)[0] == 130
    code, out, err = gxview(*run, "--epochs", 3)
    assert (code, "unfinished run that differs in settings.optimisation.epochs" in err) == (1, True)
    assert "going on" not in err + out
    code, _, err = gxview(*run, "--epochs", 2)
    assert (code, err.count("going on with the run in")) == (0, 1)


def test_pretraining_and_training_into_a_folder_with_a_model_is_told_as_such(gxview, tmp_path, table, fasta):
    pretrain = ("train", "--pretrain", fasta, "-o", tmp_path / "m", "--device", "cpu", *TINY)
    assert gxview(*pretrain, "--epochs", 1)[0] == 0
    code, _, err = gxview(*pretrain, "--data", table, "--epochs", 1)
    assert (code, "epoch" in err) == (1, False)
    assert "holds a pre-trained model, but --pretrain with labelled sequences begins anew" in err
    assert f"--from {tmp_path / 'm'}" in err
