import json

import pytest
from typer.testing import CliRunner

from gxview.cli import build_app, evaluate
from gxview.errors import UsageError
from gxview.measures.registry import METRICS

RUNNER = CliRunner()


def run(*arguments):
    return RUNNER.invoke(build_app(["evaluate"]), ["evaluate", *map(str, arguments)])


@pytest.fixture
def sequences(tmp_path):
    path = tmp_path / "s.csv"
    path.write_text("label,sequence\n" + "".join(f"{n % 2},{'ACGTTGCAAC' * 6}\n" for n in range(2)))
    return path


def test_the_list_names_every_metric_with_its_definition():
    text = run("--list").output
    for metric in METRICS.values():
        assert metric.name in text
        assert metric.definition in text
    assert [one["name"] for one in json.loads(run("--list", "--json").output)] == list(METRICS)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "-o FOLDER"),
        (["-o", "out"], "Say which sequences"),
        (["-o", "out", "--sequences", "s.csv"], "Say which models"),
        (["-o", "out", "--progress", "loud"], "--progress"),
        (["-o", "out", "--config", "none.toml"], "cannot be read"),
        (["-o", "out", "--sequences", "s.csv", "--model", "m", "--limit", "0"], "data.limit"),
    ],
)
def test_a_request_without_sense_is_refused_in_one_sentence(arguments, words):
    error = run(*arguments).exception
    assert isinstance(error, UsageError)
    assert words in str(error)


def test_the_command_line_changes_the_configuration(tmp_path, sequences):
    config = tmp_path / "eval.toml"
    config.write_text('seed = 3\ntitle = "Mine"\n[data]\nsequences = "s.csv"\n[[models]]\nmodel = "sample-cnn"\n')
    found = evaluate.settled(config, ["sample-dnabert2"], {"limit": 5}, {"full": True, "seed": None})
    assert (found.seed, found.title, found.full, found.data.limit) == (3, "Mine", True, 5)
    assert found.data.sequences == sequences
    assert [one.model for one in found.models] == ["sample-dnabert2"]


def test_events_are_lines_of_json_that_end_with_the_files(tmp_path, sequences, tiny_cnn_folder):
    output = tmp_path / "out"
    result = run(
        "--sequences", sequences, "--model", tiny_cnn_folder, "-o", output, "--progress", "json", "--device", "cpu"
    )
    assert result.exit_code == 0
    events = [json.loads(line) for line in result.output.splitlines()]
    assert {event["event"] for event in events} == {"note", "start", "progress", "end"}
    end = events[-1]
    assert end["status"] == "complete"
    assert str(output / "report.html") in end["files"]


def test_a_failure_is_told_with_its_exit_code(tmp_path, tiny_cnn_folder):
    (tmp_path / "empty.csv").write_text("")
    result = run("--sequences", tmp_path / "empty.csv", "--model", tiny_cnn_folder, "-o", tmp_path / "out", "--json")
    assert result.exit_code == 1
    found = json.loads(result.stdout)
    assert found["status"] == "failed"
    assert "empty.csv" in found["message"]
