"""Small models and a small genome, loaded once."""

from __future__ import annotations

from pathlib import Path
from weakref import WeakKeyDictionary

import pytest
import torch

from gxview.explain import batch, device_attention, device_facts, launch, launches
from gxview.genome import Reference
from gxview.models.base import Model
from gxview.models.loading import load_model


@pytest.fixture(scope="session")
def dnabert2(tiny_dnabert2_folder: Path) -> Model:
    return load_model(tiny_dnabert2_folder)


@pytest.fixture(scope="session")
def cnn(tiny_cnn_folder: Path) -> Model:
    return load_model(tiny_cnn_folder)


@pytest.fixture(scope="session")
def language_model(tiny_dnabert2_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Model:
    """A masked language model with random weights and the tokenizer of `dnabert2`."""
    from gxview.models.dnabert2 import DNABert2Config, DNABert2ForMaskedLM
    from gxview.models.saving import write_config, write_network
    from gxview.models.tokenizer import read_tokenizer

    sizes = {"hidden_size": 24, "num_hidden_layers": 2, "num_attention_heads": 3, "intermediate_size": 32}
    with torch.random.fork_rng():
        torch.manual_seed(4)
        network = DNABert2ForMaskedLM(DNABert2Config(vocab_size=128, initializer_range=0.4, **sizes)).eval()
    folder = tmp_path_factory.mktemp("models") / "tiny-lm"
    folder.mkdir()
    tokenizer = read_tokenizer(tiny_dnabert2_folder / "tokenizer.json")
    write_config(folder, network, {"name": "tiny-lm", "window_length": 60}, tokenizer)
    write_network(folder, network)
    return load_model(folder)


@pytest.fixture(scope="session", params=["dnabert2", "cnn"])
def model(request: pytest.FixtureRequest) -> Model:
    """Both kinds of models, one after the other."""
    loaded: Model = request.getfixturevalue(request.param)
    return loaded


@pytest.fixture(scope="session")
def reference(small_genome: Path) -> Reference:
    return Reference(small_genome)


@pytest.fixture
def launched(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compute on the CPU in launches, with everything that a GPU has and a CPU has not in place of it."""
    monkeypatch.setattr(launches, "_LAUNCHERS", WeakKeyDictionary())
    for module in (batch, launch, device_facts):
        monkeypatch.setattr(module, "in_launches", lambda model: True)
    monkeypatch.setattr(device_attention, "efficient", device_attention.explicit)
