"""Track files without a genome: the chromosomes come from the files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from gxview.errors import GxviewError
from gxview.genome import BareGenome, Region
from gxview.viewer.viewer import Viewer
from tests.viewer.fakes import FakeEngine, FakeFeatures


def test_chromosomes_grow_under_any_of_their_names():
    bare = BareGenome(Path("a.bw"), {"chr1": 100, "chr2": 50, "none": 0})
    bare.grow({"1": 300, "chr3": 20, "2": 10})
    assert bare.sizes == {"chr1": 300, "chr2": 50, "chr3": 20}
    assert bare.region("3:5-9")[0] == Region("chr3", 4, 9)


def test_letters_need_a_genome():
    bare = BareGenome(Path("a.bw"), {"chr1": 100})
    for ask in (bare.fetch, bare.composition):
        with pytest.raises(GxviewError, match="No genome is open"):
            ask(Region("chr1", 0, 5))
    with pytest.raises(GxviewError, match="names no chromosome"):
        BareGenome(Path("empty.bed"), {})


class Sized(FakeFeatures):
    """Features of a file that names its own chromosomes."""

    def __init__(self, path: Path, sizes: Mapping[str, int]) -> None:
        super().__init__(path)
        self.sizes = dict(sizes)


SIZES = {"genes.gff": {"chr1": 20_000}, "more.gff": {"chr1": 30_000, "chr9": 100}, "plain.gff": {"1": 10}}


@pytest.fixture
def asked():
    return []


@pytest.fixture
def bare(loop, asked):
    def open_sized(path, reference=None, **_watch):
        asked.append((path.name, reference))
        return Sized(path, SIZES[path.name])

    viewer = Viewer(loop, FakeEngine, open_sized)
    viewer.model.camera.resize(1000)
    yield viewer
    assert viewer.close()


def opened(viewer, loop, *paths):
    for path in paths:
        viewer.opener.open([path])
        assert loop.run(lambda: viewer.is_idle)
    return viewer.model


def test_the_first_file_is_shown_whole_and_the_next_extend_the_chromosomes(bare, loop, tmp_path):
    model = opened(bare, loop, tmp_path / "genes.gff")
    assert model.camera.view.region == Region("chr1", 0, 20_000)
    model = opened(bare, loop, tmp_path / "more.gff")
    assert model.reference.sizes == {"chr1": 30_000, "chr9": 100}
    assert (model.camera.view.chrom_length, model.camera.view.region.end) == (30_000, 20_000)
    assert [track.name for track in model.tracks] == ["genes.gff", "more.gff"]


def test_a_file_with_other_names_is_read_through_the_names_on_screen(bare, loop, tmp_path, asked):
    model = opened(bare, loop, tmp_path / "genes.gff", tmp_path / "plain.gff")
    assert asked[-1] == ("plain.gff", model.reference)
    assert set(model.reference.sizes) == {"chr1"}


def test_a_genome_opened_later_keeps_the_tracks_and_the_place(bare, loop, tmp_path, genome):
    model = opened(bare, loop, tmp_path / "genes.gff")
    bare.go_to("chr1:5,001-6,000")
    assert loop.run(lambda: bare.is_idle)
    opened(bare, loop, genome)
    assert model.camera.view.region == Region("chr1", 5_000, 6_000)
    assert [track.kind for track in model.tracks] == ["sequence", "features"]


def test_without_letters_nothing_is_explained(bare, loop, tmp_path):
    opened(bare, loop, tmp_path / "genes.gff")
    bare.explanations.add("fake-cnn")
    assert loop.run(lambda: bare.is_idle)
    track = bare.model.tracks.relevance()[0]
    assert bare.live.state(track).text == "Open a genome"
    heard = []
    bare.notices.added.connect(lambda notice: heard.append(notice.text))
    bare.explain_region()
    assert heard == ["Open a genome first with File > Open genome."]
