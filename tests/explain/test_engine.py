"""The engine of the window's device thread."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gxview.errors import GxviewError
from gxview.explain import explain_region
from gxview.explain.engine import Engine
from gxview.genome import Region


@pytest.fixture
def engine() -> Engine:
    return Engine(lambda path, tiles, region, reference: [path])


def test_a_model_is_loaded_once_and_described(engine, tiny_dnabert2_folder, tiny_cnn_folder):
    info = engine.load(str(tiny_dnabert2_folder), "cpu")
    assert (info.name, info.kind, info.window_length, info.device) == ("tiny-dnabert2", "dnabert2", 60, "cpu")
    assert info.targets == ("background", "promoter")
    assert info.positive == 1
    assert info.has_tokens
    names = [method.name for method in info.methods]
    assert names[:3] == ["attnlrp", "cplrp", "gradient_x_input"]
    assert {"integrated_gradients", "smoothgrad", "occlusion", "ism", "rollout", "random"} <= set(names)
    assert "delta_entropy" not in names
    assert [(option.name, option.default) for option in info.methods[0].options] == [
        ("alibi", "epsilon"),
        ("glu", "uniform"),
        ("transfer", "uniform"),
    ]
    other = engine.load(str(tiny_cnn_folder), "cpu")
    assert [method.name for method in other.methods][:3] == ["lrp", "gradient_x_input", "corrected_saliency"]
    assert {"deeplift", "deeplift_shap"} < {method.name for method in other.methods}
    assert not other.has_tokens
    assert len(engine._models) == 2
    engine.load(str(tiny_cnn_folder), "cpu")
    assert len(engine._models) == 2


def test_the_engine_gives_the_values_of_the_command_line_to_the_bit(engine, model, reference):
    key = str(model.path)
    engine.load(key, "cpu")
    for place in (Region("chr2", 100, 200), Region("chr2", 0, 333), Region("chr2", 150, 160)):
        found = engine.explain_region(reference, place, model=key, strand="mean")
        expected = explain_region(model, reference, place, strand="mean")
        np.testing.assert_array_equal(found.values, expected.values)
        np.testing.assert_array_equal(found.score, expected.score)
        assert found.tokens == expected.tokens
        assert found.provenance == expected.provenance


def test_a_model_that_was_not_loaded_is_loaded_on_first_use(engine, tiny_cnn_folder, reference):
    found = engine.explain_region(reference, Region("chr2", 0, 100), model=str(tiny_cnn_folder))
    assert found.provenance["model"]["name"] == "tiny-cnn"


def test_a_smaller_batch_size_is_kept_for_later_requests(engine, cnn, reference, monkeypatch):
    import torch

    from gxview.explain import cnn as cnn_rules

    function, refused = cnn_rules.relevance, [0]

    def limited(network, inputs, **options):
        if len(inputs) > 4:
            refused[0] += 1
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return function(network, inputs, **options)

    monkeypatch.setattr(cnn_rules, "relevance", limited)
    for place in (Region("chr2", 0, 333), Region("chr1", 500, 900)):
        found = engine.explain_region(reference, place, model=str(cnn.path))
        assert found.provenance["batch_size"] == 4
    assert refused == [2]


def test_a_checkpoint_without_any_head_is_refused(engine, tmp_path):
    import torch

    from gxview.models.dnabert2 import DNABert2Config, DNABert2Model
    from gxview.models.saving import write_config, write_network
    from gxview.models.tokenizer import train_tokenizer

    torch.manual_seed(0)
    sizes = {"hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 8}
    network = DNABert2Model(DNABert2Config(vocab_size=16, **sizes), add_pooling_layer=False)
    write_config(tmp_path, network, {"name": "pre-trained"}, train_tokenizer(["ACGTACGTTTAACC" * 20], 16))
    write_network(tmp_path, network)
    with pytest.raises(GxviewError, match="without a trained classifier"):
        engine.load(str(tmp_path), "cpu")


def test_export_goes_to_the_exporter(engine, reference, tiny_cnn_folder, tmp_path):
    tiles = [engine.explain_region(reference, Region("chr2", 0, 100), model=str(tiny_cnn_folder))]
    assert engine.export(tmp_path / "x.bw", tiles, Region("chr2", 0, 50), reference) == [tmp_path / "x.bw"]


def test_the_cpu_is_always_there(engine):
    assert engine.devices()[-1] == "cpu"


def test_the_engine_is_what_the_viewer_asks_for(engine, tiny_cnn_folder: Path):
    """The viewer knows the engine by structure only; here both sides meet."""
    from gxview.viewer.explaining import engine as asked

    def members(protocol: type) -> list[str]:
        return [name for name in vars(protocol) if not name.startswith("_")]

    info = engine.load(str(tiny_cnn_folder), "cpu")
    for one, protocol in (
        (engine, asked.EngineProtocol),
        (info, asked.ModelInfo),
        (info.methods[0], asked.MethodInfo),
        (info.methods[0].options[0], asked.OptionInfo),
    ):
        assert members(protocol)
        assert [name for name in members(protocol) if not hasattr(one, name)] == []
