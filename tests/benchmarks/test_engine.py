"""The pure parts of the measurement of the engine: fits, the table, what is read from an export, the hand-over."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from benchmarks.batch_export import child
from benchmarks.batch_export.genome import write_random_genome
from benchmarks.engine.bare import genome_windows
from benchmarks.engine.costs import Sweep, line
from benchmarks.engine.networks import plain_chain
from benchmarks.engine.run import in_turns
from benchmarks.fit import growth
from benchmarks.peers.make_environment import REQUIREMENTS, wanted
from benchmarks.table import Goal, Row, compared, markdown, number
from benchmarks.workers import Worker
from gxview.genome import Reference
from gxview.models.loading import load_model


def test_a_straight_line_without_fixed_cost_has_exponent_one() -> None:
    found = growth([10, 20, 40, 80], [1, 2, 4, 8])
    assert found.exponent == pytest.approx(1)
    assert found.slope == pytest.approx(0.1)
    assert found.fixed == pytest.approx(0, abs=1e-9)
    assert found.residual == pytest.approx(0, abs=1e-9)


def test_a_square_has_exponent_two_and_no_line_fits_it() -> None:
    found = growth([1, 2, 4, 8], [3, 12, 48, 192])
    assert found.exponent == pytest.approx(2)
    assert found.residual > 0.3


def test_a_fixed_cost_is_told_apart_from_the_slope() -> None:
    found = growth([100, 200, 400], [5 + 10, 5 + 20, 5 + 40])
    assert (found.fixed, found.slope) == (pytest.approx(5), pytest.approx(0.1))
    assert found.exponent < 1


@pytest.mark.parametrize(("sizes", "costs"), [([1, 1], [1, 2]), ([1, 2], [0, 1]), ([1, 2], [1])])
def test_no_fit_through_too_little(sizes: list[float], costs: list[float]) -> None:
    with pytest.raises(ValueError, match="positive cost"):
        growth(sizes, costs)


def test_a_batch_is_judged_by_its_own_cost() -> None:
    # Every batch of n windows takes 2 n seconds, four batches each.
    sweep = Sweep("windows of a batch", "somewhere/model", [(4, 120, 1), (8, 120, 2), (16, 120, 4)], (1, 2, 4))
    row = line(sweep, [8, 16, 32])
    assert row.ratio == pytest.approx(1)
    assert row.ours == "0.5 to 0.5 windows/s"
    assert "model, 1 to 4" in row.what
    assert "somewhere" not in row.what


def test_a_ratio_is_the_median_of_the_turns_not_of_the_figures() -> None:
    row = compared("x", [1, 10, 100], [1, 5, 25], unit="ms", beside="y", goal=Goal("at most", 1.9))
    assert row.turns == (1, 2, 4)
    assert row.ratio == 2
    assert row.met is False
    assert row.cells() == ("x", "10 ms", "y", "5 ms", "2", "1 to 4", "≤ 1.9", "**no**")


def test_goals_include_their_bound() -> None:
    assert Goal("at least", 1.3).met(1.3)
    assert not Goal("at least", 1.3).met(1.29)
    assert Goal("at most", 1.9).met(1.9)


def test_a_row_without_comparison_has_empty_cells() -> None:
    assert Row("memory", "5 MB").cells() == ("memory", "5 MB", "", "", "", "", "", "")
    assert Row("memory", "5 MB").met is None


def test_the_table_has_one_line_for_each_row_and_the_notes_below() -> None:
    lines = markdown([Row("a", "1"), Row("b", "2")], ["told"]).splitlines()
    assert len({text.count("|") for text in lines[:4]}) == 1
    assert lines[4:] == ["", "- told"]


@pytest.mark.parametrize(
    ("value", "text"), [(0.0123456, "0.0123"), (1.949, "1.95"), (99.96, "100"), (1234.5, "1,234"), (-250, "-250")]
)
def test_numbers_have_three_digits(value: float, text: str) -> None:
    assert number(value) == text


def test_ways_are_measured_in_turns() -> None:
    order: list[str] = []
    found = in_turns(2, {"a": lambda: order.append("a"), "b": lambda: order.append("b")})
    assert order == ["a", "b", "a", "b"]
    assert found == {"a": [None, None], "b": [None, None]}


def test_peers_that_would_replace_torch_come_without_dependencies() -> None:
    whole, bare = wanted(REQUIREMENTS.read_text(encoding="utf-8"))
    assert {one.split("==")[0] for one in bare} == {"lxt", "zennit"}
    assert "transformers==4.52.4" in whole
    assert not any(one.startswith(("torch", "nvidia", "#")) for one in (*whole, *bare))


def test_an_export_is_timed_from_its_plan_to_its_files() -> None:
    events = [
        (10.0, {"event": "note", "text": "x"}),
        (12.0, {"event": "start", "windows": 30, "bases": 900}),
        (13.0, {"event": "progress"}),
        (17.0, {"event": "end"}),
    ]
    found = child.summary(events, 20.0, 1.0, 2.0)
    assert (found.windows, found.bases, found.seconds, found.whole_seconds) == (30, 900, 5, 20)


def test_the_random_genome_is_a_genome(tmp_path: Path) -> None:
    path = write_random_genome(tmp_path / "genome.fa", 6_000)
    reference = Reference(path, cache_dir=tmp_path)
    assert reference.sizes == {"chr1": 6_000}
    counted = reference.composition(reference.region("chr1")[0])
    assert counted.n == counted.other == 0
    assert min(counted.a, counted.c, counted.g, counted.t) > 1_300
    made = path.stat().st_mtime_ns
    assert write_random_genome(path, 6_000).stat().st_mtime_ns == made


def test_the_bare_engine_gets_the_windows_that_touch_a_region(tmp_path: Path) -> None:
    path = write_random_genome(tmp_path / "genome.fa", 1_200)
    windows, bases = genome_windows("sample-cnn", str(path), "chr1:121-240")
    assert bases == 120
    letters = "".join(path.read_text().splitlines()[1:])
    assert windows == tuple(letters[start : start + 120] for start in (60, 120, 180))


def test_the_peers_get_the_same_function_in_pytorchs_own_layers() -> None:
    network = load_model("sample-cnn").network
    chain = plain_chain(network, 120)
    assert {type(layer).__module__.split(".")[0] for layer in chain} == {"torch"}
    assert not any(isinstance(layer, torch.nn.AdaptiveMaxPool1d) for layer in chain)
    columns = torch.from_numpy(np.random.default_rng(0).normal(size=(4, 4, 120)).astype(np.float32))
    with torch.inference_mode():
        assert torch.equal(chain(columns), network(columns))


def test_a_worker_answers_and_its_failure_ends_the_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "jobs_of_a_test.py").write_text(
        "from benchmarks.workers import serve\n"
        "def add(a, b):\n    print('printed by a library')\n    return a + b\n"
        "serve({'add': add})\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    worker = Worker(sys.executable, "jobs_of_a_test")
    try:
        assert worker.ask("add", a=2, b=3) == 5
        with pytest.raises(SystemExit, match="failed in add: TypeError"):
            worker.ask("add", a=2, b="x")
        assert worker.ask("add", a=1, b=1) == 2
    finally:
        worker.close()
