"""Embeddings on disk, in blocks that are each whole or absent.

A zarr array (format 3) for each model, layer, pool and set of sequences, named by the hash of all of these. Its chunks
are blocks of sequences, written aside and renamed by the store, each with a checksum: what a killed process left out
is missing, and what the disk damaged is made again.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gxview.assess.probe.layers import Layered
from gxview.assess.probe.settings import Pool, digest
from gxview.assess.probe.vectors import Floats, Layer, Piece
from gxview.errors import GxviewError

BLOCK = 256
_VERSION = 1

Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Key:
    """What one array of the cache holds."""

    model: str
    layer: int
    pool: Pool
    sequences: str

    @property
    def name(self) -> str:
        """Of the array in its group."""
        return digest([_VERSION, self.model, self.layer, self.pool, self.sequences])[:32]


class Blocks:
    """The arrays of one model and one set of sequences; reads fill in what is missing.

    Parameters
    ----------
    path
        The zarr folder; it is made.
    model
        Whose layers.
    sequences
        Cleaned letters.
    pieces
        Layers and pools that are wanted.
    """

    def __init__(self, path: Path, model: Layered, sequences: Sequence[str], pieces: Sequence[Piece]) -> None:
        self._model, self._sequences, self.pieces = model, sequences, tuple(pieces)
        self._slots = model.slots(sequences) if any(pool == "full" for _, pool in pieces) else 0
        letters = hashlib.sha256("\n".join(sequences).encode()).hexdigest()
        self.keys = {piece: Key(model.content_hash, piece[0], piece[1], letters) for piece in pieces}
        layers = {layer.number: layer for layer in model.layers}
        self._arrays = {piece: self._open(path, self.keys[piece], layers[piece[0]]) for piece in pieces}

    @property
    def count(self) -> int:
        """Number of blocks."""
        return -(-len(self._sequences) // BLOCK)

    @property
    def slots(self) -> int:
        """Vectors of a sequence in ``full``, the padding included."""
        return self._slots

    def missing(self) -> list[int]:
        """Return the blocks of which a chunk is not on the disk."""
        found = [set(_chunks(array)) for array in self._arrays.values()]
        return [number for number in range(self.count) if any(number not in chunks for chunks in found)]

    def compute(self, number: int) -> None:
        """Compute a block and write it."""
        start = number * BLOCK
        rows = slice(start, min(start + BLOCK, len(self._sequences)))
        for piece, values in self._model.read(self._sequences[rows], self.pieces, self._slots).items():
            if not np.isfinite(values).all():
                raise GxviewError(f"{self._model.name} gives values that are no finite numbers in layer {piece[0]}.")
            self._arrays[piece][rows] = values

    def get(self, piece: Piece, number: int) -> Floats:
        """Return a block; one that is missing or damaged is computed first."""
        rows = slice(number * BLOCK, min((number + 1) * BLOCK, len(self._sequences)))
        for _ in range(2):
            try:
                values: Floats = np.asarray(self._arrays[piece][rows], dtype=np.float32)
            except (ValueError, RuntimeError, OSError, EOFError):  # its checksum, or what cannot be unpacked
                values = np.full(1, np.nan, dtype=np.float32)
            if np.isfinite(values).all():
                return values
            self.compute(number)
        raise GxviewError(f"Block {number} of the embeddings of {self._model.name} cannot be read back from the disk.")

    def _open(self, path: Path, key: Key, layer: Layer) -> Any:
        import zarr
        from zarr.codecs import Crc32cCodec, ZstdCodec

        size = (self._slots, layer.width) if key.pool == "full" else (layer.width,)
        group = zarr.open_group(str(path), mode="a", zarr_format=3)
        try:
            array: Any = group[key.name]
            if array.shape == (len(self._sequences), *size) and array.chunks == (BLOCK, *size):
                return array
        except (KeyError, ValueError, OSError, AttributeError):
            pass  # not there, or its description is damaged: made anew
        return group.create_array(
            key.name,
            shape=(len(self._sequences), *size),
            chunks=(BLOCK, *size),
            dtype="float32",
            compressors=[ZstdCodec(level=1), Crc32cCodec()],
            fill_value=float("nan"),
            attributes={"model": self._model.name, "layer": key.layer, "pool": key.pool, "hash": key.model},
            overwrite=True,
        )


class Window:
    """Blocks of one piece in memory, up to so many bytes; the least recently used one goes first."""

    def __init__(self, blocks: Blocks, piece: Piece, memory: int) -> None:
        self._blocks, self._piece, self._memory = blocks, piece, memory
        self._held: OrderedDict[int, Floats] = OrderedDict()
        self._bytes = 0

    def rows(self, rows: Rows) -> Floats:
        """Return the vectors of sequences in the order asked for."""
        numbers = rows // BLOCK
        parts: Floats | None = None
        for number in np.unique(numbers):
            block = self._block(int(number))
            if parts is None:
                parts = np.empty((len(rows), *block.shape[1:]), dtype=np.float32)
            inside = numbers == number
            parts[inside] = block[rows[inside] - number * BLOCK]
        assert parts is not None, "no rows were asked for"
        return parts

    def _block(self, number: int) -> Floats:
        if number in self._held:
            self._held.move_to_end(number)
            return self._held[number]
        block = self._blocks.get(self._piece, number)
        self._held[number] = block
        self._bytes += block.nbytes
        while self._bytes > self._memory and len(self._held) > 1:
            self._bytes -= self._held.popitem(last=False)[1].nbytes
        return block


def _chunks(array: Any) -> list[int]:
    """Return the blocks of an array whose chunk is on the disk."""
    folder = Path(array.store_path.store.root) / array.store_path.path / "c"
    return [int(one.name) for one in folder.iterdir() if one.name.isdigit()] if folder.is_dir() else []
