"""What a run of the test is to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from gxview.assess.mit.files import read_sequences
from gxview.assess.mit.natural import natural_sets
from gxview.assess.mit.scorers import Scorer, Setting, make_scorer
from gxview.assess.mit.sets import NATURAL, SCRAMBLES, Scramble, Sets, build_sets
from gxview.errors import UsageError


@dataclass(frozen=True, slots=True)
class MitSettings:
    """What is wanted.

    Attributes
    ----------
    scorers
        Names (``pa-pwm``, ``model:PATH``) or scorers themselves.
    sequences
        File with the sequences of the test; None: they are drawn.
    promoters, genome
        Table and FASTA of the natural classes; the genome serves ``kmer:genome`` too.
    scramble
        How class H is made, see :func:`gxview.assess.mit.sets.scrambled`.
    seed
        Of everything random.
    seeds
        Over how many draws of the synthetic classes CSS and SCR are averaged: `seed`, `seed` + 1 ...
    probing
        Whether the probing sets are scored.
    device
        For models: ``auto``, ``cpu``, ``cuda`` or ``mps``.
    explain
        Methods by which the scorers are explained, see :class:`gxview.assess.mit.relevance.Explaining`.
    """

    scorers: Sequence[str | Scorer]
    sequences: Path | None = None
    promoters: Path | None = None
    genome: Path | None = None
    scramble: Scramble = "shuffle"
    seed: int = 42
    seeds: int = 1
    probing: bool = True
    device: str = "auto"
    explain: tuple[str, ...] = ()

    def check(self) -> None:
        """Raise UsageError where the wishes do not go together."""
        if not self.scorers:
            raise UsageError("Say which scorers: --scorer NAME, once or more often (gxview mit --list names them).")
        if self.scramble not in SCRAMBLES:
            raise UsageError(f"Class H is made by {' or '.join(SCRAMBLES)}, not by '{self.scramble}'.")
        if self.seed < 0:
            raise UsageError(f"The seed is 0 or above, not {self.seed}.")
        if self.seeds < 1:
            raise UsageError(f"The number of seeds (draws of the sequences) is 1 or above, not {self.seeds}.")
        if self.promoters is not None and self.genome is None:
            raise UsageError("Natural promoters need the genome under their table: --genome FASTA.")
        if self.sequences is not None and (self.promoters is not None or self.seeds > 1):
            raise UsageError("With --sequences the file says everything; leave out --promoters and --seeds.")

    def make_scorers(self) -> list[Scorer]:
        """Make the scorers.

        Raises
        ------
        UsageError
            If a name is unknown, or two scorers have one name.
        GxviewError
            If a model cannot be loaded.
        """
        setting = Setting(self.seed, self.device, self.genome)
        found: list[Scorer] = []
        for one in self.scorers:
            scorer = make_scorer(one, setting) if isinstance(one, str) else one
            if scorer.name in [other.name for other in found]:
                raise UsageError(f"There are two scorers called {scorer.name}; name each once.")
            found.append(scorer)
        return found


@dataclass(frozen=True, slots=True)
class Drawn:
    """The sequences of the main set, where they are from, and what a reader must know of them."""

    sets: Sets
    source: dict[str, object]
    notes: tuple[str, ...]


def main_sequences(settings: MitSettings) -> Drawn:
    """Read or draw the sequences of the main set."""
    if settings.sequences is not None:
        sets = read_sequences(settings.sequences)
        return Drawn(sets, {"file": settings.sequences.name}, _absence(sets, "the file has none of them"))
    source: dict[str, object] = {"seed": settings.seed, "scramble": settings.scramble}
    if settings.promoters is None or settings.genome is None:
        sets = build_sets(settings.seed, settings.scramble)
        return Drawn(sets, source, _absence(sets, "they need a table of natural promoters and its genome"))
    natural = natural_sets(settings.promoters, settings.genome, settings.seed)
    sets = build_sets(settings.seed, settings.scramble, natural.sets)
    source |= {"promoters": settings.promoters.name, "genome": settings.genome.name}
    source |= {"promoters_listed": natural.listed, "promoters_usable": natural.usable}
    return Drawn(sets, source, natural.notes)


def _absence(sets: Sets, why: str) -> tuple[str, ...]:
    absent = [label for label in NATURAL if label not in sets]
    if not absent:
        return ()
    return (f"Natural classes {', '.join(absent)} are left out ({why}); what needs them is missing, not 0.",)
