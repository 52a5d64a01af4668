"""What a language model of the transformers library says about pairs of windows, without any training: zero-shot."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gxview.assess.networks.likelihood import log_likelihood, pseudo_log_likelihood
from gxview.assess.networks.tokens import DnaTokenizer, Placed, TokenRow
from gxview.assess.variants.language import distances, touched
from gxview.assess.variants.native import NativeLanguageModel
from gxview.assess.variants.outputs import Floats, answers, sides
from gxview.assess.variants.windows import Pair
from gxview.errors import Cancelled
from gxview.models.batching import equal_length_batches

_BATCH, _CELLS = 64, 4096


REASON = (
    "the model gave no number: the alternative has an N, the tokens are too many for it or do not spell the window, or "
    "NaN or infinity came out"
)
"""Why there is no number, where windows could be laid."""


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
        Where these begin, and the end of the last one.
    """

    row: TokenRow
    starts: NDArray[np.int64]
    edges: list[int]

    @classmethod
    def of(cls, reader: DnaTokenizer, one: Placed, *, from_end: bool) -> _Side:
        """Tile a window by words from its left end on, or so that the last word is one of them."""
        step = reader.overlap + 1
        first = (len(one.at) - 1) % step if from_end else 0
        starts, spans = one.at[first::step], one.spans[first::step]
        return cls(reader.counted(one, first), starts, [*spans[:, 0].tolist(), int(spans[-1, 1])])

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
        """Return each score, float64 (n, 3): difference, reference and alternative; NaN where there is none."""
        letters, which = sides(pairs)
        placed = self.model.head.reader.placed(letters)
        fitting = np.array([self.model.head.fits(one) for one in placed], dtype=bool)[which].all(axis=0)
        found = {name: np.full((len(pairs), 3), np.nan) for name in self.scores}
        if fitting.any():
            used, again = np.unique(which[:, fitting], return_inverse=True)
            some = [pairs[n] for n in np.flatnonzero(fitting).tolist()]
            parts = [letters[n] for n in used], [placed[n] for n in used], again.reshape(2, -1)
            for name, values in self._found(some, *parts).items():
                found[name][fitting] = values
        return found

    def _found(
        self, pairs: Sequence[Pair], letters: Sequence[str], placed: Sequence[Placed], which: NDArray[np.int64]
    ) -> dict[str, Floats]:
        rows = [self.model.head.reader.counted(one) for one in placed]
        found: dict[str, Floats] = {}
        if "cosine" in self.scores:
            found["cosine"] = distances(self._embeddings(rows), which)
        if "llr" in self.scores and self.model.head.kind == "causal":
            found["llr"] = answers(*self._causal(rows)[which])
        elif "llr" in self.scores:
            found["llr"] = answers(*self._touched(pairs, letters, placed, which))
        if "pll" in self.scores:
            found["pll"] = answers(*self._masked(rows)[which])
        unknown = ["N" in pair.edit.text for pair in pairs]  # which is not counted, so that it would seem likely
        for name in {"llr", "pll"} & set(found):
            found[name][unknown] = np.nan
        return found

    def _touched(
        self, pairs: Sequence[Pair], letters: Sequence[str], placed: Sequence[Placed], which: NDArray[np.int64]
    ) -> Floats:
        """Return the sums over the tokens that each change touches, of references and alternatives, (2, n)."""
        spelt = [len(one.at) > 0 and one.spans[-1, 1] == len(text) for one, text in zip(placed, letters, strict=True)]
        asked: list[TokenRow] = []
        known = []
        for n, pair in enumerate(pairs):
            one, two = (int(index) for index in which[:, n])
            if spelt[one] and spelt[two] and (both := self._of_pair(pair, placed[one], placed[two])):
                asked += both
                known.append(n)
        found = np.full(which.shape, np.nan)
        found[:, known] = self._masked(asked).reshape(-1, 2).T
        return found

    def _of_pair(self, pair: Pair, one: Placed, two: Placed) -> list[TokenRow]:
        """Return both rows with the touched tokens counted; nothing where there are none.

        Overlapping words that tile a window from its left end may leave out its last bases: a change there is looked at
        with words that tile it from its right end.
        """
        reader = self.model.head.reader
        for from_end in (False, True):
            read = [_Side.of(reader, each, from_end=from_end) for each in (one, two)]
            spans = touched(pair, read[0].edges, read[1].edges)
            rows = [side.of_tokens(span) for side, span in zip(read, spans, strict=True)]
            if all(len(row.places) for row in rows):
                return rows
        return []

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
            for index, state in zip(batch, asked.hidden_states[-1].cpu().double(), strict=True):
                first, last = rows[index].dna
                found[index] = state[first:last].mean(0).numpy()
        return np.stack(found)

    def _check(self) -> None:
        if self.cancelled():
            raise Cancelled("Scoring was cancelled.")
