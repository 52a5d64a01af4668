"""HDF5 as ChromBPNet's contribution scores, written row by row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from gxview.errors import GxviewError
from gxview.export.writers.room import Room
from gxview.export.writers.rows import BASE_ORDER, Row, Rows, check_lengths, coordinates
from gxview.genome import Region

_CHUNK = 1 << 20
"""Bytes of a chunk of float32 before it is compressed."""
_OWN = 1 << 22
"""Bytes that the library may keep back for its own lists."""
_PER_BASE = 40
"""Bytes of a base in the three arrays, whether or not they can be compressed."""


def write_rows_h5(
    path: Path, regions: Sequence[Region], rows: Rows, *, hypothetical: bool, names: Sequence[str] | None = None
) -> None:
    """Write regions of one length as ChromBPNet writes its contribution scores; memory does not grow with their number.

    ``raw/seq`` int8 (N, 4, L) is the one-hot sequence, ``projected_shap/seq`` float32 (N, 4, L) the relevance of the
    base that is there, ``shap/seq`` float32 (N, 4, L) what each base would contribute, or the same as
    ``projected_shap`` where a model has no such scores: the attribute ``content`` of ``shap`` says which.
    ``coords/chrom``, ``start``, ``end`` (0-based half-open) and ``strand`` name the regions, in the order of the rows,
    and ``coords/name`` where they have names; text is UTF-8 of one length. ChromBPNet
    itself keeps float16 compressed by blosc; float32 keeps small relevance, and every reader knows gzip.
    Attributes of the file: ``axes``, ``base_order``. The same input gives the same bytes.

    Parameters
    ----------
    path : Path
        Where.
    regions : sequence of Region
        Of one length.
    rows : callable
        Returns the rows of the regions; called once.
    hypothetical : bool
        Whether the rows have hypothetical scores.
    names : sequence of str, optional
        Of the regions.

    Raises
    ------
    GxviewError
        If the regions differ in length, or the file cannot be written.
    OSError
        If there is no room.
    """
    check_lengths(regions)
    done, shape = 0, (len(regions), len(BASE_ORDER), regions[0].length)
    coords = coordinates(regions) | ({} if names is None else {"name": np.array(list(names))})
    needed = _OWN + sum(array.nbytes for array in coords.values())
    room = Room(_emptied(path), needed)  # the library crashes when it closes a file that it could not write
    try:
        with h5py.File(path, "w", locking=False) as file:
            _describe(file, shape, coords, hypothetical)
            for start, block in _blocks(iter(rows()), file["raw/seq"].chunks[0]):
                room.ensure(path.stat().st_size + _OWN + len(block) * _PER_BASE * len(block[0].values))
                _write(file, start, block, hypothetical)
                done = start + len(block)
    except RuntimeError as error:
        raise GxviewError(f"The h5 file could not be written ({error}); is there room on the disk?") from error
    room.release()
    if done != len(regions):
        raise ValueError(f"there are {done} rows for {len(regions)} regions")


def _emptied(path: Path) -> Path:
    path.write_bytes(b"")
    return path


def _describe(
    file: Any, shape: tuple[int, int, int], coords: Mapping[str, NDArray[np.generic]], hypothetical: bool
) -> None:
    rows = max(1, min(shape[0], _CHUNK // (4 * len(BASE_ORDER) * shape[2])))
    for name, kind in (("raw", "i1"), ("shap", "<f4"), ("projected_shap", "<f4")):
        file.create_dataset(
            f"{name}/seq", shape, kind, chunks=(rows, *shape[1:]), compression="gzip", compression_opts=4, shuffle=True
        )
    file["shap"].attrs["content"] = "hypothetical" if hypothetical else "contributions"
    file.attrs["axes"] = "region, base, position"
    file.attrs["base_order"] = BASE_ORDER
    for name, array in coords.items():
        file.create_dataset(f"coords/{name}", data=_fixed(array))


def _fixed(array: NDArray[np.generic]) -> NDArray[np.generic]:
    # text of one length, which every reader knows
    return np.char.encode(array.astype(np.str_), "utf-8") if array.dtype.kind == "U" else array


def _write(file: Any, start: int, block: Sequence[Row], hypothetical: bool) -> None:
    here = slice(start, start + len(block))
    contributions = np.stack([row.contributions for row in block])
    file["raw/seq"][here] = np.stack([row.one_hot for row in block])
    file["projected_shap/seq"][here] = contributions
    file["shap/seq"][here] = np.stack([row.what_if for row in block]) if hypothetical else contributions


def _blocks(rows: Iterator[Row], count: int) -> Iterator[tuple[int, list[Row]]]:
    start = 0
    while block := list(islice(rows, count)):
        yield start, block
        start += len(block)
