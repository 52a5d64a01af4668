"""From models and sequences to patterns, matches and files: what ``gxview motifs discover`` does."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from gxview.errors import GxviewError, UsageError
from gxview.evaluate.motifs.comparison import MatchRow, ModelSummary, MotifReport, compare_patterns
from gxview.evaluate.motifs.discovery import Discovery, DiscoveryOptions, find_patterns
from gxview.evaluate.motifs.formats import write_meme
from gxview.evaluate.motifs.hits import seqlet_hits, write_bed
from gxview.evaluate.motifs.logo import logo_svg
from gxview.evaluate.motifs.tomtom import MotifDatabase
from gxview.explain.api import explain
from gxview.genome import Reference, Region
from gxview.models.base import Model
from gxview.viewer.files import write_whole

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Input:
    """Sequences to explain.

    Attributes
    ----------
    letters
        One string per sequence, read along its strand.
    places
        Where each came from, with its strand; empty for sequences of no genome.
    notes
        What was left out.
    """

    letters: tuple[str, ...]
    places: tuple[Region, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Study:
    """Patterns of all models and what they match.

    Attributes
    ----------
    discoveries
        By the name of the model.
    report
        Matches, null and overlap.
    places
        As in `Input`.
    """

    discoveries: Mapping[str, Discovery]
    report: MotifReport
    places: tuple[Region, ...]


def windows(reference: Reference, regions: Sequence[Region], length: int) -> Input:
    """Return a window of `length` bases around the middle of each region, read along its strand (plus without one).

    Regions whose window reaches beyond the chromosome are left out and counted.

    Raises
    ------
    GxviewError
        When no window is left.
    """
    places, lost = [], 0
    for region in regions:
        chrom = reference.resolve(region.chrom)
        start = (region.start + region.end - length) // 2
        if start < 0 or start + length > reference.sizes[chrom]:
            lost += 1
            continue
        places.append(Region(chrom, start, start + length, "-" if region.strand == "-" else "+"))
    if not places:
        raise GxviewError(f"None of {len(regions)} regions leaves room for a window of {length} bases around it.")
    notes = (f"{lost} regions lie too close to the end of their chromosome and were left out.",) if lost else ()
    return Input(tuple(reference.fetch(place) for place in places), tuple(places), notes)


def study(
    models: Sequence[Model],
    given: Input,
    database: MotifDatabase,
    *,
    method: str | None = None,
    target: int | str | None = None,
    options: DiscoveryOptions | None = None,
    seed: int = 0,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Study:
    """Explain sequences by every model, find patterns in each, and compare them with a database.

    Contributions are the relevance at the base that is there, for all models alike: AttnLRP has no hypothetical scores.

    Parameters
    ----------
    models
        Models with different names.
    given
        Sequences; those of one set only (for instance the positive class), since patterns are averages.
    database
        Known motifs.
    method, target
        As for :func:`gxview.explain.explain`.
    options
        Of TF-MoDISco.
    seed
        Of the permuted databases.
    progress
        Told as ``progress(what, done, total)``.
    cancelled
        Asked now and then; true stops the work.

    Raises
    ------
    GxviewError
        See `find_patterns`.
    UsageError
        When two models have the same name.
    """
    if len({model.name for model in models}) < len(models):
        raise UsageError("Two models have the same name, so their patterns cannot be told apart; rename one of them.")
    discoveries = {}
    for model in models:
        told = (
            None
            if progress is None
            else lambda done, total, name=model.name: progress(f"explaining {name}", done, total)
        )
        found = explain(model, given.letters, method, target, progress=told, cancelled=cancelled)
        if progress is not None:
            progress(f"finding patterns of {model.name}", 0, 1)
        relevance = [one.values for one in found]
        discoveries[model.name] = find_patterns(given.letters, relevance, options=options, cancelled=cancelled)
    return Study(discoveries, compare_patterns(discoveries, database, seed=seed), given.places)


def write_study(folder: str | Path, found: Study) -> list[Path]:
    """Write a study: ``report.json``, ``matches.csv``, ``models.csv``, and per model patterns and logos.

    ``MODEL/patterns.meme`` holds the trimmed patterns, ``MODEL/pattern_1.svg`` their bases and
    ``MODEL/pattern_1_contributions.svg`` their contributions; for sequences of a genome ``MODEL/seqlets.bed`` says
    where they lie, in coordinates of the genome.

    Raises
    ------
    GxviewError
        When a file cannot be written.
    """
    folder = Path(folder)
    texts = {
        "report.json": found.report.to_json() + "\n",
        "matches.csv": table(MatchRow, found.report.rows),
        "models.csv": table(ModelSummary, found.report.models),
    }
    paths = [folder / name for name in texts]
    for path, text in zip(paths, texts.values(), strict=True):
        write_whole(path, text.encode(), make_folder=True)
    for model, discovery in found.discoveries.items():
        paths += _write_patterns(folder / _file_name(model), discovery, found.places)
    return paths


def table(kind: type, rows: Sequence[MatchRow | ModelSummary]) -> str:
    """Return dataclass rows as CSV with a header; tuples are joined by semicolons, a missing number is empty."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([field.name for field in fields(kind)])
    writer.writerows([_cell(value) for value in asdict(row).values()] for row in rows)
    return text.getvalue()


def _write_patterns(folder: Path, found: Discovery, places: Sequence[Region]) -> list[Path]:
    if not found.patterns:
        return []
    paths = []
    for pattern in found.patterns:
        name, (start, end) = pattern.name.replace(" ", "_"), pattern.core
        logos = {
            f"{name}.svg": logo_svg(pattern.motif().pfm, title=f"{pattern.name}, bits"),
            f"{name}_contributions.svg": logo_svg(
                pattern.cwm[:, start:end], "contributions", title=f"{pattern.name}, contributions"
            ),
        }
        for file, text in logos.items():
            write_whole(folder / file, text.encode(), make_folder=True)
            paths.append(folder / file)
    write_meme(folder / "patterns.meme", [pattern.motif() for pattern in found.patterns])
    paths.append(folder / "patterns.meme")
    if places:
        write_bed(folder / "seqlets.bed", seqlet_hits(found, places))
        paths.append(folder / "seqlets.bed")
    return paths


def _file_name(model: str) -> str:
    return "".join(letter if letter.isalnum() or letter in "-_." else "_" for letter in model).lstrip(".") or "model"


def _cell(value: object) -> object:
    if isinstance(value, list | tuple):
        return ";".join(map(str, value))
    return "" if value != value else value
