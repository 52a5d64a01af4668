"""What a probing run consists of: inputs, heads, subsets, seeds."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path

import numpy as np

from gxview.assess.probe.cache import Blocks, Rows
from gxview.assess.probe.data import ProbeData
from gxview.assess.probe.features import (
    EmbeddedColumns,
    EmbeddedVectors,
    Features,
    Input,
    OneHot,
    Words,
    require_one_length,
)
from gxview.assess.probe.heads.networks import PRESETS
from gxview.assess.probe.layers import Layered, chosen_layers
from gxview.assess.probe.settings import COLUMN_HEADS, VECTOR_HEADS, Head, Pool, ProbeSettings, digest
from gxview.assess.probe.splits import Parts
from gxview.assess.probe.vectors import Layer
from gxview.errors import UsageError
from gxview.words import counted

_VERSION = 1


@dataclass(frozen=True)
class Task:
    """One head on one input, one share of the training part and one seed."""

    input: Input
    head: Head
    fraction: float
    seed: int
    key: str

    @property
    def work(self) -> str:
        """What is done, in a few words."""
        share = "" if self.fraction == 1 else f", {self.fraction:g} of the training part"
        return f"{self.head} on {self.input.shown}{share}, seed {self.seed}"


@dataclass(frozen=True, eq=False)
class Source:
    """A model with what is probed of it."""

    model: Layered
    pieces: tuple[tuple[Layer, Pool], ...]
    control: bool
    blocks: Blocks


def chosen_heads(settings: ProbeSettings, data: ProbeData) -> tuple[Head, ...]:
    """Return the heads that are fitted.

    Raises
    ------
    GxviewError
        If the sequences have several lengths, or are too short, for a head that was asked for.
    """
    if not settings.heads:
        return ("ridge", "cnn") if (data.length or 0) >= PRESETS["cnn"].least else ("ridge",)
    for head in settings.heads:
        if head not in PRESETS:
            continue
        length, least = require_one_length(data, f"convolutional heads ({head})"), PRESETS[head].least
        if length < least:
            held = counted(length, "base")
            raise UsageError(
                f"The head '{head}' needs sequences of at least {least} bases; those of {data.name} have {held}."
            )
    return settings.heads


class Plan:
    """The tasks of a run.

    Parameters
    ----------
    settings, data
        What is wanted, on what.
    parts
        Of each seed.
    models
        The loaded models; those of `controls` have random weights.
    controls
        Names.
    cache
        Folder of the embeddings.

    Raises
    ------
    UsageError
        If heads, pools and layers have nothing in common.
    """

    def __init__(
        self,
        settings: ProbeSettings,
        data: ProbeData,
        parts: Sequence[Parts],
        models: Sequence[Layered],
        controls: Sequence[str],
        cache: Path,
    ) -> None:
        self.settings, self.data, self.parts = settings, data, parts
        self.notes: list[str] = []
        self.heads = chosen_heads(settings, data)
        if not settings.heads and not self._columns:
            least = PRESETS["cnn"].least
            self.notes.append(f"No CNN was fitted, since it needs sequences of one length of at least {least} bases.")
        self.sources = [self._source(model, model.name in controls, cache) for model in models]
        self._makers: dict[Input, Callable[[], Features]] = dict(self._letters())
        for source in self.sources:
            self._makers.update(self._embedded(source))
        self.inputs = tuple(self._makers)

    def features(self, one: Input) -> Features:
        """Return what heads read of an input."""
        return self._makers[one]()

    @cached_property
    def tasks(self) -> tuple[Task, ...]:
        """All tasks; those of one input follow each other."""
        return tuple(
            Task(one, head, fraction, seed, self._key(one, head, fraction, seed))
            for one in self.inputs
            for head in self.heads
            if (head in COLUMN_HEADS) == one.columns
            for fraction in self.settings.fractions
            for seed in range(self.settings.seeds)
        )

    def train_rows(self, fraction: float, seed: int) -> Rows:
        """Return the rows that a head is fitted on."""
        return self.parts[seed].subset(fraction, self.data.strata, seed)

    def _key(self, one: Input, head: Head, fraction: float, seed: int) -> str:
        parts = self.parts[seed]
        rows = [hashlib.sha256(np.asarray(part, dtype="<i8").tobytes()).hexdigest() for part in
                (self.train_rows(fraction, seed), parts.validation, parts.test)]  # fmt: skip
        fitting = self.settings.fitting
        how = {"alphas": fitting.alphas} if head == "ridge" else fitting.model_dump(exclude={"alphas"})
        return digest([_VERSION, one.digest, head, rows, self._labels, how, seed])

    @cached_property
    def _labels(self) -> str:
        content = hashlib.sha256()
        for target in self.data.targets:
            content.update(f"{target.name}\0{target.kind}\0{target.classes}".encode() + target.values.tobytes())
        return content.hexdigest()

    @property
    def _vectors(self) -> bool:
        return any(head in VECTOR_HEADS for head in self.heads)

    @property
    def _columns(self) -> bool:
        return any(head in COLUMN_HEADS for head in self.heads)

    def _source(self, model: Layered, control: bool, cache: Path) -> Source:
        pools = [pool for pool in self.settings.pools if (self._columns if pool == "full" else self._vectors)]
        if not pools:
            raise UsageError(
                "No head reads what is pooled: ridge and mlp read cls and mean, the convolutional heads read full."
            )
        pieces = tuple(chosen_layers(model, self.settings.layers, pools))
        if not pieces:
            raise UsageError(f"{model.name} has no {' or '.join(pools)} in any of its layers.")
        wanted = [(layer.number, pool) for layer, pool in pieces]
        return Source(model, pieces, control, Blocks(cache, model, self.data.sequences, wanted))

    def _letters(self) -> Iterator[tuple[Input, Callable[[], Features]]]:
        data, k = self.data, self.settings.kmer
        wanted = self.settings.baselines
        if "one-hot" in wanted:
            if data.length is None and not self._columns:
                self.notes.append("One-hot letters were left out, since the sequences have several lengths.")
            else:
                for columns in (False, True):
                    if self._columns if columns else self._vectors:
                        yield self._letter_input("one-hot", columns), partial(OneHot, data, flat=not columns)
        if self._vectors and "dinucleotide" in wanted:
            yield self._letter_input("dinucleotide", False), partial(Words, data.sequences, 2)
        if self._vectors and "k-mer" in wanted:
            yield self._letter_input(f"{k}-mer", False), partial(Words, data.sequences, k)

    def _letter_input(self, name: str, columns: bool) -> Input:
        return Input(name, digest([name, columns, self.data.digest]), columns)

    def _embedded(self, source: Source) -> Iterator[tuple[Input, Callable[[], Features]]]:
        memory = self.settings.memory
        for layer, pool in source.pieces:
            piece, columns = (layer.number, pool), pool == "full"
            key = digest([source.blocks.keys[piece].name, columns])
            name = f"{source.model.name} {pool}"
            one = Input(name, key, columns, source.model.name, layer.number, pool, source.control)
            if columns:
                yield one, partial(EmbeddedColumns, source.blocks, piece, source.model, self.data, memory)
            else:
                yield one, partial(EmbeddedVectors, source.blocks, piece, layer.width, memory)
