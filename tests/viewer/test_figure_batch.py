from __future__ import annotations

import threading

import pytest

from gxview.errors import GxviewError
from gxview.genome import Region
from gxview.viewer.figures.batch import FigureBatch, figure_places, is_ready
from gxview.viewer.places.regions import RegionRow
from gxview.viewer.work.jobs import JobState

ROWS = [RegionRow("chr1", 100, 200, "+", "lacZ"), RegionRow("chr1", 5000, 5400), RegionRow("chr2", 0, 50, "-", "a/b c")]


def names(rows, pattern):
    return [place.path.name for place in figure_places(rows, __import__("pathlib").Path("out"), pattern, ".svg")]


def test_each_region_gets_a_file_of_its_own_name():
    assert names(ROWS, "{n}_{name}") == ["1_lacZ.svg", "2_chr1_5001-5400.svg", "3_a_b_c.svg"]
    assert names(ROWS, "{chrom}-{start}-{end}-{strand}")[0] == "chr1-101-200-plus.svg"
    assert names(ROWS * 4, "{n}")[0] == "01.svg"


@pytest.mark.parametrize("pattern", ["{gene}", "{", "{0}", "same", "{name.x}", "///", ""])
def test_a_pattern_that_cannot_work_is_refused_with_what_to_do(pattern):
    with pytest.raises(GxviewError, match=r"\{n\}"):
        names(ROWS, pattern)


class Draws:
    """Notes what a stage shows when its figure is written."""

    def __init__(self) -> None:
        self.seen = []

    def fit(self, stage):
        stage.model.camera.resize(321)

    def __call__(self, stage, place):
        assert is_ready(stage)
        assert stage.model.camera.view.width == 321
        self.seen.append((place.path.name, stage.model.camera.view.region))
        place.path.write_text("whole")
        return []


@pytest.fixture
def filled(opened, loop, tmp_path):
    opened.opener.open([tmp_path / "genes.gff", tmp_path / "signal.bw"])
    opened.explanations.add("fake-cnn")
    assert loop.run(lambda: opened.is_idle)
    return opened


def test_every_region_is_drawn_when_its_data_are_there(filled, loop, tmp_path):
    before, draws, ended = filled.model.camera.view, Draws(), []
    FigureBatch(filled, figure_places(ROWS, tmp_path, "{n}", ".png"), draws.fit, draws, ended.append)
    assert loop.run(lambda: bool(ended))
    assert draws.seen == [
        ("1.png", Region("chr1", 100, 200)), ("2.png", Region("chr1", 5000, 5400)), ("3.png", Region("chr2", 0, 50)),
    ]  # fmt: skip
    assert [path.name for path in ended[0]] == ["1.png", "2.png", "3.png"]
    assert filled.model.camera.view == before
    assert [job.state for job in filled.jobs][-1] is JobState.DONE


def test_a_cancelled_batch_keeps_what_is_whole_and_writes_no_more(filled, loop, engine, tmp_path):
    draws, ended = Draws(), []
    batch = FigureBatch(filled, figure_places(ROWS, tmp_path, "{n}", ".png"), draws.fit, draws, ended.append)
    engine.gate = threading.Event()
    assert loop.run(lambda: len(draws.seen) >= 1 or engine.began.is_set())
    done = len(draws.seen)
    batch.cancel()
    engine.gate.set()
    assert loop.run(lambda: filled.is_idle)
    assert len(draws.seen) == done
    assert [path.name for path in ended[0]] == [name for name, _ in draws.seen]
    assert [job.state for job in filled.jobs][-1] is JobState.CANCELLED


def test_a_disk_that_is_full_ends_the_batch_with_the_reason(filled, loop, tmp_path):
    ended = []

    def full(_stage, _place):
        raise GxviewError("The disk is full; free some space.")

    FigureBatch(filled, figure_places(ROWS, tmp_path, "{n}", ".png"), lambda _stage: None, full, ended.append)
    assert loop.run(lambda: bool(ended))
    assert ended == [[]]
    assert filled.notices.errors() == ["The disk is full; free some space."]


def test_a_region_of_another_genome_is_named(filled, loop, tmp_path):
    ended, draws = [], Draws()
    places = figure_places([RegionRow("chrX", 1, 9)], tmp_path, "{n}", ".png")
    FigureBatch(filled, places, draws.fit, draws, ended.append)
    assert loop.run(lambda: bool(ended))
    assert "no chrX" in filled.notices.errors()[0]


def test_another_genome_ends_the_batch(filled, loop, tmp_path):
    ended, draws = [], Draws()
    FigureBatch(filled, figure_places(ROWS, tmp_path, "{n}", ".png"), draws.fit, draws, ended.append)
    filled.model.reference = None
    assert ended == [draws.seen]
    assert not draws.seen
