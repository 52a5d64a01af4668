"""How a batch export stands, in words."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from gxview.job_file import FAILURES
from gxview.viewer.batch.events import Ended, Estimate, Progress
from gxview.viewer.work.progress import amount_words, duration_words, rate_words, span_words
from gxview.words import counted

KEPT = "What is finished is kept, and Resume goes on from there."
_TOLD_STRANDS = {"minus", "mean"}
REFUSED = 2
"""Exit code of a request that makes no sense."""


def progress_words(progress: Progress) -> str:
    """Say how far the work is, how fast, and how long still with how sure that is."""
    share = f"{amount_words(progress.bases, 'bp')} of {amount_words(progress.bases_total, 'bp')}"
    # bases count once they are on disk, windows at once
    share = f"{100 * progress.windows // max(1, progress.windows_total)} %, {share}"
    if progress.state == "writing":
        return "Writing the files"
    if progress.state == "paused":
        return f"Paused at {share}"
    left = span_words(progress.seconds_left, progress.seconds_left_low, progress.seconds_left_high)
    parts = (share, rate_words(_calm(progress.windows_per_second), "windows"), left)
    return ", ".join(part for part in parts if part)


def place_words(progress: Progress) -> str:
    """Say which region is computed where, and the memory that this takes."""
    memory = amount_words(progress.memory, "B") if progress.memory else ""
    device = amount_words(progress.device_memory, "B") if progress.device_memory else ""
    name = progress.device.upper() if progress.device.startswith(("cpu", "cuda", "mps")) else progress.device
    return ", ".join(part for part in (progress.region, name, memory, device and f"{device} on the GPU") if part)


def short_names(names: Sequence[str]) -> list[str]:
    """Return names of files without the parts that all of them have, as narrow headers cut them in the middle.

    The strand stays unless it is plus: nothing else would tell it.
    """
    parts = [Path(name).stem.split(".") for name in names]
    places = range(1, min(map(len, parts), default=0)) if len(parts) > 1 else ()
    common = {back for back in places if _is_common({one[-back] for one in parts})}
    return [".".join(part for at, part in enumerate(one) if len(one) - at not in common) for one in parts]


def _is_common(parts: set[str]) -> bool:
    return len(parts) == 1 and not parts & _TOLD_STRANDS


def failure_words(count: int) -> str:
    """Say how many regions failed so far; empty for none."""
    return f"{counted(count, 'failure')} so far" if count else ""


def end_words(end: Ended, folder: Path) -> str:
    """Say how an export ended, in one sentence or two."""
    if end.status == "complete":
        return _sentence(end.message or f"Wrote {counted(len(end.files), 'file')} to {folder}")
    if end.status == "stopped":
        return f"Stopped. {KEPT}"
    if end.status == "incomplete":
        return f"Not everything is there: {counted(end.failures, 'failure')}, listed in {FAILURES}. {KEPT}"
    # a request that makes no sense begins nothing, and who says that work is kept need not be told
    told = end.exit_code == REFUSED or "kept" in end.message
    return _sentence(end.message or "The export failed") + ("" if told else f" {KEPT}")


def death_words(code: int, complaint: str) -> str:
    """Say why an export is over that did not say so itself."""
    if code < 0:
        return f"The export was ended by the system (signal {-code}). {KEPT}"
    if complaint:
        return _sentence(complaint)
    return f"The export ended without a word (exit code {code}). {KEPT}"


def estimate_words(estimate: Estimate) -> str:
    """Say what an export will take: windows, time, disk."""
    time = duration_words(estimate.seconds, estimate.seconds_low, estimate.seconds_high)
    disk = amount_words(estimate.bytes, "B")
    free = f" of {amount_words(estimate.free_bytes, 'B')} free" if estimate.free_bytes is not None else ""
    tracks = counted(len(estimate.tracks), "track") if estimate.tracks else ""
    parts = (tracks, f"{estimate.windows:,} windows", time, f"{disk} on disk{free}")
    return ", ".join(part for part in parts if part)


def estimate_warnings(estimate: Estimate) -> list[str]:
    """Return what a person should know before starting: too little disk, regions that cannot be read, notes."""
    found = []
    if estimate.free_bytes is not None and estimate.bytes > estimate.free_bytes:
        found.append("The disk has not enough room for this.")
    if estimate.failures:
        first = estimate.failures[0]
        place = f"{first.region}: " if first.region.partition(":")[0] not in first.reason else ""
        more = f" (and {len(estimate.failures) - 1:,} more)" if len(estimate.failures) > 1 else ""
        found.append(f"{counted(len(estimate.failures), 'region')} will be left out: {place}{first.reason}{more}")
    return [*found, *estimate.notes]


def listed(names: Sequence[str], most: int = 3) -> str:
    """Return names in a row, those that are too many as a number."""
    shown = ", ".join(names[:most])
    return f"{shown} and {len(names) - most:,} more" if len(names) > most else shown


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _calm(rate: float) -> float:
    """Round a rate to three digits: more of them only flicker."""
    return float(f"{rate:.3g}")
