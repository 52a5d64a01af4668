from __future__ import annotations

import numpy as np
import pytest

from gxview.explain.engine import Engine
from gxview.explain.keeping import pack, unpack
from gxview.genome import Reference, Region

WHERE = Region("chr1", 100, 260)


@pytest.fixture
def reference(small_genome):
    return Reference(small_genome)


@pytest.fixture
def engine():
    engine = Engine(lambda *_: [])
    yield engine
    engine.set_threads(0)


@pytest.mark.parametrize("kind", ["tiny_cnn_folder", "tiny_dnabert2_folder"])
@pytest.mark.parametrize("rules", [{}, {"strand": "mean", "phases": 2, "stride": 20}])
def test_bytes_hold_an_explanation_to_the_bit(engine, reference, request, kind, rules):
    model = str(request.getfixturevalue(kind))
    before = engine.explain_region(reference, WHERE, model=model, **rules)
    name, data = engine.pack(before)
    after = engine.unpack(data)
    for field in ("values", "score", "spread", "hypothetical"):
        one, other = getattr(before, field), getattr(after, field)
        assert (one is None) == (other is None)
        if one is not None:
            assert one.dtype == other.dtype
            assert one.tobytes() == other.tobytes()
    assert (after.region, after.tokens, after.notes) == (before.region, before.tokens, before.notes)
    assert engine.pack(after) == (name, pack(before))
    assert name == engine.fingerprint(reference, WHERE, model=model, **rules)


def test_the_name_changes_with_all_that_changes_the_numbers(engine, reference, tiny_cnn_folder, tiny_dnabert2_folder):
    cnn, bert = str(tiny_cnn_folder), str(tiny_dnabert2_folder)
    asked = [
        (WHERE, {"model": cnn}),
        (WHERE, {"model": bert}),
        (Region("chr1", 100, 261), {"model": cnn}),
        (Region("chr2", 100, 260), {"model": cnn}),
        (WHERE, {"model": cnn, "strand": "-"}),
        (WHERE, {"model": cnn, "method": "gradient_x_input"}),
        (WHERE, {"model": bert, "alibi": "uniform"}),
        (WHERE, {"model": bert, "stride": 7}),
    ]
    names = [engine.fingerprint(reference, region, **rules) for region, rules in asked]
    assert len(set(names)) == len(asked)
    assert names == [engine.fingerprint(reference, region, **rules) for region, rules in asked]
    engine.set_threads(3)
    assert engine.fingerprint(reference, *asked[0][:1], **asked[0][1]) != names[0]


def test_threads_are_set_and_given_back(engine, reference, tiny_cnn_folder):
    usual = engine.explain_region(reference, WHERE, model=str(tiny_cnn_folder)).provenance["threads"]
    engine.set_threads(3)
    explained = engine.explain_region(reference, WHERE, model=str(tiny_cnn_folder))
    assert explained.provenance["threads"] == 3
    engine.set_threads(0)
    assert engine.explain_region(reference, WHERE, model=str(tiny_cnn_folder)).provenance["threads"] == usual


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 no archive", b"x" * 100])
def test_other_bytes_are_no_explanation(data):
    with pytest.raises(ValueError, match=r"explanation|pickle"):
        unpack(data)


def test_missing_values_stay_missing(engine, reference, tiny_cnn_folder):
    explained = engine.explain_region(reference, Region("chr1", 300, 450), model=str(tiny_cnn_folder))
    assert np.isnan(explained.values).any()
    np.testing.assert_array_equal(unpack(pack(explained)).values, explained.values)
