"""Embeddings against hooks on the network, one sequence at a time."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest
import torch

from gxview.assess.probe.features import slots_of_bases
from gxview.assess.probe.layers import chosen_layers, open_layers
from gxview.errors import GxviewError, UsageError
from gxview.models import load_model


@pytest.fixture(scope="module")
def sequences() -> list[str]:
    rng = np.random.default_rng(5)
    return ["".join(rng.choice(list("ACGTN"), size, p=(0.24, 0.25, 0.25, 0.25, 0.01))) for size in (60, 45, 60, 77, 30)]


def hooked(network, modules, call) -> list[np.ndarray]:
    """Return what leaves each module when the network is called as usual."""
    seen: list[np.ndarray] = []
    handles = [module.register_forward_hook(lambda _m, _i, out: seen.append(out[0].numpy())) for module in modules]
    try:
        with torch.inference_mode():
            call(network)
    finally:
        for handle in handles:
            handle.remove()
    return seen


def test_layers_of_a_transformer_are_those_of_its_own_forward_pass(tiny_dnabert2_folder, sequences):
    layered, model = open_layers(str(tiny_dnabert2_folder), "cpu"), load_model(tiny_dnabert2_folder)
    assert [layer.number for layer in layered.layers] == [0, 1, 2]
    pieces = [(layer.number, pool) for layer in layered.layers for pool in layer.pools]
    slots = layered.slots(sequences)
    found = layered.read(sequences, pieces, slots)
    bert = model.network.bert
    for row, sequence in enumerate(sequences):
        ids = model.tokenize([sequence]).input_ids
        states = hooked(model.network, [bert.embeddings, *bert.encoder.layer], lambda network, i=ids: network(i))
        for number, state in enumerate(states):
            inner = state[1:-1]
            assert found[number, "cls"][row] == pytest.approx(state[0], abs=1e-5)
            assert found[number, "mean"][row] == pytest.approx(inner.mean(axis=0), abs=1e-5)
            assert found[number, "full"][row, : len(inner)] == pytest.approx(inner, abs=1e-5)
            assert not found[number, "full"][row, len(inner) :].any()


def test_each_base_gets_the_vector_of_its_token(tiny_dnabert2_folder, sequences):
    layered, model = open_layers(str(tiny_dnabert2_folder), "cpu"), load_model(tiny_dnabert2_folder)
    bases = layered.bases(sequences, 1, layered.slots(sequences))
    for row, sequence, span in zip(bases, sequences, model.tokenize(sequences).spans, strict=True):
        slots = slots_of_bases(row, len(sequence))
        known = [next(n for n, (start, end) in enumerate(span) if start <= at < end) for at in range(len(sequence))]
        assert slots.tolist() == known


def test_layers_of_a_cnn_are_those_of_its_chain(tiny_cnn_folder, sequences):
    layered, model = open_layers(str(tiny_cnn_folder), "cpu"), load_model(tiny_cnn_folder)
    assert [(layer.number, layer.pools) for layer in layered.layers] == [
        (1, ("mean", "full")),
        (2, ("mean", "full")),
        (3, ("cls",)),
    ]
    slots = layered.slots(sequences)
    found = layered.read(sequences, [(1, "full"), (2, "mean"), (2, "full"), (3, "cls")], slots)
    kinds = [type(module).__name__ for module in model.network.layers]
    ends = [model.network.layers[place] for place in (kinds.index("MaxPool1d"), kinds.index("AdaptiveMaxPool1d") - 1)]
    dense = model.network.layers[len(kinds) - 2]
    for row, sequence in enumerate(sequences):
        inputs = model.one_hot([sequence])
        first, second, third = hooked(model.network, [*ends, dense], lambda network, i=inputs: network(i))
        assert found[1, "full"][row, : first.shape[1]] == pytest.approx(first.T, abs=1e-5)
        assert found[2, "mean"][row] == pytest.approx(second.mean(axis=1), abs=1e-5)
        assert found[3, "cls"][row] == pytest.approx(third, abs=1e-5)
    even = layered.bases(sequences[:1], 1, slots)[0]
    assert even[:30].tolist() == [2] * 30  # 60 bases, pooled by two
    assert not even[30:].any()


def test_a_copy_with_random_weights_has_other_embeddings(tiny_dnabert2_folder, sequences):
    trained, copy = (open_layers(f"{tiny_dnabert2_folder}{tail}", "cpu") for tail in ("", "#randomised-0"))
    assert trained.content_hash != copy.content_hash
    one, two = (model.read(sequences, [(2, "mean")], 0)[2, "mean"] for model in (trained, copy))
    assert np.abs(one - two).max() > 0.1


def test_layers_are_chosen_by_number_from_either_end(tiny_dnabert2_folder, tiny_cnn_folder):
    transformer, cnn = (open_layers(str(folder), "cpu") for folder in (tiny_dnabert2_folder, tiny_cnn_folder))
    assert [(layer.number, pool) for layer, pool in chosen_layers(transformer, (), ("cls", "full"))] == [
        (2, "cls"),
        (2, "full"),
    ]
    assert [layer.number for layer, _ in chosen_layers(transformer, (0, -1), ("mean",))] == [0, 2]
    assert [(layer.number, pool) for layer, pool in chosen_layers(cnn, (), ("cls", "mean"))] == [
        (3, "cls"),
        (2, "mean"),
    ]
    with pytest.raises(UsageError, match=r"has no layer 7; it has 0 \(embeddings of tokens\), 1 \(encoder layer 1\)"):
        chosen_layers(transformer, (7,), ("mean",))
    with pytest.raises(UsageError, match="has no layer 0; it has 1"):
        chosen_layers(cnn, (0,), ("mean",))
    with pytest.raises(UsageError, match="The chosen layers of tiny-cnn have no cls"):
        chosen_layers(cnn, (1,), ("cls",))


def test_several_models_have_no_layers_and_a_member_is_named(tiny_cnn_folder, tmp_path):
    for member in ("a", "b"):
        shutil.copytree(tiny_cnn_folder, tmp_path / member)
    (tmp_path / "ensemble.json").write_text(json.dumps({"name": "both", "members": ["a", "b"]}))
    with pytest.raises(GxviewError, match=r"both is an ensemble of 2 models.*for instance .*a\.$"):
        open_layers(str(tmp_path), "cpu")
