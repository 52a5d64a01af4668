"""Stretches of a chromosome, as people write them and as programs count them."""

from __future__ import annotations

import operator
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from gxview.errors import GxviewError

_DASHES = re.compile("[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]")
_STRAND = re.compile(r"^(?P<rest>.+?)\s*(?:\((?P<bracket>[+.-])\)|:(?P<colon>[+-])|\s(?P<space>[+-]))$")
_NUMBER = r"(?P<{}>-?[0-9][0-9,]*(?:\.[0-9]+)?(?:[kKmMgG](?:[bB][pP]?)?|[bB][pP])?)"
_SPAN = re.compile(
    rf"^(?P<chrom>\S+?)\s*(?::\s*|\s+){_NUMBER.format('start')}"
    rf"(?:(?:\s*-\s*|\s*\.\.\s*|\s+){_NUMBER.format('end')}|\s*\+\s*{_NUMBER.format('length')})?$"
)
_SCALE = {"k": 1_000, "m": 1_000_000, "g": 1_000_000_000}
_FORMS = "write it as chr1:1,000-2,000"


@dataclass(frozen=True, slots=True)
class Region:
    """A stretch of one chromosome.

    Attributes
    ----------
    chrom : str
        Name of the chromosome.
    start, end : int
        0-based, half-open; ``str(region)`` and :meth:`parse` use 1-based closed positions.
    strand : str
        ``'+'``, ``'-'`` or ``'.'`` (no strand).

    Raises
    ------
    GxviewError
        If the region holds no base, begins before the chromosome, or has no proper name or strand.
    """

    chrom: str
    start: int
    end: int
    strand: str = "."

    def __post_init__(self) -> None:
        object.__setattr__(self, "start", operator.index(self.start))
        object.__setattr__(self, "end", operator.index(self.end))
        if not self.chrom or any(letter.isspace() for letter in self.chrom):
            raise GxviewError(f"'{self.chrom}' is no name of a chromosome: it is empty or holds white space.")
        if self.strand not in ("+", "-", "."):
            raise GxviewError(f"The strand '{self.strand}' of a region must be '+', '-' or '.'.")
        _check_order(f"{self.chrom}:{self.start + 1:,}-{self.end:,}", self.start, self.end)

    @property
    def length(self) -> int:
        """Number of bases."""
        return self.end - self.start

    def __str__(self) -> str:
        strand = "" if self.strand == "." else f"({self.strand})"
        return f"{self.chrom}:{self.start + 1:,}-{self.end:,}{strand}"

    @classmethod
    def parse(cls, text: str, sizes: Mapping[str, int] | None = None) -> Region:
        """Read a region from text.

        Understood are ``chr1:1,000-2,000``, ``chr1 1000 2000``, ``chr1:1000+500`` (500 bases from 1000 on),
        ``chr1:1000`` (that one base; a viewer shows what lies around it), ``chr1:1.5M-1.6M`` and, with `sizes`,
        ``chr1`` (the whole). A strand may follow: ``chr1:1-10(-)``, ``chr1:1-10:-`` or ``chr1:1-10 -``.

        Parameters
        ----------
        text : str
            The region; positions count from 1 and the last one is included.
        sizes : mapping of str to int, optional
            Lengths of the chromosomes. A text that is a name in here means the whole chromosome, whatever characters
            the name holds (``HLA-A*01:01:01:01``).

        Returns
        -------
        Region
            The region as written: neither clipped nor with its name replaced.

        Raises
        ------
        GxviewError
            If the text is no region, the region is empty, reversed or begins before position 1, or the chromosome
            is not in `sizes`.
        """
        cleaned = _DASHES.sub("-", " ".join(text.split()))
        if not cleaned:
            raise GxviewError(f"No region was given; {_FORMS}.")
        whole = _whole(cleaned, sizes)
        if whole is not None:
            return whole
        body, strand = _split_strand(cleaned)
        match = _SPAN.match(body)
        if match is None:
            raise GxviewError(_why_not(cleaned, body, sizes))
        if sizes is not None and match["chrom"] not in sizes:
            raise GxviewError(unknown_chromosome(match["chrom"], sizes))
        start, end = _positions(cleaned, match)
        return cls(match["chrom"], start, end, strand)


def unknown_chromosome(name: str, names: Mapping[str, int] | tuple[str, ...]) -> str:
    """Say that a chromosome is unknown, and which names there are."""
    known = list(names)
    shown = ", ".join(known[:5]) + (f" and {len(known) - 5} more" if len(known) > 5 else "")
    return f"There is no chromosome '{name}'; the reference has {shown or 'none'}."


def _whole(text: str, sizes: Mapping[str, int] | None) -> Region | None:
    if sizes is None:
        return None
    if text in sizes:
        return Region(text, 0, sizes[text])
    body, strand = _split_strand(text)
    return Region(body, 0, sizes[body], strand) if body in sizes else None


def _split_strand(text: str) -> tuple[str, str]:
    match = _STRAND.match(text)
    if match is None:
        return text, "."
    return match["rest"], match["bracket"] or match["colon"] or match["space"]


def _positions(text: str, match: re.Match[str]) -> tuple[int, int]:
    start = _number(text, match["start"]) - 1
    if match["length"] is not None:
        end = start + _number(text, match["length"])
    elif match["end"] is not None:
        end = _number(text, match["end"])
    else:
        end = start + 1
    _check_order(text, start, end)
    return start, end


def _number(region: str, text: str) -> int:
    digits = text.lower().rstrip("bp")
    scale = _SCALE.get(digits[-1], 1)
    plain = digits.rstrip("kmg")
    if scale > 1 and "," in plain:
        raise GxviewError(f"'{text}' in '{region}' can be read in two ways; write it without a comma.")
    value = Decimal(plain.replace(",", "")) * scale
    if value != int(value) or ("." in plain and scale == 1):
        raise GxviewError(f"'{text}' in '{region}' is no whole number of bases.")
    return int(value)


def _check_order(text: str, start: int, end: int) -> None:
    if start < 0:
        raise GxviewError(f"The region '{text}' begins before position 1, the first base of a chromosome.")
    if end == start:
        raise GxviewError(f"The region '{text}' is empty: its end lies before its start.")
    if end < start:
        raise GxviewError(f"The region '{text}' is reversed: its end lies before its start. Swap the two positions.")


def _why_not(text: str, body: str, sizes: Mapping[str, int] | None) -> str:
    if ":" in body or " " in body:
        return f"'{text}' is no region: its positions are no numbers; {_FORMS}."
    if sizes is None:
        return f"'{text}' names no positions; {_FORMS}."
    return unknown_chromosome(body, sizes)
