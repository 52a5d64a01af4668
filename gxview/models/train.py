"""Training a model on labelled sequences."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from gxview.errors import GxviewError
from gxview.models.cnn import CNN
from gxview.models.fit import Auxiliary, Fitter, IsCancelled, Optimisation, Progress, TrainProgress, seeded
from gxview.models.folder import TOKENIZER
from gxview.models.labelled import LabelledSequences, split
from gxview.models.loading import load_model, resolve_device
from gxview.models.measures import Loss, Measure
from gxview.models.report import METRICS, plain, run_of, training_report
from gxview.models.saving import write_config, write_json, write_network
from gxview.models.start import StartingPoint, start_classifier
from gxview.models.train_settings import Lora, TrainSettings, TransformerSize
from gxview.models.training.card import write_card
from gxview.models.training.checkpoint import MODEL, Keeper
from gxview.models.training.classifier import Supervised, measured
from gxview.models.training.devices import Devices
from gxview.models.training.loop import ROW, Loop
from gxview.models.training.place import devices_of, run_folder
from gxview.models.training.task import Task, settle_task
from gxview.models.weights import read_json
from gxview.words import counted

__all__ = [
    "LabelledSequences",
    "Lora",
    "Optimisation",
    "TrainProgress",
    "TrainResult",
    "TrainSettings",
    "TransformerSize",
    "train_classifier",
]


@dataclass(frozen=True)
class TrainResult:
    """A trained model.

    Attributes
    ----------
    folder
        Where it is.
    measures
        Of the validation set, after the best epoch.
    history
        One row per epoch.
    best_epoch
        Whose weights were kept.
    test
        Measures of the test set, where there was one.
    finished_before
        Whether an earlier call had done all of it.
    """

    folder: Path
    measures: dict[str, float]
    history: list[dict[str, float]]
    best_epoch: int
    test: dict[str, float] = field(default_factory=dict)
    finished_before: bool = False


def train_classifier(
    settings: TrainSettings,
    data: LabelledSequences,
    validation: LabelledSequences | None = None,
    *,
    test: LabelledSequences | None = None,
    progress: Progress | None = None,
    cancelled: IsCancelled | None = None,
    loss: Loss | None = None,
    measures: Mapping[str, Measure] | None = None,
    auxiliary: Auxiliary | None = None,
) -> TrainResult:
    """Train a model on classes, numbers or several labels, and write its folder with ``metrics.json``.

    The weights of the epoch with the lowest validation loss are kept. The folder appears when everything is done. With
    ``settings.checkpoint_every`` the run is kept beside it until then, and the same call goes on with it, on a CPU to
    the same bits.

    Parameters
    ----------
    settings
        What to train and how.
    data
        Training sequences.
    validation
        Sequences that decide when to stop and which epoch is best; a share of ``data`` if not given.
    test
        Sequences that are predicted once at the end and decide nothing.
    progress, cancelled
        Told after each step; asked before each step.
    loss, measures
        Instead of the loss and the measures of the task: cross-entropy, AUROC, AUPRC, MCC, F1 and accuracy for
        classes; mean squared error, Pearson, Spearman, R2 and RMSE for numbers; binary cross-entropy, AUROC and AUPRC
        for labels. A loss of numbers sees them standardised by the training set.
    auxiliary
        Called in every step with a function that gives the logits (N, num_labels) of any sequences, with gradient,
        and with a generator of its own; the scalar it returns is added to the loss. Validation is without it.

    Raises
    ------
    GxviewError
        When data or settings do not fit, training diverges, or another run is kept beside the folder.
    Cancelled
        When ``cancelled`` answers true; the folder is not written then.
    """
    if validation is None:
        data, validation = split(data, settings.validation_share, settings.seed)
    others = {"validation": validation} | ({} if test is None else {"test": test})
    task = settle_task(settings, data, others)
    parts = {"train": data, **others}
    run = run_of(settings, parts, auxiliary)
    done = _finished(settings, run)
    if done is not None:
        return done
    devices = devices_of(settings)
    with seeded(settings.seed), run_folder(settings, run, devices) as folder:
        given = _Given(settings, task, parts, run, progress, cancelled, loss, measures, auxiliary)
        result = _train(given, folder, devices)
    devices.any(False)  # nobody looks for the model before it is there
    return result


@dataclass(frozen=True)
class _Given:
    """What `train_classifier` was asked for, with the task and the parts of the data settled."""

    settings: TrainSettings
    task: Task
    parts: dict[str, LabelledSequences]
    run: dict[str, Any]
    progress: Progress | None
    cancelled: IsCancelled | None
    loss: Loss | None
    measures: Mapping[str, Measure] | None
    auxiliary: Auxiliary | None


def _train(given: _Given, folder: Path, devices: Devices) -> TrainResult:
    """Train in the folder of a run and write the model into it."""
    settings, data = given.settings, given.parts["train"]
    made = folder / MODEL / TOKENIZER  # by the same run, before it was interrupted
    own = replace(settings, tokenizer=made) if made.is_file() else settings
    start = start_classifier(own, data.sequences, given.task.num_labels(settings.kind))
    _check_lengths(start, given.parts.values())
    model = _Model(settings, given.task, start, folder / MODEL)
    if devices.rank == 0:
        model.write_config(data)
    work = Supervised(
        settings,
        given.task,
        start,
        data,
        given.parts["validation"],
        devices,
        model.keep,
        loss=given.loss,
        measures=given.measures,
        auxiliary=given.auxiliary,
    )
    if devices.world > 1:  # dropout, which each process draws for itself
        torch.manual_seed(settings.seed + devices.rank)
    fitter = Fitter(work.network, settings.recipe, -(-len(data) // settings.recipe.batch_size), devices)
    keeper = Keeper(folder if settings.checkpoint_every else None, settings.checkpoint_every or 1, devices)
    state = Loop(work, settings.recipe, fitter, keeper, devices, given.progress, given.cancelled).run()
    best = next(row for row in state.history if row["epoch"] == state.best)
    result = TrainResult(settings.output, _measures(best), state.history, state.best)
    return result if devices.rank else _concluded(given, model, result, state.seconds)


def _concluded(given: _Given, model: _Model, result: TrainResult, seconds: float) -> TrainResult:
    """Measure the test set, and write what there is to say about a model."""
    settings = given.settings
    result = replace(result, test=model.tested(given.parts.get("test"), given.measures))
    named = replace(settings, name=settings.name or settings.output.name)
    report = training_report(named, given.run, given.parts, result, seconds, model.weights)
    write_json(model.folder / METRICS, report)
    write_card(model.folder, report, given.task)
    return result


class _Model:
    """What is written of the network that is trained."""

    def __init__(self, settings: TrainSettings, task: Task, start: StartingPoint, folder: Path) -> None:
        self._settings, self._task, self._start, self.folder = settings, task, start, folder
        if start.trained_head == task.problem:
            task.unscaled(start.network)
        if settings.lora is not None:
            from gxview.models.training.lora import adapt

            adapt(start.network, settings.lora)  # type: ignore[arg-type]  # only a DNABERT-2 has these settings

    @property
    def weights(self) -> dict[str, int]:
        """How many weights learn, and how many there are when the adapters are merged."""
        named = list(self._start.network.named_parameters())
        learn = sum(weight.numel() for _, weight in named if weight.requires_grad)
        return {"trained": learn, "all": sum(weight.numel() for name, weight in named if ".lora_" not in name)}

    def write_config(self, data: LabelledSequences) -> None:
        """Write what does not depend on training."""
        settings = self._settings
        commonest = Counter(map(len, data.sequences)).most_common(1)[0][0]
        block = {
            "name": settings.name or settings.output.name,
            "window_length": settings.window_length or commonest,
            **self._task.block(),
        }
        write_config(self.folder, self._start.network, block, self._start.tokenizer, self._task.problem)

    def keep(self) -> None:
        """Write the weights of the moment, adapters merged."""
        write_network(self.folder, self._start.network, self._state())
        if self._settings.lora is not None and self._settings.lora.keep:
            from gxview.models.training.lora import write_adapter

            start = str(self._settings.start_from)
            base = Path(start).name if Path(start).exists() else start
            write_adapter(self.folder / "adapter", self._start.network, self._settings.lora, base)

    def tested(self, test: LabelledSequences | None, measures: Mapping[str, Measure] | None) -> dict[str, float]:
        """Return the measures of the test set as the written model gives them."""
        if test is None:
            return {}
        logits = load_model(self.folder, resolve_device(self._settings.device)).logits(test.sequences)
        answers = in_own_units(self._task).answers(logits)
        return measured(answers, test.labels, measures or self._task.measures())

    def _state(self) -> dict[str, Any]:
        network: nn.Module = self._start.network
        state: Mapping[str, Any] = network.state_dict()
        if self._settings.lora is not None:
            from gxview.models.training.lora import merged_state

            state = merged_state(network)
        return self._task.scaled(network, state)


def in_own_units(task: Task) -> Task:
    """Return a task whose logits are in their own units, as those of a written model are."""
    return replace(task, shift=np.zeros(1), scale=np.ones(1))


def _finished(settings: TrainSettings, run: Mapping[str, Any]) -> TrainResult | None:
    """Return the result of an earlier call with the same settings and data, None if there is none."""
    path = settings.output / METRICS
    if settings.checkpoint_every is None or not path.is_file():
        return None
    report = read_json(path)
    if report.get("run") != json.loads(json.dumps(run)):
        return None
    history, best = report["history"], report["best_epoch"]
    values = [{name: float("nan") if value is None else value for name, value in row.items()} for row in history]
    measures = {name: math.nan if value is None else value for name, value in report["validation"].items()}
    return TrainResult(settings.output, measures, values, best, dict(report.get("test") or {}), True)


def _measures(row: Mapping[str, float]) -> dict[str, float]:
    return {name: value for name, value in row.items() if name not in ROW}


def _check_lengths(start: StartingPoint, parts: Iterable[LabelledSequences]) -> None:
    """Refuse sequences that a convolutional network cannot take."""
    if not isinstance(start.network, CNN):
        return
    fixed, least = start.network.config.input_length, start.network.config.minimum_length
    lengths = Counter(len(text) for part in parts for text in part.sequences)
    if fixed is not None and set(lengths) != {fixed}:
        other = next(length for length in lengths if length != fixed)
        raise GxviewError(
            f"This CNN takes one length only, but there are sequences of {fixed:,} and of {other:,} bases; "
            "cut them to one length or choose the preset promoter-small."
        )
    if min(lengths) < least:
        raise GxviewError(
            f"The shortest sequence has {counted(min(lengths), 'base')}, but this CNN needs at least {least:,}."
        )


def plain_result(result: TrainResult) -> dict[str, Any]:
    """Return a result as JSON values."""
    return {
        "model": str(result.folder),
        "best_epoch": result.best_epoch,
        "validation": plain(result.measures),
        **({"test": plain(result.test)} if result.test else {}),
    }
