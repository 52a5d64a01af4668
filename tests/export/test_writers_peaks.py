"""Peaks of relevance along the genome: those of the window's search, whatever the pieces."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gxview.export.writers import peaks as module
from gxview.export.writers.peaks import PeakFinder
from gxview.export.writers.runs import CELL
from gxview.genome import Region
from gxview.viewer.places.peaks import find_peaks


def signal(seed: int, length: int) -> np.ndarray:
    """Few different values, so that many windows are equal, with long and short gaps."""
    rng = np.random.default_rng(seed)
    values = rng.choice(np.array([-2, -1, 0.5, 1, 3], np.float32), length)
    for start in rng.integers(0, length, 6).tolist():
        values[start : start + int(rng.integers(1, max(2, length // 3)))] = np.nan
    return values


def bed(path: Path, sizes: dict[str, int], parts: list[tuple[str, int, np.ndarray]], width: int, count: int) -> bytes:
    finder = PeakFinder(sizes, width=width, count=count)
    for part in parts:
        finder.add(*part)
    number = finder.write(path)
    assert number == len(path.read_text().splitlines())
    return path.read_bytes()


def lines(path: Path) -> list[list[str]]:
    return [line.split("\t") for line in path.read_text().splitlines()]


@given(st.integers(0, 2**32), st.integers(1, 900), st.integers(1, 60), st.integers(1, 30), st.integers(3, 200))
@settings(max_examples=120, deadline=None)
def test_the_same_peaks_as_the_windows_search(tmp_path_factory, seed, length, width, count, chunk):
    values = signal(seed, length)
    path = tmp_path_factory.mktemp("peaks") / "x.bed"
    before, module._CHUNK = module._CHUNK, chunk
    try:
        bed(path, {"chr1": length}, [("chr1", 0, values)], width, count)
    finally:
        module._CHUNK = before
    found = find_peaks(Region("chr1", 0, length), lambda r: values[r.start : r.end], None, "total", width, count)
    wanted = sorted((peak.region.start, peak.region.end, peak.score, peak.summit) for peak in found.peaks)
    read = [(int(row[1]), int(row[2]), float(row[6]), int(row[1]) + int(row[8])) for row in lines(path)]
    assert read == wanted


def test_pieces_do_not_matter_and_lines_are_in_genome_order(tmp_path):
    sizes = {"chr10": 2 * CELL + 5_000, "chr2": 90_000, "tiny": 50}
    rng = np.random.default_rng(4)
    whole = {name: rng.normal(size=size).astype(np.float32) for name, size in sizes.items()}
    whole["chr10"][400_000 : CELL + 300] = np.nan
    wanted = bed(tmp_path / "a.bed", sizes, [(name, 0, array) for name, array in whole.items()], 200, 3_000)
    parts = []
    for name, array in whole.items():
        borders = sorted({0, len(array), *rng.integers(0, len(array), 30).tolist()})
        pairs = itertools.pairwise(borders)
        parts += [(name, a, array[a:b]) for a, b in pairs if np.isfinite(array[a:b]).any()]
    assert bed(tmp_path / "b.bed", sizes, parts, 200, 3_000) == wanted
    rows = lines(tmp_path / "a.bed")
    order = list(sizes)
    keys = [(order.index(row[0]), int(row[1])) for row in rows]
    assert keys == sorted(keys)
    assert len(rows) == 3_000
    assert [row[3] for row in rows] == [f"peak_{number}" for number in range(1, 3_001)]
    assert max(int(row[4]) for row in rows) == 1000
    for row in rows[:50]:
        part = whole[row[0]][int(row[1]) : int(row[2])]
        known = part[np.isfinite(part)].astype(np.float64)
        assert float(row[6]) == pytest.approx(np.abs(known).sum(), rel=1e-6)
        assert float(row[7]) == pytest.approx(known.sum(), rel=1e-4, abs=1e-5)
        assert abs(part[int(row[8])]) == np.nanmax(np.abs(part))


def test_keeping_only_the_highest_does_not_change_which_they_are(tmp_path):
    values = np.random.default_rng(8).normal(size=400_000).astype(np.float32)
    sizes = {"chr1": len(values)}
    bed(tmp_path / "all.bed", sizes, [("chr1", 0, values)], 40, 1_000_000)
    before, module._CHUNK = module._CHUNK, 10_000
    try:
        bed(tmp_path / "few.bed", sizes, [("chr1", 0, values)], 40, 50)
    finally:
        module._CHUNK = before
    best = sorted(lines(tmp_path / "all.bed"), key=lambda row: -float(row[6]))[:50]
    assert sorted(int(row[1]) for row in best) == [int(row[1]) for row in lines(tmp_path / "few.bed")]


def test_no_relevance_is_no_peak(tmp_path):
    assert bed(tmp_path / "x.bed", {"chr1": 1_000}, [("chr1", 0, np.zeros(1_000, np.float32))], 100, 10) == b""
    assert bed(tmp_path / "y.bed", {"chr1": 1_000}, [], 100, 10) == b""
