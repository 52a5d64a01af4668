"""What a language model says about pairs of windows: embeddings and masked likelihoods."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gxview.assess.networks.float64 import widened
from gxview.assess.variants.outputs import Floats, answers, sides
from gxview.assess.variants.windows import Pair
from gxview.explain.attribution.work import Work
from gxview.explain.rules import GradientOps
from gxview.models.loaded import LoadedDNABert2

Ids = NDArray[np.int32]
Query = tuple[bytes, int]
"""A row of token ids with one of them hidden, and which."""


def cosines(work: Work, pairs: Sequence[Pair]) -> dict[str, Floats]:
    """Return ``cosine``, float64 (n, 3); it has no sides.

    The embedding of a window is the mean of the last hidden states of its tokens of bases, in float64.
    """
    letters, which = sides(pairs)
    return {"cosine": distances(_embeddings(work, work.token_rows(letters)), which)}


def distances(found: Floats, which: NDArray[np.int64]) -> Floats:
    """Return the cosine distance of each pair, float64 (n, 3) without sides, from embeddings (m, width)."""
    one, two = found[which]
    lengths = np.linalg.norm(one, axis=1) * np.linalg.norm(two, axis=1)
    apart = np.maximum(0.0, 1.0 - np.einsum("nd,nd->n", one, two) / lengths)
    missing = np.full_like(apart, np.nan)
    return np.stack([apart, missing, missing], axis=1)


def _embeddings(work: Work, rows: Sequence[Ids]) -> Floats:
    network: Any = work.model.network
    found = np.empty((len(rows), network.config.hidden_size))
    for batch in work.of_one_length(rows):
        hidden = _hidden(work, np.stack([rows[index] for index in batch]))
        found[batch] = widened(hidden[:, 1:-1]).mean(1).cpu().numpy()  # without [CLS] and [SEP]
    return found


def _hidden(work: Work, ids: Ids) -> Tensor:
    network: Any = work.model.network
    with work.answering():
        rows = torch.from_numpy(ids).long().to(work.model.device)
        hidden: Tensor = network.bert(input_ids=rows, ops=GradientOps()).last_hidden_state
    return hidden


@dataclass(frozen=True, slots=True, eq=False)
class _Side:
    """One allele of a pair in tokens, on the strand that is read.

    Attributes
    ----------
    ids : ndarray
        [CLS] and [SEP] included, int32 (T + 2,).
    edges : list of int
        Where tokens begin, and the end of the last one (T + 1).
    """

    ids: Ids
    edges: list[int]


def likelihoods(work: Work, pairs: Sequence[Pair], names: Sequence[str]) -> dict[str, Floats]:
    """Return ``llr`` or ``pll`` or both, each float64 (n, 3).

    A token is hidden by itself and all others stand; a row that two alleles share after hiding is asked once. [UNK],
    the token of an unknown base, is not hidden.
    """
    letters, which = sides(pairs)
    tokens = work.model.flat_tokens(letters)
    ends = np.split(np.cumsum(tokens.bases), tokens.starts[1:])
    rows = np.split(tokens.ids, tokens.starts[1:])
    read = [
        _Side(row, (end[:-1] - (end[-1] - len(text))).tolist())
        for row, end, text in zip(rows, ends, letters, strict=True)
    ]
    found = {}
    for name in names:
        spans = [_spans(pair, read[one], read[two], name) for pair, one, two in zip(pairs, *which, strict=True)]
        asked = [(read[index], span[side]) for side in (0, 1) for index, span in zip(which[side], spans, strict=True)]
        found[name] = answers(*_sums(work, asked).reshape(2, -1))
    return found


def _spans(pair: Pair, one: _Side, two: _Side, name: str) -> tuple[range, range]:
    """Return which tokens of either side are hidden, from 1 on (0 is [CLS])."""
    if name == "pll":
        return range(1, len(one.ids) - 1), range(1, len(two.ids) - 1)
    return touched(pair, one.edges, two.edges)


def touched(pair: Pair, one: Sequence[int], two: Sequence[int]) -> tuple[range, range]:
    """Return the tokens that a change touches on either side, numbered from 1.

    They lie between the nearest two places left and right of the change at which both sides begin a token. Byte-pair
    merges never crossed such a place, so outside both sides have the same tokens, as far as they have the same letters.
    """
    at, before, text = pair.at, len(pair.edit.before), len(pair.edit.text)
    first = second = at
    if pair.strand == "-":  # windows that begin together end together when read from the other end
        first, second = len(pair.reference) - at - before, len(pair.alternative) - at - text
    (a, b), (c, d) = _last_common(one, two, first, second), _first_common(one, two, first + before, second + text)
    return range(a + 1, c + 1), range(b + 1, d + 1)


def _last_common(one: Sequence[int], two: Sequence[int], at: int, other: int) -> tuple[int, int]:
    """Return the indices of the last edges up to `at` and `other`, equally far before them; the first if none."""
    places = {other - edge: index for index, edge in enumerate(two) if edge <= other}
    found = ((index, places.get(at - edge)) for index, edge in reversed(list(enumerate(one))) if edge <= at)
    return next(((index, same) for index, same in found if same is not None), (0, 0))


def _first_common(one: Sequence[int], two: Sequence[int], at: int, other: int) -> tuple[int, int]:
    """Return the indices of the first edges from `at` and `other` on, equally far behind; the last if none."""
    places = {edge - other: index for index, edge in enumerate(two) if edge >= other}
    found = ((index, places.get(edge - at)) for index, edge in enumerate(one) if edge >= at)
    return next(((index, same) for index, same in found if same is not None), (len(one) - 1, len(two) - 1))


def _sums(work: Work, asked: Sequence[tuple[_Side, range]]) -> Floats:
    """Return the sum of log-probabilities of some tokens of each row, each hidden by itself."""
    model = work.model
    assert isinstance(model, LoadedDNABert2)
    queries: dict[Query, int] = {}
    which, tokens, owners = [], [], []
    for owner, (side, span) in enumerate(asked):
        for place in span:
            if side.ids[place] != model.tokenizer.unk_id:
                row = side.ids.copy()
                row[place] = model.tokenizer.mask_id
                which.append(queries.setdefault((row.tobytes(), place), len(queries)))
                tokens.append(int(side.ids[place]))
                owners.append(owner)
    sums = np.zeros(len(asked))
    if queries:
        np.add.at(sums, owners, _log_probabilities(work, list(queries), which, tokens))
    return sums


def _log_probabilities(work: Work, queries: Sequence[Query], which: Sequence[int], tokens: Sequence[int]) -> Floats:
    """Return the log-probability of each token in the hidden place of its query, float64 (n,)."""
    rows = [np.frombuffer(row, dtype=np.int32) for row, _ in queries]
    places = np.array([place for _, place in queries])
    wanted = _wanted(len(queries), which)
    found = np.empty(len(which))
    network: Any = work.model.network
    for batch in work.of_one_length(rows):
        hidden = _hidden(work, np.stack([rows[index] for index in batch]))
        with work.answering():
            at_place = hidden[torch.arange(len(batch)), torch.from_numpy(places[batch]).to(hidden.device)]
            logs = torch.log_softmax(network.cls(at_place, GradientOps()).float(), dim=-1).cpu().double().numpy()
        for row, index in enumerate(batch):
            found[wanted[index]] = logs[row, [tokens[number] for number in wanted[index]]]
    return found


def _wanted(count: int, which: Sequence[int]) -> list[list[int]]:
    """Return who asks each query."""
    wanted: list[list[int]] = [[] for _ in range(count)]
    for number, index in enumerate(which):
        wanted[index].append(number)
    return wanted
