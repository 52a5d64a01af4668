"""Near-duplicates among sequences: k-mers, MinHash, clusters.

Two sequences are near-duplicates when the Jaccard index of their sets of canonical 9-mers (a word and its reverse
complement count as one) reaches a threshold; 0.3 is about half of the letters shared in one piece, or a substitution
in every 12th base. Candidates come from MinHash signatures (Broder 1997) of 128 hash functions in 64 bands of two
(Leskovec et al., Mining of Massive Datasets, section 3.4), which miss a pair of index J with probability
(1 - J^2)^64: 0.2 % at 0.3, 1e-8 at 0.5. Each candidate is checked by its exact index. Clusters are the
connected components.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from gxview.models.sequences import UNKNOWN, base_codes

K = 9
_BANDS, _ROWS = 64, 2
_MOST_IN_BUCKET = 200
_BLOCK = 512
_SEED = 0x5EED

Codes = NDArray[np.uint64]


@dataclass(frozen=True, eq=False)
class Similar:
    """Near-duplicates of a data set.

    Attributes
    ----------
    pairs
        int64 (P, 2), the first smaller.
    clusters
        int64 (N,): number of the connected component of each sequence.
    """

    pairs: NDArray[np.int64]
    clusters: NDArray[np.int64]

    def leaks(self, first: NDArray[np.int64], second: NDArray[np.int64]) -> int:
        """Return how many sequences of the second part have a near-duplicate in the first."""
        return len(self.leaking(first, second))

    def leaking(self, first: NDArray[np.int64], second: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the sequences of the second part that have a near-duplicate in the first."""
        size = len(self.clusters)
        inside, wanted = np.zeros(size, bool), np.zeros(size, bool)
        inside[first], wanted[second] = True, True
        one, two = self.pairs[:, 0], self.pairs[:, 1]
        hit = np.concatenate([two[inside[one] & wanted[two]], one[inside[two] & wanted[one]]])
        return np.unique(hit)


def words(sequence: str) -> Codes:
    """Return the distinct canonical 9-mers of cleaned letters as numbers; a short sequence is one word of its own."""
    codes = base_codes(sequence).astype(np.uint64)
    if len(codes) < K:
        return np.array([_short(codes)], dtype=np.uint64)
    windows = np.lib.stride_tricks.sliding_window_view(codes, K)
    windows = windows[(windows < UNKNOWN).all(axis=1)]
    if not len(windows):
        return np.array([_short(codes)], dtype=np.uint64)
    powers = np.uint64(4) ** np.arange(K, dtype=np.uint64)
    forward = windows @ powers[::-1]
    backward = (np.uint64(3) - windows) @ powers
    return np.unique(np.minimum(forward, backward))


def jaccard(first: Codes, second: Codes) -> float:
    """Return the Jaccard index of two sorted sets."""
    shared = len(np.intersect1d(first, second, assume_unique=True))
    return shared / (len(first) + len(second) - shared)


def find_similar(sequences: Sequence[str], threshold: float, check: Callable[[], None] = lambda: None) -> Similar:
    """Find the near-duplicates of a data set.

    Parameters
    ----------
    sequences
        Cleaned letters.
    threshold
        Smallest Jaccard index of a pair.
    check
        Called between blocks of work; may raise.
    """
    sets = [words(sequence) for sequence in sequences]
    tried: set[tuple[int, int]] = set()
    found: list[tuple[int, int]] = []
    parents = list(range(len(sets)))
    for bucket in _buckets(_signatures(sets, check)):
        check()
        for pair in _pairs(bucket):
            if pair not in tried:
                tried.add(pair)
                if jaccard(sets[pair[0]], sets[pair[1]]) >= threshold:
                    found.append(pair)
                    _join(parents, *pair)
    roots = np.array([_root(parents, index) for index in range(len(sets))], dtype=np.int64)
    clusters = np.unique(roots, return_inverse=True)[1].astype(np.int64)
    return Similar(np.array(sorted(found), dtype=np.int64).reshape(-1, 2), clusters)


def _short(codes: Codes) -> int:
    """Return a number above those of 9-mers for letters without one, the same for both strands."""
    letters = codes.astype(np.uint8)
    other = np.where(letters < UNKNOWN, 3 - letters.astype(np.int64), UNKNOWN)[::-1].astype(np.uint8)
    best = min(letters.tobytes(), other.tobytes())
    return 1 << 63 | int.from_bytes(hashlib.blake2b(best, digest_size=8).digest(), "big")


def _signatures(sets: Sequence[Codes], check: Callable[[], None]) -> NDArray[np.uint64]:
    """Return the smallest value of each hash function over each set, (N, 128)."""
    seeds = np.random.default_rng(_SEED).integers(1, 2**63, _BANDS * _ROWS, dtype=np.uint64)
    result = np.empty((len(sets), len(seeds)), dtype=np.uint64)
    for start in range(0, len(sets), _BLOCK):
        check()
        block = sets[start : start + _BLOCK]
        joined = np.concatenate(block)
        edges = np.concatenate([[0], np.cumsum([len(one) for one in block])[:-1]])
        for column, seed in enumerate(seeds):
            result[start : start + len(block), column] = np.minimum.reduceat(_mixed(joined ^ seed), edges)
    return result


def _mixed(values: Codes) -> Codes:
    """Scatter numbers over 64 bits (the finaliser of SplitMix64, Steele et al. 2014)."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(values ^ (values >> np.uint64(31)))


def _buckets(signatures: NDArray[np.uint64]) -> Iterator[NDArray[np.int64]]:
    """Yield the groups of sequences that agree in a band."""
    for band in range(_BANDS):
        rows = signatures[:, band * _ROWS : (band + 1) * _ROWS]
        keys = _mixed(rows[:, 0]) ^ rows[:, 1]
        order = np.argsort(keys, kind="stable")
        edges = np.flatnonzero(np.diff(keys[order])) + 1
        for group in np.split(order, edges):
            if len(group) > 1:
                yield group


def _pairs(bucket: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Yield the pairs of a bucket; of a large one each with the first and with its neighbour, which makes clusters."""
    members = sorted(int(one) for one in bucket)
    if len(members) <= _MOST_IN_BUCKET:
        yield from ((a, b) for place, a in enumerate(members) for b in members[place + 1 :])
        return
    yield from ((members[0], b) for b in members[1:])
    yield from pairwise(members[1:])


def _root(parents: list[int], index: int) -> int:
    while parents[index] != index:
        parents[index] = parents[parents[index]]
        index = parents[index]
    return index


def _join(parents: list[int], first: int, second: int) -> None:
    one, two = _root(parents, first), _root(parents, second)
    parents[max(one, two)] = min(one, two)
