"""Where relevance lies: numbers against formulas written out, models that know the place and models that do not."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from gxview.assess.mit import make_scorer
from gxview.assess.mit.relevance import Explaining, placements, relevance_section
from gxview.assess.mit.relevance.explained import methods_for, mutagenesis, relevance
from gxview.assess.mit.relevance.matched import CLASSES, ELEMENTS, matched_sets
from gxview.assess.mit.relevance.placement import background_share, balance, placement, positive_shares, share_of
from gxview.assess.mit.relevance.section import adjusted_q, verdict
from gxview.assess.mit.scorers import Setting
from gxview.errors import Cancelled, UsageError
from gxview.explain import explain
from gxview.models import load_model
from gxview.page import page
from gxview.store import Store

CPU = Setting(device="cpu")
SHARES = st.integers(0, 100).map(lambda percent: percent / 100)


class Letters:
    """A scorer that counts A in some places, or anywhere."""

    def __init__(self, places=None, name="letters"):
        self.places, self.name, self.asked, self.identity = places, name, 0, f"letters {places}"

    def score(self, sequences):
        self.asked += len(sequences)
        places = slice(None) if self.places is None else slice(*self.places)
        return np.array([float(text[places].count("A")) for text in sequences])


def test_the_matched_sequences_differ_in_their_elements_alone():
    sets = matched_sets(1, 20)
    elements = [place for start, end in (*ELEMENTS.values(), (40, 49)) for place in range(start, end)]
    outside = [place for place in range(100) if place not in elements]
    for i in range(20):
        assert len({tuple(sets[label][i][place] for place in outside) for label in CLASSES}) == 1
    for c, d, e, shuffled, moved in zip(*(sets[label] for label in CLASSES), strict=True):
        assert (c[53:59], d[53:59], e[50:53]) == ("TATAAT", "TGTAAT", "TGT")
        assert e[15:21] == "AAAAAA"
        assert moved[40:49] == e[15:24]
        assert sorted(moved) == sorted(e) == sorted(shuffled)
        assert sorted(shuffled[15:24]) == sorted(e[15:24])
        assert d[30:36] == "TTGACA"
    assert sets["E"] != matched_sets(2, 20)["E"]


def test_shares_are_parts_of_the_positive_relevance():
    values = np.array([[1.0, -5.0, 3.0, np.nan], [0.0, -1.0, 0.0, 0.0]])
    shares = positive_shares(values)
    np.testing.assert_allclose(shares[0], [0.25, 0, 0.75, np.nan])
    assert np.isnan(shares[1]).all()
    assert share_of(shares, (0, 2))[0] == 0.25
    assert np.isnan(share_of(shares, (2, 4))[0])


def test_the_background_share_is_the_mean_over_windows_that_touch_no_element():
    rng = np.random.default_rng(3)
    shares = positive_shares(rng.random((4, 100)))
    expected = []
    for row in shares:
        windows = [
            row[at : at + 6].sum()
            for at in range(95)
            if all(at + 6 <= start or at >= end for start, end in ((15, 24), (30, 36), (40, 49), (50, 59)))
        ]
        expected.append(np.mean(windows))
    np.testing.assert_allclose(background_share(shares, 6), expected)


@given(
    arrays(float, 12, elements=SHARES),
    arrays(float, 12, elements=SHARES),
    st.integers(0, 10),
)
def test_a_balance_lies_between_0_and_1_and_turns_round_with_its_sides(first, second, seed):
    one, other = (balance(a, b, np.random.default_rng(seed)) for a, b in ((first, second), (second, first)))
    if first.sum() + second.sum() > 0:
        assert 0 <= one.low <= one.high <= 1
        assert one.value == pytest.approx(first.mean() / (first.mean() + second.mean()))
        assert one.value + other.value == pytest.approx(1)
    assert one.wins == np.mean(first > second)
    assert one.p == pytest.approx(other.p)


def test_a_model_that_knows_the_place_gets_1_and_one_that_counts_letters_gets_a_half():
    for scorer, low, high in ((Letters((15, 24)), 1.0, 1.0), (Letters(), 0.47, 0.53)):
        (found,) = placements(Explaining([scorer], ["ism"], count=40))
        assert low <= found.position.value <= high
        assert found.n == 40
        (q,) = adjusted_q([found])
        assert verdict(found.adjusted[0], q) == ("right place" if low == 1 else "no difference")


def test_a_liking_for_places_is_taken_off():
    weights = np.where(np.arange(100) < 30, 3.0, 1.0)  # the first bases get more, whatever they are
    values = {label: np.tile(weights, (50, 1)) for label in CLASSES}
    found = placement("x", "y", values, 1)
    assert found.position.value == pytest.approx(0.75)
    assert found.adjusted == (0.0, 1.0)
    assert verdict(found.adjusted[0], 1.0) == "no difference"


def test_pa_pwm_is_explained_by_the_right_place_only():
    (found,) = placements(Explaining([make_scorer("pa-pwm")], ["default"], count=30))
    assert found.method == "ism"
    assert found.position.value == found.position.low == 1.0
    assert found.adjusted[0] > 0.02
    box = next(entry for entry in found.enrichments if (entry.label, entry.element) == ("E", "-35"))
    assert box.share > 0.5
    assert box.chance == 0
    assert box.ratio == np.inf
    assert json.loads(json.dumps(found.to_dict(), allow_nan=False))["enrichments"][0]["ratio"] is None


def test_mutagenesis_is_the_score_minus_its_mean_over_four_letters():
    scorer = make_scorer("pa-pwm")
    text = matched_sets(5, 1)["E"][0]
    found = mutagenesis(scorer, text, lambda: False)
    for place in (0, 17, 31, 54):
        four = [scorer.score([text[:place] + base + text[place + 1 :]])[0] for base in "ACGT"]
        assert found[place] == pytest.approx(scorer.score([text])[0] - np.mean(four))


def test_a_classifier_is_explained_by_the_methods_of_its_kind(tiny_cnn_folder):
    scorer = make_scorer(f"model:{tiny_cnn_folder}", CPU)
    assert {"lrp", "ism", "random"} <= set(methods_for(scorer))
    letters = matched_sets(1, 3)["E"]
    expected = [each.values for each in explain(load_model(tiny_cnn_folder), letters, "lrp")]
    np.testing.assert_allclose(relevance(scorer, "lrp", letters, lambda: False), expected, rtol=1e-4, atol=1e-6)


def test_a_network_of_a_fixed_length_has_no_relevance_outside_of_its_window(tmp_path):
    import torch

    from gxview.models.cnn import CNN, CNNConfig, ConvBlock
    from gxview.models.saving import write_config, write_network

    with torch.random.fork_rng():
        torch.manual_seed(1)
        network = CNN(CNNConfig(blocks=(ConvBlock(4, 5),), dense=(), pooling="flatten", input_length=50)).eval()
    write_config(tmp_path, network, {"name": "fixed", "window_length": 50}, None)
    write_network(tmp_path, network)
    scorer = make_scorer(f"model:{tmp_path},from=19", CPU)
    (found,) = placements(Explaining([scorer], ["lrp"], count=5))
    read = np.isfinite(found.profiles["E"])
    assert np.flatnonzero(read).tolist() == list(range(18, 68))
    assert found.position.n == 0  # the UP element begins at 15
    assert found.intact.n == 5
    assert verdict(found.adjusted[0], float("nan")) == "not measured"
    json.dumps(found.to_dict(), allow_nan=False)


def test_an_unknown_method_is_told_with_those_there_are(tiny_cnn_folder):
    scorers = [make_scorer("pa-pwm"), make_scorer(f"model:{tiny_cnn_folder}", CPU)]
    with pytest.raises(UsageError, match=r"None of the scorers can be explained by 'attnlrp'; there are pa-pwm: ism;"):
        placements(Explaining(scorers, ["attnlrp"]))
    assert [method for _, method in Explaining(scorers, ["default", "random"]).tasks()] == ["ism", "lrp", "random"]


def test_finished_classes_are_kept_and_not_asked_for_again(tmp_path):
    store = Store(tmp_path)
    first, second = Letters((15, 24)), Letters((15, 24))
    one = placements(Explaining([first], ["ism"], count=4, store=store))
    other = placements(Explaining([second], ["ism"], count=4, store=store))
    assert first.asked
    assert not second.asked
    assert one[0].to_dict() == other[0].to_dict()


def test_it_stops_where_it_was_asked_to_and_tells_how_it_goes():
    told = []
    with pytest.raises(Cancelled):
        placements(
            Explaining([Letters()], ["ism"], count=4),
            tell=lambda *event: told.append(event),
            cancelled=lambda: len(told) >= 2,
        )
    assert told == [(0, 5, "letters explained by ism"), (1, 5, "letters explained by ism")]


def test_the_section_tells_the_verdict_of_every_model():
    found = placements(Explaining([Letters((15, 24), "knows"), Letters(None, "counts")], ["ism"], count=30))
    text = page("Test", "test", "", [relevance_section(found)])
    assert "right place" in text
    assert "no difference" in text
    assert "∞" in text
    assert "are drawn" not in text


def test_profiles_that_are_not_drawn_are_told():
    values = {label: np.ones((2, 100)) for label in CLASSES}
    found = [placement(f"s{number}", "ism", values, 1) for number in range(13)]
    assert "The first 12 of 13 are drawn; the tables have all." in page("Test", "", "", [relevance_section(found)])
