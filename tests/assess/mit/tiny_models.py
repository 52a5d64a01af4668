"""Tiny language models with random weights, written as folders of the transformers library."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import (
    BertConfig,
    BertForMaskedLM,
    BertTokenizer,
    EsmConfig,
    EsmForMaskedLM,
    EsmTokenizer,
    GPT2Config,
    GPT2LMHeadModel,
    PreTrainedTokenizerFast,
)

_SIZES = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 32}
BERT_SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
ESM_SPECIAL = ["<unk>", "<pad>", "<mask>", "<cls>", "<eos>"]


def words(k: int) -> list[str]:
    """Return all words of k bases."""
    return ["".join(letters) for letters in itertools.product("ACGT", repeat=k)]


def _written(folder: Path, network: Any, tokenizer: Any) -> Path:
    network.eval().save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def _vocabulary(folder: Path, tokens: list[str]) -> str:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "vocab.txt"
    path.write_text("\n".join(tokens), encoding="utf-8")
    return str(path)


def write_bert(folder: Path, tokens: list[str], **changes: Any) -> Path:
    """Write a BERT whose WordPiece vocabulary holds these tokens."""
    names = [*BERT_SPECIAL, *tokens]
    with torch.random.fork_rng():
        torch.manual_seed(3)
        sizes = {**_SIZES, "max_position_embeddings": 128, **changes}
        config = BertConfig(vocab_size=len(names), initializer_range=0.5, **sizes)
        network = BertForMaskedLM(config)
    tokenizer = BertTokenizer(_vocabulary(folder, names), do_lower_case=False)
    return _written(folder, network, tokenizer)


def write_esm(folder: Path) -> Path:
    """Write an ESM on words of three bases and single bases, as the Nucleotide Transformer has on words of six."""
    names = [*ESM_SPECIAL, *words(3), "A", "C", "G", "T", "N"]
    tokenizer = EsmTokenizer(_vocabulary(folder, names))
    with torch.random.fork_rng():
        torch.manual_seed(4)
        config = EsmConfig(
            vocab_size=len(names),
            mask_token_id=names.index("<mask>"),
            pad_token_id=names.index("<pad>"),
            max_position_embeddings=64,
            position_embedding_type="rotary",
            token_dropout=True,
            initializer_range=0.5,
            **_SIZES,
        )
        network = EsmForMaskedLM(config)
    return _written(folder, network, tokenizer)


def write_gpt2(folder: Path, *, begin: bool = False) -> Path:
    """Write a GPT-2 on single bases, with or without a token at the beginning."""
    from tokenizers.processors import TemplateProcessing

    names = {"<s>": 0, "A": 1, "C": 2, "G": 3, "T": 4, "<unk>": 5}
    backend = Tokenizer(models.WordLevel(names, unk_token="<unk>"))
    backend.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    if begin:
        backend.post_processor = TemplateProcessing(single="<s> $A", special_tokens=[("<s>", 0)])
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=backend, bos_token="<s>", unk_token="<unk>")
    with torch.random.fork_rng():
        torch.manual_seed(5)
        config = GPT2Config(
            vocab_size=6, n_positions=128, n_embd=16, n_layer=2, n_head=2, initializer_range=0.5, bos_token_id=0
        )
        network = GPT2LMHeadModel(config)
    return _written(folder, network, tokenizer)


def change_config(folder: Path, **changes: Any) -> None:
    """Change entries of ``config.json``; None takes one out."""
    path = folder / "config.json"
    content = {**json.loads(path.read_text()), **changes}
    path.write_text(json.dumps({name: value for name, value in content.items() if value is not None}))
