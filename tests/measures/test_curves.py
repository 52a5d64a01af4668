import math

import numpy as np
import pytest
import torch
from captum.metrics import infidelity as captum_infidelity
from hypothesis import given
from hypothesis import strategies as st

from gxview.errors import GxviewError
from gxview.measures.curves import (
    BUDGETS,
    aopc,
    area_between,
    check_budgets,
    comprehensiveness,
    infidelity,
    normalised_aopc,
    sufficiency,
)

scores = st.lists(st.floats(-5, 5), min_size=len(BUDGETS), max_size=len(BUDGETS))


def test_worked_example():
    assert aopc([1.0, 0.8, 0.5, 0.2]) == pytest.approx((0.2 + 0.5 + 0.8) / 3)
    assert comprehensiveness(1.0, [0.8, 0.5]) == pytest.approx(0.35)
    assert sufficiency(1.0, [0.1, 0.9]) == pytest.approx(0.5)
    assert area_between([1, 0, 0], [1, 1, 0], [0, 0.1, 0.5]) == pytest.approx((0.05 + 0.2) / 0.5)


@given(scores, scores)
def test_areas_by_hand(most, least):
    by_hand = sum(
        (b1 - b0) * (l0 - m0 + l1 - m1) / 2
        for b0, b1, m0, m1, l0, l1 in zip(BUDGETS, BUDGETS[1:], most, most[1:], least, least[1:], strict=False)
    )
    assert area_between(most, least, BUDGETS) == pytest.approx(by_hand / 0.5, abs=1e-12)
    assert area_between(most, least, BUDGETS) == pytest.approx(-area_between(least, most, BUDGETS), abs=1e-12)
    assert aopc(most) == pytest.approx(np.mean([most[0] - value for value in most[1:]]), abs=1e-12)


def test_many_curves_at_once():
    curves = np.random.default_rng(0).random((3, 2, len(BUDGETS)))
    assert np.allclose(aopc(curves)[1, 1], aopc(curves[1, 1]))
    assert area_between(curves[:, 0], curves[:, 1], BUDGETS).shape == (3,)


def test_the_normalised_form_is_a_part_of_what_is_attainable():
    assert normalised_aopc(0.5, 0.1, 0.9) == pytest.approx(0.5)
    assert "no order" in normalised_aopc(0, 0, 0).reason
    assert math.isnan(normalised_aopc(float("nan"), 0, 1))


@pytest.mark.parametrize("budgets", [(0.1, 0.2), (0, 0.2, 0.1), (0, 2), (0,), [[0, 1]]])
def test_strange_budgets_are_refused(budgets):
    with pytest.raises(GxviewError, match="rising from 0"):
        check_budgets(budgets)


def test_infidelity_agrees_with_captum():
    """Captum scales by the same factor; its value is not divided by the mean square of the drops."""
    rng = np.random.default_rng(6)
    inputs, relevance = torch.ones(1, 30, dtype=torch.float64), torch.from_numpy(rng.standard_normal((1, 30)))
    weights = torch.from_numpy(rng.standard_normal(30))
    sets = torch.from_numpy(rng.random((50, 30)) < 0.3).double()

    def score(x):
        return torch.tanh(x * weights).sum(-1)

    theirs = captum_infidelity(
        score, lambda x: (sets, x - sets), inputs, relevance, n_perturb_samples=50, normalize=True
    )
    drops = (score(inputs) - score(inputs - sets)).numpy()
    ours = infidelity((sets * relevance).sum(-1).numpy(), drops)
    assert ours == pytest.approx(float(theirs) / (drops**2).mean())
    assert 0 < ours < 1


def test_infidelity_at_its_ends():
    drops = np.array([[0.1, 0.4], [0.2, -0.3]])
    assert infidelity(7 * drops, drops) == pytest.approx(0)
    assert infidelity([1, 1], [1, -1]) == pytest.approx(1)
    assert "changes the score" in infidelity([1, 2], [0, 0]).reason
    assert "zero everywhere" in infidelity([0, 0], [1, 2]).reason
