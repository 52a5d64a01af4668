"""Patterns in the explanations of the positive class, by TF-MoDISco, as tasks that are done once."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gxview.errors import Cancelled, GxviewError
from gxview.evaluate.motifs.comparison import MotifReport, compare_patterns
from gxview.evaluate.motifs.discovery import Discovery, DiscoveryOptions, Pattern, find_patterns
from gxview.evaluate.motifs.tomtom import MotifDatabase
from gxview.evaluate.records import REAL
from gxview.evaluate.run.config import digest
from gxview.evaluate.run.plan import FORMAT, Plan
from gxview.evaluate.run.results import Results
from gxview.evaluate.run.subjects import Subject
from gxview.version import __version__

MOTIFS = "motifs"


@dataclass(frozen=True, slots=True, eq=False)
class MotifTask:
    """Finding patterns in what the main method of a model says about the positive class of a set."""

    key: str
    set: str
    subject: Subject


def motif_tasks(plan: Plan) -> Iterator[MotifTask]:
    """Yield the tasks: each trained model on the real sequences and on the first control."""
    if MOTIFS not in plan.evaluation.chosen_families:
        return
    control = next((name for name in plan.sets if name != REAL), None)
    for name in filter(None, (REAL, control)):
        for subject in plan.subjects:
            if not subject.copy_of:
                blocks = [block for block in plan.blocks if block.set == name]
                keys = [plan.explaining(block, subject, subject.main).key for block in blocks]
                about = [
                    MOTIFS,
                    FORMAT,
                    __version__,
                    asdict(DiscoveryOptions()),
                    keys,
                    [block.digest for block in blocks],
                ]
                yield MotifTask(digest(about), name, subject)


def discover(task: MotifTask, results: Results, cancelled: Callable[[], bool]) -> bytes:
    """Find patterns and return them packed; a set that has none, and why, is a result too."""
    positive = {item.id for item, wanted in zip(results.data.items, results.positive, strict=True) if wanted}
    found = [
        one
        for one in results.explained(task.set, task.subject, task.subject.main)
        if one.item.id in positive and not one.failed
    ]
    try:
        if not found:
            raise GxviewError("No sequence of the positive class has an explanation.")
        return pack(
            find_patterns([one.item.letters for one in found], [one.values for one in found], cancelled=cancelled)
        )
    except Cancelled:
        raise
    except GxviewError as error:
        return pack(Discovery((), len(found), 0, 0, str(error), (), {}))


def discoveries(results: Results, set_name: str) -> dict[str, Discovery]:
    """Return the patterns of a set by model; nothing where they were not looked for."""
    found: dict[str, Discovery] = {}
    for task in motif_tasks(results.plan):
        if task.set == set_name:
            content = results.store.get(MOTIFS, task.key)
            assert content is not None, "a finished task has vanished"
            found[task.subject.name] = unpack(content)
    return found


def matches(results: Results, found: dict[str, Discovery], database: MotifDatabase) -> MotifReport:
    """Compare patterns with a database and with its permuted columns, as the evaluation says."""
    chosen = results.evaluation
    threshold, permutations = chosen.motifs.threshold, chosen.motifs.permutations
    return compare_patterns(found, database, threshold=threshold, permutations=permutations, seed=chosen.seed)


def pack(found: Discovery) -> bytes:
    """Return patterns as the bytes of an ``.npz`` archive."""
    about = {
        "names": [[one.name, one.sign] for one in found.patterns],
        "counts": [found.sequences, found.positive, found.negative],
        "reason": found.reason,
        "notes": found.notes,
        "provenance": found.provenance,
    }
    arrays: dict[str, NDArray[Any]] = {"about": np.frombuffer(json.dumps(about).encode(), np.uint8)}
    for index, one in enumerate(found.patterns):
        arrays |= {f"ppm{index}": one.ppm, f"cwm{index}": one.cwm, f"seqlets{index}": one.seqlets}
    stream = io.BytesIO()
    np.savez(stream, **arrays)  # type: ignore[arg-type]
    return stream.getvalue()


def unpack(content: bytes) -> Discovery:
    """Return what `pack` kept."""
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        about = json.loads(arrays["about"].tobytes())
        patterns = tuple(
            Pattern(name, sign, arrays[f"ppm{index}"], arrays[f"cwm{index}"], arrays[f"seqlets{index}"])
            for index, (name, sign) in enumerate(about["names"])
        )
    sequences, positive, negative = about["counts"]
    return Discovery(
        patterns, sequences, positive, negative, about["reason"], tuple(about["notes"]), about["provenance"]
    )
