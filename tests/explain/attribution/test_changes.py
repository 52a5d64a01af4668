"""Occlusion and in-silico mutagenesis against a loop over the model's logits."""

from __future__ import annotations

import numpy as np
import pytest

from gxview.explain import explain
from gxview.explain.attribution import mutagenesis
from gxview.models.tokenizer import pad

SEQUENCE = "ACGTTGCATATAAAAGGCGCNNTTACGATCGGATC"


def test_occlusion_hides_one_token_at_a_time(dnabert2):
    tokens = dnabert2.tokenize([SEQUENCE])
    ids = tokens.input_ids[0].numpy()
    rows = [
        ids,
        *(np.where(np.arange(len(ids)) == place, dnabert2.tokenizer.mask_id, ids) for place in range(len(ids))),
    ]
    logits = dnabert2.network(input_ids=pad(rows, 3)).logits.detach().numpy()
    expected = (logits[0] - logits[1:])[:, 1] - (logits[0] - logits[1:])[:, 0]
    (found,) = explain(dnabert2, [SEQUENCE], "occlusion", "contrast")
    assert np.allclose(found.token_relevance, expected[1:-1], atol=1e-4)
    assert found.special_relevance == 0
    assert np.allclose(found.logits, logits[0], atol=1e-4)


def test_occlusion_hides_one_base_at_a_time(cnn):
    whole = cnn.logits([SEQUENCE])[0, 0]
    hidden = cnn.logits([SEQUENCE[:at] + "N" + SEQUENCE[at + 1 :] for at in range(len(SEQUENCE))])[:, 0]
    (found,) = explain(cnn, [SEQUENCE], "occlusion")
    assert np.allclose(found.values, whole - hidden, atol=1e-5)
    assert (found.values[20:22] == 0).all()
    assert found.hypothetical is None


@pytest.mark.parametrize("target", [None, 0])
def test_mutagenesis_is_what_the_model_says_of_every_mutant(model, target):
    index = model.positive if target is None else target
    whole = model.logits([SEQUENCE])[0, index]
    effects = np.zeros((4, len(SEQUENCE)))
    for at, letter in enumerate(SEQUENCE):
        for row, base in enumerate("ACGT"):
            if letter not in ("N", base):
                effects[row, at] = model.logits([SEQUENCE[:at] + base + SEQUENCE[at + 1 :]])[0, index] - whole
    (found,) = explain(model, [SEQUENCE], "ism", target)
    expected = effects - effects.mean(0)
    assert np.allclose(found.hypothetical, expected, atol=2e-4)
    there = [0 if letter == "N" else expected["ACGT".index(letter), at] for at, letter in enumerate(SEQUENCE)]
    assert np.allclose(found.values, there, atol=2e-4)
    sums = [found.values[start:end].sum() for start, end in found.token_spans]
    assert np.allclose(found.token_relevance, sums, atol=1e-5)


def test_letters_that_are_there_are_not_computed_again(model, monkeypatch):
    asked = []
    for name in ("token_logits", "base_logits"):
        plain = getattr(mutagenesis.Work, name)

        def counted(work, rows, plain=plain):
            asked.append(len(rows))
            return plain(work, rows)

        monkeypatch.setattr(mutagenesis.Work, name, counted)
    explain(model, [SEQUENCE], "ism")
    assert asked == [1 + 3 * (len(SEQUENCE) - 2)]


def test_a_sequence_without_known_bases_has_no_effects(model):
    (found,) = explain(model, ["N" * 30], "ism")
    assert not found.values.any()
    assert not found.hypothetical.any()
