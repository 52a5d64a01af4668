"""Keys of models: the name or folder that loads one, and a suffix where its weights are made random."""

from __future__ import annotations

RANDOMISED = "#randomised-"
"""Between the name of a model and the seed of its random weights."""


def split_key(key: str) -> tuple[str, str]:
    """Return the name or folder in a key, and the suffix that says what is done to the model; empty for nothing."""
    name, mark, seed = key.partition(RANDOMISED)
    return name, mark + seed


def is_randomised(key: str) -> bool:
    """Whether a key stands for a model with random weights."""
    return RANDOMISED in key
