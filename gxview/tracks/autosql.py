"""The columns of a bigBed, as its autoSql description names them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from gxview.tracks.base import Feature, merged
from gxview.tracks.text import read_color

STANDARD = (
    "chrom", "chromStart", "chromEnd", "name", "score", "strand", "thickStart", "thickEnd", "reserved",
    "blockCount", "blockSizes", "chromStarts",
)  # fmt: skip
_FIELD = re.compile(r"[\w ]+?(?:\[[^\]]*\]|\([^)]*\))?\s+(\w+)\s*;")
_LABELS = ("geneName2", "geneName", "name2", "geneSymbol", "gene_name", "symbol")
_SAME = {
    "itemrgb": "reserved", "color": "reserved", "rgb": "reserved", "blockstarts": "chromstarts",
    "exonstarts": "chromstarts", "exoncount": "blockcount", "exonsizes": "blocksizes", "start": "chromstart",
    "end": "chromend",
}  # fmt: skip
_SHOWN = {name.lower() for name in STANDARD} - {"name"}
_STRANDS = {"+": "+", "-": "-"}


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column of a row means what.

    Attributes
    ----------
    names : tuple of str
        All columns, the three of the place among them.
    places : dict of str to int
        Number of the column for each standard meaning that the file has, in lower case.
    labels : tuple of int
        Numbers of the columns that hold a name which a person knows, the best first.
    """

    names: tuple[str, ...]
    places: dict[str, int]
    labels: tuple[int, ...]

    @classmethod
    def of(cls, schema: str, count: int, standard: int) -> Columns:
        """Read a description; without one the columns are those of BED.

        Parameters
        ----------
        schema : str
            autoSql, or nothing.
        count : int
            Number of columns.
        standard : int
            How many of them are those of BED, by the file's header; 0 if it does not say.
        """
        told = _FIELD.findall(schema.partition("(")[2])
        usual = [*STANDARD[: min(count, standard or 12)], *(f"column_{n}" for n in range(13, count + 1))]
        names = tuple(told if told and count in (0, len(told)) else usual)
        keys = [_SAME.get(name.lower(), name.lower()) for name in names]
        places = {key: number for number, key in reversed(list(enumerate(keys)))}
        labels = [names.index(label) for label in _LABELS if label in names]
        if not labels and "name" not in places:
            labels = [number for number, key in enumerate(keys) if number > 2 and key not in _SHOWN]
        return cls(names, places, tuple(labels))

    def feature(self, chrom: str, start: int, end: int, rest: Sequence[str]) -> Feature:
        """Make a feature of a row; ValueError if a column holds what it must not.

        Parameters
        ----------
        chrom, start, end
            The place, 0-based, half-open.
        rest : sequence of str
            The columns from the fourth on.
        """
        score, value = self._get(rest, "score"), self._get(rest, "signalvalue")
        return Feature(
            chrom=chrom,
            start=start,
            end=max(end, start + 1),
            name=self.label(rest),
            strand=_STRANDS.get(self._get(rest, "strand"), "."),
            kind="peak" if value else "feature",
            blocks=self._blocks(start, end, rest),
            thick=self._thick(start, end, rest),
            score=_number(value or score),
            color=read_color(self._get(rest, "reserved")),
            attributes=self._attributes(rest),
        )

    def label(self, rest: Sequence[str]) -> str:
        """Return the name that a person knows, such as that of the gene; empty where there is none."""
        own = self._get(rest, "name")
        found = (rest[place - 3] for place in self.labels if place - 3 < len(rest))
        return next((name for name in found if name and name not in (".", "none", "n/a")), "" if own == "." else own)

    def keys(self, rest: Sequence[str]) -> list[str]:
        """Return all names under which a person may look for a row."""
        places = dict.fromkeys([self.places.get("name", 0), *self.labels])
        return [rest[place - 3] for place in places if 3 <= place < len(rest) + 3 and rest[place - 3] not in ("", ".")]

    def _get(self, rest: Sequence[str], key: str) -> str:
        place = self.places.get(key, 0) - 3
        return rest[place].strip() if 0 <= place < len(rest) else ""

    def _thick(self, start: int, end: int, rest: Sequence[str]) -> tuple[int, int] | None:
        first, last = self._get(rest, "thickstart"), self._get(rest, "thickend")
        if not (first.isdecimal() and last.isdecimal()) or not start <= int(first) < int(last) <= end:
            return None
        return int(first), int(last)

    def _blocks(self, start: int, end: int, rest: Sequence[str]) -> tuple[tuple[int, int], ...]:
        sizes, starts = self._get(rest, "blocksizes"), self._get(rest, "chromstarts")
        if not sizes or not starts:
            return ()
        pairs = zip(_whole(starts), _whole(sizes), strict=True)
        blocks = merged((start + first, start + first + size) for first, size in pairs if size > 0)
        if blocks and (blocks[0][0] < start or blocks[-1][1] > end):
            raise ValueError("blocks beyond the feature")
        return blocks

    def _attributes(self, rest: Sequence[str]) -> str:
        drawn = {place for key, place in self.places.items() if key in _SHOWN}
        rows = zip(self.names[3:], rest, strict=False)
        shown = ((name, value) for place, (name, value) in enumerate(rows, start=3) if value and place not in drawn)
        return ";".join(f"{name}={value.replace('%', '%25').replace(';', '%3B')}" for name, value in shown)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _whole(text: str) -> list[int]:
    return [int(part) for part in text.strip(",").split(",")]
