"""Probing from the window: the command, and what it found as rows and plots."""

from __future__ import annotations

import csv
import gzip
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

from gxview.errors import GxviewError
from gxview.viewer.assessing.assessment import Assessment, needed_file, numbers
from gxview.viewer.assessing.choices import ProbeChoices
from gxview.viewer.assessing.plots import Mark, Plot, Series
from gxview.viewer.batch.defaults import typed_path
from gxview.viewer.work.workers import Outcome

RESULTS = "probe.json"
TEXT = "utf-8-sig"
"""A table that Excel wrote begins with a mark."""
POOLS = {"cls": "CLS", "mean": "Mean", "full": "All tokens"}
HEADS = {
    "ridge": "Ridge",
    "mlp": "MLP",
    "cnn": "CNN",
    "cnn-mpra": "CNN (MPRA)",
    "residualbind": "ResidualBind",
    "residualbind-small": "ResidualBind, small",
}
SPLITS = {
    "auto": "Given, else homology",
    "homology": "Homology clusters",
    "chromosome": "Chromosomes",
    "random": "Random",
}
RANDOM = "Parts drawn at random share near-duplicates: the numbers come out too good. Homology clusters are honest."
SEQUENCE, LABEL = "sequence", "label"
NO_LABELS = (SEQUENCE, "id", "name", "split", "chromosome", "chrom", "chr", "seqname", "region")
"""Columns that say which sequence it is and where it is from."""


@dataclass(frozen=True, slots=True)
class ProbeRow:
    """One input under one head with one size of the data: mean and spread over the repetitions.

    Parameters
    ----------
    input, head, layer
        What was fitted, and what it was fitted on; the layer is empty for baselines.
    label
        Column of labels.
    fraction
        Share of the training part that was fitted on.
    metric
        Name of the number.
    values
        One for each repetition.
    n
        Sequences that were fitted on; where each repetition has parts of its own, their mean.
    """

    input: str
    head: str
    layer: str
    label: str
    fraction: float
    metric: str
    values: tuple[float, ...]
    n: int

    @property
    def mean(self) -> float:
        """Mean over the repetitions."""
        known = [value for value in self.values if math.isfinite(value)]
        return fmean(known) if known else math.nan

    @property
    def spread(self) -> float:
        """Standard deviation over the repetitions; NaN of a single one."""
        known = [value for value in self.values if math.isfinite(value)]
        return stdev(known) if len(known) > 1 else math.nan

    @property
    def name(self) -> str:
        """The input with its layer."""
        return f"{self.input}, layer {self.layer}" if self.layer and self.layer not in self.input else self.input


@dataclass(frozen=True)
class ProbeResults:
    """All rows, and how inputs compare."""

    rows: tuple[ProbeRow, ...]
    comparisons: tuple[Mapping[str, Any], ...] = ()

    @property
    def metrics(self) -> tuple[str, ...]:
        """Names of the numbers, label by label."""
        return tuple(dict.fromkeys(self._key(row) for row in self.rows))

    def of(self, metric: str) -> list[ProbeRow]:
        """Return the rows of a metric, the best on top; that of errors, the smallest."""
        sign = -1.0 if metric.split(" ")[0] in ("mse", "mae", "loss") else 1.0
        rows = [row for row in self.rows if self._key(row) == metric]
        return sorted(rows, key=lambda row: (math.isnan(row.mean), -sign * row.mean if row.mean == row.mean else 0.0))

    def bars(self, metric: str) -> Plot:
        """Return input by head with the most data: mean and spread."""
        rows = _largest(self.of(metric))
        # the layer tells inputs apart only where there are several
        several = len({row.layer for row in rows if row.layer}) > 1
        named = {id(row): row.name if several else row.input for row in rows}
        names = list(dict.fromkeys(named.values()))
        heads = list(dict.fromkeys(row.head for row in rows))
        series = []
        for number, head in enumerate(heads):
            aside = 0.14 * (number - (len(heads) - 1) / 2)
            chosen = [row for row in rows if row.head == head]
            series.append(
                Series(
                    HEADS.get(head, head),
                    tuple(_mark(row, names.index(named[id(row)]) + aside) for row in chosen),
                    "dots",
                    number,
                )
            )
        return Plot("", measure_name(metric), tuple(series), names=tuple(names))

    def curves(self, metric: str) -> Plot:
        """Return the number over the size of the data, a line for each input and head."""
        rows = self.of(metric)
        lines = list(dict.fromkeys((row.name, row.head) for row in rows))
        several = len({head for _, head in lines}) > 1
        series = []
        for number, (name, head) in enumerate(lines):
            chosen = sorted((row for row in rows if (row.name, row.head) == (name, head)), key=lambda row: row.n)
            words = f"{name}, {HEADS.get(head, head)}" if several else name
            series.append(Series(words, tuple(_mark(row, row.n) for row in chosen), "line", number))
        return Plot("Sequences that are fitted on", measure_name(metric), tuple(series))

    def _key(self, row: ProbeRow) -> str:
        """Return the metric of a row, with its column of labels where there are several."""
        several = len({one.label for one in self.rows}) > 1
        return f"{row.metric} ({row.label})" if several else row.metric

    @property
    def has_curves(self) -> bool:
        """Whether there are several sizes of the data."""
        return len({row.fraction for row in self.rows}) > 1


def _largest(rows: Sequence[ProbeRow]) -> list[ProbeRow]:
    most = max((row.fraction for row in rows), default=0.0)
    return [row for row in rows if row.fraction == most]


def _mark(row: ProbeRow, x: float) -> Mark:
    # one repetition has no spread, which is not a spread of zero
    spread = f" \N{PLUS-MINUS SIGN} {row.spread:.2g}" if math.isfinite(row.spread) else ""
    about = f"{row.name}, {HEADS.get(row.head, row.head)}\n{row.mean:.4g}{spread}, n = {row.n:,}"
    return Mark(x, row.mean, row.mean - row.spread, row.mean + row.spread, about=about)


def measure_name(metric: str) -> str:
    """Write the name of a number for a person."""
    first, _, rest = metric.partition(" ")
    return " ".join(part for part in (first.upper() if len(first) <= 5 else first.replace("_", " "), rest) if part)


class Probe(Assessment[ProbeChoices, ProbeResults]):
    """``gxview probe`` as the panel Probe runs it."""

    key = "probe"
    title = "Probe"
    results_in = RESULTS

    #: columns of the table that was looked at last, and why they are not known
    columns: tuple[str, ...] = ()
    _looked: tuple[str, int] = ("", 0)
    _columns_problem = ""

    def look(self) -> None:
        """Read the head of the chosen table, where it is another one; `changed` tells when it is there."""
        text = self.choices.data
        stamp = text, _changed_at(text)
        if stamp == self._looked:
            return
        self._looked, self.columns, self._columns_problem = stamp, (), ""

        def done(outcome: Outcome) -> None:
            if stamp == self._looked:
                self.columns, self._columns_problem = outcome.value or (), outcome.error
                self.changed.emit()

        if text:
            self._programs.read(lambda: read_columns(typed_path(text)), done)

    @property
    def label_columns(self) -> tuple[str, ...]:
        """Columns that may hold labels."""
        return tuple(name for name in self.columns if name.lower() not in NO_LABELS)

    @property
    def _usual_label(self) -> list[str]:
        """The column of labels where none is chosen; none while the table is not read."""
        known = self.label_columns
        return [name for name in known if name.lower() == LABEL][:1] or list(known[:1])

    @property
    def warning(self) -> str:
        """What a person should know about the split; empty for nothing."""
        return RANDOM if self.choices.split == "random" else ""

    def arguments(self, folder: Path) -> list[str]:
        """See `Assessment`."""
        chosen = self.choices
        found = ["probe", "--data", str(needed_file(chosen.data, "a table of sequences and labels"))]
        if self._columns_problem:
            raise GxviewError(self._columns_problem)
        if not chosen.models:
            raise GxviewError("Check at least one model.")
        for key in chosen.models:
            found += ["--model", self.chosen_model(key)]
        labels = [name for name in chosen.labels if not self.columns or name in self.columns]
        for name in labels or self._usual_label:
            found += ["--label", name]
        lists = {
            "pool": chosen.pools,
            "head": chosen.heads,
            "layers": numbers(chosen.layers, "layers", int),
            "fractions": numbers(chosen.fractions, "shares of the data"),
        }
        # a list may begin with a minus sign
        found += [f"--{flag}={','.join(values)}" for flag, values in lists.items() if values]
        if chosen.limit is not None:
            found += ["--limit", str(chosen.limit)]
        return [*found, "--split", chosen.split, "--seeds", str(chosen.seeds), "--device", self.model.settings.device]

    def read(self, folder: Path) -> ProbeResults:
        """See `Assessment`."""
        return read_probe(folder)


def _changed_at(text: str) -> int:
    """Return when a file was written last, 0 where there is none."""
    try:
        return typed_path(text).stat().st_mtime_ns
    except OSError:
        return 0


def read_columns(path: Path) -> tuple[str, ...]:
    """Return the names of the columns of a table.

    Raises
    ------
    GxviewError
        It cannot be read, or has no column of sequences.
    """
    try:
        with gzip.open(path, "rt", encoding=TEXT) if path.suffix == ".gz" else path.open(encoding=TEXT) as file:
            line = file.readline(1 << 16).rstrip("\r\n")
    except UnicodeDecodeError:
        raise GxviewError(f"{path} is no text in UTF-8; save it as plain text in UTF-8.") from None
    except (OSError, EOFError) as error:
        raise GxviewError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}.") from None
    columns = [name.strip() for name in next(csv.reader([line], delimiter="\t" if "\t" in line else ","), [])]
    if SEQUENCE not in map(str.lower, columns):
        raise GxviewError(f"{path.name} has no column '{SEQUENCE}'; its columns are {', '.join(columns) or 'none'}.")
    return tuple(columns)


def read_probe(folder: Path) -> ProbeResults:
    """Read the numbers of a probing run.

    Raises
    ------
    GxviewError
        The folder holds none, or the file is damaged.
    """
    path = folder / RESULTS
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        groups: dict[tuple[Any, ...], list[tuple[int, float]]] = {}
        for row in found["rows"]:
            layer = "" if row["layer"] is None else str(row["layer"])
            names = str(row["input"]), str(row["head"]), layer, str(row["target"])
            value = math.nan if row["value"] is None else float(row["value"])
            groups.setdefault((*names, float(row["fraction"]), str(row["metric"])), []).append(
                (int(row["n_train"]), value)
            )
        comparisons = tuple(found.get("comparisons") or ())
    except OSError as error:
        raise GxviewError(f"{folder} holds no finished probing: {error.strerror or error}.") from None
    except (ValueError, KeyError, TypeError):
        raise GxviewError(f"{path} is no result of probing; run it again.") from None
    return ProbeResults(tuple(_row(key, values) for key, values in groups.items()), comparisons)


def _row(key: tuple[Any, ...], values: Sequence[tuple[int, float]]) -> ProbeRow:
    name, head, layer, label, fraction, metric = key
    n = round(fmean(count for count, _ in values))
    return ProbeRow(name, head, layer, label, fraction, metric, tuple(value for _, value in values), n)
