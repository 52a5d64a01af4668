"""Every BAM and SAM file that others test with: opened with all of its reads, or refused with the expected words."""

from __future__ import annotations

from pathlib import Path

import pysam
import pytest

from gxview.errors import GxviewError
from gxview.genome import Region
from gxview.tracks import AlignmentSource, ReadOptions, open_source

ALL = ReadOptions(duplicates=True, secondary=True, supplementary=True)
ENDINGS = (".bam", ".sam", ".sam.gz", ".cram")
REFUSED = {
    "igv/bam/SAMtags/MM_Nn.sam": "has no proper header",
    "igv/samtools/index_test.bam": "its end mark is missing",
}
WITHOUT_HEADER = {"igv/sam/cufflinks_test_data.sam": 183, "igv/sam/test_5duplicates.sam": 74}
"""pysam refuses these; their lines were counted without it."""
WITHOUT_READS = {
    "igv/bam/SAMtags/MM-chebi.sam",
    "jbrowse/empty.bam",
    "pysam/pysam_data/MM-chebi.sam",
    "pysam/pysam_data/MM-explicit.sam",
    "pysam/pysam_data/MM-orient.sam",
    "pysam/pysam_data/ex5.sam",
    "pysam/pysam_data/example_empty_with_header.sam",
    "pysam/pysam_data/example_unmapped_reads_no_sq.sam",
}


def files_of(shared: Path) -> dict[str, Path]:
    tracks = shared / "data/tracks"
    found = sorted(path for path in tracks.rglob("*") if path.name.endswith(ENDINGS))
    return {str(path.relative_to(tracks)): path for path in found}


def mapped(path: Path) -> int:
    """Count the reads that are aligned and did not fail, as pysam reads them from beginning to end."""
    with pysam.AlignmentFile(str(path), check_sq=False) as file:
        return sum(not (r.is_unmapped or r.is_qcfail) and bool(r.cigartuples) for r in file.fetch(until_eof=True))


def counted(source: AlignmentSource) -> int:
    """Count the reads of all chromosomes."""
    return sum(source.pileup(Region(chrom, 0, max(size, 1)), ALL, 1e6).total for chrom, size in source.sizes.items())


def test_every_file_opens_with_all_of_its_reads_or_is_refused(shared):
    files = files_of(shared)
    assert len(files) > 50
    for name, path in files.items():
        if name in REFUSED:
            with pytest.raises(GxviewError, match=REFUSED[name]):
                open_source(path)
            continue
        source = open_source(path)
        expected = WITHOUT_HEADER[name] if name in WITHOUT_HEADER else mapped(path)
        found = counted(source)
        assert (name, found) == (name, expected)
        assert (found == 0) == (name in WITHOUT_READS)


def test_with_the_usual_options_every_file_with_reads_shows_some(shared):
    for name, path in files_of(shared).items():
        if name in REFUSED or name in WITHOUT_READS:
            continue
        source = open_source(path)
        depth = 0.0
        for chrom, size in source.sizes.items():
            found = source.pileup(Region(chrom, 0, size), ReadOptions(), size / 500)
            values = found.coverage.depth if found.coverage.depth is not None else found.coverage.summary.max
            depth = max(depth, float(values.max()))
        assert depth >= 1, name


def test_files_without_reads_say_so(shared):
    files = files_of(shared)
    for name in sorted(WITHOUT_READS):
        assert "holds no mapped reads" in " ".join(open_source(files[name]).notes), name


def test_nothing_is_written_beside_the_files(shared):
    before = {path: path.stat().st_mtime_ns for path in (shared / "data/tracks").rglob("*")}
    for name, path in files_of(shared).items():
        if name not in REFUSED:
            open_source(path)
    assert {path: path.stat().st_mtime_ns for path in (shared / "data/tracks").rglob("*")} == before
