"""What holds for every method that explains each sequence by itself."""

from __future__ import annotations

import threading
from itertools import pairwise

import numpy as np
import pytest

from gxview.errors import Cancelled, UsageError
from gxview.explain import explain, explain_region
from gxview.explain.attribution.work import Work
from gxview.explain.launch import compute, encode
from gxview.explain.methods import METHODS, find_method
from gxview.explain.settings import settle

PAIRS = [(method.name, method.kind) for method in METHODS if method.alone and method.explains != "tokens"]
MANY_PASSES = [(name, kind) for name, kind in PAIRS if find_method(kind, name).passes(60) > 3]


@pytest.fixture(params=PAIRS, ids=lambda pair: "-".join(pair))
def asked(request):
    """A method and a model that it explains."""
    name, kind = request.param
    return request.getfixturevalue(kind), find_method(kind, name)


def sequences(count=3, length=60):
    rng = np.random.default_rng(8)
    found = ["".join(rng.choice(list("ACGT"), length)) for _ in range(max(2, count))]
    found[1] = found[1][:20] + "NNRNNNN" + found[1][27:].lower()
    return found[:count]


def equal(one, other):
    pairs = [(one.values, other.values), (one.logits, other.logits), (one.token_relevance, other.token_relevance)]
    if one.hypothetical is not None:
        pairs.append((one.hypothetical, other.hypothetical))
    return all(np.array_equal(here, there) for here, there in pairs)


def test_company_and_order_change_no_bit(asked):
    model, method = asked
    given = sequences()
    together = explain(model, given, method.name)
    turned = explain(model, given[::-1], method.name, batch_size=2)[::-1]
    alone = [explain(model, [one], method.name)[0] for one in given]
    for three in zip(together, turned, alone, strict=True):
        assert all(equal(one, other) for one, other in pairwise(three))


def test_the_registry_tells_the_truth(asked):
    model, method = asked
    for found, sequence in zip(explain(model, sequences(), method.name), sequences(), strict=True):
        assert np.isfinite(found.values).all()
        assert (found.hypothetical is not None) == method.hypothetical
        assert method.signed or (found.values >= 0).all()
        assert (found.values < 0).any() or not method.signed
        assert np.allclose(found.logits, model.logits([sequence])[0], atol=1e-4)
        if found.hypothetical is not None:
            there = [(row, at) for at, base in enumerate(sequence.upper()) if (row := "ACGT".find(base)) >= 0]
            rows, places = map(list, zip(*there, strict=True))
            assert np.allclose(found.hypothetical[rows, places], found.values[places], atol=1e-5)


def test_unknown_bases_of_a_cnn_have_no_relevance(asked):
    model, method = asked
    values = explain(model, sequences(), method.name)[1].values
    if model.kind == "cnn" or method.name in ("ism", "random"):
        assert not values[20:27].any()
    assert values[:20].any()


def test_windows_of_a_genome_have_the_same_bits_everywhere(asked, reference):
    model, method = asked
    rules = {"method": method.name, "stride": 60}
    whole = explain_region(model, reference, "chr2:31-150", **rules)
    part = explain_region(model, reference, "chr2:90-100", batch_size=3, **rules)
    assert np.array_equal(part.values, whole.values[59:70])
    second = reference.fetch(reference.region("chr2:61-120")[0])
    assert np.array_equal(whole.values[30:90], explain(model, [second], method.name)[0].values)
    both = explain_region(model, reference, "chr2:90-100", strand="mean", **rules)
    assert np.isfinite(both.values).all()


def test_a_batch_export_computes_the_same(asked):
    model, method = asked
    settings, given = settle(model, method.name, None, {}), [one.upper() for one in sequences()]
    arrays = compute(model, encode(model, [[one] for one in given]), settings, size=8, hypothetical=True)
    found = explain(model, given, method.name)
    assert np.array_equal(arrays.values, np.stack([one.values for one in found]))
    assert np.array_equal(arrays.logits, np.stack([one.logits for one in found]))
    assert (arrays.hypothetical is not None) == method.hypothetical


@pytest.mark.parametrize(("name", "kind"), MANY_PASSES)
def test_work_on_one_sequence_can_be_cancelled(name, kind, request):
    model, calls = request.getfixturevalue(kind), []

    def cancelled():
        calls.append(1)
        return len(calls) > 1  # not before the first sequence, but within it

    with pytest.raises(Cancelled):
        explain(model, sequences(1), name, cancelled=cancelled)


def test_short_memory_makes_smaller_batches(model, monkeypatch):
    expected, shares = explain(model, sequences(2), "ism"), []

    def parts(work, *rest, plain=Work.parts):
        shares.append(work.share)
        if work.share < 16:
            raise MemoryError
        return plain(work, *rest)

    monkeypatch.setattr(Work, "parts", parts)
    found = explain(model, sequences(2), "ism")
    assert set(shares) == {1, 4, 16}
    assert all(np.allclose(one.values, other.values, atol=1e-4) for one, other in zip(found, expected, strict=True))


def test_two_threads_change_no_bit(asked):
    model, method = asked
    expected, found = explain(model, sequences(), method.name), []
    threads = [threading.Thread(target=lambda: found.append(explain(model, sequences(), method.name))) for _ in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 2
    assert all(equal(one, other) for result in found for one, other in zip(result, expected, strict=True))


def test_full_diagnostics_are_refused(asked):
    model, method = asked
    with pytest.raises(UsageError, match="Full diagnostics"):
        explain(model, sequences(1), method.name, diagnostics="full")


def test_random_is_drawn_from_the_letters(model):
    one, other = explain(model, sequences(2), "random")
    assert abs(np.corrcoef(one.values, other.values)[0, 1]) < 0.6
    drawn = np.concatenate([found.token_relevance for found in explain(model, sequences(40, 60)[2:], "random")])
    assert abs(drawn.mean()) < 0.15
    assert drawn.std() == pytest.approx(1, abs=0.1)
