import gzip

import pytest

from gxview.assess.mit.files import read_sequences, write_sequences
from gxview.assess.mit.sets import build_sets
from gxview.errors import GxviewError, UsageError

GOOD = "ACGT" * 25


def rows(*entries):
    return "id,class,sequence\n" + "".join(f"{name},{name[0]},{letters}\n" for name, letters in entries)


COMPLETE = (("D_0", GOOD), ("E_0", GOOD), ("H_0", GOOD))


@pytest.mark.parametrize("name", ["s.fa", "s.fasta", "s.csv"])
def test_what_was_written_is_read_again(tmp_path, name):
    sets = build_sets()
    write_sequences(tmp_path / name, sets)
    assert read_sequences(tmp_path / name) == sets


def test_the_files_look_as_others_expect_them(tmp_path):
    sets = {"E": {17: GOOD}}
    write_sequences(tmp_path / "s.fa", sets)
    assert (tmp_path / "s.fa").read_text() == f">E_017\n{GOOD}\n"
    write_sequences(tmp_path / "s.csv", sets)
    assert (tmp_path / "s.csv").read_text() == f"id,class,sequence\nE_017,E,{GOOD}\n"


def test_case_order_line_breaks_descriptions_and_compression_do_not_matter(tmp_path):
    path = tmp_path / "s.fa.gz"
    text = f">H_000 scrambled\n{GOOD[:60].lower()}\r\n{GOOD[60:]}\n\n>E_0\n{GOOD}\n>D_00\n{GOOD}\n"
    path.write_bytes(gzip.compress(text.encode()))
    assert read_sequences(path) == {"D": {0: GOOD}, "E": {0: GOOD}, "H": {0: GOOD}}


def test_pairs_go_by_number_whatever_the_order(tmp_path):
    path = tmp_path / "s.csv"
    entries = [(f"{label}_{number}", GOOD) for number in (7, 3) for label in "EHD"]
    path.write_text(rows(*entries))
    assert list(read_sequences(path)["E"]) == [3, 7]


def test_of_a_table_with_sets_only_the_main_one_is_read(tmp_path):
    path = tmp_path / "s.csv"
    lines = [f"{label}_0,{label},{GOOD},main,{label}" for label in "DEH"]
    lines.append(f"spacing_17_000,,{GOOD},spacing,17")
    path.write_text("id,class,sequence,set,condition\n" + "\n".join(lines) + "\n")
    assert list(read_sequences(path)) == ["D", "E", "H"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (rows(("E_0", GOOD[:-1])), r"s.csv, line 2 \(E_0\): the sequence has 99 bases"),
        (rows(("E_0", GOOD[:-1] + "N")), r"line 2 \(E_0\): 'N' at position 100 is none of A, C, G, T"),
        (rows(*COMPLETE, ("X_0", GOOD)), r"line 5 \(X_0\): there is no class 'X'; the classes are A, B"),
        (rows(("E0", GOOD)), "an id is made of its class and a number, as E_000, not 'E0'"),
        (rows(("E_0", GOOD), ("E_00", GOOD)), r"line 3 \(E_00\): E has the number 0 twice"),
        ("id,class,sequence\nE_0,D," + GOOD + "\n", "the id says class E, the column says D"),
        (rows(*COMPLETE, ("E_1", GOOD)), "E_001 has no partner D_001"),
        (rows(*COMPLETE, ("D_1", GOOD)), "D_001 has no partner E_001"),
        (rows(*COMPLETE, ("H_9", GOOD)), "H_009 has no partner E_009"),
        (rows(*COMPLETE[:2]), "has no sequence of class H"),
        ("id,class,sequence\n", "holds no sequence"),
        ("", "s.csv is empty; its header is to be id,class,sequence"),
        ("\x00\x01\x02", "s.csv is no text; name a CSV file"),
        ("id,kind,sequence\n", "no column 'class'; the header is id,class,sequence"),
        ("id,class,sequence\nE_0,E\n", "line 2: 2 columns instead of at least 3"),
        (f"id,class,sequence\n,E,{GOOD}\n", r"\(no id\)"),
    ],
)
def test_a_wrong_table_is_told_with_its_line_and_id(tmp_path, text, words):
    path = tmp_path / "s.csv"
    path.write_text(text)
    with pytest.raises(GxviewError, match=words):
        read_sequences(path)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (f"{GOOD}\n", "line 1: a FASTA file starts with"),
        (f">E_0\n{GOOD}A\n", r"line 1 \(E_0\): the sequence has 101 bases"),
        (f">E_0\n{GOOD}\n>Q_0\n{GOOD}\n", r"line 3 \(Q_0\): there is no class 'Q'"),
        (f">E_zero\n{GOOD}\n", "not 'E_zero'"),
        (f">\n{GOOD}\n", "no id"),
        ("", "holds no sequence"),
    ],
)
def test_a_wrong_fasta_is_told_with_its_line_and_id(tmp_path, text, words):
    path = tmp_path / "s.fa"
    path.write_text(text)
    with pytest.raises(GxviewError, match=words):
        read_sequences(path)


def test_other_kinds_of_files_are_refused(tmp_path):
    for work in (lambda: read_sequences(tmp_path / "s.xlsx"), lambda: write_sequences(tmp_path / "s.txt", {})):
        with pytest.raises(UsageError, match="FASTA"):
            work()
    with pytest.raises(GxviewError, match=r"none\.fa"):
        read_sequences(tmp_path / "none.fa")
    (tmp_path / "file").write_text("")
    with pytest.raises(GxviewError, match="cannot be written"):
        write_sequences(tmp_path / "file" / "s.fa", {})
