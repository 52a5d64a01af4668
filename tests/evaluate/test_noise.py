import numpy as np
import pytest
import torch
from captum.metrics import sensitivity_max

from gxview.evaluate.mutants import sequence_rng
from gxview.evaluate.noise import RADIUS, TINY, noise_records, sensitivity
from gxview.explain import attnlrp, explain
from gxview.explain.cnn import relevance_tensors
from gxview.explain.settings import settle
from gxview.models.randomised import randomised
from tests.evaluate.fakes import by_metric, random_sequences

CASES = [
    ("dnabert2", "attnlrp"),
    ("dnabert2", "cplrp"),
    ("dnabert2", "gradient_x_input"),
    ("cnn", "lrp"),
    ("cnn", "gradient_x_input"),
]


def directions(inputs, draws, seed, sequence):
    """The noise as it is drawn there: first the tiny one, then that of the radius."""
    rng = sequence_rng(seed, sequence, "noise")
    for size in (TINY, RADIUS):
        drawn = torch.from_numpy(rng.standard_normal((draws, *inputs.shape))).to(inputs)
        yield drawn * (size * inputs.norm() / drawn.flatten(1).norm(dim=1).view(-1, 1, 1))


@pytest.mark.parametrize("method", ["lrp", "gradient_x_input"])
def test_the_largest_change_is_that_of_captum(cnn, method):
    (sequence,) = random_sequences(1, 60)
    settings = settle(cnn, method, None, {})
    inputs = cnn.one_hot([sequence])
    _, wide = directions(inputs[0], 8, 3, sequence)

    def explained(x):
        return relevance_tensors(cnn.network, x[0], method=method, target=settings.weights(1))[0]

    theirs = sensitivity_max(
        lambda x: (explained(x),), (inputs,), lambda x, _radius=None: ((inputs + wide).abs(),), n_perturb_samples=8
    )
    ours = sensitivity(cnn, sequence, settings, draws=8, seed=3)
    assert ours.largest == pytest.approx(float(theirs), rel=1e-5)


def test_embeddings_without_noise_give_the_explanation_itself(dnabert2):
    """What is moved is the row of the word embedding that a token reads: a table of its own rows gives the same."""
    (sequence,) = random_sequences(1, 60)
    settings = settle(dnabert2, "attnlrp", None, {})
    (plain,) = explain(dnabert2, [sequence], "attnlrp")
    tokens = dnabert2.tokenize([sequence])
    words = dnabert2.network.bert.embeddings.word_embeddings(tokens.input_ids)[0].detach()
    tiny, _ = directions(words, 4, 0, sequence)
    changes = []
    for noise in tiny:
        moved = torch.nn.Embedding.from_pretrained(words + noise)
        copy = randomised(dnabert2, seed=1, head_only=True).network  # a network of its own with the same parts
        copy.load_state_dict(dnabert2.network.state_dict())
        copy.bert.embeddings.word_embeddings = moved
        ids = torch.arange(len(words))[None]
        found = attnlrp.relevance(copy, ids, method="attnlrp", target=settings.weights(2)).relevance[0, 1:-1]
        changes.append(np.linalg.norm(found - plain.token_relevance) / np.linalg.norm(plain.token_relevance))
    assert sensitivity(dnabert2, sequence, settings, draws=4).local == pytest.approx(
        np.median(changes) / TINY, rel=0.02
    )


@pytest.mark.parametrize(("name", "method"), CASES)
def test_every_method_has_two_finite_numbers(name, method, request):
    model = request.getfixturevalue(name)
    sequences = random_sequences(2, 60)
    records = noise_records(model, sequences, ["a", "b"], method=method, draws=3, set="dinucleotide")
    found = by_metric(records)
    assert set(found) == {"local_lipschitz", "max_sensitivity"}
    assert all(np.isfinite(values).all() and min(values) > 0 for values in found.values())
    assert {(one.set, one.model, one.method) for one in records} == {("dinucleotide", model.name, method)}
    assert {one.level for one in records} == {"token" if name == "dnabert2" else "base"}
    (again, *_) = noise_records(model, sequences[1:], ["b"], method=method, draws=3)
    assert again.value == pytest.approx(found["local_lipschitz"][1], rel=0.05)


def test_gradient_times_input_of_a_linear_model_moves_as_its_input(cnn):
    """R = w x, so the change of the whole (4, L) product is w d; the numbers follow from the noise."""
    from dataclasses import replace

    from gxview.models.cnn import CNN, CNNConfig, ConvBlock

    blocks = (ConvBlock(1, 1, batch_norm=False, activation="none"),)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        network = CNN(CNNConfig(blocks=blocks, pooling="mean")).eval().requires_grad_(False)
    linear = replace(cnn, network=network)
    (sequence,) = random_sequences(1, 30)
    inputs = linear.one_hot([sequence])[0]
    tiny, _ = directions(inputs, 5, 0, sequence)
    weights = network.layers[0].weight[0, :, 0][:, None]
    own = (weights * inputs).sum(0)
    changes = [((weights * ((inputs + d).abs() - inputs)).sum(0).norm() / own.norm()).item() for d in tiny]
    settings = settle(linear, "gradient_x_input", None, {})
    assert sensitivity(linear, sequence, settings, draws=5).local == pytest.approx(np.median(changes) / TINY, rel=1e-3)


def test_a_method_without_noise_says_so(cnn):
    records = noise_records(cnn, random_sequences(1, 60), ["a"], method="ism")
    assert [one.reason for one in records] == [
        "ism is explained from letters only; noise is there for lrp, gradient_x_input, corrected_saliency"
    ] * 2
