"""LRP and gradient methods of the convolutional network, against other libraries and against the formulas."""

from __future__ import annotations

import threading

import numpy as np
import pytest
import torch
from torch import nn

from gxview.errors import GxviewError, UsageError
from gxview.explain.cnn import relevance
from gxview.models.cnn import CNN, CNNConfig, ConvBlock, DenseBlock
from gxview.models.sequences import one_hot

LENGTH = 24


def make_network(*, activation="relu", labels=2, pooling="flatten", biases=True, seed=0) -> CNN:
    torch.manual_seed(seed)
    config = CNNConfig(
        blocks=(ConvBlock(6, 5, activation=activation, pool=2), ConvBlock(5, 3, dilation=2, padding="valid")),
        dense=(DenseBlock(7, batch_norm=True),),
        pooling=pooling,
        num_labels=labels,
        input_length=LENGTH if pooling == "flatten" else None,
    )
    network = CNN(config).double()
    for layer in network.layers:
        if isinstance(layer, nn.BatchNorm1d):
            for values in (layer.weight, layer.bias, layer.running_mean):
                nn.init.normal_(values, 0.5, 0.5)
            nn.init.uniform_(layer.running_var, 0.5, 2)
        if not biases and isinstance(layer, nn.Conv1d | nn.Linear):
            nn.init.zeros_(layer.bias)
        if not biases and isinstance(layer, nn.BatchNorm1d):
            nn.init.zeros_(layer.bias)
            nn.init.zeros_(layer.running_mean)
    return network.eval().requires_grad_(False)


def make_input(number=3, *, seed=1) -> torch.Tensor:
    rng = np.random.default_rng(seed)
    return one_hot(["".join(rng.choice(list("ACGT"), LENGTH)) for _ in range(number)])


def assert_close(found, expected, relative=1e-5):
    assert np.abs(found - expected).max() <= relative * np.abs(expected).max()


@pytest.mark.parametrize("pooling", ["flatten", "max"])
@pytest.mark.parametrize("target", [0, 1, "contrast"])
def test_lrp_0_equals_gradient_x_input_of_a_relu_network(pooling, target):
    network, bases = make_network(pooling=pooling), make_input()
    lrp = relevance(network, bases, method="lrp", target=target, epsilon=1e-12)
    gradient = relevance(network, bases, method="gradient_x_input", target=target)
    assert_close(lrp.values, gradient.values)
    assert_close(lrp.hypothetical, gradient.hypothetical)


def test_gradient_x_input_agrees_with_captum():
    from captum.attr import InputXGradient

    network, bases = make_network(), make_input()
    expected = InputXGradient(network).attribute(bases.double().requires_grad_(), target=1).sum(1).detach().numpy()
    assert_close(relevance(network, bases, method="gradient_x_input", target=1).values, expected)


def lrp_by_hand(layers: list[nn.Module], x: np.ndarray, target: int, rule) -> np.ndarray:
    """Bach et al. 2015 with every layer as a dense matrix; relevance per unit of each input of the first layer."""
    activations, steps = [x.ravel()], []
    shape = x.shape
    for layer in layers:
        inputs = torch.from_numpy(activations[-1].reshape(1, *shape))
        output = layer(inputs)
        steps.append((layer, dense_matrix(layer, inputs), output.detach().numpy().ravel()))
        shape = tuple(output.shape[1:])
        activations.append(output.detach().numpy().ravel())
    carried = np.zeros_like(activations[-1])
    carried[target] = activations[-1][target]
    for (layer, matrix, output), inputs in zip(reversed(steps), reversed(activations[:-1]), strict=True):
        if matrix is not None:
            bias = output - matrix @ inputs
            per_unit = rule(layer, matrix, inputs, bias, carried)
            carried = inputs * per_unit
        elif isinstance(layer, nn.MaxPool1d):
            carried = winners(layer, inputs, carried)
    return per_unit.reshape(x.shape)


def dense_matrix(layer: nn.Module, inputs: torch.Tensor) -> np.ndarray | None:
    if not isinstance(layer, nn.Conv1d | nn.Linear):
        return None
    return torch.func.jacrev(lambda flat: layer(flat.reshape(inputs.shape)).ravel())(inputs.ravel()).detach().numpy()


def winners(layer: nn.MaxPool1d, inputs: np.ndarray, carried: np.ndarray) -> np.ndarray:
    width = layer.kernel_size
    blocks = inputs.reshape(-1, width)
    spread = np.zeros_like(blocks)
    spread[np.arange(len(blocks)), blocks.argmax(axis=1)] = carried
    return spread.ravel()


def stabilised(z):
    return z + 1e-6 * np.where(z >= 0, 1.0, -1.0)


def epsilon_rule(_layer, matrix, inputs, bias, carried):
    return matrix.T @ (carried / stabilised(matrix @ inputs + bias))


def epsilon_plus_rule(layer, matrix, inputs, bias, carried):
    if isinstance(layer, nn.Linear):
        return epsilon_rule(layer, matrix, inputs, bias, carried)
    positive = matrix.clip(min=0)  # all inputs of this chain are 0 or more
    return positive.T @ (carried / stabilised(positive @ inputs + bias.clip(min=0)))


def gamma_rule(layer, matrix, inputs, bias, carried):
    """Andeol et al. 2021: outputs above 0 favour positive weights, outputs below 0 favour negative ones."""
    if isinstance(layer, nn.Linear):
        return epsilon_rule(layer, matrix, inputs, bias, carried)
    z = matrix @ inputs + bias
    result = np.zeros_like(inputs)
    for sign, chosen in ((1, z > 0), (-1, z < 0)):
        weights, offsets = matrix + 0.25 * part(matrix, sign), bias + 0.25 * part(bias, sign)
        result += weights.T @ (np.where(chosen, carried, 0) / stabilised(weights @ inputs + offsets))
    return result


def part(values, sign):
    return values.clip(min=0) if sign > 0 else values.clip(max=0)


@pytest.mark.parametrize(
    ("composite", "rule"), [("epsilon", epsilon_rule), ("epsilon_plus", epsilon_plus_rule), ("gamma", gamma_rule)]
)
def test_every_composite_equals_its_formula_written_out(composite, rule):
    torch.manual_seed(3)
    config = CNNConfig(
        blocks=(ConvBlock(4, 3, batch_norm=False, pool=2), ConvBlock(3, 3, batch_norm=False)),
        dense=(DenseBlock(5),),
        pooling="flatten",
        num_labels=2,
        input_length=8,
    )
    network = CNN(config).double().eval().requires_grad_(False)
    bases = one_hot(["ACGTTGCA", "GGATNCAT"]).double()
    found = relevance(network, bases, method="lrp", target=1, composite=composite)
    expected = np.stack([lrp_by_hand(list(network.layers), x, 1, rule) for x in bases.numpy()])
    assert_close(found.hypothetical, expected)
    assert_close(found.values, (expected * bases.numpy()).sum(axis=1))


def test_without_biases_the_relevance_sums_to_the_logit():
    network, bases = make_network(biases=False), make_input()
    for composite in ("epsilon", "epsilon_plus", "gamma"):
        found = relevance(network, bases, method="lrp", target=1, composite=composite, epsilon=1e-12)
        assert_close(found.values.sum(axis=1), found.logits[:, 1])


def test_a_contrast_starts_from_both_logits():
    network, bases = make_network(biases=False), make_input()
    found = relevance(network, bases, method="lrp", target=[-1.0, 1.0], epsilon=1e-12)
    assert_close(found.values.sum(axis=1), found.logits[:, 1] - found.logits[:, 0])
    named = relevance(network, bases, method="lrp", target="contrast", epsilon=1e-12)
    np.testing.assert_array_equal(found.values, named.values)


def test_mean_pooling_shares_by_contribution_and_conserves():
    network, bases = make_network(pooling="mean", biases=False), make_input()
    found = relevance(network, bases, method="lrp", target=0, epsilon=1e-12)
    gradient = relevance(network, bases, method="gradient_x_input", target=0)
    assert_close(found.values, gradient.values)
    assert_close(found.values.sum(axis=1), found.logits[:, 0])


def test_corrected_saliency_is_the_gradient_minus_its_mean_over_the_bases():
    network, bases = make_network(activation="exponential"), make_input()
    inputs = bases.double().requires_grad_()
    (gradient,) = torch.autograd.grad(network(inputs)[:, 1].sum(), inputs)
    expected = ((gradient - gradient.mean(1, keepdim=True)) * bases).sum(1).numpy()
    assert_close(relevance(network, bases, method="corrected_saliency", target=1).values, expected)


def test_lrp_refuses_exponential_activations_and_names_what_works():
    network = make_network(activation="exponential")
    with pytest.raises(GxviewError, match="gradient_x_input or corrected_saliency"):
        relevance(network, make_input(), method="lrp", target=0)


@pytest.mark.parametrize(
    "options", [{"method": "ism"}, {"method": "lrp", "composite": "zbox"}, {"method": "lrp", "target": 2}]
)
def test_unknown_names_are_usage_errors(options):
    with pytest.raises(UsageError):
        relevance(make_network(), make_input(), **{"target": 0, **options})


def test_n_has_no_relevance():
    bases = one_hot(["ACGTNNNNACGTACGTACGTACGT"])
    for method in ("lrp", "gradient_x_input", "corrected_saliency"):
        assert not relevance(make_network(), bases, method=method, target=0).values[0, 4:8].any()


def test_explaining_leaves_the_network_without_hooks_and_with_its_weights():
    network, bases = make_network(), make_input()
    before = {name: value.clone() for name, value in network.state_dict().items()}
    relevance(network, bases, method="lrp", target=0)
    assert all(torch.equal(before[name], value) for name, value in network.state_dict().items())
    assert not any(layer._forward_hooks or layer._forward_pre_hooks for layer in network.modules())
    assert not any(value.requires_grad for value in network.parameters())


def test_threads_that_explain_and_predict_at_once_get_the_numbers_they_get_alone():
    network, bases = make_network(), make_input(8)
    composites = ("epsilon", "epsilon_plus", "gamma")
    alone = {name: relevance(network, bases, method="lrp", target=1, composite=name).values for name in composites}
    plain = network(bases.double())
    wrong: list[str] = []

    def explain(name: str) -> None:
        for _ in range(20):
            if not np.array_equal(
                relevance(network, bases, method="lrp", target=1, composite=name).values, alone[name]
            ):
                wrong.append(name)

    def predict() -> None:
        for _ in range(200):
            if not torch.equal(network(bases.double()), plain):
                wrong.append("prediction")

    threads = [threading.Thread(target=explain, args=(name,)) for name in composites]
    threads.append(threading.Thread(target=predict))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
