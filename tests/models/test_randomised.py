"""Copies of a model with random weights."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from gxview.errors import UsageError
from gxview.models.cnn import CNN, CNNConfig, ConvBlock, DenseBlock
from gxview.models.dnabert2 import DNABert2Config, DNABert2ForMaskedLM
from gxview.models.loaded import LoadedCNN
from gxview.models.loading import content_hash_of, load_model, model_kind_of
from gxview.models.randomised import blocks_of, randomised, split_name
from gxview.models.saving import write_config, write_network


@pytest.fixture(params=["tiny_dnabert2_folder", "tiny_cnn_folder"])
def folder(request):
    return request.getfixturevalue(request.param)


def changed(model, other):
    """Names of the weights that differ, statistics included."""
    mine, theirs = model.network.state_dict(), other.network.state_dict()
    assert list(mine) == list(theirs)
    return {name for name in mine if not torch.equal(mine[name], theirs[name])}


def sequences(count, length):
    rng = np.random.default_rng(3)
    return ["".join(rng.choice(list("ACGT"), length)) for _ in range(count)]


def test_the_same_seed_gives_the_same_model_and_another_seed_another(folder):
    model = load_model(folder)
    before = {name: value.clone() for name, value in model.network.state_dict().items()}
    first, again, other = (randomised(model, seed=seed) for seed in (1, 1, 2))
    assert not changed(first, again)
    weights = {name for name, value in model.network.named_parameters() if value.dim() > 1}
    assert weights <= changed(model, first)
    assert weights <= changed(first, other)
    assert all(torch.equal(value, before[name]) for name, value in model.network.state_dict().items())
    assert len({model.content_hash, first.content_hash, other.content_hash}) == 3
    assert first.content_hash == again.content_hash
    assert first.name == f"{model.name}#randomised-1"
    assert "random weights" in first.notes[-1]


def test_the_program_s_random_numbers_are_left_alone(folder):
    model = load_model(folder)
    torch.manual_seed(7)
    expected = torch.rand(3)
    torch.manual_seed(7)
    randomised(model, seed=1)
    assert torch.equal(torch.rand(3), expected)


def test_cascade_from_the_top_changes_one_block_more_at_a_time(folder):
    model = load_model(folder)
    blocks = blocks_of(model)
    parents, last = [], set()
    for count in range(1, len(blocks) + 1):
        touched = changed(model, randomised(model, seed=5, top=count))
        allowed = tuple(f"{name}." for block in blocks[:count] for name in block)
        assert last < touched
        assert all(name.startswith(allowed) for name in touched)
        parents.append(touched)
        last = touched
    assert parents[-1] == changed(model, randomised(model, seed=5))


def test_the_head_alone(folder):
    model = load_model(folder)
    copy = randomised(model, seed=4, head_only=True)
    assert copy.name.endswith("#randomised-4-head")
    touched = changed(model, copy)
    if model.kind == "dnabert2":
        assert {name.split(".")[-3] for name in touched if "pooler" in name} == {"pooler"}
        assert all(name.startswith(("classifier.", "bert.pooler.")) for name in touched)
    else:
        linear = {f"{name}.weight" for name, layer in model.network.named_modules() if isinstance(layer, nn.Linear)}
        assert linear <= touched
        assert not any(isinstance(model.network.get_submodule(name.rpartition(".")[0]), nn.Conv1d) for name in touched)


@pytest.mark.parametrize("suffix", ["#randomised-3", "#randomised-3-top2", "#randomised-3-head"])
def test_a_name_loads_what_the_function_makes(folder, suffix):
    name = f"{folder}{suffix}"
    loaded, model = load_model(name), load_model(folder)
    _, recipe = split_name(name)
    made = randomised(model, seed=recipe.seed, top=recipe.top, head_only=recipe.head_only)
    assert not changed(loaded, made)
    assert loaded.name == model.name + suffix == made.name
    assert loaded.content_hash == made.content_hash == content_hash_of(name) != content_hash_of(str(folder))
    assert model_kind_of(name) == model.kind
    asked = sequences(3, model.window_length)
    assert np.array_equal(loaded.logits(asked), made.logits(asked))
    assert not np.allclose(loaded.logits(asked), model.logits(asked))


@pytest.mark.parametrize("name", ["a#randomised", "a#randomised-x", "a#randomised-1-tail", "a"])
def test_other_names_are_names_of_folders(name):
    assert split_name(name) == (name, None)


def test_what_cannot_be_made_random_is_told(folder):
    model = load_model(folder)
    with pytest.raises(UsageError, match=rf"has {len(blocks_of(model))} blocks"):
        randomised(model, seed=1, top=99)
    with pytest.raises(UsageError, match="choose one"):
        randomised(model, seed=1, top=1, head_only=True)
    with pytest.raises(UsageError, match="seed"):
        randomised(model, seed=-1)


def test_batch_normalisation_fits_the_new_weights():
    """Each new normalisation leaves values of mean 0 and variance 1, on whatever the blocks below it give."""
    config = CNNConfig((ConvBlock(8, 5, pool=2), ConvBlock(6, 5)), (DenseBlock(4, True),))
    network = CNN(config).eval()
    with torch.no_grad():
        for value in network.parameters():
            value.mul_(3)
    model = LoadedCNN("a", "cnn", None, "0", 80, ("t",), 0, (), torch.device("cpu"), network)
    asked = sequences(400, 80)
    for top in (2, 4):
        copy = randomised(model, seed=1, top=top)
        fresh = {name for block in blocks_of(copy)[:top] for name in block}
        norms = {name: layer for name, layer in copy.network.named_modules() if isinstance(layer, nn.BatchNorm1d)}
        for name in fresh & set(norms):
            values = output_of(copy.network, norms[name], copy.one_hot(asked))
            axes = [0, 2] if values.dim() == 3 else [0]
            assert values.mean(axes).abs().max() < 0.3, name
            assert (values.var(axes) - 1).abs().max() < 0.5, name
        assert not any(layer.training for layer in copy.network.modules())


def output_of(network, layer, inputs):
    """What a layer gives on the way of some inputs."""
    kept = []
    handle = layer.register_forward_hook(lambda _module, _inputs, output: kept.append(output))
    network(inputs)
    handle.remove()
    return kept[0]


def test_a_language_model_keeps_its_decoder_tied(tmp_path):
    config = DNABert2Config(
        vocab_size=32, hidden_size=8, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16
    )
    from gxview.models.tokenizer import train_tokenizer

    folder = tmp_path / "lm"
    folder.mkdir()
    network = DNABert2ForMaskedLM(config)
    write_config(folder, network, {"name": "lm"}, train_tokenizer(["ACGT" * 50], 32))
    write_network(folder, network)
    copy = load_model(f"{folder}#randomised-1")
    assert copy.network.cls.predictions.decoder.weight is copy.network.bert.embeddings.word_embeddings.weight
    assert blocks_of(copy) == (("cls",), ("bert.encoder.layer.0",), ("bert.embeddings",))
    assert not changed(copy, load_model(f"{folder}#randomised-1"))
