"""``python -m benchmarks [NAME]``: the table of the engine, a measurement by name, or ``all``, one after the other.

All need nothing but this checkout, except ``browsing``, which browses E. coli and measures other viewers beside this
program where they are there (see ``python -m benchmarks browsing --help``), and the peers of ``engine``, which is about
explaining and exporting (see ``python -m benchmarks engine --help``).
"""

from __future__ import annotations

import runpy
import sys

NAMES = ("startup", "letters", "attnlrp_pass", "cnn_lrp", "bigwig_writers", "browsing", "engine", "gpu")
ALL = "all"


def main() -> None:
    """Run what was asked for; each measurement writes its own file under results/."""
    named = len(sys.argv) > 1 and not sys.argv[1].startswith("-")
    chosen = sys.argv.pop(1) if named else "engine"
    if chosen not in (*NAMES, ALL):
        raise SystemExit(f"There is no measurement '{chosen}'; there are {', '.join(NAMES)} and {ALL}.")
    for name in NAMES if chosen == ALL else [chosen]:
        print(f"\n{name}")
        runpy.run_module(f"benchmarks.{name}", run_name="__main__")


if __name__ == "__main__":
    main()
