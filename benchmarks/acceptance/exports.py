"""A batch export as a process of its own that can be watched, killed and compared."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gxview.job_file import MANIFEST, Genome, JobFile, ModelChoice, Places, write_job

Event = dict[str, Any]
HIDDEN = ".gxview"
LIMIT = 900.0
LOOK = 0.02


@dataclass(frozen=True)
class Ended:
    """How an export ended."""

    exit_code: int
    events: tuple[Event, ...]
    stderr: str

    @property
    def end(self) -> Event:
        """The last event, where there is one."""
        return self.events[-1] if self.events and self.events[-1]["event"] == "end" else {}

    @property
    def message(self) -> str:
        """What a person is told: the message of the end, or the last line on stderr."""
        lines = [line.strip() for line in self.stderr.splitlines() if line.strip()]
        return str(self.end.get("message") or (lines[-1] if lines else ""))

    @property
    def has_traceback(self) -> bool:
        """Whether a traceback was shown."""
        return "Traceback (most recent call last)" in self.stderr


class Export:
    """A running export, or another command, in a process group of its own.

    Parameters
    ----------
    arguments
        Of the command; JSON lines are asked for.
    command
        Of ``gxview``.
    prelude
        Python that runs in the process before the program starts.
    environment
        Variables that are set in addition.
    """

    def __init__(
        self,
        *arguments: str | Path,
        command: str = "export",
        prelude: str = "",
        environment: Mapping[str, str] | None = None,
    ) -> None:
        program = f"{prelude}\nfrom gxview.cli import main\nmain()"
        line = [sys.executable, "-c", program, command, *map(str, arguments), "--progress", "json"]
        self._stderr = tempfile.TemporaryFile("w+")  # noqa: SIM115, closed in finish
        self.started = time.monotonic()
        self._process = subprocess.Popen(
            line,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._stderr,
            text=True,
            start_new_session=True,
            env={**os.environ, **(environment or {})},
        )
        self.pid = self._process.pid
        self._events: list[Event] = []
        self._ended: Ended | None = None
        self._is_deaf = False
        self.times: list[float] = []
        self._news: queue.SimpleQueue[Event | None] = queue.SimpleQueue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def wait_for(self, holds: Callable[[Event], bool], limit: float = LIMIT) -> Event | None:
        """Wait for an event; None when the export ended before."""
        until = time.monotonic() + limit
        while True:
            try:
                event = self._news.get(timeout=max(0.0, until - time.monotonic()))
            except queue.Empty:
                self.kill()
                raise SystemExit(f"An export said nothing that was waited for within {limit:.0f} s.") from None
            if event is None or holds(event):
                return event

    def say(self, word: str) -> None:
        """Write a word of ``--control``."""
        assert self._process.stdin is not None
        self._process.stdin.write(word + "\n")
        self._process.stdin.flush()

    def hang_up(self) -> None:
        """Close its standard input."""
        assert self._process.stdin is not None
        self._process.stdin.close()

    def close_output(self) -> None:
        """Read no more of what it tells after the next line, as a window or scheduler that died."""
        self._is_deaf = True

    def signal(self, number: int) -> None:
        """Send a signal to the whole process group."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, number)

    def kill(self) -> Ended:
        """``kill -9`` of the whole process group."""
        self.signal(signal.SIGKILL)
        return self.finish()

    def ends_within(self, seconds: float) -> bool:
        """Wait, and tell whether it has ended by then."""
        try:
            self._process.wait(max(0.0, seconds))
        except subprocess.TimeoutExpired:
            return False
        return True

    def finish(self, limit: float = LIMIT) -> Ended:
        """Wait for the end."""
        try:
            code = self._process.wait(limit)
        except subprocess.TimeoutExpired:
            self.kill()
            raise SystemExit(f"An export did not end within {limit:.0f} s.") from None
        self._reader.join(10)
        with contextlib.suppress(BrokenPipeError):
            self.hang_up()
        if self._ended is None:
            self._stderr.seek(0)
            self._ended = Ended(code, tuple(self._events), self._stderr.read())
            self._stderr.close()
        return self._ended

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            with contextlib.suppress(ValueError):  # the last line of a killed program may be cut
                event = json.loads(line)
                self._events.append(event)
                self.times.append(time.monotonic())
                self._news.put(event)
            if self._is_deaf:
                break
        self._process.stdout.close()
        self._news.put(None)


def run(*arguments: str | Path, prelude: str = "", environment: Mapping[str, str] | None = None) -> Ended:
    """Run an export to its end."""
    return Export(*arguments, prelude=prelude, environment=environment).finish()


def is_start(event: Event) -> bool:
    """Whether work begins."""
    return bool(event["event"] == "start")


@dataclass(frozen=True)
class Job:
    """A job file and the folder of its results."""

    file: Path
    folder: Path

    @property
    def arguments(self) -> tuple[str | Path, ...]:
        """Of the command that starts it, or goes on with it."""
        return "--job", self.file, "--output", self.folder, "--resume"

    @property
    def journal(self) -> Path:
        """The list of shards that are safely on disk."""
        return self.folder / HIDDEN / "journal.jsonl"

    @property
    def shards(self) -> list[Path]:
        """Files of shards."""
        return sorted(path for path in (self.folder / HIDDEN / "shards").rglob("*") if path.is_file())

    def recorded(self) -> int:
        """Return the number of whole lines of the journal."""
        return self.journal.read_bytes().count(b"\n") if self.journal.exists() else 0

    def start(self, *more: str | Path, prelude: str = "") -> Export:
        """Start it or go on."""
        return Export(*self.arguments, *more, prelude=prelude)

    def run(self, *more: str | Path, prelude: str = "") -> Ended:
        """Start it or go on, to the end."""
        return self.start(*more, prelude=prelude).finish()

    def wait_recorded(self, export: Export, shards: int) -> bool:
        """Wait until shards are recorded; False when the export ended before."""
        while self.recorded() < shards:
            if export.ends_within(LOOK):
                return False
        return True

    def digests(self) -> dict[str, str]:
        """Return the sha256 of every final file."""
        return {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in self._files()}

    def different(self, wanted: Mapping[str, str]) -> tuple[str, ...]:
        """Return the final files that are missing, too many, or do not have the wanted sha256."""
        found = self.digests()
        return tuple(sorted(name for name in found.keys() | wanted.keys() if found.get(name) != wanted.get(name)))

    def states(self) -> dict[str, tuple[int, int, str]]:
        """Return size, time of change and sha256 of everything in the folder."""
        found = {}
        for path in sorted(self.folder.rglob("*")):
            if path.is_file():
                status = path.stat()
                digest = hashlib.sha256(path.read_bytes()).hexdigest()
                found[str(path.relative_to(self.folder))] = (status.st_size, status.st_mtime_ns, digest)
        return found

    def left(self) -> list[str]:
        """Return the names of what lies in the folder, shards only counted."""
        names = [name for name, _ in self._files()]
        count = len(self.shards)
        return [*names, *([f"{count} shard{'s' if count > 1 else ''}"] if count else [])]

    def manifest(self) -> Event:
        """Return the content of the manifest; empty where there is none."""
        path = self.folder / MANIFEST
        return json.loads(path.read_text()) if path.exists() else {}

    def _files(self) -> Iterator[tuple[str, Path]]:
        if not self.folder.is_dir():
            return
        for path in sorted(self.folder.rglob("*")):
            name = path.relative_to(self.folder)
            if path.is_file() and name.parts[0] != HIDDEN:
                yield str(name), path


@dataclass(frozen=True)
class Recipe:
    """What the jobs of an acceptance have in common."""

    genome: Path
    models: Sequence[str]
    places: Places = field(default_factory=lambda: Places(whole_genome=True))
    settings: Mapping[str, Any] = field(default_factory=dict)

    def job(self, folder: Path, **settings: Any) -> Job:
        """Write a job file for the results in a folder; the file lies beside the folder."""
        folder.parent.mkdir(parents=True, exist_ok=True)
        models = tuple(ModelChoice(model=name) for name in self.models)
        content = {"genome": Genome(path=self.genome), "places": self.places, "models": models, "device": "cpu"}
        file = folder.parent / f"{folder.name}.recipe.json"
        write_job(file, JobFile(**{**content, **self.settings, **settings}))
        return Job(file, folder)
