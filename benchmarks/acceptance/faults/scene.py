"""What the faults have in common: a job on the sample genome, its right result, a row of the table for each fault."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.acceptance.exports import Ended, Job, Recipe
from gxview.job_file import Places

ROOT = Path(__file__).resolve().parents[3]
SAMPLE = ROOT / "resources" / "sample.fa.gz"
MODEL = ROOT / "resources" / "models" / "sample-cnn"
SETTINGS = {"stride": 120, "shard_bases": 10_000}
PLACES = Places(chromosomes=("plasmid",))


@dataclass
class Row:
    """What happened in one fault.

    Attributes
    ----------
    name
        The fault.
    happened
        What the program did, in words.
    exit_code
        Of the run that met the fault.
    said
        What the person was told.
    left
        Files in the folder afterwards.
    after
        What ``--resume`` did when the fault was mended.
    wrong
        What should not have been; empty when all is well.
    """

    name: str
    happened: str = ""
    exit_code: int | None = None
    said: str = ""
    left: list[str] = field(default_factory=list)
    after: str = "-"
    wrong: list[str] = field(default_factory=list)

    def expect(self, holds: bool, otherwise: str) -> None:
        """Note what should have held."""
        if not holds:
            self.wrong.append(otherwise)

    def met(self, ended: Ended, job: Job, codes: tuple[int, ...] = (1,)) -> None:
        """Take down how the run that met the fault ended."""
        self.exit_code, self.said, self.left = ended.exit_code, ended.message, job.left()
        self.expect(ended.exit_code in codes, f"exit code {ended.exit_code} instead of {' or '.join(map(str, codes))}")
        self.expect(not ended.has_traceback, "a traceback was shown")
        self.expect(ended.exit_code == 0 or bool(ended.message), "nothing was said")
        self.expect(not _unannounced(job, ended), "a final file is there that no manifest knows")


def _unannounced(job: Job, ended: Ended) -> bool:
    """Whether a bigWig lies under its final name while no manifest speaks of it."""
    tracks = [name for name in job.left() if name.endswith(".bw")]
    return bool(tracks) and any(name not in str(job.manifest()) for name in tracks)


class Scene:
    """A folder for all faults.

    Parameters
    ----------
    work
        Empty folder.
    """

    def __init__(self, work: Path) -> None:
        self.work = work
        self.genome = self._copy_genome(work / "genome")
        self.model = work / "model"
        shutil.copytree(MODEL, self.model)
        self.recipe = Recipe(self.genome, [str(self.model)], PLACES, SETTINGS)
        self.whole = self.recipe.job(work / "whole" / "out")
        ended = self.whole.run()
        if ended.exit_code:
            raise SystemExit(f"The run without a fault failed: {ended.message}\n{ended.stderr}")
        self.size = sum(path.stat().st_size for path in self.whole.folder.rglob("*") if path.is_file())

    @staticmethod
    def _copy_genome(folder: Path) -> Path:
        folder.mkdir()
        for path in SAMPLE.parent.glob(f"{SAMPLE.name}*"):
            shutil.copy(path, folder)
        return folder / SAMPLE.name

    def job(self, name: str, *, genome: Path | None = None, model: Path | None = None, **settings: Any) -> Job:
        """Return a job in a folder of its own."""
        models = self.recipe.models if model is None else [str(model)]
        recipe = Recipe(genome or self.genome, models, PLACES, SETTINGS)
        return recipe.job(self.work / name / "out", **settings)

    def regions(self, name: str, path: Path) -> Job:
        """Return a job over the regions of a file."""
        return self.job(name, places=Places(files=({"path": path},)))  # type: ignore[arg-type]

    def resumed(self, row: Row, job: Job, whole: Job | None = None) -> None:
        """Go on after mending, and compare with the run without a fault."""
        ended = job.run()
        row.expect(ended.exit_code == 0, f"going on ended with {ended.exit_code}: {ended.message}")
        row.after = f"exit code {ended.exit_code}, {self.compared(row, job, whole)}"

    def compared(self, row: Row, job: Job, whole: Job | None = None) -> str:
        """Compare with the run without a fault."""
        different = job.different((whole or self.whole).digests())
        row.expect(not different, f"these differ from a run without a fault: {', '.join(different)}")
        return "other bytes" if different else "same bytes"

    def interrupted(self, job: Job, shards: int = 3) -> int:
        """Start a job and kill it after some recorded shards; how many there are."""
        export = job.start()
        job.wait_recorded(export, shards)
        export.kill()
        return job.recorded()


def tracks(job: Job) -> dict[str, str]:
    """Return the sha256 of the tracks."""
    return {name: digest for name, digest in job.digests().items() if name.endswith(".bw")}


Fault = Callable[[Scene], Row]
