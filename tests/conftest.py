"""Fixtures shared by all tests."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings

settings.register_profile("gxview", deadline=None)  # a test must not fail because the machine was busy
settings.load_profile("gxview")

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """Folder with real genomes, promoters and official model outputs, kept beside the checkout."""
    if not SHARED.is_dir():
        pytest.skip("the folder ../shared with real test data does not exist")
    return SHARED


@pytest.fixture(scope="session")
def tiny_dnabert2_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of a DNABERT-2 with random weights, two targets and windows of 60 bases."""
    import torch

    from gxview.models.dnabert2 import DNABert2Config, DNABert2ForSequenceClassification
    from gxview.models.saving import write_config, write_network
    from gxview.models.tokenizer import train_tokenizer

    rng = np.random.default_rng(1)
    tokenizer = train_tokenizer(["".join(rng.choice(list("ACGT"), 20_000))], 128)
    with torch.random.fork_rng():
        torch.manual_seed(1)
        config = DNABert2Config(
            vocab_size=128,
            hidden_size=24,
            num_hidden_layers=2,
            num_attention_heads=3,
            intermediate_size=32,
            initializer_range=0.4,
            num_labels=2,
        )
        network = DNABert2ForSequenceClassification(config).eval()
    folder = tmp_path_factory.mktemp("models") / "tiny-dnabert2"
    folder.mkdir()
    block = {"name": "tiny-dnabert2", "window_length": 60, "targets": ["background", "promoter"], "positive": 1}
    write_config(folder, network, block, tokenizer)
    write_network(folder, network)
    return folder


@pytest.fixture(scope="session")
def tiny_cnn_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of a CNN with random weights, one logit and windows of 60 bases."""
    import torch

    from gxview.models.cnn import CNN, CNNConfig, ConvBlock, DenseBlock
    from gxview.models.saving import write_config, write_network

    with torch.random.fork_rng():
        torch.manual_seed(2)
        blocks = (ConvBlock(8, 7, pool=2), ConvBlock(8, 5))
        network = CNN(CNNConfig(blocks=blocks, dense=(DenseBlock(16),), pooling="max")).eval()
    folder = tmp_path_factory.mktemp("models") / "tiny-cnn"
    folder.mkdir()
    write_config(folder, network, {"name": "tiny-cnn", "window_length": 60, "targets": ["promoter"]}, None)
    write_network(folder, network)
    return folder


@pytest.fixture(scope="session")
def small_genome(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """FASTA of chr1 (1,000 bases, soft-masked from 500 on, N at 301 to 450), chr2 (333) and tiny (40)."""
    rng = np.random.default_rng(3)
    one, two, tiny = ("".join(rng.choice(list("ACGT"), size)) for size in (1000, 333, 40))
    one = one[:300] + 150 * "N" + one[450:500] + one[500:].lower()
    path = tmp_path_factory.mktemp("genome") / "small.fa"
    records = {"chr1": one, "chr2": two, "tiny": tiny}
    lines = (
        f">{name}\n" + "\n".join(text[at : at + 60] for at in range(0, len(text), 60)) for name, text in records.items()
    )
    path.write_text("\n".join(lines) + "\n", encoding="ascii")
    return path
