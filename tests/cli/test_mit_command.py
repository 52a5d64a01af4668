import json

import pytest
from typer.testing import CliRunner

from gxview.assess.mit import SCORERS
from gxview.assess.mit.files import read_sequences
from gxview.assess.mit.sets import build_sets
from gxview.cli import build_app
from gxview.errors import GxviewError, UsageError

RUNNER = CliRunner()


def run(*arguments):
    found = RUNNER.invoke(build_app(["mit"]), ["mit", *map(str, arguments)])
    if isinstance(found.exception, GxviewError):
        raise found.exception
    return found


def test_with_json_the_results_stand_alone_on_standard_output(tmp_path):
    found = run("--scorer", "pa-pwm", "--scorer", "rpa-pwm", "--main-only", "--json")
    assert found.exit_code == 0
    content = json.loads(found.stdout)
    assert list(content) == ["results"]
    rows = content["results"]
    assert [row["scorer"] for row in rows] == ["pa-pwm", "rpa-pwm"]
    assert rows[0]["css"] == 1.0
    assert rows[0]["css_ci"] == [1.0, 1.0]
    assert {"scr", "scr_ci", "p", "q", "mes", "mes_natural", "cir", "cm", "at_r", "spacing_peak"} <= set(rows[0])
    assert "left out" in found.stderr
    again = run("--scorer", "pa-pwm", "--scorer", "rpa-pwm", "--main-only", "--json", "-o", tmp_path)
    assert json.loads(again.stdout) == content
    assert "The test is in" in again.stderr


def test_without_json_a_table_is_printed_and_files_are_named(tmp_path):
    found = run("--scorer", "nocomp", "--main-only", "-o", tmp_path / "out")
    assert f"wrote {tmp_path / 'out' / 'report.html'}" in found.stdout
    assert "nocomp  " in found.stdout
    assert "0.00 to 0.00" in found.stdout


def test_progress_as_json_ends_with_the_files(tmp_path):
    found = run("--scorer", "pwm", "--main-only", "--progress", "json", "-o", tmp_path)
    events = [json.loads(line) for line in found.stdout.splitlines()]
    assert [event["event"] for event in events] == ["note", "start", "progress", "progress", "end"]
    assert events[-1]["status"] == "complete"
    assert str(tmp_path / "mit.json") in events[-1]["files"]
    assert all(set(event) >= {"state", "done", "total", "seconds_left", "work"} for event in events[2:4])


@pytest.mark.parametrize("name", ["s.csv", "s.fa"])
def test_sequences_are_written_and_scored_again_to_the_same_numbers(tmp_path, name):
    path = tmp_path / name
    assert "400 sequences" in run("--write-sequences", path, "--seed", 3).stdout
    assert read_sequences(path) == build_sets(3)
    numbers = [
        json.loads(run("--scorer", "nopos", "--main-only", "--json", *more).stdout)["results"][0]
        for more in (["--sequences", path], ["--seed", 3])
    ]
    assert numbers[0]["css"] == numbers[1]["css"]
    assert numbers[0]["scr"] == numbers[1]["scr"]


def test_the_list_names_every_scorer():
    text = run("--list").stdout
    assert all(name in text for name in SCORERS)
    assert [one["name"] for one in json.loads(run("--list", "--json").stdout)] == list(SCORERS)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "Say which scorers"),
        (["--scorer", "pwm", "--scramble", "mix"], "--scramble is shuffle or moved"),
        (["--scorer", "pwm", "--progress", "loud"], "--progress"),
        (["--scorer", "pwm", "--seeds", "0"], "number of seeds"),
    ],
)
def test_a_wrong_wish_is_told(arguments, words):
    with pytest.raises(UsageError, match=words):
        run(*arguments)


def test_an_unknown_scorer_ends_with_exit_code_2():
    found = run("--scorer", "none", "--json")
    assert (found.exit_code, found.stdout) == (2, "")
    assert "no scorer 'none'" in found.stderr


def test_wrong_sequences_are_told_in_one_sentence_and_nothing_is_printed(tmp_path):
    path = tmp_path / "s.fa"
    path.write_text(">E_0\nACGT\n")
    found = run("--scorer", "pwm", "--sequences", path, "--json")
    assert (found.exit_code, found.stdout) == (1, "")
    assert "line 1 (E_0): the sequence has 4 bases" in " ".join(found.stderr.split())
