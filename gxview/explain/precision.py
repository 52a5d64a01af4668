"""In which precision a pass multiplies, as a matter of one pass and not of the process."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch

from gxview.errors import UsageError
from gxview.models.base import Model

PRECISIONS = ("float32", "tf32", "bf16")

# PyTorch keeps these choices for the whole process, so passes of two threads must not be begun at the same time.
_CHOICE = threading.RLock()


def check_precision(
    precision: str, model: Model, options: tuple[tuple[str, str], ...] = (), device: str | None = None
) -> str:
    """Return a precision that a model can be explained in, on its device or on another kind of device.

    Raises
    ------
    UsageError
        For one that does not exist, or that this device, this kind of model or this rule does not have.
    """
    if precision not in PRECISIONS:
        raise UsageError(f"There is no precision '{precision}'; use one of {', '.join(PRECISIONS)}.")
    place = device or str(model.device)
    if precision != "float32" and torch.device(place).type != "cuda":
        raise UsageError(f"The precision {precision} needs a CUDA device, and {model.name} is on {place}; use float32.")
    if precision == "bf16" and model.kind != "dnabert2":
        raise UsageError(f"{model.name} is no transformer; use the precision float32 or tf32.")
    if precision == "bf16" and ("alibi", "identity") in options:
        raise UsageError("The ALiBi rule identity divides by scores and needs the precision float32 or tf32.")
    return precision


def product_dtype(precision: str, dtype: torch.dtype) -> torch.dtype:
    """Return the precision of what enters a product, for weights of this precision."""
    return torch.bfloat16 if precision == "bf16" else dtype


@contextmanager
def arithmetic(precision: str, device: torch.device) -> Iterator[None]:
    """Let products and convolutions that are started inside have this precision and the same bits in every run.

    On a GPU only; one thread at a time is inside.
    """
    if device.type != "cuda":
        yield
        return
    wanted = _wanted("tf32" if precision == "tf32" else "ieee")
    with _CHOICE:
        before = [getattr(place, name) for place, name, _ in wanted]
        try:
            for place, name, value in wanted:
                setattr(place, name, value)
            yield
        finally:
            for (place, name, _), value in zip(wanted, before, strict=True):
                setattr(place, name, value)


def _wanted(products: str) -> list[tuple[Any, str, Any]]:
    matmul: Any = torch.backends.cuda.matmul
    cudnn: Any = torch.backends.cudnn
    if hasattr(matmul, "fp32_precision"):
        by_name: list[tuple[Any, str, Any]] = [
            (matmul, "fp32_precision", products),
            (cudnn.conv, "fp32_precision", products),
        ]
    else:  # PyTorch before 2.9
        by_name = [(matmul, "allow_tf32", products == "tf32"), (cudnn, "allow_tf32", products == "tf32")]
    return [
        *by_name,
        (matmul, "allow_bf16_reduced_precision_reduction", False),
        (cudnn, "deterministic", True),
        (cudnn, "benchmark", False),
    ]
