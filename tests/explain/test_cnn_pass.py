"""LRP of the convolutional network by hand against the hooks of zennit."""

from __future__ import annotations

import copy
import gc
import weakref

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from gxview.explain import cnn_pass
from gxview.explain.cnn import relevance
from gxview.explain.cnn_chain import COMPOSITES, EPSILON
from gxview.explain.cnn_pass import lrp
from gxview.explain.cnn_reference import reference_lrp
from gxview.explain.targets import target_vectors
from gxview.models.cnn import CNN, CNNConfig, ConvBlock, DenseBlock
from gxview.models.sequences import one_hot

LENGTH = 42
NETWORKS = {
    "one block, maximum": CNNConfig((ConvBlock(6, 5),)),
    "pooled twice, maximum": CNNConfig((ConvBlock(6, 5, pool=2), ConvBlock(5, 7, pool=3)), (DenseBlock(7),)),
    "no padding, dilated, mean": CNNConfig(
        (ConvBlock(6, 4, padding="valid", pool=2), ConvBlock(5, 3, dilation=3)), pooling="mean", num_labels=3
    ),
    "negative activations, flattened": CNNConfig(
        (ConvBlock(6, 5, activation="none", pool=4), ConvBlock(5, 3, batch_norm=False, activation="none")),
        (DenseBlock(8, batch_norm=True), DenseBlock(7, activation="none")),
        pooling="flatten",
        input_length=LENGTH,
        num_labels=2,
    ),
    "mean of negative activations": CNNConfig((ConvBlock(6, 5, activation="none"),), pooling="mean"),
}


def make(config: CNNConfig, *, seed: int = 0) -> CNN:
    torch.manual_seed(seed)
    network = CNN(config).double()
    for layer in network.layers:
        if isinstance(layer, nn.BatchNorm1d):
            for values in (layer.weight, layer.bias, layer.running_mean):
                nn.init.normal_(values, 0.5, 0.5)
            nn.init.uniform_(layer.running_var, 0.5, 2)
    return network.eval().requires_grad_(False)


def bases(number: int = 5, *, seed: int = 1) -> Tensor:
    rng = np.random.default_rng(seed)
    return one_hot(["".join(rng.choice(list("ACGTN"), LENGTH, p=[0.24] * 4 + [0.04])) for _ in range(number)]).double()


def relative(ours: Tensor, theirs: Tensor) -> float:
    return float((ours.double() - theirs.double()).abs().max() / theirs.abs().max())


@pytest.mark.parametrize("number", [1, 5])
@pytest.mark.parametrize("composite", COMPOSITES)
@pytest.mark.parametrize("config", NETWORKS.values(), ids=NETWORKS.keys())
def test_double_precision_agrees_with_zennit(config, composite, number):
    network, columns = make(config), bases(number)
    weights = target_vectors(0, number, network.layers[-1].weight)
    ours, logits = lrp(network, columns, weights, composite, EPSILON)
    theirs, their_logits = reference_lrp(network, columns, weights, composite)
    assert relative(ours, theirs) < 1e-12
    assert relative(logits, their_logits) < 1e-12


@pytest.mark.parametrize("composite", COMPOSITES)
@pytest.mark.parametrize("config", NETWORKS.values(), ids=NETWORKS.keys())
def test_single_precision_is_as_close_to_double_as_zennit_is(config, composite):
    double, columns = make(config), bases()
    single = copy.deepcopy(double).float()
    weights = target_vectors(0, len(columns), double.layers[-1].weight)
    exact, _ = reference_lrp(double, columns, weights, composite)
    ours, _ = lrp(single, columns.float(), weights.float(), composite, EPSILON)
    theirs, _ = reference_lrp(single, columns.float(), weights.float(), composite)
    assert relative(ours, exact) < max(1e-6, 3 * relative(theirs, exact))


@pytest.mark.parametrize("composite", COMPOSITES)
def test_the_sample_model_gets_the_numbers_of_zennit(composite):
    from gxview.models.loading import load_model

    model, rng = load_model("sample-cnn"), np.random.default_rng(0)
    columns = model.one_hot(["".join(rng.choice(list("ACGT"), model.window_length)) for _ in range(16)])
    weights = target_vectors(0, 16, model.network.layers[-1].weight)
    found = relevance(model.network, columns, method="lrp", target=0, composite=composite)
    expected, logits = reference_lrp(model.network, columns, weights, composite)
    assert relative(torch.from_numpy(found.hypothetical), expected) < 2e-6
    assert relative(torch.from_numpy(found.logits), logits) < 2e-6


def test_the_first_of_equal_positions_wins():
    network = make(NETWORKS["pooled twice, maximum"])
    columns = one_hot(["ACGTAG" * 7, "AT" * 21, "A" * LENGTH]).double()
    weights = target_vectors(0, 3, network.layers[-1].weight)
    ours, _ = lrp(network, columns, weights, "epsilon", EPSILON)
    theirs, _ = reference_lrp(network, columns, weights, "epsilon")
    assert relative(ours, theirs) < 1e-12


def test_repeats_are_equal_to_the_bit():
    network, columns = make(NETWORKS["pooled twice, maximum"]).float(), bases(16).float()
    first = relevance(network, columns, method="lrp", target=0)
    relevance(network, bases(3).float(), method="lrp", target=0, composite="gamma")
    for _ in range(5):
        again = relevance(network, columns, method="lrp", target=0)
        assert np.array_equal(again.hypothetical, first.hypothetical)


@pytest.mark.parametrize("change", ["weight", "running_mean"])
def test_a_network_that_changes_is_prepared_anew(change):
    network, columns = make(NETWORKS["pooled twice, maximum"]), bases()
    before = relevance(network, columns, method="lrp", target=0)
    layer = network.layers[0] if change == "weight" else network.layers[1]
    with torch.no_grad():
        getattr(layer, change).add_(0.1)
    weights = target_vectors(0, len(columns), network.layers[-1].weight)
    after = relevance(network, columns, method="lrp", target=0)
    expected, _ = reference_lrp(network, columns, weights, "epsilon")
    assert relative(torch.from_numpy(after.hypothetical), expected) < 1e-6
    assert not np.allclose(after.hypothetical, before.hypothetical)


def test_what_is_prepared_goes_with_the_network():
    network = make(NETWORKS["one block, maximum"])
    relevance(network, bases(), method="lrp", target=0)
    assert network in cnn_pass._KEPT
    held, gone = len(cnn_pass._KEPT), weakref.ref(network)
    del network
    gc.collect()
    assert gone() is None
    assert len(cnn_pass._KEPT) < held
