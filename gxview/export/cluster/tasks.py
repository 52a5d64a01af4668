"""The one task of the cluster: the scheduler reads it as well, so this module imports nothing that is heavy."""

from __future__ import annotations

import importlib
import pickle
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

WORKERS = "gxview.export.cluster.workers"


def call(module: str, name: str, arguments: bytes) -> Any:
    """Call a function of a module of the worker."""
    return getattr(importlib.import_module(module), name)(*pickle.loads(arguments))


def release(module: str) -> None:
    """Have a worker forget all jobs; called in every worker."""
    importlib.import_module(module).release()


@dataclass(frozen=True, slots=True)
class Line:
    """Gives tasks to workers.

    Attributes
    ----------
    client
        Of the scheduler.
    module : str
        Has what workers do: ``identify``, ``prepare``, ``work`` and ``release``.
    """

    client: Any
    module: str = WORKERS

    def submit(self, address: str, name: str, *arguments: Any) -> Any:
        """Have one worker call a function; return the future."""
        return self.client.submit(
            call,
            self.module,
            name,
            pickle.dumps(arguments),
            workers=[address],
            allow_other_workers=False,
            pure=False,
            key=f"gxview-{name}-{uuid4().hex}",
        )
