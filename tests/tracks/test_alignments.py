"""Coverage, differing bases and packed reads against pysam, samtools and counting by hand."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import numpy as np
import pysam
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gxview.errors import Cancelled, GxviewError
from gxview.genome import Reference, Region
from gxview.tracks import AlignmentSource, ReadOptions, alignment_files, alignments, open_source
from gxview.tracks.alignments import IndexedReads, ReadsInMemory
from gxview.tracks.index_profile import read_profile
from gxview.tracks.packed_reads import thinned
from gxview.tracks.pileup import PER_BASE, Pileup, pile_up
from gxview.tracks.read_table import ReadTable

ALL = ReadOptions(duplicates=True, secondary=True, supplementary=True)
DEEP = {
    "jbrowse/volvox-sv.bam": ("ctgA", 50_001),
    "jbrowse/volvox-rnasim.bam": ("ctgA", 50_001),
    "jbrowse/volvox-long-reads.fastq.sorted.bam": ("ctgA", 50_001),
    "igv.js/bam/indel_test.bam": ("chr10", 10_300_000),
}


def looked_at(path: Path, chrom: str, length: int) -> Region:
    """The stretch of a file that holds its reads, at most as long as is counted base by base."""
    with pysam.AlignmentFile(str(path), check_sq=False) as file:
        reads = [r for r in file.fetch(until_eof=True) if not r.is_unmapped and r.reference_name == chrom]
    start = max(0, min(r.reference_start for r in reads) - 5)
    return Region(chrom, start, min(start + PER_BASE, length, max(r.reference_end for r in reads) + 5))


def piled(path: Path, region: Region, options: ReadOptions = ALL, reference: Reference | None = None) -> Pileup:
    source = open_source(path, reference)
    assert isinstance(source, AlignmentSource)
    return source.pileup(region, options, 0.05)


@pytest.mark.parametrize("name", DEEP)
def test_depth_is_that_of_samtools(shared, name):
    """Samtools depth counts no unmapped, secondary, failed or duplicate reads, and no deletions or introns."""
    path = shared / "data/tracks" / name
    region = looked_at(path, *DEEP[name])
    lines = pysam.depth("-r", f"{region.chrom}:{region.start + 1}-{region.end}", str(path)).splitlines()
    expected = np.zeros(region.length, np.float32)
    for line in lines:
        _, position, depth = line.split("\t")
        expected[int(position) - 1 - region.start] = int(depth)
    found = piled(path, region, ReadOptions(supplementary=True))
    assert expected.sum() > 0
    np.testing.assert_array_equal(found.coverage.depth, expected)


@pytest.mark.parametrize("name", ["CoolBox/bam_chr9_4000000_6000000.bam", *DEEP])
def test_summaries_of_long_regions_hold_the_same_numbers(shared, name):
    path = shared / "data/tracks" / name
    chrom = DEEP[name][0] if name in DEEP else "chr9"
    region = looked_at(path, chrom, 138_000_000)
    wide = Region(chrom, max(0, region.start - PER_BASE), region.start + 4 * PER_BASE)
    source = open_source(path)
    found = source.pileup(wide, ALL, wide.length / 700).coverage
    assert found.depth is None
    assert len(found.edges) == 701
    depth = np.concatenate(
        [
            source.pileup(Region(chrom, at, min(at + PER_BASE, wide.end)), ALL, 1.0).coverage.depth
            for at in range(wide.start, wide.end, PER_BASE)
        ]
    )
    bins = [depth[a - wide.start : b - wide.start] for a, b in zip(found.edges[:-1], found.edges[1:], strict=True)]
    np.testing.assert_array_equal(found.summary.max, [part.max() for part in bins])
    np.testing.assert_array_equal(found.summary.min, [part.min() for part in bins])
    np.testing.assert_allclose(found.summary.mean, [part.mean() for part in bins], rtol=1e-5, atol=1e-6)


@pytest.fixture(scope="module")
def genome(tmp_path_factory) -> Reference:
    """A chromosome of 3,000 bases, partly soft-masked, with an N."""
    rng = np.random.default_rng(5)
    letters = "".join(rng.choice(list("ACGT"), 3000))
    letters = letters[:1000] + letters[1000:2000].lower() + letters[2000:2500] + "N" + letters[2501:]
    path = tmp_path_factory.mktemp("genome") / "g.fa"
    path.write_text(">chr1\n" + "\n".join(letters[at : at + 60] for at in range(0, 3000, 60)) + "\n>chr2\nACGTACGT\n")
    return Reference(path)


HEADER = pysam.AlignmentHeader.from_dict(
    {"HD": {"VN": "1.6", "SO": "coordinate"}, "SQ": [{"SN": "chr1", "LN": 3000}, {"SN": "chr2", "LN": 8}]}
)


def read(name, start, cigar, letters, flag=0, quality=60):
    """An aligned read on chr1."""
    made = pysam.AlignedSegment(HEADER)
    made.query_name, made.query_sequence, made.flag = name, letters, flag
    made.reference_id, made.reference_start, made.mapping_quality, made.cigarstring = 0, start, quality, cigar
    return made


def random_reads(genome: Reference, count: int, seed: int) -> list[pysam.AlignedSegment]:
    """Reads with every step of a CIGAR, every flag, and errors."""
    rng = np.random.default_rng(seed)
    letters = genome.fetch(Region("chr1", 0, 3000)).upper().replace("N", "A")
    reads = []
    for number in range(count):
        start, ref, cigar, sequence = int(rng.integers(0, 2500)), 0, "", ""
        for step in rng.permutation(list("MIDNMX=")):
            size = int(rng.integers(1, 40 if step in "M=X" else 8))
            own = letters[start + ref : start + ref + size]
            if step in "M=X":
                wrong = rng.random(size) < (0.1 if step == "M" else step == "X")
                sequence += "".join("ACGT"["ACGT".index(c) - 1] if w else c for c, w in zip(own, wrong, strict=True))
            elif step == "I":
                sequence += "".join(rng.choice(list("ACGTN"), size))
            ref += size if step in "MDN=X" else 0
            cigar += f"{size}{step}"
        clip = int(rng.integers(0, 9))
        if clip:
            cigar, sequence = f"3H{clip}S{cigar}{clip}S", "A" * clip + sequence + "C" * clip
        flag = int(rng.choice([0, 16, 1024, 256, 2048, 512], p=[0.4, 0.4, 0.05, 0.05, 0.05, 0.05]))
        reads.append(read(f"r{number}", start, cigar, sequence, flag, int(rng.choice([0, 20, 60]))))
    return sorted(reads, key=lambda r: r.reference_start)


def written(path: Path, reads, mode="wb", **more) -> Path:
    with pysam.AlignmentFile(str(path), mode, header=HEADER, **more) as file:
        for one in reads:
            file.write(one)
    return path


@pytest.fixture(scope="module")
def bam(genome, tmp_path_factory) -> Path:
    path = written(tmp_path_factory.mktemp("bam") / "a.bam", random_reads(genome, 400, 1))
    pysam.index(str(path))
    return path


REGIONS = [(0, 3000), (0, 1), (1234, 1300), (2490, 2510), (2990, 3000)]


@pytest.mark.parametrize("options", [ReadOptions(), ALL, ReadOptions(min_mapping_quality=20)])
@pytest.mark.parametrize("span", REGIONS)
def test_letters_are_counted_as_pysam_does(genome, bam, span, options):
    region = Region("chr1", *span)
    found = piled(bam, region, options, genome).coverage

    def counts(r):
        return not r.flag & (options.hidden | 4) and r.mapping_quality >= options.min_mapping_quality

    with pysam.AlignmentFile(str(bam)) as file:
        expected = np.array(file.count_coverage("chr1", *span, quality_threshold=0, read_callback=counts))
    np.testing.assert_array_equal(found.depth, expected.sum(axis=0))
    letters = genome.fetch(region).upper()
    same = np.array(
        [expected["ACGT".index(c)][i] if c in "ACGT" else expected.sum(axis=0)[i] for i, c in enumerate(letters)]
    )
    differing = np.flatnonzero(same < expected.sum(axis=0)) + region.start
    np.testing.assert_array_equal(found.sites, differing)
    np.testing.assert_array_equal(found.counts[:, :4], expected.T[differing - region.start])
    shares = 1 - same[differing - region.start] / expected.sum(axis=0)[differing - region.start]
    np.testing.assert_array_equal(found.differing(0.2), shares > 0.2)


def test_parts_of_reads_are_those_of_their_cigars(genome, bam):
    found = piled(bam, Region("chr1", 0, 3000), ReadOptions(True, True, True, 0, soft_clips=True), genome).reads
    letters = genome.fetch(Region("chr1", 0, 3000)).upper()
    with pysam.AlignmentFile(str(bam)) as file:
        reads = [r for r in file if not r.is_qcfail]
    assert sorted(found.names) == sorted(r.query_name for r in reads)
    number = {name: i for i, name in enumerate(found.names)}
    for r in reads:
        i = number[r.query_name]
        assert (found.starts[i], found.ends[i], found.reverse[i]) == (r.reference_start, r.reference_end, r.is_reverse)
        pairs = r.get_aligned_pairs(matches_only=True)
        wrong = {(p, r.query_sequence[q]) for q, p in pairs if letters[p] != "N" and r.query_sequence[q] != letters[p]}
        clip = r.query_alignment_start
        wrong |= {(r.reference_start - clip + q, "A") for q in range(clip)}
        wrong |= {(r.reference_end + q, "C") for q in range(r.query_length - r.query_alignment_end)}
        own = found.letters[found.letters[:, 2] == i]
        assert {(p, "ACGTN"[code]) for p, code, _ in own.tolist()} == wrong
        covered = {p for a, b, _ in found.blocks[found.blocks[:, 2] == i].tolist() for p in range(a, b)}
        assert covered == {p for _, p in pairs}
        for what, code in (("deletions", 2), ("introns", 3)):
            parts = getattr(found, what)
            assert sum(b - a for a, b, n in parts.tolist() if n == i) == sum(n for c, n in r.cigartuples if c == code)
        assert [n for _, n, of in found.insertions.tolist() if of == i] == [n for c, n in r.cigartuples if c == 1]


def test_clipped_ends_are_left_out_unless_asked_for(genome, bam):
    found = piled(bam, Region("chr1", 0, 3000), ALL, genome).reads
    assert len(found.clips) == 0


@pytest.mark.parametrize(
    ("options", "flags"),
    [
        (ReadOptions(), {0, 16}),
        (ReadOptions(duplicates=True), {0, 16, 1024}),
        (ReadOptions(secondary=True), {0, 16, 256}),
        (ReadOptions(supplementary=True), {0, 16, 2048}),
    ],
)
def test_which_reads_count(bam, options, flags):
    found = piled(bam, Region("chr1", 0, 3000), options)
    with pysam.AlignmentFile(str(bam)) as file:
        of_flag = Counter(r.flag for r in file)
    assert found.total == sum(of_flag[flag] for flag in flags)
    assert found.hidden == sum(of_flag.values()) - found.total


def test_without_the_genome_no_base_differs(bam):
    found = piled(bam, Region("chr1", 0, 3000))
    assert not found.has_letters
    assert len(found.coverage.sites) == len(found.reads.letters) == 0


@pytest.mark.parametrize("suffix", ["bam", "sam"])
def test_without_an_index_the_reads_are_sorted_in_memory(genome, bam, tmp_path, suffix):
    reads = random_reads(genome, 400, 1)
    np.random.default_rng(0).shuffle(reads)
    path = written(tmp_path / f"a.{suffix}", reads, "wb" if suffix == "bam" else "w")
    source = open_source(path, genome)
    assert isinstance(source, ReadsInMemory)
    assert isinstance(open_source(bam), IndexedReads)
    region = Region("chr1", 700, 1800)
    one, other = (piled(file, region, ALL, genome) for file in (path, bam))
    np.testing.assert_array_equal(one.coverage.depth, other.coverage.depth)
    np.testing.assert_array_equal(one.coverage.counts, other.coverage.counts)
    assert sorted(one.reads.names) == sorted(other.reads.names)
    assert list(tmp_path.iterdir()) == [path]
    assert source.reads_per_bin(Region("chr1", 0, 3000), 10).sum() == 400


def test_a_large_file_without_an_index_is_refused_with_the_commands(bam, tmp_path, monkeypatch):
    monkeypatch.setattr(alignment_files, "MOST_READS", 300)
    path = tmp_path / "b.bam"
    path.write_bytes(bam.read_bytes())
    with pytest.raises(GxviewError, match=r"samtools sort -o b.sorted.bam .* && samtools index b.sorted.bam"):
        open_source(path)


def test_what_is_not_known_of_very_many_reads_is_no_number(bam, monkeypatch):
    region = Region("chr1", 0, 3000)
    whole = piled(bam, region).coverage.depth
    monkeypatch.setattr(alignments, "MOST_READS", 200)
    part = piled(bam, region).coverage.depth
    known = np.flatnonzero(np.isfinite(part))
    assert 500 < len(known) < 2500
    assert known[-1] == len(known) - 1
    np.testing.assert_array_equal(part[known], whole[known])


def test_sam_without_a_header_is_read(bam, genome, tmp_path):
    path = tmp_path / "a.sam"
    path.write_text("".join(r.to_string() + "\n" for r in random_reads(genome, 50, 1)))
    source = open_source(path)
    assert source.pileup(Region("chr1", 0, 3000), ALL, 1.0).total > 40
    assert set(source.sizes) == {"chr1"}
    assert source.sizes["chr1"] < 3000


def test_damaged_files_are_refused(bam, genome, tmp_path):
    cut = tmp_path / "cut.bam"
    cut.write_bytes(bam.read_bytes()[:-40])
    with pytest.raises(GxviewError, match="is cut off: its end mark is missing"):
        open_source(cut)
    bad = tmp_path / "bad.bam"
    bad.write_bytes(bam.read_bytes())
    Path(f"{bad}.bai").write_bytes(b"no index at all")
    with pytest.raises(GxviewError, match=r"The index .*bad.bam.bai .*anew"):
        open_source(bad)
    text = tmp_path / "a.sam"
    text.write_text("@SQ\tSN:chr1\tLN:3000\nr1\t0\tchr1\t5\t60\t4M\t*\t0\t0\tACGT\t*\nr2\tmuch\tnonsense\n")
    with pytest.raises(GxviewError, match="is no proper line of SAM"):
        open_source(text)


def test_a_bam_that_changes_while_open_is_told(bam, tmp_path):
    path = tmp_path / "a.bam"
    path.write_bytes(bam.read_bytes())
    pysam.index(str(path))
    source = open_source(path)
    path.write_bytes(bam.read_bytes()[: bam.stat().st_size // 2])
    with pytest.raises(GxviewError, match="changed on disk"):
        source.pileup(Region("chr1", 0, 3000), ALL, 1.0)


@pytest.fixture(params=["indexed", "whole"])
def cram(request, genome, tmp_path) -> Path:
    """A CRAM file whose header names a FASTA that is gone."""
    lost = tmp_path / "lost.fa"
    lost.write_bytes(genome.path.read_bytes())
    path = written(tmp_path / "a.cram", random_reads(genome, 400, 1), "wc", reference_filename=str(lost))
    lost.unlink()
    if request.param == "indexed":
        pysam.index(str(path))
    return path


def test_cram_is_read_with_the_open_genome(cram, bam, genome):
    region = Region("chr1", 700, 1800)
    one, other = (piled(file, region, ALL, genome) for file in (cram, bam))
    np.testing.assert_array_equal(one.coverage.depth, other.coverage.depth)
    np.testing.assert_array_equal(one.coverage.counts, other.coverage.counts)
    assert one.total > 100


def test_cram_finds_its_chromosomes_under_the_names_of_the_genome(cram, genome, tmp_path):
    renamed = tmp_path / "other.fa"
    renamed.write_text(genome.path.read_text().replace(">chr", ">"))
    found = piled(cram, Region("1", 700, 1800), ALL, Reference(renamed))
    assert found.total == piled(cram, Region("chr1", 700, 1800), ALL, genome).total > 100


def test_cram_without_its_genome_is_refused_and_nobody_is_asked(cram, tmp_path, small_genome):
    with pytest.raises(GxviewError, match="can only be read with the genome"):
        open_source(cram)
    with pytest.raises(GxviewError, match="made from another genome"):
        open_source(cram, Reference(small_genome))
    assert os.environ["REF_PATH"] == os.devnull


def test_htslib_says_nothing_on_stderr(cram, bam, capfd, small_genome, tmp_path):
    with pytest.raises(GxviewError):
        open_source(cram, Reference(small_genome))
    cut = tmp_path / "cut.bam"
    cut.write_bytes(bam.read_bytes()[:-40])
    with pytest.raises(GxviewError):
        open_source(cut)
    assert capfd.readouterr().err == ""


def test_an_index_tells_roughly_where_the_reads_are(tmp_path):
    """Three stretches of 16 kb with 9,000, 1,000 and 5,000 reads of letters that do not compress."""
    rng = np.random.default_rng(8)
    header = pysam.AlignmentHeader.from_dict({"SQ": [{"SN": "chr1", "LN": 1 << 20}]})
    starts = np.concatenate(
        [np.sort(rng.integers(n << 14, (n + 1) << 14, c)) for n, c in enumerate((9000, 1000, 5000))]
    )
    path = tmp_path / "a.bam"
    with pysam.AlignmentFile(str(path), "wb", header=header) as file:
        for number, start in enumerate(starts.tolist()):
            file.write(read(f"r{number}", start, "120M", "".join(rng.choice(list("ACGT"), 120))))
    pysam.index(str(path))
    source = open_source(path)
    rough = source.reads_per_bin(Region("chr1", 0, 4 << 14), 4)
    np.testing.assert_allclose(rough[:3], (9000, 1000, 5000), rtol=0.3)
    assert rough[3] < 100
    assert source.reads_per_bin(Region("nowhere", 0, 100), 4).sum() == 0


def test_profiles_of_bai_csi_and_crai(bam, genome, tmp_path):
    """All of the file's records lie where its reads are, whatever the kind of index."""
    path = tmp_path / "a.bam"
    path.write_bytes(bam.read_bytes())
    pysam.index("-c", str(path))
    made = written(tmp_path / "a.cram", random_reads(genome, 400, 1), "wc", reference_filename=str(genome.path))
    pysam.index(str(made))
    for index in (Path(f"{bam}.bai"), Path(f"{path}.csi"), Path(f"{made}.crai")):
        profile = read_profile(index, index.with_suffix("").stat().st_size)
        edges = np.array([0, 1 << 14, 1 << 15, 1 << 20])
        sizes = profile.bytes_in(0, edges)
        assert sizes[0] == pytest.approx(profile.total)
        assert sizes[1:].tolist() == [0, 0]
    with pytest.raises(GxviewError, match="damaged, cut off or of another file"):
        read_profile(bam, 9)
    with pytest.raises(GxviewError, match="damaged, cut off or of another file"):
        read_profile(Path(f"{bam}.bai"), -(1 << 17))


def test_what_is_too_much_to_read_is_told_by_the_index(bam, monkeypatch):
    monkeypatch.setitem(alignments.AFFORDABLE, "bam", 10)
    source = open_source(bam)
    assert source.is_affordable(Region("chr1", 0, 3000))  # no index tells more about so short a stretch
    assert not source.is_affordable(Region("chr1", 0, 1 << 20))


STARTS = st.lists(st.tuples(st.integers(0, 2000), st.integers(1, 90)), min_size=1, max_size=150)


def table_of(places) -> ReadTable:
    return ReadTable.of([read(f"r{i}", start, f"{size}M", "A" * size) for i, (start, size) in enumerate(places)])


@given(STARTS, st.integers(0, 2000), st.integers(1, 500))
@settings(max_examples=60)
def test_depth_is_what_counting_gives(places, start, length):
    region = Region("chr1", start, start + length)
    found = pile_up(table_of(places), region, None, ALL, bases_per_pixel=1.0)
    bases = np.arange(region.start, region.end)
    expected = sum(((bases >= s) & (bases < s + n)).astype(int) for s, n in places)
    np.testing.assert_array_equal(found.coverage.depth, expected)
    for at in (region.start, region.end - 10):
        assert found.count(at, at + 10) == sum(
            s < at + 10 and s + n > at and s < region.end and s + n > region.start for s, n in places
        )


@given(STARTS, st.integers(1, 80), st.integers(1, 12))
@settings(max_examples=60)
def test_packed_reads_never_touch_and_rows_are_filled_from_the_top(places, most, rows):
    region = Region("chr1", 0, 3000)
    found = pile_up(table_of(places), region, None, ALL, bases_per_pixel=3.0, max_reads=most, max_rows=rows).reads
    assert len(found.starts) <= max(most, 64)
    assert found.row_count <= rows
    for row in range(found.row_count):
        own = np.flatnonzero(found.rows == row)
        assert len(own)
        order = own[np.argsort(found.starts[own], kind="stable")]
        assert (found.starts[order][1:] >= found.ends[order][:-1] + 6).all()


@given(STARTS, st.integers(1, 60))
@settings(max_examples=60)
def test_thinning_keeps_the_same_reads_and_a_smaller_choice_within_a_larger_one(places, most):
    table, region = table_of(places), Region("chr1", 0, 2048)
    few, more = thinned(table, region, most), thinned(table, region, most + 30)
    np.testing.assert_array_equal(few, thinned(table, region, most))
    assert few.any()
    assert not (few & ~more).any()


def test_thinning_is_even_along_the_region():
    places = [(at, 50) for at in range(0, 1000, 100)] + [(1500, 50)] * 5000
    table = table_of(places)
    chosen = thinned(table, Region("chr1", 0, 2048), 200)
    assert chosen[table.starts < 1000].all()
    assert 100 < chosen.sum() <= 200


@given(STARTS, st.integers(1, 20))
@settings(max_examples=40)
def test_tables_joined_from_pieces_are_the_table_of_all(places, size):
    pieces = [places[at : at + size] for at in range(0, len(places), size)]
    joined = ReadTable.joined([table_of(piece) for piece in pieces])
    whole = table_of(places)
    region = Region("chr1", 0, 3000)
    one, other = (pile_up(table, region, "C" * 3000, ALL, bases_per_pixel=1.0) for table in (joined, whole))
    np.testing.assert_array_equal(joined.starts, np.sort([start for start, _ in places]))
    np.testing.assert_array_equal(one.coverage.counts, other.coverage.counts)
    np.testing.assert_array_equal(one.begins, other.begins)


def test_reading_without_an_index_can_be_watched_and_stopped(genome, tmp_path, monkeypatch):
    monkeypatch.setattr(alignment_files, "_AT_ONCE", 50)
    path = written(tmp_path / "a.bam", random_reads(genome, 400, 1))
    told = []
    open_source(path, genome, progress=lambda done, total: told.append((done, total)))
    assert len(told) == 8
    assert {total for _, total in told} == {path.stat().st_size}
    assert sorted(told) == told
    with pytest.raises(Cancelled, match="was stopped"):
        open_source(path, genome, cancelled=lambda: len(told) > 0)
