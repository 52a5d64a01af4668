"""A file's chromosome names against those of the reference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from gxview.errors import GxviewError
from gxview.genome import Aliases, Reference


class ChromosomeNames:
    """Translates between the names in a file and those of the reference.

    Parameters
    ----------
    path : Path
        The file, for messages.
    names : sequence of str
        Names in the file.
    reference : Reference, optional
        Without one, the file's own names are used, and others are resolved by custom.
    ends : mapping of str to int, optional
        Last position that the file knows for its names, to compare with the reference.

    Attributes
    ----------
    notes : tuple of str
        Sentences for a person: which names match nothing, which chromosomes are too short.
    """

    def __init__(
        self,
        path: Path,
        names: Sequence[str],
        reference: Reference | None = None,
        ends: Mapping[str, int] | None = None,
    ) -> None:
        self._reference = reference
        self._matcher = Aliases().matcher(names)
        self._canonical: dict[str, str] = {}
        self._in_file: dict[str, str] = {}
        for name in names:
            self._align(name)
        self.notes = _notes(path, list(names), reference, self._canonical, ends or {})

    def canonical(self, name: str) -> str:
        """Return the reference's name for a name in the file; the name itself where there is none."""
        return self._canonical.get(name, name)

    def renamed(self, sizes: Mapping[str, int]) -> dict[str, int]:
        """Return sizes by the file's names as sizes by the reference's names."""
        found: dict[str, int] = {}
        for name, size in sizes.items():
            found[self.canonical(name)] = max(size, found.get(self.canonical(name), 0))
        return found

    def in_file(self, chrom: str) -> str | None:
        """Return the file's name for a chromosome; None if the file does not have it."""
        if self._reference is None:
            return self._matcher.resolve(chrom)
        if chrom in self._in_file:
            return self._in_file[chrom]
        try:
            return self._in_file.get(self._reference.resolve(chrom))
        except GxviewError:
            return chrom if chrom in self._canonical else None

    def _align(self, name: str) -> None:
        chrom = name
        if self._reference is not None:
            try:
                chrom = self._reference.resolve(name)
            except GxviewError:
                return
        self._canonical[name] = chrom
        if chrom not in self._in_file or name == chrom:
            self._in_file[chrom] = name


def _notes(
    path: Path, names: list[str], reference: Reference | None, known: Mapping[str, str], ends: Mapping[str, int]
) -> tuple[str, ...]:
    if reference is None or not names:
        return ()
    unknown = [name for name in names if name not in known]
    notes = []
    if len(unknown) == len(names):
        notes.append(
            f"No chromosome of {path.name} ({_some(names)}) is in the reference ({_some(reference.names)}); "
            "a table of aliases can tell which are the same."
        )
    elif unknown:
        count = f"{len(unknown)} of {len(names)} chromosomes"
        notes.append(f"{count} of {path.name} are not in the reference: {_some(unknown)}.")
    long = [name for name in known if ends.get(name, 0) > reference.sizes[known[name]]]
    if long:
        size = reference.sizes[known[long[0]]]
        notes.append(
            f"{path.name} reaches to {long[0]}:{ends[long[0]]:,}, but the reference ends there at {size:,}; "
            "it may belong to another assembly."
        )
    return tuple(notes)


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:3]) + (", ..." if len(names) > 3 else "")
