"""The effects of all substitutions over regions, from a file of arrays as ``gxview variants --regions`` writes it."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import h5py
import numpy as np
from numpy.typing import NDArray

from gxview.errors import GxviewError
from gxview.genome import Reference, Region
from gxview.tracks.names import ChromosomeNames

LARGEST = 1 << 28
"""Cells that are taken into memory: regions x 4 x bases."""
COMPARED = 20
"""Regions whose letters are held against the genome."""
ALIKE = 0.9
"""Share of letters from which a file belongs to the genome."""
_LETTERS = np.frombuffer(b"ACGT", np.uint8)
_H5 = {"one_hot": "raw/seq", "hypothetical": "shap/seq", "chrom": "coords/chrom", "start": "coords/start"}
Floats = NDArray[np.float32]


@runtime_checkable
class EffectSource(Protocol):
    """What each base would do in its place, where that was computed."""

    name: str
    path: Path
    color: str | None
    notes: tuple[str, ...]
    sizes: dict[str, int]

    def effects(self, region: Region) -> Floats:
        """Return the effect of each base at each place, (4, L), rows A, C, G, T; NaN where none is known."""

    def places(self, region: Region) -> list[Region]:
        """Return the stretches that hold effects and overlap a region, by start."""


class EffectArrays:
    """Effects of substitutions in memory; where regions overlap the later one shows.

    Parameters
    ----------
    path : Path
        npz or HDF5 with ``effects`` (N, 4, L), or ``hypothetical`` scores and the one-hot letters, and the places.
    reference : Reference, optional
        Its chromosome names are then understood and used, and its letters compared.

    Raises
    ------
    GxviewError
        If the file is damaged, holds other arrays, is too large, or was made from other letters.
    """

    color: str | None = None

    def __init__(self, path: Path, reference: Reference | None = None) -> None:
        self.path, self.name = path, path.name
        arrays = _read(path)
        self._effects = _effects_of(arrays)
        chroms = [_text(one) for one in arrays["chrom"].tolist()]
        starts = arrays["start"].astype(np.int64).tolist()
        self._length = self._effects.shape[2]
        ends: dict[str, int] = {}
        for chrom, start in zip(chroms, starts, strict=True):
            ends[chrom] = max(ends.get(chrom, 0), start + self._length)
        self._names = ChromosomeNames(path, tuple(ends), reference, ends)
        self.sizes: dict[str, int] = self._names.renamed(ends)
        self.notes: tuple[str, ...] = self._names.notes
        self._rows: dict[str, list[tuple[int, int]]] = {}
        for row, (chrom, start) in enumerate(zip(chroms, starts, strict=True)):
            self._rows.setdefault(chrom, []).append((start, row))
        if reference is not None and reference.has_letters:
            self._compare(arrays["one_hot"], reference)

    def effects(self, region: Region) -> Floats:
        """Return the effect of each base at each place, (4, L), rows A, C, G, T; NaN where none is known."""
        found = np.full((4, region.length), np.nan, np.float32)
        for start, row in self._touching(region):
            first, last = max(start, region.start), min(start + self._length, region.end)
            found[:, first - region.start : last - region.start] = self._effects[row, :, first - start : last - start]
        return found

    def places(self, region: Region) -> list[Region]:
        """Return the stretches that hold effects and overlap a region, by start."""
        return [Region(region.chrom, start, start + self._length) for start, _ in sorted(self._touching(region))]

    def _touching(self, region: Region) -> list[tuple[int, int]]:
        rows = self._rows.get(self._names.in_file(region.chrom) or "", [])
        return [(start, row) for start, row in rows if start < region.end and region.start < start + self._length]

    def _compare(self, one_hot: NDArray[np.int8], reference: Reference) -> None:
        """Raise GxviewError if the letters of the first regions are not those of the genome."""
        same = known = 0
        first = ""
        for chrom, rows in self._rows.items():
            name = self._names.canonical(chrom)
            for start, row in rows[:COMPARED]:
                if name not in reference.sizes or start + self._length > reference.sizes[name]:
                    continue
                there = reference.fetch(Region(name, start, start + self._length)).upper()
                letters = np.frombuffer(there.encode("latin-1"), np.uint8)
                told = one_hot[row] == 1
                known += int(told.sum())
                same += int((told & (letters == _LETTERS[:, None])).sum())
                first = first or str(Region(name, start, start + self._length))
        if known and same / known < ALIKE:
            raise GxviewError(
                f"{self.path} was made from other letters than those of {reference.title} at {first}; "
                "it belongs to another assembly."
            )


def _read(path: Path) -> dict[str, NDArray[Any]]:
    try:
        arrays = _of_zip(path) if zipfile.is_zipfile(path) else _of_h5(path)
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise GxviewError(f"{path} is cut off or damaged; copy it again, or make it anew.") from error
    missing = [name for name in ("one_hot", "chrom", "start") if name not in arrays]
    if missing or not {"effects", "hypothetical"} & set(arrays):
        raise GxviewError(
            f"{path} holds no effects of substitutions (one_hot, effects or hypothetical, chrom, start), "
            "as gxview variants --regions writes them."
        )
    shape = arrays["one_hot"].shape
    if len(shape) != 3 or shape[1] != 4 or len(arrays["chrom"]) != shape[0] or len(arrays["start"]) != shape[0]:
        raise GxviewError(f"The arrays of {path} do not fit each other; one_hot is {shape}, not regions x 4 x bases.")
    return arrays


def _of_zip(path: Path) -> dict[str, NDArray[Any]]:
    with np.load(path, allow_pickle=False) as file:
        if "one_hot" not in file.files:
            return {}
        one_hot = file["one_hot"]
        _fits(path, one_hot.shape)
        scores = "effects" if "effects" in file.files else "hypothetical"
        rest = {name: file[name] for name in (scores, "chrom", "start") if name in file.files}
    return {"one_hot": one_hot, **rest}


def _of_h5(path: Path) -> dict[str, NDArray[Any]]:
    with h5py.File(path, "r", locking=False) as file:
        if "raw/seq" not in file or file["shap"].attrs.get("content") == "contributions":
            return {}
        _fits(path, file["raw/seq"].shape)
        return {name: file[place][()] for name, place in _H5.items() if place in file}


def _fits(path: Path, shape: tuple[int, ...]) -> None:
    if int(np.prod(shape)) > LARGEST:
        raise GxviewError(f"{path} holds {shape[0]:,} regions, too many for one track; make a file of fewer.")


def _effects_of(arrays: Mapping[str, NDArray[Any]]) -> Floats:
    """Return effects (N, 4, L) of writing each base; NaN at bases that are no A, C, G or T.

    Scores from which a mean was taken are put back to 0 at the base that is there.
    """
    there = arrays["one_hot"] == 1
    if "effects" in arrays:
        found = np.asarray(arrays["effects"], np.float32)
    else:
        scores = np.asarray(arrays["hypothetical"], np.float32)
        found = scores - np.where(there, scores, np.float32(0)).sum(axis=1, keepdims=True)
    if found.shape != there.shape:
        raise GxviewError(f"Effects of the shape {found.shape} do not fit letters of the shape {there.shape}.")
    return np.where(there.any(axis=1, keepdims=True), found, np.float32(np.nan))


def _text(name: Any) -> str:
    return name.decode() if isinstance(name, bytes) else str(name)
