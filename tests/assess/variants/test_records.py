"""What is taken from VCF and BCF, and what is refused in which words."""

import gzip

import pysam
import pytest

from gxview.assess.variants.records import candidates, read_records
from gxview.assess.variants.subjects import of_vcf, stem_of
from gxview.errors import GxviewError, UsageError
from gxview.genome import Reference

HEADER = "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"


@pytest.fixture
def lines(letters):
    """Lines whose REF is what the genome has: an SNV, two alleles, a deletion, small letters, an unknown base."""
    one = letters["chr1"]
    return [
        f"chr1\t101\ta\t{one[100]}\tN\t.\t.\t.",
        f"chr1\t111\tb\t{one[110]}\t{one[110]}GG,{'C' if one[110] != 'C' else 'G'}\t.\t.\t.",
        f"chr1\t121\tc\t{one[120:124]}\t{one[120]}\t.\t.\t.",
        f"1\t251\td\t{one[250].upper()}\t{'c' if one[250] != 'c' else 'g'}\t.\t.\t.",
        "chr1\t431\te\tN\tA\t.\t.\t.",
    ]


def test_every_allele_becomes_the_edit_that_the_window_makes(write, lines, reference, letters):
    found = candidates(read_records(write(lines)), reference)
    assert [(one.record.line, one.allele, one.kind) for one in found] == [
        (4, 0, "snv"),
        (5, 0, "insertion"),
        (5, 1, "snv"),
        (6, 0, "deletion"),
        (7, 0, "snv"),
        (8, 0, "snv"),
    ]
    edits = [one.edit for one in found]
    assert [(edit.start, edit.before, len(edit.text)) for edit in edits] == [
        (100, letters["chr1"][100], 1),
        (111, "", 2),
        (110, letters["chr1"][110], 1),
        (121, letters["chr1"][121:124], 0),
        (250, letters["chr1"][250].upper(), 1),
        (430, "N", 1),
    ]
    assert {one.chrom for one in found} == {"chr1"}


def test_plain_gzip_bgzip_and_bcf_say_the_same(write, lines, reference, tmp_path):
    header = HEADER.replace("#CHROM", "##contig=<ID=chr1,length=600>\n##contig=<ID=1,length=600>\n#CHROM")
    plain = write(lines, header=header)
    (tmp_path / "v.vcf.gz").write_bytes(gzip.compress(plain.read_bytes()))
    pysam.tabix_compress(str(plain), str(tmp_path / "b.vcf.gz"))
    with (
        pysam.VariantFile(str(plain)) as source,
        pysam.VariantFile(str(tmp_path / "v.bcf"), "wb", header=source.header) as sink,
    ):
        for record in source:
            sink.write(record)
    expected = [one.edit for one in candidates(read_records(plain), reference)]
    for name in ("v.vcf.gz", "b.vcf.gz", "v.bcf"):
        found = candidates(read_records(tmp_path / name), reference)
        assert [one.edit for one in found] == expected
    assert [one.record.line for one in found] == [1, 2, 2, 3, 4, 5]  # BCF has no lines, but records


@pytest.mark.parametrize(
    ("alt", "words"),
    [
        ("<DEL>", "the symbolic allele <DEL>"),
        ("<INS:ME:ALU>", "the symbolic allele <INS:ME:ALU>"),
        ("{0}[chr2:50[", "a breakend"),
        ("*", "is deleted by another record"),
        (".", "no alternative"),
        ("{0}", "no alternative"),
        ("R", "the letter R of ALT is no base"),
    ],
)
def test_what_names_no_bases_is_refused_with_words_and_the_others_go_on(write, lines, reference, letters, alt, words):
    there = letters["chr1"][90]
    path = write([f"chr1\t91\tx\t{there}\t{alt.format(there)}\t.\t.\t.", *lines])
    subject = of_vcf(path, reference)
    ((what, why),) = subject.refused
    assert what.startswith("line 4, chr1:91 ")
    assert what.endswith("(x)")
    assert words in why
    assert len(subject.edits) == 6


def test_a_wrong_ref_is_an_error_that_names_line_record_and_letters(write, lines, reference, letters):
    there = letters["chr1"][90]
    wrong = "A" if there != "A" else "C"
    path = write([*lines, f"chr1\t91\trs7\t{wrong}\tG\t.\t.\t."])
    with pytest.raises(GxviewError) as error:
        of_vcf(path, reference)
    text = str(error.value)
    assert f"{path}, line 9: chr1:91 {wrong}>G: REF is {wrong}, but g.fa has {there} there" in text
    assert "records differ" not in text


def test_another_genome_is_told_with_the_number_of_records(write, lines, tmp_path):
    path = tmp_path / "other.fa"
    path.write_text(">chr1\n" + "ACGT" * 150 + "\n")
    with pytest.raises(GxviewError, match=r"[2-5] of 5 records differ.*bcftools norm --check-ref x"):
        of_vcf(write(lines), Reference(path))


def test_a_position_beyond_the_chromosome_is_told(write, reference):
    with pytest.raises(GxviewError, match="lies beyond the end of chr1, which has 600 bases"):
        of_vcf(write(["chr1\t600\t.\tAC\tA\t.\t.\t."]), reference)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "holds no variants; is it VCF"),
        (HEADER, "holds no variants, only a header"),
        (
            HEADER + "chrZ\t9\t.\tA\tC\n",
            "holds 1 allele, of which none .* line 3, chrZ:9 A>C: the genome g.fa has no chromosome",
        ),
        (HEADER + "chr1\t9\t.\tA\n", "line 3: 4 columns"),
        ("\x7fELF\x02\x01\x00\x00\n", "line 1: this is no text"),
        (HEADER + "chr1\t0\tt\tN\tA\n", r"line 3: the record is at chr1:0, but positions of VCF count from 1"),
        (HEADER + "chr1\t-5\tt\tN\tA\n", r"line 3: the position '-5' is no whole number counted from 1"),
        (HEADER + "chr1\tnine\t.\tA\tC\n", "line 3: the position 'nine' is no whole number"),
    ],
)
def test_a_file_without_a_usable_record_is_told(tmp_path, reference, content, words):
    path = tmp_path / "v.vcf"
    path.write_text(content)
    with pytest.raises(GxviewError, match=words):
        of_vcf(path, reference)


def test_a_file_that_is_cut_off_or_missing_is_told(write, lines, reference, tmp_path):
    whole = gzip.compress(write(lines).read_bytes())
    (tmp_path / "cut.vcf.gz").write_bytes(whole[:-20])
    with pytest.raises(GxviewError, match=r"cut\.vcf\.gz is cut off or damaged"):
        of_vcf(tmp_path / "cut.vcf.gz", reference)
    with pytest.raises(GxviewError, match=r"There is no file .*none\.vcf"):
        of_vcf(tmp_path / "none.vcf", reference)


def test_results_are_named_after_the_file(tmp_path):
    for name in ("a.b.vcf.gz", "a.b.bcf", "a.b.vcf", "a.b.bed.gz"):
        assert stem_of(tmp_path / name) == "a.b"


def test_codes_of_several_bases_in_the_reference_are_no_error(tmp_path, write):
    genome = tmp_path / "codes.fa"
    genome.write_text(">chr1\nACGTRCGTNACGT\n")
    body = ["chr1\t5\ta\tA\tC\t.\t.\t.", "chr1\t9\tb\tR\tN\t.\t.\t."]
    found = candidates(read_records(write(body)), Reference(genome))
    assert found[0].edit is not None
    assert (found[1].edit, found[1].reason) == (None, "there is no alternative to the reference")
    with pytest.raises(GxviewError, match="REF is C, but codes"):
        candidates(read_records(write(["chr1\t5\ta\tC\tG\t.\t.\t."])), Reference(genome))


def test_bed_is_told_as_such(tmp_path, reference):
    (tmp_path / "x.bed").write_text("chr1\t10\t20\n")
    with pytest.raises(UsageError, match=r"x\.bed is BED by its name; .* --regions"):
        of_vcf(tmp_path / "x.bed", reference)
