"""Embeddings of models of the transformers library against hooks on the network, one sequence at a time."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from transformers import AutoModel, AutoTokenizer

from gxview.assess.probe.features import slots_of_bases
from gxview.assess.probe.layers import open_layers
from gxview.errors import GxviewError, UsageError
from tests.assess.mit.tiny_models import change_config, words, write_bert, write_esm, write_gpt2


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    root = tmp_path_factory.mktemp("native")
    return {
        "bert": write_bert(root / "bert", words(3)),
        "esm": write_esm(root / "esm"),
        "gpt2": write_gpt2(root / "gpt2"),
    }


@pytest.fixture(scope="module")
def sequences() -> list[str]:
    rng = np.random.default_rng(6)
    return ["".join(rng.choice(list("ACGT"), size)) for size in (30, 31, 30, 45)]


def states_of(folder, text: str) -> tuple[list[str], list[np.ndarray]]:
    """Return the tokens of a text, and what leaves each layer of the network, seen by hooks."""
    network, tokenizer = AutoModel.from_pretrained(folder).eval(), AutoTokenizer.from_pretrained(folder)
    layers = network.h if hasattr(network, "h") else network.encoder.layer
    seen: list[np.ndarray] = []

    def keep(_module, _inputs, out):
        seen.append((out[0] if isinstance(out, tuple) else out).reshape(-1, network.config.hidden_size).numpy())

    for layer in layers:
        layer.register_forward_hook(keep)
    given = tokenizer(text, return_tensors="pt")
    with torch.inference_mode():
        network(input_ids=given["input_ids"], attention_mask=given["attention_mask"])
    return tokenizer.convert_ids_to_tokens(given["input_ids"][0].tolist()), seen


@pytest.mark.parametrize(
    ("kind", "spell"),
    [
        ("bert", lambda text: " ".join(text[at : at + 3] for at in range(len(text) - 2))),
        ("esm", str),
    ],
)
def test_layers_are_those_of_the_network(folders, sequences, kind, spell):
    layered = open_layers(str(folders[kind]), "cpu")
    assert [(layer.number, layer.width, layer.pools) for layer in layered.layers] == [
        (number, 16, ("cls", "mean", "full")) for number in range(3)
    ]
    slots = layered.slots(sequences)
    found = layered.read(sequences, [(1, "full"), (1, "cls"), (1, "mean")], slots)
    for row, sequence in enumerate(sequences):
        tokens, seen = states_of(folders[kind], spell(sequence))
        inner = [n for n, token in enumerate(tokens) if set(token) <= set("ACGT")]
        assert found[1, "cls"][row] == pytest.approx(seen[0][0], abs=1e-5)
        assert found[1, "mean"][row] == pytest.approx(seen[0][inner].mean(axis=0), abs=1e-5)
        assert found[1, "full"][row, : len(inner)] == pytest.approx(seen[0][inner], abs=1e-5)


def test_a_model_without_a_token_of_classes_has_no_cls(folders, sequences):
    layered = open_layers(str(folders["gpt2"]), "cpu")
    assert {pool for layer in layered.layers for pool in layer.pools} == {"mean", "full"}
    assert "no cls" in layered.notes[0]
    found = layered.read(sequences, [(1, "mean")], 0)
    for row, sequence in enumerate(sequences):
        assert found[1, "mean"][row] == pytest.approx(states_of(folders["gpt2"], sequence)[1][0].mean(axis=0), abs=1e-5)


def test_bases_get_the_word_in_whose_middle_they_stand(folders, sequences):
    layered = open_layers(str(folders["bert"]), "cpu")
    slots = layered.slots(sequences)
    assert slots == max(map(len, sequences)) - 2
    for row, sequence in zip(layered.bases(sequences, 1, slots), sequences, strict=True):
        last = len(sequence) - 3
        assert slots_of_bases(row, len(sequence)).tolist() == [0, *range(last + 1), last]


def test_bases_of_words_side_by_side_get_their_word(folders):
    layered = open_layers(str(folders["esm"]), "cpu")
    (row,) = layered.bases(["ACGTTGCA"], 1, 4)
    assert row.tolist() == [3, 3, 1, 1]


def test_values_do_not_depend_on_the_other_sequences(folders, sequences):
    layered = open_layers(str(folders["esm"]), "cpu")
    together = layered.read(sequences, [(2, "mean")], 0)[2, "mean"]
    alone = np.concatenate([layered.read([one], [(2, "mean")], 0)[2, "mean"] for one in sequences])
    assert together == pytest.approx(alone, abs=1e-5)


def test_a_copy_with_random_weights_has_other_embeddings(folders, sequences):
    trained, copy = (open_layers(f"{folders['esm']}{tail}", "cpu") for tail in ("", "#randomised-0"))
    assert trained.content_hash != copy.content_hash
    one, two = (model.read(sequences, [(2, "mean")], 0)[2, "mean"] for model in (trained, copy))
    assert np.abs(one - two).max() > 0.1
    again = open_layers(f"{folders['esm']}#randomised-0", "cpu")
    assert np.array_equal(again.read(sequences, [(2, "mean")], 0)[2, "mean"], two)
    with pytest.raises(UsageError, match="can be made random"):
        open_layers(f"{folders['esm']}#randomised-0-top1", "cpu")


def test_what_cannot_be_read_is_said(folders, tmp_path):
    bert = open_layers(str(folders["bert"]), "cpu")
    with pytest.raises(GxviewError, match="takes at most 128 tokens, but a sequence has 200"):
        bert.read(["ACGT" * 50], [(1, "mean")], 0)
    other = write_gpt2(tmp_path / "other")
    change_config(other, model_type="hyenadna", auto_map={"AutoModel": "code.Hyena"})
    with pytest.raises(GxviewError, match="needs code of its own, which gxview never runs"):
        open_layers(str(other), "cpu")
