"""The work of ``gxview train``: its files, its events, its end."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gxview.cli.running import Tell, do, stoppable
from gxview.errors import GxviewError, UsageError

if TYPE_CHECKING:
    from gxview.models.fit import Auxiliary, Optimisation, TrainProgress
    from gxview.models.labelled import LabelledSequences
    from gxview.models.tables import Columns
    from gxview.models.train_settings import TrainSettings

_INTERVAL = 0.2


@dataclass(frozen=True)
class Sources:
    """The files that training reads."""

    data: Path | None
    positives: Path | None
    negatives: Path | None
    validation: Path | None
    test: Path | None
    pretrain: Path | None

    def check(self) -> None:
        """Raise :class:`~gxview.errors.UsageError` unless the files make one task."""
        if (self.positives is None) != (self.negatives is None):
            raise UsageError("Give --positives and --negatives together.")
        if self.data is not None and self.positives is not None:
            raise UsageError("Give either --data or --positives with --negatives, not both.")
        if not self.labelled and self.pretrain is None:
            raise UsageError("Give --data CSV, or --positives and --negatives FASTA, or --pretrain FASTA.")
        for name in ("validation", "test"):
            if getattr(self, name) is not None and not self.labelled:
                raise UsageError(f"--{name} needs --data, or --positives and --negatives.")

    @property
    def labelled(self) -> bool:
        """Whether there are labelled sequences."""
        return self.data is not None or self.positives is not None

    def read(self, columns: Columns) -> dict[str, LabelledSequences | None]:
        """Return the sets ``data``, ``validation`` and ``test``; None for those of which no file was given."""
        from gxview.models.labelled import read_fasta_pair
        from gxview.models.tables import read_csv

        if self.data is None and (columns.task != "classification" or columns.group):
            raise UsageError("FASTA files are two classes without groups; --task and --group need a table (--data).")
        own = replace(columns, group=None)
        others = {
            name: None if path is None else read_csv(path, own)
            for name, path in (("validation", self.validation), ("test", self.test))
        }
        if self.data is not None:
            return {"data": read_csv(self.data, columns), **others}
        assert self.positives is not None
        assert self.negatives is not None
        return {"data": read_fasta_pair(self.positives, self.negatives), **others}


@dataclass(frozen=True)
class Request:
    """What is asked for on the command line.

    Attributes
    ----------
    settings, sources, columns
        How, and on what; which columns of tables say what.
    changes
        Fields of the recipe that were given.
    pretrain_epochs
        Epochs of pre-training before training.
    folds, seeds
        Numbers of members, of cross-validation or of an ensemble.
    auxiliary
        Makes what is added to the loss of each step, from the training sequences.
    """

    settings: TrainSettings
    sources: Sources
    columns: Columns
    changes: dict[str, Any]
    pretrain_epochs: int | None = None
    folds: int | None = None
    seeds: int | None = None
    auxiliary: Callable[[Sequence[str]], Auxiliary] | None = None

    def check(self) -> None:
        """Refuse what makes no sense before any work."""
        self.sources.check()
        if not self.sources.labelled and (self.folds or self.seeds or self.settings.lora):
            raise UsageError("Folds, ensembles and LoRA need labelled sequences: --data, or --positives, --negatives.")


def run(request: Request, progress: str, *, as_json: bool) -> int:
    """Train and show how it goes; return the exit code."""
    request.check()

    def work(tell: Tell, stopped: Callable[[], bool]) -> dict[str, Any]:
        return _Run(request, tell, stopped).run()

    if int(os.environ.get("WORLD_SIZE", "1")) == 1:
        return do(work, progress, describe, as_json=as_json)
    return _one_of_several(work, progress, as_json=as_json)


def _one_of_several(
    work: Callable[[Tell, Callable[[], bool]], Mapping[str, Any]], progress: str, *, as_json: bool
) -> int:
    """Work in one of several processes, of which the first one alone speaks."""
    from accelerate import PartialState

    try:
        if os.environ.get("RANK", "0") == "0":
            return do(work, progress, describe, as_json=as_json)
        with stoppable() as stopped:
            work(lambda _event: None, stopped)
    except GxviewError as error:
        return 2 if isinstance(error, UsageError) else 1
    finally:
        PartialState().destroy_process_group()
    return 0


class _Run:
    """One command: what is done, and what is told on the way."""

    def __init__(self, request: Request, tell: Tell, stopped: Callable[[], bool]) -> None:
        self.request, self._tell, self._stopped = request, tell, stopped
        self._begun, self._last, self._before = time.monotonic(), 0.0, 0.0
        self._kept: Path | None = None
        self._members = request.folds or request.seeds or 1

    def run(self) -> dict[str, Any]:
        """Pre-train, train or both; return what the end says."""
        from gxview.models.saving import check_new
        from gxview.models.training.checkpoint import training_folder

        request, output = self.request, self.request.settings.output
        self._kept = training_folder(output) if training_folder(output).exists() else None
        if not request.sources.labelled:
            return self._language_model(request.settings, request.changes, "wrote a language model")
        sets = request.sources.read(request.columns)
        settings = replace(request.settings, optimisation=changed(request.settings.recipe, request.changes))
        if request.sources.pretrain is None:
            return self._supervised(settings, sets)
        _check_no_model(output)
        check_new(output)
        between = output.with_name(f"{output.name}.pretrained")
        self._language_model(replace(settings, output=between, lora=None), {"epochs": request.pretrain_epochs}, "")
        found = self._supervised(replace(settings, start_from=between), sets)
        shutil.rmtree(between)
        return found

    def _language_model(self, settings: TrainSettings, changes: dict[str, Any], what: str) -> dict[str, Any]:
        from gxview.models.fit import PRETRAINING
        from gxview.models.labelled import read_fasta
        from gxview.models.pretrain import pretrain_masked_lm

        assert self.request.sources.pretrain is not None
        sequences, file = read_fasta(self.request.sources.pretrain)
        settings = replace(settings, optimisation=changed(PRETRAINING, changes))
        self._start(settings.recipe.epochs)
        result = pretrain_masked_lm(settings, sequences, files=[file], progress=self._progress, cancelled=self._stopped)
        message = f"{what}; masked-LM loss of the last epoch {result.losses[-1]:.4f}"
        return self._outcome(result.folder, message, result.finished_before) | {"losses": result.losses}

    def _supervised(self, settings: TrainSettings, sets: dict[str, LabelledSequences | None]) -> dict[str, Any]:
        from gxview.models.train import plain_result, train_classifier
        from gxview.models.training.members import train_members

        data, request = sets["data"], self.request
        assert data is not None
        given: dict[str, Any] = {"test": sets["test"], "progress": self._progress, "cancelled": self._stopped}
        given["auxiliary"] = None if request.auxiliary is None else request.auxiliary(data.sequences)
        self._start(settings.recipe.epochs * self._members)
        if request.folds is None and request.seeds is None:
            one = train_classifier(settings, data, sets["validation"], **given)
            told = plain_result(one)
            message = _sentence(told.get("test") or told["validation"], "test" if one.test else "validation")
            return self._outcome(one.folder, message, one.finished_before) | told
        many = train_members(settings, data, sets["validation"], folds=request.folds, seeds=request.seeds, **given)
        name = next(name for name in ("fold", "test", "validation") if name in many.measures)
        means = {measure: value["mean"] for measure, value in many.measures[name].items()}
        return self._outcome(many.folder, _sentence(means, f"mean {name}"), many.finished_before) | {
            "model": str(many.folder),
            **many.measures,
        }

    def _outcome(self, folder: Path, message: str, finished: bool) -> dict[str, Any]:
        told = f"{folder} is finished already; nothing was done" if finished else message
        return {"files": [str(folder)], "failures": 0, "message": told, "model": str(folder)}

    def _start(self, epochs: int) -> None:
        self._tell({"event": "start", "tasks": epochs, "finished": 0})

    def _progress(self, now: TrainProgress) -> None:
        """Tell of a step, not more often than a person can read, and of the end of each epoch."""
        if self._kept is not None:  # told by the first step, since other settings are refused before
            self._tell({"event": "note", "text": f"going on with the run in {self._kept}"})
            self._kept = None
        moment = time.monotonic()
        if now.step == now.steps:
            self._tell(epoch_event(now))
            if now.repeated:
                return
        elif moment - self._last < _INTERVAL:
            return
        self._last = moment
        done = ((now.fold or 1) - 1) * now.epochs + now.epoch - 1 + now.step / now.steps
        total = now.epochs * (self._members if now.phase == "train" else 1)
        self._tell(
            {
                "event": "progress",
                "state": "running",
                "done": round(done, 4),
                "total": total,
                "seconds_left": self._left(done, total, moment),
                "work": _work(now),
            }
        )

    def _left(self, done: float, total: float, moment: float) -> float | None:
        """Return the seconds that are left at the speed since the first step of this call; None before it is known."""
        if self._before == 0.0 or done < self._before:
            self._before, self._begun = done, moment
        gained = done - self._before
        return None if gained <= 0 else round((moment - self._begun) / gained * (total - done), 1)


def epoch_event(now: TrainProgress) -> dict[str, Any]:
    """Return what is told of a finished epoch."""
    from gxview.models.report import plain

    measures = plain(now.measures)
    return {
        "event": "epoch",
        "phase": now.phase,
        "fold": now.fold,
        "epoch": now.epoch,
        "epochs": now.epochs,
        "train_loss": now.loss,
        "validation_loss": measures.pop("validation_loss", None),
        "measures": measures,
    }


def describe(event: Mapping[str, Any]) -> str:
    """Say how training goes: what is done now, and the time left."""
    from gxview.cli.running import duration

    left = "" if event["seconds_left"] is None else f", {duration(event['seconds_left'])} left at most"
    return f"{event['work']}{left}"


def changed(recipe: Optimisation, changes: Mapping[str, Any]) -> Optimisation:
    """Return a recipe with those fields changed that were given."""
    return replace(recipe, **{name: value for name, value in changes.items() if value is not None})


def _check_no_model(folder: Path) -> None:
    """Refuse a folder with a model, which a command that pre-trains and then trains can neither keep nor go on with."""
    from gxview.models.folder import CONFIG
    from gxview.models.report import METRICS
    from gxview.models.weights import read_json

    if not (folder / CONFIG).is_file():
        return
    report = read_json(folder / METRICS) if (folder / METRICS).is_file() else {}
    pretrained = isinstance(report.get("run"), dict) and report["run"].get("phase") == "pretrain"
    raise GxviewError(
        f"{folder} exists already and holds a {'pre-trained' if pretrained else 'trained'} model, but --pretrain with "
        "labelled sequences begins anew with pre-training and needs a new folder. Name another one, or remove this "
        f"one; to train the model that is there on the labels, leave --pretrain out and give --from {folder} with "
        "another -o."
    )


def _work(now: TrainProgress) -> str:
    member = "" if now.fold is None else f"member {now.fold}, "
    return f"{now.phase} {member}epoch {now.epoch}/{now.epochs}, step {now.step:,}/{now.steps:,}, loss {now.loss:.4f}"


def _sentence(measures: Mapping[str, float | None], of: str) -> str:
    shown = [f"{name.replace('_', ' ')} {value:.4f}" for name, value in measures.items() if value is not None]
    return f"{of}: {', '.join(shown[:8])}"
