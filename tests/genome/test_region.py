"""Regions as people type them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gxview.errors import GxviewError
from gxview.genome import Region

SIZES = {"chr1": 5_000_000, "HLA-A*01:01:01:01": 3503, "gi|556503834|ref|NC_000913.3|": 4_641_652, "scaffold-7.1": 900}

names = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Zs", "Zl", "Zp")), min_size=1, max_size=12
).filter(lambda text: text.isprintable() and not any(letter.isspace() for letter in text))
# typed dashes are made plain, so a name that holds another dash is only understood through the sizes
plain_names = names.filter(
    lambda text: not any("\u2010" <= c <= "\u2015" or c in "\u2212\ufe58\ufe63\uff0d" for c in text)
)
starts = st.integers(0, 10**10)
lengths = st.integers(1, 10**10)
strands = st.sampled_from("+-.")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("chr1:1,000-2,000", ("chr1", 999, 2000, ".")),
        ("chr1:1000-2000", ("chr1", 999, 2000, ".")),
        ("chr1 1000 2000", ("chr1", 999, 2000, ".")),
        ("chr1\t1000\t2000", ("chr1", 999, 2000, ".")),
        ("  chr1 : 1,000 - 2,000 ", ("chr1", 999, 2000, ".")),
        ("chr1 1000-2000", ("chr1", 999, 2000, ".")),
        ("chr1:1000 2000", ("chr1", 999, 2000, ".")),
        ("chr1:1000..2000", ("chr1", 999, 2000, ".")),
        ("chr1:1000+500", ("chr1", 999, 1499, ".")),
        ("chr1:1000", ("chr1", 999, 1000, ".")),
        ("chr1 1000", ("chr1", 999, 1000, ".")),
        ("chr1:1\u20132", ("chr1", 0, 2, ".")),
        ("chr1:1\u22122", ("chr1", 0, 2, ".")),
        ("chr1:1\u00a0000\u20132\u00a0000", None),
        ("chr1:1.5M-1.6M", ("chr1", 1_499_999, 1_600_000, ".")),
        ("chr1:20k-1.25mb", ("chr1", 19_999, 1_250_000, ".")),
        ("chr1:1-10(-)", ("chr1", 0, 10, "-")),
        ("chr1:1-10 (+)", ("chr1", 0, 10, "+")),
        ("chr1:1-10:+", ("chr1", 0, 10, "+")),
        ("chr1:1-10:-", ("chr1", 0, 10, "-")),
        ("chr1 1 10 -", ("chr1", 0, 10, "-")),
        ("chr1:1-10(.)", ("chr1", 0, 10, ".")),
        ("chr1:1000+500(-)", ("chr1", 999, 1499, "-")),
        ("HLA-A*01:01:01:01:5-10", ("HLA-A*01:01:01:01", 4, 10, ".")),
        ("gi|556503834|ref|NC_000913.3|:5-10:-", ("gi|556503834|ref|NC_000913.3|", 4, 10, "-")),
        ("scaffold-7.1:5-10", ("scaffold-7.1", 4, 10, ".")),
    ],
)
def test_every_usual_way_to_write_a_region_is_understood(text, expected):
    if expected is None:
        with pytest.raises(GxviewError):
            Region.parse(text)
        return
    assert Region.parse(text) == Region(*expected)
    assert Region.parse(text, SIZES) == Region(*expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("chr1", ("chr1", 0, 5_000_000, ".")),
        (" chr1 ", ("chr1", 0, 5_000_000, ".")),
        ("chr1(-)", ("chr1", 0, 5_000_000, "-")),
        ("chr1:-", ("chr1", 0, 5_000_000, "-")),
        ("HLA-A*01:01:01:01", ("HLA-A*01:01:01:01", 0, 3503, ".")),
        ("HLA-A*01:01:01:01(+)", ("HLA-A*01:01:01:01", 0, 3503, "+")),
        ("scaffold-7.1", ("scaffold-7.1", 0, 900, ".")),
    ],
)
def test_a_name_alone_is_the_whole_chromosome(text, expected):
    assert Region.parse(text, SIZES) == Region(*expected)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("", "No region was given"),
        ("   ", "No region was given"),
        ("chr1:2000-1000", "reversed"),
        ("chr1:1001-1000", "before its start"),
        ("chr1:0-10", "before position 1"),
        ("chr1:-5-10", "before position 1"),
        ("chr1:0", "before position 1"),
        ("chr1:100+0", "empty"),
        ("chr1:ten-twenty", "no numbers"),
        ("chr1:10-", "no numbers"),
        ("chr1:-", "no positions"),
        ("chr1:1-2-3", "no numbers"),
        ("chr1:1.5-2.5", "no whole number"),
        ("chr1:1.000-2.000", "no whole number"),
        ("chr1:1.0000001k-2k", "no whole number"),
        ("chr1:1,5M-2M", "two ways"),
        ("chr1", "no positions"),
    ],
)
def test_what_is_no_region_gets_one_sentence(text, part):
    with pytest.raises(GxviewError, match=part) as caught:
        Region.parse(text)
    assert "\n" not in str(caught.value)


def test_an_unknown_chromosome_is_named_with_those_that_exist():
    for text in ("chr9", "chr9:1-10"):
        with pytest.raises(GxviewError, match=r"no chromosome 'chr9'.*chr1, HLA-A"):
            Region.parse(text, SIZES)


@given(plain_names, starts, lengths, strands)
def test_printing_and_reading_give_the_same_region(name, start, length, strand):
    region = Region(name, start, start + length, strand)
    assert Region.parse(str(region)) == region


@given(names, starts, lengths, strands)
def test_printing_counts_from_one_and_includes_the_last_base(name, start, length, strand):
    text = str(Region(name, start, start + length, strand))
    span = text.removesuffix("(+)").removesuffix("(-)")[len(name) + 1 :].replace(",", "")
    first, last = map(int, span.split("-"))
    assert (first, last - first + 1) == (start + 1, length)


@given(st.text(max_size=40))
def test_any_text_is_a_region_or_a_clear_error(text):
    for sizes in (None, SIZES):
        try:
            region = Region.parse(text, sizes)
        except GxviewError:
            continue
        assert 0 <= region.start < region.end


@pytest.mark.parametrize(
    "arguments", [("", 0, 1), ("a b", 0, 1), ("a", 5, 5), ("a", 5, 4), ("a", -1, 4), ("a", 0, 1, "plus")]
)
def test_a_region_that_holds_no_base_cannot_be_made(arguments):
    with pytest.raises(GxviewError):
        Region(*arguments)


def test_positions_become_python_integers():
    np = pytest.importorskip("numpy")
    region = Region("chr1", np.int64(5), np.int32(9))
    assert type(region.start) is int
    assert region.length == 4
    with pytest.raises(TypeError):
        Region("chr1", 0.5, 2)  # type: ignore[arg-type]
