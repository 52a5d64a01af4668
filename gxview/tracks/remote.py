"""Files on a web server, read by range requests."""

from __future__ import annotations

import http.client
import threading
from collections import OrderedDict
from email.message import Message
from typing import BinaryIO, cast
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from gxview.errors import GxviewError

TIMEOUT = 20.0
"""Seconds to wait for an answer."""
_PAGE = 1 << 16
_PAGES = 256
_WHOLE = 64 << 20
"""A file up to this size is taken whole from a server that answers no range requests."""


class RemoteBytes:
    """A file behind an http or https address; safe to use from several threads at once.

    Read in pages of 64 KiB, of which the last 256 are kept.

    Raises
    ------
    GxviewError
        If the server cannot be reached, has no such file, or answers no range requests for a large one.
    """

    def __init__(self, url: str) -> None:
        self.place = url
        self._lock = threading.Lock()
        self._pages: OrderedDict[int, bytes] = OrderedDict()
        self._whole: bytes | None = None
        data, headers, partial = self._get(0, _PAGE)
        self._version = _version(headers)
        if partial:
            self.size = _size(headers, url)
            self._pages[0] = data
        else:
            self._whole, self.size = data, len(data)

    def read(self, offset: int, size: int) -> bytes:
        """Return exactly so many bytes.

        Raises
        ------
        GxviewError
            If the server does not answer in time, the file is gone or has changed, or the bytes lie beyond its end.
        """
        if offset < 0 or size < 0 or offset + size > self.size:
            raise GxviewError(f"{self.place} is cut off or damaged.")
        if self._whole is not None:
            return self._whole[offset : offset + size]
        first, last = offset // _PAGE, -(-(offset + size) // _PAGE)
        pages = self._kept(first, last)
        for start, end in _gaps(pages, first, last):
            pages |= self._fetch(start, end)
        data = b"".join(pages[page] for page in range(first, last))
        self._keep(pages)
        return data[offset - first * _PAGE : offset - first * _PAGE + size]

    def _kept(self, first: int, last: int) -> dict[int, bytes]:
        with self._lock:
            return {page: self._pages[page] for page in range(first, last) if page in self._pages}

    def _keep(self, pages: dict[int, bytes]) -> None:
        with self._lock:
            for page, data in pages.items():
                self._pages[page] = data
                self._pages.move_to_end(page)
            while len(self._pages) > _PAGES:
                self._pages.popitem(last=False)

    def _fetch(self, first: int, last: int) -> dict[int, bytes]:
        start, end = first * _PAGE, min(last * _PAGE, self.size)
        data, headers, partial = self._get(start, end - start)
        if not partial or len(data) != end - start or _version(headers) != self._version:
            raise GxviewError(f"{self.place} changed on the server since it was opened; open it again.")
        return {page: data[(page - first) * _PAGE : (page - first + 1) * _PAGE] for page in range(first, last)}

    def _get(self, offset: int, size: int) -> tuple[bytes, Message, bool]:
        """Ask for a range; whether the server kept to it comes last."""
        response = _request(self.place, {"Range": f"bytes={offset}-{offset + size - 1}"})
        with response:
            partial = response.status == http.client.PARTIAL_CONTENT
            limit = size if partial else _WHOLE
            try:
                data = response.read(limit + 1)
            except (OSError, http.client.HTTPException) as error:
                raise GxviewError(f"{self.place} stopped answering ({error}); try again.") from error
        if len(data) > limit:
            raise GxviewError(f"The server of {self.place} answers no range requests; download the file and open that.")
        return data, response.headers, partial


def remote_stream(url: str) -> tuple[BinaryIO, int]:
    """Open an address for reading from beginning to end; its size with it (0 if unknown).

    Raises
    ------
    GxviewError
        If the server cannot be reached or has no such file.
    """
    response = _request(url, {})
    return cast(BinaryIO, response), int(response.headers.get("Content-Length") or 0)


def remote_exists(url: str) -> bool:
    """Whether a server has a file; GxviewError if it cannot be reached."""
    try:
        with urlopen(Request(url, headers=_HEADERS, method="HEAD"), timeout=TIMEOUT):
            return True
    except HTTPError as error:
        error.close()
        return False
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise _unreachable(url, error) from error


_HEADERS = {"User-Agent": "gxview", "Accept-Encoding": "identity"}


def _request(url: str, headers: dict[str, str]) -> http.client.HTTPResponse:
    try:
        answer: http.client.HTTPResponse = urlopen(Request(url, headers=_HEADERS | headers), timeout=TIMEOUT)
    except HTTPError as error:
        error.close()
        if error.code in (http.client.NOT_FOUND, http.client.GONE):
            raise GxviewError(f"There is no file {url} on the server (404 Not Found).") from error
        if error.code == http.client.REQUESTED_RANGE_NOT_SATISFIABLE:
            raise GxviewError(f"{url} is empty, or changed on the server since it was opened.") from error
        raise GxviewError(f"The server refused {url} ({error.code} {error.reason}).") from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise _unreachable(url, error) from error
    return answer


def _unreachable(url: str, error: Exception) -> GxviewError:
    reason = error.reason if isinstance(error, URLError) else error
    if isinstance(reason, TimeoutError):
        return GxviewError(f"{url} did not answer within {TIMEOUT:.0f} seconds; try again later.")
    return GxviewError(f"{url} cannot be reached ({reason}); check the address and the network.")


def _size(headers: Message, url: str) -> int:
    total = (headers.get("Content-Range") or "").rpartition("/")[2]
    if not total.isdecimal():
        raise GxviewError(f"The server of {url} does not tell the size of the file; download it and open that.")
    return int(total)


def _version(headers: Message) -> tuple[str | None, ...]:
    return headers.get("ETag"), headers.get("Last-Modified")


def _gaps(pages: dict[int, bytes], first: int, last: int) -> list[tuple[int, int]]:
    """Return the runs of pages that are not at hand."""
    gaps: list[tuple[int, int]] = []
    for page in range(first, last):
        if page in pages:
            continue
        if gaps and gaps[-1][1] == page:
            gaps[-1] = (gaps[-1][0], page + 1)
        else:
            gaps.append((page, page + 1))
    return gaps
