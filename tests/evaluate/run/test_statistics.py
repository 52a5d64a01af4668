from types import SimpleNamespace

import numpy as np
import pytest
from scipy.stats import false_discovery_control, wilcoxon

from gxview.evaluate.records import failure, record
from gxview.evaluate.run.config import validated
from gxview.evaluate.run.data import DataSet, Item
from gxview.evaluate.run.plan import Plan
from gxview.evaluate.run.report.claims import claims_section
from gxview.evaluate.run.report.words import PRIMARY
from gxview.evaluate.run.results import Failure, Results, Series
from gxview.evaluate.run.statistics import Statistics
from gxview.evaluate.run.subjects import Subject

COUNT = 40
AOPC = Series("real", "cnn", "lrp", "", "", "base", "aopc", PRIMARY)


@pytest.fixture
def rng():
    return np.random.default_rng(4)


def results_of(*columns):
    """Make results of one model with two methods over 40 sequences, the first 20 of them positive.

    A column is (metric, method, set, detail, 40 values).
    """
    items = tuple(Item(f"s{number}", "ACGT", int(number < COUNT // 2)) for number in range(COUNT))
    model = SimpleNamespace(kind="cnn", num_labels=1, positive=0, name="cnn")
    subject = Subject("cnn", model, ("lrp", "gradient_x_input"), 0)
    chosen = validated({"data": {"sequences": "s.csv"}, "models": [{"model": "cnn"}]}, "test")
    sets = {"real": list(items), "dinucleotide": list(items)}
    results = Results(chosen, DataSet(items, "s.csv", "", COUNT, ()), Plan(chosen, [subject], sets), None)
    for metric, method, set_name, detail, values in columns:
        for item, value in zip(items, values, strict=True):
            about = {"set": set_name, "sequence": item.id, "model": "cnn", "method": method, "detail": detail}
            results.add(record(metric, float(value), **about))
    return results


def test_every_test_is_a_wilcoxon_test_and_all_are_corrected_together(rng):
    one, two, three = (rng.normal(size=COUNT) for _ in range(3))
    results = results_of(
        ("gini", "lrp", "real", "", one),
        ("gini", "gradient_x_input", "real", "", two),
        ("gini", "lrp", "dinucleotide", "", three),
    )
    tests = Statistics(results).tests
    assert [test.question for test in tests] == ["control", "method"]
    expected = [wilcoxon(one - three).pvalue, wilcoxon(one - two).pvalue]
    assert [test.p for test in tests] == pytest.approx(expected)
    assert [test.q for test in tests] == pytest.approx(false_discovery_control(expected))
    assert tests[0].difference == pytest.approx((one - three).mean())


def test_faithfulness_counts_the_positive_class_only(rng):
    values = np.concatenate([np.ones(20), np.zeros(20)])
    results = results_of(("aopc", "lrp", "real", PRIMARY, values), ("gini", "lrp", "real", "", values))
    statistics = Statistics(results)
    assert statistics.summary(AOPC).mean == 1
    assert statistics.summary(AOPC).n == 20
    assert statistics.summary(AOPC._replace(metric="gini", detail="")).mean == 0.5


def test_missing_numbers_are_counted_by_reason():
    results = results_of(("gini", "lrp", "real", "", np.ones(COUNT)))
    for name in ("s1", "s2"):
        about = {"sequence": name, "model": "cnn", "method": "lrp"}
        results.add(failure("gini", "no relevance", **about))
    found = Failure("real", "cnn", "lrp", "gini", "no relevance")
    assert results.failures[found] == 2
    assert results.examples[found] == ["s1", "s2"]
    assert Statistics(results).summary(AOPC._replace(metric="gini", detail="")).failures == 2


@pytest.mark.parametrize(("shift", "verdict"), [(1.0, "holds"), (-1.0, "fails"), (0.0, "not shown")])
def test_a_statement_holds_fails_or_is_not_shown(rng, shift, verdict):
    chance = rng.normal(size=COUNT)
    noise = np.where(np.arange(COUNT) % 2, 0.2, -0.2) * (1 + rng.random(COUNT) * 1e-3)
    results = results_of(
        ("aopc", "lrp", "real", PRIMARY, chance + shift + noise), ("aopc_random", "", "real", PRIMARY, chance)
    )
    (table,) = [block for block in claims_section(results, Statistics(results)).blocks if block.kind == "table"]
    rows = {row[1].text: row for row in table.rows}
    (row,) = [row for text, row in rows.items() if "more than changing random bases" in text]
    assert row[0].text == verdict
    assert "n 20" in row[2].text


def test_methods_that_say_the_same_are_not_held_against_each_other(rng):
    values = rng.random(COUNT)
    columns = [("aopc", method, "real", PRIMARY, values) for method in ("lrp", "gradient_x_input")]
    results = results_of(*columns, ("aopc_random", "", "real", PRIMARY, values))
    for number in range(COUNT):
        about = {"sequence": f"s{number}", "model": "cnn", "method": "lrp"}
        results.add(record("jaccard", 1.0, **about, other_model="cnn", other_method="gradient_x_input"))
    (table,) = [block for block in claims_section(results, Statistics(results)).blocks if block.kind == "table"]
    (row,) = [row for row in table.rows if "more faithful than gradient_x_input" in row[1].text]
    assert row[0].text == "cannot be said"
    assert "same explanation" in row[2].text


def test_statements_that_fail_come_first(rng):
    chance = rng.normal(size=COUNT)
    results = results_of(
        ("aopc", "lrp", "real", PRIMARY, chance - 1),
        ("aopc", "gradient_x_input", "real", PRIMARY, chance - 2),
        ("aopc_random", "", "real", PRIMARY, chance),
    )
    (table,) = [block for block in claims_section(results, Statistics(results)).blocks if block.kind == "table"]
    verdicts = [row[0].text for row in table.rows]
    assert verdicts == sorted(verdicts, key=["fails", "not shown", "cannot be said", "holds"].index)
    assert verdicts[0] == "fails"


def test_the_same_results_give_the_same_tables(rng, tmp_path):
    results = results_of(("gini", "lrp", "real", "", rng.random(COUNT)))
    first = {path.name: path.read_bytes() for path in Statistics(results).write(tmp_path)}
    again = {path.name: path.read_bytes() for path in Statistics(results).write(tmp_path)}
    assert first == again
    assert set(first) == {"summary.csv", "summary.parquet", "tests.csv", "tests.parquet"}
