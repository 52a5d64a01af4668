"""The language-model head of a network of the transformers library, and what it is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import torch
from torch import Tensor

from gxview.assess.networks.likelihood import Batching
from gxview.assess.networks.native import NativeFolder, NoHead
from gxview.assess.networks.tokens import DnaTokenizer, Placed, TokenRow
from gxview.errors import GxviewError
from gxview.models.folder import CONFIG

Head = Literal["masked", "causal"]

_NAMES: dict[Head, str] = {"masked": "masked-language-model", "causal": "causal-language-model"}
_ENDINGS: dict[Head, tuple[str, ...]] = {"masked": ("ForMaskedLM",), "causal": ("ForCausalLM", "LMHeadModel")}
_CELLS = {"cpu": 4096, "cuda": 65536}
_LARGEST_LOGITS = {"cpu": 2**25, "cuda": 2**29}  # numbers of one batch: 128 MB and 2 GB


@dataclass(frozen=True)
class LanguageHead:
    """A loaded language model.

    Attributes
    ----------
    native
        Its folder.
    kind
        ``masked`` or ``causal``.
    reader
        Its tokenizer.
    network
        On its device, for inference.
    batching
        Device and size of a batch.
    """

    native: NativeFolder
    kind: Head
    reader: DnaTokenizer
    network: Any
    batching: Batching

    @classmethod
    def load(cls, native: NativeFolder, device: torch.device) -> LanguageHead:
        """Load network and tokenizer.

        Raises
        ------
        GxviewError
            One sentence when the folder needs code of its own, lacks a head, weights or a tokenizer, or reads no DNA.
        """
        kind = _kind_of(native)
        reader = native.tokenizer()
        network = _network(native, kind).to(device)
        native.check_room(network, reader)
        if kind == "masked" and reader.mask_id is None:
            path = native.folder.path
            raise GxviewError(f"The tokenizer of {path} has no mask token, without which no token can be hidden.")
        return cls(native, kind, reader, network, _batching(network, device))

    @property
    def mask_id(self) -> int:
        """Id of the token that hides others, of a masked language model."""
        assert self.reader.mask_id is not None
        return self.reader.mask_id

    def read(self, sequences: Sequence[str]) -> list[TokenRow]:
        """Return the tokens of cleaned sequences; refuse more of them than the network has positions."""
        rows = self.reader.rows(sequences)
        self.native.check_length(self.network, max((len(row.ids) for row in rows), default=0))
        return rows

    def fits(self, one: Placed) -> bool:
        """Whether the network has a position for each token of a sequence."""
        return len(one.ids) <= self.native.most_tokens(self.network)

    def at_places(self, ids: Tensor, places: Tensor) -> Tensor:
        """Return the logits (B, V) at one place (B,) of each row of token ids (B, S)."""
        logits: Tensor = self.network(input_ids=ids, attention_mask=torch.ones_like(ids)).logits
        return logits[torch.arange(len(ids), device=ids.device), places]

    def everywhere(self, ids: Tensor) -> Tensor:
        """Return the logits (B, S, V) of rows of token ids (B, S)."""
        logits: Tensor = self.network(input_ids=ids).logits
        return logits


def _network(native: NativeFolder, kind: Head) -> Any:
    from transformers import AutoModelForCausalLM, AutoModelForMaskedLM

    try:
        return native.network(AutoModelForMaskedLM if kind == "masked" else AutoModelForCausalLM)
    except NoHead as lost:
        raise GxviewError(
            f"{native.folder.path} has no trained {_NAMES[kind]} head (its weights lack {lost}), so it gives no "
            "likelihood; use the checkpoint as it was pre-trained."
        ) from None


def _batching(network: Any, device: torch.device) -> Batching:
    place = device.type if device.type in _CELLS else "cpu"
    return Batching(device, max(1, min(_CELLS[place], _LARGEST_LOGITS[place] // int(network.config.vocab_size))))


def _kind_of(native: NativeFolder) -> Head:
    """Return which likelihood the model has, from what its configuration says."""
    native.check_kind()
    folder = native.folder
    stated = folder.config.get("architectures") or []
    for kind, endings in _ENDINGS.items():
        if any(str(name).endswith(endings) for name in stated):
            return kind
    what = f"is a {', '.join(map(str, stated))}" if stated else "does not state its architectures"
    raise GxviewError(
        f"{folder.path / CONFIG} {what}, so the model has no language-model head and gives no likelihood; use a "
        "checkpoint whose architecture ends with ForMaskedLM, ForCausalLM or LMHeadModel."
    )
