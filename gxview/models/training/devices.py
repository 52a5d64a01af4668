"""Where training happens: on one device, or on several in processes that a launcher started, in float32 or mixed.

Several processes are told by what ``torchrun`` and ``accelerate launch`` put into the environment; accelerate then does
their talking, and is imported only there.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, Protocol

import torch
from torch import Tensor, nn

from gxview.errors import UsageError

_TYPES = {"bf16": torch.bfloat16, "fp16": torch.float16}


class Devices(Protocol):
    """What the steps of training ask for.

    Attributes
    ----------
    rank, world
        Number of this process and how many there are.
    device
        Device of this process.
    """

    rank: int
    world: int
    device: torch.device

    def wrap(self, network: nn.Module) -> nn.Module:
        """Return the module to call in training; its gradients are those of all processes."""
        ...

    def mixed(self) -> AbstractContextManager[Any]:
        """Give a block in which products have the precision of training."""
        ...

    def alone(self, network: nn.Module) -> AbstractContextManager[Any]:
        """Give a block in which gradients stay within this process, for all but the last part of a step."""
        ...

    def backward(self, loss: Tensor) -> None:
        """Add the gradient of a loss."""
        ...

    def move(self, optimiser: torch.optim.Optimizer, weights: Sequence[nn.Parameter], clip: float) -> None:
        """Clip the gradient and move the weights."""
        ...

    def mean(self, value: float) -> float:
        """Return the mean of a number over the processes."""
        ...

    def any(self, answer: bool) -> bool:
        """Whether any process answers true."""
        ...

    def gather(self, item: Any) -> list[Any]:
        """Return what every process gives, in the order of their numbers."""
        ...

    def state_dict(self) -> dict[str, Any]:
        """Return the state of the scale of the loss."""
        ...

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on with a state."""
        ...


class OneDevice:
    """One process on one device.

    Parameters
    ----------
    device
        The device.
    precision
        ``float32``, ``bf16`` or, on a CUDA device, ``fp16``.

    Raises
    ------
    UsageError
        For half precision on a device that does not multiply in it.
    """

    rank, world = 0, 1

    def __init__(self, device: torch.device | None = None, precision: str = "float32") -> None:
        self.device, self._precision = device or torch.device("cpu"), precision
        check_training_precision(precision, self.device)
        self._scaler = torch.amp.GradScaler(self.device.type) if precision == "fp16" else None

    def wrap(self, network: nn.Module) -> nn.Module:
        """Return the network itself."""
        return network

    def mixed(self) -> AbstractContextManager[Any]:
        """Give a block in which products have the precision of training."""
        if self._precision == "float32":
            return nullcontext()
        return torch.autocast(self.device.type, _TYPES[self._precision])

    def alone(self, network: nn.Module) -> AbstractContextManager[Any]:
        """Give a block in which nothing is different."""
        return nullcontext()

    def backward(self, loss: Tensor) -> None:
        """Add the gradient of a loss."""
        torch.autograd.backward(loss if self._scaler is None else self._scaler.scale(loss))

    def move(self, optimiser: torch.optim.Optimizer, weights: Sequence[nn.Parameter], clip: float) -> None:
        """Clip the gradient and move the weights."""
        if self._scaler is None:
            nn.utils.clip_grad_norm_(weights, clip)
            optimiser.step()
            return
        self._scaler.unscale_(optimiser)
        nn.utils.clip_grad_norm_(weights, clip)
        self._scaler.step(optimiser)
        self._scaler.update()

    def mean(self, value: float) -> float:
        """Return the number itself."""
        return value

    def any(self, answer: bool) -> bool:
        """Return the answer itself."""
        return answer

    def gather(self, item: Any) -> list[Any]:
        """Return a list of the item alone."""
        return [item]

    def state_dict(self) -> dict[str, Any]:
        """Return the state of the scale of the loss; empty unless in half precision."""
        return {} if self._scaler is None else dict(self._scaler.state_dict())

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on with a state."""
        if self._scaler is not None:
            self._scaler.load_state_dict(state)


class SeveralDevices:
    """One of several processes, each with its device; accelerate carries gradients and numbers between them.

    Parameters
    ----------
    device
        ``cpu``, or anything else for the GPU that the launcher gives to this process.
    precision
        As for `OneDevice`.
    """

    def __init__(self, device: str, precision: str = "float32") -> None:
        from accelerate import Accelerator

        mixed = "no" if precision == "float32" else precision
        self._accelerator = Accelerator(cpu=device == "cpu", mixed_precision=mixed)
        self.rank, self.world = self._accelerator.process_index, self._accelerator.num_processes
        self.device = self._accelerator.device
        check_training_precision(precision, self.device)

    def wrap(self, network: nn.Module) -> nn.Module:
        """Return the network in a module that averages the gradients of all processes."""
        wrapped: nn.Module = self._accelerator.prepare_model(network)
        return wrapped

    @contextmanager
    def mixed(self) -> Iterator[None]:
        """Give a block in which products have the precision of training."""
        with self._accelerator.autocast():
            yield

    @contextmanager
    def alone(self, network: nn.Module) -> Iterator[None]:
        """Give a block in which gradients stay within this process."""
        with self._accelerator.no_sync(network):
            yield

    def backward(self, loss: Tensor) -> None:
        """Add the gradient of a loss."""
        self._accelerator.backward(loss)

    def move(self, optimiser: torch.optim.Optimizer, weights: Sequence[nn.Parameter], clip: float) -> None:
        """Clip the gradient and move the weights."""
        scaler = self._accelerator.scaler
        if scaler is not None:
            scaler.unscale_(optimiser)
        nn.utils.clip_grad_norm_(weights, clip)
        if scaler is None:
            optimiser.step()
            return
        scaler.step(optimiser)
        scaler.update()

    def mean(self, value: float) -> float:
        """Return the mean of a number over the processes."""
        return float(sum(self.gather(value)) / self.world)

    def any(self, answer: bool) -> bool:
        """Whether any process answers true."""
        return any(self.gather(answer))

    def gather(self, item: Any) -> list[Any]:
        """Return what every process gives, in the order of their numbers."""
        from accelerate.utils import gather_object

        found: list[Any] = gather_object([item])
        return found

    def state_dict(self) -> dict[str, Any]:
        """Return the state of the scale of the loss; empty unless in half precision."""
        scaler = self._accelerator.scaler
        return {} if scaler is None else dict(scaler.state_dict())

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on with a state."""
        if self._accelerator.scaler is not None:
            self._accelerator.scaler.load_state_dict(state)


def processes() -> int:
    """Return how many processes the launcher started, 1 without one."""
    return int(os.environ.get("WORLD_SIZE", "1"))


def check_training_precision(precision: str, device: torch.device) -> None:
    """Raise :class:`~gxview.errors.UsageError` for a precision that a device does not train in."""
    if precision == "fp16" and device.type != "cuda":
        raise UsageError(f"The precision fp16 needs a CUDA device, and training is on {device}; use bf16 or float32.")
    if precision == "bf16" and device.type not in ("cpu", "cuda"):
        raise UsageError(f"The precision bf16 needs a CPU or a CUDA device, not {device}; use float32.")
