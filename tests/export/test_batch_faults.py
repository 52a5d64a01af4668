"""What goes wrong in a batch export is told, costs as little as possible, and never leaves a wrong file."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyBigWig
import pytest
import torch

from gxview.errors import Cancelled, GxviewError
from gxview.explain.batch import DeviceFull
from gxview.export.batch import device as batch_device
from gxview.export.batch import run as batch_run
from gxview.export.batch import site as batch_site
from gxview.export.batch.control import Control, Pace, interval
from gxview.export.batch.run import run_job
from gxview.export.batch.shards import ShardStore
from gxview.genome import Reference
from gxview.job_file import Places

REAL_COMPUTE = batch_device.compute


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def values(path: Path, chrom: str, start: int, end: int) -> np.ndarray:
    with pyBigWig.open(str(path)) as file:
        return file.values(chrom, start, end, numpy=True)


@pytest.fixture
def broken_compute(monkeypatch):
    """Let `compute` raise what a function of (number of the call, windows) returns."""

    def install(fault) -> list[int]:
        calls: list[int] = []

        def compute(model, encoded, settings, **rest):
            calls.append(encoded.windows)
            error = fault(len(calls), encoded.windows)
            if error is not None:
                raise error
            return REAL_COMPUTE(model, encoded, settings, **rest)

        monkeypatch.setattr(batch_device, "compute", compute)
        return calls

    return install


def test_short_memory_halves_the_batch_and_says_so(job, tmp_path, monkeypatch):
    tried = []

    def compute(model, encoded, settings, *, size, **rest):
        tried.append(size)
        if size > 4:
            raise DeviceFull("out of memory")
        return REAL_COMPUTE(model, encoded, settings, size=size, **rest)

    monkeypatch.setattr(batch_device, "compute", compute)
    assert run_job(job(), tmp_path / "short").status == "complete"
    assert tried[:3] == [16, 8, 4]
    assert set(tried[2:]) == {4}
    provenance = json.loads((tmp_path / "short" / "tiny-cnn.lrp.promoter.plus.provenance.json").read_text())
    assert provenance["batch_size"] == 4
    monkeypatch.undo()
    run_job(job(batch_size=4), tmp_path / "small")
    name = "tiny-cnn.lrp.promoter.plus.bw"
    assert (tmp_path / "short" / name).read_bytes() == (tmp_path / "small" / name).read_bytes()


def test_a_window_that_never_fits_ends_the_job_in_words(job, tmp_path, broken_compute):
    broken_compute(lambda _call, _windows: DeviceFull("out of memory"))
    with pytest.raises(GxviewError, match=r"One window of 60 bases does not fit"):
        run_job(job(), tmp_path)


def test_a_lost_gpu_keeps_what_is_finished(job, tmp_path, broken_compute, monkeypatch):
    real, kept = ShardStore.put, []
    monkeypatch.setattr(ShardStore, "put", lambda self, *given: kept.append(real(self, *given)) or kept[-1])
    broken_compute(lambda _call, _windows: RuntimeError("CUDA error: device lost") if kept else None)
    with pytest.raises(GxviewError, match=r"stopped working .*--resume"):
        run_job(job(), tmp_path / "lost")
    assert kept
    monkeypatch.undo()
    assert run_job(job(), tmp_path / "lost", resume=True).status == "complete"
    run_job(job(), tmp_path / "whole")
    assert files_of(tmp_path / "lost") == files_of(tmp_path / "whole")


def test_one_region_that_cannot_be_read_does_not_stop_the_others(job, tmp_path, monkeypatch):
    real = Reference.fetch

    def fetch(self, region):
        if region.chrom == "chr2":
            raise GxviewError("chr2 cannot be read")
        return real(self, region)

    monkeypatch.setattr(Reference, "fetch", fetch)
    where = Places(regions=("chr1:501-600", "chr2:1-100", "chr1:701-800"))
    outcome = run_job(job(places=where), tmp_path / "out")
    assert (outcome.status, outcome.failures) == ("incomplete", 1)
    assert (
        "chr2:1-100\ttiny-cnn.lrp.promoter.plus\tchr2 cannot be read" in (tmp_path / "out" / "failures.tsv").read_text()
    )
    track = tmp_path / "out" / "tiny-cnn.lrp.promoter.plus.bw"
    assert np.isfinite(values(track, "chr1", 500, 600)).all()
    assert np.isnan(values(track, "chr2", 0, 100)).all()
    monkeypatch.undo()
    assert run_job(job(places=where), tmp_path / "out", resume=True).status == "complete"
    assert np.isfinite(values(track, "chr2", 0, 100)).all()
    assert not (tmp_path / "out" / "failures.tsv").exists()


def test_a_vanished_genome_stops_the_job(job, tmp_path, small_genome, monkeypatch):
    genome = tmp_path / "genome.fa"
    shutil.copy(small_genome, genome)
    wanted = job()
    wanted = wanted.model_copy(update={"genome": wanted.genome.model_copy(update={"path": genome})})

    def fetch(self, region):
        genome.unlink(missing_ok=True)
        raise GxviewError("read error")

    monkeypatch.setattr(Reference, "fetch", fetch)
    with pytest.raises(GxviewError, match=r"genome.fa is gone .*--resume"):
        run_job(wanted, tmp_path / "out")


def test_windows_with_nan_are_left_out_and_named(job, tmp_path, monkeypatch):
    def compute(model, encoded, settings, **rest):
        arrays = REAL_COMPUTE(model, encoded, settings, **rest)
        return replace(
            arrays, values=np.where(arrays.values > np.quantile(arrays.values, 0.999), np.nan, arrays.values)
        )

    monkeypatch.setattr(batch_device, "compute", compute)
    outcome = run_job(job(), tmp_path)
    assert outcome.status == "incomplete"
    assert "NaN or infinity" in (tmp_path / "failures.tsv").read_text()
    assert not np.isnan(values(tmp_path / "tiny-cnn.lrp.promoter.plus.bw", "chr1", 0, 200)).all()


def test_regions_without_any_base_are_failures_but_gaps_of_whole_chromosomes_are_not(job, tmp_path):
    assert run_job(job(), tmp_path / "whole").status == "complete"
    manifest = json.loads((tmp_path / "whole" / "manifest.json").read_text())
    assert manifest["notes"] == ["No value in tiny: fewer bases than a window."]
    outcome = run_job(job(places=Places(regions=("tiny", "chr2:1-60"))), tmp_path / "named")
    assert outcome.failures == 1
    assert "tiny:1-40" in (tmp_path / "named" / "failures.tsv").read_text()


def test_a_model_that_was_replaced_is_refused(job, tmp_path, tiny_cnn_folder):
    folder = tmp_path / "model"
    shutil.copytree(tiny_cnn_folder, folder)
    wanted = job()
    choice = wanted.models[0].model_copy(update={"model": str(folder)})
    wanted = wanted.model_copy(update={"models": (choice,), "places": Places(regions=("chr1:501-700", "nowhere:1-2"))})
    assert run_job(wanted, tmp_path / "out").status == "incomplete"
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "changed": True}))
    with pytest.raises(GxviewError, match="not the one that the job was made with"):
        run_job(wanted, tmp_path / "out", resume=True)


@pytest.mark.parametrize("change", [Path.unlink, lambda bed: bed.write_text("chr1\t10\t20\n")])
def test_a_job_keeps_the_regions_it_began_with(job, tmp_path, change):
    bed, told = tmp_path / "peaks.bed", []
    bed.write_text("chr1\t500\t700\nnowhere\t1\t2\n")
    wanted = job(places=Places(files=({"path": bed},)))
    run_job(wanted, tmp_path / "out")
    before = (tmp_path / "out" / "tiny-cnn.lrp.promoter.plus.bw").read_bytes()
    change(bed)
    assert run_job(wanted, tmp_path / "out", resume=True, tell=told.append).status == "incomplete"
    assert any("keeps the regions that it began with" in event.get("text", "") for event in told)
    assert (tmp_path / "out" / "tiny-cnn.lrp.promoter.plus.bw").read_bytes() == before


def test_a_damaged_shard_is_computed_again(job, tmp_path, monkeypatch):
    def never(self) -> None:
        raise GxviewError("killed before publishing")

    monkeypatch.setattr(batch_run.Publisher, "finish", never)
    with pytest.raises(GxviewError, match="killed"):
        run_job(job(), tmp_path / "out")
    monkeypatch.undo()
    shards = sorted((tmp_path / "out" / ".gxview" / "shards").iterdir())
    shards[0].write_bytes(shards[0].read_bytes()[:-4] + b"\0\0\0\1")
    shards[1].unlink()
    with (tmp_path / "out" / ".gxview" / "journal.jsonl").open("ab") as file:
        file.write(b'{"track": 0, "sha')
    told = []
    assert run_job(job(), tmp_path / "out", resume=True, tell=told.append).status == "complete"
    assert any(event["event"] == "note" and "2 finished parts" in event["text"] for event in told)
    run_job(job(), tmp_path / "whole")
    assert files_of(tmp_path / "out") == files_of(tmp_path / "whole")


def test_two_devices_give_the_bytes_of_one(job, tmp_path, monkeypatch):
    run_job(job(("cnn", "dnabert2")), tmp_path / "one")
    real = batch_site.settle_job
    monkeypatch.setattr(batch_site, "settle_job", lambda *given: replace(real(*given), devices=("cpu", "cpu")))
    run_job(job(("cnn", "dnabert2")), tmp_path / "two")
    assert files_of(tmp_path / "one") == files_of(tmp_path / "two")


def test_a_paused_job_waits(job, tmp_path):
    control, states = Control(), []

    def tell(event):
        if event["event"] == "start":
            control.pause()
        if event["event"] == "progress":
            states.append((event["state"], event["windows"]))
            if len(states) == 3:
                control.resume()

    assert run_job(job(), tmp_path, tell=tell, control=control).status == "complete"
    assert states[:3] == [("paused", 0)] * 3


def test_the_time_left_leaves_pauses_out_and_knows_how_sure_it_is():
    now = [0.0]
    pace = Pace(lambda: now[0])
    pace.start()
    for second in range(1, 31):
        now[0] = second
        pace.note(10)
    pace.hold(True)
    now[0] += 1000
    pace.hold(False)
    now[0] += 1
    pace.note(10)
    assert pace.rate == pytest.approx(10)
    left = pace.left(100)
    assert left is not None
    assert left.seconds == pytest.approx(10)
    assert left.low < left.seconds < left.high
    steady, shaky = interval(100, [10.0] * 9), interval(100, [5.0, 15.0] * 5)
    assert shaky.high - shaky.low > steady.high - steady.low


def test_a_model_that_does_not_fit_is_told_in_words(job, tmp_path, monkeypatch):
    def load(*_given):
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20 MiB")

    monkeypatch.setattr("gxview.export.batch.settle.load_model", load)
    with pytest.raises(GxviewError, match="does not fit into the memory"):
        run_job(job(), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_job_without_any_value_is_not_complete(job, tmp_path):
    outcome = run_job(job(places=Places(chromosomes=("tiny",))), tmp_path)
    assert (outcome.status, outcome.failures) == ("incomplete", 1)
    assert "tiny:1-40" in (tmp_path / "failures.tsv").read_text()


def test_sequences_shorter_than_a_window_are_told(job, tmp_path):
    told = []
    assert run_job(job(), tmp_path, tell=told.append).status == "complete"
    assert any(event.get("text") == "No value in tiny: fewer bases than a window." for event in told)


@pytest.mark.parametrize("name", ["session.igv.xml", "manifest.json", "tiny-cnn.score.promoter.plus.bw"])
def test_files_of_others_are_not_replaced(job, tmp_path, name):
    (tmp_path / name).write_text("mine")
    with pytest.raises(GxviewError, match=f"{name} exists already"):
        run_job(job(), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_job_that_is_stopped_after_its_last_shard_leaves_no_file_open(job, tmp_path, monkeypatch):
    control, real, alive = Control(), batch_run._Run._wait, []

    def wait(self, thread, state):
        real(self, thread, state)
        if state == "writing":
            alive.append(self._publisher)  # else the collector might close what was forgotten
            control.stop()

    monkeypatch.setattr(batch_run._Run, "_wait", wait)
    with pytest.raises(Cancelled):
        run_job(job(), tmp_path, control=control)
    held = [os.path.realpath(entry) for entry in Path("/proc/self/fd").glob("*")]
    assert not [path for path in held if path.startswith(str(tmp_path))]
