"""Parts for training, validation and test that share nothing they should not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gxview.assess.probe.data import ProbeData
from gxview.assess.probe.settings import AUTO, CHROMOSOME, HOMOLOGY, RANDOM, ProbeSettings
from gxview.assess.probe.similar import Similar
from gxview.errors import GxviewError, UsageError
from gxview.genome import Region
from gxview.words import counted

Rows = NDArray[np.int64]
_PARTS = {
    "train": "train",
    "training": "train",
    "validation": "validation",
    "valid": "validation",
    "val": "validation",
    "dev": "validation",
    "test": "test",
}
_CHROMOSOMES = ("chromosome", "chrom", "chr", "seqname")
_TRIES = 200


@dataclass(frozen=True, eq=False)
class Parts:
    """Rows of the table, each in ascending order and in one part only."""

    train: Rows
    validation: Rows
    test: Rows

    def subset(self, fraction: float, strata: NDArray[np.int64], seed: int) -> Rows:
        """Return a share of the training part; a smaller share of the same seed lies within a larger one.

        Each stratum gives the same share, at least two sequences.
        """
        if fraction >= 1:
            return self.train
        rng = np.random.default_rng([seed, 23])
        chosen = []
        for stratum in np.unique(strata[self.train]):
            members = rng.permutation(self.train[strata[self.train] == stratum])
            chosen.append(members[: max(2, round(fraction * len(members)))])
        return np.sort(np.concatenate(chosen))


class Splitter:
    """Makes the parts of each seed.

    Parameters
    ----------
    data
        Labelled sequences.
    settings
        How to part them.
    similar
        Their near-duplicates.

    Raises
    ------
    GxviewError
        If the table lacks what the split needs.
    """

    def __init__(self, data: ProbeData, settings: ProbeSettings, similar: Similar) -> None:
        self._data, self._settings = data, settings
        self.kind = ("split" if "split" in data.columns else HOMOLOGY) if settings.split == AUTO else settings.split
        self.notes: list[str] = []
        self._given: Mapping[str, Rows] | None = None
        self._groups: NDArray[np.int64] | None = None
        if self.kind == HOMOLOGY:
            self._groups = similar.clusters
        elif self.kind == CHROMOSOME:
            self._groups = _chromosomes(data)
        elif self.kind == RANDOM:
            self.notes.append(
                "The parts were drawn at random: relatives of a test sequence may lie in the training part, which "
                "flatters heads that can memorise; prefer homology or chromosome."
            )
        else:
            self._given = self._column(self.kind)

    @property
    def fixed(self) -> bool:
        """Whether the test part is the same for every seed."""
        return self._given is not None

    def parts(self, seed: int) -> Parts:
        """Return the parts of a seed.

        Raises
        ------
        GxviewError
            If a part would be empty or hold one class only.
        """
        rng = np.random.default_rng([self._settings.seed, seed, 17])
        everything = np.arange(len(self._data))
        if self._given is None:
            rest, test = self._drawn(everything, self._settings.test_share, rng, "test")
            train, validation = self._drawn(rest, self._settings.validation_share, rng, "validation")
        elif len(self._given["validation"]):
            train, validation, test = (self._given[name] for name in ("train", "validation", "test"))
        else:
            test = self._given["test"]
            train, validation = self._stratified(self._given["train"], self._settings.validation_share, rng)
        found = Parts(train, validation, test)
        self._check(found)
        return found

    def _column(self, name: str) -> Mapping[str, Rows]:
        if name.lower() not in self._data.columns:
            raise UsageError(
                f"{self._data.name} has no column {name!r} to split by; --split takes random, homology, chromosome or "
                "a column that says train, validation or test."
            )
        words = np.array([_PARTS.get(word.lower(), word) for word in self._data.columns[name.lower()]])
        strange = sorted(set(words.tolist()) - set(_PARTS.values()))
        if strange:
            raise UsageError(
                f"{self._data.name}: the column {name!r} says {strange[0]!r}; it must say train, validation or test."
            )
        rows = {part: np.flatnonzero(words == part) for part in ("train", "validation", "test")}
        if not len(rows["test"]) and len(rows["validation"]):
            rows = {**rows, "test": rows["validation"], "validation": rows["test"]}
            self.notes.append(f"The column {name!r} names no test part: its validation part is the test here.")
        return rows

    def _drawn(self, rows: Rows, share: float, rng: np.random.Generator, name: str) -> tuple[Rows, Rows]:
        if self._groups is None:
            return self._stratified(rows, share, rng)
        for _ in range(_TRIES):
            rest, held = self._whole_groups(rows, share, rng)
            if self._is_usable(rest) and self._is_usable(held):
                return rest, held
        what = "chromosome" if self.kind == CHROMOSOME else "cluster"
        groups = counted(len(np.unique(self._groups)), what)
        of = "" if self.kind == CHROMOSOME else " of similar sequences"
        raise GxviewError(
            f"{self._data.name}: its {groups}{of} cannot be parted so that the {name} part "
            "has sequences of every class; use more sequences, or another --split."
        )

    def _whole_groups(self, rows: Rows, share: float, rng: np.random.Generator) -> tuple[Rows, Rows]:
        """Take whole groups in random order as long as they fit; what is too large stays in training."""
        assert self._groups is not None
        numbers, counts = np.unique(self._groups[rows], return_counts=True)
        wanted, taken = max(1.0, share * len(rows)), 0
        held = np.zeros(int(self._groups.max()) + 1, bool)
        for place in rng.permutation(len(numbers)):
            if taken + counts[place] <= wanted * (1.5 if not taken else 1.05):
                held[numbers[place]] = True
                taken += int(counts[place])
        inside = held[self._groups[rows]]
        return rows[~inside], rows[inside]

    def _stratified(self, rows: Rows, share: float, rng: np.random.Generator) -> tuple[Rows, Rows]:
        strata = self._data.strata[rows]
        held = []
        for stratum in np.unique(strata):
            members = rng.permutation(rows[strata == stratum])
            held.append(members[: min(max(1, round(share * len(members))), len(members) - 1)])
        part = np.sort(np.concatenate(held))
        return np.setdiff1d(rows, part), part

    def _is_usable(self, rows: Rows) -> bool:
        return len(rows) > 1 and all(
            len(np.unique(target.values[rows])) >= max(2, len(target.classes)) for target in self._data.targets
        )

    def _check(self, parts: Parts) -> None:
        for name in ("train", "validation", "test"):
            rows = getattr(parts, name)
            if len(rows) < 2:
                raise GxviewError(
                    f"{self._data.name}: the {name} part has {counted(len(rows), 'sequence')}; it needs at least 2."
                )
            if not self._is_usable(rows):
                lacking = next(t for t in self._data.targets if len(np.unique(t.values[rows])) < max(2, len(t.classes)))
                what = "sequences of every class" if lacking.classes else "different values"
                raise GxviewError(
                    f"{self._data.name}: the {name} part has {counted(len(rows), 'sequence')} without {what} of "
                    f"{lacking.name!r}; use more sequences, or another --split."
                )


def _chromosomes(data: ProbeData) -> NDArray[np.int64]:
    names = next((data.columns[name] for name in _CHROMOSOMES if name in data.columns), None)
    if names is None and "region" in data.columns:
        names = tuple(Region.parse(text).chrom for text in data.columns["region"])
    if names is None:
        raise UsageError(
            f"{data.name} has no column of chromosomes ({', '.join(_CHROMOSOMES)} or region), so it cannot be split "
            "by them."
        )
    numbers = np.unique(np.array(names), return_inverse=True)[1].astype(np.int64)
    if numbers.max() < 2:
        held = counted(int(numbers.max()) + 1, "chromosome")
        raise GxviewError(f"{data.name} has {held}; a split by chromosome needs at least three.")
    return numbers
