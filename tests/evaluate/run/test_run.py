import csv
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from gxview.errors import Cancelled, GxviewError
from gxview.evaluate.records import COLUMNS
from gxview.evaluate.run.run import LOCK, evaluate
from gxview.evaluate.run.subjects import open_subjects
from gxview.file_lock import FileLock


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def table(folder: Path) -> list[dict[str, str]]:
    with (folder / "metrics.csv").open(newline="") as stream:
        return list(csv.DictReader(stream))


def test_every_family_has_rows_for_both_models_on_real_and_control(done):
    rows = table(done[0])
    assert tuple(rows[0]) == COLUMNS
    for set_name in ("real", "dinucleotide"):
        for model in ("tiny-cnn", "tiny-dnabert2"):
            metrics = {row["metric"] for row in rows if (row["set"], row["model"]) == (set_name, model)}
            assert {"probability", "jaccard", "gini", "entropy", "aopc", "aopc_over_random", "auprc"} <= metrics
    assert {row["level"] for row in rows if row["metric"] == "jaccard"} == {"base", "token"}
    assert {row["method"] for row in rows if row["model"] == "tiny-dnabert2"} >= {
        "attnlrp",
        "gradient_x_input",
        "random",
    }


def test_the_randomised_models_are_compared_with_their_own(done):
    pairs = {(row["model"], row["other_model"]) for row in table(done[0]) if row["metric"] == "jaccard"}
    assert ("tiny-cnn", "tiny-cnn#randomised-20240") in pairs
    assert ("tiny-dnabert2", "tiny-dnabert2#randomised-20240") in pairs
    verdicts = [row for row in table(done[0]) if row["metric"] == "sanity"]
    assert {row["value"] for row in verdicts} <= {"0.0", "1.0"}
    assert len(verdicts) == 2


def test_progress_ends_where_the_plan_does(done):
    events = done[1]
    (start,) = [event for event in events if event["event"] == "start"]
    progress = [event for event in events if event["event"] == "progress"]
    assert start["finished"] == 0
    assert progress[-1]["done"] == progress[-1]["total"] == start["tasks"]


def test_a_finished_folder_is_left_alone(done, small, windows):
    before = {path: path.stat().st_mtime_ns for path in done[0].rglob("*")}
    outcome = evaluate(small(windows), done[0])
    assert "nothing to do" in outcome.message
    assert {path: path.stat().st_mtime_ns for path in done[0].rglob("*")} == before


def test_files_that_were_changed_are_made_again_from_the_tasks(done, small, windows):
    before = contents(done[0])
    (done[0] / "summary.csv").write_text("mine")
    (done[0] / "report.html").unlink()
    for path in sorted((done[0] / "work").glob("*.task"))[::7]:
        path.write_bytes(path.read_bytes()[:-20])
    events = []
    evaluate(small(windows), done[0], tell=events.append)
    assert contents(done[0]) == before
    assert events[0].get("finished", events[-1].get("done")) > 0


def test_stopped_work_goes_on_to_the_same_bytes(done, small, windows, tmp_path):
    asked = iter([*[False] * 12, *[True] * 10_000])
    with pytest.raises(Cancelled, match="kept"):
        evaluate(small(windows), tmp_path / "out", cancelled=lambda: next(asked))
    assert list((tmp_path / "out" / "work").glob("*.task"))
    assert not (tmp_path / "out" / "report.html").exists()
    evaluate(small(windows), tmp_path / "out")
    assert contents(tmp_path / "out") == contents(done[0])


def test_a_killed_process_goes_on_to_the_same_bytes(done, small, windows, tmp_path):
    config = tmp_path / "eval.json"
    config.write_text(small(windows).model_dump_json())
    lines = (
        "import json, sys",
        "from pathlib import Path",
        "from gxview.evaluate.run.config import Evaluation",
        "from gxview.evaluate.run.run import evaluate",
        "chosen = Evaluation.model_validate_json(Path(sys.argv[1]).read_text())",
        "evaluate(chosen, Path(sys.argv[2]), tell=lambda event: print(json.dumps(event), flush=True))",
    )
    command = [sys.executable, "-c", "\n".join(lines), str(config), str(tmp_path / "out")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ}) as child:
        for line in child.stdout:
            event = json.loads(line)
            if event["event"] == "progress" and event["done"] >= 9:
                child.send_signal(signal.SIGKILL)
                break
    assert child.returncode == -signal.SIGKILL
    assert not (tmp_path / "out" / "report.html").exists()
    evaluate(small(windows), tmp_path / "out")
    assert contents(tmp_path / "out") == contents(done[0])


def test_another_seed_makes_other_controls_but_explains_the_same(done, small, windows, tmp_path):
    folder = tmp_path / "out"
    shutil.copytree(done[0], folder)
    tasks = {path.name for path in (folder / "work").glob("explain-*")}
    evaluate(small(windows, seed=7), folder)
    assert tasks < {path.name for path in (folder / "work").glob("explain-*")}
    assert contents(folder)["metrics.csv"] != contents(done[0])["metrics.csv"]


def test_a_folder_in_use_is_refused(small, windows, tmp_path):
    (tmp_path / "out").mkdir()
    lock = FileLock(tmp_path / "out" / LOCK)
    assert lock.acquire()
    with pytest.raises(GxviewError, match="Another program"):
        evaluate(small(windows), tmp_path / "out")
    lock.release()


def test_sequences_that_a_model_does_not_take_are_rows_with_a_reason(small, tmp_path, write_windows):
    """Different lengths, N, a sequence of N alone, one too short for the CNN, a name twice."""
    letters = {"w1": "ACGTN" * 14, "w2": "N" * 60, "w3": "A"}
    sequences = write_windows(tmp_path / "odd.csv", 6, **letters)
    sequences.write_text(sequences.read_text().replace("w5,", "w4,").replace("w2,1,11,16", "w2,1,,"))
    outcome = evaluate(small(sequences), tmp_path / "out")
    assert outcome.failures
    rows = table(tmp_path / "out")
    assert {row["sequence"] for row in rows} >= {"w1", "w2", "w3", "w4", "w4_2"}
    short = [row for row in rows if row["sequence"] == "w3" and row["model"] == "tiny-cnn" and row["metric"] == "gini"]
    assert {"has 1 bases" in row["reason"] for row in short} == {True}
    assert all(bool(row["reason"]) == (row["value"] == "") for row in rows)
    assert any(row["sequence"] == "w1" and row["metric"] == "gini" and row["value"] for row in rows)
    report = (tmp_path / "out" / "report.html").read_text()
    assert "names occurred before" in report
    assert "has 1 bases" in report


def constant(folder: Path, target: Path) -> Path:
    """Copy a CNN and make all its weights zero, so that it says the same of every sequence."""
    from safetensors.numpy import load_file, save_file

    shutil.copytree(folder, target)
    weights = load_file(target / "model.safetensors")
    save_file({name: np.zeros_like(values) for name, values in weights.items()}, target / "model.safetensors")
    return target


def test_a_constant_model_and_one_class_are_told_and_give_no_wrong_number(
    small, tmp_path, tiny_cnn_folder, write_windows
):
    model = constant(tiny_cnn_folder, tmp_path / "constant")
    sequences = write_windows(tmp_path / "one.csv", 4)
    sequences.write_text(re.sub(r"(?m)^(w\d),\d", r"\1,1", sequences.read_text()))
    notes = []
    evaluate(
        small(sequences, models=[{"model": str(model)}]),
        tmp_path / "out",
        tell=lambda event: notes.append(event.get("text", "")),
    )
    assert any("ignores its input" in note for note in notes)
    assert any("All sequences are of class 1" in note for note in notes)
    own = [row for row in table(tmp_path / "out") if (row["model"], row["method"]) == ("tiny-cnn", "lrp")]
    missing = [row for row in own if row["metric"] in ("gini", "jaccard", "mass_accuracy")]
    assert missing
    assert all(row["reason"] and not row["value"] for row in missing)
    report = (tmp_path / "out" / "report.html").read_text()
    assert "ignores its input" in report
    assert "cannot be said" in report


def test_a_full_evaluation_asks_everything(
    small, tmp_path, small_genome, write_windows, tiny_cnn_folder, tiny_dnabert2_folder
):
    sequences = write_windows(tmp_path / "few.csv", 2)
    models = [
        {"model": str(tiny_cnn_folder), "methods": ["lrp", "ism"]},
        {"model": str(tiny_dnabert2_folder), "methods": ["attnlrp", "random"]},
    ]
    chosen = small(
        sequences,
        full=True,
        models=models,
        data={"sequences": sequences, "genome": small_genome},
        families=["similarity", "faithfulness", "stability", "sanity"],
        controls={"sets": ["gc_matched"]},
        faithfulness={"budgets": [0.2], "draws": 1, "orders": 1},
    )
    evaluate(chosen, tmp_path / "out")
    rows = table(tmp_path / "out")
    found = {(row["metric"], row["model"]) for row in rows if row["value"]}
    for metric in ("shift_similarity", "strand_similarity", "randomised_similarity", "local_lipschitz", "ism_spearman"):
        assert {(metric, "tiny-cnn"), (metric, "tiny-dnabert2")} <= found
    assert ("normalised_aopc", "tiny-cnn") in found
    assert {row["set"] for row in rows} == {"real", "gc_matched"}
    details = " ".join(row["detail"] for row in rows if row["metric"] == "aopc")
    assert all(f"replacement={name}" in details for name in ("random", "mask", "n", "dinucleotide"))
    assert "made random" in (tmp_path / "out" / "report.html").read_text()


def test_full_takes_every_method_that_fits_and_quick_says_what_it_left(small, windows):
    quick, full = (open_subjects(small(windows, full=wanted)) for wanted in (False, True))
    for one, other in zip(quick, full, strict=True):
        if not one.copy_of:
            assert one.methods == (one.main, "gradient_x_input", "random")
            assert set(one.methods) | set(one.left_out) == set(other.methods) | set(other.left_out)
            assert {"integrated_gradients", "occlusion", "ism"} <= set(other.methods)
    assert "delta_entropy" in full[2].left_out


def test_a_disk_without_room_ends_with_a_sentence_and_keeps_what_is_done(small, windows, tmp_path, monkeypatch):
    from gxview import store

    real, calls = store.write_durably, []

    def full(path, data):
        calls.append(path)
        if len(calls) > 5:
            raise OSError(28, "No space left on device")
        real(path, data)

    monkeypatch.setattr(store, "write_durably", full)
    with pytest.raises(GxviewError, match="no room left"):
        evaluate(small(windows), tmp_path / "out")
    assert len(list((tmp_path / "out" / "work").glob("*.task"))) == 5
