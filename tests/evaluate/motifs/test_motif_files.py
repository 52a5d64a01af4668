"""Motif files of all kinds give the same motifs, and a broken one says where."""

from __future__ import annotations

import gzip
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gxview.errors import GxviewError
from gxview.evaluate.motifs.databases import open_database, permuted
from gxview.evaluate.motifs.formats import read_motifs, write_meme
from gxview.evaluate.motifs.motif import Motif

COUNTS = np.array([[4, 19, 0, 0, 0], [16, 0, 20, 0, 0], [0, 1, 0, 20, 0], [0, 0, 0, 0, 20]], dtype=float)
ROWS = "".join(" ".join(f"{value:g}" for value in column) + "\n" for column in COUNTS.T)
SHARES = "".join(" ".join(f"{value:.6f}" for value in column / 20) + "\n" for column in COUNTS.T)
MEME = "MEME version 4\n\nALPHABET= ACGT\n\nMOTIF M1 Arnt\nletter-probability matrix: alength= 4 w= 5 nsites= 20 E= 0\n"
FILES = {
    "meme": MEME + SHARES,
    "meme without w=": (MEME + SHARES).replace("w= 5 ", ""),
    "brackets": ">M1 Arnt\n"
    + "".join(
        f"{base} [ {' '.join(f'{value:g}' for value in row)} ]\n" for base, row in zip("ACGT", COUNTS, strict=True)
    ),
    "four rows": ">M1 Arnt\n" + "".join(" ".join(f"{value:g}" for value in row) + "\n" for row in COUNTS),
    "rows": f"# a comment\n>M1 Arnt\n{ROWS}",
    "transfac": "AC  M1\nXX\nID  Arnt\nXX\nP0\tA\tC\tG\tT\n"
    + "".join(f"{n}  {line}  N\n" for n, line in enumerate(ROWS.splitlines(), start=1))
    + "XX\n//\n",
}


def written(folder, text, name="motifs.txt"):
    path = folder / name
    path.write_text(text)
    return path


@pytest.mark.parametrize("kind", FILES)
def test_every_format_gives_the_same_motif(tmp_path, kind):
    (motif,) = read_motifs(written(tmp_path, FILES[kind]))
    assert (motif.id, motif.name, motif.width) == ("M1", "Arnt", 5)
    np.testing.assert_allclose(motif.probabilities, COUNTS / 20, atol=1e-6)
    assert motif.kind == ("probabilities" if "meme" in kind else "counts")
    assert motif.consensus == "CACGT"
    np.testing.assert_allclose(motif.information[2:], 2.0)


def test_a_gzip_file_reads_like_a_plain_one(tmp_path):
    path = tmp_path / "JASPAR2022_x.pfm.gz"
    path.write_bytes(gzip.compress(FILES["rows"].encode()))
    (motif,) = read_motifs(path)
    assert motif.release == "JASPAR2022"


def test_log_odds_become_probabilities_by_their_background(tmp_path):
    background = np.array([0.3, 0.2, 0.2, 0.3])
    shares = np.array([[0.7, 0.1], [0.1, 0.2], [0.1, 0.3], [0.1, 0.4]])
    odds = np.rint(100 * np.log2(shares / background[:, None])).astype(int)
    text = "MEME version 4\nBackground letter frequencies (from x):\nA 0.3 C 0.2 G 0.2 T 0.3\nMOTIF M1\n"
    text += "log-odds matrix: alength= 4 w= 2 E= 0\n" + "".join(" ".join(map(str, row)) + "\n" for row in odds.T)
    (motif,) = read_motifs(written(tmp_path, text))
    np.testing.assert_allclose(motif.pfm, shares, atol=0.005)
    both = text + "letter-probability matrix: alength= 4 w= 2\n1 0 0 0\n0 0 0 1\n"
    (motif,) = read_motifs(written(tmp_path, both))
    np.testing.assert_array_equal(motif.pfm, np.eye(4)[:, [0, 3]])


@pytest.mark.parametrize("square", [COUNTS[:, 1:], COUNTS[:, 1:].T])
def test_four_rows_of_four_are_read_by_the_side_with_equal_sums(tmp_path, square):
    text = ">M\n" + "".join(" ".join(f"{value:g}" for value in row) + "\n" for row in square)
    (motif,) = read_motifs(written(tmp_path, text))
    np.testing.assert_array_equal(motif.pfm, COUNTS[:, 1:])


BAD = {
    "": "is empty",
    "chr1\t1\t2\n": "line 1: not a motif file",
    MEME.replace("ACGT", "ACDEFGHIKLMNPQRSTVWY") + SHARES: "line 3: motifs of DNA have the alphabet ACGT",
    MEME + SHARES.replace("0.950000", "0.500000"): "line 8: probabilities of one position sum to 1, not to 0.55",
    MEME + "".join(SHARES.splitlines(keepends=True)[:3]): "line 10: the matrix has 3 rows, but w= says 5",
    MEME: "line 7: the matrix has 0 rows",
    "MEME version 4\nMOTIF M1\n": "ends before the matrix of motif M1",
    "MEME version 4\nMOTIF M1\nMOTIF M2\n": "line 3: motif M1 has no matrix",
    "MEME version 4\nBackground letter frequencies\nA 0.25 C x\nG 1\n": "line 3: the background is written as",
    FILES["brackets"].replace("G [", "X ["): "line 4: motif M1 needs four rows A, C, G, T such as 'G [ 3 0 12 ]'",
    FILES["brackets"].replace("19", ""): "line 3: 4 numbers are expected, not 5",
    FILES["rows"].replace("19", "nineteen"): "line 4: numbers are expected, not 'nineteen",
    FILES["rows"].replace("19", "-19"): "line 3: in motif M1, position 2 has a value below 0",
    FILES["rows"].replace("0 20 0 0", "0 0 0 0"): "line 3: in motif M1, position 3 holds no base at all",
    FILES["rows"].replace("19", "inf"): "a value is not a finite number",
    ">M\n1 2 3\n4 5 6\n": "line 2: motif M needs one row of four numbers",
    ">M\n5 5 5 5\n5 5 5 5\n5 5 5 5\n5 5 5 5\n": "may be positions or bases",
    "AC  M1\nP0 A C T G\n": "line 2: the columns of a matrix are A C G T",
    "AC  M1\nP0 A C G T\nXX\n//\n": "line 3: motif M1 has no rows",
    "XX\nP0 A C G T\n1 1 1 1 1\n//\n": "line 2: a motif needs AC, ID or NA",
}


@pytest.mark.parametrize("text", BAD, ids=BAD.values())
def test_a_broken_file_says_where_and_what(tmp_path, text):
    path = written(tmp_path, text)
    with pytest.raises(GxviewError, match=re.escape(BAD[text])) as told:
        read_motifs(path)
    assert str(path) in str(told.value)


def test_a_motif_that_cannot_be_one_is_left_out_and_named(tmp_path):
    path = written(tmp_path, FILES["rows"].replace("19", "-19") + FILES["rows"].replace("M1", "M2"))
    told = []
    (motif,) = read_motifs(path, told.append)
    assert motif.id == "M2"
    assert told == [f"{path}, line 3: in motif M1, position 2 has a value below 0; it is left out."]
    database = open_database([path, path])
    assert len(database) == 2
    assert database.note.startswith(f"{told[0]} {told[0]} ")
    with pytest.raises(GxviewError, match=r"line 3: in motif M1, position 2 has a value below 0\.$"):
        read_motifs(path)
    with pytest.raises(GxviewError, match=r"line 3: in motif M1, position 2 has a value below 0\.$"):
        read_motifs(written(tmp_path, FILES["rows"].replace("19", "-19")), told.append)


def test_a_missing_or_binary_file_is_one_sentence(tmp_path):
    with pytest.raises(GxviewError, match="cannot be read as a motif file"):
        read_motifs(tmp_path / "none.meme")
    (tmp_path / "x.bin").write_bytes(b"\xff\xfe\x00\x01\x90")
    with pytest.raises(GxviewError, match="is no text file"):
        read_motifs(tmp_path / "x.bin")


MATRICES = st.integers(1, 12).flatmap(
    lambda width: st.lists(
        st.lists(st.integers(0, 50), min_size=4, max_size=4).filter(any), min_size=width, max_size=width
    )
)


@given(MATRICES)
def test_written_motifs_come_back(tmp_path_factory, columns):
    motif = Motif("M 1", "a name", np.array(columns, dtype=float).T)
    path = tmp_path_factory.mktemp("meme") / "out.meme"
    write_meme(path, [motif, motif])
    back = read_motifs(path)
    assert [(one.id, one.name) for one in back] == [("M_1", "a_name")] * 2
    np.testing.assert_allclose(back[1].probabilities, motif.probabilities, atol=2e-6)


@given(MATRICES, st.integers(0, 99))
def test_a_permuted_motif_has_the_same_columns_in_another_order(columns, seed):
    from gxview.evaluate.motifs.tomtom import MotifDatabase

    motif = Motif("M", "M", np.array(columns, dtype=float).T)
    database = MotifDatabase((motif,), "one")
    (other,) = permuted(database, np.random.default_rng(seed)).motifs
    assert sorted(map(tuple, other.pfm.T)) == sorted(map(tuple, motif.pfm.T))
    (again,) = permuted(database, np.random.default_rng(seed)).motifs
    np.testing.assert_array_equal(other.pfm, again.pfm)


def test_a_permuted_motif_never_is_itself_on_either_strand():
    from gxview.evaluate.motifs.tomtom import MotifDatabase

    motif = Motif("M", "M", np.eye(4)[:, [0, 1, 3]])
    for seed in range(30):
        (other,) = permuted(MotifDatabase((motif,)), np.random.default_rng(seed)).motifs
        assert not np.array_equal(other.pfm, motif.pfm)
        assert not np.array_equal(other.pfm, motif.pfm[::-1, ::-1])


@pytest.mark.parametrize(
    ("name", "count", "first"),
    [
        ("jaspar/JASPAR2024_CORE_vertebrates_non-redundant_pfms_transfac.txt.gz", 879, "MA0004.1 Arnt"),
        ("jaspar/JASPAR2016_CORE_vertebrates_nonredundant_pfm.jaspar.txt.gz", 519, "MA0002.2 RUNX1"),
        ("jaspar/JASPAR2022_vertebrates.pfm.gz", 838, "MA0004.1_MA0004.1.Arnt"),
        ("ecoli/regulonDB_2025-05.tf.gz", 109, "Ada"),
        ("meme/H12CORE_meme_format.meme.gz", 1443, "AHR.H12CORE.0.P.B"),
        ("meme/macisaac_yeast.v1.meme", 124, "ABF1"),
    ],
)
def test_real_databases_are_read_whole(shared, name, count, first):
    database = open_database(shared / "data/motifs" / name)
    assert (len(database), database.motifs[0].label) == (count, first)


def test_jaspar_comes_with_its_release():
    database = open_database("JASPAR2024:nematodes")
    assert (database.release, database.name, len(database)) == ("JASPAR2024", "JASPAR2024 CORE nematodes", 103)
    assert database.motifs[0].label == "MA0260.1 che-1"
    assert open_database("jaspar:urochordates").release == "JASPAR2026"
    both = open_database(["JASPAR2024:nematodes", "JASPAR2024:urochordates"])
    assert len(both) == 103 + 94
    assert both.release == "JASPAR2024"


@pytest.mark.parametrize("name", ["JASPAR1999", "JASPAR2024:martians"])
def test_an_unknown_release_or_taxon_lists_what_there_is(name):
    with pytest.raises(GxviewError, match=r"JASPAR2024, |fungi"):
        open_database(name)
