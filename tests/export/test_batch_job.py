"""A batch export: the values of the live track, whatever regions, shards and accidents lie on the way."""

from __future__ import annotations

import json
from pathlib import Path

import h5py
import numpy as np
import pyBigWig
import pytest

from gxview.errors import Cancelled, GxviewError, UsageError
from gxview.explain.region import explain_region
from gxview.export.batch import run as batch_run
from gxview.export.batch.control import Control
from gxview.export.batch.run import run_job
from gxview.genome import Reference
from gxview.job_file import Places, read_job
from gxview.models.loading import load_model


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def values_of(path: Path, reference: Reference) -> dict[str, np.ndarray]:
    with pyBigWig.open(str(path)) as file:
        return {
            name: file.values(name, 0, size, numpy=True).astype(np.float32) for name, size in reference.sizes.items()
        }


def stop_after(shards: int, control: Control, monkeypatch) -> None:
    """Stop a job as soon as so many shards are on disk."""
    real, kept = batch_run.ShardStore.put, []

    def put(self, record, array):
        kept.append(real(self, record, array))
        if len(kept) == shards:
            control.stop()
        return kept[-1]

    monkeypatch.setattr(batch_run.ShardStore, "put", put)


@pytest.mark.parametrize("name", ["cnn", "dnabert2"])
@pytest.mark.parametrize(
    ("strand", "rest"),
    [("+", {}), ("-", {"stitching": "centre"}), ("mean", {"phases": 3, "stride": 7}), ("+", {"stitching": "max_abs"})],
)
def test_values_equal_the_live_track_to_the_bit(job, tmp_path, small_genome, request, name, strand, rest):
    wanted = job((name,), {"strands": (strand,)}, **rest)
    outcome = run_job(wanted, tmp_path / "out")
    assert outcome.status == "complete"
    model, reference = load_model(wanted.models[0].model), Reference(small_genome)
    track, score = (values_of(path, reference) for path in outcome.files[:2])
    for chrom, size in reference.sizes.items():
        one = explain_region(model, reference, f"{chrom}:1-{size}", strand=strand, **rest)
        np.testing.assert_array_equal(track[chrom], one.values)
        np.testing.assert_array_equal(score[chrom], one.score)


def test_shards_of_any_size_give_the_same_bytes(job, tmp_path):
    wanted = job(("cnn", "dnabert2"), {"strands": ("+", "-", "mean")}, phases=2)
    for size in (64, 1000, 1 << 20):
        assert run_job(wanted.model_copy(update={"shard_bases": size}), tmp_path / str(size)).status == "complete"
    small, *others = (files_of(tmp_path / str(size)) for size in (64, 1000, 1 << 20))
    for name in [name for name in small if name not in ("job.json", "session.igv.xml")]:
        assert all(other[name] == small[name] for other in others), name


def test_what_is_stopped_goes_on_to_the_same_bytes(job, tmp_path, monkeypatch):
    wanted = job(("cnn", "dnabert2"))
    run_job(wanted, tmp_path / "whole")
    control = Control()
    stop_after(2, control, monkeypatch)
    with pytest.raises(Cancelled):
        run_job(wanted, tmp_path / "parts", control=control)
    monkeypatch.undo()
    assert not list((tmp_path / "parts").glob("*.bw"))
    resumed = []
    assert run_job(wanted, tmp_path / "parts", resume=True, tell=resumed.append).status == "complete"
    assert resumed[0]["resumed_windows"] > 0
    assert files_of(tmp_path / "parts") == files_of(tmp_path / "whole")


def test_a_finished_folder_is_left_as_it_is(job, tmp_path):
    run_job(job(), tmp_path)
    before = {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in tmp_path.rglob("*") if path.is_file()}
    assert run_job(job(), tmp_path, resume=True).status == "complete"
    assert before == {
        path: (path.stat().st_mtime_ns, path.read_bytes()) for path in tmp_path.rglob("*") if path.is_file()
    }


def test_the_job_file_repeats_the_job(job, tmp_path):
    run_job(job(), tmp_path / "one")
    again = read_job(tmp_path / "one" / "job.json")
    run_job(again, tmp_path / "two")
    assert files_of(tmp_path / "one") == files_of(tmp_path / "two")


def test_another_job_in_the_folder_is_refused(job, tmp_path):
    run_job(job(), tmp_path)
    with pytest.raises(UsageError, match="holds a job already"):
        run_job(job(), tmp_path)
    with pytest.raises(UsageError, match="another job"):
        run_job(job(stride=5), tmp_path, resume=True)


def test_a_second_process_is_refused(job, tmp_path):
    from gxview.file_lock import FileLock

    (tmp_path / ".gxview").mkdir()
    other = FileLock(tmp_path / ".gxview" / "lock")
    assert other.acquire()
    with pytest.raises(GxviewError, match="Another process"):
        run_job(job(), tmp_path)
    other.release()
    assert run_job(job(), tmp_path).status == "complete"


def test_bad_regions_are_listed_and_the_rest_goes_on(job, tmp_path):
    bed = tmp_path / "peaks.bed"
    bed.write_text("chr1\t10\t60\tgood\nchrX\t1\t2\nchr1\tten\t20\nchr1\t100\t150\n")
    where = Places(files=({"path": bed},), regions=("chr1:1-50", "nowhere:1-5"))
    outcome = run_job(job(places=where), tmp_path / "out")
    assert (outcome.status, outcome.failures) == ("incomplete", 3)
    table = (tmp_path / "out" / "failures.tsv").read_text().splitlines()
    assert len(table) == 4
    assert "peaks.bed:2" in table[2]
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert manifest["status"] == "incomplete"
    assert all(len(file["missing"]) == 3 for file in manifest["files"])


def test_a_disk_that_is_full_keeps_what_is_finished(job, tmp_path, monkeypatch):
    real, calls = batch_run.ShardStore.put, []

    def put(self, record, array):
        calls.append(record)
        if len(calls) == 3:
            raise OSError(28, "No space left on device")
        return real(self, record, array)

    monkeypatch.setattr(batch_run.ShardStore, "put", put)
    with pytest.raises(GxviewError, match=r"no room left.*--resume"):
        run_job(job(), tmp_path / "out")
    monkeypatch.undo()
    assert run_job(job(), tmp_path / "out", resume=True).status == "complete"
    run_job(job(), tmp_path / "whole")
    assert files_of(tmp_path / "out") == files_of(tmp_path / "whole")


def test_arrays_and_peaks_hold_what_the_track_holds(job, tmp_path, small_genome):
    bed = tmp_path / "peaks.bed"
    bed.write_text("chr1\t640\t720\tsecond\nchr1\t500\t580\tfirst\nchr2\t100\t180\n")
    wanted = job(places=Places(files=({"path": bed},)), outputs=("bigwig", "npz", "h5", "peaks"))
    outcome = run_job(wanted, tmp_path / "out")
    assert outcome.status == "complete"
    stem = "tiny-cnn.lrp.promoter.plus"
    assert {f"{stem}.npz", f"{stem}.h5", f"{stem}.peaks.bed"} <= {path.name for path in outcome.files}
    one = explain_region(load_model(wanted.models[0].model), Reference(small_genome), "chr1:641-720")
    with np.load(tmp_path / "out" / f"{stem}.npz") as file:
        assert file["start"].tolist() == [640, 500, 100]
        assert file["name"].tolist() == ["second", "first", ""]
        np.testing.assert_array_equal(file["contributions"][0].sum(axis=0), one.values)
        np.testing.assert_array_equal(file["hypothetical"][0], one.hypothetical)
    with h5py.File(tmp_path / "out" / f"{stem}.h5") as file:
        np.testing.assert_array_equal(file["shap/seq"][0], one.hypothetical)
    peaks = [line.split("\t") for line in (tmp_path / "out" / f"{stem}.peaks.bed").read_text().splitlines()]
    assert [peak[:2] for peak in peaks] == sorted(
        (peak[:2] for peak in peaks), key=lambda peak: (peak[0], int(peak[1]))
    )


@pytest.mark.parametrize("name", ["cnn", "dnabert2"])
@pytest.mark.parametrize(("method", "has_bases"), [("ism", True), ("occlusion", False)])
def test_a_method_of_many_passes_gives_what_the_live_track_gives(job, tmp_path, small_genome, name, method, has_bases):
    bed = tmp_path / "places.bed"
    bed.write_text("chr1\t640\t670\n")
    wanted = job((name,), {"methods": (method,)}, Places(files=({"path": bed},)), outputs=("npz",))
    outcome = run_job(wanted, tmp_path / "out")
    assert outcome.status == "complete"
    (path,) = [path for path in outcome.files if path.suffix == ".npz"]
    one = explain_region(load_model(wanted.models[0].model), Reference(small_genome), "chr1:641-670", method=method)
    with np.load(path) as file:
        np.testing.assert_array_equal(file["contributions"][0].sum(axis=0), one.values)
        assert ("hypothetical" in file) == has_bases
        if has_bases:
            np.testing.assert_array_equal(file["hypothetical"][0], one.hypothetical)


def test_a_randomised_model_is_exported_by_its_name(job, tmp_path, small_genome):
    plain = job(places=Places(regions=("chr2:101-180",)))
    (choice,) = plain.models
    name = f"{choice.model}#randomised-3"
    wanted = plain.model_copy(update={"models": (choice.model_copy(update={"model": name}),)})
    told = []
    outcome = run_job(wanted, tmp_path / "out", tell=told.append)
    assert outcome.status == "complete"
    assert not any("replaced" in str(event) for event in told)
    one = explain_region(load_model(name), Reference(small_genome), "chr2:101-180")
    found = values_of(outcome.files[0], Reference(small_genome))["chr2"][100:180]
    np.testing.assert_array_equal(found, one.values)


def test_arrays_of_unequal_regions_are_refused_before_any_work(job, tmp_path):
    where = Places(regions=("chr1:501-600", "chr2:1-60"))
    with pytest.raises(GxviewError, match="regions of one length"):
        run_job(job(places=where, outputs=("npz",)), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_the_recipe_names_what_was_left_to_the_model(job, tmp_path):
    run_job(job(("cnn", "dnabert2")), tmp_path)
    models = json.loads((tmp_path / "job.json").read_text())["models"]
    assert [(one["methods"], one["targets"]) for one in models] == [
        (["lrp"], ["promoter"]),
        (["attnlrp"], ["promoter"]),
    ]
    assert run_job(job(("cnn", "dnabert2")), tmp_path, resume=True).status == "complete"


def test_a_recipe_that_was_edited_is_not_mixed_with_what_is_finished(job, tmp_path, monkeypatch):
    control = Control()
    stop_after(2, control, monkeypatch)
    with pytest.raises(Cancelled):
        run_job(job(), tmp_path, control=control)
    recipe = tmp_path / "job.json"
    text = recipe.read_text()
    recipe.write_text(text.replace('"phases": 1', '"phases": 2'))
    with pytest.raises(GxviewError, match=r"job\.json was changed"):
        run_job(read_job(recipe), tmp_path, resume=True)
    recipe.write_text(text[:100])
    with pytest.raises(GxviewError, match=r"job\.json is damaged or was cut off: it is no JSON .* another folder\.$"):
        run_job(job(), tmp_path, resume=True)
    recipe.write_text(text)
    assert run_job(read_job(recipe), tmp_path, resume=True).status == "complete"
