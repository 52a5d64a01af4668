"""What the human genome costs: ``python -m benchmarks.cluster.plan [RATE]`` puts the numbers into docs/cluster.md.

Rates come from the results beside this: ``cluster.json`` (the coordinator), ``bigwig_writers.json`` (the writer) and
``windows_per_second`` in ``gpu.json``; RATE stands in for the last, without both the page shows a range.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.record import RESULTS, ROOT

PAGE = ROOT / "docs" / "cluster.md"
GENOME, STRIDE = 3_100_000_000, 100
WINDOWS = GENOME // STRIDE
GPUS = (1, 8, 64)
RATES = (500, 1_000, 2_000, 4_000, 8_000)
_WRITER = (5.6, 5.3)  # megabases per second and bytes per value, of an earlier measurement
FILES, ROWS = 2, 2  # relevance and probability


def result(name: str) -> Mapping[str, Any]:
    """Return a measured result; empty where there is none."""
    path = RESULTS / f"{name}.json"
    content: Mapping[str, Any] = json.loads(path.read_text()) if path.exists() else {}
    return content


def rates(given: float | None) -> list[float]:
    """Return the windows per second of one GPU: what was given, what was measured, or a range."""
    measured = given or result("gpu").get("windows_per_second")
    return [float(measured)] if measured else list(map(float, RATES))


def writer() -> tuple[float, float]:
    """Return megabases that one core writes in a second into a file, and bytes per value.

    From the processor time, since wall time depends on what else the machine does.
    """
    measured = result("bigwig_writers").get("rows", [])
    rows = [row for row in measured if (row["writer"], row["kind"]) == ("figwig", "dense")]
    if not rows:
        return _WRITER
    best = max(rows, key=lambda row: row["megabases"])
    return 10 / best["processor_seconds_per_10_megabases"], best["bytes_per_value"]


def table(speeds: list[float]) -> list[str]:
    """Return the time that computing takes, in lines."""
    lines = [
        "| windows/s of one GPU | GPU hours | 1 GPU | 8 GPUs | 64 GPUs | 64 GPUs send |",
        "|---|---|---|---|---|---|",
    ]
    for rate in speeds:
        hours = [WINDOWS / rate / gpus / 3600 for gpus in GPUS]
        sent = GPUS[-1] * rate * STRIDE * ROWS * 4 / 1e6
        cells = [f"{rate:,.0f}", f"{hours[0]:,.1f}", *map(_time, hours), f"{sent:,.0f} MB/s"]
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def _time(hours: float) -> str:
    return f"{hours:,.1f} h" if hours >= 1 else f"{hours * 60:,.0f} min"


def limits(found: Mapping[str, Any]) -> list[str]:
    """Return what the coordinator bears, and from which rate of a GPU on it is too slow for 64 of them."""
    free, windows = found["without_delay"], found["windows_of_a_shard"]
    busy = free["processor_ms_per_shard"]
    speed, _ = writer()
    shard_megabases = found["bases_of_a_shard"] / 1e6
    keeping = busy["keeping (checksum, write, fsync, journal)"]
    coordinator = sum(busy.values()) - busy["scheduler"]
    rows = [
        ("scheduler (a process of its own)", 1000 / busy["scheduler"]),
        ("handing out", 1000 / busy["handing out"]),
        ("network", 1000 / busy["network"]),
        ("keeping, without waiting for the disk", 1000 / keeping),
        ("the coordinator as a whole, if Python had it all on one core", 1000 / coordinator),
        ("writing a bigWig file; each has a core", speed / shard_megabases),
    ]
    lines = ["| part | shards/s | MB/s | enough for 64 GPUs of |", "|---|---|---|---|"]
    size = ROWS * 4 * found["bases_of_a_shard"] / 1e6
    for name, shards in sorted(rows, key=lambda row: -row[1]):
        lines.append(f"| {name} | {shards:,.1f} | {shards * size:,.0f} | {shards * windows / 64:,.0f} windows/s each |")
    return lines


def page(text: str, given: float | None = None) -> str:
    """Return the page with its numbers."""
    found = result("cluster")
    speed, size = writer()
    shards = -(-GENOME // found["bases_of_a_shard"])
    like = found["like_gpus"]
    facts = [
        f"- {WINDOWS:,} windows; {shards:,} shards of {found['bases_of_a_shard']:,} bases "
        f"({found['windows_of_a_shard']:,} windows).",
        f"- Disk: shards {GENOME * ROWS * 4 / 1e9:,.1f} GB while the job runs, bigWig "
        f"{GENOME * size * FILES / 1e9:,.1f} GB ({size:.1f} bytes a value and file).",
        f"- Merging: shards are appended in genome order while others are computed, nothing is sorted; at "
        f"{speed:.1f} Mb/s of a core, one for each file, it takes {_time(GENOME / 1e6 / speed / 3600)}.",
    ]
    lost = [
        f"- {like['workers']} workers that take {like['seconds_of_a_shard']:g} s for a shard (spread 20 %, one in a "
        f"hundred five times as long), {like['shards']} shards: computed after {like['computed_after_s']:.1f} s, "
        f"ideally {like['ideal_s']:.1f} s; the files were there after {like['complete_after_s']:.1f} s. Workers, "
        f"scheduler and coordinator shared two cores, whose load was {like['load_of_machine']:.0f} by other work too.",
    ]
    blocks = {"facts": facts, "hours": table(rates(given)), "limits": limits(found), "lost": lost}
    for name, lines in blocks.items():
        pattern = rf"(<!-- {name} -->\n).*?(<!-- end -->)"
        body = "\n".join(lines)
        text = re.sub(pattern, lambda match, body=body: f"{match[1]}{body}\n{match[2]}", text, flags=re.DOTALL)
    return text


def main(path: Path = PAGE) -> None:
    """Write the numbers into the page."""
    given = float(sys.argv[1]) if len(sys.argv) > 1 else None
    path.write_text(page(path.read_text(encoding="utf-8"), given), encoding="utf-8")


if __name__ == "__main__":
    main()
