"""What is written beside a track, the other formats, and what happens when it cannot be written."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pyBigWig
import pytest

from gxview.errors import GxviewError, UsageError
from gxview.explain import RegionExplanation
from gxview.export import export_explanations, export_region
from gxview.export.stretches import join
from gxview.genome import Reference, Region


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_a_bigwig_comes_with_exactly_three_files(explained, reference, tmp_path):
    written = export_explanations(tmp_path / "x.bw", [explained("chr1", 0, 100, phases=True)], reference)
    assert names(tmp_path) == {"x.bw", "x.igv.xml", "x.ucsc.txt", "x.provenance.json"}
    assert {path.name for path in written} == names(tmp_path)
    assert written[0] == tmp_path / "x.bw"


def test_score_and_spread_only_when_asked_for(explained, reference, tmp_path):
    one = explained("chr1", 0, 100, phases=True)
    export_explanations(tmp_path / "x.bw", [one], reference, score=True, spread=True)
    assert {"x.score.bw", "x.spread.bw"} < names(tmp_path)
    with pyBigWig.open(str(tmp_path / "x.spread.bw")) as file:
        np.testing.assert_array_equal(file.values("chr1", 0, 100, numpy=True).astype(np.float32), one.spread)
    with pyBigWig.open(str(tmp_path / "x.score.bw")) as file:
        assert file.values("chr1", 0, 2) == [0.25, 0.25]


def test_a_spread_without_phases_is_refused(explained, reference, tmp_path):
    with pytest.raises(UsageError, match="two phases"):
        export_explanations(tmp_path / "x.bw", [explained("chr1", 0, 100)], reference, spread=True)


def test_the_igv_session_opens_the_bigwig_as_letters(explained, reference, tmp_path):
    folder = tmp_path / "deep" / "er"
    folder.mkdir(parents=True)
    export_explanations(folder / "x.bw", [explained("chr1", 400, 900)], reference, score=True)
    session = ElementTree.parse(folder / "x.igv.xml").getroot()
    assert session.tag == "Session"
    assert session.get("locus") == "chr1:551-750"
    genome = folder / session.get("genome", "")
    assert not os.path.isabs(session.get("genome", ""))
    assert genome.resolve() == reference.path.resolve()
    assert [one.get("path") for one in session.iter("Resource")] == ["x.bw", "x.score.bw"]
    letters, bars, _ = session.iter("Track")
    assert (letters.get("id"), letters.get("renderer")) == ("x.bw", "DYNSEQ")
    assert (bars.get("id"), bars.get("renderer")) == ("x.score.bw", "BAR_CHART")
    scale = letters.find("DataRange")
    assert scale is not None
    assert float(scale.get("minimum", "")) == -float(scale.get("maximum", ""))
    assert float(scale.get("maximum", "")) == np.nanmax(np.abs(explained("chr1", 400, 900).values))


def test_the_igv_session_can_name_a_genome_by_id(explained, reference, tmp_path):
    export_explanations(tmp_path / "x.bedgraph", [explained("chr1", 0, 80)], reference, igv_genome="hg38")
    session = ElementTree.parse(tmp_path / "x.igv.xml").getroot()
    assert (session.get("genome"), session.get("locus")) == ("hg38", "chr1:1-80")
    assert [one.get("type") for one in session.iter("Resource")] == ["bedgraph"]


def test_the_ucsc_line_switches_letters_on(explained, reference, tmp_path):
    export_explanations(tmp_path / "x.bw", [explained("chr1", 0, 80)], reference)
    lines = [line for line in (tmp_path / "x.ucsc.txt").read_text().splitlines() if not line.startswith("#")]
    assert lines[0] == "browser position chr1:1-80"
    assert lines[1].startswith('track type=bigWig name="x" description="attnlrp of tiny, target promoter, strand +" ')
    assert " logo=on " in lines[1]
    assert "/x.bw " in lines[1]


def test_provenance_says_how_and_where_and_is_the_same_twice(explained, reference, tmp_path):
    one = explained("chr1", 0, 100)
    for name in ("x.bw", "y.bw"):
        export_explanations(tmp_path / name, [one], reference)
    content = json.loads((tmp_path / "x.provenance.json").read_text())
    assert content.items() >= one.provenance.items()
    assert content["regions"] == ["chr1:1-100"]
    assert content["notes"] == ["a note"]
    assert content["files"] == ["x.bw", "x.igv.xml", "x.ucsc.txt"]
    again = (tmp_path / "y.provenance.json").read_text().replace("y.", "x.")
    assert again == (tmp_path / "x.provenance.json").read_text()


def test_bedgraph_holds_the_same_values(explained, reference, track, tmp_path):
    export_explanations(tmp_path / "x.bedgraph", [explained("chr1", 300, 500)], reference)
    assert names(tmp_path) == {"x.bedgraph", "x.igv.xml", "x.provenance.json"}
    values = np.full(1000, np.nan, dtype=np.float32)
    for line in (tmp_path / "x.bedgraph").read_text().splitlines():
        chrom, start, end, value = line.split("\t")
        assert chrom == "chr1"
        assert np.isnan(values[int(start) : int(end)]).all()
        values[int(start) : int(end)] = np.float32(value)
    np.testing.assert_array_equal(values[300:500], track["chr1"][300:500])
    assert np.isnan(values[:300]).all()


def test_bedgraph_joins_bases_of_one_value(reference, explained, tmp_path):
    from dataclasses import replace

    one = replace(explained("chr1", 10, 16), values=np.float32([1, 1, 0, 0, np.nan, 2]))
    export_explanations(tmp_path / "x.bedgraph", [one], reference)
    assert (tmp_path / "x.bedgraph").read_text() == "chr1\t10\t12\t1.0\nchr1\t12\t14\t0.0\nchr1\t15\t16\t2.0\n"


def test_tsv_has_a_line_for_each_base_with_its_token(explained, reference, track, tmp_path):
    export_explanations(tmp_path / "x.tsv", [explained("chr1", 318, 333)], reference, score=True)
    assert names(tmp_path) == {"x.tsv", "x.provenance.json"}
    header, *lines = [line.split("\t") for line in (tmp_path / "x.tsv").read_text().splitlines()]
    assert header == ["chrom", "position", "base", "token", "token_relevance", "relevance", "score"]
    assert [int(line[1]) for line in lines] == list(range(319, 334))
    assert "".join(line[2] for line in lines) == reference.fetch(Region("chr1", 318, 333))
    assert [line[3] for line in lines] == ["T315"] * 2 + ["T320"] * 5 + ["T325"] * 5 + ["T330"] * 3
    assert [float(line[4]) for line in lines[:3]] == [315.0, 315.0, 320.0]
    np.testing.assert_array_equal(np.array([line[5] for line in lines], dtype=np.float32), track["chr1"][318:333])
    assert lines[5][5] == "NaN"


def test_tsv_of_a_model_without_tokens_says_so(explained, reference, tmp_path):
    export_explanations(tmp_path / "x.tsv", [explained("chr1", 0, 3, bases=True)], reference)
    line = (tmp_path / "x.tsv").read_text().splitlines()[1].split("\t")
    assert line[3:5] == [".", "NaN"]


def test_npz_is_in_the_order_of_tf_modisco(explained, reference, track, tmp_path):
    rows = [Region("chr2", 20, 120), Region("chr1", 250, 350), Region("chr1", 600, 700, "-")]
    stretches = [explained("chr1", 200, 800), explained("chr2", 0, 200)]
    export_explanations(tmp_path / "x.npz", stretches, reference, regions=rows)
    assert names(tmp_path) == {"x.npz", "x.provenance.json"}
    with np.load(tmp_path / "x.npz", allow_pickle=False) as file:
        content = dict(file)
    assert content["one_hot"].shape == content["contributions"].shape == (3, 4, 100)
    assert content["contributions"].dtype == np.float32
    assert content["chrom"].tolist() == ["chr2", "chr1", "chr1"]
    assert content["start"].tolist() == [20, 250, 600]
    assert content["end"].tolist() == [120, 350, 700]
    assert content["strand"].tolist() == ["+", "+", "+"]
    assert str(content["base_order"]) == "ACGT"
    assert "hypothetical" not in content
    for row, region in enumerate(rows):
        letters = reference.fetch(Region(region.chrom, region.start, region.end)).upper()
        for place, letter in enumerate(letters):
            column = content["contributions"][row, :, place]
            value = track[region.chrom][region.start + place]
            expected = [value if letter == base else 0 for base in "ACGT"]
            np.testing.assert_array_equal(column, np.float32(expected))
            assert content["one_hot"][row, :, place].tolist() == [int(letter == base) for base in "ACGT"]


def test_npz_of_a_model_on_bases_holds_hypothetical_scores(explained, reference, track, tmp_path):
    export_explanations(tmp_path / "x.npz", [explained("chr1", 0, 100, bases=True)], reference)
    with np.load(tmp_path / "x.npz") as file:
        np.testing.assert_array_equal(file["hypothetical"][0, 2], 3 * track["chr1"][:100])


def test_npz_of_regions_of_different_length_is_refused(explained, reference, tmp_path):
    with pytest.raises(GxviewError, match="one length; these have 50 to 60 bases"):
        export_explanations(tmp_path / "x.npz", [explained("chr1", 0, 60), explained("chr2", 0, 50)], reference)
    assert names(tmp_path) == set()


def test_overlapping_and_touching_regions_become_one_stretch(explained, reference, track):
    parts = [explained("chr1", 150, 260), explained("chr1", 100, 200), explained("chr1", 260, 300)]
    (one,) = join(parts, reference)
    assert one.region == Region("chr1", 100, 300)
    np.testing.assert_array_equal(one.values, track["chr1"][100:300])
    assert [(token.start, token.end) for token in one.tokens] == [(at, at + 5) for at in range(100, 300, 5)]
    assert one.notes == ("a note",)


def test_explanations_that_disagree_or_differ_in_making_are_refused(explained, reference):
    from dataclasses import replace

    left, right = explained("chr1", 100, 200), explained("chr1", 150, 250)
    with pytest.raises(GxviewError, match="disagree"):
        join([left, replace(right, values=right.values + 1)], reference)
    with pytest.raises(GxviewError, match="one model"):
        join([left, replace(right, provenance={**right.provenance, "strand": "-"})], reference)
    with pytest.raises(GxviewError, match="at least one region"):
        join([], reference)


def test_part_of_tiles_can_be_written(explained, reference, track, tmp_path):
    tiles = [explained("chr1", 0, 256), explained("chr1", 256, 512)]
    export_region(tmp_path / "x.bw", tiles, Region("chr1", 200, 300), reference)
    with pyBigWig.open(str(tmp_path / "x.bw")) as file:
        np.testing.assert_array_equal(
            file.values("chr1", 200, 300, numpy=True).astype(np.float32), track["chr1"][200:300]
        )
        assert np.isnan(file.values("chr1", 0, 200, numpy=True)).all()
    with pytest.raises(GxviewError, match="not explained in full"):
        export_region(tmp_path / "x.bw", tiles, Region("chr1", 500, 600), reference)


@pytest.mark.parametrize("suffix", ["", ".txt", ".bed"])
def test_an_unknown_suffix_names_the_known(explained, reference, tmp_path, suffix):
    with pytest.raises(UsageError, match=r"\.bw, \.bigwig, \.bedgraph, \.bdg, \.tsv, \.npz"):
        export_explanations(tmp_path / f"x{suffix}", [explained("chr1", 0, 100)], reference)


def test_a_missing_folder_is_named(explained, reference, tmp_path):
    with pytest.raises(GxviewError, match=r"there is no folder .*absent"):
        export_explanations(tmp_path / "absent" / "x.bw", [explained("chr1", 0, 100)], reference)


def test_a_folder_in_the_place_of_the_file_is_named(explained, reference, tmp_path):
    (tmp_path / "x.bw").mkdir()
    with pytest.raises(GxviewError, match="a folder of this name"):
        export_explanations(tmp_path / "x.bw", [explained("chr1", 0, 100)], reference)


def test_a_read_only_folder_is_one_sentence(explained, reference, tmp_path):
    folder = tmp_path / "shut"
    folder.mkdir()
    folder.chmod(0o555)
    try:
        with pytest.raises(GxviewError, match=r"the folder .*shut is read-only"):
            export_explanations(folder / "x.bw", [explained("chr1", 0, 100)], reference)
        assert names(folder) == set()
    finally:
        folder.chmod(0o755)


@pytest.mark.parametrize("suffix", [".bw", ".bedgraph", ".tsv", ".npz"])
def test_a_disk_that_fills_up_late_leaves_the_old_files_alone(explained, reference, tmp_path, monkeypatch, suffix):
    """The provenance comes last: when it does not fit, the finished track must not appear either."""
    old = tmp_path / f"x{suffix}"
    old.write_text("old")
    write_text = Path.write_text

    def full(self: Path, text: str, **options: object) -> int:
        if ".provenance.json" in self.name:
            raise OSError(errno.ENOSPC, "No space left on device")
        return write_text(self, text, encoding="utf-8")

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(GxviewError, match="there is no room left on its disk; nothing was kept"):
        export_explanations(old, [explained("chr1", 0, 100)], reference)
    assert names(tmp_path) == {old.name}
    assert old.read_text() == "old"


def test_an_interruption_in_the_middle_leaves_nothing(explained, reference, tmp_path, monkeypatch):
    from gxview.export import api

    def interrupted(*_: object, **__: object) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr(api, "igv_session", interrupted)
    with pytest.raises(KeyboardInterrupt):
        export_explanations(tmp_path / "x.bw", [explained("chr1", 0, 100)], reference)
    assert names(tmp_path) == set()


def test_unusual_names_survive_xml(explained, small_genome, tmp_path):
    folder = tmp_path / 'a & b <"c">'
    folder.mkdir()
    genome = folder / "génome & co.fa"
    genome.write_bytes(small_genome.read_bytes())
    reference = Reference(genome)
    explanation: RegionExplanation = explained("chr1", 0, 100)
    export_explanations(folder / "x & y.bw", [explanation], reference)
    session = ElementTree.parse(folder / "x & y.igv.xml").getroot()
    assert session.get("genome") == "génome & co.fa"
    assert [one.get("path") for one in session.iter("Resource")] == ["x & y.bw"]


def test_shuffled_letters_are_bars_in_igv_and_no_table_gives_them_the_letters_of_the_genome(
    explained, reference, tmp_path
):
    one = explained("chr1", 0, 100)
    one.provenance["letters"] = "dinucleotide"
    export_explanations(tmp_path / "x.bw", [one], reference)
    tracks = ElementTree.parse(tmp_path / "x.igv.xml").getroot().iter("Track")
    assert [track.get("renderer") for track in tracks if track.get("id") == "x.bw"] == ["BAR_CHART"]
    for name in ("y.npz", "y.tsv"):
        with pytest.raises(UsageError, match="shuffled"):
            export_explanations(tmp_path / name, [one], reference)
    assert not list(tmp_path.glob("y.*"))
