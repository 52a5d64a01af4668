"""Speaks the protocol of ``gxview evaluate --progress json`` and computes nothing; a word steers it.

``finish`` writes the results, ``fail`` and ``refuse`` end it (the latter with a sentence on stderr only). ``--finish``
and ``--fail`` as arguments do so at once.
"""

from __future__ import annotations

import csv
import json
import sys
import tomllib
from pathlib import Path

COLUMNS = (
    *("set", "sequence", "model", "method", "other_model", "other_method"),
    *("level", "metric", "detail", "value", "reason"),
)


def say(event: str, **more: object) -> None:
    sys.stdout.write(json.dumps({"event": event, **more}) + "\n")
    sys.stdout.flush()


def write(folder: Path, names: list[str]) -> None:
    rows = [["real", "", "m", "lrp", "", "", "base", "gini", "", "0.5", ""]]  # about all of them
    for place, name in enumerate(names):
        value, reason = (str(place / 10), "") if place != 2 else ("", "the relevance is zero everywhere")
        rows.append(["real", name, "m", "lrp", "", "", "base", "aopc", "scale=logit", value, reason])
        rows.append(["dinucleotide", name, "m", "lrp", "", "", "base", "aopc", "scale=logit", "0.05", ""])
        rows.append(["real", name, "m", "lrp", "", "", "base", "entropy", "", str(3 - place), ""])
    with (folder / "metrics.csv").open("w", newline="") as file:
        csv.writer(file).writerows([COLUMNS, *rows])
    (folder / "report.html").write_text("<html></html>")


def main() -> None:
    folder = Path(sys.argv[sys.argv.index("--output") + 1])
    config = Path(sys.argv[sys.argv.index("--config") + 1])
    asked = tomllib.loads(config.read_text())
    (folder / "asked.json").write_text(json.dumps([sys.argv[1:], asked]))
    with (config.parent / asked["data"]["sequences"]).open(newline="") as file:
        names = [row["id"] for row in csv.DictReader(file)]
    say("start", folder=str(folder), tasks=8, finished=0)
    say("note", text="two sequences are the same.")
    say("progress", state="running", done=2, total=8, seconds_left=182.0, model="m", method="lrp", set="real")
    at_once = [word.removeprefix("--") for word in sys.argv[1:] if word in ("--finish", "--fail")]
    for word in at_once or map(str.strip, sys.stdin):
        if word == "finish":
            write(folder, names)
            say("end", status="complete", exit_code=0, failures=1, message="The evaluation is there.", files=[])
            sys.exit(0)
        if word == "fail":
            say("end", status="failed", exit_code=1, failures=0, message="no room is left on the disk.", files=[])
            sys.exit(1)
        if word == "refuse":
            sys.stderr.write("gxview: the model takes no such sequences.\n")
            sys.exit(2)


main()
