"""bigWig files, read back with another library."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pybigtools
import pytest

from gxview.errors import GxviewError
from gxview.export import export_explanations


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


def test_nothing_to_write_is_said_and_leaves_no_file(explained, reference, tmp_path):
    with pytest.raises(GxviewError, match="nothing to write"):
        export_explanations(tmp_path / "x.bw", [explained("chr1", 320, 360)], reference)
    assert list(tmp_path.iterdir()) == []
