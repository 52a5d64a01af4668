"""Training from the window: the command, its epochs while they come, the models that it leaves."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gxview.errors import GxviewError
from gxview.viewer.assessing.assessment import Assessment, needed_file, numbers
from gxview.viewer.assessing.choices import TrainChoices
from gxview.viewer.assessing.plots import Guide, Mark, Plot, Series
from gxview.viewer.work.command import CommandRun, Epoch

METRICS, CONFIG, ENSEMBLE, CARD = "metrics.json", "config.json", "ensemble.json", "README.md"
LOSS = "Loss"
BEST = "\N{BLACK STAR}"
"""Stands beside the best pass."""
SKIPPED = ("epoch", "learning_rate", "train_loss", "validation_loss", "seconds")
"""What the history holds beside measures."""


@dataclass(frozen=True)
class Pass:
    """One pass over the data; losses and measures are NaN where they are not known.

    Parameters
    ----------
    fold
        Which of several models, from 1; None for a single one.
    """

    phase: str
    fold: int | None
    epoch: int
    train_loss: float
    validation_loss: float
    measures: Mapping[str, float] = field(default_factory=dict)
    best: bool = False


@dataclass(frozen=True)
class Trained:
    """What a training left, or has so far.

    Parameters
    ----------
    passes
        In the order in which they were done.
    folder
        Of the model, or of several that are one; None while there is none.
    test
        Measures of the final test, by name; of several models their means.
    """

    passes: tuple[Pass, ...] = ()
    folder: Path | None = None
    test: Mapping[str, float] = field(default_factory=dict)

    @property
    def measures(self) -> tuple[str, ...]:
        """Names of the measures, in the order of their first appearance."""
        return tuple(dict.fromkeys(name for one in self.passes for name in one.measures))

    @property
    def card(self) -> Path | None:
        """The model card, where there is one."""
        path = self.folder / CARD if self.folder is not None else None
        return path if path is not None and path.is_file() else None

    def plot(self, what: str) -> Plot:
        """Return the learning curves of the loss or of a measure, one or two lines for each fold."""
        folds = list(dict.fromkeys((one.phase, one.fold) for one in self.passes))
        series = [line for number, key in enumerate(folds) for line in self._lines(key, number, len(folds), what)]
        best = [one.epoch for one in self.passes if one.best]
        guides = (Guide("x", best[0], "best"),) if len(best) == 1 else ()
        y = ("Loss (training dashed)" if len(folds) > 1 else LOSS) if what == LOSS else measure_words(what)
        return Plot("Epoch", y, tuple(series), guides=guides)

    def _lines(self, key: tuple[str, int | None], number: int, count: int, what: str) -> list[Series]:
        passes = [one for one in self.passes if (one.phase, one.fold) == key]
        phase, fold = key
        name = f"model {fold}" if fold is not None else ("pre-training" if phase == "pretrain" else "")
        if what == LOSS:
            # several folds have a colour each; a single one has two, so that both lines part at once
            held = number if count > 1 else 1
            first, second = ("", name) if count > 1 else ("training", "validation")
            return [
                _line(passes, first, number, lambda one: one.train_loss, True),
                _line(passes, second, held, lambda one: one.validation_loss, False),
            ]
        return [_line(passes, name or "validation", number, lambda one: one.measures.get(what, math.nan), False)]


def _line(passes: Sequence[Pass], name: str, color: int, value: Callable[[Pass], float], dashed: bool) -> Series:
    marks = tuple(
        Mark(one.epoch, value(one), text=BEST if one.best and one.fold and not dashed else "", about=_about(one, name))
        for one in passes
        if math.isfinite(value(one))
    )
    return Series(name, marks, "line", color, dashed)


def _about(one: Pass, name: str) -> str:
    numbers_of = ", ".join(f"{measure_words(key)} {value:.4g}" for key, value in one.measures.items())
    losses = f"loss {one.train_loss:.4g} (training), {one.validation_loss:.4g} (validation)"
    return "\n".join(part for part in (f"Epoch {one.epoch}, {name}", losses, numbers_of) if part)


def measure_words(name: str) -> str:
    """Write the name of a measure for a person."""
    # that of one of several labels has its name behind
    first, _, label = name.partition(" ")
    short = first in ("auroc", "auprc", "mcc", "f1", "mse", "rmse", "mae", "r2")
    word = first.upper() if short else first.replace("_", " ").capitalize()
    return f"{word} {label}".rstrip()


class Training(Assessment[TrainChoices, Trained]):
    """``gxview train`` as the panel Training runs it."""

    key = "train"
    title = "Training"
    results_in = METRICS

    #: passes of the run that goes on, or that ended last
    live: tuple[Pass, ...] = ()

    @property
    def shown(self) -> Trained:
        """What there is to see: the passes of the run, or what was read."""
        if self.is_running or self.results is None:
            return Trained(with_best(self.live))
        return self.results

    @property
    def content(self) -> object:
        """What shows: another object whenever there is something new to see."""
        return self.live if self.is_running or self.results is None else self.results

    def arguments(self, folder: Path) -> list[str]:
        """See `Assessment`."""
        chosen = self.choices
        found = ["train", "--data", str(needed_file(chosen.data, "a table to train on")), *_files(chosen)]
        # what training starts from says what kind it is
        found += ["--from", self.chosen_model(chosen.start_from)] if chosen.start_from else ["--kind", chosen.kind]
        found += ["--task", chosen.task]
        if columns := ",".join(name.strip() for name in chosen.labels.split(",") if name.strip()):
            found += ["--labels", columns]
        if chosen.mode == "lora":
            if not chosen.start_from:
                raise GxviewError("LoRA changes weights that are there; choose the model that training starts from.")
            found += ["--lora"]
        if chosen.folds and chosen.ensemble:
            raise GxviewError("Choose folds or an ensemble, not both.")
        for name in ("epochs", "batch_size", "patience", "folds", "ensemble"):
            if (value := getattr(chosen, name)) is not None:
                found += [f"--{name.replace('_', '-')}", str(value)]
        if rates := numbers(chosen.learning_rate, "learning rates"):
            if len(rates) > 1:
                raise GxviewError("The learning rate is one number, such as 3e-5.")
            found += ["--learning-rate", *rates]
        if chosen.balanced:
            found += ["--class-weights", "balanced"]
        if chosen.reverse_complement:
            found += ["--reverse-complement"]
        if chosen.name:
            found += ["--name", chosen.name]
        return [*found, "--seed", str(chosen.seed), "--device", self.model.settings.device]

    def began(self, run: CommandRun) -> None:
        """See `Assessment`."""
        self.live, self.results = (), None
        run.heard.connect(self._hear)

    def read(self, folder: Path) -> Trained:
        """See `Assessment`."""
        return read_training(folder)

    def _hear(self, epoch: Epoch) -> None:
        new = pass_of(epoch)
        # a run that goes on tells of what was done before, perhaps once more
        before = (one for one in self.live if (one.phase, one.fold, one.epoch) != (new.phase, new.fold, new.epoch))
        self.live = (*before, new)
        self.changed.emit()


def _files(chosen: TrainChoices) -> list[str]:
    found: list[str] = []
    for name in ("validation", "test"):
        if text := getattr(chosen, name):
            found += [f"--{name}", str(needed_file(text, f"a table for the {name}"))]
    return found


def pass_of(epoch: Epoch) -> Pass:
    """Return the pass that an event tells of."""
    measures = {name: _number(value) for name, value in epoch.measures.items() if name not in SKIPPED}
    losses = _number(epoch.train_loss), _number(epoch.validation_loss)
    return Pass(epoch.phase, epoch.fold, epoch.epoch, *losses, measures)


def with_best(passes: Sequence[Pass]) -> tuple[Pass, ...]:
    """Mark the pass with the smallest validation loss of each fold."""
    best: dict[tuple[str, int | None], Pass] = {}
    for one in passes:
        known = best.get((one.phase, one.fold))
        if math.isfinite(one.validation_loss) and (known is None or one.validation_loss < known.validation_loss):
            best[one.phase, one.fold] = one
    chosen = {id(one) for one in best.values()}
    return tuple(_marked(one, id(one) in chosen) for one in passes)


def _marked(one: Pass, best: bool) -> Pass:
    return Pass(one.phase, one.fold, one.epoch, one.train_loss, one.validation_loss, one.measures, best)


def read_training(folder: Path) -> Trained:
    """Read what a training left in a folder.

    Raises
    ------
    GxviewError
        There is no trained model.
    """
    members = [path.parent for path in sorted(folder.glob(f"*/{METRICS}"), key=_order)]
    together = bool(members) and (folder / ENSEMBLE).is_file()
    folders = members if together else [folder]
    passes: list[Pass] = []
    tests: list[Mapping[str, float]] = []
    for number, one in enumerate(folders, 1):
        report = _json(one / METRICS)
        passes += _history(report, number if together else None)
        tests.append({key: _number(value) for key, value in (report.get("test") or {}).items() if _is_number(value)})
    if not together and not (folder / CONFIG).is_file():
        raise GxviewError(f"{folder} holds no trained model: it has no {CONFIG}.")
    return Trained(tuple(passes), folder, _means(tests))


def _order(path: Path) -> tuple[int, str]:
    """Sort members by their number."""
    name = path.parent.name
    digits = "".join(one for one in name if one.isdecimal())
    return int(digits or 0), name


def _json(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise GxviewError(f"{path.parent} holds no trained model: {error.strerror or error}.") from None
    except ValueError:
        raise GxviewError(f"{path} is damaged; train again.") from None
    if not isinstance(found, dict):
        raise GxviewError(f"{path} is no report of a training.")
    return found


def _history(report: Mapping[str, Any], fold: int | None) -> list[Pass]:
    found: list[Pass] = []
    for row in report.get("history") or ():
        measures = {key: _number(value) for key, value in row.items() if key not in SKIPPED and _is_number(value)}
        losses = _number(row.get("train_loss", row.get("loss"))), _number(row.get("validation_loss"))
        best = row.get("epoch") == report.get("best_epoch")
        found.append(Pass("train", fold, int(row.get("epoch", len(found) + 1)), *losses, measures, best))
    return found


def _means(tests: Sequence[Mapping[str, float]]) -> dict[str, float]:
    names = dict.fromkeys(name for test in tests for name in test)
    return {
        name: sum(test[name] for test in tests if name in test) / sum(name in test for test in tests) for name in names
    }


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _number(value: Any) -> float:
    return float(value) if _is_number(value) else math.nan
