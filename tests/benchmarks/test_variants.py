"""The comparison with energy matrices finds what is planted, and nothing where nothing is."""

import io
import tarfile

import numpy as np
import pytest

from benchmarks.variants import energies

L, FIRST = 81, 55


def matrices(rng, effects, places, sign=1.0):
    """Two matrices of a promoter at some places: its effects with noise, other conditions."""
    cells = effects[:, np.array(places) - FIRST] * sign
    made = [cells + rng.normal(0, 0.3, cells.shape) for _ in range(2)]
    return [
        energies.Matrix("p", name, np.array(places), one - one.mean(0)) for name, one in zip("ab", made, strict=True)
    ]


def test_a_promoter_that_agrees_is_found_whatever_the_sign():
    rng = np.random.default_rng(0)
    effects = rng.normal(0, 1, (4, L)) * rng.choice([0.1, 2], L)
    found = energies.compared({"p": effects}, matrices(rng, effects, range(70, 100), sign=-1.0), FIRST)
    assert found["size"]["by_promoter"]["p"]["r"] > 0.8
    assert found["letters"]["by_promoter"]["p"]["r"] < -0.8
    assert found["size"]["by_promoter"]["p"]["p"] == pytest.approx(1 / L)
    assert found["letters"]["by_promoter"]["p"]["p"] == pytest.approx(1 / L)
    assert found["size"]["matrices"] == 2


def test_other_numbers_are_not_and_short_or_distant_matrices_do_not_count():
    rng = np.random.default_rng(1)
    effects, others = rng.normal(0, 1, (2, 4, L))
    rows = [*matrices(rng, others, range(70, 100)), *matrices(rng, effects, range(60, 66))]
    found = energies.compared({"p": effects, "unmeasured": others}, rows, FIRST, signed=False)
    assert set(found) == {"size"}
    assert found["size"]["promoters"] == 1
    assert found["size"]["by_promoter"]["p"]["p"] > 0.05
    assert found["size"]["matrices"] == 2


def test_matrices_are_read_from_the_archive(tmp_path):
    text = b" pos val_A val_C val_G val_T\n 7 1 2 3 6\n 8 0 0 0 4\n"
    with tarfile.open(tmp_path / "e.tar.gz", "w:gz") as tar:
        for name in ("energy_matrices/WaaA-coaD_LB_7_8_energymatrix", "energy_matrices/notes"):
            info = tarfile.TarInfo(name)
            info.size = len(text)
            tar.addfile(info, io.BytesIO(text))
    (one,), unused = energies.read(tmp_path / "e.tar.gz")
    assert (one.promoter, one.condition, one.places.tolist(), unused) == ("WaaA-coaD", "LB", [7, 8], 1)
    np.testing.assert_allclose(one.energies, [[-2, -1], [-1, -1], [0, -1], [3, 3]])
