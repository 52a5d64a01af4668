"""Whole runs: files, going on, doing nothing twice, and the words of what cannot be."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gxview.assess.probe import Fitting, ProbeSettings, run_probe
from gxview.cli import build_app
from gxview.errors import Cancelled, GxviewError, UsageError
from tests.assess.probe.planted import planted

RUNNER = CliRunner()
FIELDS = ("input", "head", "layer", "n_train", "seed", "metric", "value")


@pytest.fixture
def data(table) -> Path:
    sequences, labels, values = planted(90, 40, 11)
    return table(sequence=sequences, label=labels, level=[round(value, 3) for value in values])


def settings(data: Path, folder: Path, output: Path, **more: object) -> ProbeSettings:
    quick = {"heads": ("ridge", "cnn"), "seeds": 2, "fitting": Fitting(epochs=2, alphas=(1.0,), projection=8)}
    return ProbeSettings(**{"data": data, "output": output, "models": (str(folder),), **quick, **more})


def test_a_run_writes_rows_comparisons_and_a_report_and_does_nothing_twice(data, tiny_dnabert2_folder, tmp_path):
    events: list[dict[str, object]] = []
    wanted = settings(
        data, tiny_dnabert2_folder, tmp_path / "out", labels=("label", "level"), fractions=(0.5, 1.0), layers=(0, 2)
    )
    found = run_probe(wanted, tell=lambda event: events.append(dict(event)))
    content = json.loads((tmp_path / "out" / "probe.json").read_text())
    assert {path.name for path in found.files} == {"probe.json", "results.csv", "report.html", "embeddings.zarr"}
    assert all(path.exists() for path in found.files)
    assert all(set(FIELDS) <= set(row) for row in content["rows"])
    inputs = {row["input"] for row in content["rows"]}
    assert {"one-hot", "dinucleotide", "4-mer", "tiny-dnabert2 cls", "tiny-dnabert2#randomised-0 full"} <= inputs
    metrics = {(row["target"], row["metric"]) for row in content["rows"]}
    assert {("label", "auroc"), ("level", "pearson")} <= metrics
    # one-hot with two heads, two sorts of words; of each model two layers with three pools; shares, seeds, metrics
    assert len(content["rows"]) == (4 + 2 * 2 * 3) * 2 * 2 * 7
    with (tmp_path / "out" / "results.csv").open() as stream:
        assert len(list(csv.DictReader(stream))) == len(content["rows"])
    assert all(one["q"] is None or one["q"] >= one["p"] for one in content["comparisons"])
    assert {one["against"] for one in content["comparisons"]} == {"one-hot", "dinucleotide", "4-mer", "random weights"}
    assert len(content["verdicts"]) == 2 * 4
    report = (tmp_path / "out" / "report.html").read_text()
    assert all(word in report for word in ("Do embeddings beat letters?", "Parts and leaks", "By layer", "With fewer"))
    assert events[0]["event"] == "progress"
    start = next(event for event in events if event["event"] == "start")
    last = [event for event in events if event["event"] == "progress"][-2]
    assert start["finished"] == 0
    assert last["done"] == last["total"] == start["tasks"]
    again = run_probe(wanted, tell=lambda event: pytest.fail(f"it worked again: {event}"))
    assert "nothing to do" in again.message
    assert again.rows == found.rows


def test_a_stopped_run_goes_on_and_ends_as_if_it_had_not_been_stopped(data, tiny_cnn_folder, tmp_path):
    whole = run_probe(settings(data, tiny_cnn_folder, tmp_path / "whole"))
    seen = 0

    def soon(event: object) -> None:
        nonlocal seen
        seen += 1

    with pytest.raises(Cancelled, match="goes on from there"):
        run_probe(settings(data, tiny_cnn_folder, tmp_path / "out"), tell=soon, cancelled=lambda: seen > 14)
    starts: list[dict[str, object]] = []
    found = run_probe(
        settings(data, tiny_cnn_folder, tmp_path / "out"),
        tell=lambda event: starts.append(dict(event)) if event["event"] == "start" else None,
    )
    assert starts[0]["finished"] > 5
    assert found.rows == whole.rows
    assert (tmp_path / "out" / "report.html").read_bytes() == (tmp_path / "whole" / "report.html").read_bytes()


def test_sequences_of_several_lengths_are_probed_by_vectors(table, tiny_dnabert2_folder, tmp_path):
    sequences, labels, _ = planted(60, 50, 3)
    path = table(sequence=[text[: 40 + n % 10] for n, text in enumerate(sequences)], label=labels)
    found = run_probe(settings(path, tiny_dnabert2_folder, tmp_path / "out", heads=(), seeds=1))
    assert {row["head"] for row in found.rows} == {"ridge"}
    assert "one-hot" not in {row["input"] for row in found.rows}
    with pytest.raises(GxviewError, match=r"of the 60 sequences have .* need one length\. Cut them"):
        run_probe(settings(path, tiny_dnabert2_folder, tmp_path / "cnn", heads=("cnn",)))


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"layers": (9,)}, "has no layer 9"),
        ({"heads": ("residualbind",)}, "needs sequences of at least 50 bases; those of data.csv have 40"),
        ({"heads": ("ridge",), "pools": ("full",)}, "No head reads what is pooled"),
        ({"models": ("nowhere",)}, "There is no model folder nowhere"),
        ({"split": "chromosome"}, "no column of chromosomes"),
    ],
)
def test_what_cannot_be_done_is_told_in_a_sentence(data, tiny_dnabert2_folder, tmp_path, more, said):
    with pytest.raises((GxviewError, UsageError), match=said):
        run_probe(settings(data, tiny_dnabert2_folder, tmp_path / "out", **more))


def test_the_command_prints_lines_of_json_that_end_with_the_files(data, tiny_cnn_folder, tmp_path):
    arguments = ["probe", "--data", data, "--model", tiny_cnn_folder, "--head", "ridge", "--pool", "cls,mean"]
    arguments += ["--seeds", "1", "--layers", "1,-1", "--split", "random", "-o", tmp_path / "out"]
    result = RUNNER.invoke(build_app(["probe"]), [*map(str, arguments), "--progress", "json"])
    events = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 0
    assert events[-1]["event"] == "end"
    assert events[-1]["status"] == "complete"
    assert str(tmp_path / "out" / "probe.json") in events[-1]["files"]
    assert any("drawn at random" in event.get("text", "") for event in events)
    assert {row["layer"] for row in json.loads((tmp_path / "out" / "probe.json").read_text())["rows"]} == {None, 1, 3}
    shown = RUNNER.invoke(build_app(["probe"]), [*map(str, arguments), "--json"])
    assert json.loads(shown.stdout)["status"] == "complete"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--data", "d.csv", "--model", "m"], "-o FOLDER"),
        (["--data", "d.csv", "--model", "m", "-o", "out", "--layers", "a"], "--layers takes numbers"),
        (["--data", "d.csv", "--model", "m", "-o", "out", "--head", "forest"], "--head is ridge"),
        (["--data", "d.csv", "--model", "m", "-o", "out", "--progress", "loud"], "--progress"),
    ],
)
def test_a_command_without_sense_is_refused(arguments, said):
    error = RUNNER.invoke(build_app(["probe"]), ["probe", *arguments]).exception
    assert isinstance(error, UsageError)
    assert said in str(error)


def test_several_models_are_held_against_each_other(data, tiny_dnabert2_folder, tiny_cnn_folder, tmp_path):
    models = (str(tiny_dnabert2_folder), str(tiny_cnn_folder))
    wanted = settings(
        data, tiny_cnn_folder, tmp_path / "out", models=models, heads=("ridge",), pools=("cls",), randomised=0
    )
    found = run_probe(wanted)
    between = [one for one in found.comparisons if one["against"] == "tiny-cnn"]
    assert [(one["scope"], one["model"]) for one in between] == [("best", "tiny-dnabert2")]
    assert any("the embeddings of tiny-dnabert2" in said and "those of tiny-cnn" in said for said in found.verdicts)


def test_a_sequence_of_another_length_is_named_before_anything_is_computed(tiny_dnabert2_folder, table, tmp_path):
    letters, labels, _ = planted(30, 40, 11)
    data = table(sequence=[*letters[:7], letters[7][3:], *letters[8:]], label=labels)
    with pytest.raises(GxviewError, match=r"data\.csv, line 9: the sequence has 37 bases, but 29 of the 30 .* have 40"):
        run_probe(settings(data, tiny_dnabert2_folder, tmp_path / "out"))
    assert not (tmp_path / "out").exists()


def test_a_sequence_that_a_model_cannot_read_is_named_before_anything_is_computed(tiny_cnn_folder, table, tmp_path):
    fixed = shutil.copytree(tiny_cnn_folder, tmp_path / "fixed")
    config = json.loads((fixed / "config.json").read_text())
    (fixed / "config.json").write_text(json.dumps({**config, "input_length": 100}))
    letters, labels, _ = planted(30, 100, 11)
    data = table(sequence=[*letters[:7], letters[7][3:], *letters[8:]], label=labels)
    with pytest.raises(GxviewError, match=r"data\.csv, line 9: the sequence has 97 bases, but .* takes exactly 100"):
        run_probe(settings(data, fixed, tmp_path / "out", heads=("ridge",), pools=("cls", "mean")))
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--head", "foo"), "--head is ridge, mlp, cnn, cnn-mpra, residualbind or residualbind-small, not 'foo'."),
        (("--pool", "all"), "--pool is cls, mean or full, not 'all'."),
        (("--pool", ","), "--pool needs at least one value."),
        (("--baseline", "foo"), "--baseline is one-hot, dinucleotide or k-mer, not 'foo'."),
        (("--task", "foo"), "--task is auto, classification or regression, not 'foo'."),
        (("--seeds", "0"), "--seeds is at least 1, not 0."),
        (("--kmer", "7"), "--kmer is at most 6, not 7."),
        (("--epochs", "0"), "--epochs is at least 1, not 0."),
        (("--fractions", "2"), "--fractions is wrong: fractions lie above 0 and up to 1."),
    ],
)
def test_a_wrong_value_is_told_by_the_name_of_its_option(data, tmp_path, options, said):
    asked = ["probe", "--data", str(data), "--model", "sample-cnn", "-o", str(tmp_path / "out"), *options]
    found = RUNNER.invoke(build_app(["probe"]), asked)
    assert isinstance(found.exception, UsageError)
    assert str(found.exception) == said


def test_a_folder_that_cannot_be_made_is_told(data, tiny_dnabert2_folder, tmp_path):
    with pytest.raises(GxviewError, match=r"The folder .*out cannot be made: .*data\.csv is a file\. Name one in"):
        run_probe(settings(data, tiny_dnabert2_folder, data / "out"))
