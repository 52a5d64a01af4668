"""What a motif does to a model whose answer is known."""

from __future__ import annotations

import numpy as np
import pytest

from gxview.errors import GxviewError, UsageError
from gxview.evaluate.motifs.importance import Backgrounds
from gxview.evaluate.motifs.motif import Motif

RNG = np.random.default_rng(8)
LENGTH = 40
WEIGHTS = RNG.normal(size=(4, LENGTH))
SEQUENCES = ["".join(row) for row in RNG.choice(list("ACGT"), (7, LENGTH))]


def motif(word, name="M"):
    return Motif(name, name, np.eye(4)[:, ["ACGT".index(base) for base in word]])


def linear(sequences):
    return np.array([sum(WEIGHTS["ACGT".index(base), n] for n, base in enumerate(one)) for one in sequences])


def test_the_effect_on_a_linear_model_is_exact():
    made = Backgrounds(SEQUENCES, 20, linear, seed=3)
    word, start = "TTGACA", 11
    there = sum(WEIGHTS["ACGT".index(base), start + n] for n, base in enumerate(word))
    before = [sum(WEIGHTS["ACGT".index(one[p]), p] for p in range(start, start + 6)) for one in made.letters]
    found = made.effect(motif(word), start)
    assert found.effect == pytest.approx(there - np.mean(before), abs=1e-12)
    assert found.low < found.effect < found.high
    assert (found.label, found.position, found.backgrounds) == ("M", start, 20)
    assert found.difference == pytest.approx(found.effect - found.shuffled, abs=1e-12)
    for spacing in made.spacings(motif(word), motif("TATAAT"), [0, 3, 17], position=2):
        assert spacing.interaction == pytest.approx(0, abs=1e-12)
        assert spacing.together == pytest.approx(spacing.apart, abs=1e-12)


def test_a_motif_matters_and_its_letters_in_another_order_do_not():
    def has_box(sequences):
        return np.array([5.0 * ("GATTACA" in one) for one in sequences])

    made = Backgrounds(SEQUENCES, 30, has_box)
    found = made.effect(motif("GATTACA"))
    assert (found.effect, found.shuffled, found.difference) == (5.0, 0.0, 5.0)
    assert found.p_value < 1e-4
    assert found.position == (LENGTH - 7) // 2
    flat = made.effect(motif("CCCCCCC"))
    assert (flat.effect, flat.p_value) == (0.0, 1.0)


def test_positions_and_spacings_show_where_a_model_listens():
    def promoter(sequences):
        return np.array([float(one[5:11] == "TTGACA") * (1 + (one[28:34] == "TATAAT")) for one in sequences])

    made = Backgrounds(SEQUENCES, 12, promoter)
    scanned = made.scan(motif("TTGACA"), range(0, 12))
    assert [one.position for one in scanned if one.effect > 0.5] == [5]
    spaced = made.spacings(motif("TTGACA", "a"), motif("TATAAT", "b"), [15, 16, 17, 18, 19], position=5)
    assert [one.spacing for one in spaced if one.interaction > 0.5] == [17]


def test_instances_follow_the_motif_and_the_seed():
    asked = []

    def remember(sequences):
        asked.append(list(sequences))
        return np.zeros(len(sequences))

    shares = Motif("M", "M", np.array([[8.0], [0.0], [2.0], [0.0]]) * np.ones(6))
    Backgrounds(SEQUENCES, 400, remember, seed=1).effect(shares, 10)
    words = "".join(one[10:16] for one in asked[1])
    assert set(words) == {"A", "G"}
    assert words.count("G") / len(words) == pytest.approx(0.2, abs=0.03)
    Backgrounds(SEQUENCES, 400, remember, seed=1).effect(shares, 10)
    assert asked[3:] == asked[:3]
    Backgrounds(SEQUENCES, 2, remember).effect(shares, 10, consensus=True)
    assert {one[10:16] for one in asked[-2]} == {"AAAAAA"}


def test_bad_requests_are_one_sentence():
    made = Backgrounds(SEQUENCES, 2, linear)
    with pytest.raises(UsageError, match="6 bases from position 36 on do not fit into 40-base backgrounds"):
        made.effect(motif("TTGACA"), 35)
    with pytest.raises(UsageError, match="not -1"):
        made.spacings(motif("A"), motif("C"), [-1])
    with pytest.raises(UsageError, match="two or more backgrounds, not 1"):
        Backgrounds(SEQUENCES, 1, linear)
    with pytest.raises(GxviewError, match="one length"):
        Backgrounds(["ACGT", "ACG"], 5, linear)
    with pytest.raises(GxviewError, match="no finite prediction"):
        Backgrounds(SEQUENCES, 2, lambda one: np.full(len(one), np.nan))
