"""bigWig writers: speed, memory, and how long they stop the rest of a process, for 1, 10 and 100 Mb in one run.

Run with ``python -m benchmarks bigwig_writers [MB ...]``; writes ``results/bigwig_writers.json``. Each writer gets the
same float32 noise, a million bases at a time, in a process of its own: one value for every base (``dense``), or peaks
of 500 bases, 1,000 apart, so that 100 Mb hold 100,000 of them (``peaks``). ``stall`` is the longest time in which a
thread beside the writer, which wants to run every millisecond, did not run. ``pybigtools`` takes its values as tuples;
it is no writer of the program.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.record import ROOT, save
from gxview.export.writers import check_bigwig, open_bigwig
from gxview.export.writers.base import writers

MEGABASES = (1, 10, 100)
KINDS = ("dense", "peaks")
PYBIGTOOLS = "pybigtools"
_PIECE = 1 << 20
Pieces = Iterator[tuple[str, int, NDArray[np.float32]]]


def pieces(kind: str, length: int) -> Pieces:
    """Yield noise of the size of relevance, in the order of the genome."""
    rng = np.random.default_rng(0)
    for start in range(0, length, _PIECE):
        values = 0.01 * rng.normal(size=min(_PIECE, length - start)).astype(np.float32)
        if kind == "peaks":
            values[np.arange(start, start + len(values)) % 1000 >= 500] = np.nan
        yield "chr1", start, values


def write(writer: str, path: Path, kind: str, length: int) -> None:
    """Write with a writer of the program, or pybigtools."""
    if writer != PYBIGTOOLS:
        with open_bigwig(path, {"chr1": length}, bases=length, writer=writer) as file:
            for piece in pieces(kind, length):
                file.add(*piece)
        return
    import pybigtools

    pybigtools.open(str(path), "w").write({"chr1": length}, _tuples(pieces(kind, length)))


def _tuples(parts: Pieces) -> Iterator[tuple[str, int, int, float]]:
    for chrom, start, values in parts:
        known = np.flatnonzero(np.isfinite(values))
        firsts = known + start
        yield from zip(
            [chrom] * len(known), firsts.tolist(), (firsts + 1).tolist(), values[known].tolist(), strict=True
        )


class Beside:
    """A thread that wants to run every millisecond."""

    def __init__(self) -> None:
        self.longest = 0.0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def stop(self) -> float:
        """Return the longest time without running, in seconds."""
        self._stop.set()
        self._thread.join()
        return self.longest

    def _run(self) -> None:
        last = time.perf_counter()
        while not self._stop.wait(0.001):
            now = time.perf_counter()
            self.longest, last = max(self.longest, now - last), now


def measure(writer: str, kind: str, megabases: int) -> dict[str, float]:
    """Write once, after a small file that loads and compiles what is needed; the time to make the noise is left out."""
    length = megabases * 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.bw"
        write(writer, path, kind, 100_000)
        making = timed(lambda: deque(pieces(kind, length), maxlen=0))
        before = _memory()
        beside = Beside()
        wall, processor = timed(lambda: write(writer, path, kind, length))
        stall = beside.stop()
        peak = _memory()
        size = path.stat().st_size
        check_bigwig(path, pieces(kind, length))
    values = length // 2 if kind == "peaks" else length
    return {
        "megabases_per_second": length / 1e6 / (wall - making[0]),
        "processor_seconds_per_10_megabases": (processor - making[1]) / length * 1e7,
        "memory_before_mib": before,
        "memory_peak_mib": peak,
        "longest_stall_ms": 1000 * stall,
        "bytes_per_value": size / values,
    }


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Return the seconds of the clock and of the processor that work took."""
    wall, processor = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - processor


def _memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def in_process(writer: str, kind: str, megabases: int) -> dict[str, float]:
    """Measure in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.bigwig_writers", "--one", writer, kind, str(megabases)]
    run = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    found: dict[str, float] = json.loads(run.stdout)
    return found


def compare(kind: str, megabases: int) -> list[dict[str, Any]]:
    """Measure all writers, one after the other, and print a line for each."""
    rows: list[dict[str, Any]] = []
    for writer in (*writers(), PYBIGTOOLS):
        rows.append({"writer": writer, "kind": kind, "megabases": megabases, **in_process(writer, kind, megabases)})
    base = next(row for row in rows if row["writer"] == "pyBigWig")
    for row in rows:
        row["speed_of_pybigwig"] = row["megabases_per_second"] / base["megabases_per_second"]
        work = "processor_seconds_per_10_megabases"
        print(
            f"{kind:6s} {megabases:4d} Mb {row['writer']:11s} {row['megabases_per_second']:6.2f} Mb/s "
            f"({row['speed_of_pybigwig']:.2f} x pyBigWig), {row[work]:5.2f} s of processor for 10 Mb, "
            f"peak {row['memory_peak_mib']:5.0f} MiB (before {row['memory_before_mib']:.0f}), "
            f"stall {row['longest_stall_ms']:6.0f} ms, {row['bytes_per_value']:.2f} bytes a value",
            flush=True,
        )
    return rows


def main() -> None:
    """Measure all and save, or one and print it."""
    if sys.argv[1:2] == ["--one"]:
        writer, kind, megabases = sys.argv[2:]
        print(json.dumps(measure(writer, kind, int(megabases))))
        return
    sizes = [int(text) for text in sys.argv[1:]] or MEGABASES
    rows = [row for megabases in sizes for kind in KINDS for row in compare(kind, megabases)]
    print(save("bigwig_writers", {"rows": rows}))


if __name__ == "__main__":
    main()
