"""``python -m benchmarks.acceptance.faults [NAME...]``: the fault table, into ``benchmarks/results/faults.md``.

Runs on the sample genome that comes with the program. As root a full and a read-only disk are real ones (in memory);
otherwise they are a limit on the size of files and a folder without the right to write.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from benchmarks.acceptance.faults import disk, inputs, work
from benchmarks.acceptance.faults.scene import Row, Scene
from benchmarks.record import RESULTS, commit

FAULTS = (*disk.FAULTS, *inputs.FAULTS, *work.FAULTS)


def table(rows: list[Row]) -> str:
    """Return the rows as Markdown."""
    lines = [
        "| fault | what happened | exit code | what was said | what was left | mended, --resume | as it should be |",
        "|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        cells = [row.name, row.happened, str(row.exit_code), row.said, ", ".join(row.left) or "nothing", row.after]
        cells.append("yes" if not row.wrong else f"**no: {'; '.join(row.wrong)}**")
        lines.append("| " + " | ".join(cell.replace("|", "/").replace("\n", " ") for cell in cells) + " |")
    return "\n".join(lines) + "\n"


def main() -> int:
    """Make every fault and write the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.acceptance.faults", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(fault.__name__ for fault in FAULTS))
    given = parser.parse_args()
    chosen = [fault for fault in FAULTS if not given.names or fault.__name__ in given.names]
    rows = []
    with tempfile.TemporaryDirectory(prefix="gxview-faults-") as folder:
        scene = Scene(Path(folder))
        for fault in chosen:
            rows.append(fault(scene))
            print(rows[-1], flush=True)
    text = table(rows).replace(str(Path(folder)), "WORK")
    print(text)
    if not given.names:
        (RESULTS / "faults.md").write_text(f"# Faults of a batch export\n\nCommit {commit()}.\n\n{text}")
    return int(any(row.wrong for row in rows))


if __name__ == "__main__":
    sys.exit(main())
