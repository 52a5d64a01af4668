"""Epochs and steps, whatever is trained; kept on disk, so that a run goes on where it was."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from gxview.errors import Cancelled
from gxview.models.fit import CANCELLED, Fitter, IsCancelled, Optimisation, Progress, TrainProgress
from gxview.models.training.checkpoint import Keeper
from gxview.models.training.devices import Devices

ROW = ("epoch", "learning_rate", "train_loss")
"""What a row of the history holds besides the measures of the validation set."""


class Work(Protocol):
    """What is trained.

    Attributes
    ----------
    phase
        ``train`` or ``pretrain``.
    network
        The network, as it is written.
    module
        What is called in training: the network, or what shares its gradients with other processes.
    rng
        Draws the batches and what changes in them.
    other_rngs
        Further generators whose state belongs to the run.
    """

    phase: str
    network: nn.Module
    module: nn.Module
    rng: np.random.Generator
    other_rngs: Sequence[np.random.Generator]

    def batches(self) -> list[NDArray[np.int64]]:
        """Draw the batches of an epoch."""
        ...

    def inputs(self, rows: NDArray[np.int64]) -> Any:
        """Draw what enters the network for a batch, the same in every process."""
        ...

    def share(self, inputs: Any, places: NDArray[np.int64]) -> float:
        """Return the size of a part of a batch, as its mean loss counts it."""
        ...

    def loss(self, inputs: Any, places: NDArray[np.int64]) -> Tensor:
        """Return the mean loss of a part of a batch."""
        ...

    def addition(self) -> Tensor | None:
        """Return what is added to the loss of each step."""
        ...

    def validate(self) -> dict[str, float]:
        """Return ``validation_loss`` and measures; nothing where there is no validation set."""
        ...

    def keep(self) -> None:
        """Write the weights of the moment as the best ones."""
        ...


@dataclass
class State:
    """Where a run is: what JSON can hold of it.

    ``epoch`` is the running one, counted from 1, and ``step`` the steps that are done in it; ``total`` is the sum of
    losses over the ``seen`` sequences; ``draws`` is the generator's state at the begin of the epoch.
    """

    epoch: int = 1
    step: int = 0
    total: float = 0.0
    seen: int = 0
    rate: float = 0.0
    seconds: float = 0.0
    best: int = 0
    best_loss: float | None = None
    history: list[dict[str, float]] = field(default_factory=list)
    draws: dict[str, Any] = field(default_factory=dict)


class Loop:
    """Trains until the last epoch or until patience ends.

    Parameters
    ----------
    work
        What is trained.
    recipe
        How.
    fitter
        Moves the weights.
    keeper
        Keeps the state.
    devices
        Where it happens.
    progress, cancelled
        Told after each step; asked before each step.
    """

    def __init__(
        self,
        work: Work,
        recipe: Optimisation,
        fitter: Fitter,
        keeper: Keeper,
        devices: Devices,
        progress: Progress | None,
        cancelled: IsCancelled | None,
    ) -> None:
        self.work, self.recipe, self.fitter = work, recipe, fitter
        self.keeper, self.devices = keeper, devices
        self._progress, self._cancelled = progress, cancelled
        self.state = State()

    def run(self) -> State:
        """Train, from where the state that was kept left off.

        Raises
        ------
        GxviewError
            When training diverges or the state cannot be kept.
        Cancelled
            When `cancelled` said so; what was done is kept, if anything is.
        """
        self._restore()
        while not self._over():
            self._epoch()
        return self.state

    def _over(self) -> bool:
        done = self.state.epoch - 1
        return done >= self.recipe.epochs or (self.state.best > 0 and done - self.state.best >= self.recipe.patience)

    def _epoch(self) -> None:
        state, begun = self.state, time.monotonic()
        batches = self._batches()
        self.work.module.train()
        for rows in batches[state.step :]:
            self._stop_if_asked(begun)
            value = self.fitter.step_in_parts(self._parts(rows))
            state.total, state.seen, state.step = (
                state.total + value * len(rows),
                state.seen + len(rows),
                state.step + 1,
            )
            if state.step < len(batches):
                self._tell(len(batches), state.total / state.seen)
                if state.step % self.keeper.every == 0:
                    begun = self._save(begun)
        self._close(len(batches), begun)

    def _batches(self) -> list[NDArray[np.int64]]:
        """Return the batches of the epoch, those that are done included, and leave the generator where it was."""
        state, rng = self.state, self.work.rng
        now = rng.bit_generator.state
        if state.step == 0:
            state.draws, state.rate = dict(now), self.fitter.learning_rate
        rng.bit_generator.state = state.draws
        batches = self.work.batches()
        if state.step:
            rng.bit_generator.state = now
        return batches

    def _parts(self, rows: NDArray[np.int64]) -> Iterator[Tensor]:
        """Yield the losses of this process' parts of a batch, weighted so that their sum is the mean over the batch."""
        inputs = self.work.inputs(rows)
        whole = self.work.share(inputs, np.arange(len(rows)))
        mine = np.arange(len(rows))[self.devices.rank :: self.devices.world]
        idle = len(mine) == 0  # more processes than sequences: the gradient is waited for all the same
        parts = np.array_split(np.zeros(1, dtype=np.int64) if idle else mine, self._number(len(mine)))
        for index, places in enumerate(parts):
            last = index == len(parts) - 1
            with self._together(last), self.devices.mixed():
                factor = 0.0 if idle else self.work.share(inputs, places) * self.devices.world / max(whole, 1e-30)
                loss = self.work.loss(inputs, places) * factor
                added = self.work.addition() if last else None
                yield loss if added is None else loss + added

    def _number(self, mine: int) -> int:
        return max(1, min(self.recipe.accumulate, mine // 2))

    def _together(self, last: bool) -> AbstractContextManager[Any]:
        return nullcontext() if last else self.devices.alone(self.work.module)

    def _close(self, steps: int, begun: float) -> None:
        """Validate after an epoch, keep the weights if they are the best, and begin the next one."""
        state = self.state
        found = self.work.validate()
        loss = state.total / state.seen
        row = {"epoch": state.epoch, "learning_rate": state.rate, "train_loss": loss, **found}
        state.history.append(row)
        value = found.get("validation_loss")
        if value is not None:
            self.fitter.epoch_done(value)
        if value is None or state.best_loss is None or value < state.best_loss:
            state.best, state.best_loss = state.epoch, value
            if self.devices.rank == 0:
                self.work.keep()
        epoch, state.epoch, state.step, state.total, state.seen = state.epoch, state.epoch + 1, 0, 0.0, 0
        self._save(begun)
        self._tell(steps, loss, found, epoch=epoch, step=steps)

    def _stop_if_asked(self, begun: float) -> None:
        if self.devices.any(self._cancelled is not None and self._cancelled()):
            if (
                self.state.step
            ):  # before the first step of an epoch the checkpoint of the last one holds, as it was written
                self._save(begun)
            kept = "the same command goes on from the checkpoint." if self.keeper.keeps else ""
            raise Cancelled(f"Training was stopped; {kept}" if kept else CANCELLED)

    def _tell(
        self,
        steps: int,
        loss: float,
        measures: dict[str, float] | None = None,
        *,
        epoch: int = 0,
        step: int = 0,
        repeated: bool = False,
    ) -> None:
        if self._progress is not None and self.devices.rank == 0:
            at, done, epochs = epoch or self.state.epoch, step or self.state.step, self.recipe.epochs
            told = dict(measures or {})
            self._progress(TrainProgress(self.work.phase, at, epochs, done, steps, loss, told, repeated=repeated))

    def _save(self, begun: float) -> float:
        now = time.monotonic()
        self.state.seconds += now - begun
        rngs = [generator.bit_generator.state for generator in (self.work.rng, *self.work.other_rngs)]
        random = self.devices.gather(_random_state(self.devices.device))
        if self.keeper.keeps:
            told = json.dumps({"state": asdict(self.state), "rngs": rngs})
            self.keeper.save(
                {"told": told, "network": self.work.network.state_dict(), "random": random, **self.fitter.state_dict()}
            )
        return now

    def _restore(self) -> None:
        kept = self.keeper.load()
        if kept is None:
            return
        told = json.loads(kept["told"])
        self.state = State(**told["state"])
        for generator, state in zip((self.work.rng, *self.work.other_rngs), told["rngs"], strict=True):
            generator.bit_generator.state = state
        self.work.network.load_state_dict(kept["network"])
        self.fitter.load_state_dict(kept)
        for row in self.state.history:
            found = {name: value for name, value in row.items() if name not in ROW}
            self._tell(1, row["train_loss"], found, epoch=int(row["epoch"]), step=1, repeated=True)
        _set_random_state(kept["random"][self.devices.rank], self.devices.device)


def _random_state(device: torch.device) -> dict[str, Tensor]:
    found = {"cpu": torch.get_rng_state()}
    return found | ({"cuda": torch.cuda.get_rng_state(device)} if device.type == "cuda" else {})


def _set_random_state(state: dict[str, Tensor], device: torch.device) -> None:
    torch.set_rng_state(state["cpu"])
    if "cuda" in state and device.type == "cuda":
        torch.cuda.set_rng_state(state["cuda"], device)
