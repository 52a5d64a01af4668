"""The measurements of a GPU: that they run from end to end where there is none."""

from __future__ import annotations

import sys

import pytest
import torch

from benchmarks.gpu import __main__ as command


def test_without_a_gpu_one_sentence_says_so(monkeypatch, capsys):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(sys, "argv", ["gpu"])
    assert command.main() == 0
    assert capsys.readouterr().out == (
        "The measurements of the GPU need a CUDA device, and there is none here; nothing was measured.\n"
    )


def test_every_part_runs_on_small_networks(monkeypatch, capsys):
    monkeypatch.setattr(command, "save", lambda *_: pytest.fail("a quick run writes nothing"))
    monkeypatch.setattr(sys, "argv", ["gpu", "--device", "cpu", "--quick", "--budget", "3600"])
    assert command.main() == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in lines] == [part.__name__ for part in command.PARTS]
    assert not any(line.endswith(" null") for line in lines)


def test_a_part_that_fails_is_kept_apart_and_late_ones_are_left_out(monkeypatch):
    def broken(_bench):
        raise RuntimeError("no such kernel")

    def fine(_bench):
        return {"ms": 1.0}

    kept = []
    monkeypatch.setattr(command, "PARTS", (broken, fine))
    found = command.measure(None, 60, lambda now: kept.append(dict(now)))
    assert found == {"failed": {"broken": "RuntimeError: no such kernel"}, "left out": [], "fine": {"ms": 1.0}}
    assert len(kept) == 2
    assert command.measure(None, -1, kept.append)["left out"] == ["broken", "fine"]
