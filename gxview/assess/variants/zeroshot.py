"""What a language model of the transformers library says about pairs of windows, without any training: zero-shot."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gxview.assess.networks.likelihood import log_likelihood, pseudo_log_likelihood
from gxview.assess.networks.tokens import Placed, TokenRow
from gxview.assess.variants.language import distances, touched
from gxview.assess.variants.native import NativeLanguageModel
from gxview.assess.variants.outputs import Floats, answers, sides
from gxview.assess.variants.windows import Pair
from gxview.errors import Cancelled
from gxview.models.batching import equal_length_batches

_BATCH, _CELLS = 64, 4096


@dataclass(frozen=True, slots=True, eq=False)
class _Side:
    """One allele in tokens, on the strand that is read.

    Attributes
    ----------
    row
        The tokens, with the places of those that count.
    starts
        The places of the tokens that tile the window.
    edges
        Where these begin, and the end of the last one; empty when the tokens do not spell the letters.
    """

    row: TokenRow
    starts: NDArray[np.int64]
    edges: list[int]

    @classmethod
    def of(cls, row: TokenRow, one: Placed, bases: int) -> _Side:
        step = row.reach + 1
        starts, spans = one.at[::step], one.spans[::step]
        spelt = len(spans) > 0 and int(one.spans[-1, 1]) == bases
        return cls(row, starts, [*spans[:, 0].tolist(), int(spans[-1, 1])] if spelt else [])

    def of_tokens(self, numbers: range) -> TokenRow:
        """Return the row with only some of the tiling tokens counted, numbered from 1."""
        wanted = np.isin(self.row.places, self.starts[numbers.start - 1 : numbers.stop - 1])
        return replace(self.row, places=self.row.places[wanted], spans=self.row.spans[wanted])


@dataclass(frozen=True)
class ZeroShot:
    """Asks a language model of `transformers` about pairs of windows.

    Attributes
    ----------
    model
        Who is asked.
    scores
        Names of what is wanted.
    cancelled
        Asked before every batch.
    """

    model: NativeLanguageModel
    scores: tuple[str, ...]
    cancelled: Callable[[], bool]

    def __call__(self, pairs: Sequence[Pair]) -> dict[str, Floats]:
        """Return each score, float64 (n, 3): difference, reference and alternative."""
        letters, which = sides(pairs)
        rows = self.model.head.read(letters)
        found: dict[str, Floats] = {}
        if "cosine" in self.scores:
            found["cosine"] = distances(self._embeddings(rows), which)
        if self.model.head.kind == "causal":
            if "llr" in self.scores:
                found["llr"] = answers(*self._causal(rows)[which])
            return found
        if "llr" in self.scores:
            found["llr"] = answers(*self._touched(pairs, letters, rows, which))
        if "pll" in self.scores:
            found["pll"] = answers(*self._masked(rows)[which])
        return found

    def _touched(
        self, pairs: Sequence[Pair], letters: Sequence[str], rows: Sequence[TokenRow], which: NDArray[np.int64]
    ) -> Floats:
        """Return the sums over the tokens that each change touches, of references and alternatives, (2, n)."""
        placed = self.model.head.reader.placed(letters)
        read = [_Side.of(row, one, len(text)) for row, one, text in zip(rows, placed, letters, strict=True)]
        found = np.full(which.shape, np.nan)
        known = [n for n in range(len(pairs)) if all(read[index].edges for index in which[:, n])]
        asked: list[TokenRow] = []
        for n in known:
            one, two = (read[index] for index in which[:, n])
            spans = touched(pairs[n], one.edges, two.edges)
            asked += [one.of_tokens(spans[0]), two.of_tokens(spans[1])]
        found[:, known] = self._masked(asked).reshape(-1, 2).T
        return found

    def _masked(self, rows: Sequence[TokenRow]) -> Floats:
        head = self.model.head

        def ask(ids: Tensor, places: Tensor) -> Tensor:
            self._check()
            return head.at_places(ids, places)

        return pseudo_log_likelihood(rows, head.mask_id, ask, head.batching)

    def _causal(self, rows: Sequence[TokenRow]) -> Floats:
        head = self.model.head

        def ask(ids: Tensor) -> Tensor:
            self._check()
            return head.everywhere(ids)

        return log_likelihood(rows, ask, head.batching)

    def _embeddings(self, rows: Sequence[TokenRow]) -> Floats:
        """Return the mean of the last hidden states of the tokens of bases, float64 (n, width)."""
        head, found = self.model.head, [np.zeros(0)] * len(rows)
        for batch in equal_length_batches([len(row.ids) for row in rows], _BATCH, _CELLS):
            self._check()
            ids = torch.from_numpy(np.stack([rows[index].ids for index in batch])).to(self.model.device)
            with torch.inference_mode():
                asked = head.network(input_ids=ids, attention_mask=torch.ones_like(ids), output_hidden_states=True)
            for index, state in zip(batch, asked.hidden_states[-1].double(), strict=True):
                first, last = rows[index].dna
                found[index] = state[first:last].mean(0).cpu().numpy()
        return np.stack(found)

    def _check(self) -> None:
        if self.cancelled():
            raise Cancelled("Scoring was cancelled.")
