"""Motif files: MEME, JASPAR, TRANSFAC and rows of A, C, G, T, read by one function; MEME written."""

from __future__ import annotations

import gzip
import os
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

import numpy as np
from numpy.typing import NDArray

from gxview.errors import GxviewError
from gxview.evaluate.motifs.motif import BASES, Kind, Motif, check_matrix

_RELEASE = re.compile(r"JASPAR[ _-]?(20\d\d)", re.IGNORECASE)
_BRACKETS = re.compile(r"^([ACGTU])\s*\[([^\]]*)\]\s*$", re.IGNORECASE)
_WIDTH = re.compile(r"\bw=\s*(\d+)")
_MATRIX_LINES = ("letter-probability matrix", "log-odds matrix")
_SUM_TOLERANCE = 0.02


def read_motifs(path: str | Path, told: Callable[[str], None] | None = None) -> list[Motif]:
    """Read a motif file, plain or gzip; its format is known by its content.

    MEME (letter probabilities, or log-odds where there are no probabilities), JASPAR (with brackets, or four plain
    rows), TRANSFAC, and rows of A, C, G, T under ``>name`` (GimmeMotifs).

    Parameters
    ----------
    path
        The file. A JASPAR release in its name or its first comment lines becomes the release of the motifs.
    told
        Told of each motif that is left out because its matrix cannot be one (a negative count), as long as another
        motif is left; None: the first such motif is an error.

    Raises
    ------
    GxviewError
        When the file cannot be read, is none of these formats, or naming the first line that is wrong.
    """
    path = Path(path)
    lines = _lines(path)
    sheet = _Sheet(path, lines)
    motifs = [motif for motif in _parser(sheet)(sheet) if motif is not None]
    if sheet.wrong and (told is None or not motifs):
        raise GxviewError(f"{sheet.wrong[0]}.")
    if not motifs:
        raise GxviewError(f"{path} holds no motif.")
    for wrong in sheet.wrong:
        assert told is not None
        told(f"{wrong}; it is left out.")
    return motifs


def write_meme(path: str | Path, motifs: Sequence[Motif]) -> None:
    """Write motifs as MEME letter probabilities, which all motif tools read; ids and names lose their spaces.

    Raises
    ------
    GxviewError
        When the file cannot be written.
    """
    path = Path(path)
    text = ["MEME version 4", "", "ALPHABET= ACGT", "", "strands: + -", "", "Background letter frequencies"]
    text += ["A 0.25 C 0.25 G 0.25 T 0.25", ""]
    for motif in motifs:
        text += _meme_lines(motif)
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        aside.write_text("\n".join(text) + "\n", encoding="utf-8")
        aside.replace(path)
    except OSError as error:
        aside.unlink(missing_ok=True)
        raise GxviewError(f"{path} cannot be written ({error}).") from None


def _meme_lines(motif: Motif) -> list[str]:
    name = "_".join(motif.name.split()) or "unnamed"
    sites = f" nsites= {round(float(motif.pfm.sum(axis=0).max()))}" if motif.kind == "counts" else ""
    rows = [" ".join(f"{value:.6f}" for value in column) for column in motif.probabilities.T]
    head = f"letter-probability matrix: alength= 4 w= {motif.width}{sites} E= 0"
    return [f"MOTIF {'_'.join(motif.id.split())} {name}", "", head, *rows, ""]


def _lines(path: Path) -> list[str]:
    try:
        data = path.read_bytes()
        return (gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data).decode("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise GxviewError(
            f"{path} is no text file; motif files are MEME, JASPAR, TRANSFAC or rows of A C G T."
        ) from None
    except (OSError, EOFError) as error:
        raise GxviewError(f"{path} cannot be read as a motif file ({error}).") from None


@dataclass(slots=True)
class _Sheet:
    """The lines of a file, read one after another.

    ``number`` is the line last read, from 1; ``wrong`` says which motifs have a matrix that cannot be one.
    """

    path: Path
    lines: list[str]
    number: int = 0
    wrong: list[str] = field(default_factory=list)
    release: str = field(init=False)

    def __post_init__(self) -> None:
        heads = [self.path.name, *(line for line in self.lines[:5] if line.startswith("#"))]
        found = next((match for head in heads if (match := _RELEASE.search(head))), None)
        self.release = f"JASPAR{found[1]}" if found else ""

    def __iter__(self) -> Iterator[str]:
        while self.number < len(self.lines):
            self.number += 1
            yield self.lines[self.number - 1].strip()

    def peek(self) -> str:
        """Return the next line, empty at the end."""
        return self.lines[self.number].strip() if self.number < len(self.lines) else ""

    def fail(self, what: str, number: int | None = None) -> NoReturn:
        raise GxviewError(f"{self.path}, line {number or self.number}: {what}.")

    def numbers(self, text: str, count: int | None = None) -> list[float]:
        """Return the numbers of a line."""
        try:
            found = [float(word) for word in text.split()]
        except ValueError:
            self.fail(f"numbers are expected, not '{text[:40]}'")
        if not found or (count is not None and len(found) != count):
            self.fail(f"{count or 'some'} numbers are expected, not {len(found)}")
        return found

    def motif(self, name: str, label: str, pfm: NDArray[np.float64], kind: Kind, start: int) -> Motif | None:
        """Return a motif whose matrix begins at line `start`, None where the matrix is wrong."""
        wrong = check_matrix(pfm)
        if wrong:
            self.wrong.append(f"{self.path}, line {start}: in motif {name or 'without a name'}, {wrong}")
            return None
        return Motif(name, label or name, pfm, kind, str(self.path), self.release)


def _parser(sheet: _Sheet) -> Callable[[_Sheet], Iterator[Motif | None]]:
    """Return what reads this file, judged by its first lines that are no comments."""
    content = [line.strip() for line in sheet.lines if line.strip() and not line.startswith("#")]
    if not content:
        raise GxviewError(f"{sheet.path} is empty.")
    if any(line.startswith(("MEME version", "MOTIF ")) for line in content[:200]):
        return _meme
    if content[0].startswith(">"):
        return _jaspar if any(_BRACKETS.match(line) for line in content[:3]) else _plain
    if re.match(r"(AC|ID|VV|XX|NA|DE)\b", content[0]):
        return _transfac
    raise GxviewError(
        f"{sheet.path}, line 1: not a motif file (MEME, JASPAR, TRANSFAC, or rows of A C G T under >name)."
    )


def _meme(sheet: _Sheet) -> Iterator[Motif | None]:
    background, words, done = np.full(4, 0.25), [""], True
    for line in sheet:
        if line.startswith("ALPHABET="):
            letters = line.split("=")[1].strip().strip('"').upper()
            if letters not in ("ACGT", "ACGU"):
                sheet.fail(f"motifs of DNA have the alphabet ACGT, not {letters[:20]}")
        elif line.startswith("Background letter frequencies"):
            background = _background(sheet)
        elif line.startswith("MOTIF"):
            if not done:
                sheet.fail(f"motif {words[0]} has no matrix before this next one")
            words, done = line.split()[1:3], False
            if not words:
                sheet.fail("a motif needs a name")
        elif line.startswith(_MATRIX_LINES) and not _twin_follows(sheet, line):
            start = sheet.number + 1
            pfm = _meme_matrix(sheet, line, background)
            if not done:
                yield sheet.motif(words[0], words[-1], pfm, "probabilities", start)
            done = True
    if not done:
        sheet.fail(f"the file ends before the matrix of motif {words[0]}")


def _twin_follows(sheet: _Sheet, line: str) -> bool:
    """Return whether a matrix of log-odds is followed by the letter probabilities of the same motif."""
    if not line.startswith(_MATRIX_LINES[1]):
        return False
    rest = (one.strip() for one in sheet.lines[sheet.number :])
    following = next((one for one in rest if one.startswith(("MOTIF", _MATRIX_LINES[0]))), "")
    return following.startswith(_MATRIX_LINES[0])


def _background(sheet: _Sheet) -> NDArray[np.float64]:
    start, words = sheet.number, list[str]()
    for line in sheet:
        words += line.split()
        if len(words) >= 8:
            break
    try:
        found = dict(zip((word.upper() for word in words[0:8:2]), map(float, words[1:8:2]), strict=True))
        values = np.array([found[base] for base in BASES])
    except (ValueError, KeyError):
        sheet.fail("the background is written as 'A 0.25 C 0.25 G 0.25 T 0.25'", start + 1)
    if not (values > 0).all():
        sheet.fail("a background frequency must be above 0", start + 1)
    return np.asarray(values / values.sum(), dtype=np.float64)


def _meme_matrix(sheet: _Sheet, head: str, background: NDArray[np.float64]) -> NDArray[np.float64]:
    width = _WIDTH.search(head)
    rows: list[list[float]] = []
    while (width is None or len(rows) < int(width[1])) and re.match(r"[-+.\d]", sheet.peek()):
        sheet.number += 1
        rows.append(sheet.numbers(sheet.lines[sheet.number - 1].strip(), 4))
        if head.startswith(_MATRIX_LINES[0]) and abs(sum(rows[-1]) - 1) > _SUM_TOLERANCE:
            sheet.fail(f"probabilities of one position sum to 1, not to {sum(rows[-1]):g}")
    if not rows or (width is not None and len(rows) != int(width[1])):
        sheet.number += 1
        sheet.fail(f"the matrix has {len(rows)} rows, but w= says {width[1] if width else 'more'}")
    values = np.array(rows).T
    if head.startswith(_MATRIX_LINES[1]):
        # MEME's log-odds are 100 log2(p / background).
        values = background[:, None] * 2.0 ** (values / 100)
    return np.asarray(values / values.sum(axis=0), dtype=np.float64)


def _jaspar(sheet: _Sheet) -> Iterator[Motif | None]:
    for line in sheet:
        if not line or line.startswith("#"):
            continue
        name, label = _heading(sheet, line)
        start, rows = sheet.number + 1, list[list[float]]()
        for base in BASES:
            found = _BRACKETS.match(next(iter(sheet), ""))
            if not found or found[1].upper().replace("U", "T") != base:
                sheet.fail(f"motif {name} needs four rows A, C, G, T such as '{base} [ 3 0 12 ]'")
            rows.append(sheet.numbers(found[2], len(rows[0]) if rows else None))
        yield sheet.motif(name, label, np.array(rows), _kind(rows), start)


def _heading(sheet: _Sheet, line: str) -> tuple[str, str]:
    words = line[1:].split(None, 1)
    if not line.startswith(">") or not words:
        sheet.fail("a motif begins with '>' and its name")
    return words[0], words[-1].strip()


def _kind(rows: list[list[float]]) -> Kind:
    """Return what columns of four rows hold: probabilities sum to 1."""
    return "probabilities" if np.allclose(np.sum(rows, axis=0), 1, atol=_SUM_TOLERANCE) else "counts"


@dataclass(slots=True)
class _Block:
    name: str
    label: str
    start: int
    rows: list[list[float]] = field(default_factory=list)


def _plain(sheet: _Sheet) -> Iterator[Motif | None]:
    """Read numbers under ``>name``: one row per position, or four rows A, C, G, T."""
    blocks: list[_Block] = []
    for line in sheet:
        if line.startswith(">"):
            blocks.append(_Block(*_heading(sheet, line), sheet.number + 1))
        elif line and not line.startswith("#"):
            blocks[-1].rows.append(sheet.numbers(line, len(blocks[-1].rows[0]) if blocks[-1].rows else None))
    upright = _upright(sheet, blocks)
    for block in blocks:
        values = np.array(block.rows, dtype=np.float64)
        pfm = values.T if upright else values
        if pfm.ndim != 2 or pfm.shape[0] != 4:
            sheet.fail(f"motif {block.name} needs one row of four numbers (A C G T) for each position", block.start)
        yield sheet.motif(block.name, block.label, np.ascontiguousarray(pfm), _kind(pfm.tolist()), block.start)


def _upright(sheet: _Sheet, blocks: list[_Block]) -> bool:
    """Return whether rows are positions (true) or bases; four rows of four tell it by which side has equal sums."""
    shapes = [(len(block.rows), len(block.rows[0])) for block in blocks if block.rows]
    if any(shape != (4, 4) for shape in shapes):
        return all(columns == 4 for _, columns in shapes)
    squares = [np.array(block.rows) for block in blocks if block.rows]
    positions = all(np.ptp(square.sum(axis=1)) <= _SUM_TOLERANCE * square.sum(axis=1).max() for square in squares)
    bases = all(np.ptp(square.sum(axis=0)) <= _SUM_TOLERANCE * square.sum(axis=0).max() for square in squares)
    if squares and positions == bases:
        sheet.fail("four rows of four numbers may be positions or bases; write it as MEME or with 'A [ ... ]'", 1)
    return positions


def _transfac(sheet: _Sheet) -> Iterator[Motif | None]:
    tags: dict[str, str] = {}
    rows: list[list[float]] = []
    start = 0
    for line in sheet:
        tag, rest = line[:2].strip(), line[2:].strip()
        if tag in ("P0", "PO"):
            if rest.upper().split() != list(BASES):
                sheet.fail(f"the columns of a matrix are A C G T, not '{rest}'")
            start = sheet.number + 1
        elif start and tag.isdigit():
            # A consensus letter may follow the four numbers.
            rows.append(sheet.numbers(" ".join(line.split()[1:5]), 4))
        elif tag in ("AC", "ID", "NA", "DE"):
            tags.setdefault(tag, rest)
        elif line.startswith("//"):
            if start:
                yield _transfac_motif(sheet, tags, rows, start)
            tags, rows, start = {}, [], 0
    if rows:
        yield _transfac_motif(sheet, tags, rows, start)


def _transfac_motif(sheet: _Sheet, tags: dict[str, str], rows: list[list[float]], start: int) -> Motif | None:
    name = tags.get("AC") or tags.get("ID") or tags.get("NA") or ""
    if not name:
        sheet.fail("a motif needs AC, ID or NA before its matrix", start - 1)
    if not rows:
        sheet.fail(f"motif {name} has no rows", start)
    pfm = np.ascontiguousarray(np.array(rows, dtype=np.float64).T)
    return sheet.motif(name, tags.get("NA") or _described(tags, name, pfm.shape[1]), pfm, _kind(pfm.tolist()), start)


def _described(tags: dict[str, str], name: str, width: int) -> str:
    """Return a name where the file has no NA: ID, or a DE of one word that is no consensus (DBTBS)."""
    described = tags.get("DE", "").split()
    if tags.get("ID", name) == name and len(described) == 1 and len(described[0]) != width:
        return described[0]
    return tags.get("ID") or name
