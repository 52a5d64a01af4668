"""Layers of the networks of the transformers library."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from gxview.assess.networks.native import NativeFolder
from gxview.assess.networks.tokens import DnaTokenizer, Placed
from gxview.assess.probe.settings import Pool
from gxview.assess.probe.vectors import BATCH, CELLS, Floats, Layer, Piece, empty, put
from gxview.errors import GxviewError, UsageError
from gxview.models.batching import equal_length_batches
from gxview.models.fit import seeded
from gxview.models.folder import ModelFolder
from gxview.models.randomised import Recipe

_ADVICE = "take a model that the transformers library has itself"
_AT_ONCE = 1024


class NativeLayers:
    """Layers of a network of `transformers`: 0 is what enters its first layer, 1 and on are its layers.

    Sequences go through it with others of as many tokens, so that nothing is padded. The last layer is given after the
    normalisation that ends the network, where it has one.

    Parameters
    ----------
    folder
        Configuration, weights and tokenizer.
    recipe
        Of a copy with random weights; None for the model itself.
    device
        Where it computes.

    Raises
    ------
    GxviewError
        One sentence when the folder needs code of its own, lacks weights or a tokenizer, or reads no DNA.
    """

    def __init__(self, folder: ModelFolder, recipe: Recipe | None, device: torch.device) -> None:
        self._native, self._device = NativeFolder(folder, _ADVICE), device
        self._native.check_kind()
        self._reader: DnaTokenizer = self._native.tokenizer()
        self._network = self._loaded(recipe).to(device)
        self._native.check_room(self._network, self._reader)
        self.name = f"{folder.name}{recipe or ''}"
        self.content_hash = folder.content_hash() if recipe is None else recipe.hashed(folder.content_hash())
        first = self._reader.first
        absent = () if first else ("its tokenizer puts no token of classes before a sequence, so it has no cls",)
        self.notes = (*absent, *(() if recipe is None else (recipe.note,)))
        pools: tuple[Pool, ...] = ("cls", "mean", "full") if first else ("mean", "full")
        config = self._network.config
        names = ["embeddings of tokens", *(f"layer {n + 1}" for n in range(int(config.num_hidden_layers)))]
        self.layers = tuple(Layer(n, name, int(config.hidden_size), pools) for n, name in enumerate(names))

    def misfit(self, sequences: Sequence[str]) -> tuple[int, str] | None:
        """Return the first sequence with more tokens than the network has positions."""
        most = self._native.most_tokens(self._network)
        if most == float("inf"):
            return None
        counts = (len(one.ids) for part in _parts(sequences) for one in self._reader.placed(part))
        found = next(((row, count) for row, count in enumerate(counts) if count > most), None)
        if found is None:
            return None
        return found[0], f"has {found[1]:,} tokens, but {self.name} takes at most {most:,.0f}; use shorter ones"

    def slots(self, sequences: Sequence[str]) -> int:
        """Return the most tokens of a sequence, special ones left out."""
        return max(len(one.at) for part in _parts(sequences) for one in self._reader.placed(part))

    def bases(self, sequences: Sequence[str], layer: int, slots: int) -> NDArray[np.int32]:
        """Return the bases of each token; of words that overlap, those nearest to the middle of each."""
        result = np.zeros((len(sequences), slots), dtype=np.int32)
        rows = (pair for part in _parts(sequences) for pair in zip(part, self._reader.placed(part), strict=True))
        for row, (sequence, one) in zip(result, rows, strict=True):
            row[: len(one.at)] = self._shares(sequence, one)
        return result

    def read(self, sequences: Sequence[str], pieces: Sequence[Piece], slots: int) -> Mapping[Piece, Floats]:
        """Return the wanted vectors."""
        result = {piece: empty(len(sequences), piece[1], slots, self.layers[0].width) for piece in pieces}
        placed = self._reader.placed(sequences)
        lengths = [len(one.ids) for one in placed]
        self._native.check_length(self._network, max(lengths))
        for rows in equal_length_batches(lengths, BATCH, CELLS):
            states = self._states(np.stack([placed[row].ids for row in rows]))
            for number, pool in pieces:
                for row, state in zip(rows, states[number], strict=True):
                    put(result[number, pool], [row], _pooled(state, placed[row].at, pool))
        return result

    def _loaded(self, recipe: Recipe | None) -> Any:
        from transformers import AutoModel

        network = self._native.network(AutoModel)
        if network.config.is_encoder_decoder:
            raise GxviewError(f"{self._native.folder.path} has an encoder and a decoder, whose layers cannot be read.")
        if recipe is None:
            return network
        if recipe.top is not None or recipe.head_only:
            raise UsageError(
                f"All of {self._native.folder.name} can be made random (#randomised-SEED), not parts of it."
            )
        with seeded(recipe.mixed_seed):
            return AutoModel.from_config(network.config, dtype=torch.float32).eval().requires_grad_(False)

    def _states(self, ids: NDArray[np.int64]) -> Sequence[torch.Tensor]:
        """Return what enters the first layer and what leaves each, (B, S, width)."""
        given = torch.from_numpy(ids).to(self._device)
        with torch.inference_mode():
            found = self._network(input_ids=given, attention_mask=torch.ones_like(given), output_hidden_states=True)
        states: Sequence[torch.Tensor] = found.hidden_states
        return states

    def _shares(self, sequence: str, one: Placed) -> NDArray[np.int64]:
        overlap = self._reader.overlap
        ends = one.spans[:, 1] - (overlap - overlap // 2)
        edges = np.concatenate([[0], ends[:-1], one.spans[-1:, 1]]).astype(np.int64)
        shares = edges[1:] - edges[:-1]
        if shares.sum() != len(sequence) or (shares < 0).any():
            raise GxviewError(
                f"The tokenizer of {self._native.folder.path} does not spell {sequence[:24]}... letter by letter (is "
                "there an N?), so no base has a vector of its own; take --pool cls or mean."
            )
        return shares


def _parts(sequences: Sequence[str]) -> list[Sequence[str]]:
    return [sequences[start : start + _AT_ONCE] for start in range(0, len(sequences), _AT_ONCE)]


def _pooled(state: torch.Tensor, at: NDArray[np.int64], pool: Pool) -> torch.Tensor:
    """Return (1, width), or (1, T, width) for ``full``."""
    if pool == "cls":
        return state[None, 0]
    inside = state[torch.from_numpy(at).to(state.device)]
    return inside.mean(dim=0)[None] if pool == "mean" else inside[None]
