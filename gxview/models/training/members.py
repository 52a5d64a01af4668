"""Several models as one: cross-validation folds, and ensembles of seeds."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gxview.errors import GxviewError, UsageError
from gxview.models.ensemble import ENSEMBLE, hash_of_members
from gxview.models.fit import Auxiliary, IsCancelled, Progress
from gxview.models.folder import ModelFolder
from gxview.models.labelled import LabelledSequences, split
from gxview.models.report import METRICS, plain, run_of, versions
from gxview.models.saving import write_json
from gxview.models.train import TrainResult, train_classifier
from gxview.models.train_settings import TrainSettings
from gxview.models.training.card import write_members_card
from gxview.models.training.checkpoint import MODEL
from gxview.models.training.place import devices_of, run_folder
from gxview.models.training.task import settle_task
from gxview.models.weights import read_json
from gxview.words import counted

_EVERY = 10**9


@dataclass(frozen=True)
class EnsembleResult:
    """A folder with several models.

    Attributes
    ----------
    folder
        Where they are; ``load_model`` takes it.
    members
        Result of each.
    measures
        For each set, ``validation``, ``test`` or ``fold`` (the sequences that a fold kept out), for each measure its
        mean, its standard deviation (n - 1) and the values of the members.
    finished_before
        Whether an earlier call had done all of it.
    """

    folder: Path
    members: list[TrainResult]
    measures: dict[str, dict[str, dict[str, Any]]]
    finished_before: bool = False


@dataclass(frozen=True)
class _Member:
    name: str
    seed: int
    data: LabelledSequences
    validation: LabelledSequences
    test: LabelledSequences | None


def train_members(
    settings: TrainSettings,
    data: LabelledSequences,
    validation: LabelledSequences | None = None,
    *,
    folds: int | None = None,
    seeds: int | None = None,
    test: LabelledSequences | None = None,
    progress: Progress | None = None,
    cancelled: IsCancelled | None = None,
    auxiliary: Auxiliary | None = None,
) -> EnsembleResult:
    """Train several models and write them into one folder, which is loaded and explained as one model.

    The run is kept beside the folder until all of it is done, and the same call goes on with it.

    Parameters
    ----------
    settings, data, validation, test, progress, cancelled, auxiliary
        See :func:`~gxview.models.train.train_classifier`.
    folds
        Cross-validation: each model is trained without one of so many parts of the data, which is its test set; it
        chooses its epoch by ``validation``, or by a share of the rest. Classes are spread evenly over the parts, and
        groups are never parted.
    seeds
        Or an ensemble: so many models on the same sequences, from ``settings.seed`` on upwards.

    Raises
    ------
    GxviewError
        When there are fewer sequences or groups than folds, and as for one model.
    """
    _check_choice(folds, seeds, test)
    parts = {"train": data} | ({} if validation is None else {"validation": validation})
    parts |= {} if test is None else {"test": test}
    run = run_of(settings, parts, auxiliary) | {"folds": folds, "seeds": seeds}
    done = _finished(settings, run)
    if done is not None:
        return done
    commonest = Counter(map(len, data.sequences)).most_common(1)[0][0]  # which the parts may differ in
    settings = replace(settings, window_length=settings.window_length or commonest)
    members = list(_members(settings, data, validation, test, folds, seeds))
    _check(settings, members)
    results = []
    devices = devices_of(settings)
    kept = replace(settings, checkpoint_every=settings.checkpoint_every or _EVERY)
    with run_folder(kept, run, devices) as folder:
        for number, member in enumerate(members, start=1):
            own = replace(
                kept,
                output=folder / MODEL / member.name,
                name=f"{settings.name or settings.output.name} {member.name}",
                seed=member.seed,
            )
            results.append(
                train_classifier(
                    own,
                    member.data,
                    member.validation,
                    test=member.test,
                    progress=_numbered(progress, number),
                    cancelled=cancelled,
                    auxiliary=auxiliary,
                )
            )
        if devices.rank == 0:
            measures = _summary(results, "fold" if folds else "test")
            _write(settings, folder / MODEL, members, run, measures)
    devices.any(False)
    placed = [replace(one, folder=settings.output / one.folder.name) for one in results]
    return EnsembleResult(settings.output, placed, _summary(results, "fold" if folds else "test"))


def _check_choice(folds: int | None, seeds: int | None, test: LabelledSequences | None) -> None:
    if (folds is None) == (seeds is None):
        raise UsageError("Say either how many folds there are or how many members an ensemble has.")
    count = folds or seeds or 0
    if count < 2:
        raise UsageError(f"Folds and ensembles have at least two members, not {count}.")
    if folds is not None and test is not None:
        raise UsageError("Each fold is tested on the sequences that it kept out; leave the test set out.")


def _check(settings: TrainSettings, members: Sequence[_Member]) -> None:
    """Say before any is trained that the data of one cannot be learned from."""
    for one in members:
        others = {"validation": one.validation} | ({} if one.test is None else {"test": one.test})
        try:
            settle_task(settings, one.data, others)
        except GxviewError as error:
            raise GxviewError(f"{one.name}: {error}") from None


def fold_numbers(data: LabelledSequences, folds: int, seed: int) -> NDArray[np.int64]:
    """Return the part, 0 to ``folds`` - 1, that each sequence belongs to, int64 (N,).

    Without groups the sequences of each class are dealt out in turn, so that parts differ by at most one of a class.
    With groups, whole groups are dealt out, the largest first, each to the part that has the fewest of its class (of
    its sequences, without classes).

    Raises
    ------
    GxviewError
        When there are fewer sequences, groups, or sequences or groups of a class than parts.
    """
    rng = np.random.default_rng([seed, folds])
    if data.groups:
        return _dealt_groups(data, folds, rng)
    if len(data) < folds:
        raise GxviewError(f"The data hold {counted(len(data), 'sequence')}, fewer than {folds} folds.")
    number, at = np.empty(len(data), dtype=np.int64), 0
    for label, members in enumerate(_strata(data)):
        if data.task == "classification" and len(members) < folds:
            raise GxviewError(f"Class {label} has {counted(len(members), 'sequence')}, fewer than {folds} folds.")
        number[rng.permutation(members)] = (at + np.arange(len(members))) % folds
        at += len(members)
    return number


def _strata(data: LabelledSequences) -> list[NDArray[np.int64]]:
    if data.task != "classification":
        return [np.arange(len(data))]
    return [np.flatnonzero(data.labels == label) for label in range(len(data.counts()))]


def _dealt_groups(data: LabelledSequences, folds: int, rng: np.random.Generator) -> NDArray[np.int64]:
    names, of = np.unique(np.array(data.groups), return_inverse=True)
    if len(names) < folds:
        raise GxviewError(
            f"The data hold {counted(len(names), 'group')}, fewer than {folds} folds; groups are never parted."
        )
    strata = _strata(data)
    counts = np.stack([np.bincount(of[members], minlength=len(names)) for members in strata], axis=1)
    for label, holding in enumerate((counts > 0).sum(axis=0)):
        if not holding:
            raise GxviewError(f"No sequence has the label {label}; every class needs at least one.")
        if holding < folds:
            groups = "1 group" if holding == 1 else f"{holding} groups"
            raise GxviewError(f"Class {label} is in {groups}, fewer than {folds} folds; groups are never parted.")
    shares = counts / counts.sum(axis=0)
    load, place = np.zeros((folds, len(strata))), np.empty(len(names), dtype=np.int64)
    drawn = rng.permutation(len(names))
    for group in drawn[np.argsort(-shares[drawn].sum(axis=1), kind="stable")]:
        fullest = (load + shares[group]).max(axis=1)
        place[group] = np.lexsort((load.sum(axis=1), fullest))[0]
        load[place[group]] += shares[group]
    return np.asarray(place[of])


def _members(
    settings: TrainSettings,
    data: LabelledSequences,
    validation: LabelledSequences | None,
    test: LabelledSequences | None,
    folds: int | None,
    seeds: int | None,
) -> Iterator[_Member]:
    if seeds is not None:
        rest, held = (data, validation) if validation else split(data, settings.validation_share, settings.seed)
        for number in range(seeds):
            yield _Member(f"seed-{settings.seed + number}", settings.seed + number, rest, held, test)
        return
    assert folds is not None
    part = fold_numbers(data, folds, settings.seed)
    for number in range(folds):
        rest, out = data.take(np.flatnonzero(part != number)), data.take(np.flatnonzero(part == number))
        rest, held = (rest, validation) if validation else split(rest, settings.validation_share, settings.seed)
        yield _Member(f"fold-{number + 1}", settings.seed, rest, held, out)


def _numbered(progress: Progress | None, number: int) -> Progress | None:
    return None if progress is None else lambda now: progress(replace(now, fold=number))


def _summary(results: Sequence[TrainResult], tested: str) -> dict[str, dict[str, dict[str, Any]]]:
    sets = {"validation": [one.measures for one in results], tested: [one.test for one in results]}
    return {
        name: {measure: _spread([row[measure] for row in rows]) for measure in rows[0]}
        for name, rows in sets.items()
        if rows[0]
    }


def _spread(values: Sequence[float]) -> dict[str, Any]:
    known = [value for value in values if np.isfinite(value)]
    mean = float(np.mean(known)) if known else float("nan")
    spread = float(np.std(known, ddof=1)) if len(known) > 1 else float("nan")
    told = plain({"mean": mean, "sd": spread})
    return {**told, "members": [value if np.isfinite(value) else None for value in values]}


def _write(
    settings: TrainSettings,
    folder: Path,
    members: Sequence[_Member],
    run: Mapping[str, Any],
    measures: Mapping[str, Any],
) -> None:
    name = settings.name or settings.output.name
    hashes = [ModelFolder.open(folder / member.name).content_hash() for member in members]
    content = {
        "name": name,
        "members": [{"folder": one.name, "content_hash": digest} for one, digest in zip(members, hashes, strict=True)],
        "content_hash": hash_of_members(hashes),
    }
    report = {"members": [one.name for one in members], **measures, "run": dict(run), "versions": versions()}
    write_json(folder / ENSEMBLE, content)
    write_json(folder / METRICS, report)
    write_members_card(folder, name, report)


def _finished(settings: TrainSettings, run: Mapping[str, Any]) -> EnsembleResult | None:
    path = settings.output / METRICS
    if not path.is_file() or not (settings.output / ENSEMBLE).is_file():
        return None
    report = read_json(path)
    if report.get("run") != json.loads(json.dumps(run)):
        return None
    sets: dict[str, Any] = {name: report[name] for name in ("validation", "test", "fold") if name in report}
    return EnsembleResult(settings.output, [], sets, True)
