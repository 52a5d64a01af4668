"""Speaks the protocol of ``gxview mit|probe|variants|train --progress json`` and computes nothing.

It tells a step and waits for a word: ``finish`` writes the results, ``fail`` and ``refuse`` end it (the latter with a
sentence on stderr only), ``epoch`` tells of a pass over the data. SIGTERM ends it as a stopped command ends.
``--finish`` among the arguments finishes at once.
"""

from __future__ import annotations

import csv
import gzip
import json
import signal
import sys
from pathlib import Path
from typing import Any

MIT = {
    "results": [
        {"scorer": "pa-pwm", "css": 1.0, "css_ci": [1.0, 1.0], "q": 1e-9, "scr": 0.98, "scr_ci": [0.94, 1.0]},
        {
            "scorer": "m",
            "css": 0.6,
            "css_ci": [0.5, 0.7],
            "scr": 0.46,
            "scr_ci": [0.3, 0.6],
            "mes": -0.03,
            "at_r": 0.96,
        },
    ],
    "published": [{"scorer": "Evo2-1B", "css": 0.6, "scr": 0.46, "mes": -0.03, "mes_natural": 0.38, "at_r": 0.961}],
    "titration": [
        {"scorer": "m", "kind": kind, "at": at, "mean": mean}
        for kind, at, mean in (("intact", 0.3, 1.0), ("broken", 0.3, 3.0), ("intact", 0.8, 6.0))
    ],
    "relevance": [
        {"scorer": "m", "method": "ism"}
        | {name: {"value": 0.6, "low": 0.5, "high": 0.7} for name in ("position", "order", "extended", "intact")}
    ],
    "spacing": [{"scorer": "m", "spacing": 17, "mean": 2.0}, {"scorer": "m", "spacing": 12, "mean": None}],
}
PROBE = {
    "rows": [
        {"input": name, "head": head, "layer": layer, "target": "label", "metric": "auroc", **more}
        for name, head, layer, more in (
            ("one-hot", "cnn", None, {"n_train": 98, "fraction": 1.0, "seed": 0, "value": 0.9}),
            ("one-hot", "cnn", None, {"n_train": 102, "fraction": 1.0, "seed": 1, "value": 0.8}),
            ("m cls", "ridge", 2, {"n_train": 100, "fraction": 1.0, "seed": 0, "value": 0.7}),
            ("m cls", "ridge", 2, {"n_train": 50, "fraction": 0.5, "seed": 0, "value": 0.6}),
            ("m cls", "ridge", 2, {"n_train": 50, "fraction": 0.5, "seed": 1, "value": None}),
        )
    ],
    "comparisons": [{"first": "one-hot", "second": "m cls", "p": 0.01, "q": 0.02}],
}
EFFECTS = [
    ("chr1", "101", "rs1", "G", "A", "snv", "0.5", "0.1", "1", "1.5", ""),
    ("chr1", "201", ".", "C", "CAG", "insertion", "-2.25", "0.2", "1", "-1.25", ""),
    ("chr2", "301", ".", "C", "<DEL>", "symbolic", "", "", "", "", "a symbolic allele has no letters"),
]
COLUMNS = (*("chrom", "pos", "id", "ref", "alt", "kind"), *("logit", "logit_sd", "logit_ref", "logit_alt", "reason"))
LOSSES = ((0.9, 0.8, 0.6), (0.5, 0.6, 0.75), (0.3, 0.7, 0.72))


def say(event: str, **more: object) -> None:
    sys.stdout.write(json.dumps({"event": event, **more}) + "\n")
    sys.stdout.flush()


def epoch(number: int) -> None:
    train, validation, auroc = LOSSES[number]
    losses = {"train_loss": train, "validation_loss": validation, "measures": {"auroc": auroc}}
    say("epoch", phase="train", fold=None, epoch=number + 1, epochs=3, **losses)


def write_table(path: Path, rows: list[Any], delimiter: str = ",") -> None:
    with path.open("w", newline="") as file:
        csv.writer(file, delimiter=delimiter, lineterminator="\n").writerows(rows)


def write(kind: str, folder: Path) -> None:
    if kind == "mit":
        (folder / "mit.json").write_text(json.dumps(MIT))
        rows = [("m", "main", "", f"{one}_{n:03}", one, n + len(one), "") for one in "ABCDEFGH" for n in range(3)]
        head = ("scorer", "set", "condition", "id", "class", "score", "tokens")
        write_table(folder / "scores.csv", [head, *rows, ("m", "spacing", "17", "x", "17", 1.0, "")])
    elif kind == "probe":
        (folder / "probe.json").write_text(json.dumps(PROBE))
    elif kind == "variants":
        write_table(folder / "calls.tsv", [COLUMNS, *EFFECTS], "\t")
        (folder / "variants.json").write_text("{}")
        with gzip.open(folder / "calls.vcf.gz", "wt") as file:
            file.write("##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n")
    else:
        history = [
            {"epoch": n, "learning_rate": 0.1, "train_loss": train, "validation_loss": held, "auroc": auroc}
            for n, (train, held, auroc) in enumerate(LOSSES, 1)
        ]
        report = {"best_epoch": 2, "history": history, "test": {"auroc": 0.7}}
        (folder / "metrics.json").write_text(json.dumps(report))
        (folder / "config.json").write_text("{}")
        (folder / "README.md").write_text("---\nlicense: mit\n---\n\n# A model\n\nTrained here.\n")
    (folder / "report.html").write_text("<html></html>")


def stopped(*_: object) -> None:
    say("end", status="stopped", exit_code=130, failures=0, files=[], message="it was stopped.")
    sys.exit(130)


def main() -> None:
    signal.signal(signal.SIGTERM, stopped)
    kind, folder = sys.argv[1], Path(sys.argv[sys.argv.index("--output") + 1])
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "asked.json").write_text(json.dumps(sys.argv[1:]))
    say("start", tasks=8, finished=0)
    say("note", text="two sequences are the same.")
    say("progress", state="running", done=2, total=8, seconds_left=182.0, work="scorer m")
    passes = 0
    for word in ["finish"] if "--finish" in sys.argv else map(str.strip, sys.stdin):
        if word == "epoch":
            epoch(passes)
            passes += 1
        if word == "finish":
            write(kind, folder)
            say("end", status="complete", exit_code=0, failures=1, message="All of it is there.", files=[])
            sys.exit(0)
        if word == "fail":
            say("end", status="failed", exit_code=1, failures=0, message="no room is left on the disk.", files=[])
            sys.exit(1)
        if word == "refuse":
            sys.stderr.write("gxview: the model takes no such sequences.\n")
            sys.exit(2)


main()
