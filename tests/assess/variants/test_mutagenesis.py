"""Every substitution of regions: cells, arrays, tracks."""

import json

import h5py
import numpy as np
import pyBigWig
import pytest

from gxview.assess.variants import score_variants
from gxview.assess.variants.job import VariantsJob, run_variants
from gxview.errors import GxviewError
from gxview.models.loading import load_model
from gxview.tracks.variant_lines import read_variant


@pytest.fixture
def bed(tmp_path):
    path = tmp_path / "r.bed"
    path.write_text("chr1\t100\t120\tone\nchr1\t110\t130\ttwo\nchr1\t390\t410\tedge\nchrZ\t1\t2\tlost\n")
    return path


@pytest.fixture
def done(bed, genome, tiny_cnn_folder, tmp_path):
    job = VariantsJob(genome, str(tiny_cnn_folder), regions=(str(bed),), scores=("logit",), device="cpu")
    run_variants(job, tmp_path / "out")
    return tmp_path / "out"


def test_a_cell_is_the_effect_of_the_variant_that_writes_it(done, tiny_cnn_folder, reference, letters):
    arrays = np.load(done / "r.logit.npz")
    assert arrays["effects"].shape == (3, 4, 20)
    assert arrays["name"].tolist() == ["one", "two", "edge"]
    model = load_model(tiny_cnn_folder)
    for row, start in ((0, 100), (1, 110), (2, 390)):
        for place in (0, 7, 9):
            there = letters["chr1"][start + place].upper()
            others = [base for base in "ACGT" if base != there]
            line = f"chr1\t{start + place + 1}\t.\t{there}\t{','.join(others)}"
            found = score_variants(model, reference, [read_variant(line, "")], scores=["logit"])
            cells = arrays["effects"][row][["ACGT".index(base) for base in others], place]
            np.testing.assert_allclose(cells, [one.effects["logit"].value for one in found], atol=2e-6)
            assert arrays["effects"][row]["ACGT".index(there), place] == 0
    assert np.isnan(arrays["effects"][2][:, 10:]).all()  # N


def test_arrays_are_those_of_motif_discovery_and_h5_says_the_same(done):
    arrays = np.load(done / "r.logit.npz")
    effects, one_hot = arrays["effects"], arrays["one_hot"]
    np.testing.assert_allclose(arrays["hypothetical"], effects - effects.mean(1, keepdims=True), atol=1e-6)
    known = ~np.isnan(effects).any(1)
    there = (one_hot * np.nan_to_num(arrays["hypothetical"])).sum(1)
    np.testing.assert_allclose(arrays["contributions"].sum(1)[known], there[known], atol=1e-6)
    with h5py.File(done / "r.logit.h5") as file:
        np.testing.assert_array_equal(file["shap/seq"][:], arrays["hypothetical"])


def test_tracks_hold_each_letter_their_mean_and_the_strongest(done):
    effects = np.load(done / "r.logit.npz")["effects"][0]

    def track(what):
        with pyBigWig.open(str(done / f"r.logit.{what}.bw")) as file:
            return np.array(file.values("chr1", 100, 120), dtype=np.float32)

    for row, base in enumerate("ACGT"):
        np.testing.assert_array_equal(track(base), effects[row])
    np.testing.assert_allclose(track("mean"), effects.sum(0) / 3, rtol=1e-5)
    strongest = track("max")
    np.testing.assert_array_equal(np.abs(strongest), np.abs(effects).max(0))
    assert all(value in column for value, column in zip(strongest, effects.T, strict=True))


def test_a_line_that_names_no_region_is_counted(done):
    manifest = json.loads((done / "variants.json").read_text())
    assert manifest["counts"]["regions"] == 3
    assert manifest["counts"]["bases"] == 30 + 20  # two regions overlap
    assert manifest["counts"]["unknown_bases"] == 10
    assert "chrZ" in manifest["failures"][0]["variant"]


def test_regions_of_several_lengths_have_tracks_but_no_arrays(genome, tiny_cnn_folder, tmp_path):
    job = VariantsJob(
        genome, str(tiny_cnn_folder), regions=("chr1:101-110", "chr2:41-45"), scores=("logit",), device="cpu"
    )
    notes = []
    run_variants(job, tmp_path / "out", tell=lambda event: notes.append(event.get("text")))
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names == {f"regions.logit.{what}.bw" for what in ("A", "C", "G", "T", "mean", "max")} | {"variants.json"}
    assert any(note and "no arrays" in note for note in notes)


def test_regions_without_bases_or_places_are_refused(genome, tiny_cnn_folder, tmp_path):
    for regions, words in ((("chr1:411-420",), "hold no A, C, G or T"), (("none.bed",), "There is no file none.bed")):
        with pytest.raises(GxviewError, match=words):
            run_variants(VariantsJob(genome, str(tiny_cnn_folder), regions=regions, device="cpu"), tmp_path / "o")
