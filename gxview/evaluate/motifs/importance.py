"""Global importance analysis: what a motif does to a prediction, whatever surrounds it.

Koo, Majdandzic, Ploenzke, Anand and Paul (2021), PLoS Computational Biology 17:e1008925: a motif is put into many
backgrounds, and the mean change of the prediction is its global importance. Backgrounds are dinucleotide shuffles of
given sequences; the same letters in another order, put at the same place, show what the bases do without the motif.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gxview.errors import GxviewError, UsageError
from gxview.evaluate.motifs.motif import BASES, Motif
from gxview.genome.shuffle import dinucleotide_shuffle
from gxview.measures.statistics import bootstrap_interval, paired_wilcoxon

Score = Callable[[Sequence[str]], NDArray[np.floating]]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Effect:
    """A mean change of the prediction over backgrounds.

    Attributes
    ----------
    label
        What was put in.
    position
        First base of the (first) motif, from 0; -1 where every background had its own.
    spacing
        Bases between two motifs; -1 for one motif.
    effect, low, high
        Mean change of the prediction by the motif and its 95 % bootstrap interval over backgrounds.
    shuffled, shuffled_low, shuffled_high
        The same for the motif's letters in another order.
    difference, p_value
        Mean of effect minus shuffled, and Wilcoxon's signed-rank test of the pairs, two-sided.
    backgrounds
        Number of backgrounds.
    """

    label: str
    position: int
    spacing: int
    effect: float
    low: float
    high: float
    shuffled: float
    shuffled_low: float
    shuffled_high: float
    difference: float
    p_value: float
    backgrounds: int


@dataclass(frozen=True, slots=True)
class SpacingEffect:
    """Two motifs at one distance.

    Attributes
    ----------
    spacing
        Bases between them.
    together, apart
        Mean change by both, and the sum of the mean changes by each alone at the same places.
    interaction, low, high
        together - apart and its 95 % bootstrap interval over backgrounds: 0 where a model adds them up.
    backgrounds
        Number of backgrounds.
    """

    spacing: int
    together: float
    apart: float
    interaction: float
    low: float
    high: float
    backgrounds: int


class Backgrounds:
    """Sequences in which a motif has no company, and what the model says about them.

    Parameters
    ----------
    sequences
        Sequences of one length to shuffle, in turn.
    count
        Number of backgrounds.
    score
        Returns the prediction (logit or probability) of sequences, (N,).
    seed
        Seed of shuffles, of instances of motifs, and of intervals.

    Raises
    ------
    GxviewError
        Without sequences, or for different lengths.
    UsageError
        For fewer than two backgrounds.
    """

    def __init__(self, sequences: Sequence[str], count: int, score: Score, *, seed: int = 0) -> None:
        if not sequences or len({len(one) for one in sequences}) > 1:
            raise GxviewError("Backgrounds are made of one or more sequences of one length.")
        if count < 2:
            raise UsageError(f"Global importance needs two or more backgrounds, not {count}.")
        self._seed, self._score = seed, score
        rng = np.random.default_rng([seed, 0])
        self.letters = [dinucleotide_shuffle(sequences[index % len(sequences)], rng) for index in range(count)]
        self.length = len(self.letters[0])
        self.scores = self._ask(self.letters)

    def effect(self, motif: Motif, position: int | None = None, *, consensus: bool = False) -> Effect:
        """Measure what a motif does at one position, or in the middle.

        Parameters
        ----------
        motif
            The motif; each background gets an instance drawn from its probabilities, the same at every position.
        position
            First base, from 0.
        consensus
            Put in the commonest base of each position instead.

        Raises
        ------
        UsageError
            When the motif does not fit there.
        """
        start = (self.length - motif.width) // 2 if position is None else position
        words = self._words(motif, consensus)
        return self._effect(motif.label, words, start)

    def scan(self, motif: Motif, positions: Sequence[int], *, consensus: bool = False) -> list[Effect]:
        """Measure what a motif does at each of several positions, see `effect`."""
        words = self._words(motif, consensus)
        return [self._effect(motif.label, words, position) for position in positions]

    def spacings(
        self, first: Motif, second: Motif, spacings: Sequence[int], *, position: int = 0, consensus: bool = False
    ) -> list[SpacingEffect]:
        """Measure two motifs together at several distances.

        Parameters
        ----------
        first, second
            The motifs, in the order of the sequence.
        spacings
            Bases between them.
        position
            First base of the first motif.
        consensus
            As for `effect`.

        Raises
        ------
        UsageError
            When they do not fit, or a spacing is below 0.
        """
        one, two = self._words(first, consensus), self._words(second, consensus, stream=3)
        alone = self._changes(one, position)
        return [self._spacing(one, two, alone, position, spacing) for spacing in spacings]

    def _spacing(self, one: list[str], two: list[str], alone: Floats, position: int, spacing: int) -> SpacingEffect:
        if spacing < 0:
            raise UsageError(f"A spacing counts the bases between two motifs, so it is not {spacing}.")
        behind = position + len(one[0]) + spacing
        other = self._changes(two, behind)
        both = self._ask(self._put(two, behind, self._put(one, position))) - self.scores
        low, high = self._interval(both - alone - other)
        together, apart = float(both.mean()), float((alone + other).mean())
        return SpacingEffect(spacing, together, apart, together - apart, low, high, len(both))

    def _effect(self, label: str, words: list[str], position: int) -> Effect:
        real, other = self._changes(words, position), self._changes(self._shuffled(words), position)
        low, high = self._interval(real)
        other_low, other_high = self._interval(other)
        test = paired_wilcoxon(real, other)
        return Effect(
            label=label,
            position=position,
            spacing=-1,
            effect=float(real.mean()),
            low=low,
            high=high,
            shuffled=float(other.mean()),
            shuffled_low=other_low,
            shuffled_high=other_high,
            difference=float((real - other).mean()),
            p_value=float(test.p),
            backgrounds=len(real),
        )

    def _changes(self, words: list[str], position: int) -> Floats:
        return self._ask(self._put(words, position)) - self.scores

    def _put(self, words: list[str], position: int, into: list[str] | None = None) -> list[str]:
        end = position + len(words[0])
        if position < 0 or end > self.length:
            raise UsageError(
                f"{len(words[0])} bases from position {position + 1} on do not fit into {self.length}-base backgrounds."
            )
        pairs = zip(into or self.letters, words, strict=True)
        return [letters[:position] + word + letters[end:] for letters, word in pairs]

    def _words(self, motif: Motif, consensus: bool, stream: int = 1) -> list[str]:
        """Return one instance of a motif for each background."""
        shares = motif.probabilities
        if consensus:
            return ["".join(BASES[index] for index in shares.argmax(axis=0))] * len(self.letters)
        draws = np.random.default_rng([self._seed, stream]).random((len(self.letters), motif.width))
        index = (draws[:, None, :] >= shares.cumsum(axis=0)[:3]).sum(axis=1)
        return ["".join(BASES[one] for one in row) for row in index.tolist()]

    def _shuffled(self, words: list[str]) -> list[str]:
        """Return each word with its letters in another order, where there is one."""
        rng = np.random.default_rng([self._seed, 2])
        return [_other_order(word, rng) for word in words]

    def _ask(self, sequences: list[str]) -> Floats:
        scores = np.asarray(self._score(sequences), dtype=np.float64)
        if scores.shape != (len(sequences),) or not np.isfinite(scores).all():
            raise GxviewError("The model gave no finite prediction for every background; global importance needs them.")
        return scores

    def _interval(self, changes: Floats) -> tuple[float, float]:
        low, high = bootstrap_interval(changes, np.random.default_rng([self._seed, 4]))
        return float(low), float(high)


def _other_order(word: str, rng: np.random.Generator) -> str:
    """Return the letters permuted, as different from the word as one of 20 draws gets."""
    letters = np.array(list(word))
    draws = [rng.permutation(letters) for _ in range(20)]
    return "".join(draws[int(np.argmin([(draw == letters).sum() for draw in draws]))])
