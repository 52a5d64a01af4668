"""Occlusion: by how much the explained quantity falls when a part of the input is hidden (Zeiler and Fergus 2014)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gxview.explain.attribution.found import of_bases, of_tokens
from gxview.explain.attribution.work import Work
from gxview.explain.relevance import Relevance
from gxview.models.loaded import LoadedDNABert2
from gxview.models.sequences import UNKNOWN


def occlusion(work: Work, sequence: str) -> Relevance:
    """Hide one token at a time behind [MASK], or one base of a CNN behind N, and take what is lost.

    [CLS] and [SEP] stay; an unknown base of a CNN is hidden already and gets 0.
    """
    if isinstance(work.model, LoadedDNABert2):
        return _tokens(work, work.model, sequence)
    codes = work.model.codes([sequence])[0]
    known = np.flatnonzero(codes != UNKNOWN)
    rows = np.tile(codes, (len(known) + 1, 1))
    rows[np.arange(len(known)) + 1, known] = UNKNOWN
    logits = work.base_logits(rows)
    values = np.zeros(len(codes))
    values[known] = _lost(work, logits)
    return of_bases(work, sequence, values, logits[0], {})


def _tokens(work: Work, model: LoadedDNABert2, sequence: str) -> Relevance:
    tokens = model.tokenize([sequence])
    ids = tokens.input_ids[0].cpu().numpy().astype(np.int32)
    dna = np.flatnonzero(tokens.dna[0].cpu().numpy())
    rows = np.tile(ids, (len(dna) + 1, 1))
    rows[np.arange(len(dna)) + 1, dna] = model.tokenizer.mask_id
    logits = work.token_logits(list(rows))
    relevance = np.zeros(len(ids))
    relevance[dna] = _lost(work, logits)
    return of_tokens(work, sequence, tokens, relevance, logits[0], {})


def _lost(work: Work, logits: NDArray[np.float32]) -> NDArray[np.float64]:
    explained = work.explained(logits)
    return np.asarray(explained[0] - explained[1:])
