"""Blocked gzip as the SAM specification (section 4.1) defines it: block walking and the ``.gzi`` index."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from gxview.errors import GxviewError

_GZIP = b"\x1f\x8b"
_EXTRA = 4
_HEADER = 12
_TRAILER = 8


def compression(path: Path) -> str:
    """Tell ``'plain'``, ``'gzip'`` and ``'bgzip'`` apart by the first bytes."""
    with path.open("rb") as file:
        head = file.read(_HEADER + 6)
    if not head.startswith(_GZIP):
        return "plain"
    return "bgzip" if len(head) > _HEADER + 4 and head[3] & _EXTRA and b"BC\x02\x00" in head[_HEADER:] else "gzip"


def inflated_blocks(path: Path) -> Iterator[tuple[int, bytes]]:
    """Yield the offset of each block in the file and its letters.

    Raises
    ------
    GxviewError
        If the file is cut off or damaged.
    """
    with path.open("rb") as file:
        while True:
            offset = file.tell()
            size = _block_size(file, path)
            if size == 0:
                return
            body = file.read(size)
            try:
                data = zlib.decompress(body[:-_TRAILER], -15)
            except zlib.error as error:
                raise GxviewError(f"{path} is damaged at byte {offset:,}; copy or download it again.") from error
            checksum, length = struct.unpack("<II", body[-_TRAILER:])
            if len(data) != length or zlib.crc32(data) != checksum:
                raise GxviewError(f"{path} is damaged at byte {offset:,}; copy or download it again.")
            yield offset, data


def inflated_size(path: Path, gzi: Path) -> int | None:
    """Length of the text in bytes by the file's ``.gzi`` index; None if that index does not fit the file."""
    entries = read_gzi(gzi)
    if entries is None:
        return None
    offset, total = entries[-1] if entries else (0, 0)
    try:
        with path.open("rb") as file:
            file.seek(offset)
            while size := _block_size(file, path):
                total += struct.unpack("<I", file.read(size)[-4:])[0]
    except GxviewError:
        return None
    return total


def read_gzi(path: Path) -> list[tuple[int, int]] | None:
    """Read pairs of compressed and inflated offsets (without the first block); None if it is no such index."""
    data = path.read_bytes()
    if len(data) < 8 or len(data) != 8 + 16 * struct.unpack_from("<Q", data)[0]:
        return None
    return list(struct.iter_unpack("<QQ", data[8:]))


def gzi_bytes(entries: list[tuple[int, int]]) -> bytes:
    """Write pairs of offsets in the layout that htslib reads."""
    return struct.pack("<Q", len(entries)) + b"".join(struct.pack("<QQ", *entry) for entry in entries)


def _block_size(file: BinaryIO, path: Path) -> int:
    """Read a block's header and return how many bytes of it follow; 0 at the end of the file."""
    offset = file.tell()
    head = file.read(_HEADER)
    if not head:
        return 0
    extra = file.read(struct.unpack_from("<H", head, 10)[0]) if len(head) == _HEADER else b""
    total = _total_size(extra) if head.startswith(_GZIP) else 0
    remaining = total - len(head) - len(extra)
    if remaining < _TRAILER or offset + total > path.stat().st_size:
        raise GxviewError(f"{path} is cut off or damaged at byte {offset:,}; copy or download it again.")
    return remaining


def _total_size(extra: bytes) -> int:
    while len(extra) >= 4:
        tag, length = extra[:2], struct.unpack_from("<H", extra, 2)[0]
        if tag == b"BC" and len(extra) >= 6:
            return int(struct.unpack_from("<H", extra, 4)[0]) + 1
        extra = extra[4 + length :]
    return 0
