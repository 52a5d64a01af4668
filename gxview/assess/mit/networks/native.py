"""Language models of the transformers library from a local folder, without any code of the folder."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import torch
from torch import Tensor

from gxview.assess.mit.networks.language import (
    BYTE_PAIRS,
    CausalLanguageModel,
    MaskedLanguageModel,
    Read,
)
from gxview.assess.mit.networks.likelihood import Batching, TokenRow
from gxview.assess.mit.networks.tokens import PROBE, DnaTokenizer, dna_tokenizer
from gxview.errors import GxviewError
from gxview.models.folder import CONFIG, ModelFolder
from gxview.models.weights import weight_files

Head = Literal["masked", "causal"]

PLUG_IN = "wrap it in a scorer plug-in (docs/mit-models.md)"
_NAMES: dict[Head, str] = {"masked": "masked-language-model", "causal": "causal-language-model"}
_ENDINGS: dict[Head, tuple[str, ...]] = {"masked": ("ForMaskedLM",), "causal": ("ForCausalLM", "LMHeadModel")}
_CELLS = {"cpu": 4096, "cuda": 65536}
_LARGEST_LOGITS = {"cpu": 2**25, "cuda": 2**29}  # numbers of one batch: 128 MB and 2 GB
_SHIFTED = ("esm", "roberta", "xlm-roberta", "camembert")  # positions are counted from the padding id + 1 on
_BESIDE = ("contact_head", "pooler", "position_ids")  # weights that no likelihood depends on


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
    head = _head_of(folder)
    weight_files(folder.path)
    reader = dna_tokenizer(_tokenizer(folder), folder.name)
    network = _network(folder, head).to(device).eval().requires_grad_(False)
    _check_room(network, reader, folder)
    facts = {
        "model": folder.name,
        "kind": str(network.config.model_type),
        "content_hash": folder.content_hash(),
        "score": "pseudo-log-likelihood (nats)" if head == "masked" else "log-likelihood (nats)",
    }
    read = _bounded(reader, _most_tokens(network.config), folder.name)
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


def _bounded(reader: DnaTokenizer, most: float, name: str) -> Read:
    """Refuse sequences for which the network has no positions."""

    def read(sequences: Sequence[str]) -> list[TokenRow]:
        rows = reader.rows(sequences)
        longest = max((len(row.ids) for row in rows), default=0)
        if longest > most:
            raise GxviewError(
                f"{name} takes at most {most:.0f} tokens, but a sequence has {longest}; use shorter ones."
            )
        return rows

    return read


def _most_tokens(config: Any) -> float:
    """Return how many tokens have a position of their own; infinite where positions are not learned one by one."""
    most = getattr(config, "max_position_embeddings", None)
    if most is None or getattr(config, "position_embedding_type", "absolute") not in ("absolute", None):
        return float("inf")
    return int(most) - (int(config.pad_token_id or 0) + 1 if config.model_type in _SHIFTED else 0)


def _notes(reader: DnaTokenizer) -> tuple[str, ...]:
    lengths = {int(end - start) for start, end in reader.rows([PROBE])[0].spans}
    return (*reader.notes, *((BYTE_PAIRS,) if len(lengths) > 1 else ()))


def _batching(network: Any, device: torch.device) -> Batching:
    place = device.type if device.type in _CELLS else "cpu"
    return Batching(device, max(1, min(_CELLS[place], _LARGEST_LOGITS[place] // int(network.config.vocab_size))))


def _head_of(folder: ModelFolder) -> Head:
    """Return which likelihood the model has, from what its configuration says."""
    from transformers.models.auto.configuration_auto import CONFIG_MAPPING_NAMES

    kind, stated = folder.config.get("model_type"), folder.config.get("architectures") or []
    if kind not in CONFIG_MAPPING_NAMES:
        why = (
            "needs code of its own, which gxview never runs"
            if "auto_map" in folder.config
            else ("is of a kind that the installed transformers library does not know")
        )
        raise GxviewError(f"{folder.path} (model_type {kind or 'not stated'}) {why}; {PLUG_IN}.")
    for head, endings in _ENDINGS.items():
        if any(str(name).endswith(endings) for name in stated):
            return head
    what = f"is a {', '.join(map(str, stated))}" if stated else "does not state its architectures"
    raise GxviewError(
        f"{folder.path / CONFIG} {what}, so the model has no language-model head and gives no likelihood; use a "
        "checkpoint whose architecture ends with ForMaskedLM, ForCausalLM or LMHeadModel."
    )


def _tokenizer(folder: ModelFolder) -> Any:
    from transformers import AutoTokenizer

    with _quiet():
        try:
            return AutoTokenizer.from_pretrained(folder.path, trust_remote_code=False, local_files_only=True)
        except Exception as error:  # noqa: BLE001  # the library raises what its parts raise
            if "trust_remote_code" in str(error):
                why = "needs code of its own, which gxview never runs"
                raise GxviewError(f"The tokenizer of {folder.path} {why}; {PLUG_IN}.") from None
            raise GxviewError(f"The tokenizer of {folder.path} cannot be read ({_first_line(error)}).") from None


def _network(folder: ModelFolder, head: Head) -> Any:
    from transformers import AutoModelForCausalLM, AutoModelForMaskedLM

    loader = AutoModelForMaskedLM if head == "masked" else AutoModelForCausalLM
    with _quiet():
        try:
            network, found = loader.from_pretrained(
                folder.path,
                trust_remote_code=False,
                local_files_only=True,
                dtype=torch.float32,
                output_loading_info=True,
            )
        except Exception as error:  # noqa: BLE001
            raise GxviewError(f"{folder.path} cannot be loaded ({_first_line(error)}).") from None
    _check_complete(network, found, head, folder.path)
    return network


def _check_complete(network: Any, found: dict[str, Any], head: Head, path: Path) -> None:
    """Refuse weights that would leave a part of the network at random numbers."""
    lost = {*found["missing_keys"], *(str(entry[0]) for entry in found.get("mismatched_keys", ()))}
    unused = getattr(network.config, "position_embedding_type", "absolute") == "rotary"
    beside = (*_BESIDE, "position_embeddings") if unused else _BESIDE
    missing = sorted(name for name in lost if not any(part in name for part in beside))
    if not missing:
        return
    if not any(name.startswith(f"{network.base_model_prefix}.") for name in missing):
        raise GxviewError(
            f"{path} has no trained {_NAMES[head]} head (its weights lack {missing[0]}), so it gives no likelihood; "
            "use the checkpoint as it was pre-trained."
        )
    raise GxviewError(
        f"The weights of {path} are not those of a {type(network).__name__} ({missing[0]} is missing or misshapen"
        f"{f', and {len(missing) - 1} more' if len(missing) > 1 else ''}); if it has code of its own, {PLUG_IN}."
    )


def _check_room(network: Any, reader: DnaTokenizer, folder: ModelFolder) -> None:
    """Refuse a tokenizer whose ids the network does not know."""
    known, wanted = int(network.get_input_embeddings().num_embeddings), len(reader.wrapped)
    if wanted > known:
        raise GxviewError(
            f"The tokenizer of {folder.path} has {wanted} tokens, but the network knows only {known}; the two belong "
            "to different models."
        )


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the library from writing about weights: what matters is told in an error."""
    from transformers.utils import logging

    before, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(before)
        if bars:
            logging.enable_progress_bar()


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")
