"""Sequences of which chosen units were replaced: bases by other letters, or tokens by [MASK]."""

from __future__ import annotations

import hashlib
from typing import Literal, Protocol, get_args

import numpy as np
from numpy.typing import NDArray

from gxview.errors import UsageError
from gxview.evaluate.scorer import Scorer, Scores
from gxview.explain.explanation import Explanation
from gxview.explain.transfer import to_tokens
from gxview.genome.shuffle import dinucleotide_shuffles
from gxview.models.loaded import LoadedDNABert2
from gxview.models.sequences import clean_sequence

Replacement = Literal["random", "mask", "n", "dinucleotide"]
REPLACEMENTS: tuple[str, ...] = get_args(Replacement)
"""A random other base; the [MASK] token; N; the letter of a dinucleotide shuffle of the whole sequence."""

Mask = NDArray[np.bool_]
Ints = NDArray[np.int64]

_BASES = np.frombuffer(b"ACGT", dtype=np.uint8)
_N = ord("N")


class Mutator(Protocol):
    """Replaces units of one sequence.

    Attributes
    ----------
    lengths : ndarray
        Bases of each of the U units, int64 (U,).
    draws : int
        How many replacements are drawn for each unit; 1 where nothing is drawn.
    """

    @property
    def lengths(self) -> Ints: ...  # noqa: D102
    @property
    def draws(self) -> int: ...  # noqa: D102

    def relevance(self, explanation: Explanation) -> NDArray[np.float32]:
        """Return the relevance of each unit, (U,)."""

    def rows(self, chosen: Mask, draws: Ints) -> list[bytes]:
        """Return what the model reads after the chosen units (M, U) took the replacement of their draw (M,)."""

    def ask(self, scorer: Scorer, rows: list[bytes]) -> Scores:
        """Score rows of this and of other sequences of the same kind of mutator."""


class LetterMutator:
    """Replaces bases; a token model cuts the result into tokens anew. An unknown base (N) stays one.

    Every draw is a twin of the sequence in which each base is replaced; a mutant takes the chosen bases from a twin. So
    perturbations are nested, different orders meet the same letters, and two models read the same mutants.
    """

    def __init__(self, sequence: str, replacement: str, draws: int, rng: np.random.Generator) -> None:
        self._letters = np.frombuffer(sequence.encode("ascii"), dtype=np.uint8)
        self._twins = _twins(self._letters, sequence, replacement, draws, rng)

    @property
    def lengths(self) -> Ints:
        """One base each."""
        return np.ones(len(self._letters), dtype=np.int64)

    @property
    def draws(self) -> int:
        """Number of twins."""
        return len(self._twins)

    def relevance(self, explanation: Explanation) -> NDArray[np.float32]:
        """Return the relevance of each base."""
        return explanation.values

    def rows(self, chosen: Mask, draws: Ints) -> list[bytes]:
        """Return letters."""
        return [row.tobytes() for row in np.where(chosen, self._twins[draws], self._letters)]

    def ask(self, scorer: Scorer, rows: list[bytes]) -> Scores:
        """Score letters."""
        return scorer.letters(row.decode("ascii") for row in rows)


class TokenMutator:
    """Replaces whole tokens by [MASK]; nothing is cut into tokens anew."""

    draws = 1

    def __init__(self, ids: Ints, dna: Mask, spans: Ints, mask_id: int) -> None:
        self._ids, self._at, self._spans, self._mask_id = ids, np.flatnonzero(dna), spans, mask_id

    @property
    def lengths(self) -> Ints:
        """Bases of each token."""
        return self._spans[:, 1] - self._spans[:, 0]

    def relevance(self, explanation: Explanation) -> NDArray[np.float32]:
        """Return the relevance of each token; what was explained at bases is summed over each token."""
        if np.array_equal(explanation.token_spans, self._spans):
            return explanation.token_relevance
        return to_tokens(explanation.values, self._spans)

    def rows(self, chosen: Mask, draws: Ints) -> list[bytes]:
        """Return token ids as bytes."""
        rows = np.tile(self._ids, (len(chosen), 1))
        rows[:, self._at] = np.where(chosen, self._mask_id, rows[:, self._at])
        return [row.tobytes() for row in rows]

    def ask(self, scorer: Scorer, rows: list[bytes]) -> Scores:
        """Score token ids."""
        return scorer.tokens(np.frombuffer(row, dtype=np.int64) for row in rows)


def mutator(scorer: Scorer, sequence: str, replacement: str, draws: int, seed: int) -> Mutator:
    """Return the mutator of a sequence for a model.

    Parameters
    ----------
    scorer : Scorer
        The model; for one on bases ``'mask'`` is N, since an unknown base is a column of zeros.
    sequence : str
        DNA of either case.
    replacement : str
        One of `REPLACEMENTS`.
    draws : int
        Replacements drawn for each base, where they are drawn.
    seed : int
        With the letters it settles all that is drawn, whoever asks and in whatever company.

    Raises
    ------
    UsageError
        For an unknown replacement.
    """
    if replacement not in REPLACEMENTS:
        raise UsageError(f"There is no replacement '{replacement}'; use one of {', '.join(REPLACEMENTS)}.")
    letters = clean_sequence(sequence, "the sequence")
    if replacement == "mask" and isinstance(scorer.model, LoadedDNABert2):
        tokens = scorer.model.tokenize([letters])
        ids, dna = tokens.input_ids[0].cpu().numpy(), tokens.dna[0].cpu().numpy()
        return TokenMutator(ids, dna, tokens.spans[0], scorer.model.tokenizer.mask_id)
    return LetterMutator(letters, replacement, draws, sequence_rng(seed, letters, replacement))


def sequence_rng(seed: int, sequence: str, purpose: str) -> np.random.Generator:
    """Return a source of chance that depends on a seed, the letters of a sequence and a purpose only."""
    digest = hashlib.blake2b(f"{purpose}:{sequence.upper()}".encode(), digest_size=8).digest()
    return np.random.default_rng([seed, int.from_bytes(digest, "big")])


def _twins(
    letters: NDArray[np.uint8], sequence: str, replacement: str, draws: int, rng: np.random.Generator
) -> NDArray[np.uint8]:
    if replacement in ("mask", "n"):
        return np.full((1, len(letters)), _N, dtype=np.uint8)
    if replacement == "dinucleotide":
        shuffles = "".join(dinucleotide_shuffles(sequence, draws, rng)).encode("ascii")
        return np.frombuffer(shuffles, dtype=np.uint8).reshape(draws, -1)
    codes = np.searchsorted(_BASES, letters)
    other = _BASES[(codes + rng.integers(1, 4, (draws, len(letters)))) % 4]
    return np.where(np.isin(letters, _BASES), other, letters)
