"""Threads that stand back for those that compute."""

from __future__ import annotations

import os
import sys
import threading

_NICE = 10


def stand_back() -> None:
    """Give the calling thread a lower priority, where the system knows priorities of threads.

    A network's threads share each operation evenly and wait for the slowest: one of them that loses its core to a
    writer costs all of them. A writer with low priority takes the gaps between operations instead.
    """
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)
