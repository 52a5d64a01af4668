"""Where motifs occur, in true coordinates: scans of sequences and genomes, and the seqlets behind a pattern.

Scores are sums of log2(p / 0.25) over a motif's positions, p-values exact for bases drawn alike (FIMO: Grant, Bailey
and Noble 2011, Bioinformatics 27:1017), computed by memelite with a pseudocount of 0.0001.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gxview.errors import Cancelled, GxviewError, UsageError
from gxview.evaluate.motifs.discovery import Discovery
from gxview.evaluate.motifs.motif import BASES, Motif
from gxview.evaluate.motifs.tomtom import ONE_AT_A_TIME
from gxview.genome import Reference, Region
from gxview.viewer.files import write_whole

THRESHOLD = 1e-4
_CHUNK = 4_000_000
_TOP_SCORE = 1000


@dataclass(frozen=True, slots=True)
class Hit:
    """An occurrence of a motif.

    Attributes
    ----------
    chrom, start, end
        Where, 0-based half-open along the reference (or the sequence of that name).
    strand
        ``+`` or ``-``: the strand on which the motif reads.
    name
        Label of the motif.
    score
        Sum of log2 odds, in bits; NaN for a seqlet.
    p_value
        Chance that random bases (all alike common) score as high at one place; NaN for a seqlet.
    """

    chrom: str
    start: int
    end: int
    strand: str
    name: str
    score: float
    p_value: float


def scan_sequence(letters: str, motifs: Sequence[Motif], *, name: str = "", threshold: float = THRESHOLD) -> list[Hit]:
    """Find motifs on both strands of one sequence.

    Parameters
    ----------
    letters
        DNA of either case; a hit never covers an unknown base.
    motifs
        What to look for.
    name
        Name of the sequence in the hits.
    threshold
        Largest p-value.

    Returns
    -------
    list of Hit
        By position, then strand, then motif.

    Raises
    ------
    UsageError
        For a threshold that is no probability, or without motifs.
    """
    if not 0 < threshold <= 1 or not motifs:
        raise UsageError("A scan needs a motif, and a p-value above 0 and up to 1 as its threshold.")
    shortest = min(motif.width for motif in motifs)
    return sorted(_scan(letters, motifs, name, threshold), key=_order) if len(letters) >= shortest else []


def scan_genome(
    reference: Reference,
    regions: Iterable[Region],
    motifs: Sequence[Motif],
    *,
    threshold: float = THRESHOLD,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> list[Hit]:
    """Find motifs on both strands of regions, in coordinates of the reference.

    Regions may overlap; a hit is named once. A hit lies wholly inside its region. Other arguments are those of
    `scan_sequence`; progress is told in bases.
    """
    places = list(regions)
    total, done = sum(place.length for place in places), 0
    widest = max((motif.width for motif in motifs), default=1)
    found: dict[tuple[str, int, int, str, str], Hit] = {}
    for place in places:
        chrom = reference.resolve(place.chrom)
        for start in range(place.start, place.end, _CHUNK):
            if cancelled is not None and cancelled():
                raise Cancelled("The scan was cancelled.")
            end = min(start + _CHUNK + widest - 1, place.end)
            letters = reference.fetch(Region(chrom, start, end))
            for hit in scan_sequence(letters, motifs, name=chrom, threshold=threshold):
                moved = Hit(chrom, hit.start + start, hit.end + start, hit.strand, hit.name, hit.score, hit.p_value)
                found.setdefault((chrom, moved.start, moved.end, moved.strand, moved.name), moved)
            done += min(_CHUNK, place.end - start)
            if progress is not None:
                progress(done, total)
    return sorted(found.values(), key=_order)


def seqlet_hits(discovery: Discovery, places: Sequence[Region]) -> list[Hit]:
    """Return the trimmed seqlets of all patterns in coordinates of the reference.

    Parameters
    ----------
    discovery
        Patterns found in sequences.
    places
        Where each of those sequences came from, in their order; a sequence of the minus strand was the reverse
        complement.

    Raises
    ------
    GxviewError
        When there is not one place for each sequence.
    """
    if len(places) != discovery.sequences:
        raise GxviewError(f"{discovery.sequences} sequences need as many places, not {len(places)}.")
    hits = []
    for pattern in discovery.patterns:
        first, last = pattern.core
        for index, start, end, backwards in pattern.seqlets.tolist():
            begin, stop = (end - last, end - first) if backwards else (start + first, start + last)
            # a pattern may reach over the end of a sequence, which says nothing about the genome there
            begin, stop = max(begin, 0), min(stop, places[index].length)
            if begin < stop:
                hits.append(_placed(places[index], begin, stop, bool(backwards), pattern.name))
    return sorted(hits, key=_order)


def write_bed(path: str | Path, hits: Iterable[Hit]) -> None:
    """Write hits as BED6, sorted; the score column is -100 log10 p, 0 to 1000 (1000 without a p-value).

    Raises
    ------
    GxviewError
        When the file cannot be written.
    """
    lines = [
        f"{hit.chrom}\t{hit.start}\t{hit.end}\t{'_'.join(hit.name.split()) or '.'}\t{_bed_score(hit)}\t{hit.strand}\n"
        for hit in sorted(hits, key=_order)
    ]
    write_whole(Path(path), "".join(lines).encode())


def _placed(place: Region, begin: int, stop: int, backwards: bool, name: str) -> Hit:
    minus = place.strand == "-"
    start = place.end - stop if minus else place.start + begin
    strand = "-" if minus != backwards else "+"
    return Hit(place.chrom, start, start + stop - begin, strand, name, float("nan"), float("nan"))


def _scan(letters: str, motifs: Sequence[Motif], name: str, threshold: float) -> Iterator[Hit]:
    from memelite import fimo

    codes = np.frombuffer(letters.upper().encode("ascii", "replace"), np.uint8)
    one_hot = codes == np.frombuffer(BASES.encode(), np.uint8)[:, None]
    unknown = np.concatenate([[0], np.cumsum(~one_hot.any(axis=0))])
    matrices = {str(number): motif.probabilities for number, motif in enumerate(motifs)}
    with ONE_AT_A_TIME:
        frames = fimo(matrices, one_hot[None].astype(np.int8), threshold=threshold)
    for motif, frame in zip(motifs, frames, strict=True):
        columns = (frame[column].to_numpy() for column in ("start", "end", "strand", "score", "p-value"))
        for start, end, strand, score, p_value in zip(*columns, strict=True):
            if unknown[end] == unknown[start]:
                yield Hit(name, int(start), int(end), str(strand), motif.label, float(score), float(p_value))


def _order(hit: Hit) -> tuple[str, int, int, str, str]:
    return hit.chrom, hit.start, hit.end, hit.strand, hit.name


def _bed_score(hit: Hit) -> int:
    if np.isnan(hit.p_value):
        return _TOP_SCORE
    return int(min(_TOP_SCORE, round(-100 * np.log10(max(hit.p_value, 1e-300)))))
