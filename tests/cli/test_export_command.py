"""`gxview export`, called as a person or a scheduler calls it."""

from __future__ import annotations

import gzip
import json
import sys
from pathlib import Path

import numpy as np
import pybigtools
import pytest

from gxview.cli import main
from gxview.explain import explain_region
from gxview.genome import Reference, Region
from gxview.models.loading import load_model


@pytest.fixture
def run(monkeypatch, capsys):
    """Run the program; return exit code, standard output and standard error."""

    def call(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["gxview", "export", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        told = capsys.readouterr()
        return int(ended.value.code or 0), told.out, told.err

    return call


@pytest.fixture
def given(small_genome: Path, tiny_cnn_folder: Path) -> list[object]:
    return ["--genome", small_genome, "--model", tiny_cnn_folder, "--device", "cpu"]


@pytest.fixture
def bed(tmp_path: Path) -> Path:
    path = tmp_path / "regions.bed.gz"
    text = "track name=x\nchr2\t100\t160\tsecond\t0\t-\nchr1\t520\t580\n\n# a comment\nchr1\t540\t600\n"
    path.write_bytes(gzip.compress(text.encode()))
    return path


def read(path: Path, chrom: str, start: int, end: int) -> np.ndarray:
    with pybigtools.open(str(path)) as file:
        return np.asarray(file.values(chrom, start, end, fillna=np.nan), dtype=np.float64)


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_a_folder_is_filled(run, given, bed, tmp_path, small_genome, tiny_cnn_folder):
    folder = tmp_path / "new" / "folder"
    code, told, _ = run(*given, "--bed", bed, "-o", folder, "--json")
    assert code == 0
    stem = "tiny-cnn.lrp.promoter.plus"
    assert names(folder) == {
        f"{stem}.bw",
        "tiny-cnn.score.promoter.plus.bw",
        f"{stem}.provenance.json",
        "session.igv.xml",
        "tracks.ucsc.txt",
        "job.json",
        "manifest.json",
        ".gxview",
    }
    assert json.loads(told)["status"] == "complete"
    found = explain_region(load_model(tiny_cnn_folder), Reference(small_genome), Region("chr1", 520, 600))
    np.testing.assert_array_equal(read(folder / f"{stem}.bw", "chr1", 520, 600), found.values.astype(np.float64))
    assert np.isnan(read(folder / f"{stem}.bw", "chr1", 0, 520)).all()


def test_models_methods_and_strands_each_give_a_track(run, given, tiny_dnabert2_folder, tmp_path):
    extra = ["-m", tiny_dnabert2_folder, "--method", "lrp", "--method", "cplrp", "--method", "gradient_x_input"]
    code, _, _ = run(*given, *extra, "--strand", "plus", "--strand", "mean", "-r", "chr2", "-o", tmp_path / "out")
    assert code == 0
    tracks = {name for name in names(tmp_path / "out") if name.endswith(".bw") and ".score." not in name}
    assert tracks == {
        f"{model}.{method}.promoter.{strand}.bw"
        for model, own in (("tiny-cnn", "lrp"), ("tiny-dnabert2", "cplrp"))
        for method in (own, "gradient_x_input")
        for strand in ("plus", "mean")
    }


def test_signs_and_spread_are_files_of_their_own(run, given, tmp_path):
    options = ["--split-by-sign", "-w", "bigwig", "-w", "spread", "--phases", 2]
    assert run(*given, *options, "-r", "chr2", "-o", tmp_path / "out")[0] == 0
    stem = tmp_path / "out" / "tiny-cnn.lrp.promoter.plus"
    high, low, spread = (read(Path(f"{stem}.{name}.bw"), "chr2", 0, 333) for name in ("pos", "neg", "spread"))
    assert np.nanmin(high) > 0
    assert np.nanmax(low) < 0
    assert np.nanmin(spread) >= 0
    assert not (np.isfinite(high) & np.isfinite(low)).any()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("chr1\t5", "line 3: 2 columns"),
        ("chr1\tfive\t10", "line 3"),
        ("chr1\t10\t5", "line 3"),
        ("chr9\t10\t50", "line 3: There is no chromosome 'chr9'"),
        ("chr2\t400\t500", "line 3"),
    ],
)
def test_a_bad_line_is_named_and_the_rest_is_done(run, given, tmp_path, line, said):
    path = tmp_path / "bad.bed"
    path.write_text(f"# comment\nchr1\t10\t50\n{line}\n")
    code, _, err = run(*given, "--bed", path, "-o", tmp_path / "out")
    assert code == 1
    assert f"{path}, {said}" in err
    assert "INCOMPLETE: 1 region is missing" in err
    assert said in (tmp_path / "out" / "failures.tsv").read_text()
    assert np.isfinite(read(tmp_path / "out" / "tiny-cnn.lrp.promoter.plus.bw", "chr1", 10, 50)).all()


@pytest.mark.parametrize("text", ["", "# only a comment\n", "chr9\t1\t2\n"])
def test_without_any_region_nothing_is_left_behind(run, given, tmp_path, text):
    path = tmp_path / "empty.bed"
    path.write_text(text)
    code, _, err = run(*given, "--bed", path, "-o", tmp_path / "new" / "out")
    assert code == 1
    assert "no region" in err
    assert names(tmp_path) == {"empty.bed"}


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ([], "--whole-genome"),
        (["-r", "chr1", "--write", "bam"], "--write"),
        (["-r", "chr1", "--phases", 0], "--phases"),
        (["-r", "chr1", "--strand", "up"], "--strand"),
        (["-r", "chr1", "--method", "attnlrp"], "none of the methods explains it"),
        (["-r", "chr1", "--alibi", "uniform"], "alibi does nothing"),
        (["-r", "chr1", "-w", "spread"], "two phases"),
        (["-r", "chr1", "--progress", "loud"], "--progress"),
        (["-r", "chr1", "--device", "gpu9"], "gpu9"),
    ],
)
def test_requests_that_make_no_sense_are_told_in_one_sentence(run, given, tmp_path, more, said):
    given = [one for one in given if "--device" not in more or one not in ("--device", "cpu")]
    code, out, err = run(*given, *more, "-o", tmp_path / "out")
    assert (code, out) == (2, "")
    assert said in err
    assert "Traceback" not in err
    assert names(tmp_path) == set()


def test_json_lines_begin_and_end(run, given, tmp_path):
    code, told, _ = run(*given, "-r", "chr1", "-o", tmp_path / "out", "--progress", "json")
    events = [json.loads(line) for line in told.splitlines()]
    assert code == 0
    assert events[0]["event"] == "start"
    assert events[0]["bases"] == 1000
    last = events[-1]
    assert (last["event"], last["status"], last["exit_code"]) == ("end", "complete", 0)
    assert all(Path(path).is_file() for path in last["files"])


def test_a_job_file_is_done_again_and_resumed(run, given, tmp_path):
    assert run(*given, "-r", "chr2", "-o", tmp_path / "one")[0] == 0
    recipe = tmp_path / "one" / "job.json"
    assert run("--job", recipe, "-o", tmp_path / "two")[0] == 0
    assert recipe.read_bytes() == (tmp_path / "two" / "job.json").read_bytes()
    code, _, err = run("--job", recipe, "--resume")
    assert code == 0
    assert "nothing to do" in err
    code, _, err = run("--job", recipe)
    assert code == 2
    assert "--resume" in err
    code, _, err = run("--job", recipe, "-m", "sample-cnn")
    assert code == 2
    assert "leave out --model" in err


def test_a_damaged_job_file_names_its_field(run, tmp_path):
    path = tmp_path / "job.json"
    path.write_text('{"format": "gxview batch export", "genome": {"path": "x.fa"}, "places": {}, "models": []}')
    code, _, err = run("--job", path)
    assert code == 1
    assert "models" in err
    assert err.count("\n") == 1


def test_a_dry_run_tells_what_it_takes_and_writes_nothing(run, given, tmp_path):
    code, told, _ = run(*given, "--whole-genome", "-o", tmp_path / "out", "--dry-run", "--json")
    found = json.loads(told)
    assert code == 0
    assert found["bases"] == 1373
    assert found["seconds_low"] <= found["seconds"] <= found["seconds_high"]
    assert found["free_bytes"] > found["bytes"] > 0
    assert names(tmp_path) == set()
