"""``gxview export --dry-run``: what a job would take."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from gxview.cli.running import duration

if TYPE_CHECKING:
    from gxview.export.batch.estimate import Estimate
    from gxview.job_file import JobFile


def show_estimate(job: JobFile, folder: Path, *, as_json: bool) -> None:
    """Measure a few windows and print how long the job takes and how large its results are."""
    from gxview.export.batch.estimate import estimate

    found = estimate(job, folder)
    if as_json:
        typer.echo(json.dumps(_content(found), indent=2, ensure_ascii=False))
        return
    for failure in found.failures[:10]:
        typer.echo(f"missing: {failure.region}: {failure.reason}", err=True)
    if len(found.failures) > 10:
        typer.echo(f"... and {len(found.failures) - 10:,} more that cannot be explained", err=True)
    for note in found.notes:
        typer.echo(f"note: {note}", err=True)
    low, high = duration(found.time.low), duration(found.time.high)
    regions = "1 region" if found.regions == 1 else f"{found.regions:,} regions"
    typer.echo(f"{regions}, {found.bases:,} bases, {found.windows:,} windows")
    typer.echo(f"tracks: {', '.join(found.tracks)}")
    typer.echo(f"about {duration(found.time.seconds)}" + (f" ({low} to {high})" if low != high else ""))
    typer.echo(f"about {_amount(found.size)} on the disk, where {_amount(found.free)} are free")


def _content(found: Estimate) -> dict[str, object]:
    return {
        "windows": found.windows,
        "bases": found.bases,
        "regions": found.regions,
        "seconds": found.time.seconds,
        "seconds_low": found.time.low,
        "seconds_high": found.time.high,
        "bytes": found.size,
        "free_bytes": found.free,
        "tracks": list(found.tracks),
        "failures": [{"region": failure.region, "reason": failure.reason} for failure in found.failures],
        "notes": list(found.notes),
    }


def _amount(size: int) -> str:
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{max(size / 1e6, 0.1):.1f} MB"
