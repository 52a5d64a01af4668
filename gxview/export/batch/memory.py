"""How much memory the process and its devices hold."""

from __future__ import annotations

import os
import resource
import sys
from collections.abc import Sequence

import torch


def process_memory() -> int:
    """Return the bytes that the process holds in memory now (where that cannot be told: at most held so far)."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def device_memory(devices: Sequence[str]) -> int | None:
    """Return the bytes that this process holds on its GPUs, None without any."""
    held = [torch.cuda.memory_reserved(device) for device in devices if device.startswith("cuda")]
    return sum(held) if held else None
