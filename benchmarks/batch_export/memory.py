"""Memory of exports that grow: it should depend on a shard, not on the genome."""

from __future__ import annotations

from dataclasses import asdict

from benchmarks.batch_export.child import export
from benchmarks.batch_export.genome import CHROM, write_random_genome
from benchmarks.engine.names import TINY, TINY_WINDOW
from benchmarks.engine.run import Run
from benchmarks.table import Goal, Row

FLAT = Goal("at most", 1.1)


def measure(run: Run) -> None:
    """Export 1, 10 and 100 Mb with a network that costs next to nothing."""
    megabases = (1, 5, 10) if run.quick else (1, 10, 100)
    genome = write_random_genome(run.work / f"random_{megabases[-1]}.fa", megabases[-1] * 1_000_000)
    found = []
    for size in megabases:
        region = f"{CHROM}:1-{size * 999_000}"
        found.append(export(run.work / "exported", genome, region, str(run.work / TINY)))
    genome.unlink()
    rss = [one.peak_rss for one in found]
    run.add(
        Row(
            f"peak memory of exports of {', '.join(map(str, megabases))} Mb, windows of {TINY_WINDOW:,}",
            f"{', '.join(f'{value:,.0f}' for value in rss)} MB",
            f"that of {megabases[1]} Mb",
            f"{rss[1]:,.0f} MB",
            rss[-1] / rss[1] if rss[1] else None,
            goal=FLAT,
            details={"exports": [asdict(one) for one in found]},
        )
    )
