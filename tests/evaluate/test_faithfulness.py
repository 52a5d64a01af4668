import numpy as np
import pytest

from gxview.evaluate.faithfulness import curve_records, faithfulness_records, mutagenesis_records
from gxview.evaluate.mutagenesis import mutagenesis
from gxview.evaluate.perturbation import perturbation_curves
from gxview.evaluate.scorer import Scorer
from gxview.evaluate.subjects import Plan
from gxview.measures.curves import BUDGETS
from tests.evaluate.fakes import LinearModel, by_metric, explanation, random_sequences

LENGTH = 60


@pytest.fixture(scope="module")
def planted():
    """A linear model that reads 12 of 60 places only, and the records of the truth, of noise and of the opposite."""
    rng = np.random.default_rng(8)
    weights = np.zeros((LENGTH, 4))
    places = rng.choice(LENGTH, 12, replace=False)
    weights[places] = 0.3 * rng.standard_normal((12, 4))
    model = LinearModel(weights)
    sequences = random_sequences(12, LENGTH, seed=2)
    truth = model.explain(sequences)
    noise = [explanation(one, rng.standard_normal(LENGTH)) for one in sequences]
    opposite = [explanation(one.sequence, -one.values) for one in truth]
    plan = Plan(draws=3, random_orders=10)
    explained = {"truth": truth, "noise": noise, "opposite": opposite}
    curves = perturbation_curves(Scorer(model), explained, plan)
    names = [f"s{number}" for number in range(12)]
    return model, sequences, curves, plan, faithfulness_records(curves, plan, names, "linear"), names


def means(records, method, scale="logit"):
    chosen = [one for one in records if f"scale={scale}" in one.detail]
    return {name: np.mean(values) for name, values in by_metric(chosen, method=method).items()}


@pytest.mark.parametrize("scale", ["logit", "probability"])
def test_the_order_of_a_planted_model_is_more_faithful_than_chance(planted, scale):
    records = planted[4]
    truth, noise, opposite = (means(records, method, scale) for method in ("truth", "noise", "opposite"))
    chance = means(records, "", scale)["aopc_random"]
    assert truth["aopc"] > chance > opposite["aopc"]
    assert truth["aopc_over_random"] == pytest.approx(truth["aopc"] - chance)
    assert truth["comprehensiveness"] > noise["comprehensiveness"] > opposite["comprehensiveness"]
    assert truth["sufficiency"] < noise["sufficiency"] < opposite["sufficiency"]
    assert truth["area_between"] > 0 > opposite["area_between"]
    assert truth["area_between"] == pytest.approx(-opposite["area_between"])
    assert abs(noise["area_between"]) < truth["area_between"] / 3
    assert truth["aopc_lerf"] == pytest.approx(opposite["aopc"])
    assert truth["infidelity"] < noise["infidelity"] <= 1
    assert truth["normalised_aopc"] > 0.8
    assert opposite["normalised_aopc"] < 0.2
    assert 0.3 < noise["normalised_aopc"] < 0.7


def test_comprehensiveness_of_each_sequence_is_at_least_that_of_random_orders(planted):
    _, _, curves, plan, records, names = planted
    removed = [BUDGETS.index(share) for share in plan.shares]
    for name, one in zip(names, curves, strict=True):
        found = by_metric([r for r in records if "logit" in r.detail], sequence=name, method="truth")
        random = (one.random.logit[:, :1] - one.random.logit[:, removed]).mean()
        assert found["comprehensiveness"][0] >= random


def test_every_point_of_a_curve_is_a_record(planted):
    _, _, curves, plan, _, names = planted
    records = curve_records(curves, plan, names, "linear", scales=("probability",))
    assert len(records) == 12 * (3 * 3 + 1) * len(BUDGETS)
    wanted = {"sequence": "s3", "method": "truth"}
    points = [r for r in records if all(getattr(r, k) == v for k, v in wanted.items()) and "order=morf" in r.detail]
    assert [r.value for r in points] == pytest.approx(curves[3].explained["truth", "morf"].probability)
    assert points[4].detail == "replacement=random scale=probability order=morf budget=0.1"


def test_without_random_orders_or_search_the_numbers_say_so():
    model = LinearModel(np.ones((8, 4)))
    plan = Plan(random_orders=0, search_draws=0, orders=("morf",))
    curves = perturbation_curves(Scorer(model), {"a": [explanation("ACGTACGT", np.arange(8))]}, plan)
    reasons = {one.metric: one.reason for one in faithfulness_records(curves, plan, ["s"], "linear", ["logit"])}
    assert reasons["aopc_random"] == reasons["aopc_over_random"] == "no random order was asked for"
    assert reasons["normalised_aopc"] == "the attainable AOPC was not searched"
    assert reasons["aopc"] == ""
    assert "area_between" not in reasons


def test_a_model_that_ignores_its_input_has_flat_curves_and_no_normalised_aopc():
    model = LinearModel(np.zeros((20, 4)))
    sequences = random_sequences(2, 20)
    plan = Plan(draws=2, random_orders=2)
    curves = perturbation_curves(Scorer(model), {"a": [explanation(one, np.arange(20)) for one in sequences]}, plan)
    records = faithfulness_records(curves, plan, ["a", "b"], "deaf")
    assert all(one.value == 0 for one in records if one.metric in ("aopc", "area_between", "aopc_over_random"))
    missing = {one.reason for one in records if one.metric == "normalised_aopc"}
    assert missing == {"no order of perturbation changes the score more than another"}


# Mutagenesis


@pytest.mark.parametrize("name", ["dnabert2", "cnn"])
def test_mutagenesis_agrees_with_one_mutant_at_a_time(name, request):
    model = request.getfixturevalue(name)
    sequences = [random_sequences(1, 30, seed=4)[0][:28] + "NN"]
    (found,) = mutagenesis(Scorer(model), sequences)
    target = model.positive
    for place in range(0, 28, 5):
        mutants = [sequences[0][:place] + b + sequences[0][place + 1 :] for b in "ACGT" if b != sequences[0][place]]
        scores = [model.logits([one])[0, target] for one in mutants]
        expected = model.logits(sequences)[0, target] - np.mean(scores)
        assert found[place] == pytest.approx(expected, abs=1e-5)
    assert np.isnan(found[28:]).all()


def test_mutagenesis_of_a_linear_model_is_its_weights():
    weights = np.random.default_rng(1).standard_normal((15, 4))
    model = LinearModel(weights)
    sequences = random_sequences(3, 15)
    for sequence, drops in zip(sequences, mutagenesis(Scorer(model), sequences), strict=True):
        own = np.array(model.parts(sequence))
        others = (weights.sum(axis=1) - own) / 3
        assert drops == pytest.approx(own - others, abs=1e-5)
        found = {one.metric: one.value for one in mutagenesis_records(own - others, drops)}
        assert found == pytest.approx({"ism_spearman": 1, "ism_pearson": 1})
        assert mutagenesis_records(np.ones(15), drops)[0].reason
