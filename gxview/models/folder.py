"""A model folder: its configuration, its files, its hash."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gxview.errors import GxviewError
from gxview.models.weights import read_json, weight_files

CONFIG = "config.json"
TOKENIZER = "tokenizer.json"
VOCABULARIES = (
    "added_tokens.json",
    "bpe.codes",
    "dict.txt",
    "merges.txt",
    "sentencepiece.bpe.model",
    "special_tokens_map.json",
    "spiece.model",
    "spm.model",
    "tokenizer.model",
    "tokenizer_config.json",
    "vocab.bpe",
    "vocab.json",
    "vocab.txt",
)
"""What tokenizers of `transformers` are made of, beside or instead of ``tokenizer.json``."""
DEFAULT_WINDOW = 300

CLASSES, LABELS, VALUES = "single_label_classification", "multi_label_classification", "regression"
"""What the logits are, by the names of transformers: one of several classes, labels of their own, or numbers."""


@dataclass(frozen=True)
class ModelFolder:
    """A folder in the official layout: ``config.json``, weights, and ``tokenizer.json`` for models on tokens."""

    path: Path
    config: dict[str, Any]

    @classmethod
    def open(cls, path: Path) -> ModelFolder:
        """Read the configuration of a folder, or raise :class:`~gxview.errors.GxviewError` if there is none."""
        if not path.is_dir():
            raise GxviewError(f"{path} is not a folder; give the folder that holds {CONFIG} and the weights.")
        if not (path / CONFIG).is_file():
            raise GxviewError(f"{path} has no {CONFIG}, so it is no model folder.")
        return cls(path, read_json(path / CONFIG))

    @property
    def block(self) -> dict[str, Any]:
        """What the configuration says for gxview alone."""
        block = self.config.get("gxview", {})
        if not isinstance(block, dict):
            raise GxviewError(f"{self.path / CONFIG}: 'gxview' must be an object.")
        return block

    @property
    def name(self) -> str:
        """Name for people: from the configuration, else that of the folder."""
        return str(self.block.get("name") or self.path.name)

    @property
    def window_length(self) -> int:
        """Bases of one window: from the configuration, else 300."""
        value = self.block.get("window_length", DEFAULT_WINDOW)
        if not isinstance(value, int) or value < 1:
            raise GxviewError(f"{self.path / CONFIG}: window_length must be a whole number above 0, not {value!r}.")
        return value

    @property
    def problem_type(self) -> str:
        """What the logits are: `CLASSES`, `LABELS` or `VALUES`; classes if the configuration says nothing."""
        stated = self.config.get("problem_type") or CLASSES
        if stated not in (CLASSES, LABELS, VALUES):
            raise GxviewError(
                f"{self.path / CONFIG}: problem_type must be {CLASSES}, {LABELS} or {VALUES}, not {stated!r}."
            )
        return str(stated)

    def targets(self, num_labels: int) -> tuple[str, ...]:
        """Return a name for each logit: from the configuration's gxview block or ``id2label``, else numbered.

        The log-odds of a two-class model with one logit carry the name of the second class.
        """
        named = self.block.get("targets")
        if named is not None and num_labels:
            return self._stated(named, num_labels)
        labels = self.config.get("id2label")
        if isinstance(labels, dict) and len(labels) == num_labels:
            return tuple(str(labels[str(index)]) for index in range(num_labels))
        return ("positive",) if num_labels == 1 else tuple(f"class {index}" for index in range(num_labels))

    def _stated(self, named: Any, num_labels: int) -> tuple[str, ...]:
        if not isinstance(named, list) or len(named) not in (num_labels, 2 if num_labels == 1 else num_labels):
            raise GxviewError(f"{self.path / CONFIG}: targets must be a list of {num_labels} names, not {named!r}.")
        return tuple(str(name) for name in named[-num_labels:])

    def positive(self, num_labels: int) -> int | None:
        """Return the index of the logit explained by default: stated, else 1 of two classes, 0 of one, None of more."""
        stated = self.block.get("positive")
        if stated is not None and stated not in range(max(2, num_labels)):
            raise GxviewError(f"{self.path / CONFIG}: positive must be the index of a class, not {stated!r}.")
        if num_labels == 1:
            return 0
        if self.problem_type != CLASSES:
            return stated
        return 1 if stated is None and num_labels == 2 else stated

    @property
    def _tokenizer_files(self) -> tuple[Path, ...]:
        return tuple(self.path / name for name in (TOKENIZER, *VOCABULARIES))

    def content_hash(self) -> str:
        """Return the sha256 over configuration, weights and tokenizer, in this order, each after its file name.

        Of the files of a tokenizer those count that are there.
        """
        digest = hashlib.sha256()
        for path in (self.path / CONFIG, *weight_files(self.path), *self._tokenizer_files):
            if path.is_file():
                digest.update(path.name.encode() + b"\0")
                with path.open("rb") as stream:
                    digest.update(hashlib.file_digest(stream, "sha256").digest())
        return digest.hexdigest()
