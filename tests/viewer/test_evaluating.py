"""An evaluation from the window: which sequences, how the program ends, what its numbers say."""

from __future__ import annotations

import csv
import json
import math
import sys
import tomllib
from pathlib import Path

import pytest

from gxview.errors import GxviewError
from gxview.genome import Region
from gxview.measures.registry import METRICS
from gxview.viewer.evaluating.request import Request, limited, subjects_around, subjects_in, write_request
from gxview.viewer.evaluating.results import Kind, median, read_results
from gxview.viewer.places.regions import RegionRow
from gxview.viewer.work.command import read_event
from gxview.viewer.work.jobs import JobState
from gxview.viewer.work.notices import Level

FAKE = Path(__file__).with_name("fake_evaluate.py")
AOPC = Kind("aopc", "scale=logit", "base")


@pytest.fixture
def ready(opened, loop):
    opened.evaluating.program = (sys.executable, str(FAKE))
    opened.explanations.add("fake-cnn")
    opened.show(Region("chr1", 1000, 1600))
    assert loop.run(lambda: opened.is_idle)
    return opened


@pytest.fixture
def run(ready, loop, tmp_path):
    request = Request(tuple(ready.evaluating.subjects("visible", None, ["fake-cnn"])), ("fake-cnn",))
    run = ready.evaluating.start(request, tmp_path / "out")
    assert loop.run(lambda: bool(run.job.details))
    return run


def test_what_is_on_screen_is_cut_into_windows(ready):
    subjects = ready.evaluating.subjects("visible", None, ["fake-cnn"])
    assert [one.region for one in subjects] == [Region("chr1", at, at + 128, "+") for at in (1000, 1128, 1256, 1384)]
    ready.show(Region("chr1", 1000, 1020))
    [short] = ready.evaluating.subjects("visible", None, ["fake-cnn"])
    assert (short.region.start, short.region.end) == (1010 - 64, 1010 + 64)


def test_regions_are_taken_around_their_middles_on_their_strands(ready):
    reference = ready.model.reference
    rows = [
        RegionRow("chr1", 500, 520, "-", "one"),
        RegionRow("chr1", 2, 4, ".", "one"),
        RegionRow("chr2", 2990, 3000),
        RegionRow("tiny", 0, 5),
        RegionRow("elsewhere", 0, 5),
    ]
    found = subjects_around(rows, 128, reference)
    assert [(one.name, one.region) for one in found] == [
        ("one", Region("chr1", 446, 574, "-")),
        ("one (2)", Region("chr1", 0, 128, "+")),
        ("chr2:2,873-3,000(+)", Region("chr2", 2872, 3000, "+")),
    ]
    ready.model.regions.rows = tuple(rows)
    assert ready.evaluating.subjects("regions", None, ["fake-cnn"]) == found
    assert subjects_in(Region("chr2", 0, 128), 128, reference)[0].region.length == 128


def test_many_are_thinned_out_evenly(ready):
    found = subjects_in(Region("chr1", 0, 20_000), 10, ready.model.reference)
    kept = limited(found, 100)
    assert len(kept) == 100
    assert kept == found[::20]


def test_a_file_of_regions_counts_too(ready, tmp_path):
    (tmp_path / "a.bed").write_text("chr1\t100\t140\tp1\t0\t-\n")
    [one] = ready.evaluating.subjects("file", tmp_path / "a.bed", ["fake-cnn"])
    assert (one.name, one.region) == ("p1", Region("chr1", 56, 184, "-"))
    with pytest.raises(GxviewError, match="Choose a file"):
        ready.evaluating.subjects("file", None, ["fake-cnn"])
    with pytest.raises(GxviewError, match="at least one model"):
        ready.evaluating.subjects("visible", None, [])


def test_the_program_gets_letters_on_their_strand_and_the_choices(ready, tmp_path):
    reference = ready.model.reference
    [subject] = subjects_around([RegionRow("chr1", 500, 520, "-", 'a "b"')], 128, reference)
    request = Request(
        (subject,), ("fake-cnn",), (("fake-cnn", ("lrp", "gradient_x_input")),), ("faithfulness",), device="cpu"
    )

    config = tomllib.loads(write_request(tmp_path, request, reference).read_text())
    assert config["families"] == ["faithfulness"]
    assert config["data"] == {"sequences": "sequences.csv", "genome": str(reference.path)}
    assert config["models"] == [{"model": "fake-cnn", "methods": ["lrp", "gradient_x_input"]}]
    with (tmp_path / "sequences.csv").open(newline="") as file:
        [row] = csv.DictReader(file)
    assert row == {"id": 'a "b"', "region": "chr1:447-574(-)", "sequence": reference.fetch(subject.region)}
    with pytest.raises(GxviewError, match="No region has room"):
        write_request(tmp_path, Request((), ("fake-cnn",)), reference)


def test_the_job_says_how_far_it_is_and_opens_the_results(run, ready, loop, tmp_path):
    arguments, _ = json.loads((tmp_path / "out" / "asked.json").read_text())
    assert arguments[0] == "evaluate"
    assert arguments[-2:] == ["--progress", "json"]
    assert (run.job.done, run.job.total) == (2, 8)
    assert run.job.told == "25 %, about 3 min left"
    assert run.job.details == "m, lrp, real"
    assert ready.evaluating.is_running
    with pytest.raises(GxviewError, match="running already"):
        ready.evaluating.start(Request((), ()), tmp_path)
    run.child.say("finish")
    assert loop.run(lambda: ready.evaluating.results is not None)
    assert run.job.state is JobState.DONE
    assert [note.text for note in ready.notices.history][-1] == "The evaluation is there."
    assert ready.evaluating.results.report == tmp_path / "out" / "report.html"


@pytest.mark.parametrize(
    ("word", "sentence"),
    [("fail", "no room is left on the disk."), ("refuse", "the model takes no such sequences.")],
)
def test_a_failure_is_told_in_the_words_of_the_program(run, ready, loop, word, sentence):
    run.child.say(word)
    assert loop.run(lambda: run.has_ended)
    assert run.job.state is JobState.FAILED
    assert sentence in ready.notices.history[-1].text
    assert ready.notices.history[-1].level is Level.ERROR
    assert not ready.evaluating.is_running


def test_cancelling_ends_it_at_once(run, ready, loop):
    run.job.cancel()
    assert loop.run(lambda: run.has_ended)
    assert run.job.state is JobState.CANCELLED
    assert "What is finished is kept" in run.job.message
    assert run.child.has_ended


def test_closing_ends_the_program(run, ready):
    assert ready.close()
    assert run.child.has_ended


def test_the_worst_come_first_and_missing_ones_last(run, ready, loop):
    run.child.say("finish")
    assert loop.run(lambda: ready.evaluating.results is not None)
    results = ready.evaluating.results
    assert METRICS["aopc"].direction == "higher"
    found = results.worst_first(AOPC)
    assert [one.value for one in found[:3]] == [0.0, 0.1, 0.3]
    assert math.isnan(found[3].value)
    assert found[3].reason == "the relevance is zero everywhere"
    assert found[0].region == Region("chr1", 1000, 1128, "+")
    assert results.sets(AOPC) == ("real", "dinucleotide")
    assert median(results.worst_first(AOPC, "dinucleotide")) == 0.05
    assert median(found) == 0.1
    assert results.kinds[-1].metric == "entropy"  # it judges nothing by itself
    assert ready.evaluating.around(found[0].region) == Region("chr1", 936, 1192)


def test_a_folder_without_results_says_so(tmp_path):
    with pytest.raises(GxviewError, match="holds no finished evaluation"):
        read_results(tmp_path)
    (tmp_path / "metrics.csv").write_text("a,b\n1,2\n")
    with pytest.raises(GxviewError, match="no table of an evaluation"):
        read_results(tmp_path)


def test_lines_that_are_no_events_are_left_out():
    assert read_event("hello") is None
    assert read_event('{"event": "later"}') is None
