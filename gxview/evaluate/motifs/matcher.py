"""TOMTOM for the window: selected bases against a motif file, which is read once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gxview.errors import GxviewError
from gxview.evaluate.motifs.tomtom import Match, MotifDatabase, match_now, selection, too_little, warm_up


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """What selected bases look like.

    Attributes
    ----------
    query : ndarray
        What was compared, (4, W): see `gxview.evaluate.motifs.tomtom.selection`.
    matches : sequence of Match
        The best matches, the smallest p-value first.
    motifs : int
        Number of motifs in the file.
    note : str
        What a person must know: that the bases are too few or too vague, about p-values; empty when nothing.
    """

    query: NDArray[np.float64]
    matches: Sequence[Match]
    motifs: int
    note: str


class Matcher:
    """Compares bases with the motifs of a file; meets `gxview.viewer.motifs.matcher.MotifMatcher`."""

    def __init__(self) -> None:
        self._databases: dict[tuple[Path, int], MotifDatabase] = {}

    def prepare(self, path: Path) -> int:
        """Read a motif file and load what compares; return the number of motifs.

        The first time on a machine this compiles, which takes about a minute.

        Raises
        ------
        GxviewError
            If the file cannot be read or holds no motif.
        """
        database = self._database(path)
        warm_up()
        return len(database)

    def match(self, letters: str, relevance: NDArray[np.float32] | None, path: Path, top: int) -> Answer:
        """Compare bases, weighted by relevance, with the motifs of a file.

        Parameters
        ----------
        letters
            The bases, anything but A, C, G, T is unknown.
        relevance
            Relevance of each, (W,); None counts all the same.
        path
            MEME, JASPAR, TRANSFAC or rows-of-ACGT file, plain or gzip.
        top
            Number of matches.

        Raises
        ------
        GxviewError
            If the file cannot be read, or the bases are too many.
        """
        database, query = self._database(path), selection(letters, relevance)
        notes = [f"{why}." if (why := too_little(query)) else "", database.note]
        return Answer(query, match_now(query, database, top=top), len(database), " ".join(filter(None, notes)))

    def _database(self, path: Path) -> MotifDatabase:
        try:
            key = path.absolute(), path.stat().st_mtime_ns
        except OSError as error:
            reason = error.strerror or error
            raise GxviewError(f"The motif file {path} cannot be read ({reason}); choose another one.") from error
        if key not in self._databases:
            self._databases = {key: MotifDatabase.read(path)}
        return self._databases[key]
