"""A probing run: from settings to a folder with tables and a report, whatever happens on the way."""

from __future__ import annotations

import csv
import io
import json
import math
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from gxview.assess.probe.data import ProbeData, read_data
from gxview.assess.probe.heads import fit_head
from gxview.assess.probe.layers import Layered, open_layers
from gxview.assess.probe.plan import Plan, Task, chosen_heads
from gxview.assess.probe.report import write_report
from gxview.assess.probe.results import Results, Row, failed, packed
from gxview.assess.probe.settings import ProbeSettings, digest
from gxview.assess.probe.similar import find_similar
from gxview.assess.probe.splits import Splitter
from gxview.assess.probe.summary import PartFacts, Summary, part_facts, provenance
from gxview.assess.probe.verdict import verdicts
from gxview.durable import write_durably
from gxview.errors import Cancelled, GxviewError
from gxview.evaluate.run.folder import checksum, file_errors, locked
from gxview.models.loading import content_hash_of, resolve_device
from gxview.models.randomised import split_name
from gxview.store import Store
from gxview.version import __version__
from gxview.words import counted

Tell = Callable[[Mapping[str, Any]], None]
RESULT, TABLE, REPORT, CACHE = "probe.json", "results.csv", "report.html", "embeddings.zarr"
_WORK, _LOCK, _HEAD = "work", ".probe.lock", "head"
_STOPPED = "stopped; what is finished is kept, the same command goes on from there."


@dataclass(frozen=True)
class ProbeResult:
    """What a run found.

    Attributes
    ----------
    files
        What was written.
    failures
        Numbers that could not be had.
    message
        One sentence.
    verdicts
        Whether embeddings beat letters, a sentence for each comparison of the best.
    rows
        One metric of one head on one input, share and seed each, as in ``probe.json``.
    comparisons
        As in ``probe.json``.
    """

    files: tuple[Path, ...]
    failures: int
    message: str
    verdicts: tuple[str, ...]
    rows: tuple[dict[str, Any], ...]
    comparisons: tuple[dict[str, Any], ...]


def run_probe(
    settings: ProbeSettings,
    *,
    tell: Tell = lambda _event: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> ProbeResult:
    """Probe models, or do the rest of it.

    Parameters
    ----------
    settings
        What is wanted; what is finished of the same work in its folder is not done again.
    tell
        Gets the events ``start``, ``progress`` and ``note``.
    cancelled
        Asked between pieces of work; true stops.

    Raises
    ------
    UsageError
        If the request makes no sense.
    GxviewError
        If the data or a model cannot be used.
    Cancelled
        If `cancelled` said so; what is finished is kept.
    """
    with file_errors(settings.output, "probing"), locked(settings.output, _LOCK, "probing"):
        return _Run(settings, tell, cancelled).run()


class _Run:
    def __init__(self, settings: ProbeSettings, tell: Tell, cancelled: Callable[[], bool]) -> None:
        self._settings, self._tell, self._cancelled = settings, tell, cancelled
        self._folder = settings.output
        self._notes: list[str] = []

    def run(self) -> ProbeResult:
        names = _models_of(self._settings)
        data = read_data(self._settings)
        identity = self._identity(data, names)
        finished = _finished(self._folder, identity)
        if finished is not None:
            return finished
        chosen_heads(self._settings, data)
        self._progress("reading the data", 0, 1)
        models = [open_layers(name, self._settings.device) for name in names]
        for model in models:
            _check_fit(model, data)
        similar = find_similar(data.sequences, self._settings.similarity, self._check)
        splitter = Splitter(data, self._settings, similar)
        parts = [splitter.parts(seed) for seed in range(self._settings.seeds)]
        controls = [model.name for name, model in zip(names, models, strict=True) if split_name(name)[1] is not None]
        plan = Plan(self._settings, data, parts, models, controls, self._folder / CACHE)
        facts = part_facts(data, parts, similar, splitter)
        self._note(*data.notes, *splitter.notes, *plan.notes, *facts.notes)
        self._note(*(f"{model.name}: {note}." for model in models for note in model.notes))
        bodies = self._work(plan)
        self._progress("writing tables and report", 1, 1, "writing")
        results = Results(plan, bodies, fixed=splitter.fixed)
        return self._written(results, facts, identity, models)

    def _identity(self, data: ProbeData, names: list[str]) -> str:
        wanted = self._settings.model_dump(mode="json", exclude={"data", "output", "models", "device", "memory"})
        return digest([__version__, wanted, data.sha256, {name: content_hash_of(name) for name in names}])

    def _work(self, plan: Plan) -> list[bytes]:
        store = Store(self._folder / _WORK)
        done = {task.key: body for task in plan.tasks if (body := store.get(_HEAD, task.key)) is not None}
        open_tasks = [task for task in plan.tasks if task.key not in done]
        needed = {task.input.model for task in open_tasks}
        blocks = {s.model.name: s.blocks.missing() for s in plan.sources if s.model.name in needed}
        total = sum(s.blocks.count for s in plan.sources) + len(plan.tasks)
        pace = _Pace(total, total - len(open_tasks) - sum(map(len, blocks.values())), self._tell)
        self._tell({"event": "start", "folder": str(self._folder), "tasks": total, "finished": pace.done})
        for source in plan.sources:
            for number in blocks.get(source.model.name, []):
                self._check()
                source.blocks.compute(number)
                pace.step(f"embedding with {source.model.name}", "embedding", self._weights(blocks, open_tasks))
        self._fit(plan, open_tasks, done, store, pace)
        store.prune({store.path(_HEAD, task.key) for task in plan.tasks})
        return [done[task.key] for task in plan.tasks]

    def _fit(self, plan: Plan, tasks: list[Task], done: dict[str, bytes], store: Store, pace: _Pace) -> None:
        kinds = Counter(_kind(task) for task in tasks)
        features, reading = None, None
        for task in tasks:
            self._check()
            if task.input != reading:
                features, reading = plan.features(task.input), task.input
            assert features is not None
            body = self._fitted(plan, task, features)
            store.put(_HEAD, task.key, body)
            done[task.key] = body
            kinds[_kind(task)] -= 1
            pace.step(task.work, _kind(task), kinds)

    def _fitted(self, plan: Plan, task: Task, features: Any) -> bytes:
        parts, settings = plan.parts[task.seed], self._settings
        try:
            fitted = fit_head(
                task.head,
                features,
                plan.data.targets,
                plan.train_rows(task.fraction, task.seed),
                parts.validation,
                parts.test,
                fitting=settings.fitting,
                seed=settings.seed * 1000 + task.seed,
                device=resolve_device(settings.device),
                check=self._check,
            )
        except Cancelled:
            raise
        except GxviewError as error:
            self._note(f"{task.work}: {error}")
            return failed(str(error))
        return packed(task, plan, fitted)

    @staticmethod
    def _weights(blocks: Mapping[str, list[int]], tasks: list[Task]) -> Counter[str]:
        found = Counter(_kind(task) for task in tasks)
        found["embedding"] = sum(map(len, blocks.values()))
        return found

    def _check(self) -> None:
        if self._cancelled():
            raise Cancelled(_STOPPED)

    def _note(self, *texts: str) -> None:
        for text in texts:
            self._notes.append(text)
            self._tell({"event": "note", "text": text})

    def _progress(self, work: str, done: int, total: int, state: str = "running") -> None:
        told = {"state": state, "done": done, "total": total, "seconds_left": None, "work": work}
        self._tell({"event": "progress", **told})

    def _written(self, results: Results, facts: PartFacts, identity: str, models: list[Layered]) -> ProbeResult:
        said = verdicts(results.comparisons)
        summary = Summary(results, facts, self._notes, provenance(results, models))
        rows = [_row(row) for row in results.rows]
        table = self._folder / TABLE
        write_durably(table, _csv(rows))
        report = write_report(self._folder / REPORT, summary)
        failures = sum(not math.isfinite(row.value) for row in results.rows)
        content = {
            "format": "gxview probe",
            "version": 1,
            "verdicts": said,
            "rows": rows,
            "comparisons": [one.as_dict() for one in results.comparisons],
            "split": asdict(facts),
            "notes": self._notes,
            "failures": failures,
            "provenance": summary.provenance,
            "plan": identity,
            "files": {path.name: checksum(path) for path in (table, report)},
        }
        write_durably(self._folder / RESULT, (json.dumps(content, indent=1, allow_nan=False) + "\n").encode())
        return _result(self._folder, content, _sentence(self._folder, failures))


def _check_fit(model: Layered, data: ProbeData) -> None:
    """Refuse sequences that a model cannot read, naming the line of the first, before anything is computed."""
    if (found := model.misfit(data.sequences)) is not None:
        row, why = found
        raise GxviewError(f"{data.where(row)}: the sequence {why}.")


class _Pace:
    """Counts pieces of work and says how long the rest takes, by how long each kind took so far."""

    def __init__(self, total: int, done: int, tell: Tell) -> None:
        self.done, self._total, self._tell = done, total, tell
        self._last = time.monotonic()
        self._seconds: dict[str, list[float]] = {}

    def step(self, work: str, kind: str, left: Mapping[str, int]) -> None:
        """Tell that a piece of a kind is finished, and how many of each kind are left."""
        now = time.monotonic()
        self._seconds.setdefault(kind, []).append(now - self._last)
        self._last = now
        self.done += 1
        means = {name: sum(found) / len(found) for name, found in self._seconds.items()}
        usual = sum(means.values()) / len(means)
        seconds = sum(count * means.get(name, usual) for name, count in left.items())
        told = {"state": "running", "done": self.done, "total": self._total, "seconds_left": seconds, "work": work}
        self._tell({"event": "progress", **told})


def _kind(task: Task) -> str:
    return f"{task.head} {'model' if task.input.model else 'letters'} {task.fraction}"


def _models_of(settings: ProbeSettings) -> list[str]:
    """Return the models, each followed by its copies with random weights."""
    found: list[str] = []
    for name in settings.models:
        found.append(name)
        if split_name(name)[1] is None:
            found += [f"{name}#randomised-{seed}" for seed in range(settings.randomised)]
    return list(dict.fromkeys(found))


def _row(row: Row) -> dict[str, Any]:
    """Return a row for JSON; what is not there is null."""
    found = {field.name: getattr(row, field.name) for field in fields(row)}
    return {name: None if isinstance(v, float) and not math.isfinite(v) else v for name, v in found.items()}


def _csv(rows: list[dict[str, Any]]) -> bytes:
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(rows[0])
    writer.writerows([["" if value is None else value for value in row.values()] for row in rows])
    return stream.getvalue().encode()


def _finished(folder: Path, identity: str) -> ProbeResult | None:
    """Return the result of the same run if the folder holds it whole."""
    try:
        content = json.loads((folder / RESULT).read_bytes())
        if content["plan"] != identity:
            return None
        if any(checksum(folder / name) != known for name, known in content["files"].items()):
            return None
        return _result(folder, content, f"{folder} is complete; there was nothing to do.")
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _result(folder: Path, content: Mapping[str, Any], message: str) -> ProbeResult:
    names = (RESULT, *content["files"], CACHE)
    return ProbeResult(
        tuple(folder / name for name in names),
        int(content["failures"]),
        message,
        tuple(content["verdicts"]),
        tuple(content["rows"]),
        tuple(content["comparisons"]),
    )


def _sentence(folder: Path, failures: int) -> str:
    rest = f"; {counted(failures, 'number')} could not be had, the report lists why" if failures else ""
    return f"The probing is in {folder}{rest}."
