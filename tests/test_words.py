import pytest

from gxview.words import counted


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ((0, "file"), "0 files"),
        ((1, "file"), "1 file"),
        ((1200, "file"), "1,200 files"),
        ((1, "allele has", "alleles have"), "1 allele has"),
        ((2, "class", "classes"), "2 classes"),
    ],
)
def test_one_is_singular(given, said):
    assert counted(*given) == said
