"""Two processes train as one: started by torchrun, talking over gloo."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import numpy as np
import psutil
import pytest
import torch
from safetensors.torch import load_file

from gxview.models import load_model
from gxview.models.saving import save_model


@pytest.fixture
def start(tiny_dnabert2_folder, tmp_path):
    """A model without dropout, which each process would draw for itself."""
    folder = save_model(load_model(tiny_dnabert2_folder), tmp_path / "start")
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "hidden_dropout_prob": 0.0}))
    return folder


@pytest.fixture
def table(tmp_path):
    rng = np.random.default_rng(0)
    letters = ["".join(rng.choice(list("ACGT"), int(rng.integers(30, 60)))) for _ in range(53)]
    rows = [f"{text + 'TATAAT' * (index % 3 == 0)},{int(index % 3 == 0)}" for index, text in enumerate(letters)]
    (tmp_path / "train.csv").write_text("\n".join(["sequence,label", *rows]) + "\n")
    return tmp_path / "train.csv"


def command(table, start, output, *more):
    arguments = [
        "train",
        "--data",
        table,
        "--from",
        start,
        "-o",
        output,
        "--name",
        "m",
        "--epochs",
        2,
        "--device",
        "cpu",
    ]
    arguments += ["--batch-size", 16, "--learning-rate", 1e-3, "--class-weights", "balanced", "--progress", "json"]
    return [*map(str, [*arguments, *more])]


def run(launcher, arguments):
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "CUDA_VISIBLE_DEVICES": ""}
    done = subprocess.run(
        [sys.executable, *launcher, "-m", "gxview", *arguments], capture_output=True, text=True, env=environment
    )
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")], done.stderr


TWO = ["-m", "torch.distributed.run", "--nproc-per-node", "2", "--master-port", "0", "--rdzv-backend", "c10d"]
TWO += ["--rdzv-endpoint", "localhost:0"]


def test_two_processes_give_what_one_gives_with_twice_the_batch_of_each(tmp_path, table, start):
    code, told, err = run(
        TWO, command(table, start, tmp_path / "two", "--lora", "--lora-dropout", 0, "--accumulate", 2)
    )
    assert code == 0, err
    assert [one["event"] for one in told].count("end") == 1
    assert run([], command(table, start, tmp_path / "one", "--lora", "--lora-dropout", 0))[0] == 0
    one, two = (load_file(tmp_path / name / "model.safetensors") for name in ("one", "two"))
    for name, value in one.items():
        torch.testing.assert_close(two[name], value, rtol=1e-5, atol=1e-5, msg=name)
    first, second = (json.loads((tmp_path / name / "metrics.json").read_text()) for name in ("one", "two"))
    for row, other in zip(first["history"], second["history"], strict=True):
        assert other["validation_loss"] == pytest.approx(row["validation_loss"], rel=1e-5)
        assert other["train_loss"] == pytest.approx(row["train_loss"], rel=1e-5)
    assert second["run"]["processes"] == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one", "start", "train.csv", "two"]


def test_two_processes_pretrain_together_and_go_on_after_a_kill(tmp_path):
    letters = "".join(np.random.default_rng(1).choice(list("ACGT"), 60_000))
    (tmp_path / "genome.fa").write_text(f">chr\n{letters}\n")
    arguments = ["train", "--pretrain", tmp_path / "genome.fa", "--hidden", 16, "--layers", 1, "--heads", 1]
    arguments += ["--window", 60, "--epochs", 3, "--checkpoint-every", 5, "--device", "cpu", "--progress", "json"]
    whole, killed = ([*map(str, arguments), "-o", str(tmp_path / name)] for name in ("whole", "killed"))
    code, told, err = run(TWO, whole)
    assert code == 0, err
    losses = told[-1]["losses"]
    assert losses[-1] < losses[0]

    kill_in_the_middle(TWO, killed)
    assert not (tmp_path / "killed" / "model.safetensors").exists()
    code, told, err = run(TWO, killed)
    assert code == 0, err
    for name in ("model.safetensors", "tokenizer.json"):
        assert (tmp_path / "killed" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()


def kill_in_the_middle(launcher, arguments):
    """Kill launcher and processes as a power cut would, once the second epoch runs."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "CUDA_VISIBLE_DEVICES": ""}
    started = subprocess.Popen(
        [sys.executable, *launcher, "-m", "gxview", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=environment,
    )
    with started:
        assert any("epoch 2/3" in line for line in started.stdout)
        for process in [*psutil.Process(started.pid).children(recursive=True), started]:
            process.kill()
