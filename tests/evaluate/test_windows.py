"""The numbers of the trust lane, against explanations of the single windows."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from gxview.errors import Cancelled
from gxview.evaluate.perturbation import perturbation_curves
from gxview.evaluate.scorer import Scorer
from gxview.evaluate.windows import PLAN, SHIFTS, WindowEvaluator
from gxview.explain import explain
from gxview.explain.cache import BatchCache
from gxview.explain.letters import letters_of
from gxview.explain.windows import WindowGrid
from gxview.genome import Reference, Region, reverse_complement
from gxview.measures.similarity import continuous_jaccard
from gxview.models.ensemble import ensemble_of
from gxview.models.loading import load_model
from gxview.models.randomised import randomised

SIZES = {"chr1": 1000, "chr2": 333}


@pytest.fixture(scope="module")
def reference(small_genome):
    return Reference(small_genome)


@pytest.fixture(scope="module", params=["dnabert2", "cnn", "three dnabert2", "three cnn"])
def model(request):
    """A model of either kind, and an ensemble of it and two others."""
    number, _, kind = request.param.rpartition(" ")
    first = load_model(request.getfixturevalue(f"tiny_{kind}_folder"))
    return ensemble_of(request.param, [first, *(randomised(first, seed=k) for k in (1, 2))]) if number else first


@pytest.fixture(scope="module")
def cnn(tiny_cnn_folder):
    return load_model(tiny_cnn_folder)


def evaluate(model, reference, region, evaluator=None, **rules):
    rules = {"second": "gradient_x_input", "batch_size": 4, "cache": BatchCache()} | rules
    return (evaluator or WindowEvaluator()).evaluate(model, reference, region, **rules)


def letters(reference, start, chrom="chr2"):
    return reference.fetch(Region(chrom, start, start + 60)).upper()


def one(model, sequence, method=None):
    return explain(model, [sequence], method)[0]


def jaccard(first, second):
    return pytest.approx(float(continuous_jaccard(first, second)), abs=1e-4)


def test_the_numbers_are_those_of_the_window_alone(model, reference):
    window = evaluate(model, reference, Region("chr2", 90, 120))[0]
    assert (window.start, window.end, window.zone) == (90, 150, (105, 135))  # the stride is 30
    here = letters(reference, window.start)
    plus, minus = one(model, here), one(model, reverse_complement(here))
    assert window.values["strand"] == jaccard(plus.values, minus.values[::-1])
    assert window.values["method"] == jaccard(plus.values, one(model, here, "gradient_x_input").values)
    shifted = [one(model, letters(reference, window.start + by)).values[:-by] for by in SHIFTS]
    wanted = [float(continuous_jaccard(plus.values[by:], there)) for by, there in zip(SHIFTS, shifted, strict=True)]
    assert window.values["shift"] == pytest.approx(np.mean(wanted), abs=1e-4)
    share = abs(plus.diagnostics["remainder"] / plus.diagnostics["explained"])
    assert window.values["unexplained"] == pytest.approx(share, rel=1e-3)


def test_deletion_is_the_mean_drop_beyond_that_of_random_orders(model, reference):
    window = evaluate(model, reference, Region("chr2", 90, 120))[0]
    found = one(model, letters(reference, window.start))
    [curves] = perturbation_curves(Scorer(model), {"": [found]}, PLAN)
    logit = float(model.logits([found.sequence])[0, Scorer(model).target])
    drops = [np.mean(logit - curve[1:]) for curve in (curves.explained["", "morf"].logit, *curves.random.logit)]
    assert window.values["deletion"] == pytest.approx(drops[0] - np.mean(drops[1:]), abs=1e-3)


def test_the_other_strand_is_evaluated_as_the_model_reads_it(model, reference):
    window = evaluate(model, reference, Region("chr2", 90, 120), strand="-")[0]
    read = one(model, reverse_complement(letters(reference, window.start)))
    [curves] = perturbation_curves(Scorer(model), {"": [read]}, PLAN)
    drop = np.mean(curves.explained["", "morf"].logit[0] - curves.explained["", "morf"].logit[1:])
    chance = np.mean(curves.random.logit[:, :1] - curves.random.logit[:, 1:])
    assert window.values["deletion"] == pytest.approx(drop - chance, abs=1e-3)


def test_every_window_belongs_to_one_stretch_and_is_the_same_in_all(cnn, reference):
    whole = evaluate(cnn, reference, Region("chr2", 0, 333))
    grid = WindowGrid(333, 60, 30)
    assert [window.start for window in whole] == [grid.start(index) for index in range(len(grid))]
    assert [window.zone[1] for window in whole[:-1]] == [window.zone[0] for window in whole[1:]]
    parts = [evaluate(cnn, reference, Region("chr2", at, min(at + 50, 333))) for at in range(0, 333, 50)]
    assert list(itertools.chain(*parts)) == whole


def test_at_the_end_of_a_sequence_the_window_is_shifted_back(cnn, reference):
    last = evaluate(cnn, reference, Region("chr2", 0, 333))[-1]
    assert last.end == 333
    here = one(cnn, letters(reference, last.start)).values
    there = [one(cnn, letters(reference, last.start - by)).values for by in SHIFTS]
    wanted = [float(continuous_jaccard(here[:-by], moved[by:])) for by, moved in zip(SHIFTS, there, strict=True)]
    assert last.values["shift"] == pytest.approx(np.mean(wanted), abs=1e-4)
    assert "-1:" in last.words["shift"]


def test_a_window_without_letters_has_reasons_and_no_numbers(cnn, reference):
    windows = evaluate(cnn, reference, Region("chr1", 340, 400))  # N from 300 to 450
    assert windows
    for window in windows:
        assert all(math.isnan(value) for value in window.values.values())
        assert all("no explanation" in words for words in window.words.values())


def test_a_sequence_that_one_window_fills_cannot_be_shifted(cnn, tmp_path):
    path = tmp_path / "one.fa"
    path.write_text(">one\n" + "ACGTTGCAGT" * 6 + "\n>short\nACGT\n")
    reference = Reference(path)
    [window] = evaluate(cnn, reference, Region("one", 0, 60))
    assert math.isnan(window.values["shift"])
    assert "no room" in window.words["shift"]
    assert math.isfinite(window.values["strand"])
    assert evaluate(cnn, reference, Region("short", 0, 4)) == []


def test_shuffled_letters_are_evaluated_where_they_can_be(cnn, reference):
    window = evaluate(cnn, reference, Region("chr2", 90, 120), letters="dinucleotide")[0]
    assert math.isnan(window.values["shift"])
    assert "neighbours" in window.words["shift"]
    read = letters_of(letters(reference, window.start), "chr2", window.start, "dinucleotide")
    minus = one(cnn, reverse_complement(read)).values[::-1]
    assert window.values["strand"] == jaccard(one(cnn, read).values, minus)


def test_without_a_second_method_the_number_is_missing(cnn, reference):
    window = evaluate(cnn, reference, Region("chr2", 90, 120), second=None)[0]
    assert math.isnan(window.values["method"])
    assert window.words["method"] == "No number: the model has no second method."


def test_what_is_finished_is_kept_when_the_work_is_stopped(cnn, reference):
    evaluator, asked = WindowEvaluator(), itertools.count(1)
    with pytest.raises(Cancelled):
        evaluate(cnn, reference, Region("chr2", 0, 120), evaluator, cancelled=lambda: next(asked) > 7)
    assert len(evaluator._kept) == 7
    before = [answer for answer in evaluator._kept.values()]
    found = evaluate(cnn, reference, Region("chr2", 0, 120), evaluator)
    assert all(any(answer is kept for kept in evaluator._kept.values()) for answer in before)
    assert found == evaluate(cnn, reference, Region("chr2", 0, 120))
