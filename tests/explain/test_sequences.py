"""Reading named sequences from FASTA files and tables."""

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gxview.errors import GxviewError
from gxview.explain.sequences import NamedSequence, read_sequences


def written(folder, name, text):
    path = folder / name
    path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
    return path


@pytest.mark.parametrize("name", ["a.fa", "a.fa.gz", "misleading.csv"])
def test_fasta_gives_first_words_as_ids_and_cleaned_letters(tmp_path, name):
    path = written(tmp_path, name, "\n>one  a promoter\r\nacgt\r\nNNRY\r\n\n>two\nTTT\n>\nGG\n")
    assert read_sequences(path) == [
        NamedSequence("one", "ACGTNNNN", None, 2),
        NamedSequence("two", "TTT", None, 6),
        NamedSequence("3", "GG", None, 8),
    ]


@pytest.mark.parametrize(("separator", "name"), [(",", "a.csv"), (",", "a.csv.gz"), ("\t", "a.tsv"), ("\t", "a.txt")])
def test_tables_give_ids_labels_and_lines(tmp_path, separator, name):
    rows = [["Sequence", "extra", "label", "id"], ["acgt", "x", "1", "p1"], [""], ["GGNA", "", "", ""], ["T"]]
    path = written(tmp_path, name, "\ufeff" + "\n".join(separator.join(row) for row in rows) + "\n")
    assert read_sequences(path) == [
        NamedSequence("p1", "ACGT", 1, 2),
        NamedSequence("2", "GGNA", None, 4),
        NamedSequence("3", "T", None, 5),
    ]


def test_a_name_column_serves_where_there_is_no_id(tmp_path):
    path = written(tmp_path, "a.csv", "name,sequence\nfdoH,ACGT\n")
    assert [one.id for one in read_sequences(path)] == ["fdoH"]


def test_names_that_recur_are_told_apart(tmp_path):
    path = written(tmp_path, "a.fa", ">a\nA\n>a\nC\n>a_2\nG\n>a\nT\n")
    assert [one.id for one in read_sequences(path)] == ["a", "a_2", "a_2_2", "a_3"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (">a\nACGT\n>b\nAC!T\n", ["line 4", "'b'", "'!'", "position 3"]),
        (">a\n>b\nACGT\n", ["line 1", "'a' is empty"]),
        (">a\nAC\n>b\n", ["line 3", "'b' is empty"]),
        ("sequence,label\nACGT,1\nACGT,yes\n", ["line 3", "label 'yes'"]),
        ("sequence,label\nACGT,1\n\nXX,0\n", ["line 4", "'X'", "position 1"]),
        ("id,sequence\na\n", ["line 2", "1 columns instead of 2"]),
        ("id,sequence\na,\n", ["line 2", "empty"]),
        ("gene,geneseq\na,ACGT\n", ["line 1", "column 'sequence'", "gene, geneseq"]),
        ("", ["neither FASTA", "line 1"]),
        ("sequence\n", ["holds no sequence"]),
    ],
)
def test_bad_files_are_told_by_file_and_line(tmp_path, text, words):
    path = written(tmp_path, "bad.txt", text)
    with pytest.raises(GxviewError) as caught:
        read_sequences(path)
    for word in [str(path), *words]:
        assert word in str(caught.value)


def test_a_missing_and_a_binary_file(tmp_path):
    with pytest.raises(GxviewError, match="does not exist"):
        read_sequences(tmp_path / "none.fa")
    path = tmp_path / "bad.fa"
    path.write_bytes(b">a\nAC\xff\xfe\n")
    with pytest.raises(GxviewError, match="no text in UTF-8"):
        read_sequences(path)


@given(st.lists(st.text("ACGTN", min_size=1, max_size=200), min_size=1, max_size=8), st.integers(1, 80))
def test_fasta_of_any_line_width_comes_back(tmp_path_factory, sequences, width):
    lines = []
    for number, sequence in enumerate(sequences):
        lines += [f">s{number}", *(sequence[at : at + width] for at in range(0, len(sequence), width))]
    path = written(tmp_path_factory.mktemp("fasta"), "a.fa", "\n".join(lines))
    found = read_sequences(path)
    assert [(one.id, one.sequence) for one in found] == [(f"s{n}", s) for n, s in enumerate(sequences)]
