"""How much of a file lies where on a chromosome, told by its index alone: a density that costs nothing to read."""

from __future__ import annotations

import gzip
import struct
import zlib
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gxview.errors import GxviewError
from gxview.tracks.reduce import Integers

_INFLATION = 4.0
"""Inflated bytes in a compressed one, roughly."""


@dataclass(slots=True)
class IndexProfile:
    """Bytes of a bgzip-compressed file by place, as its tbi, csi or bai index has them.

    A tbi or bai index tells where the records of each window of 16 kb begin in the file, a csi index the compressed
    pieces of the file that hold the records of bins of several sizes (section 5 of the SAM specification), a crai index
    the pieces themselves. A piece's size is spread over its stretch of the chromosome.

    Attributes
    ----------
    starts, ends : list of ndarray of int64
        Span of each bin with data, by number of the chromosome.
    sizes : list of ndarray of float64
        Compressed bytes of each bin.
    names : tuple of str
        Chromosomes, where the index has them (tbi).
    """

    starts: list[Integers] = field(default_factory=list)
    ends: list[Integers] = field(default_factory=list)
    sizes: list[NDArray[np.float64]] = field(default_factory=list)
    names: tuple[str, ...] = ()

    def bytes_in(self, number: int, edges: Integers) -> NDArray[np.float64]:
        """Return about how many compressed bytes belong to each bin, shape (bins,), for edges of shape (bins + 1,)."""
        if not 0 <= number < len(self.starts) or not len(self.starts[number]):
            return np.zeros(len(edges) - 1)
        starts, ends, sizes = self.starts[number], self.ends[number], self.sizes[number]
        points = np.unique(np.concatenate((starts, ends)))
        slopes = np.zeros(len(points))
        rate = sizes / (ends - starts)
        np.add.at(slopes, np.searchsorted(points, starts), rate)
        np.add.at(slopes, np.searchsorted(points, ends), -rate)
        total = np.concatenate(([0.0], np.cumsum(np.cumsum(slopes)[:-1] * np.diff(points))))
        return np.asarray(np.diff(np.interp(edges, points, total)))

    @property
    def total(self) -> float:
        """Compressed bytes of all chromosomes."""
        return float(sum(sizes.sum() for sizes in self.sizes))


def read_profile(path: Path, size: int) -> IndexProfile:
    """Read an index: ``.tbi``, ``.csi``, ``.bai`` or ``.crai``, told by its content.

    It is checked before htslib gets it, which crashes or searches for ever with some damaged ones.

    Parameters
    ----------
    path : Path
        The index.
    size : int
        Bytes of the file that it belongs to.

    Raises
    ------
    GxviewError
        If it cannot be read.
    """
    try:
        data = path.read_bytes()
        data = gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data
        return _slices(data) if data[:1].isdigit() or not data else _parse(data, size)
    except (OSError, EOFError, zlib.error, struct.error, ValueError, IndexError) as error:
        command = "samtools index" if path.suffix in (".bai", ".crai") else "tabix -f"
        again = f"{command} {path.with_suffix('')}"
        raise GxviewError(
            f"The index {path} is damaged, cut off or of another file; build it anew with: {again}"
        ) from error


def _parse(data: bytes, size: int) -> IndexProfile:
    magic, at = data[:4], 4
    min_shift, depth = 14, 5
    names: tuple[str, ...] = ()
    if magic == b"CSI\x01":
        min_shift, depth, extra = struct.unpack_from("<iii", data, at)
        at += 12 + extra
    elif magic not in (b"BAI\x01", b"TBI\x01"):
        raise ValueError("no index")
    (count,) = struct.unpack_from("<i", data, at)
    at += 4
    if magic == b"TBI\x01":
        (length,) = struct.unpack_from("<i", data, at + 24)
        names = tuple(name.decode("utf-8", "replace") for name in data[at + 28 : at + 28 + length].split(b"\0")[:-1])
        at += 28 + length
    profile = IndexProfile(names=names)
    for _ in range(count):
        at = _chromosome(data, at, profile, min_shift, depth, magic == b"CSI\x01", size)
    if len(data) - at not in (0, 8):  # 8: the number of reads without a place
        raise ValueError("more or less than an index")
    return profile


def _slices(data: bytes) -> IndexProfile:
    """Read a crai: lines of chromosome, start (1-based), span, two offsets, size."""
    rows = np.array([line.split()[:6] for line in data.splitlines()], np.int64).reshape(-1, 6)
    profile = IndexProfile()
    for number in range(int(rows[:, 0].max(initial=-1)) + 1):
        own = rows[(rows[:, 0] == number) & (rows[:, 2] > 0)]
        profile.starts.append(own[:, 1] - 1)
        profile.ends.append(own[:, 1] - 1 + own[:, 2])
        profile.sizes.append(own[:, 5].astype(np.float64))
    return profile


def _chromosome(
    data: bytes, at: int, profile: IndexProfile, min_shift: int, depth: int, is_csi: bool, size: int
) -> int:
    (bins,) = struct.unpack_from("<i", data, at)
    at += 4
    numbers, sizes, end = list[int](), list[float](), 0.0
    last = ((1 << 3 * (depth + 1)) - 1) // 7
    for _ in range(bins):
        (number,) = struct.unpack_from("<I", data, at)
        at += 12 if is_csi else 4
        (chunks,) = struct.unpack_from("<i", data, at)
        offsets = np.frombuffer(data, "<u8", 2 * chunks, at + 4).reshape(-1, 2)
        at += 4 + 16 * chunks
        if number >= last and number != last + 1:
            raise ValueError("a bin that there is not")
        if number < last:  # the other one holds counts
            pieces = _bytes_at(_checked(offsets, size))
            numbers.append(number)
            sizes.append(max(0.0, float(np.diff(pieces, axis=1).sum())))
            end = max(end, float(pieces.max(initial=0)))
    if len(set(numbers)) != len(numbers):
        raise ValueError("a bin that comes twice")
    if not is_csi:
        (windows,) = struct.unpack_from("<i", data, at)
        begins = _bytes_at(_checked(np.frombuffer(data, "<u8", windows, at + 4)[:, np.newaxis], size)[:, 0])
        at += 4 + 8 * windows
        if windows and not _is_hidden(begins):
            _add_windows(profile, begins, end)
            return at
    _add_bins(profile, np.array(numbers, np.int64), np.array(sizes), min_shift, depth)
    return at


def _checked(offsets: NDArray[np.uint64], size: int) -> NDArray[np.uint64]:
    """Raise ValueError if pieces, of shape (n, 2) or (n, 1), end before they begin, or beyond the end of the file."""
    if (offsets[:, 0] > offsets[:, -1]).any() or int(offsets.max(initial=0)) >> 16 > size:
        raise ValueError("places that there are not")
    return offsets


def _bytes_at(offsets: NDArray[np.uint64]) -> NDArray[np.float64]:
    """Return where virtual offsets point to: their lower 16 bits count inflated bytes within a compressed block."""
    return np.asarray((offsets >> 16).astype(np.float64) + (offsets & 0xFFFF) / _INFLATION)


def _is_hidden(begins: NDArray[np.float64]) -> bool:
    """Whether one record as long as the chromosome hides where the others lie: then most windows begin with it."""
    used = begins[begins > 0]
    return len(begins) > 8 and (not len(used) or bool(np.median(used) == used[0]))


def _add_windows(profile: IndexProfile, begins: NDArray[np.float64], end: float) -> None:
    """Take the linear index; the bins would be rougher, as small ones are merged into larger ones."""
    begins = np.maximum.accumulate(np.where(begins > 0, begins, 0.0))
    used = np.flatnonzero(begins > 0)
    first = int(used[0]) if len(used) else 0
    starts = np.arange(first, len(begins), dtype=np.int64) << 14
    profile.starts.append(starts)
    profile.ends.append(starts + (1 << 14))
    profile.sizes.append(np.diff(begins[first:], append=max(end, float(begins[-1]) + 1.0)))


def _add_bins(profile: IndexProfile, numbers: Integers, sizes: NDArray[np.float64], min_shift: int, depth: int) -> None:
    firsts = np.array([((1 << 3 * level) - 1) // 7 for level in range(depth + 1)], np.int64)
    levels = np.searchsorted(firsts, numbers, "right") - 1
    widths = np.int64(1) << (min_shift + 3 * (depth - levels))
    starts = (numbers - firsts[levels]) * widths if len(numbers) else numbers
    profile.starts.append(starts)
    profile.ends.append(starts + widths if len(numbers) else numbers)
    profile.sizes.append(np.maximum(sizes, 1.0))
