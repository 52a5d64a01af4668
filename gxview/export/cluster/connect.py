"""From what a person writes behind ``--dask`` to a client of a scheduler."""

from __future__ import annotations

import logging
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from gxview.errors import GxviewError, UsageError

_LOCAL = re.compile(r"local:([1-9][0-9]{0,3})")
_REMOTE = re.compile(r"(tcp|tls|ucx|ws|wss)://[^\s/]+:[0-9]+")
_THREADS = 3  # of a worker: one shard is read, one computed, one sent
_TIMEOUT = 30.0
_ANY_PORT = "127.0.0.1:0"  # without an address the status pages would be open to other machines


def check_address(address: str) -> None:
    """Raise UsageError if an address is none."""
    if not (_LOCAL.fullmatch(address) or _REMOTE.fullmatch(address)):
        raise UsageError(f"--dask is the address of a scheduler, tcp://host:8786, or local:N, not '{address}'.")


@contextmanager
def connected(address: str, timeout: float = _TIMEOUT) -> Iterator[Any]:
    """Open a client of a scheduler, or of workers that are started on this machine.

    Parameters
    ----------
    address : str
        ``tcp://host:8786``, or ``local:N`` for N workers here.
    timeout : float
        Seconds after which a scheduler that does not answer is given up.

    Raises
    ------
    UsageError
        If the address is none, or dask.distributed is missing.
    GxviewError
        If no scheduler answers.
    """
    check_address(address)
    distributed = _distributed()
    local = _LOCAL.fullmatch(address)
    if local is None:
        with _client(distributed, address, timeout) as client:
            yield client
        return
    with (
        distributed.LocalCluster(
            n_workers=int(local[1]),
            threads_per_worker=_THREADS,
            host="127.0.0.1",
            dashboard_address=_ANY_PORT,
            worker_dashboard_address=_ANY_PORT,
            memory_limit=None,
            silence_logs=logging.CRITICAL,
            preload=[__name__],
        ) as cluster,
        _client(distributed, cluster, timeout) as client,
    ):
        yield client


def dask_setup(_worker: Any) -> None:
    """Let Ctrl-C end the coordinator alone, which ends its own workers; called in every worker that it starts."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _distributed() -> Any:
    try:
        import distributed
    except ImportError:
        raise UsageError(
            "--dask needs dask.distributed, which is missing: install the extra gxview[cluster]."
        ) from None
    # What matters is told as a sentence. asyncio would show a traceback when dask drops a result of a lost worker.
    for name in ("distributed", "distributed.client", "tornado.application", "asyncio"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    return distributed


@contextmanager
def _client(distributed: Any, place: Any, timeout: float) -> Iterator[Any]:
    try:
        client = distributed.Client(place, timeout=timeout, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise GxviewError(f"No scheduler answers at {place} within {timeout:g} s ({_first_line(error)}).") from None
    try:
        yield client
    finally:
        client.close(timeout=5)


def _first_line(error: BaseException) -> str:
    lines = str(error).splitlines()
    return lines[0] if lines else type(error).__name__
