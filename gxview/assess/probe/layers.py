"""The vectors that a model has for a sequence, layer by layer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from gxview.assess.networks.native import is_own
from gxview.assess.probe.native import NativeLayers
from gxview.assess.probe.settings import Pool
from gxview.assess.probe.vectors import BATCH, CELLS, Floats, Layer, Piece, empty, put
from gxview.errors import GxviewError, UsageError
from gxview.models import load_model
from gxview.models.alibi import attention_bias
from gxview.models.batching import equal_length_batches, similar_length_batches
from gxview.models.cnn import CNN
from gxview.models.ensemble import Ensemble, is_ensemble
from gxview.models.folder import ModelFolder
from gxview.models.loaded import LoadedCNN, LoadedDNABert2
from gxview.models.loading import resolve_device, resolve_folder
from gxview.models.ops import PLAIN
from gxview.models.randomised import split_name

_AT_ONCE = 1024


class Layered(Protocol):
    """A model whose layers can be read."""

    name: str
    content_hash: str
    notes: tuple[str, ...]
    layers: tuple[Layer, ...]

    def misfit(self, sequences: Sequence[str]) -> tuple[int, str] | None:
        """Return the first sequence that the model cannot read, and what is wrong with it; None if there is none."""

    def slots(self, sequences: Sequence[str]) -> int:
        """Return the most vectors that one of the sequences has in ``full``."""

    def bases(self, sequences: Sequence[str], layer: int, slots: int) -> NDArray[np.int32]:
        """Return how many bases each vector of ``full`` stands for, (N, slots), 0 where there is none."""

    def read(self, sequences: Sequence[str], pieces: Sequence[Piece], slots: int) -> Mapping[Piece, Floats]:
        """Return (N, width) for ``cls`` and ``mean``, (N, slots, width) for ``full``."""


def open_layers(name: str, device: str) -> Layered:
    """Load a model to read its layers: gxview's own, or one that `transformers` loads without code of its folder.

    Errors as for :func:`~gxview.models.load_model`, and one sentence where `transformers` cannot load it.
    """
    path, recipe = split_name(name)
    place = resolve_folder(path)
    if not is_ensemble(place) and not is_own(folder := ModelFolder.open(place)):
        return NativeLayers(folder, recipe, resolve_device(device))
    model = load_model(name, device)
    if isinstance(model, LoadedDNABert2):
        return TransformerLayers(model)
    if isinstance(model, LoadedCNN):
        return ConvolutionLayers(model)
    if isinstance(model, Ensemble):
        model.refuse("a probe")
    raise GxviewError(f"{model.name} is a model of kind '{model.kind}', whose layers cannot be read.")


def chosen_layers(model: Layered, wanted: Sequence[int], pools: Sequence[Pool]) -> list[tuple[Layer, Pool]]:
    """Return the layers to probe, each with what is taken of it.

    Parameters
    ----------
    model
        Whose layers.
    wanted
        Numbers; negative ones count from the last. None: for each pool the last layer that has it.
    pools
        What is wanted of a layer.

    Raises
    ------
    UsageError
        If the model has no such layer, or none of them has what is wanted.
    """
    known = {layer.number: layer for layer in model.layers}
    if not wanted:
        last = {pool: [layer for layer in model.layers if pool in layer.pools] for pool in pools}
        return [(found[-1], pool) for pool, found in last.items() if found]
    chosen = []
    for number in wanted:
        layer = known.get(number if number >= 0 else model.layers[-1].number + 1 + number)
        if layer is None:
            named = ", ".join(f"{one.number} ({one.name})" for one in model.layers)
            raise UsageError(f"{model.name} has no layer {number}; it has {named}.")
        chosen += [(layer, pool) for pool in pools if pool in layer.pools]
    if not chosen:
        raise UsageError(
            f"The chosen layers of {model.name} have no {' or '.join(pools)}; convolutions have mean and full, dense "
            "layers cls."
        )
    return list(dict.fromkeys(chosen))


class TransformerLayers:
    """Layers of a DNABERT-2: 0 is what enters the encoder, 1 and on are its layers.

    ``cls`` is the row of [CLS], ``mean`` the mean over the tokens that stand for bases, ``full`` those tokens.
    """

    def __init__(self, model: LoadedDNABert2) -> None:
        self.name, self.content_hash, self.notes = model.name, model.content_hash, model.notes
        self._model = model
        network: Any = model.network
        self._bert = network.bert if hasattr(network, "bert") else network
        width = int(network.config.hidden_size)
        pools: tuple[Pool, ...] = ("cls", "mean", "full")
        names = ["embeddings of tokens", *(f"encoder layer {n + 1}" for n in range(len(self._bert.encoder.layer)))]
        self.layers = tuple(Layer(number, name, width, pools) for number, name in enumerate(names))

    def misfit(self, sequences: Sequence[str]) -> None:
        """Return None: it reads sequences of any length."""

    def slots(self, sequences: Sequence[str]) -> int:
        """Return the most tokens of a sequence."""
        parts = (sequences[start : start + _AT_ONCE] for start in range(0, len(sequences), _AT_ONCE))
        return max(len(ids) - 2 for part in parts for ids in self._model.tokenizer.ids(part))

    def bases(self, sequences: Sequence[str], layer: int, slots: int) -> NDArray[np.int32]:
        """Return the bases of each token."""
        result = np.zeros((len(sequences), slots), dtype=np.int32)
        for start in range(0, len(sequences), _AT_ONCE):
            part = sequences[start : start + _AT_ONCE]
            spans = self._model.tokenizer.batch(part, torch.device("cpu")).spans
            for row, span in zip(result[start:], spans, strict=False):
                row[: len(span)] = span[:, 1] - span[:, 0]
        return result

    def read(self, sequences: Sequence[str], pieces: Sequence[Piece], slots: int) -> Mapping[Piece, Floats]:
        """Return the wanted vectors."""
        width = self.layers[0].width
        result = {piece: empty(len(sequences), piece[1], slots, width) for piece in pieces}
        lengths = [len(ids) for ids in self._model.tokenizer.ids(sequences)]
        for rows in similar_length_batches(lengths, BATCH, CELLS):
            tokens = self._model.tokenizer.batch([sequences[row] for row in rows], self._model.device)
            for number, hidden in self._states(tokens.input_ids, tokens.attention_mask):
                for piece in pieces:
                    if piece[0] == number:
                        put(result[piece], rows, _pooled(hidden, tokens.dna, piece[1]))
        return result

    def _states(self, ids: Tensor, mask: Tensor) -> Iterator[tuple[int, Tensor]]:
        """Yield what leaves each layer, (B, S, width)."""
        bert = self._bert
        with torch.inference_mode():
            words = bert.embeddings.word_embeddings(ids)
            bias = attention_bias(bert.config.num_attention_heads, words.shape[1], mask, words)
            hidden = bert.embeddings(words, PLAIN)
            yield 0, hidden
            for number, layer in enumerate(bert.encoder.layer, start=1):
                hidden = layer(hidden, bias, PLAIN)
                yield number, hidden


class ConvolutionLayers:
    """Layers of a CNN: its convolution blocks (``mean``, ``full``), then its dense blocks (``cls``)."""

    def __init__(self, model: LoadedCNN) -> None:
        self.name, self.content_hash, self.notes = model.name, model.content_hash, model.notes
        self._model = model
        assert isinstance(model.network, CNN)
        config = model.network.config
        self._ends = _block_ends(model.network)
        blocks, dense = len(config.blocks), len(config.dense)
        self.layers = (
            *(Layer(n + 1, f"convolution {n + 1}", config.blocks[n].filters, ("mean", "full")) for n in range(blocks)),
            *(Layer(blocks + n + 1, f"dense {n + 1}", config.dense[n].units, ("cls",)) for n in range(dense)),
        )
        self._blocks = config.blocks

    def misfit(self, sequences: Sequence[str]) -> tuple[int, str] | None:
        """Return the first sequence of a length that the network does not take."""
        said = ((row, self._model.misfit(sequence)) for row, sequence in enumerate(sequences))
        return next(((row, why) for row, why in said if why), None)

    def slots(self, sequences: Sequence[str]) -> int:
        """Return the most positions that leave a convolution block."""
        longest = max(map(len, sequences))
        return max(self._positions(longest, number) for number in range(1, len(self._blocks) + 1))

    def bases(self, sequences: Sequence[str], layer: int, slots: int) -> NDArray[np.int32]:
        """Return the bases of each position: an even share of the sequence, what it pools where nothing is cut off."""
        result = np.zeros((len(sequences), slots), dtype=np.int32)
        for row, sequence in zip(result, sequences, strict=True):
            count = self._positions(len(sequence), layer)
            row[:count] = np.diff(np.linspace(0, len(sequence), count + 1).round())
        return result

    def read(self, sequences: Sequence[str], pieces: Sequence[Piece], slots: int) -> Mapping[Piece, Floats]:
        """Return the wanted vectors."""
        widths = {layer.number: layer.width for layer in self.layers}
        result = {(n, pool): empty(len(sequences), pool, slots, widths[n]) for n, pool in pieces}
        for rows in equal_length_batches([len(sequence) for sequence in sequences], BATCH, CELLS * 4):
            for number, state in self._states(self._model.one_hot([sequences[row] for row in rows])):
                for piece in pieces:
                    if piece[0] == number:
                        put(result[piece], rows, _of_convolution(state, piece[1]))
        return result

    def _positions(self, length: int, layer: int) -> int:
        for block in self._blocks[:layer]:
            length = block.output_length(length)
        return length

    def _states(self, state: Tensor) -> Iterator[tuple[int, Tensor]]:
        chain: Any = self._model.network
        with torch.inference_mode():
            for place, module in enumerate(chain.layers):
                state = module(state)
                if place in self._ends:
                    yield self._ends[place], state


def _block_ends(network: CNN) -> dict[int, int]:
    """Return the number of the layer that ends at a place of the chain."""
    ends: dict[int, int] = {}
    number = 0
    modules = list(network.layers)
    for place, module in enumerate(modules):
        if isinstance(module, nn.Conv1d | nn.Linear):
            number += 1
        if isinstance(module, nn.Flatten | nn.AdaptiveMaxPool1d | nn.AdaptiveAvgPool1d):
            continue
        ends = {at: layer for at, layer in ends.items() if layer != number} | {place: number}
    return {place: layer for place, layer in ends.items() if place < len(modules) - 1}


def _pooled(hidden: Tensor, dna: Tensor, pool: Pool) -> Tensor:
    if pool == "cls":
        return hidden[:, 0]
    inside = hidden * dna[:, :, None]
    if pool == "mean":
        return inside.sum(dim=1) / dna.sum(dim=1, keepdim=True)
    return inside[:, 1 : int(dna.sum(dim=1).max()) + 1]  # [CLS] stands before them, [SEP] and padding are zero


def _of_convolution(state: Tensor, pool: Pool) -> Tensor:
    if pool == "cls":
        return state
    return state.mean(dim=2) if pool == "mean" else state.transpose(1, 2)
