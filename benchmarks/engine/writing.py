"""bigWig writers: those of gxview, and the libraries themselves."""

from __future__ import annotations

from functools import partial
from typing import Any

from benchmarks.engine.run import Run, in_turns
from benchmarks.table import compared, number

LIBRARIES = ("pyBigWig", "pybigtools", "figwig")


def measure(run: Run) -> None:
    """Write random values of neighbouring bases with each, and compare with the plain use of each library."""
    bases = 2_000_000 if run.quick else 10_000_000
    data, output = str(run.work / "values.npy"), run.work / "written.bw"
    writers = run.ours.ask("make_values", path=data, bases=bases)
    mine = partial(run.ours.ask, "bigwig", data=data, output=str(output))
    ways = {f"gxview's {name}": partial(mine, writer=name) for name in writers}
    if run.peers:
        peer = partial(run.peers.ask, "bigwig", data=data, output=str(output))
        ways |= {name: partial(peer, writer=name) for name in LIBRARIES}
    found = in_turns(2 if run.quick else 3, ways)
    output.unlink()
    rates = {name: [bases / 1e6 / one["seconds"] for one in results] for name, results in found.items()}
    what = f"writing {bases / 1e6:g} Mb of values per base as bigWig"
    for name in writers if run.peers else ():
        for library in LIBRARIES:
            run.add(
                compared(
                    f"{what}, gxview's {name}",
                    rates[f"gxview's {name}"],
                    rates[library],
                    unit="Mb/s",
                    beside=f"{library} itself",
                    details={way: found[way] for way in (f"gxview's {name}", library)},
                )
            )
    run.notes.append(f"Most memory while {what}: {', '.join(map(_memory, found.items()))}.")


def _memory(one: tuple[str, list[dict[str, Any]]]) -> str:
    name, results = one
    return f"{name} {number(max(result['memory'] for result in results))} MB"
