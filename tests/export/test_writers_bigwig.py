"""bigWig through the interface: the same bytes however values come, and the same values in other libraries."""

from __future__ import annotations

import itertools
import subprocess
import sys
from pathlib import Path

import figwig
import numpy as np
import pybigtools
import pyBigWig
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gxview.errors import GxviewError, UsageError
from gxview.export.writers import check_bigwig, open_bigwig
from gxview.export.writers.base import writers
from gxview.export.writers.room import size_bound
from gxview.export.writers.runs import CELL, Cells, Run, finite_runs
from gxview.export.writers.signs import negative, positive

SIZES = {"chr10": 3 * CELL, "chr2": 90_000, "tiny": 5}
each_writer = pytest.mark.parametrize("writer", writers())


def signal(seed: int, length: int) -> np.ndarray:
    """Noise with gaps of all lengths, equal stretches and single bases."""
    rng = np.random.default_rng(seed)
    values = rng.normal(size=length).astype(np.float32)
    for start in rng.integers(0, length, 40).tolist():
        values[start : start + int(rng.integers(1, length // 20))] = rng.choice([np.nan, np.inf, 0.0, 1.5])
    return values


def pieces(values: dict[str, np.ndarray], cuts: list[int]) -> list[tuple[str, int, np.ndarray]]:
    parts = []
    for chrom, array in values.items():
        borders = sorted({0, len(array), *(cut % len(array) for cut in cuts)})
        parts += [(chrom, a, array[a:b]) for a, b in itertools.pairwise(borders)]
    return parts


def write(path: Path, parts: list[tuple[str, int, np.ndarray]], writer: str, sizes: dict[str, int] = SIZES) -> bytes:
    with open_bigwig(path, sizes, bases=sum(len(part[2]) for part in parts), writer=writer) as file:
        for part in parts:
            file.add(*part)
    return path.read_bytes()


def read_by_all(path: Path, chrom: str, start: int, end: int) -> dict[str, np.ndarray]:
    with pyBigWig.open(str(path)) as file:
        first = np.asarray(file.values(chrom, start, end, numpy=True))
    with pybigtools.open(str(path)) as file:
        second = np.asarray(file.values(chrom, start, end, fillna=np.nan))
    third = figwig.BigWigReader(str(path)).read(chrom, np.array([start]), end - start, missing=np.nan)[0]
    return {"pyBigWig": first, "pybigtools": second, "figwig": third}


@pytest.fixture(scope="module")
def values() -> dict[str, np.ndarray]:
    return {"chr10": signal(1, 2 * CELL + 70_000), "chr2": signal(2, 90_000)}


@each_writer
def test_three_libraries_read_what_was_written(values, writer, tmp_path):
    path = tmp_path / "x.bw"
    write(path, pieces(values, [1_000]), writer)
    for chrom, array in values.items():
        wanted = np.where(np.isfinite(array), array, np.nan)
        for library, read in read_by_all(path, chrom, 0, len(array)).items():
            np.testing.assert_array_equal(read.astype(np.float32), wanted, err_msg=library)
    with pyBigWig.open(str(path)) as file:
        assert file.chroms() == SIZES
        assert list(file.chroms()) == list(SIZES)
        assert file.header()["nLevels"] >= 1


@each_writer
def test_the_bytes_do_not_depend_on_the_pieces(values, writer, tmp_path):
    whole = write(tmp_path / "whole.bw", pieces(values, []), writer)
    cuts = np.random.default_rng(5).integers(0, 3 * CELL, 60).tolist()
    assert write(tmp_path / "cut.bw", pieces(values, [*cuts, CELL, CELL - 1, CELL + 1]), writer) == whole


@given(
    st.lists(st.one_of(st.just(np.nan), st.just(np.inf), st.floats(-1, 1, width=32)), min_size=1, max_size=60),
    st.integers(0, 40),
    st.lists(st.integers(0, 59), max_size=8),
)
@settings(max_examples=60, deadline=None)
def test_cells_are_the_finite_values_however_they_are_cut(values, before, cuts):
    array = np.array(values, dtype=np.float32)
    start = CELL - before
    whole = [*(cells := Cells(SIZES)).add("chr10", start, array), *cells.rest()]
    cells, parts = Cells(SIZES), []
    for _, first, part in pieces({"chr10": array}, cuts):
        parts += cells.add("chr10", start + first, part)
    parts += cells.rest()
    assert [(cell.start, cell.values.tobytes()) for cell in parts] == [
        (cell.start, cell.values.tobytes()) for cell in whole
    ]
    rebuilt = np.full(len(array), np.nan, dtype=np.float32)
    for cell in whole:
        assert cell.start // CELL == (cell.start + len(cell.values) - 1) // CELL
        for run in finite_runs(cell):
            assert np.isfinite(run.values).all()
            rebuilt[run.start - start : run.start - start + len(run.values)] = run.values
    np.testing.assert_array_equal(rebuilt, np.where(np.isfinite(array), array, np.nan))


@given(st.integers(0, 2**32), st.integers(1, 3_000), st.lists(st.integers(0, 3_000), max_size=5))
@settings(max_examples=15, deadline=None)
def test_any_signal_gives_the_same_bytes_in_any_pieces(tmp_path_factory, seed, length, cuts):
    folder = tmp_path_factory.mktemp("pieces")
    array = np.random.default_rng(seed).choice(np.array([np.nan, 0, 1, 2.5], np.float32), length)
    array[-1] = 3
    for writer in writers():
        whole = write(folder / "a.bw", [("chr2", 7, array)], writer)
        parts = [(chrom, start + 7, part) for chrom, start, part in pieces({"chr2": array}, cuts)]
        assert write(folder / "b.bw", parts, writer) == whole


def test_zoom_levels_and_summary_of_the_default_writer_are_exact(tmp_path):
    array = -1 - np.abs(signal(3, 90_000))
    array[~np.isfinite(array)] = -2
    path = tmp_path / "x.bw"
    with open_bigwig(path, SIZES, bases=len(array)) as file:
        file.add("chr2", 0, array)
    with pybigtools.open(str(path)) as file:
        assert file.info()["summary"]["max"] == array.max()
        assert file.info()["summary"]["min"] == array.min()
        for level in file.zooms():
            for start, end, found in file.zoom_records(level, "chr2"):
                part = array[start:end].astype(np.float64)
                assert (found["min_val"], found["max_val"]) == (part.min(), part.max())
                assert found["sum"] == pytest.approx(part.sum(), rel=1e-5)


@each_writer
def test_a_single_base_has_a_zoom_level(tmp_path, writer):
    part = [("chr2", 5, np.ones(1, np.float32))]
    write(tmp_path / "x.bw", part, writer)
    check_bigwig(tmp_path / "x.bw", part)


@each_writer
def test_nothing_to_write_is_said(tmp_path, writer):
    with pytest.raises(GxviewError, match="nothing to write"):
        write(tmp_path / "x.bw", [("chr2", 0, np.full(9, np.nan, np.float32))], writer)


@each_writer
@pytest.mark.parametrize(
    "parts",
    [
        [("chr2", 10, 5), ("chr2", 14, 5)],
        [("chr2", 10, 5), ("chr10", 0, 5)],
        [("tiny", 0, 6)],
        [("chr2", -1, 3)],
        [("chrX", 0, 3)],
    ],
)
def test_values_out_of_order_or_outside_are_refused(tmp_path, writer, parts):
    with pytest.raises(ValueError, match=r"lie outside|not behind"):
        write(tmp_path / "x.bw", [(chrom, at, np.ones(n, np.float32)) for chrom, at, n in parts], writer)


def test_an_unknown_writer_is_said(tmp_path):
    with pytest.raises(UsageError, match="'quill'; use one of figwig, pyBigWig"):
        write(tmp_path / "x.bw", [], "quill")


def test_reading_back_finds_a_difference_and_an_extra_value(values, tmp_path):
    path = tmp_path / "x.bw"
    parts = pieces(values, [500, 90_000])
    write(path, parts, "figwig")
    check_bigwig(path, parts)
    other = values["chr2"].copy()
    position = int(np.flatnonzero(np.isfinite(other))[1000])
    for wrong in (np.float32(9), np.float32(np.nan)):
        other[position] = wrong
        with pytest.raises(GxviewError, match=f"differs from what was written at chr2:{position + 1:,}"):
            check_bigwig(path, [("chr2", 0, other)])


def test_reading_back_a_damaged_file_is_one_sentence(tmp_path):
    path = tmp_path / "x.bw"
    path.write_bytes(b"no bigWig")
    with pytest.raises(GxviewError, match="cannot be read back"):
        check_bigwig(path, [])


@pytest.mark.parametrize("missing", [0.0, 0.02, 0.5])
def test_pybigwigs_file_never_exceeds_the_size_that_was_reserved(tmp_path, missing):
    rng = np.random.default_rng(0)
    values = rng.normal(size=300_000).astype(np.float32)
    values[rng.random(len(values)) < missing] = np.nan
    sizes = {f"a_long_chromosome_name_{number}": len(values) for number in range(50)}
    path = tmp_path / "x.bw"
    write(path, [("a_long_chromosome_name_3", 0, values)], "pyBigWig", sizes)
    runs = list(finite_runs(Run("a_long_chromosome_name_3", 0, values)))
    assert path.stat().st_size <= size_bound(sizes, len(values), len(runs))
    assert path.stat().st_blocks * 512 <= path.stat().st_size + 65_536, "the room that was taken is given back"


def test_zero_belongs_to_neither_sign():
    values = np.array([1, -2, 0, np.nan], np.float32)
    np.testing.assert_array_equal(positive(values), [1, np.nan, np.nan, np.nan])
    np.testing.assert_array_equal(negative(values), [np.nan, -2, np.nan, np.nan])


FULL_DISK = """
import resource, sys
import numpy as np
from gxview.errors import GxviewError
from gxview.export.staging import staged
from gxview.export.writers import open_bigwig
from pathlib import Path
path, limit, writer = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
values = np.random.default_rng(0).normal(size=200_000).astype(np.float32)
with open_bigwig(path.with_name("warm.bw"), {"chr1": 200_000}, bases=9, writer=writer) as file:
    file.add("chr1", 0, values[:9])
path.with_name("warm.bw").unlink()
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
try:
    with staged() as aside, open_bigwig(aside(path), {"chr1": 200_000}, bases=200_000, writer=writer) as file:
        file.add("chr1", 0, values)
except GxviewError as error:
    print(error)
"""


@each_writer
@pytest.mark.parametrize("limit", [100, 5_000, 50_000, 820_000])
def test_a_full_disk_is_one_sentence_and_no_file(tmp_path, limit, writer):
    path = tmp_path / "x.bw"
    path.write_text("the old file")
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(path), str(limit), writer], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"{path} cannot be written: there is no room left on its disk; nothing was kept.\n"
    assert [file.name for file in tmp_path.iterdir()] == ["x.bw"]
    assert path.read_text() == "the old file"


def test_giving_up_on_a_full_disk_keeps_the_first_reason(tmp_path, monkeypatch):
    real = figwig.BigWigWriter.__exit__

    def full(*arguments):
        real(*arguments)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(figwig.BigWigWriter, "__exit__", full)

    def give_up() -> None:
        with open_bigwig(tmp_path / "x.bw", SIZES, bases=5, writer="figwig") as file:
            file.add("tiny", 0, np.ones(5, np.float32))
            raise KeyError

    with pytest.raises(KeyError):
        give_up()


def test_the_writers_import_no_model_library():
    code = "import sys; import gxview.export.writers; print([m for m in ('torch', 'transformers') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True)
    assert done.stdout.strip() == "[]"
