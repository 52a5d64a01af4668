"""A whole run of the test: from settings to results, and to a folder with tables and a report."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gxview.assess.mit.folder import LOCK, WORK, Outcome, digest_of, finished, write_all
from gxview.assess.mit.found import MitResult
from gxview.assess.mit.probing import probing_sets
from gxview.assess.mit.results import Result, main_shares, result_of, spread_of, with_q
from gxview.assess.mit.scorers import Scorer
from gxview.assess.mit.scores import Items, Scores
from gxview.assess.mit.scoring import Task, score_all, tasks_of
from gxview.assess.mit.sets import build_sets
from gxview.assess.mit.settings import MitSettings, main_sequences
from gxview.errors import Cancelled
from gxview.evaluate.run.folder import file_errors, locked
from gxview.store import Store

if TYPE_CHECKING:
    from gxview.assess.mit.relevance import Explaining, Placement

Tell = Callable[[Mapping[str, Any]], None]
_COMPARED = ("D", "E", "H")


def run_mit(
    settings: MitSettings,
    *,
    tell: Tell = lambda _event: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> MitResult:
    """Put scorers to the test.

    Parameters
    ----------
    settings
        What is wanted.
    tell
        Gets the events ``start``, ``progress`` and ``note``.
    cancelled
        Asked between tasks; true stops.

    Raises
    ------
    UsageError
        If the request makes no sense.
    GxviewError
        If a file cannot be read, or a scorer cannot score.
    Cancelled
        If `cancelled` said so.
    """
    settings.check()
    return _Run(settings, settings.make_scorers(), None, tell, cancelled).run()


def run_into(
    settings: MitSettings,
    folder: Path,
    *,
    tell: Tell = lambda _event: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> tuple[Outcome, list[dict[str, Any]]]:
    """Put scorers to the test, or do the rest of it, and write tables and report into a folder.

    Parameters and errors are those of `run_mit`; the folder is made. What is finished there of the same work is not
    done again.

    Returns
    -------
    outcome, rows
        What was written, and ``results`` as in JSON.
    """
    settings.check()
    scorers = settings.make_scorers()
    with ExitStack() as stack:
        stack.enter_context(file_errors(folder, "test"))
        stack.enter_context(locked(folder, LOCK, "testing"))
        run = _Run(settings, scorers, Store(folder / WORK), tell, cancelled)
        digest = digest_of(settings, scorers, [run.items, *run.others])
        done = finished(folder, digest)
        if done is not None:
            return done
        return write_all(folder, run.run(), digest)


class _Run:
    def __init__(
        self,
        settings: MitSettings,
        scorers: Sequence[Scorer],
        store: Store | None,
        tell: Tell,
        cancelled: Callable[[], bool],
    ) -> None:
        self._settings, self._scorers, self._store = settings, list(scorers), store
        self._tell, self._cancelled = tell, cancelled
        self._drawn = main_sequences(settings)
        probes = probing_sets(settings.seed, settings.scramble) if settings.probing else {}
        self.items = Items(self._drawn.sets, probes)
        more = range(settings.seed + 1, settings.seed + settings.seeds)
        self.others = [_compared_items(seed, settings) for seed in more]
        self._explaining = _explaining(settings, self._scorers, store)

    def run(self) -> MitResult:
        notes = [*self._drawn.notes]
        notes += [f"{one.name}: {note}" for one in self._scorers for note in getattr(one, "notes", ())]
        for note in notes:
            self._tell({"event": "note", "text": note})
        plans = [[tasks_of(one, items) for items in (self.items, *self.others)] for one in self._scorers]
        every = [task for plan in plans for tasks in plan for task in tasks]
        steps = 0 if self._explaining is None else self._explaining.steps
        pace = _Pace(every, steps, self._store, self._tell, self._cancelled)
        scores, results = [], []
        for plan in plans:
            found = [
                score_all(tasks, items, self._store, pace.step)
                for tasks, items in zip(plan, (self.items, *self.others), strict=True)
            ]
            scores.append(found[0])
            results.append(self._result(found))
        explained = self._explain(len(every), len(every) + steps)
        total = {"done": len(every) + steps, "total": len(every) + steps}
        self._tell({"event": "progress", "state": "writing", **total} | _NOTHING_LEFT)
        return MitResult(self._settings, self._drawn, with_q(results), scores, notes, self._scorers, explained)

    def _explain(self, before: int, total: int) -> list[Placement]:
        if self._explaining is None:
            return []
        from gxview.assess.mit.relevance import placements

        def tell(done: int, _: int, work: str) -> None:
            told = {"state": "running", "done": before + done, "total": total, "seconds_left": None, "work": work}
            self._tell({"event": "progress", **told})

        return placements(self._explaining, tell=tell, cancelled=self._cancelled)

    def _result(self, found: Sequence[Scores]) -> Result:
        seed = self._settings.seed
        result = result_of(found[0], seed, probing=self._settings.probing)
        if len(found) == 1:
            return result
        pairs = [main_shares(scores, seed) for scores in found]
        css, scr = ([pair[which].value for pair in pairs] for which in (0, 1))
        return replace(result, css_seeds=spread_of(css), scr_seeds=spread_of(scr))


_NOTHING_LEFT = {"seconds_left": 0.0, "work": "writing"}


class _Pace:
    """Counts tasks, says how long the rest takes, and stops where that was asked for."""

    def __init__(
        self, tasks: Sequence[Task], more: int, store: Store | None, tell: Tell, cancelled: Callable[[], bool]
    ) -> None:
        self._total, self._tell, self._cancelled = len(tasks) + more, tell, cancelled
        self._done = self._new = 0
        self._began = time.monotonic()
        self._kept = sum(task.kept(store) is not None for task in tasks)
        tell({"event": "start", "tasks": self._total, "finished": self._kept})

    def step(self, task: Task, old: bool) -> None:
        """Tell that a task is finished."""
        self._done += 1
        self._new += not old
        rest = self._total - self._kept - self._new
        left = (time.monotonic() - self._began) / self._new * rest if self._new else None
        told = {"state": "running", "done": self._done, "total": self._total, "seconds_left": left}
        self._tell({"event": "progress", **told, "work": task.scorer.name})
        if self._cancelled() and self._done < self._total:
            raise Cancelled("stopped; what is finished is kept, the same command goes on from there.")


def _explaining(settings: MitSettings, scorers: Sequence[Scorer], store: Store | None) -> Explaining | None:
    """Return what is to be explained; raise UsageError where no scorer has a method."""
    if not settings.explain:
        return None
    from gxview.assess.mit.relevance import Explaining

    wanted = Explaining(scorers, settings.explain, settings.seed, store=store)
    wanted.tasks()
    return wanted


def _compared_items(seed: int, settings: MitSettings) -> Items:
    """Return the classes that CSS and SCR compare, of another draw."""
    sets = build_sets(seed, settings.scramble)
    return Items({label: sets[label] for label in _COMPARED}, {})
