"""A real scheduler and real worker processes on the loopback interface, and gates at which a worker can be held."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from gxview.job_file import Genome, JobFile, ModelChoice, Places

ROOT = Path(__file__).resolve().parents[3]

PRELOAD = textwrap.dedent(
    '''
    """Holds a worker before its second shard as long as there is a gate."""

    import os
    from pathlib import Path

    from gxview.export.batch.device import Device

    GATE, GO = Path(os.environ["GATE"]), Path(os.environ["GATE"] + "-go")


    def gated(compute, seen):
        def call(self, block):
            if GATE.exists():
                seen.add(block.unit.shard.index)
                if len(seen) > 1:
                    seen.clear()
                    GATE.write_text(str(os.getpid()))
                    GO.read_text()
            compute(self, block)

        return call


    def dask_setup(worker):
        Device._compute = gated(Device._compute, set())
    '''
)


@dataclass
class Gate:
    """Holds one worker."""

    path: Path

    def shut(self) -> None:
        os.mkfifo(self.path)
        os.mkfifo(f"{self.path}-go")

    def wait(self) -> int:
        """Wait until the worker is in the middle of its second shard; return its process."""
        return int(self.path.read_text())

    def open(self) -> None:
        """Let the worker go on."""
        self.path.unlink()
        Path(f"{self.path}-go").write_text("go")
        Path(f"{self.path}-go").unlink()


@dataclass
class Workplace:
    """A scheduler with two workers, each with its gate."""

    address: str
    gates: dict[str, Gate]


def start(module: str, *options: str, until: str, **environment: str) -> tuple[subprocess.Popen[str], str]:
    """Start a program of dask and return the line in which it says `until`."""
    process = subprocess.Popen(
        [sys.executable, "-m", module, *options],
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
    )
    assert process.stderr is not None
    lines = []
    for line in process.stderr:
        lines.append(line)
        if until in line:
            return process, line
    raise AssertionError("".join(lines))


@pytest.fixture(scope="module")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workplace]:
    folder = tmp_path_factory.mktemp("cluster")
    (folder / "gate.py").write_text(PRELOAD)
    here = ("--host", "127.0.0.1", "--dashboard-address", "127.0.0.1:0")
    scheduler, line = start("distributed.cli.dask_scheduler", *here, "--port", "0", until="Scheduler at:")
    address = line.split()[-1]
    processes, gates = [scheduler], {}
    try:
        for name in ("one", "two"):
            gates[name] = Gate(folder / name)
            options = (address, *here, "--no-nanny", "--nthreads", "1", "--preload", str(folder / "gate.py"))
            worker, _ = start(
                "distributed.cli.dask_worker",
                *options,
                "--local-directory",
                str(folder / f"{name}-files"),
                until="Registered to",
                GATE=str(gates[name].path),
            )
            processes.append(worker)
        yield Workplace(address, gates)
    finally:
        for process in processes:
            process.send_signal(signal.SIGKILL)
            process.communicate()


@pytest.fixture
def job(small_genome: Path, tiny_cnn_folder: Path, tiny_dnabert2_folder: Path) -> Callable[..., JobFile]:
    """Make a job of ten shards of two models on the small genome."""
    folders = {"cnn": tiny_cnn_folder, "dnabert2": tiny_dnabert2_folder}

    def make(models=("cnn", "dnabert2"), **rest) -> JobFile:
        chosen = tuple(ModelChoice(model=str(folders[name]), strands=("+", "mean")) for name in models)
        return JobFile(
            genome=Genome(path=small_genome),
            places=Places(whole_genome=True),
            models=chosen,
            **{"shard_bases": 128, "threads": 1, "device": "cpu", **rest},
        )

    return make
