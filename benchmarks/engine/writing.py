"""bigWig writers: those of gxview, and the libraries themselves."""

from __future__ import annotations

from functools import partial
from typing import Any

from benchmarks.engine.run import Run, in_turns
from benchmarks.table import compared

LIBRARIES = ("pyBigWig", "pybigtools", "figwig")


def measure(run: Run) -> None:
    """Write random values of neighbouring bases with each, and compare with the plain use of each library."""
    bases = 2_000_000 if run.quick else 10_000_000
    data, output = str(run.work / "values.npy"), run.work / "written.bw"
    own = run.ours.ask("make_values", path=data, bases=bases)
    mine = partial(run.ours.ask, "bigwig", data=data, output=str(output))
    ways = {f"gxview {name}": partial(mine, writer=name) for name in own}
    if run.peers:
        peer = partial(run.peers.ask, "bigwig", data=data, output=str(output))
        ways |= {name: partial(peer, writer=name) for name in LIBRARIES}
    found = in_turns(2 if run.quick else 3, ways)
    output.unlink()
    rates = {name: [bases / 1e6 / one["seconds"] for one in results] for name, results in found.items()}
    for name in own:
        add_rows(run, name, bases, rates, found)


def add_rows(run: Run, name: str, bases: int, rates: dict[str, list[float]], found: dict[str, list[Any]]) -> None:
    """Add a row for a writer of gxview beside each library, or alone."""
    what = f"bigWig writer {name}, {bases / 1e6:g} Mb of values per base"
    details = {"check_seconds": [one["check"] for one in found[f"gxview {name}"]]}
    for library in LIBRARIES if run.peers else ():
        sizes = [found[way][0]["bytes"] / 1e6 for way in (f"gxview {name}", library)]
        run.add(
            compared(
                what,
                rates[f"gxview {name}"],
                rates[library],
                unit="Mb/s",
                beside=f"{library} itself",
                details={**details, "megabytes": sizes},
            )
        )
