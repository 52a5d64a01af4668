"""Labelled sequences from tables and FASTA files."""

from __future__ import annotations

import gzip
import hashlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gxview.errors import GxviewError
from gxview.models.labelled import LabelledSequences, read_fasta, read_fasta_pair, split
from gxview.models.tables import read_csv


def test_a_table_plain_and_compressed(tmp_path):
    text = "id,Label,sequence\n1,0,acgt\n\n2,1,ACGN\n"
    (tmp_path / "a.csv").write_text(text)
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(text.replace("\n", "\r\n").encode()))
    for name in ("a.csv", "a.csv.gz"):
        data = read_csv(tmp_path / name)
        assert data.sequences == ("ACGT", "ACGN")
        assert data.labels.tolist() == [0, 1]
        expected = hashlib.sha256((tmp_path / name).read_bytes()).hexdigest()
        assert [(file.name, file.sha256, file.sequences) for file in data.files] == [(name, expected, 2)]


def test_real_tables_are_read(shared):
    data = read_csv(shared / "data" / "promoters" / "gue" / "prom_300_tata" / "dev.csv.gz")
    assert set(map(len, data.sequences)) == {300}
    assert data.counts().tolist() == [290, 323]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1: the header"),
        ("seq,label\nACGT,1\n", "line 1: the header"),
        ("sequence,label\n", "holds no sequence"),
        ("sequence,label\nACGT,1\nACGT\n", "line 3: 1 column instead"),
        ("sequence,label\nACGT,1\nACGT,yes\n", "line 3: the label 'yes'"),
        ("sequence,label\nACGT,-1\n", "line 2: the label '-1'"),
        ("sequence,label\nACGT,99999999999\n", "line 2: the label '99999999999'"),
        ("sequence,label\nACGT,1\nACGT,0\nMEEPQ,0\n", "line 4: the sequence has the letter 'E'"),
        ("sequence,label\n,0\n", "line 2: the sequence is empty"),
        ("sequence,label\nACGT,1\nNNRN,0\n", "line 3: the sequence has no known base, only N"),
    ],
)
def test_a_wrong_row_is_named_by_file_and_line(tmp_path, text, message):
    path = tmp_path / "bad.csv"
    path.write_text(text)
    with pytest.raises(GxviewError, match=message) as caught:
        read_csv(path)
    assert "bad.csv" in str(caught.value)


def test_two_fasta_files_make_two_classes(tmp_path):
    (tmp_path / "p.fa").write_text(">a first\nACGT\nacg\n\n>b\nTTTT\n")
    (tmp_path / "n.fa.gz").write_bytes(gzip.compress(b">c\r\nGGGN\r\n"))
    data = read_fasta_pair(tmp_path / "p.fa", tmp_path / "n.fa.gz")
    assert data.sequences == ("ACGTACG", "TTTT", "GGGN")
    assert data.labels.tolist() == [1, 1, 0]
    assert [file.sequences for file in data.files] == [2, 1]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "holds no FASTA record"),
        (b"ACGT\n", "line 1: a FASTA file starts with"),
        (b">a\nACGT\n>b\n>c\nACGT\n", "line 3: the record 'b' is empty"),
        (b">a\nMEEPQSDPSV\n", "line 1: the record 'a' has the letter 'E'"),
        (b"\x1f\x8b\x08broken", "cut off or damaged"),
        (b"\xff\xfe\x00", "no text in UTF-8"),
    ],
)
def test_a_wrong_fasta_file_is_named(tmp_path, content, message):
    (tmp_path / "bad.fa").write_bytes(content)
    with pytest.raises(GxviewError, match=message) as caught:
        read_fasta(tmp_path / "bad.fa")
    assert "bad.fa" in str(caught.value)


def test_a_missing_file_is_named(tmp_path):
    for read in (read_csv, read_fasta):
        with pytest.raises(GxviewError, match="none does not exist"):
            read(tmp_path / "none")


@given(st.lists(st.integers(2, 40), min_size=2, max_size=4), st.floats(0.01, 0.9), st.integers(0, 5))
def test_a_split_keeps_every_sequence_once_and_every_class_in_both_parts(sizes, share, seed):
    labels = np.repeat(np.arange(len(sizes)), sizes)
    data = LabelledSequences(tuple(f"{index}" for index in range(len(labels))), labels)
    training, held = split(data, share, seed)
    assert sorted(training.sequences + held.sequences, key=int) == list(data.sequences)
    for part in (training, held):
        assert (part.counts() > 0).all()
        assert [labels[int(name)] for name in part.sequences] == part.labels.tolist()
    assert split(data, share, seed)[1].sequences == held.sequences


def test_a_class_of_one_sequence_cannot_be_split():
    with pytest.raises(GxviewError, match="Class 1 has 1 sequence;"):
        split(LabelledSequences.of(["ACGT", "ACGT", "ACGA"], [0, 0, 1]), 0.1, 0)


def test_sequences_and_labels_must_match():
    with pytest.raises(GxviewError, match="2 sequences but 1 label"):
        LabelledSequences.of(["ACGT", "ACGT"], [0])


def test_a_class_that_no_sequence_has_is_told():
    with pytest.raises(GxviewError, match="No sequence has the label 1; classes are numbered from 0"):
        split(LabelledSequences.of(["ACGT"] * 4, [0, 2, 0, 2]), 0.5, 0)
