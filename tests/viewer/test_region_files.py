"""Regions in and out of files."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gxview.errors import GxviewError
from gxview.genome import Reference
from gxview.viewer.places.region_files import read_regions, write_regions
from gxview.viewer.places.regions import RegionRow
from tests.viewer.fakes import write_genome
from tests.viewer.test_regions import rows_of_any

plain_names = st.from_regex(r"[A-Za-z0-9_;()/-]{1,12}", fullmatch=True)
bed_rows = st.builds(
    lambda row, name: RegionRow(row.chrom, row.start, row.end, row.strand, name, row.score), rows_of_any, plain_names
)


@given(st.lists(rows_of_any, max_size=8))
def test_a_table_comes_back_whole_with_any_text_in_it(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("t") / "regions.tsv"
    assert write_regions(path, rows)
    assert read_regions(path) == rows


@given(st.lists(bed_rows, max_size=8))
def test_bed_comes_back_with_place_name_score_and_strand(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("b") / "regions.bed"
    assert write_regions(path, rows)
    assert read_regions(path) == rows


def test_bed_says_that_it_lost_notes_and_keeps_names_on_one_line(tmp_path):
    path = tmp_path / "r.bed"
    assert not write_regions(path, [RegionRow("chr1", 4, 9, name="two\nlines", note="why")])
    assert path.read_text() == "chr1\t4\t9\ttwo lines\t.\t.\n"


def test_other_readers_understand_the_bed_file(tmp_path):
    import pysam

    path = tmp_path / "r.bed"
    write_regions(path, [RegionRow("chr1", 4, 9, "-", "a b", 2.5), RegionRow("chr2", 0, 1)])
    found = [pysam.asBed()(line, len(line)) for line in path.read_bytes().splitlines()]
    assert [(bed.contig, bed.start, bed.end) for bed in found] == [("chr1", 4, 9), ("chr2", 0, 1)]
    assert (found[0].name, found[0].strand) == ("a b", "-")


def test_names_of_the_reference_are_used_and_unknown_ones_are_kept(tmp_path):
    path = tmp_path / "r.bed.gz"
    path.write_bytes(gzip.compress(b"track name=x\n1\t4\t9\nchrUn\t0\t5\n"))
    rows = read_regions(path, Reference(write_genome(tmp_path)))
    assert [row.chrom for row in rows] == ["chr1", "chrUn"]


def test_real_peaks_are_read_with_their_signal_as_score(shared: Path):
    path = shared / "data/tracks/pyGenomeTracks/test2.narrowPeak"
    rows = read_regions(path)
    lines = [line.split() for line in path.read_text().splitlines()]
    assert [(row.chrom, row.start, row.end, row.name) for row in rows] == [
        (chrom, int(start), int(end), name if name != "." else "") for chrom, start, end, name, *_ in lines
    ]
    assert [row.score for row in rows] == [float(line[6]) for line in lines]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("chr1\t9\t3\n", "line 1"),
        ("chr1\t1\n", "line 1"),
        ("#chrom\tstart\tend\tname\tscore\tstrand\tnote\nchr1\t1\t2\n", "line 2: 3 columns"),
        ("#chrom\tstart\tend\tname\tscore\tstrand\tnote\nchr1\t1\t2\t\thigh\t.\t\n", "line 2: the score 'high'"),
        ("#chrom\tstart\tend\tname\tscore\tstrand\tnote\nchr1\t5\t2\t\t\t.\t\n", "line 2: The region"),
    ],
)
def test_a_bad_line_is_named(tmp_path, text, says):
    path = tmp_path / "r.bed"
    path.write_text(text)
    with pytest.raises(GxviewError, match=says):
        read_regions(path)


def test_an_unknown_suffix_and_a_missing_folder_are_refused(tmp_path):
    with pytest.raises(GxviewError, match=r"end it in \.bed or \.tsv"):
        write_regions(tmp_path / "r.xlsx", [])
    (tmp_path / "file").write_text("")
    with pytest.raises(GxviewError, match="cannot be written"):
        write_regions(tmp_path / "file" / "r.bed", [])
