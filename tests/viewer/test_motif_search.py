"""The motif under the cursor without a window: what is asked, what comes back, where it is annotated."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gxview.errors import GxviewError
from gxview.genome import Region
from gxview.viewer.viewer import Viewer
from tests.viewer.fakes import open_fake, relevance_at


@dataclass(frozen=True, eq=False)
class FakeMotif:
    id: str
    name: str
    width: int

    @property
    def label(self) -> str:
        return f"{self.id} {self.name}"

    @property
    def probabilities(self) -> np.ndarray:
        return np.full((4, self.width), 0.25)


@dataclass(frozen=True, eq=False)
class FakeMatch:
    motif: FakeMotif
    p_value: float
    q_value: float
    offset: int
    overlap: int
    strand: str


@dataclass(frozen=True, eq=False)
class FakeAnswer:
    query: np.ndarray
    matches: list[FakeMatch]
    motifs: int = 3
    note: str = ""


@dataclass
class FakeMatcher:
    asked: list[tuple[Any, ...]] = field(default_factory=list)
    threads: set[str] = field(default_factory=set)
    prepared: int = 0

    def prepare(self, path: Path) -> int:
        self.prepared += 1
        if "broken" in path.name:
            raise GxviewError(f"{path.name}, line 3: no motif; choose another file.")
        return 3

    def match(self, letters, relevance, path, top) -> FakeAnswer:
        self.asked.append((letters, relevance, path))
        self.threads.add(threading.current_thread().name)
        found = [FakeMatch(FakeMotif("MA0108.3", "TBP", 12), 1e-6, 1e-4, 2, 6, "-")]
        return FakeAnswer(np.full((4, len(letters)), 0.25), found)


@pytest.fixture
def matcher() -> FakeMatcher:
    return FakeMatcher()


@pytest.fixture
def viewer(loop, engine, matcher, genome, tmp_path):
    viewer = Viewer(loop, lambda: engine, open_fake, {"fake-cnn": "Fake CNN"}, lambda: matcher)
    viewer.model.camera.resize(1000)
    viewer.opener.open([genome])
    assert loop.run(lambda: viewer.is_idle)
    viewer.show(Region("chr1", 400, 600))
    viewer.explanations.add("fake-cnn")
    assert loop.run(lambda: viewer.is_idle)
    yield viewer
    assert viewer.close()


def search(viewer, loop, region: Region | None):
    viewer.model.bases.select(region)
    viewer.motifs.search(viewer.current_explanation())
    assert loop.run(lambda: viewer.motifs.is_idle)
    return viewer.motifs.found


def test_letters_are_asked_with_their_relevance_in_a_thread_of_its_own(viewer, loop, matcher, tmp_path):
    viewer.motifs.choose(tmp_path / "jaspar.txt")
    region = Region("chr1", 500, 508)
    found = search(viewer, loop, region)
    letters, relevance, path = matcher.asked[-1]
    assert letters == found.letters == viewer.model.reference.fetch(region).upper()
    np.testing.assert_array_equal(relevance, relevance_at(region))
    assert path == tmp_path / "jaspar.txt"
    assert found.of == "fake-cnn"
    assert all(name.startswith("gxview-motifs") for name in matcher.threads)
    assert viewer.model.settings.motif_file == str(tmp_path / "jaspar.txt")


def test_an_edited_sequence_is_asked_about_as_it_is(viewer, loop, matcher, tmp_path):
    viewer.motifs.choose(tmp_path / "jaspar.txt")
    region = Region("chr1", 500, 508)
    old = viewer.model.reference.fetch(region).upper()
    new = "".join("ACGT"["ACGT".index(letter) - 1] for letter in old)
    viewer.editing.write(region, new)
    assert loop.run(lambda: viewer.is_idle)
    assert viewer.current_explanation().options.edited
    assert search(viewer, loop, region).letters == new


def test_a_match_is_annotated_at_its_place_and_on_its_strand(viewer, loop, tmp_path):
    viewer.motifs.choose(tmp_path / "jaspar.txt")
    found = search(viewer, loop, Region("chr1", 500, 508))
    row = viewer.motifs.annotate(found.answer.matches[0])
    # the query begins at the third position of the motif as it is read on the minus strand
    assert (row.chrom, row.start, row.end, row.strand, row.name) == ("chr1", 498, 510, "-", "TBP")
    assert viewer.model.regions.rows == (row,)
    assert "MA0108.3" in row.note
    assert viewer.undo.state.regions == (row,)
    assert viewer.undo.undo_name == "annotate TBP"
    search(viewer, loop, Region("chr1", 0, 8))
    viewer.motifs.annotate(viewer.motifs.found.answer.matches[0])
    assert len(viewer.model.regions) == 1


@pytest.mark.parametrize(
    ("region", "words"),
    [(None, "Select some bases"), (Region("chr1", 400, 500), "select at most 60")],
)
def test_why_nothing_is_compared_is_told(viewer, loop, tmp_path, region, words):
    viewer.motifs.choose(tmp_path / "jaspar.txt")
    assert search(viewer, loop, region) is None
    assert words in viewer.motifs.status


def test_without_a_file_or_with_a_broken_one_it_is_told(viewer, loop, tmp_path):
    assert search(viewer, loop, Region("chr1", 500, 508)) is None
    assert "Choose a motif file" in viewer.motifs.status
    viewer.motifs.choose(tmp_path / "broken.txt")
    assert loop.run(lambda: viewer.motifs.is_idle)
    assert "line 3: no motif" in viewer.motifs.status


def test_what_compares_is_loaded_before_it_is_asked(viewer, loop, matcher, tmp_path):
    viewer.motifs.warm()
    assert (viewer.motifs.is_idle, matcher.prepared) == (True, 0)  # there is no file yet
    viewer.model.settings.motif_file = str(tmp_path / "jaspar.txt")
    viewer.motifs.warm()
    assert loop.run(lambda: viewer.motifs.is_idle)
    viewer.motifs.warm()
    assert (matcher.prepared, viewer.motifs.status, viewer.motifs.found) == (1, "", None)
