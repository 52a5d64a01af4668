"""Processes that measure on request, so that ours and others' can be measured in turns within one run.

A worker waits for a line of JSON, ``{"job": NAME, "arguments": {...}}``, does it and answers with another. While one
works the others wait without using a processor. Nothing here imports more than the standard library: peers run in
environments of their own.
"""

from __future__ import annotations

import ctypes
import json
import os
import re
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
# As `gxview` sets it for itself: threads that wait for work sleep instead of burning the processor of the next one.
ENVIRONMENT = {"OMP_WAIT_POLICY": "PASSIVE", "TOKENIZERS_PARALLELISM": "false"}


class Worker:
    """A process that does jobs, one after the other.

    Parameters
    ----------
    python
        Interpreter of its environment.
    module
        Calls `serve`.
    """

    def __init__(self, python: Path | str, module: str) -> None:
        self._module = module
        self._process = subprocess.Popen(
            [str(python), "-m", module],
            cwd=ROOT,
            env={**os.environ, **ENVIRONMENT},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, job: str, **arguments: Any) -> Any:
        """Let a job be done and return its answer.

        Raises
        ------
        SystemExit
            If it failed; its traceback was printed by the worker.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"job": job, "arguments": arguments}) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        answer = json.loads(line) if line else {"error": "it ended"}
        if "error" in answer:
            raise SystemExit(f"{self._module} failed in {job}: {answer['error']}")
        return answer["result"]

    def close(self) -> None:
        """Close its input, upon which it ends, and wait for that."""
        self._process.communicate()


def serve(jobs: Mapping[str, Callable[..., Any]]) -> None:
    """Do jobs until the input ends; whatever libraries print goes to stderr."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer = {"result": jobs[request["job"]](**request["arguments"])}
        except Exception as error:  # noqa: BLE001  # told to the other process, which stops
            traceback.print_exc()
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), file=answers, flush=True)


_WARM: set[object] = set()


def seconds(key: object, call: Callable[[], object]) -> float:
    """Time a call; the first with this key is made once more beforehand, untimed."""
    if key not in _WARM:
        call()
        _WARM.add(key)
    return once(call)


def once(call: Callable[[], object]) -> float:
    """Time a call without making it before."""
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def memory_growth(call: Callable[[], object]) -> float:
    """Return by how many MB a call makes this process grow at most; 0 where the system does not tell."""
    try:
        ctypes.CDLL(None).malloc_trim(0)  # gives back what earlier calls have freed
        Path("/proc/self/clear_refs").write_text("5")  # the peak starts anew
        before = megabytes(Path("/proc/self/status"), "VmRSS")
    except (OSError, AttributeError):
        return 0.0
    call()
    return megabytes(Path("/proc/self/status"), "VmHWM") - before


def megabytes(path: Path, name: str) -> float:
    """Return a figure of memory from a file that Linux keeps about a process; 0 where it has none.

    Raises
    ------
    OSError
        If there is no such file, or no such process any more.
    """
    found = re.search(rf"^{name}:\s+(\d+) kB", path.read_text(), re.MULTILINE)
    return int(found[1]) / 1e3 if found else 0.0
