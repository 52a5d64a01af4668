"""Records as bytes of a finished task, and as the files that a person opens.

Parquet is written by pyarrow: it needs no other package (others bring pandas, or weigh as much), and as a dependency of
gxview it makes the same command give the same files on every machine.
"""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from gxview.durable import sync_folder
from gxview.evaluate.records import COLUMNS, Record

_ROWS_AT_ONCE = 50_000
_VALUE = COLUMNS.index("value")


def pack_rows(records: Iterable[Record]) -> bytes:
    """Return records as lines of JSON arrays in the order of the columns; a missing value is null."""
    return "".join(f"{json.dumps(_cells(one), ensure_ascii=False)}\n" for one in records).encode()


def unpack_rows(content: bytes) -> Iterator[Record]:
    """Yield what `pack_rows` wrote."""
    for line in content.splitlines():
        cells = json.loads(line)
        if cells[_VALUE] is None:
            cells[_VALUE] = math.nan
        yield Record(**dict(zip(COLUMNS, cells, strict=True)))


class TableWriter:
    """Writes ``NAME.csv`` and ``NAME.parquet`` row by row, aside; :meth:`finish` puts both in place.

    CSV has a header, an empty cell where a value is missing, and floats with all their digits. Parquet has the same
    columns as text and float64. The bytes depend on the rows alone.

    Parameters
    ----------
    folder, name
        Where the two files go.
    columns
        Names; those in `numbers` hold numbers.
    """

    def __init__(self, folder: Path, name: str, columns: Sequence[str], numbers: Sequence[str]) -> None:
        import pyarrow as arrow
        from pyarrow import parquet

        self._final = [folder / f"{name}.csv", folder / f"{name}.parquet"]
        self._parts = [path.with_name(f".{path.name}.part") for path in self._final]
        self._columns, self._numbers = list(columns), set(numbers)
        types = [(one, arrow.float64() if one in self._numbers else arrow.string()) for one in columns]
        self._schema, self._arrow = arrow.schema(types), arrow
        self._stack = ExitStack()
        stream = self._stack.enter_context(self._parts[0].open("w", encoding="utf-8", newline=""))
        self._csv = csv.writer(stream, lineterminator="\n")
        self._csv.writerow(columns)
        self._parquet = self._stack.enter_context(
            parquet.ParquetWriter(self._parts[1], self._schema, compression="zstd")
        )
        self._waiting: list[Sequence[Any]] = []

    def add(self, cells: Sequence[Any]) -> None:
        """Write one row; None and NaN are missing."""
        given = [_known(cell) for cell in cells]
        self._csv.writerow(["" if cell is None else repr(cell) if isinstance(cell, float) else cell for cell in given])
        self._waiting.append(given)
        if len(self._waiting) >= _ROWS_AT_ONCE:
            self._flush()

    def _flush(self) -> None:
        columns = list(zip(*self._waiting, strict=True)) or [()] * len(self._columns)
        cells = {
            name: [None if cell is None else float(cell) if name in self._numbers else str(cell) for cell in column]
            for name, column in zip(self._columns, columns, strict=True)
        }
        self._parquet.write_table(self._arrow.table(cells, schema=self._schema))
        self._waiting = []

    def finish(self) -> list[Path]:
        """Put the files in place and return their paths."""
        if self._waiting:
            self._flush()
        self._stack.close()
        for part, final in zip(self._parts, self._final, strict=True):
            part.replace(final)
        sync_folder(self._final[0].parent)
        return self._final

    def give_up(self) -> None:
        """Delete what was written so far."""
        self._stack.close()
        for part in self._parts:
            part.unlink(missing_ok=True)


def _cells(one: Record) -> list[Any]:
    row = one.as_dict()
    return [None if name == "value" and math.isnan(row[name]) else row[name] for name in COLUMNS]


def _known(cell: Any) -> Any:
    if isinstance(cell, float):  # NumPy's float64 and Number are floats too, but write themselves differently
        return None if math.isnan(cell) else float(cell)
    return cell
