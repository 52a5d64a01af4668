"""``python -m benchmarks [NAME]``: a measurement by name, or all, one after the other.

All need nothing but this checkout, except ``browsing``, which browses E. coli and measures other viewers beside this
program where they are there (see ``python -m benchmarks browsing --help``).
"""

from __future__ import annotations

import runpy
import sys

NAMES = ("startup", "letters", "attnlrp_pass", "browsing", "gpu")


def main() -> None:
    """Run what was asked for; each measurement writes its own file under results/."""
    chosen = sys.argv.pop(1) if len(sys.argv) > 1 else ""
    if chosen and chosen not in NAMES:
        raise SystemExit(f"There is no measurement '{chosen}'; there are {', '.join(NAMES)}.")
    for name in [chosen] if chosen else NAMES:
        print(f"\n{name}")
        runpy.run_module(f"benchmarks.{name}", run_name="__main__")


if __name__ == "__main__":
    main()
