"""Gene models from GFF3, GTF and GFF2."""

from __future__ import annotations

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gxview.errors import GxviewError
from gxview.genome import Reference, Region
from gxview.tracks import open_source
from gxview.tracks.attributes import read_attributes
from gxview.tracks.genes import group_rows
from gxview.tracks.gff import read_rows


def parse(text, gtf=False):
    lines = enumerate(text.splitlines(), start=1)
    return group_rows(read_rows(lines, lambda n: f"x.gff, line {n}", gtf=gtf))


def row(kind, start, end, attributes, strand="+", chrom="c", score="."):
    return f"{chrom}\tsource\t{kind}\t{start}\t{end}\t{score}\t{strand}\t.\t{attributes}\n"


def test_a_bacterial_gene_and_its_cds_are_one_box():
    text = row("gene", 101, 400, "ID=gene-b1;Name=lacZ;gene_synonym=ECK1,x;locus_tag=b1", "-")
    text += row(
        "CDS", 101, 400, "ID=cds-1;Parent=gene-b1;Name=NP_1;gene=lacZ;product=beta%2Dgal%3B x;protein_id=NP_1", "-"
    )
    parsed = parse(text)
    (gene,) = parsed.features
    assert (gene.start, gene.end, gene.name, gene.strand, gene.kind) == (100, 400, "lacZ", "-", "gene")
    assert (gene.blocks, gene.thick) == (((100, 400),), (100, 400))
    assert gene.details()["product"] == "beta-gal, x"
    assert gene.details()["gene_synonym"] == "ECK1,x"
    assert {"lacZ", "b1", "NP_1", "ECK1"} <= set(parsed.keys)


def test_a_gene_is_shown_through_its_transcripts():
    text = row("gene", 1, 1000, "ID=g;Name=MYC")
    text += row("mRNA", 1, 1000, "ID=t1;Parent=g;Name=MYC-201") + row("mRNA", 51, 900, "ID=t2;Parent=g")
    text += row("exon", 1, 100, "Parent=t1") + row("exon", 301, 1000, "Parent=t1")
    text += row("exon", 51, 900, "Parent=t2") + row("intron", 101, 300, "Parent=t1")
    text += row("CDS", 61, 100, "Parent=t1,t2") + row("CDS", 301, 400, "Parent=t1") + row("CDS", 101, 200, "Parent=t2")
    first, second = parse(text).features
    assert (first.name, first.kind, first.blocks, first.thick) == ("MYC", "mRNA", ((0, 100), (300, 1000)), (60, 400))
    assert (second.name, second.blocks, second.thick) == ("MYC", ((50, 900),), (60, 200))


def test_utrs_and_cds_make_the_exons_where_none_are_given():
    text = row("mRNA", 11, 500, "ID=t") + row("five_prime_UTR", 11, 50, "Parent=t")
    text += (
        row("CDS", 51, 100, "Parent=t")
        + row("CDS", 201, 300, "Parent=t")
        + row("three_prime_UTR", 301, 500, "Parent=t")
    )
    (transcript,) = parse(text).features
    assert (transcript.blocks, transcript.thick) == (((10, 100), (200, 500)), (50, 300))


def test_parts_without_their_transcript_are_joined():
    text = row("exon", 301, 400, 'gene_id "G"; transcript_id "T"; gene_name "N";')
    text += row("exon", 101, 200, 'gene_id "G"; transcript_id "T"; gene_name "N";')
    text += row("CDS", 151, 200, 'gene_id "G"; transcript_id "T";') + row("stop_codon", 301, 303, 'transcript_id "T";')
    parsed = parse(text, gtf=True)
    (transcript,) = parsed.features
    assert (transcript.name, transcript.start, transcript.end) == ("N", 100, 400)
    assert (transcript.blocks, transcript.thick) == (((100, 200), (300, 400)), (150, 303))
    (orphan,) = parse(row("exon", 1, 9, "Parent=FBtr1;Name=exon-1")).features
    assert orphan.name == "FBtr1"


def test_rows_of_one_identifier_are_one_feature_in_pieces():
    text = row("match", 101, 200, "ID=m1;Name=hit") + row("match", 301, 400, "ID=m1;Name=hit")
    match = parse(text + row("match", 1, 9, "ID=m2;Name=other")).features[0]
    assert (match.start, match.end, match.blocks) == (100, 400, ((100, 200), (300, 400)))


def test_a_row_for_the_whole_chromosome_is_left_out():
    text = row("region", 1, 5000, "ID=c:1..5000;Is_circular=true") + row("gene", 5, 90, "ID=g")
    assert [f.kind for f in parse(text).features] == ["gene"]
    assert [f.kind for f in parse(row("chromosome", 1, 5000, "ID=c")).features] == ["chromosome"]
    assert len(parse(row("region", 10, 50, "ID=r") + row("gene", 5, 90, "ID=g")).features) == 2


def test_one_transcript_name_on_two_chromosomes_is_two_transcripts():
    lines = [row("exon", 1, 50, 'gene_id "G"; transcript_id "T";', chrom=chrom) for chrom in ("X", "Y")]
    assert [(f.chrom, f.end) for f in parse("".join(lines), gtf=True).features] == [("X", 50), ("Y", 50)]


def test_genes_without_transcripts_stay_in_gtf():
    text = row("gene", 1, 90, 'gene_id "G1"; gene_name "A";') + row("gene", 200, 300, 'gene_id "G2"; gene_name "B";')
    text += row("transcript", 1, 90, 'gene_id "G1"; transcript_id "T1"; gene_name "A";')
    assert {(f.name, f.kind) for f in parse(text, gtf=True).features} == {("B", "gene"), ("A", "transcript")}


def test_names_are_decoded_and_chosen_in_order():
    (feature,) = parse(row("repeat", 1, 9, "ID=r1;Name=Alu%20Sx%2C copy;color=#FF0000", score="3.5")).features
    assert (feature.name, feature.color, feature.score) == ("Alu Sx, copy", "#ff0000", 3.5)
    (feature,) = parse(row("CDS", 1, 9, "ID=cds-X;locus_tag=b7")).features
    assert feature.name == "b7"
    (feature,) = parse(row("gene", 1, 9, "ID=gene:ENSG7")).features
    assert feature.name == "ENSG7"


def test_comments_windows_line_ends_and_embedded_fasta():
    text = (
        "##gff-version 3\r\n#x\r\n\r\n" + row("gene", 1, 9, "ID=g").replace("\n", "\r\n") + "###\n##FASTA\n>c\nACGT\n"
    )
    assert len(parse(text).features) == 1
    assert len(parse(row("gene", 1, 9, "ID=g") + ">c\nACGT\n").features) == 1


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("c\ts\tgene\t1\n", "line 1: 4 columns"),
        (row("gene", 0, 9, "ID=g"), "line 1: the start 0 lies before position 1"),
        (row("gene", 9, 5, "ID=g"), "line 1: the end 5 lies before the start 9"),
        ("#\n" + row("gene", "x", 5, "ID=g"), "line 2: the start 'x' is no whole number"),
    ],
)
def test_malformed_lines_are_named(text, part):
    with pytest.raises(GxviewError, match=part):
        parse(text)


KINDS = ["gene", "mRNA", "exon", "CDS", "five_prime_UTR", "match", "intron", "region", "protein"]
links = st.tuples(st.sampled_from(["", "a", "b", "c"]), st.sampled_from(["", "a", "b", "a,b", "zz"]))


@given(
    st.lists(st.tuples(st.sampled_from(KINDS), st.integers(1, 90), st.integers(0, 40), links), max_size=12),
    st.booleans(),
)
def test_any_set_of_rows_becomes_features_within_its_extent(rows, gtf):
    text = ""
    for kind, start, length, (own, parent) in rows:
        attributes = f'gene_id "{own}"; transcript_id "{parent}";' if gtf else f"ID={own};Parent={parent}"
        text += row(kind, start, start + length, attributes)
    features = parse(text, gtf).features
    assert bool(features) <= bool(rows)
    for f in features:
        assert f.start <= f.blocks[0][0]
        assert f.blocks[-1][1] <= f.end
        assert all(a < b for a, b in f.blocks)
        assert all(a[1] < b[0] for a, b in zip(f.blocks, f.blocks[1:], strict=False))
        assert f.thick is None or f.start <= f.thick[0] < f.thick[1] <= max(f.end, f.thick[1])
        assert min(r[1] for r in rows) - 1 <= f.start < f.end <= max(r[1] + r[2] for r in rows)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ID=a;Name=b%20c;", {"ID": "a", "Name": "b c"}),
        (' ID=1; Parent=g ; note="x" y', {"ID": "1", "Parent": "g", "note": '"x" y'}),
        ('gene_id="a"; level=2', {"gene_id": "a", "level": "2"}),
        ('gene_id "a"; tag "x"; tag "y";', {"gene_id": "a", "tag": "x,y"}),
        ('gene_id "a;b"; level 2', {"gene_id": "a;b", "level": "2"}),
        ('description "a=b; c"; gene_id "g"', {"description": "a=b; c", "gene_id": "g"}),
        ("", {}),
        (".", {}),
    ],
)
def test_attributes(text, expected):
    assert read_attributes(text) == expected


# real annotation


def test_ecoli(shared):
    source = open_source(shared / "data/genomes/ecoli/NC_000913.3.gff.gz")
    whole = source.features(Region("NC_000913.3", 0, 5_000_000))
    with gzip.open(shared / "data/genomes/ecoli/NC_000913.3.gff.gz", "rt") as file:
        kinds = [line.split("\t")[2] for line in file if not line.startswith("#")]
    # genes that code for protein and pseudogenes by themselves, RNA genes through their RNA, no row for the chromosome
    assert sum(f.kind == "pseudogene" for f in whole) == kinds.count("pseudogene")
    for kind in ("tRNA", "rRNA", "ncRNA", "mobile_genetic_element", "origin_of_replication"):
        assert sum(f.kind == kind for f in whole) == kinds.count(kind)
    assert not any(f.kind in ("region", "CDS", "exon") for f in whole)
    (lacz,) = [f for f in whole if f.name == "lacZ"]
    assert (lacz.start, lacz.end, lacz.strand, lacz.thick) == (363_230, 366_305, "-", (363_230, 366_305))
    for text in ("lacz", "b0344", "NP_414878.1"):
        assert source.search(text)[0] == lacz
    genome = Reference(shared / "data/genomes/ecoli/NC_000913.3.fa.gz")
    coding = [f for f in whole if f.kind == "gene" and f.thick and len(f.blocks) == 1]
    starts = [genome.fetch(Region(f.chrom, f.start, f.end, f.strand))[:3] for f in coding]
    assert sum(codon in ("ATG", "GTG", "TTG") for codon in starts) / len(starts) > 0.99
    assert "beta-galactosidase" in lacz.details()["product"]


def test_human_transcripts_have_the_exons_of_their_lines(shared):
    path = shared / "data/genomes/human/GRCh38_chr21_ensembl.gff3.gz"
    exons: dict[str, list[tuple[int, int]]] = {}
    coding: dict[str, list[int]] = {}
    with gzip.open(path, "rt") as file:
        for line in file:
            fields = line.rstrip("\n").split("\t")
            if len(fields) == 9 and fields[2] in ("exon", "CDS"):
                span = (int(fields[3]) - 1, int(fields[4]))
                for parent in read_attributes(fields[8])["Parent"].split(","):
                    if fields[2] == "exon":
                        exons.setdefault(parent, []).append(span)
                    else:
                        coding.setdefault(parent, []).extend(span)
    found = {f.details().get("ID"): f for f in open_source(path).features(Region("21", 0, 10**8))}
    assert len(exons) > 2000
    for parent, spans in exons.items():
        assert found[parent].blocks == tuple(sorted(spans))
        assert found[parent].thick == ((min(coding[parent]), max(coding[parent])) if parent in coding else None)


def test_gtf_and_bed_of_one_annotation_agree(shared):
    folder = shared / "data/tracks/pyGenomeTracks"
    gtf = open_source(folder / "dm3_subset_BDGP5.78.gtf.gz").features(Region("X", 0, 10**9))
    bed = open_source(folder / "dm3_subset_BDGP5.78_asbed_sorted.bed.gz").features(Region("X", 0, 10**9))
    assert len(gtf) == 919
    assert sorted((f.start, f.end, f.strand, f.blocks) for f in gtf) == sorted(
        (f.start, f.end, f.strand, f.blocks) for f in bed
    )
