"""What the report says beside the numbers: the parts, their leaks, and where everything comes from."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from gxview.assess.probe.data import ProbeData
from gxview.assess.probe.layers import Layered
from gxview.assess.probe.results import Results
from gxview.assess.probe.settings import HOMOLOGY
from gxview.assess.probe.similar import Similar
from gxview.assess.probe.splits import Parts, Splitter
from gxview.version import __version__

_LIBRARIES = ("torch", "numpy", "scipy", "scikit-learn", "zarr")


@dataclass(frozen=True)
class PartFacts:
    """The parts in numbers; a list has an entry for each seed.

    Attributes
    ----------
    kind, fixed
        How sequences were parted, and whether the test part is the same for every seed.
    sequences, clusters, largest_cluster, pairs
        Sequences, clusters of near-duplicates, sequences of the largest, pairs of near-duplicates.
    train, validation, test
        Sequences of each part.
    leaks, leaks_validation
        Test sequences with a near-duplicate in the training part, in the validation part.
    notes
        Sentences for the reader.
    """

    kind: str
    fixed: bool
    sequences: int
    clusters: int
    largest_cluster: int
    pairs: int
    train: list[int]
    validation: list[int]
    test: list[int]
    leaks: list[int]
    leaks_validation: list[int]
    notes: list[str]


@dataclass(frozen=True)
class Summary:
    """Everything that the report shows."""

    results: Results
    facts: PartFacts
    notes: Sequence[str]
    provenance: dict[str, Any]


def part_facts(data: ProbeData, parts: Sequence[Parts], similar: Similar, splitter: Splitter) -> PartFacts:
    """Count the parts and their leaks."""
    leaks = [similar.leaks(one.train, one.test) for one in parts]
    notes = []
    if any(leaks):
        share = max(leak / len(one.test) for leak, one in zip(leaks, parts, strict=True))
        why = "the split does not look at similarity" if splitter.kind != HOMOLOGY else "clustering missed them"
        found = f"Up to {max(leaks):,} test sequences ({100 * share:.1f} %) have a near-duplicate in the training part"
        notes.append(f"{found}: {why}.")
    return PartFacts(
        kind=splitter.kind,
        fixed=splitter.fixed,
        sequences=len(data),
        clusters=int(similar.clusters.max()) + 1,
        largest_cluster=int(np.bincount(similar.clusters).max()),
        pairs=len(similar.pairs),
        train=[len(one.train) for one in parts],
        validation=[len(one.validation) for one in parts],
        test=[len(one.test) for one in parts],
        leaks=leaks,
        leaks_validation=[similar.leaks(one.validation, one.test) for one in parts],
        notes=notes,
    )


def provenance(results: Results, models: Sequence[Layered]) -> dict[str, Any]:
    """Return what a reader needs to do it again."""
    plan = results.plan
    settings = plan.settings.model_dump(mode="json", exclude={"output", "device", "memory"})
    given = [Path(name).name for name in plan.settings.models]
    return {
        "gxview": __version__,
        "python": platform.python_version(),
        "libraries": {name: version(name) for name in _LIBRARIES},
        "data": {"name": plan.data.name, "sha256": plan.data.sha256, "sequences": len(plan.data)},
        "targets": [
            {"name": target.name, "kind": target.kind, "classes": list(target.classes)} for target in plan.data.targets
        ],
        "models": [{"name": model.name, "content_hash": model.content_hash} for model in models],
        "settings": {**settings, "data": plan.data.name, "models": given, "heads": list(plan.heads)},
    }
