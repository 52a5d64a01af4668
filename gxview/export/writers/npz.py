"""Arrays for TF-MoDISco, written row by row."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, TypeAlias

import numpy as np
from numpy.typing import DTypeLike, NDArray

from gxview.export.writers.rows import BASE_ORDER, Row, Rows, check_lengths, coordinates
from gxview.genome import Region

_Array: TypeAlias = NDArray[np.generic]


def write_rows_npz(
    path: Path, regions: Sequence[Region], rows: Rows, *, hypothetical: bool, names: Sequence[str] | None = None
) -> None:
    """Write regions of one length in the order of TF-MoDISco; memory does not grow with their number.

    The file holds ``one_hot`` int8 (N, 4, L) and ``contributions`` float32 (N, 4, L), rows A, C, G, T, length last:
    the one-hot sequence times the relevance; with `hypothetical` also ``hypothetical`` float32 (N, 4, L), what each
    base would contribute. A base that is not A, C, G or T is a column of zeros in ``one_hot``; a base without a value
    is NaN. Then ``chrom``, ``start``, ``end`` (0-based half-open) and ``strand`` of each region (N,): the strand is
    that of the letters, always plus, whichever strand was explained. ``name`` (N,) where regions have names.
    ``base_order`` is the text ACGT. The same input gives the same bytes.

    Parameters
    ----------
    path : Path
        Where.
    regions : sequence of Region
        Of one length.
    rows : callable
        Returns the rows of the regions; called once for each array.
    hypothetical : bool
        Whether the rows have hypothetical scores.
    names : sequence of str, optional
        Of the regions.

    Raises
    ------
    GxviewError
        If the regions differ in length.
    OSError
        If there is no room.
    """
    check_lengths(regions)
    fixed = coordinates(regions)
    if names is not None:
        fixed["name"] = np.array(list(names))
    write_arrays(path, (len(regions), regions[0].length), rows, fixed, hypothetical=hypothetical)


def write_arrays(
    path: Path, size: tuple[int, int], rows: Rows, fixed: Mapping[str, _Array], *, hypothetical: bool
) -> None:
    """Write rows of one length with arrays that describe them; see :func:`write_rows_npz`.

    Parameters
    ----------
    path : Path
        Where.
    size : tuple of int
        Number of rows and their length.
    rows : callable
        Returns the rows; called once for each array.
    fixed : mapping
        Further arrays by name.
    hypothetical : bool
        Whether the rows have hypothetical scores.
    """
    shape = (size[0], len(BASE_ORDER), size[1])
    with zipfile.ZipFile(path, "w", compression=zipfile.ZIP_DEFLATED) as file:
        _write(file, "one_hot", np.int8, shape, _parts(rows, lambda row: row.one_hot))
        _write(file, "contributions", np.float32, shape, _parts(rows, lambda row: row.contributions))
        if hypothetical:
            _write(file, "hypothetical", np.float32, shape, _parts(rows, lambda row: row.what_if))
        for name, array in {"base_order": np.array(BASE_ORDER), **fixed}.items():
            _write(file, name, array.dtype, array.shape, iter([array]))


def _parts(rows: Rows, part: Callable[[Row], _Array]) -> Iterator[_Array]:
    return map(part, rows())


def _write(file: zipfile.ZipFile, name: str, dtype: DTypeLike, shape: tuple[int, ...], parts: Iterator[_Array]) -> None:
    kind = np.dtype(dtype)
    # a ZipInfo of its own has no time of writing
    with file.open(_member(name), "w", force_zip64=True) as member:
        _header(member, kind, shape)
        left = int(np.prod(shape))
        for part in parts:
            left -= part.size
            member.write(np.ascontiguousarray(part, dtype=kind).tobytes())
    if left:
        raise ValueError(f"the rows of '{name}' do not fill its shape {shape}")


def _member(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(f"{name}.npy")
    info.compress_type = zipfile.ZIP_DEFLATED
    return info


def _header(member: IO[bytes], kind: np.dtype[np.generic], shape: tuple[int, ...]) -> None:
    described = {"descr": np.lib.format.dtype_to_descr(kind), "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(member, described)
