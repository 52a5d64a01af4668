"""Arrays of regions, row by row: npz for TF-MoDISco and h5 like ChromBPNet's."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import h5py
import numpy as np
import pytest

from gxview.errors import GxviewError
from gxview.export.writers.h5 import write_rows_h5
from gxview.export.writers.npz import write_rows_npz
from gxview.export.writers.rows import Row
from gxview.genome import Region

LETTERS = "ACGTNacgt?"
REGIONS = [Region("chr1", 10, 20), Region("chr2", 0, 10, "-"), Region("chr10", 7, 17)]
NAMES = ["a", "", "peak three"]


def rows(hypothetical: bool = True) -> Iterator[Row]:
    for number in range(len(REGIONS)):
        rng = np.random.default_rng(number)
        values = rng.normal(size=10).astype(np.float32) * np.float32(1e-9)
        values[3] = np.nan
        yield Row(LETTERS[number:] + LETTERS[:number], values, rng.normal(size=(4, 10)).astype(np.float32))


def slow(number: int, row: Row) -> tuple[np.ndarray, np.ndarray]:
    """One-hot and contributions by the definition, one letter at a time."""
    one_hot, contributions = np.zeros((4, 10), np.int8), np.zeros((4, 10), np.float32)
    for position, letter in enumerate(row.letters.upper()):
        if letter in "ACGT":
            one_hot["ACGT".index(letter), position] = 1
            contributions["ACGT".index(letter), position] = row.values[position]
    return one_hot, contributions


def test_npz_holds_the_rows_and_numpy_reads_it(tmp_path):
    path = tmp_path / "x.npz"
    write_rows_npz(path, REGIONS, rows, hypothetical=True, names=NAMES)
    with np.load(path) as file:
        read = {name: file[name] for name in file.files}
    for number, row in enumerate(rows()):
        one_hot, contributions = slow(number, row)
        np.testing.assert_array_equal(read["one_hot"][number], one_hot)
        np.testing.assert_array_equal(read["contributions"][number], contributions)
        np.testing.assert_array_equal(read["hypothetical"][number], row.hypothetical)
    assert (read["one_hot"].dtype, read["contributions"].dtype) == (np.int8, np.float32)
    assert read["chrom"].tolist() == ["chr1", "chr2", "chr10"]
    assert (read["start"].tolist(), read["end"].tolist()) == ([10, 0, 7], [20, 10, 17])
    assert read["strand"].tolist() == ["+"] * 3
    assert read["name"].tolist() == NAMES
    assert str(read["base_order"]) == "ACGT"


def test_h5_holds_the_rows_under_chrombpnets_names(tmp_path):
    path = tmp_path / "x.h5"
    write_rows_h5(path, REGIONS, rows, hypothetical=True, names=NAMES)
    with h5py.File(path) as file:
        for number, row in enumerate(rows()):
            one_hot, contributions = slow(number, row)
            np.testing.assert_array_equal(file["raw"]["seq"][number], one_hot)
            np.testing.assert_array_equal(file["projected_shap"]["seq"][number], contributions)
            np.testing.assert_array_equal(file["shap"]["seq"][number], row.hypothetical)
        assert file["raw/seq"].dtype == np.int8
        assert file["shap"].attrs["content"] == "hypothetical"
        assert file.attrs["base_order"] == "ACGT"
        coords = {name: file["coords"][name][:] for name in ("start", "end")}
        coords |= {name: file["coords"][name][:].astype(str) for name in ("chrom", "strand", "name")}
    assert coords["chrom"].tolist() == ["chr1", "chr2", "chr10"]
    assert (coords["start"].tolist(), coords["end"].tolist()) == ([10, 0, 7], [20, 10, 17])
    assert coords["strand"].tolist() == ["+"] * 3
    assert coords["name"].tolist() == NAMES


def test_without_hypothetical_scores_the_contributions_stand_in_for_them(tmp_path):
    write_rows_h5(tmp_path / "x.h5", REGIONS, rows, hypothetical=False)
    with h5py.File(tmp_path / "x.h5") as file:
        np.testing.assert_array_equal(file["shap/seq"][:], file["projected_shap/seq"][:])
        assert file["shap"].attrs["content"] == "contributions"
        assert "name" not in file["coords"]
    write_rows_npz(tmp_path / "x.npz", REGIONS, rows, hypothetical=False)
    with np.load(tmp_path / "x.npz") as file:
        assert not {"hypothetical", "name"} & set(file.files)


AGAIN = """
import sys, time
from tests.export.test_writers_rows import REGIONS, NAMES, rows
from gxview.export.writers.h5 import write_rows_h5
from gxview.export.writers.npz import write_rows_npz
from pathlib import Path
time.time = lambda: 2e9
write_rows_npz(Path(sys.argv[1]), REGIONS, rows, hypothetical=True, names=NAMES)
write_rows_h5(Path(sys.argv[2]), REGIONS, rows, hypothetical=True, names=NAMES)
"""


def test_another_process_at_another_time_writes_the_same_bytes(tmp_path):
    write_rows_npz(tmp_path / "a.npz", REGIONS, rows, hypothetical=True, names=NAMES)
    write_rows_h5(tmp_path / "a.h5", REGIONS, rows, hypothetical=True, names=NAMES)
    root = Path(__file__).parents[2]
    files = [str(tmp_path / "b.npz"), str(tmp_path / "b.h5")]
    subprocess.run([sys.executable, "-c", AGAIN, *files], check=True, timeout=120, cwd=root)
    for suffix in ("npz", "h5"):
        assert (tmp_path / f"a.{suffix}").read_bytes() == (tmp_path / f"b.{suffix}").read_bytes()


@pytest.mark.parametrize("write", [write_rows_npz, write_rows_h5])
def test_regions_of_two_lengths_are_one_sentence(tmp_path, write):
    with pytest.raises(GxviewError, match="regions of one length; these have 5 to 10 bases"):
        write(tmp_path / "x", [*REGIONS, Region("chr1", 0, 5)], rows, hypothetical=True)


@pytest.mark.parametrize("write", [write_rows_npz, write_rows_h5])
def test_too_few_rows_are_refused(tmp_path, write):
    with pytest.raises(ValueError, match="rows"):
        write(tmp_path / "x", [*REGIONS, Region("chr1", 0, 10)], rows, hypothetical=True)


MANY = """
import resource, sys
import numpy as np
from gxview.errors import GxviewError
from gxview.export.staging import staged
from gxview.export.writers.h5 import write_rows_h5
from gxview.export.writers.npz import write_rows_npz
from gxview.export.writers.rows import Row
from gxview.genome import Region
from pathlib import Path
path, count, limit = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
write = write_rows_h5 if path.suffix == ".h5" else write_rows_npz
noise = np.random.default_rng(0).normal(size=8000).astype(np.float32)
rows = lambda: (Row("ACGTTGCATA" * 100, noise[n:n + 1000], noise[n:n + 4000].reshape(4, -1)) for n in range(count))
regions = [Region("chr1", 1000 * n, 1000 * n + 1000) for n in range(count)]
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
if limit:
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
try:
    with staged() as aside:
        write(aside(path), regions, rows, hypothetical=True)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
except GxviewError as error:
    print(error)
"""


def many(path: Path, count: int, limit: int = 0) -> str:
    command = [sys.executable, "-c", MANY, str(path), str(count), str(limit)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize("name", ["x.npz", "x.h5"])
def test_memory_stays_far_below_the_arrays(tmp_path, name):
    arrays = 3_000 * 9 * 4_000
    assert int(many(tmp_path / name, 3_000)) * 1024 < arrays / 4


@pytest.mark.parametrize("name", ["x.npz", "x.h5"])
@pytest.mark.parametrize("limit", [100, 100_000, 5_000_000])
def test_a_full_disk_is_one_sentence_and_no_file(tmp_path, name, limit):
    path = tmp_path / name
    assert many(path, 3_000, limit) == f"{path} cannot be written: there is no room left on its disk; nothing was kept."
    assert list(tmp_path.iterdir()) == []
