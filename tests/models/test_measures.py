"""Losses and measures against scikit-learn, PyTorch and pencil and paper."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.special import expit, softmax
from sklearn import metrics

from gxview.models.measures import balanced_weights, classification_loss, default_measures, probabilities

RNG = np.random.default_rng(0)


def test_one_logit_is_the_log_odds_of_class_1():
    logits = RNG.normal(size=(20, 1)).astype(np.float32) * 4
    np.testing.assert_allclose(probabilities(logits)[:, 1], expit(logits[:, 0].astype(float)), rtol=1e-12)
    wide = RNG.normal(size=(20, 3)).astype(np.float32) * 40
    np.testing.assert_allclose(probabilities(wide), softmax(wide.astype(float), axis=1), rtol=1e-12)


def test_one_and_two_logits_have_the_same_loss():
    """Cross-entropy of logits (0, z) is the binary cross-entropy of z, weighted or not."""
    z, labels = torch.randn(50, 1), torch.randint(0, 2, (50,))
    two = torch.cat([torch.zeros_like(z), z], dim=1)
    for weights in (None, np.array([0.7, 2.5])):
        torch.testing.assert_close(
            classification_loss(weights, 1)(z, labels), classification_loss(weights, 2)(two, labels)
        )


def test_balanced_weights_give_each_class_the_same_say():
    weights = balanced_weights(np.array([900, 100]))
    np.testing.assert_allclose(weights * [900, 100], [500, 500])


def test_measures_of_two_classes_are_those_of_the_second():
    labels = RNG.integers(0, 2, 200)
    p = np.clip(labels * 0.3 + RNG.random(200) * 0.7, 0, 1)
    found = {name: measure(np.stack([1 - p, p], axis=1), labels) for name, measure in default_measures().items()}
    assert found == pytest.approx(
        {
            "auroc": metrics.roc_auc_score(labels, p),
            "auprc": metrics.average_precision_score(labels, p),
            "mcc": metrics.matthews_corrcoef(labels, p > 0.5),
            "f1": metrics.f1_score(labels, p > 0.5),
            "accuracy": np.mean((p > 0.5) == labels),
        }
    )


def test_measures_of_three_classes_are_means_over_one_against_the_rest():
    labels = RNG.integers(0, 3, 200)
    p = softmax(RNG.normal(size=(200, 3)) + 2 * np.eye(3)[labels], axis=1)
    found = {name: measure(p, labels) for name, measure in default_measures().items()}
    assert found["auroc"] == pytest.approx(metrics.roc_auc_score(labels, p, multi_class="ovr"))
    assert found["f1"] == pytest.approx(metrics.f1_score(labels, p.argmax(1), average="macro"))
    assert found["auprc"] == pytest.approx(metrics.average_precision_score(np.eye(3)[labels], p, average="macro"))
