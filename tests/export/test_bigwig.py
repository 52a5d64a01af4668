"""bigWig files, read back with another library."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pybigtools
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gxview.errors import GxviewError
from gxview.export import export_explanations
from gxview.export.bigwig import write_bigwig
from gxview.export.writers.room import size_bound
from gxview.export.writers.runs import Run, finite_runs


def read(path: Path, chrom: str, start: int, end: int) -> np.ndarray:
    with pybigtools.open(str(path)) as file:
        return np.asarray(file.values(chrom, start, end, fillna=np.nan), dtype=np.float64)


def test_another_library_reads_the_same_float32(explained, reference, track, tmp_path):
    path = tmp_path / "x.bw"
    export_explanations(path, [explained("chr2", 10, 200), explained("chr1", 100, 900)], reference)
    for chrom, start, end in (("chr1", 100, 900), ("chr2", 10, 200)):
        np.testing.assert_array_equal(read(path, chrom, start, end), track[chrom][start:end].astype(np.float64))


def test_what_was_not_explained_or_is_missing_is_a_gap(explained, reference, tmp_path):
    path = tmp_path / "x.bw"
    export_explanations(path, [explained("chr1", 100, 900)], reference)
    assert np.isnan(read(path, "chr1", 0, 100)).all()
    assert np.isnan(read(path, "chr1", 320, 360)).all()
    assert np.isnan(read(path, "chr2", 0, 333)).all()
    with pybigtools.open(str(path)) as file:
        assert file.info()["summary"]["basesCovered"] == 760


def test_all_chromosomes_are_listed_in_the_order_of_the_reference(explained, reference, tmp_path):
    path = tmp_path / "x.bw"
    export_explanations(path, [explained("chr2", 0, 333), explained("chr1", 0, 60)], reference)
    with pybigtools.open(str(path)) as file:
        assert file.chroms() == reference.sizes
    import pyBigWig

    with pyBigWig.open(str(path)) as file:
        assert list(file.chroms()) == list(reference.names)


@pytest.mark.parametrize(("start", "end"), [(0, 1000), (500, 501)])
def test_zooms_are_always_there_and_hold_the_extremes(explained, reference, track, tmp_path, start, end):
    path = tmp_path / "x.bw"
    export_explanations(path, [explained("chr1", start, end)], reference)
    with pybigtools.open(str(path)) as file:
        assert file.info()["zoomLevels"] >= 1
        (level, *_) = file.zooms()
        records = list(file.zoom_records(level, "chr1"))
    lows = [record[2]["min_val"] for record in records]
    highs = [record[2]["max_val"] for record in records]
    assert min(lows) == pytest.approx(float(np.nanmin(track["chr1"][start:end])))
    assert max(highs) == pytest.approx(float(np.nanmax(track["chr1"][start:end])))


def test_the_same_numbers_give_the_same_bytes(explained, reference, tmp_path):
    for name in ("a.bw", "b.bw"):
        export_explanations(tmp_path / name, [explained("chr1", 100, 900)], reference)
    assert (tmp_path / "a.bw").read_bytes() == (tmp_path / "b.bw").read_bytes()


@given(
    st.lists(st.one_of(st.just(np.nan), st.just(np.inf), st.floats(-1, 1, width=32)), max_size=40), st.integers(0, 9)
)
def test_runs_are_the_finite_stretches(values, start):
    array = np.array(values, dtype=np.float32)
    rebuilt = np.full(len(array), np.nan, dtype=np.float32)
    for run in finite_runs(Run("chr1", start, array)):
        assert np.isfinite(run.values).all()
        assert len(run.values)
        rebuilt[run.start - start : run.start - start + len(run.values)] = run.values
    np.testing.assert_array_equal(rebuilt, np.where(np.isfinite(array), array, np.nan))


@pytest.mark.parametrize("missing", [0.0, 0.02, 0.5])
def test_the_file_never_exceeds_the_size_that_was_reserved(tmp_path, missing):
    rng = np.random.default_rng(0)
    values = rng.normal(size=300_000).astype(np.float32)
    values[rng.random(len(values)) < missing] = np.nan
    sizes = {f"a_long_chromosome_name_{number}": len(values) for number in range(50)}
    path = tmp_path / "x.bw"
    write_bigwig(path, sizes, [("a_long_chromosome_name_3", 0, values)])
    runs = list(finite_runs(Run("a_long_chromosome_name_3", 0, values)))
    assert path.stat().st_size <= size_bound(sizes, len(values), len(runs))


def test_nothing_to_write_is_said_and_leaves_no_file(explained, reference, tmp_path):
    with pytest.raises(GxviewError, match="nothing to write"):
        export_explanations(tmp_path / "x.bw", [explained("chr1", 320, 360)], reference)
    assert list(tmp_path.iterdir()) == []


FULL_DISK = """
import resource, sys
import numpy as np
from gxview.errors import GxviewError
from gxview.export.staging import staged
from gxview.export.bigwig import write_bigwig
from pathlib import Path
limit = int(sys.argv[2])
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
path = Path(sys.argv[1])
try:
    with staged() as aside:
        values = np.random.default_rng(0).normal(size=200_000).astype(np.float32)
        write_bigwig(aside(path), {"chr1": 200_000}, [("chr1", 0, values)])
except GxviewError as error:
    print(error)
"""


@pytest.mark.parametrize("limit", [100, 5_000, 50_000, 500_000])
def test_a_full_disk_is_one_sentence_and_no_file(tmp_path, limit):
    path = tmp_path / "x.bw"
    path.write_text("the old file")
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(path), str(limit)], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"{path} cannot be written: there is no room left on its disk; nothing was kept.\n"
    assert [file.name for file in tmp_path.iterdir()] == ["x.bw"]
    assert path.read_text() == "the old file"
