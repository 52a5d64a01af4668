"""LoRA learns, and what it leaves explains itself as the adapted network does."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch

from gxview.errors import GxviewError, UsageError
from gxview.explain.attnlrp import reference_pass, token_pass
from gxview.explain.rules import Rules, reference_ops
from gxview.models import load_model
from gxview.models.fit import LORA_TUNING, Optimisation
from gxview.models.folder import ModelFolder
from gxview.models.kinds import read_dnabert2
from gxview.models.train import LabelledSequences, Lora, TrainSettings, train_classifier
from gxview.models.training.lora import AdaptedLinear, adapt, load_adapter, merged_state

RECIPE = Optimisation(1e-2, 0.01, 16, epochs=3, patience=3, schedule="linear", warmup_steps=3)


@pytest.fixture(scope="module")
def data() -> LabelledSequences:
    rng = np.random.default_rng(0)
    letters = ["".join(rng.choice(list("ACGT"), 60)) for _ in range(80)]
    return LabelledSequences.of(
        ["TATAATTATAAT" + text if index % 2 else text for index, text in enumerate(letters)], np.arange(80) % 2
    )


@pytest.fixture(scope="module", params=[("Wqkv",), ("Wqkv", "attention.output.dense", "gated_layers", "wo")])
def trained(request, tmp_path_factory, tiny_dnabert2_folder, data):
    """Folder of a merged model with its adapter beside, and the network with the adapter unmerged."""
    folder = tmp_path_factory.mktemp("lora") / "model"
    lora = Lora(rank=4, alpha=16, targets=request.param, keep=True)
    given = TrainSettings("dnabert2", folder, start_from=tiny_dnabert2_folder, optimisation=RECIPE, lora=lora)
    train_classifier(given, data)
    network, _ = read_dnabert2(ModelFolder.open(tiny_dnabert2_folder))
    load_adapter(network, folder / "adapter")
    return folder, network


@pytest.mark.parametrize(("method", "alibi"), [("attnlrp", "epsilon"), ("attnlrp", "uniform"), ("cplrp", "epsilon")])
def test_the_merged_model_explains_itself_as_the_unmerged_one(trained, method, alibi, data):
    folder, unmerged = trained
    merged, rules = load_model(folder), Rules(method, alibi)
    tokens = merged.tokenize(data.sequences[:6])
    target = torch.tensor([[-1.0, 1.0]]).expand(6, 2)
    given = tokens.input_ids, tokens.attention_mask, target
    wanted, logits = token_pass(merged.network, *given, rules)
    for found in (
        token_pass(unmerged, *given, rules),  # the fast pass, which multiplies by W + s B A
        reference_pass(unmerged, *given, reference_ops(rules))[
            :2
        ],  # autograd with the rules of lxt through W x + s B A x
    ):
        largest = wanted.abs().max()
        assert float((found[0] - wanted).abs().max() / largest) < 1e-5
        torch.testing.assert_close(found[1], logits, rtol=1e-5, atol=1e-5)
    base = load_model(folder.parent / "model").logits(data.sequences[:2])
    np.testing.assert_allclose(base, logits[:2].numpy(), rtol=1e-4, atol=1e-5)


def test_only_the_adapters_and_the_head_learn(trained, tiny_dnabert2_folder):
    folder, network = trained
    report = json.loads((folder / "metrics.json").read_text())
    adapters = sum(value.numel() for name, value in network.named_parameters() if ".lora_" in name)
    head = sum(value.numel() for name, value in network.named_parameters() if "pooler" in name or "classifier" in name)
    whole = sum(value.numel() for value in load_model(folder).network.parameters())
    assert report["weights"] == {"trained": adapters + head, "all": whole}
    before, after = (load_model(path).network.state_dict() for path in (tiny_dnabert2_folder, folder))
    moved = {name for name in before if not torch.equal(before[name], after[name])}
    ends = tuple(report["settings"]["lora"]["targets"])
    assert moved == {
        name
        for name in before
        if name.startswith(("bert.pooler", "classifier")) or name.removesuffix(".weight").endswith(ends)
    }


def test_an_adapter_starts_as_nothing(tiny_dnabert2_folder):
    network, _ = read_dnabert2(ModelFolder.open(tiny_dnabert2_folder))
    before = {name: value.clone() for name, value in network.state_dict().items()}
    adapt(network, Lora())
    assert sum(isinstance(layer, AdaptedLinear) for layer in network.modules()) == 2
    after = merged_state(network)
    assert after.keys() == before.keys()
    assert all(torch.equal(before[name], after[name]) for name in before)


def test_the_defaults_are_those_of_the_official_script(tmp_path):
    lora = Lora()
    assert (lora.rank, lora.alpha, lora.dropout, lora.targets) == (8, 32, 0.05, ("Wqkv",))
    assert TrainSettings("dnabert2", tmp_path, start_from="x/y", lora=lora).recipe == LORA_TUNING


@pytest.mark.parametrize(
    ("wrong", "message"),
    [({"rank": 0}, "rank of at least 1"), ({"dropout": 1.0}, "dropout"), ({"targets": ("query",)}, "not 'query'")],
)
def test_impossible_adapters_are_refused(wrong, message):
    with pytest.raises(GxviewError, match=message):
        Lora(**wrong)


def test_a_cnn_has_no_attention_to_adapt(tmp_path):
    with pytest.raises(UsageError, match="a CNN has none"):
        TrainSettings("cnn", tmp_path, lora=Lora())


def test_a_damaged_adapter_is_one_sentence(trained, tmp_path, tiny_dnabert2_folder):
    network, _ = read_dnabert2(ModelFolder.open(tiny_dnabert2_folder))
    with pytest.raises(GxviewError, match=r"adapter_config\.json does not exist"):
        load_adapter(network, tmp_path)
