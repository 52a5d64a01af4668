"""Variants from VCF and BCF against the plain text and against pysam."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pysam
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gxview.errors import GxviewError
from gxview.genome import Reference, Region
from gxview.tracks import VariantSource, open_source, variant_sources
from gxview.tracks.variant_lines import read_variant
from gxview.tracks.variant_sources import IndexedVariants, open_variants
from gxview.tracks.variant_table import VariantTable
from gxview.tracks.variants import allele_of

HEADER = "##fileformat=VCFv4.2\n##contig=<ID=chr1,length=1000>\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO"
WHOLE = 2_000_000_000


def text_of(path: Path) -> list[list[str]]:
    """Columns of the data lines, as Python reads them."""
    opened = gzip.open if path.name.endswith("gz") else open
    with opened(path, "rt", encoding="utf-8") as file:
        return [line.rstrip("\n").split("\t") for line in file if line.strip() and not line.startswith("#")]


def files_of(shared: Path) -> list[Path]:
    found = sorted(p for p in (shared / "data/tracks").rglob("*") if p.name.endswith((".vcf", ".vcf.gz")))
    return [path for path in found if path.name != "issue85.vcf"]


def test_every_file_holds_what_its_lines_say(shared):
    files = files_of(shared)
    assert len(files) > 40
    for path in files:
        source = open_source(path)
        assert isinstance(source, VariantSource)
        rows = text_of(path)
        for chrom in {row[0] for row in rows}:
            found = source.variants(Region(chrom, 0, WHOLE))
            expected = sorted((max(0, int(r[1]) - 1), r[3], r[4]) for r in rows if r[0] == chrom)
            assert sorted((v.start, v.ref, ",".join(v.alts) or ".") for v in found) == expected, path
            assert source.count(Region(chrom, 0, WHOLE)) == len(expected)
            assert source.sizes[chrom] >= max(start + 1 for start, _, _ in expected)


def test_an_index_finds_the_same_variants_in_any_region(shared, monkeypatch):
    rng = np.random.default_rng(0)
    for name in ("volvox.test.vcf.gz", "fake_large_chromosome/test.vcf.gz", "large_vcf_header/large_vcf_header.vcf.gz"):
        path = shared / "data/tracks/jbrowse" / name
        index = next(file for suffix in (".tbi", ".csi") if (file := Path(f"{path}{suffix}")).exists())
        by_region, whole = IndexedVariants(path, index), open_variants(path)
        assert by_region.samples == whole.samples
        starts = sorted(int(row[1]) for row in text_of(path))
        chrom = text_of(path)[0][0]
        for _ in range(30):
            start = int(rng.integers(max(0, starts[0] - 50), starts[-1] + 50))
            region = Region(chrom, start, start + int(rng.integers(1, 5000)))
            assert by_region.variants(region) == whole.variants(region)
        assert by_region.count(Region(chrom, 0, WHOLE)) > 0
        near = Region(chrom, max(0, starts[0] - 100), starts[-1] + 100)
        assert not by_region.is_rough(near)
        np.testing.assert_array_equal(by_region.density(near, 30), whole.density(near, 30))
        with monkeypatch.context() as patched:
            patched.setattr(variant_sources, "COUNTED", 0)
            first = starts[0] >> 14 << 14
            assert by_region.is_rough(near)
            assert by_region.density(Region(chrom, first, first + (1 << 14)), 1)[0] > 0
            assert by_region.density(Region(chrom, starts[-1] + (1 << 20), starts[-1] + (1 << 21)), 4).sum() == 0


def test_a_large_file_with_an_index_is_read_by_region(shared, monkeypatch):
    monkeypatch.setattr(variant_sources, "LARGE", 0)
    path = shared / "data/tracks/jbrowse/volvox.test.vcf.gz"
    assert isinstance(open_variants(path, index=Path(f"{path}.tbi")), IndexedVariants)
    assert isinstance(open_variants(path), VariantTable)


@pytest.fixture
def bcf(shared, tmp_path):
    """A BCF with its index, made from a VCF."""
    path = tmp_path / "a.bcf"
    vcf = str(shared / "data/tracks/pysam/pysam_data/ex1.vcf.gz")
    with pysam.VariantFile(vcf) as read, pysam.VariantFile(str(path), "wb", header=read.header) as written:
        for record in read:
            written.write(record)
    pysam.tabix_index(str(path), preset="bcf", force=True)
    return path


def test_bcf_is_read_like_the_vcf_it_was_made_from(bcf, shared):
    vcf = open_variants(shared / "data/tracks/pysam/pysam_data/ex1.vcf.gz")
    whole, by_region = open_variants(bcf), IndexedVariants(bcf, Path(f"{bcf}.csi"))
    assert isinstance(open_source(bcf), VariantTable)
    for chrom in vcf.sizes:
        region = Region(chrom, 0, WHOLE)
        places = [(v.start, v.ref, v.alts, v.filter, v.genotypes(vcf.samples)) for v in vcf.variants(region)]
        for source in (whole, by_region):
            assert [
                (v.start, v.ref, v.alts, v.filter, v.genotypes(source.samples)) for v in source.variants(region)
            ] == places
    assert by_region.sizes == {chrom: size for chrom, size in vcf.sizes.items() if chrom in by_region.sizes}


@pytest.mark.parametrize(
    ("ref", "alt", "kind", "start", "end", "text"),
    [
        ("A", "G", "snv", 9, 10, "G"),
        ("a", "g", "snv", 9, 10, "G"),
        ("C", "CTT", "insertion", 10, 10, "TT"),
        ("CTT", "C", "deletion", 10, 12, ""),
        ("CTT", "CT", "deletion", 10, 11, ""),
        ("CA", "CAA", "insertion", 10, 10, "A"),
        ("AC", "GT", "mnv", 9, 11, "GT"),
        ("ACC", "AGC", "snv", 10, 11, "G"),
        ("ACGT", "TG", "replacement", 9, 13, "TG"),
        ("A", "A", "reference", 9, 10, "A"),
        ("A", ".", "reference", 9, 10, "."),
        ("A", "<NON_REF>", "reference", 9, 10, "<NON_REF>"),
        ("A", "*", "reference", 9, 10, "*"),
        ("A", "A[chr2:5[", "BND", 9, 10, "A[chr2:5["),
        ("A", ".A", "BND", 9, 10, ".A"),
        ("A", "<INS>", "INS", 10, 10, "<INS>"),
        ("A", "<FOO>", "other", 9, 10, "<FOO>"),
    ],
)
def test_what_an_allele_changes(ref, alt, kind, start, end, text):
    found = allele_of(alt, ref, 9, 9 + len(ref))
    assert (found.kind, found.start, found.end, found.text) == (kind, start, end, text)


BASES = st.text("ACGT", min_size=1, max_size=6)


@given(BASES, BASES, BASES, BASES)
def test_putting_the_allele_into_the_reference_gives_the_alternative(before, ref, alt, after):
    """Whatever is cut off an allele at both ends: the changed sequence is the same."""
    genome, start = before + ref + after, len(before)
    allele = allele_of(alt, ref, start, start + len(ref))
    new = genome if allele.kind == "reference" else genome[: allele.start] + allele.text + genome[allele.end :]
    assert new == before + alt + after
    assert start <= allele.start <= allele.end <= start + len(ref)


def line(pos: str, ref: str, alt: str, info: str = ".", quality: str = "50", state: str = "PASS") -> str:
    return "\t".join(("chr1", pos, "id", ref, alt, quality, state, info))


@pytest.mark.parametrize(
    ("alt", "info", "start", "end"),
    [
        ("<DEL>", "SVTYPE=DEL;END=500", 99, 500),
        ("<DEL>", "SVLEN=-400", 99, 500),
        ("<DUP:TANDEM>", "END=300;SVLEN=7", 99, 300),
        ("<INS>", "END=100;SVLEN=40", 99, 100),
        ("<TRA>", "CHR2=chr9;END=5000000", 99, 100),
        ("G[chr9:77[", "END=200", 99, 200),
        ("<DEL>", "END=50", 99, 100),
        ("<DEL>", "END=.", 99, 100),
        ("<NON_REF>", "END=150", 99, 150),
    ],
)
def test_where_a_structural_variant_ends(alt, info, start, end):
    variant = read_variant(line("100", "A", alt, info), "here")
    assert (variant.start, variant.end) == (start, end)


def test_a_deletion_takes_away_the_bases_after_its_position():
    allele = read_variant(line("100", "A", "<DEL>", "END=500"), "here").alleles[0]
    assert (allele.kind, allele.start, allele.end) == ("DEL", 100, 500)


def test_labels_and_filters():
    assert read_variant(line("100", "A", "G,T"), "").label == "A>G,T"
    assert read_variant(line("100", "A", "."), "").label == "A>."
    assert read_variant(line("100", "A", "<DEL>", "END=1299"), "").label == "<DEL> 1,200 bp"
    assert read_variant(line("100", "A", "A]9:123]"), "").label == "breakend to 9:123"
    assert read_variant(line("100", "A", "C" * 40), "").label == "A>CCCC\N{HORIZONTAL ELLIPSIS}(40)"
    assert [read_variant(line("1", "A", "G", state=s), "").passed for s in ("PASS", ".", "q10", "q10;s50")] == [
        True, True, False, False,
    ]  # fmt: skip


def test_missing_fields_and_genotypes(tmp_path):
    path = tmp_path / "a.vcf"
    path.write_text(
        f"{HEADER}\tFORMAT\ts1\ts2\ts3\n{line('5', 'A', 'G')}\tDP:GT\t3:0/1\t.\t4:1|1\nchr1\t7\t.\tA\t.\n"
        f"{line('9', 'A', 'G', quality='.')}\tDP\t3\t4\t5\n"
    )
    first, second, third = open_variants(path).variants(Region("chr1", 0, 100))
    assert first.genotypes(("s1", "s2", "s3")) == [("s1", "0/1"), ("s2", "."), ("s3", "1|1")]
    assert (second.name, second.alts, second.quality, second.genotypes(("s1",))) == ("", (), None, [])
    assert (third.quality, third.genotypes(("s1", "s2", "s3"))) == (None, [])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (line("x", "A", "G"), "line 4: the position 'x' is no whole number"),
        (line("5", "A", "G", quality="good"), "line 4: the quality 'good' is no number"),
        ("chr1\t5\trs1", "line 4: 3 columns"),
    ],
)
def test_a_malformed_line_is_named(tmp_path, text, words):
    path = tmp_path / "a.vcf"
    path.write_text(f"{HEADER}\n{text}\n")
    with pytest.raises(GxviewError, match=words):
        open_variants(path)


def test_what_ends_within_its_header_is_refused(shared):
    with pytest.raises(GxviewError, match="ends within its header"):
        open_source(shared / "data/tracks/pysam/tabix_data/vcf/issue85.vcf")


def test_a_damaged_file_is_refused(tmp_path, bcf):
    cut = tmp_path / "cut.vcf.gz"
    cut.write_bytes(gzip.compress(f"{HEADER}\n{line('5', 'A', 'G')}\n".encode() * 99)[:-30])
    half = tmp_path / "half.bcf"
    half.write_bytes(bcf.read_bytes()[: bcf.stat().st_size // 2])
    for path in (cut, half):
        with pytest.raises(GxviewError, match="cut off or damaged"):
            open_source(path)
    index = tmp_path / "bad.csi"
    index.write_bytes(b"nothing")
    with pytest.raises(GxviewError, match="build it anew"):
        IndexedVariants(bcf, index)


def test_no_variants_is_told_and_too_many_are_cut_with_a_note(tmp_path, monkeypatch):
    path = tmp_path / "a.vcf"
    path.write_text(HEADER + "\n")
    source = open_variants(path)
    assert source.notes == ("a.vcf holds no variants.",)
    assert source.sizes == {"chr1": 1000}
    path.write_text(HEADER + "\n" + "".join(line(str(n), "A", "G") + "\n" for n in range(1, 30)))
    monkeypatch.setattr(variant_sources, "MOST", 10)
    source = open_variants(path)
    assert source.count(Region("chr1", 0, 1000)) == 10
    assert "Only the first 10 variants" in source.notes[0]
    assert "tabix -p vcf" in source.notes[0]


def test_variants_are_found_by_their_ids(tmp_path, shared):
    source = open_variants(shared / "data/tracks/tangermeme/test.vcf")
    assert [(f.name, f.chrom, f.start, f.kind) for f in source.search("RS6054257")] == [
        ("rs6054257", "20", 14369, "variant")
    ]
    assert [f.name for f in source.search("rs60")] == ["rs6040355", "rs6054257"]
    with_links = open_variants(shared / "data/tracks/igv.js/vcf/noheader.vcf")
    assert [f.start for f in with_links.search("rs1779766")] == [63498632]
    path = tmp_path / "a.vcf"
    path.write_text(f"{HEADER}\nchr1\t5\trs1;rs77\tA\tG\t.\t.\t.\nchr1 9 rs5 A G . . .\n")
    found = open_variants(path)
    assert [f.start for f in found.search("rs77")] == [4]
    assert [f.start for f in found.search("rs5")] == [8]
    assert [v.name for v in found.variants(Region("chr1", 8, 9))] == ["rs5"]


def test_names_of_chromosomes_are_those_of_the_genome(tmp_path, small_genome):
    path = tmp_path / "a.vcf"
    path.write_text(f"{HEADER}\n1\t5\trs1\tA\tG\t.\t.\t.\nX\t5\t.\tA\tG\t.\t.\t.\n")
    source = open_variants(path, Reference(small_genome))
    assert [v.chrom for v in source.variants(Region("chr1", 0, 100))] == ["chr1"]
    assert source.search("rs1")[0].chrom == "chr1"
    assert "1 of 2 chromosomes of a.vcf are not in the reference: X." in source.notes[0]


def test_a_file_that_changes_while_open_is_told(tmp_path, shared):
    original = shared / "data/tracks/jbrowse/volvox.test.vcf.gz"
    path, index = tmp_path / "a.vcf.gz", tmp_path / "a.vcf.gz.tbi"
    path.write_bytes(original.read_bytes())
    index.write_bytes(Path(f"{original}.tbi").read_bytes())
    source = IndexedVariants(path, index)
    assert source.variants(Region("contigA", 0, 100_000))
    path.write_bytes(b"something else")
    with pytest.raises(GxviewError, match="changed on disk"):
        source.variants(Region("contigA", 0, 100_000))
    path.unlink()
    with pytest.raises(GxviewError, match="is gone"):
        source.variants(Region("contigA", 0, 100_000))


@given(
    st.lists(st.tuples(st.integers(1, 400), st.integers(1, 60)), max_size=40), st.integers(0, 400), st.integers(1, 200)
)
def test_variants_of_a_region_are_those_that_overlap_it(tmp_path_factory, places, start, length):
    path = tmp_path_factory.mktemp("v") / "a.vcf"
    path.write_text(HEADER + "\n" + "".join(f"chr1\t{p}\t.\t{'A' * n}\tG\t.\t.\t.\n" for p, n in places))
    found = open_variants(path).variants(Region("chr1", start, start + length))
    expected = sorted((p - 1, p - 1 + n) for p, n in places if p - 1 < start + length and p - 1 + n > start)
    assert sorted((v.start, v.end) for v in found) == expected
