"""Arrays of substitution effects: read from npz and HDF5 with the right sign and place, refused with a sentence."""

from __future__ import annotations

import numpy as np
import pytest

from gxview.errors import GxviewError
from gxview.export.writers.h5 import write_rows_h5
from gxview.export.writers.npz import write_rows_npz
from gxview.export.writers.rows import Row
from gxview.genome import Reference, Region
from gxview.tracks import EffectSource, open_source
from gxview.viewer.data.heatmap_blocks import read_matrix
from tests.viewer.fakes import effects_at, write_genome

REGIONS = [Region("chr1", 100, 140), Region("chr1", 120, 160), Region("chr2", 7, 47)]


@pytest.fixture
def reference(tmp_path):
    return Reference(write_genome(tmp_path))


def rows_of(reference):
    for region in REGIONS:
        effects = effects_at(reference, region)
        centred = effects - effects.mean(axis=0)
        letters = reference.fetch(region)
        there = np.array([[letter == base for letter in letters] for base in "ACGT"])
        yield Row(letters, np.where(there, centred, 0).sum(axis=0), centred)


@pytest.fixture(params=["npz", "h5"])
def written(request, reference, tmp_path):
    path = tmp_path / f"a.logit.{request.param}"
    write = write_rows_npz if request.param == "npz" else write_rows_h5
    write(path, REGIONS, lambda: rows_of(reference), hypothetical=True)
    return path


def test_effects_are_those_that_were_written_and_nan_beside_them(written, reference):
    source = open_source(written, reference)
    assert isinstance(source, EffectSource)
    found = source.effects(Region("chr1", 90, 170))
    np.testing.assert_allclose(found[:, 10:70], effects_at(reference, Region("chr1", 100, 160)), atol=1e-6)
    assert np.isnan(found[:, :10]).all()
    assert np.isnan(found[:, 70:]).all()
    assert source.sizes == {"chr1": 160, "chr2": 47}
    assert source.places(Region("chr2", 0, 3000)) == [Region("chr2", 7, 47)]
    assert source.places(Region("chr2", 47, 3000)) == []


def test_effects_as_such_are_taken_as_they_are(reference, tmp_path):
    region = REGIONS[0]
    letters = reference.fetch(region)
    one_hot = np.array([[letter == base for letter in letters] for base in "ACGT"], np.int8)[None]
    one_hot[:, :, 3] = 0
    effects = effects_at(reference, region)[None]
    np.savez(tmp_path / "b.npz", one_hot=one_hot, effects=effects, chrom=["chr1"], start=[100])
    found = open_source(tmp_path / "b.npz", reference).effects(region)
    np.testing.assert_array_equal(np.delete(found, 3, axis=1), np.delete(effects[0], 3, axis=1))
    assert np.isnan(found[:, 3]).all()


def test_a_zoomed_out_block_holds_the_strongest_effects(written, reference):
    source = open_source(written, reference)
    found = read_matrix(source, Region("chr1", 64, 192), 8)
    assert found.edges.tolist() == list(range(64, 193, 8))
    cells = effects_at(reference, Region("chr1", 104, 112))
    np.testing.assert_allclose(found.values[:, 5], [row[np.abs(row).argmax()] for row in cells], atol=1e-6)
    assert np.isnan(found.values[:, 0]).all()


def test_arrays_of_another_assembly_are_refused(written, reference, tmp_path):
    letters = reference.fetch(Region("chr1", 0, 20_000))
    other = tmp_path / "other.fa"
    other.write_text(f">chr1\n{letters[1:]}A\n>chr2\n{'ACGT' * 750}\n")
    with pytest.raises(GxviewError, match=r"made from other letters than those of other.fa at chr1:101-140"):
        open_source(written, Reference(other))


@pytest.mark.parametrize(
    ("arrays", "words"),
    [
        ({"weights": np.zeros(3)}, "holds no effects of substitutions"),
        ({"one_hot": np.zeros((1, 4, 5)), "chrom": ["c"], "start": [0]}, "holds no effects of substitutions"),
        (
            {"one_hot": np.zeros((1, 4, 5)), "effects": np.zeros((1, 4, 6)), "chrom": ["c"], "start": [0]},
            "do not fit letters",
        ),
        (
            {"one_hot": np.zeros((2, 4, 5)), "effects": np.zeros((2, 4, 5)), "chrom": ["c"], "start": [0]},
            "do not fit each other",
        ),
    ],
)
def test_other_arrays_are_refused(tmp_path, arrays, words):
    np.savez(tmp_path / "c.npz", **arrays)
    with pytest.raises(GxviewError, match=words):
        open_source(tmp_path / "c.npz")


def test_a_file_that_is_cut_off_says_so(written, tmp_path):
    cut = tmp_path / f"cut{written.suffix}"
    cut.write_bytes(written.read_bytes()[:300])
    with pytest.raises(GxviewError, match="cut off or damaged"):
        open_source(cut)
