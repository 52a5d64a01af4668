"""DeepLIFT and DeepSHAP against captum called directly, completeness, and a case by hand."""

from __future__ import annotations

import copy
import warnings

import numpy as np
import pytest
import torch
from captum.attr import DeepLift, DeepLiftShap
from torch import nn

from gxview.explain import explain
from gxview.explain.attribution.work import generator
from gxview.genome.shuffle import dinucleotide_shuffles
from gxview.models.cnn import CNN, CNNConfig, ConvBlock, DenseBlock
from gxview.models.loaded import LoadedCNN

SEQUENCE = "ACGTTGCATATAAAAGGCGCNNNTACGATCGGATCTATCT"


def model_of(pooling="flatten", activation="relu", labels=2, pools=(2, 3)):
    with torch.random.fork_rng():
        torch.manual_seed(3)
        blocks = (
            ConvBlock(6, 5, pool=pools[0], activation=activation),
            ConvBlock(6, 3, pool=pools[1], activation=activation),
        )
        length = len(SEQUENCE) if pooling == "flatten" else None
        network = CNN(CNNConfig(blocks, (DenseBlock(5),), pooling, labels, length))
        for layer in network.layers:
            if isinstance(layer, nn.BatchNorm1d):
                nn.init.normal_(layer.running_mean, std=0.3)
                nn.init.uniform_(layer.running_var, 0.5, 2)
                nn.init.uniform_(layer.weight, 0.5, 2)
    names = tuple(f"t{index}" for index in range(labels))
    network.eval().requires_grad_(False)
    return LoadedCNN("a", "cnn", None, "0", len(SEQUENCE), names, labels - 1, (), torch.device("cpu"), network)


def captum_s(explainer, model, references, target):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        network = copy.deepcopy(model.network.layers)  # captum hangs hooks on it
        found = explainer(network).attribute(model.one_hot([SEQUENCE]), references, target=target)
    return found[0].sum(0).detach().numpy()


@pytest.mark.parametrize("pooling", ["flatten", "mean"])
def test_without_max_pooling_deeplift_is_captum_s(pooling):
    model = model_of(pooling, pools=(1, 1))
    expected = captum_s(DeepLift, model, torch.zeros(1, 4, len(SEQUENCE)), 1)
    (found,) = explain(model, [SEQUENCE], "deeplift")
    assert np.allclose(found.values, expected, rtol=1e-3, atol=1e-5)


def test_deepshap_is_captum_s_over_shuffles():
    model = model_of("mean", pools=(1, 1))
    references = model.one_hot(dinucleotide_shuffles(SEQUENCE, 20, generator(SEQUENCE, "deeplift_shap")))
    (found,) = explain(model, [SEQUENCE], "deeplift_shap", 0)
    assert np.allclose(found.values, captum_s(DeepLiftShap, model, references, 0), rtol=1e-3, atol=1e-5)


def test_max_pooling_is_captum_s_where_captum_adds_up():
    """Where max-pooling follows ReLU captum's values do not add up, see `gxview.explain.attribution.deeplift`."""
    model = model_of("flatten", "none", pools=(1, 2))
    references = model.one_hot(dinucleotide_shuffles(SEQUENCE, 20, generator(SEQUENCE, "deeplift_shap")))
    (found,) = explain(model, [SEQUENCE], "deeplift_shap", 0)
    assert np.allclose(found.values, captum_s(DeepLiftShap, model, references, 0), rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("pooling", ["flatten", "max", "mean"])
@pytest.mark.parametrize("activation", ["relu", "exponential"])
def test_values_add_up_to_the_difference_from_the_reference(pooling, activation):
    model = model_of(pooling, activation)
    whole = model.logits([SEQUENCE])[0, 1]
    nothing = model.logits(["N" * len(SEQUENCE)])[0, 1]
    shuffles = dinucleotide_shuffles(SEQUENCE, 20, generator(SEQUENCE, "deeplift_shap"))
    others = model.logits(shuffles)[:, 1].mean()
    for method, baseline in (("deeplift", nothing), ("deeplift_shap", others)):
        (found,) = explain(model, [SEQUENCE], method)
        assert found.values.sum() == pytest.approx(whole - baseline, abs=1e-5)
        assert found.diagnostics["baseline"] == pytest.approx(baseline, abs=1e-5)
        assert (found.values[20:23] == 0).all()


def test_max_pooling_follows_its_rule_by_hand():
    """One filter that copies A, windows of two: what the maximum gains goes to its place, what it loses likewise."""
    network = CNN(CNNConfig((ConvBlock(1, 1, batch_norm=False, activation="none", pool=2),), (), "flatten", 1, 4))
    with torch.no_grad():
        network.layers[0].weight.copy_(torch.tensor([[[2.0], [1.0], [0.0], [0.0]]]))
        network.layers[0].bias.fill_(0.5)
        network.layers[-1].weight.copy_(torch.tensor([[1.0, 3.0]]))
    model = LoadedCNN("a", "cnn", None, "0", 4, ("t",), 0, (), torch.device("cpu"), network.eval())
    (found,) = explain(model, ["CAGC"], "deeplift")
    # windows (1.5, 2.5) and (0.5, 1.5), both 0.5 for zeros: gains 2 at A and 1 at C, times 1 and 3
    assert found.values.tolist() == [0.0, 2.0, 0.0, 3.0]


def test_the_contrast_is_the_difference_of_both_logits():
    model = model_of("max")
    zero, one, both = (explain(model, [SEQUENCE], "deeplift_shap", target)[0].values for target in (0, 1, "contrast"))
    assert np.allclose(both, one - zero, atol=1e-5)


def test_the_network_keeps_its_weights_and_has_no_hooks():
    model = model_of("max")
    before = {name: value.clone() for name, value in model.network.state_dict().items()}
    explain(model, [SEQUENCE], "deeplift")
    assert all(torch.equal(value, before[name]) for name, value in model.network.state_dict().items())
    assert not any(layer._forward_hooks or layer._forward_pre_hooks for layer in model.network.modules())
