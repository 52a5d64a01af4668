"""Scorers without grammar: how common the letters are, and chance."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from gxview.assess.mit.biophysical import ByLetters
from gxview.assess.mit.scorers import Floats, Setting, no_argument, scorer
from gxview.assess.mit.sets import codes_of
from gxview.errors import UsageError
from gxview.genome.reference import Reference
from gxview.genome.region import Region

K = 6
_BASE_SHARES = np.array([0.246, 0.254, 0.254, 0.246])
"""A, C, G, T in E. coli, as the authors ran it."""
_PLACES = 4 ** np.arange(K - 1, -1, -1)
_CHUNK = 1 << 20


class Random:
    """Draws N(0, 1) for a sequence, from the seed and its letters: the same in whatever order it is asked."""

    name, block = "random", 0

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self.identity = f"random {seed}"

    def score(self, sequences: Sequence[str]) -> Floats:
        """Return float64 (N,)."""
        drawn = [np.random.default_rng([self._seed, *_words(letters)]).standard_normal() for letters in sequences]
        return np.array(drawn, dtype=np.float64)


def summed_logs(logs: NDArray[np.float64], name: str = "kmer") -> ByLetters:
    """Return a scorer that adds up the log frequencies (4096,) of all 6-mers of a sequence.

    A 6-mer that holds an unknown base counts as the rarest one.
    """
    least = float(logs.min())

    def rule(codes: NDArray[np.uint8]) -> Floats:
        if codes.shape[1] < K:
            return np.zeros(len(codes))
        windows = sliding_window_view(codes, K, axis=1)
        known = (windows < 4).all(axis=2)
        words = np.where(known, windows @ _PLACES, 0)
        return np.asarray(np.where(known, logs[words], least).sum(axis=1))

    return ByLetters(name, rule, hashlib.sha256(logs.tobytes()).hexdigest())


def composition_logs() -> NDArray[np.float64]:
    """Return log frequencies (4096,) of 6-mers whose bases are independent of each other."""
    digits = np.arange(4**K)[:, None] // _PLACES % 4
    return np.asarray(np.log(_BASE_SHARES[digits]).sum(axis=1))


def genome_logs(path: Path) -> NDArray[np.float64]:
    """Count the 6-mers of a genome, as its letters stand, with one more of each so that none is impossible.

    Returns
    -------
    ndarray, shape (4096,)
        Log frequencies.
    """
    reference = Reference(path)
    counts = np.ones(4**K)
    for chrom, size in reference.sizes.items():
        for start in range(0, size, _CHUNK):
            letters = reference.fetch(Region(chrom, start, min(size, start + _CHUNK + K - 1))).upper()
            if len(letters) >= K:
                windows = sliding_window_view(codes_of([letters])[0], K)
                counts += np.bincount(windows[(windows < 4).all(axis=1)] @ _PLACES, minlength=4**K)
    return np.asarray(np.log(counts / counts.sum()))


@scorer("kmer", "6-mer log frequencies, summed: of products of base frequencies, or kmer:genome")
def _kmer(argument: str, setting: Setting) -> ByLetters:
    if argument in ("", "composition"):
        return summed_logs(composition_logs())
    if argument != "genome":
        raise UsageError(f"The scorer kmer is kmer:composition or kmer:genome, not kmer:{argument}.")
    if setting.genome is None:
        raise UsageError("The scorer kmer:genome counts on a genome; give one with --genome FASTA.")
    return summed_logs(genome_logs(setting.genome), "kmer:genome")


@scorer("random", "chance, N(0, 1) for each sequence")
def _random(argument: str, setting: Setting) -> Random:
    no_argument("random", argument)
    return Random(setting.seed)


def _words(letters: str) -> list[int]:
    digest = hashlib.sha256(letters.encode()).digest()
    return [int.from_bytes(digest[at : at + 4], "little") for at in range(0, 16, 4)]
