import csv
import math

from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from gxview.evaluate.records import COLUMNS, failure, record
from gxview.evaluate.run.rows import TableWriter, pack_rows, unpack_rows


@given(st.lists(st.tuples(st.floats(0, 1), st.text(max_size=5)), max_size=5))
def test_records_come_back_whole(pairs):
    records = [record("gini", value, sequence=name, model="m") for value, name in pairs]
    assert list(unpack_rows(pack_rows(records))) == records


def test_a_failure_keeps_its_reason():
    (back,) = unpack_rows(pack_rows([failure("gini", "no relevance", sequence="a")]))
    assert math.isnan(back.value)
    assert back.reason == "no relevance"


def test_both_files_hold_the_same(tmp_path):
    rows = [record("gini", 1 / 3, sequence='a "b", c\nd'), failure("entropy", "why", sequence="e")]
    table = TableWriter(tmp_path, "metrics", COLUMNS, ["value"])
    for one in rows:
        table.add(list(one.as_dict().values()))
    text, columns = table.finish()
    with text.open(newline="") as stream:
        first, second = csv.DictReader(stream)
    found = parquet.read_table(columns).to_pylist()
    assert first["sequence"] == found[0]["sequence"] == 'a "b", c\nd'
    assert float(first["value"]) == found[0]["value"] == 1 / 3
    assert second["value"] == ""
    assert found[1]["value"] is None
    assert sorted(path.name for path in tmp_path.iterdir()) == ["metrics.csv", "metrics.parquet"]


def test_nothing_is_left_of_a_table_that_was_given_up(tmp_path):
    table = TableWriter(tmp_path, "metrics", COLUMNS, ["value"])
    table.add(list(record("gini", 0.5).as_dict().values()))
    table.give_up()
    assert not list(tmp_path.iterdir())
