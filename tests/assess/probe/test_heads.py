"""Heads: equal to scikit-learn where they are linear, above chance where a motif is planted."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import roc_auc_score
from sklearn.preprocessing import StandardScaler

from gxview.assess.probe.data import ProbeData, Target
from gxview.assess.probe.features import OneHot, Words, word_shares
from gxview.assess.probe.heads import fit_head
from gxview.assess.probe.heads.networks import PRESETS, column_network, mlp
from gxview.assess.probe.settings import Fitting
from gxview.errors import GxviewError
from tests.assess.probe.planted import planted

CPU = torch.device("cpu")


class Matrix:
    """Features that lie in memory."""

    learned, length = True, 0

    def __init__(self, values: np.ndarray) -> None:
        self._values, self.width = values.astype(np.float32), values.shape[1]

    def read(self, rows: np.ndarray) -> np.ndarray:
        return self._values[rows]


@pytest.fixture(scope="module")
def matrix() -> tuple[Matrix, list[Target], list[np.ndarray]]:
    rng = np.random.default_rng(0)
    values = rng.normal(size=(300, 8)) * np.arange(1, 9) + 5
    signal = values @ rng.normal(size=8)
    kind = np.digitize(signal, np.quantile(signal, (0.3, 0.6))).astype(float)
    targets = [
        Target("level", "regression", signal + rng.normal(size=300)),
        Target("high", "classification", (signal > np.median(signal)).astype(float), ("0", "1")),
        Target("kind", "classification", kind, ("a", "b", "c")),
    ]
    order = rng.permutation(300)
    return Matrix(values), targets, [np.sort(order[:180]), np.sort(order[180:230]), np.sort(order[230:])]


@pytest.mark.parametrize("alpha", [1e-3, 10.0])
def test_ridge_is_that_of_scikit_learn(matrix, alpha):
    features, targets, (train, validation, test) = matrix
    found = fit_head(
        "ridge", features, targets, train, validation, test, fitting=Fitting(alphas=(alpha,)), seed=0, device=CPU
    )
    scale = StandardScaler().fit(features.read(train).astype(np.float64))
    inside, asked = (scale.transform(features.read(rows).astype(np.float64)) for rows in (train, test))
    plain = Ridge(alpha=alpha).fit(inside, targets[0].values[train])
    assert found.test[0][:, 0] == pytest.approx(plain.predict(asked))
    for place in (1, 2):
        logistic = LogisticRegression(C=1 / alpha, max_iter=500).fit(inside, targets[place].values[train])
        assert found.test[place] == pytest.approx(logistic.predict_proba(asked), abs=1e-6)
    assert found.facts["alpha"] == dict.fromkeys(("level", "high", "kind"), alpha)


def test_the_validation_part_chooses_the_penalty(matrix):
    features, targets, (train, validation, test) = matrix
    few = train[:6]
    both = fit_head(
        "ridge", features, targets[:1], few, validation, test, fitting=Fitting(alphas=(1e-3, 1e3)), seed=0, device=CPU
    )
    errors = {}
    for alpha in (1e-3, 1e3):
        one = fit_head(
            "ridge", features, targets[:1], few, validation, test, fitting=Fitting(alphas=(alpha,)), seed=0, device=CPU
        )
        errors[alpha] = float(((one.validation[0][:, 0] - targets[0].values[validation]) ** 2).mean())
    assert both.facts["alpha"]["level"] == min(errors, key=lambda alpha: errors[alpha])


def motif_data(count: int, length: int) -> tuple[ProbeData, list[np.ndarray]]:
    sequences, labels, values = planted(count, length, 7)
    targets = (
        Target("label", "classification", np.array(labels, float), ("0", "1")),
        Target("level", "regression", np.array(values)),
    )
    data = ProbeData(tuple(sequences), targets, {}, "planted.csv", "")
    order = np.random.default_rng(1).permutation(count)
    return data, [np.sort(part) for part in np.split(order, [int(0.6 * count), int(0.75 * count)])]


def test_a_convolutional_head_finds_a_motif_in_letters():
    data, parts = motif_data(400, 40)
    features = OneHot(data, flat=False)
    fitting = Fitting(epochs=10, batch_size=32)
    found = fit_head("cnn", features, data.targets, *parts, fitting=fitting, seed=1, device=CPU)
    truth = data.targets[0].values[parts[2]]
    assert roc_auc_score(truth, found.test[0][:, 1]) > 0.75
    assert np.corrcoef(data.targets[1].values[parts[2]], found.test[1][:, 0])[0, 1] > 0.4


def test_a_perceptron_finds_words_and_a_seed_repeats_it():
    data, parts = motif_data(300, 40)
    features = Words(data.sequences, 3)
    fitted = [
        fit_head("mlp", features, data.targets, *parts, fitting=Fitting(epochs=15), seed=seed, device=CPU)
        for seed in (1, 1, 2)
    ]
    assert roc_auc_score(data.targets[0].values[parts[2]], fitted[0].test[0][:, 1]) > 0.75
    assert np.array_equal(fitted[0].test[0], fitted[1].test[0])
    assert not np.array_equal(fitted[0].test[0], fitted[2].test[0])
    assert fitted[0].test[0].sum(axis=1) == pytest.approx(1)


def test_training_stops_early_and_keeps_the_best_epoch():
    data, parts = motif_data(120, 40)
    shuffled = Target(
        "label", "classification", np.random.default_rng(3).permutation(data.targets[0].values), ("0", "1")
    )
    fitting = Fitting(epochs=60, patience=2)
    found = fit_head("cnn", OneHot(data, flat=False), [shuffled], *parts, fitting=fitting, seed=1, device=CPU)
    assert found.facts["epochs"] == found.facts["best_epoch"] + 2 < 60


@pytest.mark.parametrize("head", list(PRESETS))
@pytest.mark.parametrize("learned", [False, True])
def test_every_preset_reads_its_shortest_sequences(head, learned):
    least, width = PRESETS[head].least, 12 if learned else 4
    for length in (least, least + 37):
        network = column_network(head, width, length, 3, learned=learned, projection=None).eval()
        assert network(torch.zeros(2, width, length)).shape == (2, 3)
    with pytest.raises(GxviewError, match=f"needs sequences of at least {least} bases, not {least - 1}"):
        column_network(head, width, least - 1, 3, learned=learned, projection=None)


def test_sizes_are_those_of_the_paper():
    def weights(network: torch.nn.Module) -> int:
        return sum(part.numel() for part in network.parameters() if part.ndim > 1)

    cnn = 64 * 4 * 7 + 96 * 64 * 5 + 128 * 96 * 5 + 256 * 128 * (200 // 32) + 256
    assert weights(column_network("cnn", 4, 200, 1, learned=False, projection=None)) == cnn
    front = 512 * 768 + 64 * 508 * 7  # the projection, and the first convolution reads 512 instead of 4
    assert weights(column_network("cnn", 768, 200, 1, learned=True, projection=None)) == cnn + front
    narrow = cnn + 64 * 44 * 7  # embeddings of 48 are not projected to more
    assert weights(column_network("cnn", 48, 200, 1, learned=True, projection=None)) == narrow
    residual = 196 * 4 * 19 + 6 * 196 * 196 * 3 + 256 * 196 * 7 + 256 * 256 + 256 * 256 * (230 // 50) + 256
    assert weights(column_network("residualbind", 4, 230, 1, learned=False, projection=None)) == residual
    assert weights(mlp(100, 1)) == 100 * 512 + 512 * 256 + 256


def test_words_are_counted_without_unknown_letters():
    shares = word_shares("AACNACGT", 2)
    assert shares.sum() == pytest.approx(1)
    assert shares[[0 * 4 + 0, 0 * 4 + 1, 1 * 4 + 2, 2 * 4 + 3]] == pytest.approx(np.array([1, 2, 1, 1]) / 5)
    assert not word_shares("N", 2).any()
