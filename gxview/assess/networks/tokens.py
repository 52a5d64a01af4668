"""How a tokenizer of the transformers library reads DNA: as letters, as words of them, or as overlapping k-mers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gxview.errors import GxviewError

PROBE = "ACGTTGCAAACCCGGGTTTAGCTAGGATCCATATGCGCACTGACATTGTAAT"
"""DNA in which every pair of bases occurs; its length is a multiple of neither 3, 5 nor 6."""

_MARKS = ("##", "\u0120", "\u2581")  # what WordPiece, byte-level BPE and SentencePiece put before a piece
_LONGEST_WORD = 8


@dataclass(frozen=True, slots=True, eq=False)
class TokenRow:
    """One tokenised sequence.

    Attributes
    ----------
    ids
        int64 (S,), special tokens included.
    dna
        The places [first, last) of the tokens that stand for bases; only these are ever hidden.
    places
        Where the tokens stand whose probabilities are summed, int64 (T,).
    spans
        The bases [start, end) of each of these, int64 (T, 2).
    reach
        So many neighbours on both sides are hidden too, because they share letters with the token (overlapping
        k-mers); 0 for all other tokenizers.
    """

    ids: NDArray[np.int64]
    dna: tuple[int, int]
    places: NDArray[np.int64]
    spans: NDArray[np.int64]
    reach: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """The tokens of one sequence that stand for bases.

    Attributes
    ----------
    ids
        int64 (S,), special tokens included.
    at
        Which of them stand for bases, int64 (T,).
    spans
        The bases [start, end) of each of these, int64 (T, 2); those of overlapping words overlap.
    known
        Which of these stand for at least one known base, bool (T,).
    """

    ids: NDArray[np.int64]
    at: NDArray[np.int64]
    spans: NDArray[np.int64]
    known: NDArray[np.bool_]


@dataclass(frozen=True)
class DnaTokenizer:
    """A tokenizer with the way in which it reads DNA.

    Attributes
    ----------
    wrapped
        Tokenizer of the transformers library.
    spell
        From letters to the text that it is given.
    overlap
        Letters that neighbouring tokens share.
    notes
        What a person should know.
    """

    wrapped: Any
    spell: Callable[[str], str]
    overlap: int
    notes: tuple[str, ...]

    @property
    def mask_id(self) -> int | None:
        """Id of the token that hides others."""
        found = self.wrapped.mask_token_id
        return None if found is None else int(found)

    @property
    def first(self) -> str | None:
        """The special token that stands before each sequence, as models of classes have it; None without one."""
        found, ids = self.wrapped.cls_token_id, self.wrapped([self.spell(PROBE)])["input_ids"][0]
        return str(self.wrapped.cls_token) if found is not None and ids[0] == found else None

    def rows(self, sequences: Sequence[str]) -> list[TokenRow]:
        """Return the tokens of cleaned sequences, and which of them a likelihood sums."""
        return [self.counted(one) for one in self.placed(sequences)]

    def placed(self, sequences: Sequence[str]) -> list[Placed]:
        """Return the tokens of cleaned sequences with the bases that each stands for."""
        ids = self.wrapped([self.spell(sequence) for sequence in sequences])["input_ids"]
        return [self._placed(np.array(row, dtype=np.int64)) for row in ids]

    def _placed(self, ids: NDArray[np.int64]) -> Placed:
        special, unknown = _special_ids(self.wrapped)
        at = np.flatnonzero(~np.isin(ids, list(special)))
        texts = self.wrapped.convert_ids_to_tokens(ids[at].tolist())
        unread = self.overlap + 1  # a word with an unknown base
        lengths = np.fromiter(map(partial(_bases, unread), texts, ids[at] == unknown), np.int64, len(at))
        ends = np.cumsum(lengths - self.overlap) + self.overlap
        known = (ids[at] != unknown) & np.fromiter((bool(_letters(text).strip("N")) for text in texts), bool, len(at))
        return Placed(ids, at, np.stack([ends - lengths, ends], axis=1), known)

    def counted(self, one: Placed, first: int = 0) -> TokenRow:
        """Return which tokens a likelihood sums: each with a known base; of overlapping words one in every k.

        Parameters
        ----------
        one
            The tokens.
        first
            Which overlapping word comes first.
        """
        ids, at, spans = one.ids, one.at, one.spans
        tiling = (np.arange(len(at)) - first) % (self.overlap + 1) == 0
        scored = tiling & (np.arange(len(at)) >= first) & one.known
        dna = (int(at[0]), int(at[-1]) + 1) if len(at) else (0, 0)
        return TokenRow(ids, dna, at[scored], spans[scored], self.overlap)


def dna_tokenizer(wrapped: Any, name: str) -> DnaTokenizer:
    """Find out how a tokenizer reads DNA.

    Raises
    ------
    GxviewError
        When its tokens do not spell what it was given.
    """
    if _spelt(wrapped, PROBE) == PROBE:
        return DnaTokenizer(wrapped, str, 0, ())
    if _spelt(wrapped, " ".join(PROBE)) == PROBE:
        return DnaTokenizer(wrapped, " ".join, 0, ())
    for k in range(2, _LONGEST_WORD + 1):
        words = _overlapping(k)(PROBE)
        if _spelt(wrapped, words) == words.replace(" ", ""):
            return DnaTokenizer(wrapped, _overlapping(k), k - 1, (_shared_letters(k),))
    raise GxviewError(
        f"The tokenizer of {name} does not know DNA: it reads {PROBE[:12]}... as "
        f"{' '.join(map(str, wrapped.convert_ids_to_tokens(_ids(wrapped, PROBE)[:4])))}...; use a model of DNA."
    )


def _overlapping(k: int) -> Callable[[str], str]:
    def spell(letters: str) -> str:
        return " ".join(letters[at : at + k] for at in range(max(1, len(letters) - k + 1)))

    return spell


def _shared_letters(k: int) -> str:
    return (
        f"Its tokens are overlapping words of {k} bases: one in every {k} is scored, with all words hidden that "
        f"share a letter with it, so that each base counts once; up to {k - 1} bases at the end do not count."
    )


def _bases(unread: int, token: str, unknown: bool) -> int:
    return unread if unknown else len(_letters(token))


def _ids(wrapped: Any, text: str) -> list[int]:
    special, _ = _special_ids(wrapped)
    return [index for index in wrapped([text])["input_ids"][0] if index not in special]


def _spelt(wrapped: Any, text: str) -> str:
    return "".join(_letters(token) for token in wrapped.convert_ids_to_tokens(_ids(wrapped, text)))


def _letters(token: str) -> str:
    for mark in _MARKS:
        token = token.removeprefix(mark)
    return token.removesuffix("</w>").strip().upper()


def _special_ids(wrapped: Any) -> tuple[set[int], int | None]:
    """Return the ids of special tokens, and that of unknown letters unless it is one of them."""
    roles = ("bos", "eos", "cls", "sep", "pad", "mask")
    special = {int(found) for role in roles if (found := getattr(wrapped, f"{role}_token_id", None)) is not None}
    unknown = wrapped.unk_token_id
    return special, None if unknown is None or unknown in special else int(unknown)
