"""A whole run of ``gxview variants``: from a file to a folder, whatever happens on the way."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gxview.assess.variants.engine import Engine
from gxview.assess.variants.native import load_asked
from gxview.assess.variants.settings import settle_asking
from gxview.assess.variants.shards import SHARD, Tell, plan_of, score_in_shards
from gxview.assess.variants.subjects import Subject, of_regions, of_vcf
from gxview.assess.variants.summary import Summary
from gxview.durable import write_durably
from gxview.errors import UsageError
from gxview.evaluate.run.folder import checksum, file_errors, locked
from gxview.explain.attribution.work import never
from gxview.export.staging import staged
from gxview.genome import Reference
from gxview.store import Store
from gxview.version import __version__
from gxview.words import counted

MANIFEST, LOCK, WORK = "variants.json", ".variants.lock", "work"


@dataclass(frozen=True, slots=True)
class VariantsJob:
    """What is wanted.

    Attributes
    ----------
    genome : Path
        FASTA.
    model : str
        Folder, hub name or embedded model.
    vcf : Path or None
        VCF or BCF; or else
    regions : tuple of str
        BED files, and regions as a person types them: every substitution of every base.
    scores, strand, offsets, window, target, method
        See :func:`gxview.assess.variants.settings.settle_asking`.
    device : str
        ``auto``, ``cpu``, ``cuda``, ``mps``.
    aliases : Path or None
        Chromosome aliases.
    """

    genome: Path
    model: str
    vcf: Path | None = None
    regions: tuple[str, ...] = ()
    scores: tuple[str, ...] | None = None
    strand: str = "both"
    offsets: tuple[int, ...] | None = None
    window: int | None = None
    target: str | None = None
    method: str | None = None
    device: str = "auto"
    aliases: Path | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended.

    Attributes
    ----------
    files
        What there is now.
    failures
        Alleles (or substitutions) without a number that was asked for.
    message
        One sentence.
    """

    files: tuple[Path, ...]
    failures: int
    message: str


def run_variants(
    job: VariantsJob,
    folder: Path,
    *,
    tell: Tell = lambda _event: None,
    cancelled: Callable[[], bool] = never,
    shard: int = SHARD,
) -> Outcome:
    """Score what a job names, or the rest of it, and write the files.

    Parameters
    ----------
    job
        What is wanted.
    folder
        Gets the results; it is made. What is finished there of the same work is not done again.
    tell
        Gets the events ``start``, ``progress`` and ``note``.
    cancelled
        Asked between pieces of work; true stops.
    shard
        Edits kept together, see :func:`gxview.assess.variants.shards.score_in_shards`.

    Raises
    ------
    UsageError
        If the request makes no sense.
    GxviewError
        If a file cannot be used, or a REF differs from the genome.
    Cancelled
        If `cancelled` said so; what is finished is kept.
    """
    if (job.vcf is None) == (not job.regions):
        raise UsageError("Say what is scored: --vcf FILE, or --regions BED (or a region, once or more often).")
    with file_errors(folder, "run"), locked(folder, LOCK, "scoring variants"):
        return _Run(job, folder, tell, cancelled, shard).run()


class _Run:
    def __init__(self, job: VariantsJob, folder: Path, tell: Tell, cancelled: Callable[[], bool], shard: int) -> None:
        self._folder, self._shard, self._tell = folder, shard, tell
        self._aliases = checksum(job.aliases) if job.aliases else ""
        self._reference = Reference(job.genome, aliases=job.aliases)
        model = load_asked(job.model, job.device)
        asking = settle_asking(
            model,
            job.scores,
            strand=job.strand,
            offsets=job.offsets,
            window=job.window,
            target=job.target,
            method=job.method,
        )
        self._engine = Engine(model, self._reference, asking, cancelled)
        self._subject: Subject = (
            of_vcf(job.vcf, self._reference) if job.vcf else of_regions(job.regions, self._reference)
        )

    def run(self) -> Outcome:
        model = self._engine.model
        notes = [*(f"{model.name}: {note}" for note in model.notes), *self._subject.notes]
        for note in notes:
            self._note(note)
        plan = self._digest()
        finished = _finished(self._folder, plan)
        if finished is not None:
            return finished
        store = Store(self._folder / WORK)
        found = score_in_shards(self._engine, self._subject.edits, store, self._tell, self._shard)
        total = len(self._subject.edits)
        told = {"state": "writing", "done": total, "total": total, "seconds_left": None, "work": "files"}
        self._tell({"event": "progress", **told})
        summary = Summary.of(self._subject, self._engine, found)
        for note in summary.notes:
            self._note(note)
        before = _named(self._folder)
        with staged() as aside:
            files = self._subject.write(self._folder, aside, self._engine, found)
        self._manifest(plan, files, summary, [*notes, *summary.notes])
        for path in before - set(files):  # of another run in this folder
            path.unlink(missing_ok=True)
        shutil.rmtree(self._folder / WORK)
        return Outcome((*files, self._folder / MANIFEST), summary.failures, _sentence(self._folder, summary))

    def _note(self, text: str) -> None:
        self._tell({"event": "note", "text": text})

    def _digest(self) -> str:
        facts = {"plan": plan_of(self._engine), "input": self._subject.facts(), "gxview": __version__}
        facts["aliases"] = self._aliases
        return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()

    def _manifest(self, plan: str, files: list[Path], summary: Summary, notes: list[str]) -> None:
        content: Mapping[str, Any] = {
            "format": "gxview variants",
            "version": 1,
            "plan": plan,
            "input": self._subject.facts(),
            **summary.as_dict(),
            "notes": notes,
            "files": {path.name: checksum(path) for path in files},
        }
        text = json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
        write_durably(self._folder / MANIFEST, text.encode())


def _named(folder: Path) -> set[Path]:
    """Return the files that the manifest of an earlier run names."""
    try:
        return {folder / Path(name).name for name in json.loads((folder / MANIFEST).read_bytes())["files"]}
    except (OSError, ValueError, KeyError, TypeError):
        return set()


def _finished(folder: Path, plan: str) -> Outcome | None:
    """Return the outcome of the same run if the folder holds it whole."""
    try:
        manifest = json.loads((folder / MANIFEST).read_bytes())
        if manifest["plan"] != plan:
            return None
        files = [folder / name for name in manifest["files"]]
        whole = all(checksum(path) == manifest["files"][path.name] for path in files)
        failed = int(manifest["counts"]["failed"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    if not whole:
        return None
    return Outcome((*files, folder / MANIFEST), failed, f"{folder} is complete; there was nothing to do.")


def _sentence(folder: Path, summary: Summary) -> str:
    rest = f"; {counted(summary.failures, 'has', 'have')} none, {MANIFEST} says why" if summary.failures else ""
    return f"Effects of {summary.scored:,} of {counted(summary.asked, summary.what)} are in {folder}{rest}."
