"""One locus box: a region in any notation, a chromosome, a gene or any name of an open feature file."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from gxview.errors import GxviewError
from gxview.genome import Reference, Region
from gxview.tracks import Feature, FeatureSource
from gxview.viewer.places.camera import View
from gxview.viewer.places.loci import MAX_LOCI
from gxview.viewer.work.workers import Outcome, Task, Workers

PADDING = 0.15
"""Part of a gene's length that is shown on each side of it."""
AROUND = 60
"""Bases shown on each side of a single position."""
_PARTING = re.compile(r"\s*;\s*|\s+vs\.?\s+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A place that the text may mean.

    Parameters
    ----------
    label
        What was found.
    detail
        Where it lies.
    region
        What to show.
    """

    label: str
    detail: str
    region: Region


@dataclass(frozen=True, slots=True)
class Place:
    """Where to go, and a note for the user (empty if there is none)."""

    region: Region
    note: str = ""


def describe(view: View) -> str:
    """Return the text of the locus box for a view."""
    return str(view.region)


def find(text: str, reference: Reference, sources: Sequence[FeatureSource]) -> Place:
    """Find what a text means: a region first, else a name in the feature files.

    Raises
    ------
    GxviewError
        Nothing goes by that text.
    """
    try:
        region, note = reference.region(text)
    except GxviewError as not_a_region:
        place = _named(text, reference, sources)
        if place is None:
            raise _nothing(text, sources, not_a_region) from None
        return place
    if region.length == 1:
        region = _around(region, AROUND, reference)
    return Place(region, note or "")


def find_all(text: str, reference: Reference, sources: Sequence[FeatureSource]) -> list[Place]:
    """Find what a text means that may name several places, parted by ';' or 'vs'; see `find`.

    Raises
    ------
    GxviewError
        One of them means nothing, or there are more than `MAX_LOCI`.
    """
    parts = split(text, reference)
    if len(parts) > MAX_LOCI:
        raise GxviewError(f"{len(parts)} places were given; at most {MAX_LOCI} have room side by side.")
    return [find(part, reference, sources) for part in parts]


def split(text: str, reference: Reference) -> list[str]:
    """Part a text at ';' and 'vs'; the name of a chromosome stays whole whatever it holds."""
    if text.strip() in reference.sizes:
        return [text]
    return [part for part in _PARTING.split(text) if part.strip()] or [text]


def last_part(text: str) -> tuple[str, str]:
    """Return the text up to the place that is being typed, and that place."""
    ends = [match.end() for match in _PARTING.finditer(text)]
    place = ends[-1] if ends else 0
    return text[:place], text[place:]


def suggest(text: str, reference: Reference, sources: Sequence[FeatureSource], limit: int = 12) -> list[Suggestion]:
    """List places whose names begin with, or hold, the text: chromosomes, genes, features, variants."""
    text = text.strip()
    if not text:
        return []
    named = [
        _suggestion(feature, reference) for source in sources for feature in _search(source, text, limit, reference)
    ]
    same = [item for item in named if item.label.casefold() == text.casefold()]
    # neither thousands of contigs nor thousands of genes crowd the others out
    room = max(limit // 2, limit - len(named))
    chromosomes = [
        Suggestion(name, f"chromosome   {reference.sizes[name]:,} bp", Region(name, 0, reference.sizes[name]))
        for name in chromosomes_like(text, reference.names, room)
    ]
    unique = {(item.label, item.region): item for item in (*same, *chromosomes, *named)}
    return list(unique.values())[:limit]


def chromosomes_like(text: str, names: tuple[str, ...], limit: int) -> list[str]:
    """Return names that are, begin with or else hold a text, whatever the case; quick with 200,000 of them."""
    wanted, known = text.strip().casefold(), _folded(names)
    first = bisect_left(known, (wanted, ""))
    last = bisect_left(known, (wanted + chr(0x10FFFF), ""))
    found = [name for _, name in known[first : min(last, first + limit)]]
    if len(found) < limit and len(wanted) > 1:
        within = (name for folded, name in known if wanted in folded and not folded.startswith(wanted))
        found.extend(islice(within, limit - len(found)))
    return found


@lru_cache(maxsize=2)
def _folded(names: tuple[str, ...]) -> list[tuple[str, str]]:
    return sorted((name.casefold(), name) for name in names)


class Completer:
    """Looks names up off the main thread; an answer to an older question is dropped.

    Parameters
    ----------
    workers
        Threads that read.
    """

    def __init__(self, workers: Workers) -> None:
        self._workers = workers
        self._task: Task | None = None

    def ask(
        self,
        text: str,
        reference: Reference,
        sources: Sequence[FeatureSource],
        answer: Callable[[list[Suggestion]], None],
    ) -> None:
        """Look a text up; `answer` is called on the main thread."""
        self.cancel()

        def done(outcome: Outcome) -> None:
            self._task = None
            answer(outcome.value if outcome.ok else [])

        self._task = Task(lambda _progress, _cancelled: suggest(text, reference, sources), done)
        self._workers.submit(self._task)

    def cancel(self) -> None:
        """Forget the question."""
        if self._task is not None:
            self._task.drop()
            self._task = None

    @property
    def is_idle(self) -> bool:
        """Whether no answer is awaited."""
        return self._task is None


def _named(text: str, reference: Reference, sources: Sequence[FeatureSource]) -> Place | None:
    wanted = text.strip().lower()
    found = [feature for source in sources for feature in _search(source, text.strip(), 20, reference)]
    if not found:
        return None
    exact = [feature for feature in found if feature.name.lower() == wanted]
    best = (exact or found)[0]
    note = "" if exact else f"Nothing is called '{text.strip()}'; this is {best.name}."
    return Place(_suggestion(best, reference).region, note)


def _search(source: FeatureSource, text: str, limit: int, reference: Reference) -> list[Feature]:
    known = []
    for feature in source.search(text, limit):
        try:
            reference.resolve(feature.chrom)
        except GxviewError:
            continue
        known.append(feature)
    return known


def _suggestion(feature: Feature, reference: Reference) -> Suggestion:
    chrom = reference.resolve(feature.chrom)
    size = reference.sizes[chrom]
    start = min(feature.start, size - 1)
    exact = Region(chrom, start, max(min(feature.end, size), start + 1))
    flank = max(AROUND // 2, round(exact.length * PADDING) + 5)
    kind = "" if feature.kind == "feature" else f"{feature.kind}   "
    where = f"{chrom}:{start + 1:,}" if exact.length == 1 else str(exact)
    return Suggestion(feature.name, kind + where, _around(exact, flank, reference))


def _around(region: Region, flank: int, reference: Reference) -> Region:
    size = reference.sizes[region.chrom]
    return Region(region.chrom, max(0, region.start - flank), min(size, region.end + flank))


def _nothing(text: str, sources: Sequence[FeatureSource], why: GxviewError) -> GxviewError:
    if any(mark in text for mark in ":-,") or " " in text.strip():
        return why
    where = "the open annotation" if sources else "any annotation (none is open)"
    return GxviewError(f"'{text.strip()}' is no chromosome and no name in {where}; try chr1:1,000-2,000 or a gene.")
