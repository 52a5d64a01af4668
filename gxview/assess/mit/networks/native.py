"""Language models of the transformers library from a local folder, without any code of the folder."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, Literal

import torch
from torch import Tensor

from gxview.assess.mit.networks.language import (
    BYTE_PAIRS,
    CausalLanguageModel,
    MaskedLanguageModel,
)
from gxview.assess.mit.networks.likelihood import Batching
from gxview.assess.networks.native import NativeFolder, NoHead
from gxview.assess.networks.tokens import PROBE, DnaTokenizer, TokenRow
from gxview.errors import GxviewError
from gxview.models.folder import CONFIG, ModelFolder

Head = Literal["masked", "causal"]

PLUG_IN = "wrap it in a scorer plug-in (docs/mit-models.md)"
_NAMES: dict[Head, str] = {"masked": "masked-language-model", "causal": "causal-language-model"}
_ENDINGS: dict[Head, tuple[str, ...]] = {"masked": ("ForMaskedLM",), "causal": ("ForCausalLM", "LMHeadModel")}
_CELLS = {"cpu": 4096, "cuda": 65536}
_LARGEST_LOGITS = {"cpu": 2**25, "cuda": 2**29}  # numbers of one batch: 128 MB and 2 GB


def native_scorer(folder: ModelFolder, name: str, device: torch.device) -> MaskedLanguageModel | CausalLanguageModel:
    """Make the scorer of a folder that `transformers` can load by itself.

    Parameters
    ----------
    folder
        Configuration, weights and tokenizer.
    name
        What the results call it.
    device
        Where it computes.

    Raises
    ------
    GxviewError
        One sentence when the folder needs code of its own, lacks a head, weights or a tokenizer, or reads no DNA.
    """
    native = NativeFolder(folder, PLUG_IN)
    head = _head_of(native)
    reader = native.tokenizer()
    network = _network(native, head).to(device)
    native.check_room(network, reader)
    facts = {
        "model": folder.name,
        "kind": str(network.config.model_type),
        "content_hash": folder.content_hash(),
        "score": "pseudo-log-likelihood (nats)" if head == "masked" else "log-likelihood (nats)",
    }
    read = partial(_read, native, network, reader)
    shared = (name, f"{facts['content_hash']} {head}", read, _batching(network, device), _notes(reader))
    if head == "causal":
        return CausalLanguageModel(*shared, facts=facts, ask=lambda ids: network(input_ids=ids).logits)
    if reader.mask_id is None:
        raise GxviewError(f"The tokenizer of {folder.path} has no mask token, without which no token can be hidden.")
    return MaskedLanguageModel(*shared, facts=facts, mask_id=reader.mask_id, ask=_asking(network))


def _asking(network: Any) -> Any:
    def ask(ids: Tensor, places: Tensor) -> Tensor:
        logits: Tensor = network(input_ids=ids, attention_mask=torch.ones_like(ids)).logits
        return logits[torch.arange(len(ids), device=ids.device), places]

    return ask


def _read(native: NativeFolder, network: Any, reader: DnaTokenizer, sequences: Sequence[str]) -> list[TokenRow]:
    rows = reader.rows(sequences)
    native.check_length(network, max((len(row.ids) for row in rows), default=0))
    return rows


def _network(native: NativeFolder, head: Head) -> Any:
    from transformers import AutoModelForCausalLM, AutoModelForMaskedLM

    try:
        return native.network(AutoModelForMaskedLM if head == "masked" else AutoModelForCausalLM)
    except NoHead as lost:
        raise GxviewError(
            f"{native.folder.path} has no trained {_NAMES[head]} head (its weights lack {lost}), so it gives no "
            "likelihood; use the checkpoint as it was pre-trained."
        ) from None


def _notes(reader: DnaTokenizer) -> tuple[str, ...]:
    lengths = {int(end - start) for start, end in reader.rows([PROBE])[0].spans}
    return (*reader.notes, *((BYTE_PAIRS,) if len(lengths) > 1 else ()))


def _batching(network: Any, device: torch.device) -> Batching:
    place = device.type if device.type in _CELLS else "cpu"
    return Batching(device, max(1, min(_CELLS[place], _LARGEST_LOGITS[place] // int(network.config.vocab_size))))


def _head_of(native: NativeFolder) -> Head:
    """Return which likelihood the model has, from what its configuration says."""
    native.check_kind()
    folder = native.folder
    stated = folder.config.get("architectures") or []
    for head, endings in _ENDINGS.items():
        if any(str(name).endswith(endings) for name in stated):
            return head
    what = f"is a {', '.join(map(str, stated))}" if stated else "does not state its architectures"
    raise GxviewError(
        f"{folder.path / CONFIG} {what}, so the model has no language-model head and gives no likelihood; use a "
        "checkpoint whose architecture ends with ForMaskedLM, ForCausalLM or LMHeadModel."
    )
