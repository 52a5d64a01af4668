"""Launches of fixed shape, as a GPU gets them, and what is done where a GPU does not do as it should."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
import torch

from gxview.explain import (
    batch,
    device_attention,
    device_facts,
    device_pass,
    explain_region,
    fused,
    graphs,
    launch,
    on_device,
)
from gxview.explain.batch import explain_batches
from gxview.explain.graphs import Graphs
from gxview.explain.ladder import launches as plan_of
from gxview.explain.ladder import rows_of, rung
from gxview.explain.launches import Launcher, launcher, run_rows, run_tokens
from gxview.explain.settings import settle
from gxview.models.base import FlatTokens

CPU = torch.device("cpu")


class FakeGraph:
    """Does its work anew each time, as far as anybody can see."""

    made = 0

    def __init__(self, work, like, pool):
        type(self).made += 1
        self.work = work

    def run(self, values, result):
        result.copy_(self.work(values))


def captures(network, monkeypatch, graph=FakeGraph) -> Launcher:
    """Let the launcher of a network capture graphs of some kind."""
    monkeypatch.setattr(graphs, "Graph", graph)
    mine = launcher(network, CPU)
    mine.graphs.captures = True
    return mine


def tokens_of(counts) -> FlatTokens:
    counts = np.asarray(counts, dtype=np.int64)
    ids = np.random.default_rng(0).integers(5, 50, counts.sum()).astype(np.int32)
    return FlatTokens(ids, counts, np.ones(len(ids), dtype=np.int64), 3)


def sums(ids, lengths):
    """The token, doubled, and the sum of the real ones."""
    real = torch.arange(ids.shape[1]) < lengths[:, None]
    return ids * 2.0, (ids * real).sum(1, keepdim=True).float()


def test_steps_of_the_ladder_are_tight_and_aligned():
    counts = np.arange(1, 6000)
    steps = rung(counts)
    assert (steps >= counts).all()
    assert (steps % 8 == 0).all()
    assert (np.diff(steps) >= 0).all()
    assert (steps[:64] - counts[:64] < 8).all()
    long = counts >= 64
    assert ((steps - counts)[long] / counts[long]).max() < 0.25
    assert len(np.unique(steps)) < 80


def test_every_window_is_in_one_launch_whose_shape_its_length_decides():
    counts = np.random.default_rng(1).integers(3, 1500, 500)
    plan = plan_of(counts, 32)
    assert sorted(np.concatenate([one.members for one in plan])) == list(range(500))
    for one in plan:
        assert set(rung(counts[one.members])) == {one.tokens}
        assert len(one.members) <= one.rows == rows_of(one.tokens, 32)


@pytest.mark.parametrize("size", [1, 5, 64])
def test_numbers_come_back_in_the_order_of_the_windows(size):
    tokens = tokens_of(np.random.default_rng(2).integers(1, 90, 70))
    found = run_tokens(Launcher(CPU), tokens, size, 1, "sums", sums, 1e-4)
    assert np.array_equal(found.relevance, tokens.ids * 2.0)
    assert np.array_equal(found.logits[:, 0], np.add.reduceat(tokens.ids, tokens.starts))


def test_rows_of_one_length_come_back_in_order():
    values = np.random.default_rng(3).integers(0, 5, (11, 6), dtype=np.uint8)
    found = run_rows(Launcher(CPU), values, 4, 2, "ends", lambda rows: rows[:, [0, -1]].float(), 1e-4)
    assert np.array_equal(found, values[:, [0, -1]])


@pytest.mark.parametrize("method", [None, "gradient_x_input"])
def test_launches_give_the_numbers_of_batches(model, launched, monkeypatch, method):
    rng, settings = np.random.default_rng(4), settle(model, method, None, {})
    windows = ["".join(rng.choice(list("ACGTN"), 60, p=[0.24, 0.24, 0.24, 0.24, 0.04])) for _ in range(21)]
    groups = [windows[start : start + 8] for start in range(0, 21, 8)]
    arrays = launch.compute(model, launch.encode(model, groups), settings, size=8, hypothetical=True)
    one_by_one = [one for group in explain_batches(model, groups, settings, 8) for one in group]
    assert np.array_equal(arrays.values, np.stack([one.values for one in one_by_one]))
    assert np.array_equal(arrays.logits, np.stack([one.logits for one in one_by_one]))
    monkeypatch.setattr(batch, "in_launches", lambda model: False)
    plain = [one for group in explain_batches(model, groups, settings, 8) for one in group]
    scale = max(np.abs(one.values).max() for one in plain)
    for here, there in zip(one_by_one, plain, strict=True):
        np.testing.assert_allclose(here.values, there.values, atol=1e-4 * scale)
        np.testing.assert_allclose(here.logits, there.logits, atol=1e-5)
        assert np.array_equal(here.spans, there.spans)
        assert here.diagnostics == pytest.approx(there.diagnostics, abs=1e-4)
        if there.hypothetical is not None:
            np.testing.assert_allclose(here.hypothetical, there.hypothetical, atol=1e-4 * scale)


def test_quick_ways_that_work_are_used_without_a_word(dnabert2, reference, launched, monkeypatch):
    plain = values_on_the_cpu(dnabert2, reference, monkeypatch)
    monkeypatch.setattr(on_device, "_has_triton", lambda network: True)
    use_kernels(monkeypatch, fused)
    found = explain_region(dnabert2, reference, "chr2:11-300")
    assert found.provenance["launch"] == "by hand, fused attention, kernels"
    assert found.provenance["dtype"] == "float32"
    assert "precision_error" not in found.provenance
    assert not {"launch_notes"} & set(found.provenance) or "last bits" in found.provenance["launch_notes"][0]
    np.testing.assert_allclose(found.values, plain, atol=1e-4 * np.abs(plain).max())


def values_on_the_cpu(model, reference, monkeypatch):
    with monkeypatch.context() as patch:
        for module in (batch, launch, device_facts):
            patch.setattr(module, "in_launches", lambda model: False)
        return explain_region(model, reference, "chr2:11-300").values


def use_kernels(monkeypatch, module):
    import gxview.explain

    monkeypatch.setattr(gxview.explain, "kernels", module, raising=False)


class Broken:
    """Kernels that do not compile, or compute something else."""

    add_norm, norm_back = staticmethod(fused.add_norm), staticmethod(fused.norm_back)
    gate_back = staticmethod(fused.gate_back)

    def __init__(self, gate):
        self.gate = gate


def no_compiler(halves):
    raise RuntimeError("Failed to find C compiler.\nPlease specify")


@pytest.mark.parametrize(
    ("gate", "reason"),
    [(no_compiler, "RuntimeError: Failed to find C compiler."), (lambda halves: fused.gate(halves) * 1.01, "off by")],
)
def test_kernels_that_fail_or_err_are_left_out_and_told(dnabert2, reference, launched, monkeypatch, gate, reason):
    plain = values_on_the_cpu(dnabert2, reference, monkeypatch)
    monkeypatch.setattr(on_device, "_has_triton", lambda network: True)
    use_kernels(monkeypatch, Broken(gate))
    found = explain_region(dnabert2, reference, "chr2:11-300")
    (note,) = (note for note in found.notes if "Triton" in note)
    assert reason in note
    assert "more slowly" in note
    assert note in found.provenance["launch_notes"]
    assert found.provenance["launch"] == "by hand, fused attention"
    np.testing.assert_allclose(found.values, plain, atol=1e-4 * np.abs(plain).max())


def test_attention_that_fails_is_replaced(dnabert2, reference, launched, monkeypatch):
    def missing(shape, values_only):
        raise NotImplementedError("Could not run 'aten::_efficient_attention_forward'")

    monkeypatch.setattr(device_attention, "efficient", missing)
    found = explain_region(dnabert2, reference, "chr2:11-300")
    assert found.provenance["launch"] == "by hand"
    assert any("Fused attention cannot be used" in note for note in found.notes)


@pytest.mark.parametrize("method", ["attnlrp", "cplrp", "gradient_x_input"])
def test_a_quick_pass_that_errs_is_replaced_by_the_reference(dnabert2, reference, launched, monkeypatch, method):
    with monkeypatch.context() as patch:
        for module in (batch, launch, device_facts):
            patch.setattr(module, "in_launches", lambda model: False)
        plain = explain_region(dnabert2, reference, "chr2:11-300", method=method).values
    real = device_pass.device_pass

    def wrong(*arguments):
        relevance, logits = real(*arguments)
        return relevance * 1.001, logits

    monkeypatch.setattr(device_pass, "device_pass", wrong)
    found = explain_region(dnabert2, reference, "chr2:11-300", method=method)
    assert found.provenance["launch"] == "reference"
    np.testing.assert_allclose(found.values, plain, atol=1e-4 * np.abs(plain).max())


def test_a_graph_is_made_once_for_a_shape(model, reference, launched, monkeypatch):
    mine = captures(model.network, monkeypatch)
    FakeGraph.made = 0
    first = explain_region(model, reference, "chr2:11-300")
    made = FakeGraph.made
    again = explain_region(model, reference, "chr2:11-300")
    assert 0 < made == FakeGraph.made
    assert not any("graphs" in note for note in mine.notes)
    assert np.array_equal(first.values, again.values)


def test_capture_that_fails_is_told_and_tried_no_more(model, reference, launched, monkeypatch):
    class Failing(FakeGraph):
        def __init__(self, work, like, pool):
            super().__init__(work, like, pool)
            raise RuntimeError("operation not permitted when stream is capturing\nmore")

    plain = explain_region(model, reference, "chr2:11-300").values
    mine = captures(model.network, monkeypatch, Failing)
    mine._tried.clear()
    Failing.made = 0
    found = explain_region(model, reference, "chr2:11-300")
    assert Failing.made == 1
    assert not mine.graphs.captures
    (note,) = (note for note in found.provenance["launch_notes"] if "graphs" in note)
    assert "not permitted when stream is capturing" in note
    assert "\n" not in note
    assert note in found.notes
    assert np.array_equal(found.values, plain)


def test_graphs_that_err_are_not_used(model, reference, launched, monkeypatch):
    class Wrong(FakeGraph):
        def run(self, values, result):
            super().run(values, result)
            result *= 1.01

    plain = explain_region(model, reference, "chr2:11-300").values
    mine = captures(model.network, monkeypatch, Wrong)
    mine._tried.clear()
    found = explain_region(model, reference, "chr2:11-300")
    assert not mine.graphs.captures
    assert any("wrong numbers" in note for note in found.notes)
    assert np.array_equal(found.values, plain)


def test_numbers_that_depend_on_their_company_are_told():
    def noisy(ids, lengths):
        relevance, logits = sums(ids, lengths)
        return relevance, logits * (1 + 1e-7 * ids[0, 0])

    for work, told in ((sums, False), (noisy, True)):
        mine = Launcher(CPU)
        run_tokens(mine, tokens_of([20] * 12), 8, 1, "work", work, 1e-4)
        assert any("computed together" in note for note in mine.notes) == told


def test_graphs_are_bounded_and_the_oldest_goes_first(monkeypatch):
    monkeypatch.setattr(graphs, "Graph", FakeGraph)
    monkeypatch.setattr(graphs, "_MOST_GRAPHS", 3)
    mine, result = Graphs(CPU), torch.empty(2)
    mine.captures = True
    FakeGraph.made = 0
    for key in (1, 2, 3, 1, 4, 1, 3, 2):  # 4 pushes 2 out, 2 pushes 4 out
        mine.run(key, lambda values: values + 1, torch.zeros(2), result)
    assert FakeGraph.made == 5
    assert len(mine._graphs) == 3
    mine.run(None, lambda values: values + 2, torch.zeros(2), result)
    assert FakeGraph.made == 5
    assert result.tolist() == [2, 2]
    mine.clear()
    assert not mine._graphs
    assert mine.captures


def test_weights_that_are_forgotten_take_their_graphs_with_them(monkeypatch):
    mine = captures(torch.nn.Linear(1, 1), monkeypatch)
    mine.graphs.run("key", lambda values: values, torch.zeros(1), torch.empty(1))
    for number in range(4):
        mine.prepared(number, partial(int, number))
    assert mine.graphs._graphs
    mine.prepared(4, int)
    assert not mine.graphs._graphs


def test_without_memory_launches_become_smaller_and_graphs_give_theirs_back(dnabert2, reference, launched, monkeypatch):
    plain = explain_region(dnabert2, reference, "chr2:11-300", batch_size=2).values
    real, mine = on_device.token_work, captures(dnabert2.network, monkeypatch)
    cleared = []

    def limited(launcher, network, rules, way, target, ids, lengths):
        if len(ids) > 2:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB")
        return real(launcher, network, rules, way, target, ids, lengths)

    monkeypatch.setattr(on_device, "token_work", limited)
    clear = mine.graphs.clear
    monkeypatch.setattr(mine.graphs, "clear", lambda: (cleared.append(1), clear()))
    found = explain_region(dnabert2, reference, "chr2:11-300", batch_size=16)
    assert found.provenance["batch_size"] == 2
    assert len(cleared) == 3
    assert np.array_equal(found.values, plain)
