"""What the dialog begins with, what is wrong with choices, and the job file that they become."""

from __future__ import annotations

import gzip
import json
import os

import pytest

from gxview.errors import GxviewError
from gxview.genome import Region
from gxview.job_file import ModelChoice, read_job
from gxview.viewer.batch.scripted import choose
from gxview.viewer.batch.surveys import survey
from gxview.viewer.places.regions import RegionRow


@pytest.fixture
def draft(opened, loop, tmp_path):
    opened.explanations.add("fake-bert", strand="-")
    assert loop.run(lambda: opened.is_idle)
    draft = opened.new_batch()
    draft.change(folder=tmp_path / "out")
    yield draft
    draft.close()


def test_it_begins_with_what_the_window_shows(opened, loop, genome):
    opened.explanations.add("fake-bert", strand="-", phases=3, stride=50)
    opened.explanations.add("fake-bert", strand="+", method="gradient_x_input", phases=3, stride=50)
    opened.explanations.add("fake-cnn", target=0)
    assert loop.run(lambda: opened.is_idle)
    recipe = opened.new_batch().recipe
    assert recipe.genome == genome
    assert recipe.whole_genome
    assert not recipe.folder.exists()
    assert recipe.folder.parent == genome.parent
    assert (recipe.window, recipe.stride, recipe.phases) == (None, 50, 3)
    bert, cnn = recipe.models
    assert (bert.methods, bert.targets, bert.strands) == (("attnlrp", "gradient_x_input"), ("promoter",), ("-", "+"))
    assert (cnn.methods, cnn.targets, cnn.strands) == (("lrp",), ("no",), ("+",))


def test_a_table_of_regions_is_what_a_person_means(opened):
    opened.model.regions.rows = [RegionRow("chr1", 100, 300, "-"), RegionRow("chr2", 0, 200)]
    draft = opened.new_batch()
    assert draft.recipe.table
    assert not draft.recipe.whole_genome
    draft.change(models=(ModelChoice(model="fake-cnn"),))
    assert draft.job().places.regions == ("chr1:101-300", "chr2:1-200")


def test_the_job_file_comes_back_as_it_was(draft, tmp_path):
    draft.change(chromosomes=("chr2",), whole_genome=False, phases=4, outputs=("bigwig", "spread"), precision="bf16")
    draft.choose(0, strands=("+", "mean"))
    draft.save(tmp_path / "mine.json")
    before = draft.recipe
    draft.change(phases=1, models=(), chromosomes=())
    draft.open(tmp_path / "mine.json")
    assert draft.recipe == before
    assert read_job(tmp_path / "mine.json") == draft.job()


def test_a_job_file_beside_results_names_their_folder_and_goes_on_there(draft, tmp_path):
    folder = tmp_path / "results"
    folder.mkdir()
    draft.change(folder=folder)
    assert not draft.is_begun
    draft.save(folder / "job.json")
    # the export settles what was left open
    settled = json.loads((folder / "job.json").read_text())
    settled["device"], settled["threads"], settled["window"] = "cpu", 2, 150
    settled["genome"]["checksum"] = settled["models"][0]["content_hash"] = "abc"
    (folder / "job.json").write_text(json.dumps(settled))
    assert draft.is_begun
    assert draft.problems() == []
    draft.change(phases=2)
    assert not draft.is_begun
    assert "holds another batch export" in draft.problems()[0]
    draft.change(folder=tmp_path / "elsewhere")
    draft.open(folder / "job.json")
    assert draft.recipe.folder == folder
    assert draft.is_begun


def test_without_a_genome_or_a_model_nothing_starts(viewer):
    draft = viewer.new_batch()
    assert draft.problems()[0].startswith("Open a genome first")
    with pytest.raises(GxviewError, match="Open a genome"):
        draft.job()
    with pytest.raises(GxviewError, match="Open a genome"):
        draft.save("nowhere.json")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"models": ()}, "Add a model."),
        ({"outputs": ()}, "at least one output"),
        ({"outputs": ("spread",)}, "at least 2 phases"),
        ({"outputs": ("npz",)}, "not whole chromosomes"),
        ({"outputs": ("h5",), "whole_genome": False, "regions": ("chr1:1-9",), "view": True, "table": True}, ""),
        ({"precision": "bf16", "device": "cpu"}, "needs a GPU"),
        ({"whole_genome": False}, "what is explained"),
        ({"whole_genome": False, "table": True}, "The table of regions is empty"),
        ({"whole_genome": False, "chromosomes": ("chr7",)}, "The genome has no chr7."),
        ({"folder": None}, "Choose a folder"),
    ],
)
def test_each_mistake_is_told_in_a_sentence(draft, changes, sentence):
    assert draft.problems() == []
    draft.change(**changes)
    found = draft.problems()
    assert any(sentence in one for one in found) if sentence else not found
    assert all(one.endswith(".") and "\n" not in one for one in found)


def test_the_spread_of_an_ensemble_needs_no_phases(draft, loop, opened):
    draft.change(outputs=("spread",), models=(ModelChoice(model="fake-ensemble"),))
    assert draft.problems() == [], "what is not loaded yet may be an ensemble"
    draft.add_model("fake-cnn")
    opened.explanations.load("fake-ensemble")
    assert loop.run(lambda: opened.is_idle)
    assert draft.info(draft.recipe.models[0]).members == 3
    assert draft.problems() == ["The spread needs at least 2 phases, unless every model is an ensemble."]
    draft.remove_model(1)
    assert draft.problems() == []


def test_arrays_need_regions_of_one_length(draft, loop, tmp_path, opened):
    bed = tmp_path / "peaks.bed"
    bed.write_text("chr1\t0\t500\nchr1\t600\t1100\n")
    draft.change(files=(bed,), whole_genome=False, outputs=("npz",))
    assert loop.run(lambda: draft.surveys.of(bed) is not None)
    assert draft.problems() == []
    opened.model.regions.rows = [RegionRow("chr1", 0, 499)]
    draft.change(table=True)
    assert any("these differ" in one for one in draft.problems())
    bed.write_text("no region here\n")
    assert loop.run(lambda: draft.surveys.of(bed) is not None)
    assert "peaks.bed holds no region." in draft.problems()
    bed.unlink()
    assert any("peaks.bed cannot be read" in one for one in draft.problems())


def test_a_folder_that_takes_nothing_is_told_before_the_start(draft, tmp_path):
    locked = tmp_path / "locked"
    locked.mkdir()
    locked.chmod(0o555)
    draft.change(folder=locked / "deep" / "out")
    assert any(f"The folder {locked} cannot be written to." in one for one in draft.problems())
    (tmp_path / "file").write_text("x")
    draft.change(folder=tmp_path / "file" / "out")
    assert any("is no folder" in one for one in draft.problems())


def test_regions_of_a_file_are_counted_with_its_broken_lines(tmp_path):
    path = tmp_path / "peaks.narrowPeak.gz"
    path.write_bytes(gzip.compress(b"# mine\nchr1\t5\t15\tx\nchr1 20 30\nchr1\t9\t3\nchr2\tfive\t9\nchr1\n"))
    found = survey(path)
    assert (found.regions, found.bases, found.length, found.broken) == (2, 20, 10, 3)


def test_a_model_that_is_loaded_later_gets_the_names_of_what_was_left_open(draft, loop, opened):
    heard = []
    draft.changed.connect(lambda: heard.append(1))
    draft.add_model("fake-cnn")
    draft.add_model("fake-cnn")
    assert [one.model for one in draft.recipe.models] == ["fake-bert", "fake-cnn"]
    assert draft.recipe.models[1].methods == (None,)
    assert loop.run(lambda: opened.is_idle)
    assert (draft.recipe.models[1].methods, draft.recipe.models[1].targets) == (("lrp",), ("promoter",))
    assert heard
    draft.choose(1, methods=("lrp", "gradient_x_input"))
    draft.choose(1, methods=())
    assert draft.recipe.models[1].methods == ("lrp", "gradient_x_input")
    draft.add_model("broken-one")
    assert loop.run(lambda: opened.is_idle)
    assert any("holds no model" in one for one in draft.problems())
    draft.remove_model(2)
    assert draft.problems() == []


def test_a_new_model_gets_the_method_that_the_person_prefers(draft, loop, opened):
    opened.model.settings.base_method = "gradient_x_input"
    draft.add_model("fake-cnn")
    assert loop.run(lambda: opened.is_idle)
    assert draft.recipe.models[1].methods == ("gradient_x_input",)


def test_a_script_names_places_and_models_in_short(draft, tmp_path):
    choose(draft, tmp_path / "x", {"regions": Region("chr1", 0, 10), "models": "fake-cnn", "outputs": "score"})
    recipe = draft.recipe
    assert (recipe.regions, recipe.whole_genome, recipe.outputs) == (("chr1:1-10",), False, ("score",))
    assert [one.model for one in recipe.models] == ["fake-cnn"]
    with pytest.raises(GxviewError, match="no 'strides'"):
        choose(draft, tmp_path / "x", {"strides": 3})


def test_the_folder_of_a_model_is_found_from_anywhere(draft, tmp_path, monkeypatch):
    (tmp_path / "my-model").mkdir()
    monkeypatch.chdir(tmp_path)
    draft.change(models=(ModelChoice(model="my-model"),))
    assert draft.job().models[0].model == os.path.join(tmp_path, "my-model")
