"""Delta-entropy of a masked language model (Tang et al. 2025): how sure the model is of what stands in a place."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gxview.explain.attribution.found import of_tokens
from gxview.explain.attribution.work import Work
from gxview.explain.relevance import Relevance
from gxview.explain.rules import GradientOps
from gxview.models.loaded import LoadedDNABert2


def delta_entropy(work: Work, sequence: str) -> Relevance:
    """Hide one token at a time and take the entropy of what the model expects there.

    The value of a token is the largest entropy in the sequence minus its own, in nats over the whole vocabulary, so
    that 0 is where the model knows least. [CLS], [SEP] and [UNK] get 0 and are not hidden. No class is explained:
    the model has no classifier, and its logits are empty.
    """
    model = work.model
    assert isinstance(model, LoadedDNABert2)
    tokens = model.tokenize([sequence])
    ids = tokens.input_ids[0]
    places = torch.nonzero(tokens.dna[0] & (ids != model.tokenizer.unk_id))[:, 0]
    values = np.zeros(len(ids))
    details = {}
    if len(places):
        rows = ids.repeat(len(places), 1)
        rows[torch.arange(len(places)), places] = model.tokenizer.mask_id
        entropies = _entropies(work, rows, places)
        values[places.cpu().numpy()] = entropies.max() - entropies
        details = {"largest_entropy": float(entropies.max())}
    return of_tokens(work, sequence, tokens, values, np.zeros(0, dtype=np.float32), details)


def _entropies(work: Work, rows: Tensor, places: Tensor) -> NDArray[np.float64]:
    """Return the entropy (n,) of the predicted distribution at one place of each row of token ids (n, S)."""
    network: Any = work.model.network
    ops, found = GradientOps(), []
    with work.answering():
        for part in work.parts(len(rows), rows.shape[1]):
            hidden = network.bert(input_ids=rows[part], ops=ops).last_hidden_state
            at_place = hidden[torch.arange(len(hidden)), places[part]]
            logs = torch.log_softmax(network.cls(at_place, ops), dim=-1).cpu().double()
            found.append(-(logs.exp() * logs).sum(-1).numpy())
    return np.concatenate(found)
