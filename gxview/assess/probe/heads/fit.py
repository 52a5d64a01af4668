"""Fitting a head on one input and one part of the data."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from gxview.assess.probe.cache import BLOCK, Rows
from gxview.assess.probe.data import Target
from gxview.assess.probe.features import Features, shuffled
from gxview.assess.probe.heads.linear import Scale, fit_linear, loss_of, predict_linear
from gxview.assess.probe.heads.networks import MLP_RATE, PRESETS, column_network, mlp
from gxview.assess.probe.settings import Fitting, Head
from gxview.models.fit import Fitter, Optimisation, seeded

Floats = NDArray[np.float64]
Outputs = list[Floats]


@dataclass(frozen=True)
class Fitted:
    """What a head says about sequences.

    Attributes
    ----------
    test, validation
        For each column of labels probabilities (n, classes) or predictions (n, 1).
    facts
        How the fitting went: the chosen penalty, or the epochs.
    """

    test: Outputs
    validation: Outputs
    facts: dict[str, Any] = field(default_factory=dict)


def fit_head(
    head: Head,
    features: Features,
    targets: Sequence[Target],
    train: Rows,
    validation: Rows,
    test: Rows,
    *,
    fitting: Fitting,
    seed: int,
    device: torch.device,
    check: Callable[[], None] = lambda: None,
) -> Fitted:
    """Fit a head on the training part, choose by the validation part, and say what it predicts.

    Parameters
    ----------
    head
        ``ridge`` and ``mlp`` read vectors, the others columns.
    features
        What is read.
    targets
        Columns of labels.
    train, validation, test
        Rows of each part.
    fitting
        How.
    seed
        Of initial weights, dropout and batches.
    device
        Of the networks.
    check
        Called between steps; may raise.

    Raises
    ------
    GxviewError
        If training diverges, or the sequences are too short for the head.
    """
    if head == "ridge":
        return _ridge(features, targets, train, validation, test, fitting, check)
    with seeded(seed):
        return _Training(head, features, targets, train, fitting, seed, device, check).run(validation, test)


def _ridge(
    features: Features,
    targets: Sequence[Target],
    train: Rows,
    validation: Rows,
    test: Rows,
    fitting: Fitting,
    check: Callable[[], None],
) -> Fitted:
    read = features.read(train)
    scale = Scale.of(read)
    inside, held, asked = (scale.apply(part) for part in (read, features.read(validation), features.read(test)))
    outputs: tuple[Outputs, Outputs] = ([], [])
    alphas, converged = {}, True
    for target in targets:
        best: tuple[float, float, Any] | None = None
        for alpha in fitting.alphas:
            check()
            model, ended = fit_linear(target, target.values[train], inside, alpha)
            loss = loss_of(target, target.values[validation], predict_linear(target, model, held))
            converged &= ended
            if best is None or loss < best[0]:
                best = loss, alpha, model
        assert best is not None
        alphas[target.name] = best[1]
        for place, part in zip(outputs, (asked, held), strict=True):
            place.append(predict_linear(target, best[2], part))
    return Fitted(*outputs, {"alpha": alphas, "converged": converged})


class _Training:
    """Trains a network with early stopping."""

    def __init__(
        self,
        head: Head,
        features: Features,
        targets: Sequence[Target],
        train: Rows,
        fitting: Fitting,
        seed: int,
        device: torch.device,
        check: Callable[[], None],
    ) -> None:
        self._features, self._targets, self._train, self._device = features, targets, train, device
        self._fitting, self._check = fitting, check
        self._rng = np.random.default_rng([seed, 31])
        self._scales = [_standard(target, train) for target in targets]
        outputs = sum(target.width for target in targets)
        network, rate = _network(head, features, outputs, fitting)
        self._network = network.to(device)
        steps = max(1, len(train) // fitting.batch_size)
        how = Optimisation(rate, 0.0, fitting.batch_size, fitting.epochs, fitting.patience, "plateau")
        self._fitter = Fitter(self._network, how, steps)

    def run(self, validation: Rows, test: Rows) -> Fitted:
        """Train and predict."""
        best, kept, at = np.inf, self._state(), 0
        epoch = 0
        while epoch < self._fitting.epochs and epoch - at < self._fitting.patience:
            epoch += 1
            self._epoch()
            loss = self._loss_of(validation)
            self._fitter.epoch_done(loss)
            if loss < best:
                best, kept, at = loss, self._state(), epoch
        self._network.load_state_dict(kept)
        facts = {"epochs": epoch, "best_epoch": at, "validation_loss": best}
        return Fitted(self._outputs(test), self._outputs(validation), facts)

    def _epoch(self) -> None:
        self._network.train()
        for rows in shuffled(self._train, self._fitting.batch_size, self._rng):
            self._check()
            self._fitter.step(self._loss(self._network(self._read(rows)), rows))

    def _loss_of(self, rows: Rows) -> float:
        total = 0.0
        for part, raw in self._predicted(rows):
            total += float(self._loss(raw, part)) * len(part)
        return total / len(rows)

    def _loss(self, raw: Tensor, rows: Rows) -> Tensor:
        losses, start = [], 0
        for target, (mean, deviation) in zip(self._targets, self._scales, strict=True):
            values = torch.from_numpy((target.values[rows] - mean) / deviation).to(self._device)
            part = raw[:, start : start + target.width]
            start += target.width
            if target.kind == "regression":
                losses.append(functional.mse_loss(part[:, 0], values.float()))
            elif target.width == 1:
                losses.append(functional.binary_cross_entropy_with_logits(part[:, 0], values.float()))
            else:
                losses.append(functional.cross_entropy(part, values.long()))
        return torch.stack(losses).sum()

    def _outputs(self, rows: Rows) -> Outputs:
        raw = np.concatenate([part.cpu().double().numpy() for _, part in self._predicted(rows)])
        return _as_outputs(raw, self._targets, self._scales)

    def _predicted(self, rows: Rows) -> Iterator[tuple[Rows, Tensor]]:
        self._network.eval()
        for start in range(0, len(rows), BLOCK):
            self._check()
            part = rows[start : start + BLOCK]
            with torch.inference_mode():
                yield part, self._network(self._read(part))

    def _read(self, rows: Rows) -> Tensor:
        return torch.from_numpy(self._features.read(rows)).to(self._device)

    def _state(self) -> dict[str, Tensor]:
        return {name: value.detach().clone() for name, value in self._network.state_dict().items()}


def _as_outputs(raw: Floats, targets: Sequence[Target], scales: Sequence[tuple[float, float]]) -> Outputs:
    """Return probabilities and predictions from the numbers (n, outputs) of a network."""
    found: Outputs = []
    start = 0
    for target, (mean, deviation) in zip(targets, scales, strict=True):
        part = raw[:, start : start + target.width]
        start += target.width
        if target.kind == "regression":
            found.append(part * deviation + mean)
            continue
        logits = np.concatenate([np.zeros_like(part), part], axis=1) if target.width == 1 else part
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        found.append(powers / powers.sum(axis=1, keepdims=True))
    return found


def _standard(target: Target, train: Rows) -> tuple[float, float]:
    """Return what measurements are centred and divided by; classes stay."""
    if target.kind == "classification":
        return 0.0, 1.0
    values = target.values[train]
    return float(values.mean()), float(values.std()) or 1.0


def _network(head: Head, features: Features, outputs: int, fitting: Fitting) -> tuple[nn.Module, float]:
    if head == "mlp":
        return mlp(features.width, outputs), MLP_RATE
    network = column_network(
        head,
        features.width,
        features.length,
        outputs,
        learned=features.learned,
        projection=fitting.projection,
    )
    return network, PRESETS[head].learning_rate
