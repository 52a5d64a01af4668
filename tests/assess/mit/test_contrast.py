"""Pairs of the test as an auxiliary loss."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from gxview.assess.mit import build_sets, make_scorer
from gxview.assess.mit.contrast import COUNTERPARTS, PairLoss, positive_scores
from gxview.assess.mit.scorers import Setting
from gxview.errors import GxviewError, UsageError
from gxview.models.fit import Optimisation
from gxview.models.labelled import LabelledSequences
from gxview.models.train import TrainSettings, train_classifier


def by_adenines(sequences):
    return torch.tensor([[0.1 * text[15:24].count("A")] for text in sequences], requires_grad=True)


def test_the_loss_is_the_mean_softplus_of_all_pairs():
    loss = PairLoss(0.5, promoters=5)
    drawn = loss.draw(np.random.default_rng(3))
    scores = {label: np.array([0.1 * text[15:24].count("A") for text in letters]) for label, letters in drawn.items()}
    expected = 0.5 * np.mean([np.log1p(np.exp(scores[label] - scores["E"])) for label in COUNTERPARTS])
    found = loss(by_adenines, np.random.default_rng(3))
    assert found.item() == pytest.approx(expected, rel=1e-6)
    assert found.requires_grad


@pytest.mark.parametrize("length", [44, 60, 81, 100, 130])
def test_every_sequence_holds_the_elements_and_a_pair_shares_the_rest(length):
    drawn = PairLoss(1.0, length, promoters=40).draw(np.random.default_rng(1))
    places = set()
    for e, d, shuffled, moved in zip(*(drawn[label] for label in ("E", *COUNTERPARTS)), strict=True):
        assert {len(text) for text in (e, d, shuffled, moved)} == {length}
        box = next(
            at
            for at in range(length)
            if e[at : at + 6] == d[at : at + 6] == "TTGACA" and e[at + 20 :][:9] == "TGTTGTAAT"
        )
        places.add(box)
        up = box - 15
        assert e[up : up + 6] == "AAAAAA"
        assert moved[up + 25 : up + 34] == e[up : up + 9]
        assert sorted(e) == sorted(moved) == sorted(shuffled)
        different = [at - up for at in range(length) if e[at] != d[at]]
        assert set(different) <= {*range(9), 35, 36, 37}
    assert len(places) > 1 or length in (44, 100)


def test_pairs_are_fresh_in_every_step_and_never_those_of_the_test():
    rng, loss = np.random.default_rng([42, 1]), PairLoss(1.0)
    first, second = loss.draw(rng), loss.draw(rng)
    assert not set(first["E"]) & set(second["E"])
    tested = {text for letters in build_sets(42).values() for text in letters.values()}
    for seed in ([42, 1], 42, [42, ord("E")], [42, ord("H")]):
        drawn = loss.draw(np.random.default_rng(seed))
        assert not tested & {text for letters in drawn.values() for text in letters}


def test_two_logits_are_told_apart_by_their_difference():
    assert positive_scores(torch.tensor([[1.0, 4.0]])).tolist() == [3.0]
    with pytest.raises(UsageError, match="need a model of two classes, but this one has 3 logits"):
        positive_scores(torch.zeros(2, 3))


def test_wishes_that_cannot_be_met_are_told():
    with pytest.raises(UsageError, match="above 0, not 0"):
        PairLoss(0.0)
    with pytest.raises(GxviewError, match="need 44 bases for their elements, but the training sequences have 40"):
        PairLoss(1.0, 40)


def test_training_with_pairs_teaches_a_network_the_place(tmp_path):
    rng = np.random.default_rng(0)
    noise = ["".join(rng.choice(list("ACGT"), 100)) for _ in range(64)]
    data = LabelledSequences.of(
        [text[:40] + "TTGACA" + text[46:] for text in noise[:32]] + noise[32:], [1] * 32 + [0] * 32
    )
    shares = {}
    for name, auxiliary in (("without", None), ("with", PairLoss(5.0, promoters=16))):
        settings = TrainSettings(
            "cnn", tmp_path / name, preset="chip-seq", optimisation=Optimisation(3e-3, 0.0, 16, 6, 6, "plateau")
        )
        train_classifier(settings, data, data, auxiliary=auxiliary)
        scorer, sets = make_scorer(f"model:{tmp_path / name}", Setting(device="cpu")), build_sets(1, "moved")
        compensated, scrambled = (scorer.score([sets[label][i] for i in range(50)]) for label in "EH")
        shares[name] = float((compensated > scrambled).mean())
    assert shares["with"] > 0.9
    assert shares["without"] < 0.75
