"""Explanations of regions into a file and what belongs beside it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gxview.errors import UsageError
from gxview.explain.explanation import RegionExplanation
from gxview.explain.letters import REFERENCE
from gxview.export.bigwig import write_bigwig
from gxview.export.browsers import BIGWIG_SUFFIXES, BrowserTrack, igv_session, ucsc_track
from gxview.export.npz import write_npz
from gxview.export.staging import check_folder, staged
from gxview.export.stretches import cut, join
from gxview.export.tables import write_bedgraph, write_tsv
from gxview.export.writers.rows import check_lengths
from gxview.genome import Reference, Region

FORMATS: dict[str, str] = {
    **dict.fromkeys(BIGWIG_SUFFIXES, "bigwig"),
    ".bedgraph": "bedgraph",
    ".bdg": "bedgraph",
    ".tsv": "tsv",
    ".npz": "npz",
}

Runs = Iterator[tuple[str, int, NDArray[np.float32]]]


def check_request(path: Path, *, phases: int = 1, members: int = 1, score: bool = False, spread: bool = False) -> str:
    """Return the format that a file name stands for, before any long work.

    Parameters
    ----------
    path : Path
        The file to be written.
    phases, members : int
        Phases, and members of an ensemble, to be averaged.
    score, spread : bool
        What is to be written besides the relevance.

    Raises
    ------
    UsageError
        For a suffix that stands for no format, or extras that the format or the phases do not give.
    GxviewError
        If no file can be put there.
    """
    kind = FORMATS.get(path.suffix.lower())
    if kind is None:
        raise UsageError(f"{path} has no suffix that names a format; use one of {', '.join(FORMATS)}.")
    if spread and phases < 2 and members < 2:
        raise UsageError(
            "There is a spread between phases only with two phases or more (--phases), and between models only with "
            "an ensemble."
        )
    if kind == "npz" and (score or spread):
        raise UsageError("An npz file holds contributions only; write score and spread to a .bw or .tsv file.")
    check_folder(path)
    return kind


def export_explanations(
    path: Path | str,
    explanations: Sequence[RegionExplanation],
    reference: Reference,
    *,
    score: bool = False,
    spread: bool = False,
    regions: Sequence[Region] | None = None,
    igv_genome: str | None = None,
    arrays: Path | None = None,
) -> list[Path]:
    """Write explanations to one file of the format that its suffix names, and what belongs beside it.

    ``X.bw`` and ``X.bedgraph`` come with ``X.igv.xml``, an IGV session that opens them as letters; every file comes
    with ``X.provenance.json``; ``X.bw`` also with ``X.ucsc.txt``, a track line for the UCSC Genome Browser. All files
    are there whole, or none is.

    Parameters
    ----------
    path : path
        Ends in ``.bw``, ``.bedgraph``, ``.tsv`` or ``.npz``.
    explanations : sequence of RegionExplanation
        Of one model, method and window grid; overlapping and touching regions become one stretch.
    reference : Reference
        The genome that was explained.
    score, spread : bool
        Whether to write these as well: as ``X.score.bw`` and ``X.spread.bw`` (or ``.bedgraph``), as columns of a TSV.
    regions : sequence of Region, optional
        Rows of an npz file; by default the explained regions.
    igv_genome : str, optional
        Genome of the IGV session by its id, such as ``hg38``; by default the FASTA file.
    arrays : Path, optional
        An npz file to be written as well, with the same provenance.

    Returns
    -------
    list of Path
        The files written, the main one first.

    Raises
    ------
    UsageError
        For an unknown suffix, or a spread that was not computed.
    GxviewError
        If there is nothing to write, explanations do not belong together, or the files cannot be written.
    """
    main = Path(path)
    rows = list(regions) if regions is not None else [one.region for one in explanations]
    stretches = join(explanations, reference)
    phases = 1 if any(one.spread is None for one in stretches) else 2
    kind = check_request(main, phases=phases, score=score, spread=spread)
    if kind == "npz" or arrays is not None:
        check_lengths(rows)
    if (kind in ("npz", "tsv") or arrays is not None) and not _has_genome_letters(stretches):
        raise UsageError(
            "Tables and npz hold the letters of the genome, but shuffled letters were explained; end it in .bw or "
            ".bedgraph."
        )
    extras = tuple(name for name, wanted in (("spread", spread), ("score", score)) if wanted)
    with staged() as aside:
        writer = _Writer(main, stretches, rows, reference, extras, igv_genome or reference.path, aside)
        return writer.write(kind, arrays)


def export_region(
    path: Path, tiles: Sequence[RegionExplanation], region: Region, reference: Reference
) -> Sequence[Path]:
    """Write the part of adjacent explanations that lies in a region; see :func:`export_explanations`."""
    return export_explanations(path, [cut(join(tiles, reference), region)], reference)


def _has_genome_letters(stretches: Sequence[RegionExplanation]) -> bool:
    """Whether the letters of the genome were explained, and not shuffled ones."""
    return all(one.provenance.get("letters", REFERENCE) == REFERENCE for one in stretches)


@dataclass(slots=True)
class _Writer:
    main: Path
    stretches: list[RegionExplanation]
    rows: list[Region]
    reference: Reference
    extras: tuple[str, ...]
    genome: Path | str
    aside: Callable[[Path], Path]

    def write(self, kind: str, arrays: Path | None) -> list[Path]:
        written = self._main(kind)
        if arrays is not None:
            written += self._npz(arrays)
        written.append(self._text(".provenance.json", self._provenance(written)))
        return written

    def _main(self, kind: str) -> list[Path]:
        if kind == "tsv":
            write_tsv(self.aside(self.main), self.stretches, self.reference, self.extras)
            return [self.main]
        return self._npz(self.main) if kind == "npz" else self._signals()

    def _signals(self) -> list[Path]:
        files = {self.main: "values"}
        files |= {self._beside(f".{name}{self.main.suffix}"): name for name in self.extras}
        for path, array in files.items():
            self._signal(path, self._runs(array))
        session = igv_session(
            self.main.parent, self.genome, self._locus(), list(map(self._track, files, files.values()))
        )
        written = [*files, self._text(".igv.xml", session)]
        if self._is_bigwig:
            line = ucsc_track(self.main, self.main.stem, self._title(), self._locus())
            written.append(self._text(".ucsc.txt", line))
        return written

    def _signal(self, path: Path, runs: Runs) -> None:
        if self._is_bigwig:
            write_bigwig(self.aside(path), self.reference.sizes, runs)
        else:
            write_bedgraph(self.aside(path), runs)

    def _npz(self, path: Path) -> list[Path]:
        write_npz(self.aside(path), self.stretches, self.rows, self.reference)
        return [path]

    def _text(self, suffix: str, text: str) -> Path:
        path = self._beside(suffix)
        self.aside(path).write_text(text, encoding="utf-8")
        return path

    def _provenance(self, written: Sequence[Path]) -> str:
        content: dict[str, Any] = {
            **self.stretches[0].provenance,
            "regions": [str(one.region) for one in self.stretches],
            "notes": list(dict.fromkeys(note for one in self.stretches for note in one.notes)),
            "files": [path.name for path in written],
        }
        return json.dumps(content, indent=2, ensure_ascii=False) + "\n"

    def _track(self, path: Path, array: str) -> BrowserTrack:
        values = np.concatenate([getattr(one, array) for one in self.stretches])
        known = values[np.isfinite(values)]
        signed = array == "values"
        high = float(np.abs(known).max(initial=0)) or 1.0
        name = self.main.stem if signed else f"{self.main.stem} {array}"
        # A score is a probability, but the number itself where a model predicts numbers.
        chances = array == "score" and self.stretches[0].provenance["score"].startswith("probability")
        low = 0.0 if chances else float(known.min(initial=0.0))
        letters = signed and _has_genome_letters(self.stretches)
        return BrowserTrack(
            path, name, -high if signed else min(0.0, low), 1.0 if chances else high, len(known), letters
        )

    def _runs(self, array: str) -> Runs:
        for one in self.stretches:
            yield one.region.chrom, one.region.start, getattr(one, array)

    def _locus(self) -> Region:
        first = self.rows[0]
        middle, half = (first.start + first.end) // 2, 100
        return first if first.length <= 2 * half else Region(first.chrom, max(0, middle - half), middle + half)

    def _title(self) -> str:
        how = self.stretches[0].provenance
        title = f"{how['method']} of {how['model']['name']}, target {how['target']['name']}, strand {how['strand']}"
        edits = how.get("reference", {}).get("edits", ())
        return f"{title}, sequence with {len(edits)} edit{'s' * (len(edits) > 1)}" if edits else title

    def _beside(self, suffix: str) -> Path:
        return self.main.with_name(self.main.stem + suffix)

    @property
    def _is_bigwig(self) -> bool:
        return self.main.suffix.lower() in BIGWIG_SUFFIXES
