"""``python -m benchmarks``: the measurements that need nothing but this checkout, one after the other."""

from __future__ import annotations

import runpy

MODULES = ("benchmarks.startup", "benchmarks.letters", "benchmarks.attnlrp_pass")


def main() -> None:
    """Run every measurement; each writes its own file under results/."""
    for module in MODULES:
        print(f"\n{module}")
        runpy.run_module(module, run_name="__main__")


if __name__ == "__main__":
    main()
