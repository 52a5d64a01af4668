"""The table of regions: rows, steps, filter, state."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gxview.errors import GxviewError
from gxview.viewer.places.regions import RegionRow, RegionTable

ROWS = [RegionRow("chr1", 10 * k, 10 * k + 5, name=f"r{k}", note="odd" if k % 2 else "") for k in range(6)]

texts = st.text(st.characters(codec="utf-8"), max_size=12)
rows_of_any = st.builds(
    lambda chrom, start, length, strand, name, score, note: RegionRow(
        chrom, start, start + length, strand, name, score, note
    ),
    st.sampled_from(["chr1", "chr2", "NC_000913.3"]),
    st.integers(0, 2**38),
    st.integers(1, 2**30),
    st.sampled_from("+-."),
    texts,
    st.none() | st.floats(allow_nan=False, allow_infinity=False),
    texts,
)


def table(rows=ROWS):
    made = RegionTable()
    made.rows = rows
    return made


def heard(signal):
    calls = []
    signal.connect(lambda: calls.append(1))
    return calls


def test_a_row_that_is_no_region_is_refused_in_words():
    with pytest.raises(GxviewError, match="reversed"):
        RegionRow("chr1", 9, 3)
    with pytest.raises(GxviewError, match="strand"):
        RegionRow("chr1", 3, 9, "x")


def test_every_change_is_told_once_and_no_change_is_not():
    regions = table()
    calls = heard(regions.changed)
    regions.replace(2, note="seen")
    regions.replace(2, note="seen")
    regions.remove([0, 5])
    regions.rows = regions.rows
    assert [row.name for row in regions.rows] == ["r1", "r2", "r3", "r4"]
    assert regions[1].note == "seen"
    assert len(calls) == 2


def test_an_edit_that_makes_no_region_changes_nothing():
    regions = table()
    with pytest.raises(GxviewError):
        regions.replace(1, start=99)
    assert regions.rows == tuple(ROWS)


def test_steps_go_round_and_begin_at_the_near_end():
    regions = table()
    assert regions.step(1).name == "r0"
    assert [regions.step(1).name for _ in range(6)] == ["r1", "r2", "r3", "r4", "r5", "r0"]
    assert regions.step(-1).name == "r5"
    regions.current = None
    assert regions.step(-1).name == "r5"
    assert table([]).step(1) is None


def test_steps_visit_only_what_the_filter_shows():
    regions = table()
    regions.filter = "ODD"
    assert list(regions.shown) == [1, 3, 5]
    assert [regions.step(1).name for _ in range(4)] == ["r1", "r3", "r5", "r1"]
    regions.current = 2  # a row that the filter hides
    assert regions.step(1).name == "r3"
    regions.current = 2
    assert regions.step(-1).name == "r1"
    regions.current = 4
    assert regions.step(1).name == "r5"


def test_the_filter_finds_places_as_they_are_written():
    regions = table([RegionRow("chr1", 1_233, 5_678), RegionRow("chr2", 1, 2)])
    regions.filter = "chr1:1,234"
    assert list(regions.shown) == [0]


def test_the_current_row_stays_through_sort_and_edit_and_goes_with_its_row():
    regions = table()
    regions.current = 1
    regions.sort(lambda row: row.start, descending=True)
    assert (regions.current, regions.current_row.name) == (4, "r1")
    regions.replace(4, name="renamed")
    assert regions.current_row.name == "renamed"
    regions.remove([4])
    assert regions.current is None
    assert regions.current_row is None


def test_spans_are_sorted_and_of_one_chromosome():
    regions = table([RegionRow("b", 7, 9), RegionRow("a", 1, 2), RegionRow("b", 3, 20)])
    starts, ends = regions.spans("b")
    assert (starts.tolist(), ends.tolist()) == ([3, 7], [20, 9])
    assert len(regions.spans("none")[0]) == 0
    regions.remove([0])
    assert regions.spans("b")[0].tolist() == [3]


@given(st.lists(rows_of_any, max_size=8))
def test_a_dump_survives_json_and_comes_back_equal(rows):
    back = RegionTable()
    back.restore(json.loads(json.dumps(table(rows).dump())))
    assert back.rows == tuple(rows)


@pytest.mark.parametrize("damaged", [{"chrom": "chr1"}, {"chrom": "chr1", "start": 1, "end": 2, "colour": 3}])
def test_a_damaged_dump_is_refused_and_the_table_stays(damaged):
    regions = table()
    with pytest.raises(GxviewError, match="Region 2 of the table"):
        regions.restore([{"chrom": "chr1", "start": 1, "end": 2}, damaged])
    assert regions.rows == tuple(ROWS)
