"""A new DNABERT-2 whose word embeddings begin as sketches of the words' letters.

With a few thousand sequences most of the 4,091 words are seen too rarely to be learned one by one. Words of similar
letters therefore begin with similar vectors: a fixed random projection of how often each word of one to four bases
stands in them, and of the letters at both ends.
"""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from gxview.models.dnabert2 import DNABert2Config, DNABert2ForMaskedLM
from gxview.models.saving import new_folder, write_config, write_network
from gxview.models.tokenizer import read_tokenizer
from gxview.models.train import TransformerSize

DROPOUT = 0.3
_LONGEST, _ENDS = 4, 3
_SPECIAL = 5


def write_start(folder: Path, tokenizer: Path, size: TransformerSize, seed: int) -> Path:
    """Write a new masked language model with such embeddings, unless the folder exists."""
    if (folder / "config.json").is_file():
        return folder
    words = read_tokenizer(tokenizer)
    config = DNABert2Config(
        vocab_size=words.vocab_size,
        hidden_size=size.hidden,
        num_hidden_layers=size.layers,
        num_attention_heads=size.heads,
        intermediate_size=4 * size.hidden,
        hidden_dropout_prob=DROPOUT,
    )
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        network = DNABert2ForMaskedLM(config)
    vocabulary = json.loads(tokenizer.read_text(encoding="utf-8"))["model"]["vocab"]
    rows = sketches([word for word, index in vocabulary.items() if index >= _SPECIAL], size.hidden, seed)
    with torch.no_grad():
        indices = [index for index in vocabulary.values() if index >= _SPECIAL]
        network.bert.embeddings.word_embeddings.weight[indices] = torch.from_numpy(rows * config.initializer_range)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with new_folder(folder) as aside:
        write_config(aside, network, {"name": folder.name}, words)
        write_network(aside, network)
    return folder


def sketches(words: list[str], width: int, seed: int) -> NDArray[np.float32]:
    """Return a vector float32 (n, width) for each word, with mean 0 and variance 1 over the words."""
    features = np.stack([letters(word) for word in words])
    spread = features.std(axis=0)
    features = (features - features.mean(axis=0)) / np.where(spread > 0, spread, 1)
    rows = features @ np.random.default_rng(seed).normal(size=(features.shape[1], width))
    return ((rows - rows.mean(axis=0)) / rows.std(axis=0)).astype(np.float32)


def letters(word: str) -> NDArray[np.float64]:
    """Return the counts of each word of one to four bases in a word, and which letters stand at its ends."""
    parts = ["".join(p) for length in range(1, _LONGEST + 1) for p in product("ACGT", repeat=length)]
    counts = [sum(word.startswith(part, at) for at in range(len(word))) for part in parts]
    ends = [word[place : place + 1] == base for place in range(_ENDS) for base in "ACGT"]
    ends += [word[::-1][place : place + 1] == base for place in range(_ENDS) for base in "ACGT"]
    return np.array([*counts, *ends], dtype=np.float64)
