"""``gxview models`` lists what ``--model`` and ``--preset`` accept."""

from __future__ import annotations

import json
import shutil
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


def listed(monkeypatch, capsys, *arguments):
    monkeypatch.setattr(sys, "argv", ["gxview", "models", *map(str, arguments)])
    with pytest.raises(SystemExit) as stop:
        main()
    return stop.value.code or 0, *capsys.readouterr()


@pytest.fixture
def shelf(tmp_path, tiny_cnn_folder, tiny_dnabert2_folder):
    """A folder with a measured model and its MIT, an ensemble, a bare checkpoint and a damaged one."""
    for name in ("tested", "many/fold-1", "many/fold-2"):
        shutil.copytree(tiny_cnn_folder, tmp_path / name)
    shutil.copytree(tiny_dnabert2_folder, tmp_path / "bare")
    report = {"validation": {"auroc": 0.95}, "test": {"auroc": 0.9, "auroc x": None, "mcc": None}}
    (tmp_path / "tested" / "metrics.json").write_text(json.dumps(report))
    (tmp_path / "tested" / "mit").mkdir()
    results = {"results": [{"scorer": "model:tested", "css": 0.61, "css_ci": [0.5, 0.7], "scr": 0.4}]}
    (tmp_path / "tested" / "mit" / "mit.json").write_text(json.dumps(results))
    (tmp_path / "many" / "ensemble.json").write_text(json.dumps({"name": "many", "members": ["fold-1", "fold-2"]}))
    fold = {"auroc": {"mean": 0.8, "sd": 0.1, "members": [0.7, 0.9]}}
    (tmp_path / "many" / "metrics.json").write_text(json.dumps({"fold": fold}))
    (tmp_path / "wrong").mkdir()
    (tmp_path / "wrong" / "config.json").write_text("{")
    return tmp_path


def test_local_models_are_listed_with_their_measures_and_their_mit_line(shelf, monkeypatch, capsys):
    code, out, _ = listed(monkeypatch, capsys, shelf)
    assert code == 0
    *lines, wrong = out.splitlines()
    assert wrong.startswith(f"{shelf}/wrong/config.json, line 1: not valid JSON")
    assert lines == [
        f"{shelf}/bare  dnabert2, 60 bases  background, promoter",
        "  no metrics.json, so nothing is known about its training",
        f"{shelf}/many  cnn, 2 models, 60 bases  promoter",
        "  mean over folds: auroc 0.8000",
        f"{shelf}/tested  cnn, 60 bases  promoter",
        "  test: auroc 0.9000",
        "  MIT model:tested: CSS 0.610, SCR 0.400",
    ]


def test_local_models_as_json(shelf, monkeypatch, capsys):
    code, out, _ = listed(monkeypatch, capsys, shelf / "tested", shelf / "many", "--json")
    one, many = json.loads(out)["local"]
    assert (code, one["measures"]["set"], many["members"]) == (0, "test", 2)
    assert one["mit"] == [{"scorer": "model:tested", "css": 0.61, "scr": 0.4}]


def test_a_missing_folder_is_one_sentence(tmp_path, monkeypatch, capsys):
    code, _, err = listed(monkeypatch, capsys, tmp_path / "none")
    assert (code, err) == (1, f"gxview: There is no folder {tmp_path}/none; name one of a model or of models.\n")
    (tmp_path / "file").write_text("")
    code, _, err = listed(monkeypatch, capsys, tmp_path / "file")
    assert (code, err) == (1, f"gxview: {tmp_path}/file is a file; name a folder of a model or of models.\n")
