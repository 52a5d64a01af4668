"""The folder of a run: tables, the report, and whether it is finished."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from gxview.assess.mit.found import MitResult, provenance_of
from gxview.assess.mit.published import PUBLISHED, SOURCE, Published
from gxview.assess.mit.report import write_report
from gxview.assess.mit.results import absent_classes, details_of, plain
from gxview.assess.mit.scorers import Scorer
from gxview.assess.mit.scores import Items, Scores
from gxview.assess.mit.scoring import letters_digest
from gxview.assess.mit.settings import MitSettings
from gxview.durable import write_durably
from gxview.evaluate.run.folder import checksum
from gxview.version import __version__
from gxview.words import counted

LOCK, WORK = ".mit.lock", "work"
RESULTS, SCORES, SEQUENCES, REPORT = "mit.json", "scores.csv", "sequences.csv", "report.html"
Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended: the files there are, the scores that could not be had, and one sentence."""

    files: tuple[Path, ...]
    failures: int
    message: str


def digest_of(settings: MitSettings, scorers: Sequence[Scorer], items: Sequence[Items]) -> str:
    """Return a checksum of everything that the results depend on; empty where a scorer does not say what it is."""
    identities = [str(getattr(one, "identity", "")) for one in scorers]
    if not all(identities):
        return ""
    names = [one.name for one in scorers]
    wanted = [settings.seed, settings.seeds, settings.probing, settings.scramble, *settings.explain]
    parts = [__version__, names, identities, wanted, letters_digest(items)]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def finished(folder: Path, digest: str) -> tuple[Outcome, Rows] | None:
    """Return the outcome of the same work if the folder holds it whole."""
    try:
        found = json.loads((folder / RESULTS).read_bytes())
        files = found["provenance"]["files"]
        same = bool(digest) and found["provenance"]["digest"] == digest
        whole = same and all(checksum(folder / name) == files[name] for name in files)
        failures, rows = int(found["provenance"]["failures"]), list(found["results"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    if not whole:
        return None
    paths = (folder / RESULTS, *(folder / name for name in files))
    return Outcome(paths, failures, f"{folder} is complete; there was nothing to do."), rows


def write_all(folder: Path, result: MitResult, digest: str) -> tuple[Outcome, Rows]:
    """Write tables, report and, last, the results, so that a folder with results is whole."""
    write_durably(folder / SEQUENCES, _sequence_table(result.scores[0].items))
    write_durably(folder / SCORES, _score_table(result.scores))
    write_report(folder / REPORT, result)
    failures = sum(int(np.isnan(one.values).sum()) for one in result.scores)
    names = (SEQUENCES, SCORES, REPORT)
    provenance = provenance_of(result) | {
        "digest": digest,
        "failures": failures,
        "files": {name: checksum(folder / name) for name in names},
    }
    rows = result.rows()
    content = {
        "results": rows,
        **details_of(result.results),
        "relevance": [one.to_dict() for one in result.placements],
        "published": [published_row(row) for row in PUBLISHED],
        "published_source": SOURCE,
        "absent_classes": absent_classes(result.drawn.sets),
        "notes": result.notes,
        "provenance": provenance,
    }
    text = json.dumps(plain(content), indent=1, ensure_ascii=False, allow_nan=False)
    write_durably(folder / RESULTS, f"{text}\n".encode())
    paths = tuple(folder / name for name in (RESULTS, *names))
    lost = f"; {counted(failures, 'score')} could not be had" if failures else ""
    return Outcome(paths, failures, f"The test is in {folder}{lost}."), rows


def published_row(row: Published) -> dict[str, Any]:
    """Return a published row under the names of our own; `name` is the same scorer here, null where there is none."""
    found = asdict(row)
    found |= {"scorer": found.pop("model"), "name": found.pop("scorer") or None, "mes": found.pop("mes_synthetic")}
    return found


def _sequence_table(items: Items) -> bytes:
    rows = ((item.id, item.label, item.letters, item.set, item.condition) for item in items.all)
    return _csv(("id", "class", "sequence", "set", "condition"), rows)


def _score_table(scores: Sequence[Scores]) -> bytes:
    names = ("scorer", "set", "condition", "id", "class", "score", "tokens")
    return _csv(names, (row for one in scores for row in _score_rows(one)))


def _score_rows(scores: Scores) -> Iterator[Sequence[str]]:
    tokens = np.full(len(scores.values), np.nan) if scores.tokens is None else scores.tokens
    for item, value, count in zip(scores.items.all, scores.values.tolist(), tokens.tolist(), strict=True):
        number = "" if np.isnan(count) else str(int(count))
        score = "" if np.isnan(value) else repr(value)
        yield scores.scorer, item.set, item.condition, item.id, item.label, score, number


def _csv(names: Sequence[str], rows: Iterator[Sequence[str]]) -> bytes:
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(names)
    writer.writerows(rows)
    return stream.getvalue().encode()
