"""The steps of training, whatever is trained."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import torch
from torch import Tensor, nn
from torch.optim.lr_scheduler import LambdaLR, ReduceLROnPlateau

from gxview.errors import GxviewError, UsageError
from gxview.models.training.devices import Devices, OneDevice


@dataclass(frozen=True)
class Optimisation:
    """How the weights are moved.

    Attributes
    ----------
    learning_rate, weight_decay
        Of AdamW; biases and normalisation weights do not decay.
    batch_size, epochs
        Sequences of one step, and the most passes over the data.
    patience
        Epochs without a better validation loss after which training stops.
    schedule
        ``linear``: warm up, then fall to zero at the last step (the official recipe of DNABERT-2).
        ``plateau``: a fifth of the learning rate after 5 epochs without a better validation loss (Tang et al. 2025).
    warmup_steps
        Steps over which a linear schedule rises from zero.
    clip
        Largest norm of the gradient.
    accumulate
        Parts into which each process cuts the sequences of a step, whose gradients are summed before the weights move:
        less memory, the same step. Only batch normalisation, which sees one part at a time, tells the difference.
    """

    learning_rate: float
    weight_decay: float
    batch_size: int
    epochs: int
    patience: int
    schedule: Literal["linear", "plateau"]
    warmup_steps: int = 0
    clip: float = 1.0
    accumulate: int = 1

    def __post_init__(self) -> None:
        for name in ("batch_size", "epochs", "patience", "accumulate"):
            if getattr(self, name) < 1:
                raise UsageError(f"{name.replace('_', ' ')} must be at least 1, not {getattr(self, name)}.")
        if self.learning_rate <= 0:
            raise UsageError(f"The learning rate must be above 0, not {self.learning_rate}.")
        if self.schedule not in ("linear", "plateau"):
            raise UsageError(f"A schedule is linear or plateau, not '{self.schedule}'.")
        if self.clip <= 0:
            raise UsageError(f"The largest norm of the gradient must be above 0, not {self.clip}.")
        if 2 * self.accumulate > self.batch_size and self.accumulate > 1:
            raise UsageError(
                f"A step of {self.batch_size} sequences cannot be cut into {self.accumulate} parts of two or more."
            )


FINE_TUNING = Optimisation(3e-5, 0.01, 32, epochs=5, patience=3, schedule="linear", warmup_steps=50)
"""The official recipe for a published DNABERT-2 checkpoint (epochs there: 3 to 10, by task)."""
LORA_TUNING = Optimisation(3e-4, 0.01, 32, epochs=5, patience=3, schedule="linear", warmup_steps=50)
"""The official recipe, ten times as fast: the change of a weight starts at zero and is a product of two small ones."""
FROM_RANDOM = Optimisation(5e-4, 0.01, 32, epochs=20, patience=5, schedule="linear", warmup_steps=50)
"""For a small DNABERT-2 without published weights, where the fine-tuning rate would learn next to nothing."""
PRETRAINING = Optimisation(5e-4, 0.01, 32, epochs=10, patience=10, schedule="linear", warmup_steps=200)
"""For masked-language-model pre-training of a small DNABERT-2."""
CONVOLUTION = Optimisation(1e-3, 0.0, 64, epochs=50, patience=10, schedule="plateau")
"""For convolutional networks (Adam; Tang et al. 2025, page 23)."""


@dataclass(frozen=True)
class TrainProgress:
    """Where training is, counted from 1.

    ``measures`` of the validation set are there after the last step of an epoch, ``fold`` is the member of several.
    A run that goes on tells its finished epochs once more, ``repeated``.
    """

    phase: str
    epoch: int
    epochs: int
    step: int
    steps: int
    loss: float
    measures: dict[str, float] = field(default_factory=dict)
    fold: int | None = None
    repeated: bool = False


Progress = Callable[[TrainProgress], None]
IsCancelled = Callable[[], bool]

LogitsOf = Callable[[Sequence[str]], Tensor]
"""From sequences to their logits (N, num_labels) under the weights of the moment, with gradient."""

Auxiliary = Callable[[LogitsOf, np.random.Generator], Tensor]
"""A scalar that is added to the loss of every step; the generator is its own, so that batches stay as they are."""


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Make random numbers repeatable inside the block, and leave those of the rest of the program alone."""
    with torch.random.fork_rng(devices=range(torch.cuda.device_count())):
        torch.manual_seed(seed)
        yield


class Diverged(GxviewError):
    """The loss is no finite number."""


CANCELLED = "Training was cancelled; nothing was written."
DIVERGED = "Training diverged (the loss is no finite number); choose a smaller learning rate."


class Fitter:
    """Moves the weights of one network.

    Parameters
    ----------
    network
        The network; only weights that require a gradient are moved.
    settings
        How.
    steps_per_epoch
        For the linear schedule.
    devices
        Where; by default one device, in float32.
    """

    def __init__(
        self, network: nn.Module, settings: Optimisation, steps_per_epoch: int, devices: Devices | None = None
    ) -> None:
        self._clip, self._devices = settings.clip, devices or OneDevice()
        self._weights = [weight for weight in network.parameters() if weight.requires_grad]
        self._optimiser = torch.optim.AdamW(_groups(self._weights, settings), lr=settings.learning_rate, fused=True)
        total = max(1, settings.epochs * steps_per_epoch)
        self._linear = self._plateau = None
        if settings.schedule == "linear":
            self._linear = LambdaLR(self._optimiser, _linear(settings.warmup_steps, total))
        else:
            self._plateau = ReduceLROnPlateau(self._optimiser, factor=0.2, patience=5)

    @property
    def learning_rate(self) -> float:
        """The learning rate of the next step."""
        return float(self._optimiser.param_groups[0]["lr"])

    def step(self, *parts: Tensor) -> float:
        """Move the weights against the gradient of a sum of losses and return its value."""
        return self.step_in_parts(parts)

    def step_in_parts(self, parts: Iterable[Tensor]) -> float:
        """Move the weights against the gradient of a sum of losses, each of them asked for when its turn comes.

        Returns the sum; of several processes, the mean of their sums.

        Raises
        ------
        GxviewError
            When the sum is no finite number.
        """
        self._optimiser.zero_grad(set_to_none=True)
        total = 0.0
        for part in parts:
            total += float(part.detach())
            self._devices.backward(part)
        value = self._devices.mean(total)
        if not math.isfinite(value):
            raise Diverged(DIVERGED)
        self._devices.move(self._optimiser, self._weights, self._clip)
        if self._linear is not None:
            self._linear.step()
        return value

    def epoch_done(self, validation_loss: float) -> None:
        """Tell the validation loss after an epoch."""
        if self._plateau is not None:
            self._plateau.step(validation_loss)

    def state_dict(self) -> dict[str, Any]:
        """Return what the next step depends on besides the weights."""
        schedule = self._linear or self._plateau
        assert schedule is not None
        return {
            "optimiser": self._optimiser.state_dict(),
            "schedule": schedule.state_dict(),
            "devices": self._devices.state_dict(),
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from what `state_dict` returned."""
        schedule = self._linear or self._plateau
        assert schedule is not None
        self._optimiser.load_state_dict(state["optimiser"])
        schedule.load_state_dict(state["schedule"])
        self._devices.load_state_dict(state["devices"])


def _groups(trained: Sequence[nn.Parameter], settings: Optimisation) -> list[dict[str, object]]:
    return [
        {"params": [weight for weight in trained if weight.ndim > 1], "weight_decay": settings.weight_decay},
        {"params": [weight for weight in trained if weight.ndim <= 1], "weight_decay": 0.0},
    ]


def _linear(warmup: int, total: int) -> Callable[[int], float]:
    rise = min(warmup, total // 10 + 1)

    def factor(step: int) -> float:
        if step < rise:
            return (step + 1) / rise
        return max(0.0, (total - step) / max(1, total - rise))

    return factor
