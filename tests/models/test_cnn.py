"""The configurable convolutional network and its presets."""

from __future__ import annotations

import json

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from gxview.errors import GxviewError, UsageError
from gxview.models.cnn import CNN, CNNConfig, ConvBlock, DenseBlock, Exponential
from gxview.models.presets import PRESETS, find_preset


def kinds(network: CNN) -> list[str]:
    return [type(layer).__name__ for layer in network.layers]


def test_genomic_benchmarks_has_the_published_layout():
    network = CNN(find_preset("genomic-benchmarks").build(251, 1))
    block = ["Conv1d", "BatchNorm1d", "MaxPool1d"]
    assert kinds(network) == [
        "Conv1d",
        "BatchNorm1d",
        "ReLU",
        "MaxPool1d",
        *block,
        *block,
        "Flatten",
        "Linear",
        "Linear",
    ]
    assert network.config.features == 100
    assert find_preset("genomic-benchmarks").build(500, 1).features == 224
    convolutions = [layer.weight.shape for layer in network.layers if isinstance(layer, nn.Conv1d)]
    assert convolutions == [(16, 4, 8), (8, 16, 8), (4, 8, 8)]


def test_chip_seq_has_the_layout_of_tang_2025():
    network = CNN(find_preset("chip-seq").build(200, 1))
    block = ["Conv1d", "BatchNorm1d", "ReLU", "MaxPool1d", "Dropout"]
    assert kinds(network) == [*block * 3, "Flatten", "Linear", "BatchNorm1d", "ReLU", "Dropout", "Linear"]
    convolutions = [tuple(layer.weight.shape) for layer in network.layers if isinstance(layer, nn.Conv1d)]
    assert convolutions == [(64, 4, 7), (96, 64, 5), (128, 96, 5)]
    assert [layer.kernel_size for layer in network.layers if isinstance(layer, nn.MaxPool1d)] == [4, 4, 2]
    assert [layer.p for layer in network.layers if isinstance(layer, nn.Dropout)] == [0.2, 0.2, 0.2, 0.5]
    assert network.layers[-1].weight.shape == (1, 256)


@pytest.mark.parametrize("name", PRESETS)
@pytest.mark.parametrize("labels", [1, 3])
def test_every_preset_runs_and_survives_json(name, labels):
    config = PRESETS[name].build(120, labels)
    assert CNNConfig.from_dict(json.loads(json.dumps(config.to_dict()))) == config
    assert (config.input_length is not None) == PRESETS[name].fixed_length
    assert CNN(config).eval()(torch.zeros(2, 4, 120)).shape == (2, labels)


blocks = st.builds(
    ConvBlock,
    filters=st.integers(1, 3),
    kernel=st.sampled_from([1, 3, 5]),
    dilation=st.integers(1, 3),
    padding=st.sampled_from(["same", "valid"]),
    activation=st.sampled_from(["relu", "exponential", "none"]),
    pool=st.integers(1, 3),
)


@given(st.lists(blocks, min_size=1, max_size=3))
def test_the_minimum_length_is_the_shortest_that_works(chain):
    config = CNNConfig(tuple(chain))
    network = CNN(config).eval()
    assert network(torch.zeros(1, 4, config.minimum_length)).shape == (1, 1)
    if config.minimum_length > 1:
        shorter = config.minimum_length - 1
        for block in chain:
            shorter = block.output_length(shorter)
        assert shorter == 0


@given(st.lists(blocks, min_size=1, max_size=3), st.integers(0, 20))
def test_flattening_has_as_many_features_as_positions_times_filters(chain, extra):
    length = CNNConfig(tuple(chain)).minimum_length + extra
    config = CNNConfig(tuple(chain), pooling="flatten", input_length=length)
    assert CNN(config).eval()(torch.zeros(1, 4, length)).shape == (1, 1)


def test_exponential_activation_is_the_exponential():
    x = torch.tensor([-1.0, 0.0, 2.0])
    torch.testing.assert_close(Exponential()(x), x.exp())


@pytest.mark.parametrize(
    "wrong",
    [
        {"blocks": []},
        {"blocks": 3},
        {"blocks": [{"filters": 3}]},
        {"blocks": [{"filters": 3, "kernel": 0}]},
        {"blocks": [{"filters": "3", "kernel": 3}]},
        {"blocks": [{"filters": 3, "kernel": 3, "activation": "gelu"}]},
        {"blocks": [{"filters": 3, "kernel": 3, "dropout": 1.5}]},
        {"blocks": [{"filters": 3, "kernel": 3, "stride": 2}]},
        {"blocks": [{"filters": 3, "kernel": 4, "padding": "same"}]},
        {"blocks": [[1, 2, 3]]},
        {"blocks": [{"filters": 3, "kernel": 3}], "pooling": "flatten"},
        {"blocks": [{"filters": 3, "kernel": 9, "padding": "valid"}], "input_length": 8},
        {"blocks": [{"filters": 3, "kernel": 3}], "input_length": "8"},
        {"blocks": [{"filters": 3, "kernel": 3}], "num_labels": 0},
        {"blocks": [{"filters": 3, "kernel": 3}], "dense": [{"units": -1}]},
    ],
)
def test_a_wrong_configuration_is_one_sentence(wrong):
    with pytest.raises(GxviewError):
        CNNConfig.from_dict(wrong)


def test_an_unknown_preset_names_those_there_are():
    with pytest.raises(UsageError, match="promoter-small, genomic-benchmarks, chip-seq"):
        find_preset("resnet")


def test_dense_blocks_may_normalise():
    config = CNNConfig((ConvBlock(2, 3),), dense=(DenseBlock(4, batch_norm=True),))
    assert kinds(CNN(config))[-4:] == ["Linear", "BatchNorm1d", "ReLU", "Linear"]
