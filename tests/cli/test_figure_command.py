"""``gxview figure`` as a program."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.viewer.fakes import write_genome

PLAIN = {key: value for key, value in os.environ.items() if key not in ("DISPLAY", "WAYLAND_DISPLAY")}


def figure(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "gxview", "figure", *map(str, arguments)]
    return subprocess.run(command, env=PLAIN, capture_output=True, text=True, timeout=300, check=False)


@pytest.fixture
def genome(tmp_path):
    return write_genome(tmp_path)


def test_every_line_of_a_bed_file_becomes_a_figure(genome, tmp_path):
    (tmp_path / "r.bed").write_text("chr1\t100\t160\tfirst\nchr2\t5\t80\tsecond\n")
    run = figure(genome, "--regions", tmp_path / "r.bed", "--out", tmp_path / "{n}-{name}.svg", "--width-mm", 85)
    assert (run.returncode, run.stderr) == (0, "")
    paths = [tmp_path / "1-first.svg", tmp_path / "2-second.svg"]
    assert run.stdout.split() == [str(path) for path in paths]
    for path, title in zip(paths, ("first", "second"), strict=True):
        assert 'width="85.0000mm"' in path.read_text()
        assert f">{title}, chr" in path.read_text().replace("\n", "")
    assert not list(tmp_path.glob(".*"))


def test_regions_side_by_side_make_one_figure(genome, tmp_path):
    run = figure(genome, "-r", "chr1:1-50", "-r", "chr2:101-150", "--out", tmp_path / "two.pdf")
    assert run.returncode == 0, run.stderr
    assert (tmp_path / "two.pdf").read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["-r", "chrX:1-9", "--out", "a.svg"], 1, "chrX"),
        (["--out", "a.gif"], 2, ".png, .svg, .pdf"),
        (["--width-mm", "3", "--out", "a.svg"], 2, "--width-mm"),
        (["--theme", "pink", "--out", "a.svg"], 2, "--theme"),
        (["-r", "chr1:1-9", "--regions", "x.bed", "--out", "a.svg"], 2, "one of them"),
        (["--regions", "missing.bed", "--out", "{n}.svg"], 1, "missing.bed"),
        (["--out", "no-such-folder/a.svg"], 1, "cannot be written"),
    ],
)
def test_what_cannot_be_drawn_is_one_sentence_and_leaves_no_file(genome, tmp_path, monkeypatch, arguments, code, told):
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.iterdir())
    run = figure(genome, *arguments)
    assert run.returncode == code
    assert told in run.stderr
    assert len(run.stderr.splitlines()) == 1
    assert sorted(path for path in tmp_path.iterdir() if ".fai" not in path.name) == before
