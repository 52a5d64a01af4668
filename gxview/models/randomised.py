"""Copies of a model with random weights: what an explanation must not survive (Adebayo et al. 2018, arXiv 1810.03292).

A network is a stack of blocks, counted from the top: for DNABERT-2 the classifier, the pooler, the encoder's layers
from the last to the first and the embeddings; for a CNN the output layer, the dense blocks and the convolution
blocks. A block gets the weights that a new network of the same class would start with.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from torch import nn

from gxview.errors import UsageError
from gxview.models.base import Model
from gxview.models.cnn import CNN
from gxview.models.ensemble import Ensemble
from gxview.models.fit import seeded
from gxview.models.loaded import LoadedModel
from gxview.models.sequences import one_hot_from_codes
from gxview.words import counted

_SUFFIX = re.compile(r"#randomised-(?P<seed>\d{1,9})(?:-(?:top(?P<top>\d{1,4})|(?P<head>head)))?$")
_CALIBRATION = (256, 1024)  # random sequences and the fewest bases of each
_HEADS = ("classifier", "bert.pooler", "cls")


@dataclass(frozen=True, slots=True)
class Recipe:
    """Which weights of a model become random.

    Attributes
    ----------
    seed : int
        Of the random numbers.
    top : int or None
        That many blocks, counted from the top; None for all.
    head_only : bool
        Only what turns features into logits.
    """

    seed: int
    top: int | None = None
    head_only: bool = False

    def __post_init__(self) -> None:
        if self.top is not None and self.head_only:
            raise UsageError("A model is randomised either in its topmost blocks or in its head only; choose one.")
        if not 0 <= self.seed < 10**9:
            raise UsageError(f"The seed of a randomised model is a whole number from 0 to 999999999, not {self.seed}.")

    def __str__(self) -> str:
        part = "-head" if self.head_only else "" if self.top is None else f"-top{self.top}"
        return f"#randomised-{self.seed}{part}"

    def hashed(self, content_hash: str) -> str:
        """Return the content hash of the copy from that of the model."""
        return hashlib.sha256(f"{content_hash}{self}".encode()).hexdigest()

    @property
    def mixed_seed(self) -> int:
        """What seeds the weights: mixed, so that a model trained from this very seed does not come back as it began."""
        return int.from_bytes(hashlib.sha256(f"randomised {self.seed}".encode()).digest()[:7])

    @property
    def note(self) -> str:
        """What a person should know about the copy."""
        what = "its head has" if self.head_only else f"its {self.top} topmost blocks have" if self.top else "it has"
        return f"a control: {what} random weights (seed {self.seed})"


def split_name(text: str) -> tuple[str, Recipe | None]:
    """Split ``NAME#randomised-SEED``, ``...-topK`` or ``...-head`` into the name of a model and what becomes random."""
    found = _SUFFIX.search(text)
    if found is None:
        return text, None
    top = None if found["top"] is None else int(found["top"])
    return text[: found.start()], Recipe(int(found["seed"]), top, found["head"] is not None)


def blocks_of(model: Model) -> tuple[tuple[str, ...], ...]:
    """Return the blocks of a model from the top down, each as the names of its modules."""
    network: Any = model.network
    if isinstance(network, CNN):
        return tuple(reversed(_chain_blocks(network)))
    names = [(name,) for name in _HEADS if _part(network, name) is not None]
    body = "bert." if hasattr(network, "bert") else ""
    encoder = [(f"{body}encoder.layer.{index}",) for index in range(network.config.num_hidden_layers)]
    return (*names, *reversed(encoder), (f"{body}embeddings",))


def randomised(model: Model, *, seed: int, top: int | None = None, head_only: bool = False) -> Model:
    """Return a copy of a model with random weights; the model itself stays as it is.

    The stated mean and variance of a batch normalisation belong to the weights below it. Those of a block that is made
    random are measured anew on random sequences, so that the copy normalises as a network of its kind does.

    Parameters
    ----------
    model : Model
        A loaded model.
    seed : int
        Of the random numbers, 0 to 999999999.
    top : int, optional
        Make only that many blocks random, counted from the top (:func:`blocks_of`); all of them by default.
    head_only : bool
        Make only the head random: classifier and pooler of DNABERT-2, the dense layers of a CNN.

    Returns
    -------
    Model
        Its name ends in ``#randomised-SEED``, followed by ``-topK`` or ``-head``; its content hash is another one.

    Raises
    ------
    UsageError
        For a number of blocks that the model does not have.
    """
    if isinstance(model, Ensemble):
        raise UsageError(f"{model.name} is an ensemble; a control has random weights of a single model.")
    assert isinstance(model, LoadedModel)
    recipe, blocks = Recipe(seed, top, head_only), blocks_of(model)
    if top is not None and not 1 <= top <= len(blocks):
        raise UsageError(f"{model.name} has {counted(len(blocks), 'block')}; {top} of them cannot be made random.")
    count = _head_size(model, blocks) if head_only else top or len(blocks)
    names = [name for block in blocks[:count] for name in block]
    return replace(
        model,
        name=f"{model.name}{recipe}",
        content_hash=recipe.hashed(model.content_hash),
        notes=(*model.notes, recipe.note),
        network=_network(model, names, seed),
    )


def _network(model: LoadedModel, names: Sequence[str], seed: int) -> nn.Module:
    """Return a network with new weights in the named modules and those of the model elsewhere."""
    old: Any = model.network
    weight = next(old.parameters())
    with seeded(Recipe(seed).mixed_seed), torch.inference_mode(False):
        options = {"add_pooling_layer": False} if type(old).__name__ == "DNABert2Model" else {}
        network: nn.Module = type(old)(old.config, **options).to(weight.dtype)
    fresh = tuple(f"{name}." for name in names)
    kept = {name: value for name, value in old.state_dict().items() if not name.startswith(fresh)}
    if not any(name.endswith("embeddings") for name in names):
        network.load_state_dict(kept, strict=False)
    else:
        # the decoder of a language model is the word embedding under another name
        network.load_state_dict({n: v for n, v in kept.items() if not n.endswith("decoder.weight")}, strict=False)
    network = network.to(model.device).eval().requires_grad_(False)
    if isinstance(network, CNN):
        _measure(network, names, model, seed)
    return network


def _measure(network: CNN, names: Sequence[str], model: LoadedModel, seed: int) -> None:
    """Set mean and variance of the new batch normalisations from random sequences."""
    norms = [part for name in names if isinstance(part := network.get_submodule(name), nn.BatchNorm1d)]
    if not norms:
        return
    count, least = _CALIBRATION
    length = model.fixed_length or max(network.config.minimum_length, min(model.window_length, least))
    codes = np.random.default_rng([seed, length]).integers(0, 4, (count, length), dtype=np.uint8)
    inputs = one_hot_from_codes(torch.from_numpy(codes)).to(next(network.parameters()))
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None  # the plain mean of what it sees
        norm.train()
    with torch.inference_mode():
        network(inputs)
    for norm in norms:
        norm.momentum = 0.1
        norm.eval()


def _chain_blocks(network: CNN) -> list[tuple[str, ...]]:
    """Return the names of the layers of each block from the input on; a block begins with its weights."""
    blocks: list[tuple[str, ...]] = []
    for index, layer in enumerate(network.layers):
        name = f"layers.{index}"
        if isinstance(layer, nn.Conv1d | nn.Linear):
            blocks.append((name,))
        elif blocks:
            blocks[-1] += (name,)
    return blocks


def _head_size(model: Model, blocks: Sequence[tuple[str, ...]]) -> int:
    """Return how many of the topmost blocks turn features into logits."""
    network = model.network
    if isinstance(network, CNN):
        return sum(isinstance(network.get_submodule(block[0]), nn.Linear) for block in blocks)
    return sum(block[0] in _HEADS for block in blocks)


def _part(network: nn.Module, name: str) -> nn.Module | None:
    part: Any = network
    for step in name.split("."):
        part = getattr(part, step, None)
    return part if isinstance(part, nn.Module) else None
