"""``gxview models`` lists what ``--model`` and ``--preset`` accept."""

from __future__ import annotations

import json
import sys

import pytest

from gxview.cli import main
from gxview.models.presets import PRESETS


@pytest.fixture
def embedded(monkeypatch, tiny_cnn_folder, tiny_dnabert2_folder):
    """Small folders in place of the embedded models."""
    folders = {"sample-cnn": tiny_cnn_folder, "sample-dnabert2": tiny_dnabert2_folder}
    monkeypatch.setattr("gxview.models.loading.resolve_folder", folders.__getitem__)


def test_as_json(embedded, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["gxview", "models", "--json"])
    with pytest.raises(SystemExit) as stop:
        main()
    assert not stop.value.code
    found = json.loads(capsys.readouterr().out)
    assert [(one["name"], one["kind"], one["window_length"]) for one in found["embedded"]] == [
        ("sample-cnn", "cnn", 60),
        ("sample-dnabert2", "dnabert2", 60),
    ]
    assert found["embedded"][1]["targets"] == ["background", "promoter"]
    assert {one["name"] for one in found["kinds"]} == {"cnn", "dnabert2"}
    assert [one["name"] for one in found["presets"]] == list(PRESETS)


def test_as_text(embedded, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["gxview", "models"])
    with pytest.raises(SystemExit):
        main()
    text = capsys.readouterr().out
    for name in ("sample-cnn", "sample-dnabert2", "genomic-benchmarks", "chip-seq", "--model"):
        assert name in text
