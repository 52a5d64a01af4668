"""A whole evaluation: from a configuration to a folder with tables and a report, whatever happens on the way."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from gxview.durable import write_durably
from gxview.errors import Cancelled
from gxview.evaluate.records import COLUMNS, REAL, Record
from gxview.evaluate.run.config import Evaluation
from gxview.evaluate.run.controls import control_items
from gxview.evaluate.run.data import DataSet, Item, read_data
from gxview.evaluate.run.folder import checksum, file_errors, locked
from gxview.evaluate.run.judging import judged, verdicts
from gxview.evaluate.run.motifs import MOTIFS, discover, motif_tasks
from gxview.evaluate.run.plan import EXPLAIN, Plan
from gxview.evaluate.run.report import write_report
from gxview.evaluate.run.report.motifs import motif_section
from gxview.evaluate.run.results import Results
from gxview.evaluate.run.rows import TableWriter, unpack_rows
from gxview.evaluate.run.statistics import Statistics
from gxview.evaluate.run.subjects import Subject, open_subjects
from gxview.evaluate.run.work import BlockWork
from gxview.genome import Reference
from gxview.store import Store

Tell = Callable[[Mapping[str, Any]], None]
MANIFEST, LOCK, WORK, TABLE, REPORT = "evaluation.json", ".evaluation.lock", "work", "metrics", "report.html"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an evaluation ended.

    Attributes
    ----------
    files
        What there is now.
    failures
        Numbers that could not be had.
    message
        One sentence.
    """

    files: tuple[Path, ...]
    failures: int
    message: str


def evaluate(
    evaluation: Evaluation,
    folder: Path,
    *,
    tell: Tell = lambda _event: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Outcome:
    """Do an evaluation, or the rest of it.

    Parameters
    ----------
    evaluation
        What is wanted.
    folder
        Gets the results; it is made. What is finished there of the same work is not done again.
    tell
        Gets the events ``start``, ``progress`` and ``note``.
    cancelled
        Asked between pieces of work; true stops.

    Raises
    ------
    UsageError
        If the request makes no sense.
    GxviewError
        If the work cannot go on; what is finished is kept.
    Cancelled
        If `cancelled` said so; what is finished is kept.
    """
    with file_errors(folder, "evaluation"), locked(folder, LOCK, "evaluating"):
        return _Run(evaluation, folder, tell, cancelled).run()


class _Run:
    def __init__(self, evaluation: Evaluation, folder: Path, tell: Tell, cancelled: Callable[[], bool]) -> None:
        self._evaluation, self._folder, self._tell, self._cancelled = evaluation, folder, tell, cancelled

    def run(self) -> Outcome:
        data, plan, notes = self._prepared()
        for note in notes:
            self._tell({"event": "note", "text": note})
        finished = _finished(self._folder, plan)
        if finished is not None:
            return finished
        store = Store(self._folder / WORK)
        for note in judged(plan):
            notes.append(note)
            self._tell({"event": "note", "text": note})
        results = Results(self._evaluation, data, plan, store, notes=notes)
        self._work(results)
        return self._written(results)

    def _prepared(self) -> tuple[DataSet, Plan, list[str]]:
        chosen = self._evaluation
        reference = Reference(chosen.data.genome) if chosen.data.genome else None
        data = read_data(chosen.data, chosen.seed, reference)
        subjects = open_subjects(chosen)
        notes = [
            *data.notes,
            *(f"{one.name}: {note}." for one in subjects for note in one.model.notes if not one.copy_of),
        ]
        sets: dict[str, list[Item]] = {REAL: list(data.items)}
        for kind in chosen.chosen_sets:
            sets[kind], more = control_items(data.items, kind, chosen, reference)
            notes += more
        return data, Plan(chosen, subjects, sets), notes

    def _work(self, results: Results) -> None:
        plan, store = results.plan, results.store
        blocks = [[task for task in plan.tasks(block) if not store.has(task.kind, task.key)] for block in plan.blocks]
        motifs = [task for task in motif_tasks(plan) if not store.has(MOTIFS, task.key)]
        total = plan.count() + sum(1 for _ in motif_tasks(plan))
        pace = _Pace(total, total - len(motifs) - sum(map(len, blocks)), self._tell)
        self._tell({"event": "start", "folder": str(self._folder), "tasks": total, "finished": pace.done})
        for block, tasks in zip(plan.blocks, blocks, strict=True):
            work = BlockWork(plan, store, block, self._cancelled)
            for task in tasks:
                self._check_cancelled()
                work.do(task)
                pace.step(task.kind, block.set, task.subject, task.method)
        for one in motifs:
            self._check_cancelled()
            store.put(MOTIFS, one.key, discover(one, results, self._cancelled))
            pace.step(MOTIFS, one.set, one.subject, one.subject.main)
        self._tell({"event": "progress", "state": "writing", "done": total, "total": total})

    def _check_cancelled(self) -> None:
        if self._cancelled():
            raise Cancelled("stopped; what is finished is kept, the same command goes on from there.")

    def _written(self, results: Results) -> Outcome:
        table = TableWriter(self._folder, TABLE, COLUMNS, ["value"])
        try:
            for one in chain(_records(results), verdicts(results)):
                results.add(one)
                table.add(list(one.as_dict().values()))
            files = table.finish()
        except BaseException:
            table.give_up()
            raise
        statistics = Statistics(results)
        files += statistics.write(self._folder)
        files.append(write_report(self._folder / REPORT, results, statistics, motif_section(results)))
        failures = sum(results.failures.values())
        _write_manifest(self._folder, results.plan, files, failures)
        return Outcome(tuple(files), failures, _sentence(self._folder, failures))


class _Pace:
    """Counts tasks and says how long the rest takes."""

    def __init__(self, total: int, done: int, tell: Tell) -> None:
        self.done, self._total, self._first, self._tell = done, total, done, tell
        self._began = time.monotonic()

    def step(self, kind: str, set_name: str, subject: Subject | None, method: str) -> None:
        """Tell that a task is finished."""
        self.done += 1
        left = (time.monotonic() - self._began) / (self.done - self._first) * (self._total - self.done)
        model = "" if subject is None else subject.name
        what = {"set": set_name, "model": model, "method": method, "work": kind}
        told = {"state": "running", "done": self.done, "total": self._total, "seconds_left": left}
        self._tell({"event": "progress", **told, **what})


def _records(results: Results) -> Iterator[Record]:
    """Yield all records in the order of the plan."""
    for block in results.plan.blocks:
        for task in results.plan.tasks(block):
            if task.kind != EXPLAIN:
                content = results.store.get(task.kind, task.key)
                assert content is not None, "a finished task has vanished"
                yield from unpack_rows(content)


def _finished(folder: Path, plan: Plan) -> Outcome | None:
    """Return the outcome of the same evaluation if the folder holds it whole."""
    try:
        manifest = json.loads((folder / MANIFEST).read_bytes())
        if manifest["plan"] != plan.digest:
            return None
        files = [folder / name for name in manifest["files"]]
        whole = all(checksum(path) == manifest["files"][path.name] for path in files)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    if not whole:
        return None
    return Outcome(tuple(files), int(manifest["failures"]), f"{folder} is complete; there was nothing to do.")


def _write_manifest(folder: Path, plan: Plan, files: list[Path], failures: int) -> None:
    content = {
        "format": "gxview evaluation",
        "version": 1,
        "plan": plan.digest,
        "failures": failures,
        "files": {path.name: checksum(path) for path in files},
    }
    write_durably(folder / MANIFEST, (json.dumps(content, indent=2) + "\n").encode())


def _sentence(folder: Path, failures: int) -> str:
    rest = f"; {failures:,} numbers could not be had, the report lists why" if failures else ""
    return f"The evaluation is in {folder}{rest}."
