import json
import math

import pytest

from gxview.errors import UsageError
from gxview.measures.registry import FAMILIES, METRICS, find_metric, metrics_of


def test_every_metric_says_all_that_a_reader_needs():
    for name, metric in METRICS.items():
        assert metric.name == name
        assert metric.family in FAMILIES
        assert metric.direction in ("higher", "lower", "none")
        assert metric.definition.endswith(".")
        assert metric.low < metric.high
        assert set(metric.levels) <= {"base", "token"}
        assert metric.reference
        assert json.loads(json.dumps(metric.to_dict()))["range"] == metric.range_text
    assert {metric.label for metric in METRICS.values()}.__len__() == len(METRICS)


def test_every_family_has_a_metric():
    assert all(metrics_of(family) for family in FAMILIES)
    assert sum(len(metrics_of(family)) for family in FAMILIES) == len(METRICS)


def test_ranges_read_well():
    assert find_metric("jaccard").range_text == "-1 to 1"
    assert find_metric("entropy").range_text == "0 or more"
    assert find_metric("aopc").range_text == "any"
    assert math.isinf(find_metric("aopc").high)


def test_an_unknown_metric_names_the_known_ones():
    with pytest.raises(UsageError, match="no metric 'jacard'; choose one of probability"):
        find_metric("jacard")
