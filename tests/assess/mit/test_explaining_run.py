"""The test of explanations as a part of a run: JSON, report, command."""

from __future__ import annotations

import json

import pytest

from gxview.assess.mit import MitSettings, run_into, run_mit
from gxview.errors import UsageError


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("mit") / "out"


def settings(**changes):
    return MitSettings(["pa-pwm", "nopos"], probing=False, explain=("ism",), **changes)


def test_a_run_writes_ratios_and_a_section_and_does_nothing_the_second_time(folder):
    told = []
    outcome, _ = run_into(settings(), folder, tell=told.append)
    content = json.loads((folder / "mit.json").read_text())
    assert [(row["scorer"], row["method"]) for row in content["relevance"]] == [("pa-pwm", "ism"), ("nopos", "ism")]
    assert content["relevance"][0]["position"]["value"] == 1.0
    assert content["provenance"]["explain"] == ["ism"]
    assert "at the right place only?" in (folder / "report.html").read_text()
    start = next(event for event in told if event["event"] == "start")
    running = [event for event in told if event["event"] == "progress"]
    assert {event["total"] for event in running} == {start["tasks"]}
    assert [event["done"] for event in running] == sorted(event["done"] for event in running)
    assert running[-1]["done"] == start["tasks"]
    again, _ = run_into(settings(), folder)
    assert again.files == outcome.files


def test_a_method_that_no_scorer_has_is_told_before_anything_is_scored():
    with pytest.raises(UsageError, match="None of the scorers can be explained by 'attnlrp'"):
        run_mit(MitSettings(["pa-pwm"], explain=("attnlrp",)))
