"""Random relevance, which every method has to beat."""

from __future__ import annotations

import numpy as np

from gxview.explain.attribution.found import of_bases, of_tokens
from gxview.explain.attribution.work import Work, generator
from gxview.explain.relevance import Relevance
from gxview.models.sequences import UNKNOWN, base_codes


def random_relevance(work: Work, sequence: str) -> Relevance:
    """Draw a standard normal number for each token, or each base of a CNN, seeded by the letters alone.

    Tokens [UNK] and unknown bases get 0, and so do [CLS] and [SEP].
    """
    rng = generator(sequence, "random")
    if work.model.kind != "dnabert2":
        codes = base_codes(sequence)
        values = rng.standard_normal(len(codes)) * (codes != UNKNOWN)
        return of_bases(work, sequence, values, work.base_logits(codes[None])[0], {})
    tokens = work.model.tokenize([sequence])
    known = np.array([sequence[start:end] != "N" for start, end in tokens.spans[0]])
    relevance = np.zeros(tokens.dna.shape[1])
    relevance[tokens.dna[0].cpu().numpy()] = rng.standard_normal(len(known)) * known
    logits = work.token_logits(work.token_rows([sequence]))[0]
    return of_tokens(work, sequence, tokens, relevance, logits, {})
