"""Numbers of networks in float64."""

from __future__ import annotations

from torch import Tensor


def widened(values: Tensor) -> Tensor:
    """Return a tensor in float64, on its device or, where that has no float64 (MPS), on the CPU."""
    return (values.cpu() if values.device.type == "mps" else values).double()
