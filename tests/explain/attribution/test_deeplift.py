"""DeepLIFT and DeepSHAP against captum called directly."""

from __future__ import annotations

import copy
import warnings

import numpy as np
import pytest
import torch
from captum.attr import DeepLift, DeepLiftShap
from torch import nn

from gxview.errors import GxviewError
from gxview.explain import explain
from gxview.explain.attribution.work import generator
from gxview.genome.shuffle import dinucleotide_shuffles
from gxview.models.cnn import CNN, CNNConfig, ConvBlock, DenseBlock
from gxview.models.loaded import LoadedCNN

SEQUENCE = "ACGTTGCATATAAAAGGCGCNNNTACGATCGGATCTATCT"


def model_of(pooling="flatten", activation="relu", labels=2):
    with torch.random.fork_rng():
        torch.manual_seed(3)
        blocks = (ConvBlock(6, 5, pool=2, activation=activation), ConvBlock(6, 3, pool=3))
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
    layers = copy.deepcopy(model.network.layers)
    if isinstance(layers[8], nn.AdaptiveMaxPool1d):
        layers[8] = nn.MaxPool1d(6)  # all positions that are left of 40
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return (
            explainer(layers).attribute(model.one_hot([SEQUENCE]), references, target=target)[0].sum(0).detach().numpy()
        )


@pytest.mark.parametrize("pooling", ["flatten", "max"])
def test_deeplift_is_captum_s_and_complete(pooling):
    model = model_of(pooling)
    expected = captum_s(DeepLift, model, torch.zeros(1, 4, len(SEQUENCE)), 1)
    (found,) = explain(model, [SEQUENCE], "deeplift")
    assert np.allclose(found.values, expected, rtol=1e-3, atol=1e-5)
    nothing = model.logits(["N" * len(SEQUENCE)])[0, 1]
    assert found.values.sum() == pytest.approx(found.logits[1] - nothing, abs=1e-4)
    assert found.diagnostics["baseline"] == pytest.approx(nothing, abs=1e-5)


@pytest.mark.parametrize("pooling", ["flatten", "max", "mean"])
def test_deepshap_is_captum_s_over_shuffles_and_complete(pooling):
    model = model_of(pooling)
    shuffles = dinucleotide_shuffles(SEQUENCE, 20, generator(SEQUENCE, "deeplift_shap"))
    references = model.one_hot(shuffles)
    expected = captum_s(DeepLiftShap, model, references, 0)
    (found,) = explain(model, [SEQUENCE], "deeplift_shap", 0)
    assert np.allclose(found.values, expected, rtol=1e-3, atol=1e-5)
    assert (found.values[20:23] == 0).all()
    assert found.values.sum() == pytest.approx(found.logits[0] - model.logits(shuffles)[:, 0].mean(), abs=1e-4)


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


@pytest.mark.parametrize("method", ["deeplift", "deeplift_shap"])
def test_an_exponential_activation_is_refused(method):
    with pytest.raises(GxviewError, match="no rule for exponential activations; explain this CNN with ism"):
        explain(model_of(activation="exponential"), [SEQUENCE], method)
