"""Language models of the transformers library from a local folder, without any code of the folder."""

from __future__ import annotations

import torch

from gxview.assess.mit.networks.language import BYTE_PAIRS, CausalLanguageModel, MaskedLanguageModel
from gxview.assess.networks.heads import LanguageHead
from gxview.assess.networks.native import NativeFolder
from gxview.assess.networks.tokens import PROBE, DnaTokenizer
from gxview.models.folder import ModelFolder

PLUG_IN = "wrap it in a scorer plug-in (docs/mit-models.md)"


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
    head = LanguageHead.load(NativeFolder(folder, PLUG_IN), device)
    masked = head.kind == "masked"
    facts = {
        "model": folder.name,
        "kind": str(head.network.config.model_type),
        "content_hash": folder.content_hash(),
        "score": "pseudo-log-likelihood (nats)" if masked else "log-likelihood (nats)",
    }
    shared = (name, f"{facts['content_hash']} {head.kind}", head.read, head.batching, _notes(head.reader))
    if masked:
        return MaskedLanguageModel(*shared, facts=facts, mask_id=head.mask_id, ask=head.at_places)
    return CausalLanguageModel(*shared, facts=facts, ask=head.everywhere)


def _notes(reader: DnaTokenizer) -> tuple[str, ...]:
    lengths = {int(end - start) for start, end in reader.rows([PROBE])[0].spans}
    return (*reader.notes, *((BYTE_PAIRS,) if len(lengths) > 1 else ()))
