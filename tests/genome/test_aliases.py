"""Chromosome names of different customs."""

from __future__ import annotations

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gxview.errors import GxviewError
from gxview.genome import Aliases

ROMAN = ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII", "XIV", "XV", "XVI"]
YEAST = [*ROMAN, "Mito"]
HUMAN = [f"chr{n}" for n in [*range(1, 23), "X", "Y", "M"]]
ENSEMBL = [str(n) for n in [*range(1, 23), "X", "Y", "MT"]]
WORM = ["I", "II", "III", "IV", "V", "X", "MtDNA"]


@pytest.mark.parametrize(
    ("known", "name", "expected"),
    [
        (YEAST, "chrI", "I"),
        (YEAST, "chrX", "X"),
        (YEAST, "chr10", "X"),
        (YEAST, "16", "XVI"),
        (YEAST, "chr17", None),
        (YEAST, "chrM", "Mito"),
        (YEAST, "MT", "Mito"),
        (YEAST, "chrmt", "Mito"),
        (HUMAN, "1", "chr1"),
        (HUMAN, "CHR1", "chr1"),
        (HUMAN, "chr01", "chr1"),
        (HUMAN, "X", "chrX"),
        (HUMAN, "MT", "chrM"),
        (HUMAN, "10", "chr10"),
        (HUMAN, "IV", "chr4"),
        (ENSEMBL, "chr22", "22"),
        (ENSEMBL, "chrX", "X"),
        (ENSEMBL, "chrM", "MT"),
        (ENSEMBL[:22], "chrX", None),
        (WORM, "chrX", "X"),
        (WORM, "10", None),
        (WORM, "chr5", "V"),
        (WORM, "chrM", "MtDNA"),
        (["Chr1", "ChrM", "ChrC"], "Pt", "ChrC"),
        (["2L", "2R", "4"], "chr2L", "2L"),
        (["NC_000913.3"], "NC_000913.2", None),
        (["chr1"], "", None),
        (["chr1"], "chr", None),
    ],
)
def test_custom(known, name, expected):
    assert Aliases().resolve(name, known) == expected


def test_every_yeast_chromosome_is_found_in_both_directions():
    ucsc = [f"chr{n}" for n in ROMAN] + ["chrM"]
    assert [Aliases().resolve(name, YEAST) for name in ucsc] == YEAST
    assert [Aliases().resolve(name, ucsc) for name in YEAST] == ucsc


def test_a_name_that_exists_always_means_itself():
    known = ["1", "chr1", "Chr1", "CHR1", "I", "chrI"]
    assert [Aliases().resolve(name, known) for name in known] == known


@given(st.lists(st.text(min_size=1, max_size=6), unique=True, max_size=8), st.text(max_size=6))
def test_only_names_that_exist_are_given(known, name):
    try:
        found = Aliases().resolve(name, known)
    except GxviewError:
        return
    assert found is None or found in known


def test_two_equally_good_names_are_an_error_that_lists_both():
    with pytest.raises(GxviewError, match="CHR1 or Chr1"):
        Aliases().resolve("chr1", ["Chr1", "CHR1"])
    with pytest.raises(GxviewError, match="'M' could mean Mito or chrM"):
        Aliases().resolve("M", ["chrM", "Mito"])


TABLE = "# ucsc\tassembly\tgenbank\trefseq\nchr\tChromosome\tU00096.3\tNC_000913.3\nchrF\t\tAP001918.1\tNC_002483.1\n"


def test_a_table_in_ucsc_form_joins_names(tmp_path):
    path = tmp_path / "ecoli.chromAlias.txt"
    path.write_text(TABLE)
    aliases = Aliases.read(path)
    for name in ("chr", "U00096.3", "Chromosome", "NC_000913.3"):
        assert aliases.resolve(name, ["NC_000913.3", "NC_002483.1"]) == "NC_000913.3"
    assert aliases.resolve("AP001918.1", ["NC_000913.3", "NC_002483.1"]) == "NC_002483.1"
    assert aliases.resolve("", ["NC_000913.3"]) is None


def test_table_compressed_with_windows_line_ends(tmp_path):
    path = tmp_path / "alias.txt.gz"
    path.write_bytes(gzip.compress(b"\xef\xbb\xbf" + TABLE.replace("\n", "\r\n").encode()))
    assert Aliases.read(path).resolve("NC_000913.3", ["U00096.3"]) == "U00096.3"


def test_the_old_table_does_not_join_chromosomes_through_their_source(tmp_path):
    path = tmp_path / "chromAlias.txt"
    path.write_text("1\tchr1\tensembl\nNC_1\tchr1\trefseq,ucsc\n2\tchr2\tensembl\nNC_2\tchr2\trefseq\n")
    aliases = Aliases.read(path)
    assert aliases.resolve("NC_1", ["1", "2"]) == "1"
    assert aliases.resolve("2", ["NC_1", "NC_2"]) == "NC_2"
    assert aliases.resolve("ensembl", ["1", "2"]) is None


def test_the_table_comes_before_custom(tmp_path):
    path = tmp_path / "alias.txt"
    path.write_text("mine\t7\nchr1\t9\n")
    assert Aliases.read(path).resolve("chr1", ["1", "9"]) == "9"


def test_a_table_that_gives_one_name_to_two_chromosomes_is_an_error():
    aliases = Aliases([("a", "x"), ("b", "x")])
    with pytest.raises(GxviewError, match="'x' could mean a or b"):
        aliases.resolve("x", ["a", "b"])


@pytest.mark.parametrize("content", [b"chr1 1\n", b"chr1\t\n", b"\xff\xfe\x00", b"\x1f\x8b\x08broken"])
def test_what_is_no_table_is_refused_with_its_name(tmp_path, content):
    path = tmp_path / "alias.txt"
    path.write_bytes(content)
    with pytest.raises(GxviewError, match=r"alias\.txt"):
        Aliases.read(path)


def test_a_missing_table_is_refused(tmp_path):
    with pytest.raises(GxviewError, match="nowhere"):
        Aliases.read(tmp_path / "nowhere.txt")
