"""64 workers on a real scheduler, with stubs instead of devices, through the real coordinator.

Run with ``python -m benchmarks.cluster.simulate [SHARDS]``; writes ``results/cluster.json``. Two runs: workers that
take no time, which shows what the coordinator bears; and workers that take as long as a GPU of a stated rate, with
spread and stragglers, which shows what the cluster loses. Processor time is measured thread by thread, since wall time
depends on what else the machine does.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from benchmarks.cluster import stub
from benchmarks.record import ROOT, save
from gxview.export.batch.control import Control
from gxview.export.batch.run import run_job
from gxview.export.cluster.site import Cluster
from gxview.job_file import Genome, JobFile, ModelChoice, Places

WORKERS, PROCESSES, BASES, STRIDE = 64, 2, 1 << 18, 100
GPU_SECONDS = 16.0  # of a shard: 64 workers then need no more than a machine that does other work as well can bear
_PARTS = {
    "gxview-keep": "keeping (checksum, write, fsync, journal)",
    "gxview-work-0": "handing out",
    "IO loop": "network",
    "gxview-publish": "giving to the writers",
    "MainThread": "progress",
}


@dataclass
class Watch:
    """Notes how a job goes, from its start on: (seconds, bases), and the processor time of each part."""

    scheduler: psutil.Process
    points: list[tuple[float, int]] = field(default_factory=list)
    first: dict[str, float] = field(default_factory=dict)
    last: dict[str, float] = field(default_factory=dict)
    workers: int = 0

    def tell(self, event: Mapping[str, Any]) -> None:
        """Take an event."""
        if event["event"] == "start":
            self.first = self._clocks()
            self.points.append((time.monotonic(), 0))
        elif event["event"] == "progress" and event["state"] == "running":
            self.workers = max(self.workers, event["workers"])
            self.points.append((time.monotonic(), event["bases"]))
            self.last |= self._clocks()  # some threads end before the last event

    def _clocks(self) -> dict[str, float]:
        found = {"scheduler": sum(self.scheduler.cpu_times()[:2])}
        for thread in threading.enumerate():
            name = next((text for start, text in _PARTS.items() if thread.name.startswith(start)), "")
            if name and thread.ident is not None:
                found[name] = time.clock_gettime(time.pthread_getcpuclockid(thread.ident))
        return found

    def spent(self) -> dict[str, float]:
        """Return the processor time of each part while shards were computed."""
        return {name: value - self.first.get(name, 0.0) for name, value in sorted(self.last.items())}

    def reached(self, bases: int) -> tuple[float, int]:
        """Return when so many bases were there."""
        return next((at, done) for at, done in self.points if done >= bases)


@contextmanager
def scheduler_and_workers(folder: Path, seconds: float) -> Iterator[tuple[str, psutil.Process]]:
    """Start a scheduler and the workers; give its address and its process."""
    environment = {**os.environ, stub.SECONDS: str(seconds), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0"]
    first = subprocess.Popen(
        [*command, "--dashboard-address", "127.0.0.1:0"], stderr=subprocess.PIPE, text=True, cwd=folder
    )
    started = [first]
    try:
        assert first.stderr is not None
        address = next(line.split()[-1] for line in first.stderr if "Scheduler at:" in line)
        drain = threading.Thread(target=first.stderr.read, daemon=True)
        drain.start()
        for _ in range(PROCESSES):
            host = [sys.executable, "-m", "benchmarks.cluster.stub", address, str(WORKERS // PROCESSES)]
            started.append(
                subprocess.Popen(
                    host, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL, cwd=folder, env=environment
                )
            )
        yield address, psutil.Process(first.pid)
    finally:
        for process in reversed(started):
            process.kill()
            process.wait()


def genome(path: Path, shards: int) -> JobFile:
    """Write a random genome of so many shards; return the job on it."""
    letters = np.frombuffer(b"ACGT", np.uint8)[np.random.default_rng(1).integers(0, 4, shards * BASES)]
    path.write_bytes(b">chr1\n" + letters.tobytes() + b"\n")
    return JobFile(
        genome=Genome(path=path),
        places=Places(whole_genome=True),
        models=(ModelChoice(model="sample-cnn"),),
        stride=STRIDE,
        shard_bases=BASES,
        threads=1,
        device="cpu",
    )


def measure(job: JobFile, folder: Path, shards: int, seconds: float) -> dict[str, Any]:
    """Run a job on stubs that take `seconds` for a shard."""
    control = Control()
    with (
        scheduler_and_workers(folder, seconds) as (address, scheduler),
        Cluster(address, control, module=stub.__name__) as site,
    ):
        watch = Watch(scheduler)
        _all_there(address)
        outcome = run_job(job, folder / f"out-{seconds}", tell=watch.tell, control=control, site=site)
        ended = time.monotonic()
    assert outcome.status == "complete", outcome.message
    began, (first, done), (finished, total) = watch.points[0][0], watch.reached(1), watch.points[-1]
    assert total == shards * BASES
    rate = (total - done) / BASES / (finished - first)
    return {
        "seconds_of_a_shard": seconds,
        "workers": watch.workers,
        "shards": shards,
        "computed_after_s": finished - began,
        "complete_after_s": ended - began,
        "ideal_s": shards * seconds / WORKERS,
        "shards_per_s": rate,
        "megabytes_per_s": rate * 2 * 4 * BASES / 1e6,
        "load_of_machine": os.getloadavg()[1],
        "processor_ms_per_shard": {name: 1000 * value / shards for name, value in watch.spent().items()},
    }


def _all_there(address: str) -> None:
    from distributed import Client

    with Client(address, set_as_default=False) as client:
        client.wait_for_workers(WORKERS, timeout=300)


def main() -> None:
    """Measure, print and save."""
    shards = int(sys.argv[1]) if len(sys.argv) > 1 else 256
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        job = genome(folder / "genome.fa", shards)
        found = {
            "bases_of_a_shard": BASES,
            "windows_of_a_shard": BASES // STRIDE,
            "without_delay": measure(job, folder, shards, 0.0),
            "like_gpus": measure(job, folder, shards, GPU_SECONDS),
        }
    print(save("cluster", found).read_text())


if __name__ == "__main__":
    main()
