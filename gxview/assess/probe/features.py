"""What heads read: vectors or columns of sequences, from letters or from a model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from gxview.assess.probe.cache import BLOCK, Blocks, Rows, Window
from gxview.assess.probe.data import ProbeData
from gxview.assess.probe.layers import Layered
from gxview.assess.probe.vectors import Floats, Piece
from gxview.errors import GxviewError
from gxview.models.sequences import UNKNOWN, base_codes
from gxview.words import counted

_POOL_BLOCKS = 16


class Features(Protocol):
    """Numbers of sequences: ``width`` of each, at each of ``length`` bases where they are columns (else 0)."""

    width: int
    length: int
    learned: bool

    def read(self, rows: Rows) -> Floats:
        """Return (n, width), or (n, width, length), of sequences in the order asked for."""


@dataclass(frozen=True)
class Input:
    """An input of heads.

    Attributes
    ----------
    name
        For tables: ``one-hot``, ``dinucleotide``, ``4-mer``, or model and pool.
    model, layer, pool
        Where it comes from a model.
    control
        Whether the model has random weights.
    columns
        Whether it has numbers at each base, for convolutional heads.
    digest
        Of what its numbers depend on.
    """

    name: str
    digest: str
    columns: bool
    model: str = ""
    layer: int | None = None
    pool: str = ""
    control: bool = False

    @property
    def shown(self) -> str:
        """The name with the layer."""
        return self.name if self.layer is None else f"{self.name}, layer {self.layer}"


class OneHot:
    """Letters as columns of A, C, G, T (zeros for N), or laid end to end as one vector."""

    learned = False

    def __init__(self, data: ProbeData, *, flat: bool) -> None:
        length = require_one_length(data, "one-hot letters")
        self._codes = base_codes("".join(data.sequences)).reshape(len(data), length)
        self.width, self.length = (4 * length, 0) if flat else (4, length)

    def read(self, rows: Rows) -> Floats:
        """Return the columns of sequences."""
        columns = (self._codes[rows][:, None, :] == np.arange(4, dtype=np.uint8)[:, None]).astype(np.float32)
        return np.asarray(columns if self.length else columns.reshape(len(rows), -1))


class Words:
    """The share of each word of k letters among those of the sequence without N, in the order of A, C, G, T."""

    learned, length = False, 0

    def __init__(self, sequences: Sequence[str], k: int) -> None:
        self._sequences, self._k, self.width = sequences, k, 4**k

    def read(self, rows: Rows) -> Floats:
        """Return the shares of words."""
        return np.stack([word_shares(self._sequences[row], self._k) for row in rows])


class EmbeddedVectors:
    """One vector of a model for each sequence."""

    learned, length = True, 0

    def __init__(self, blocks: Blocks, piece: Piece, width: int, memory: int) -> None:
        self._window, self.width = Window(blocks, piece, memory), width

    def read(self, rows: Rows) -> Floats:
        """Return the vectors of sequences."""
        return self._window.rows(rows)


class EmbeddedColumns:
    """The vectors of a model at each base: that of its token, or of the position that pools it."""

    learned = True

    def __init__(self, blocks: Blocks, piece: Piece, model: Layered, data: ProbeData, memory: int) -> None:
        self.length = require_one_length(data, "embeddings of all bases")
        self.width = next(layer.width for layer in model.layers if layer.number == piece[0])
        self._window = Window(blocks, piece, memory)
        bases = model.bases(data.sequences, piece[0], blocks.slots)
        self._slots = np.stack([slots_of_bases(row, self.length) for row in bases])

    def read(self, rows: Rows) -> Floats:
        """Return the columns of sequences."""
        values = self._window.rows(rows)
        spread = values[np.arange(len(rows))[:, None], self._slots[rows]]
        return np.ascontiguousarray(spread.transpose(0, 2, 1))


def slots_of_bases(bases: NDArray[np.int32], length: int) -> NDArray[np.int32]:
    """Return which of a sequence's vectors each base belongs to, (length,)."""
    found = np.repeat(np.arange(len(bases), dtype=np.int32), bases)
    assert len(found) == length, "the vectors of a sequence cover its bases exactly"
    return found


def word_shares(sequence: str, k: int) -> Floats:
    """Return the share of each word of k letters, float32 (4^k,), those with N left out; zeros without any."""
    codes = base_codes(sequence).astype(np.int64)
    if len(codes) < k:
        return np.zeros(4**k, dtype=np.float32)
    windows = np.lib.stride_tricks.sliding_window_view(codes, k)
    windows = windows[(windows < UNKNOWN).all(axis=1)]
    counts = np.bincount(windows @ (4 ** np.arange(k)[::-1]), minlength=4**k)
    return np.asarray(counts / max(1, counts.sum()), dtype=np.float32)


def require_one_length(data: ProbeData, what: str) -> int:
    """Return the length of the sequences.

    Raises
    ------
    GxviewError
        If they have several.
    """
    if data.length is None:
        lengths = [len(sequence) for sequence in data.sequences]
        usual, count = Counter(lengths).most_common(1)[0]
        row = next(row for row, length in enumerate(lengths) if length != usual)
        raise GxviewError(
            f"{data.where(row)}: the sequence has {counted(lengths[row], 'base')}, but {count:,} of the {len(data):,} "
            f"sequences have {usual:,}, and {what} need one length. "
            "Cut them to one, or take --pool cls,mean with --head ridge,mlp and --baseline dinucleotide,k-mer."
        )
    return data.length


def shuffled(rows: Rows, size: int, rng: np.random.Generator) -> list[Rows]:
    """Return random batches that read few blocks at a time; a last batch of one is left out.

    Blocks come in random order; the sequences of 16 of them at a time are mixed.
    """
    blocks = rows // BLOCK
    order = rng.permutation(np.unique(blocks))
    batches: list[Rows] = []
    left = np.array([], dtype=np.int64)
    for start in range(0, len(order), _POOL_BLOCKS):
        pool = rng.permutation(rows[np.isin(blocks, order[start : start + _POOL_BLOCKS])])
        pool = np.concatenate([left, pool])
        whole = len(pool) - len(pool) % size
        batches += np.split(pool[:whole], range(size, whole, size)) if whole else []
        left = pool[whole:]
    if len(left) > 1:
        batches.append(left)
    return batches
