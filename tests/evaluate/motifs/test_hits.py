"""Hits lie where the motif reads, on the strand that is named, in coordinates of the genome."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gxview.errors import GxviewError, UsageError
from gxview.evaluate.motifs.discovery import Discovery, Pattern
from gxview.evaluate.motifs.hits import scan_genome, scan_sequence, seqlet_hits, write_bed
from gxview.evaluate.motifs.motif import Motif
from gxview.genome import Reference, Region, reverse_complement
from gxview.tracks.opening import open_source

WORD = "TTGACA"
MOTIF = Motif("box", "minus 35", np.where(np.eye(4)[:, ["ACGT".index(base) for base in WORD]] > 0, 0.94, 0.02))
DNA = st.text("ACGTN", min_size=0, max_size=60)


def score(letters):
    shares = MOTIF.probabilities + 1e-4
    return float(sum(np.log2(shares["ACGT".index(base), n] / 0.25) for n, base in enumerate(letters)))


@settings(max_examples=60)
@given(st.lists(st.one_of(DNA, st.sampled_from([WORD, reverse_complement(WORD), "TTGATA"])), max_size=6))
def test_hits_are_all_windows_that_score_high_on_either_strand(parts):
    sequence = "".join(parts)
    expected = set()
    for start in range(len(sequence) - 5):
        window = sequence[start : start + 6]
        for strand, read in (("+", window), ("-", reverse_complement(window))):
            # 1 + 18 of the 4,096 words have at most one base that differs.
            if "N" not in read and sum(a != b for a, b in zip(read, WORD, strict=True)) <= 1:
                expected.add((start, start + 6, strand, round(score(read), 3)))
    found = scan_sequence(sequence, [MOTIF], name="s", threshold=19.5 / 4096)
    assert {(hit.start, hit.end, hit.strand, round(hit.score, 3)) for hit in found} == expected
    assert all(hit.p_value == pytest.approx((1 if hit.score > 10 else 19) / 4096) for hit in found)


@settings(max_examples=30)
@given(st.text("ACGT", min_size=6, max_size=80))
def test_hits_mirror_on_the_reverse_complement(sequence):
    there = scan_sequence(sequence, [MOTIF], threshold=0.02)
    back = scan_sequence(reverse_complement(sequence), [MOTIF], threshold=0.02)
    size = len(sequence)
    mirrored = {(size - hit.end, size - hit.start, "+-"[hit.strand == "+"], round(hit.score, 3)) for hit in back}
    assert {(hit.start, hit.end, hit.strand, round(hit.score, 3)) for hit in there} == mirrored


def test_a_genome_is_scanned_in_its_own_coordinates(small_genome, monkeypatch):
    reference = Reference(small_genome)
    monkeypatch.setattr("gxview.evaluate.motifs.hits._CHUNK", 97)
    regions = [Region("chr1", 0, 1000), Region("chr2", 50, 333), Region("chr1", 400, 700)]
    found = scan_genome(reference, regions, [MOTIF], threshold=0.02)
    whole = [
        (chrom, hit.start, hit.end, hit.strand)
        for chrom, start in (("chr1", 0), ("chr2", 50))
        for hit in scan_sequence(reference.fetch(Region(chrom, 0, reference.sizes[chrom])), [MOTIF], threshold=0.02)
        if hit.start >= start
    ]
    assert [(hit.chrom, hit.start, hit.end, hit.strand) for hit in found] == whole
    for hit in found:
        read = reference.fetch(Region(hit.chrom, hit.start, hit.end, hit.strand)).upper()
        assert hit.score == pytest.approx(score(read), abs=1e-3)


@settings(max_examples=40)
@given(st.data())
def test_seqlets_lie_where_their_bases_were_read(small_genome, data):
    reference = Reference(small_genome)
    length, width, first, last = 60, 12, 3, 10
    places, seqlets, expected = [], [], []
    for index in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, 940))
        place = Region("chr1", start, start + length, data.draw(st.sampled_from("+-")))
        begin, backwards = data.draw(st.integers(0, length - width)), data.draw(st.booleans())
        read = reference.fetch(place)[begin : begin + width]
        read = reverse_complement(read) if backwards else read
        places.append(place)
        seqlets.append((index, begin, begin + width, int(backwards)))
        expected.append(read[first:last])
    cwm = np.zeros((4, width))
    cwm[0, first:last] = 1.0
    pattern = Pattern("pattern 1", "+", np.full((4, width), 0.25), cwm, np.array(seqlets))
    found = seqlet_hits(Discovery((pattern,), len(places), 9, 0, "", (), {}), places)
    letters = sorted(reference.fetch(Region(hit.chrom, hit.start, hit.end, hit.strand)) for hit in found)
    assert letters == sorted(expected)


def test_the_window_reads_the_file_as_features(small_genome, tmp_path):
    hits = scan_genome(Reference(small_genome), [Region("chr1", 0, 1000)], [MOTIF], threshold=0.02)
    write_bed(tmp_path / "hits.bed", reversed(hits))
    rows = [line.split("\t") for line in (tmp_path / "hits.bed").read_text().splitlines()]
    assert [(row[0], int(row[1]), int(row[2]), row[5]) for row in rows] == [
        (hit.chrom, hit.start, hit.end, hit.strand) for hit in hits
    ]
    assert {row[3] for row in rows} == {"box_minus_35"}
    assert all(0 <= int(row[4]) <= 1000 for row in rows)
    source = open_source(tmp_path / "hits.bed")
    found = source.features(Region("chr1", 0, 1000))
    assert sorted((one.start, one.end, one.strand) for one in found) == sorted((h.start, h.end, h.strand) for h in hits)


def test_bad_requests_are_one_sentence(small_genome):
    with pytest.raises(UsageError, match="p-value above 0"):
        scan_sequence("ACGT", [MOTIF], threshold=0.0)
    with pytest.raises(UsageError, match="needs a motif"):
        scan_sequence("ACGT", [])
    assert scan_sequence("ACG", [MOTIF]) == []
    with pytest.raises(GxviewError, match="3 sequences need as many places, not 1"):
        seqlet_hits(Discovery((), 3, 0, 0, "", (), {}), [Region("chr1", 0, 60)])
