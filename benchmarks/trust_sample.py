"""How far to trust explanations of the sample's models: ``python -m benchmarks.trust_sample --work DIR [STEP]``.

Steps are ``methods`` (all methods on windows of the held-out sequence, by ``gxview evaluate``), ``stability`` (the
cheap methods under changes of the input and of the weights), ``full`` (all methods, all replacements, normalised AOPC
and agreement with in-silico mutagenesis, on fewer windows), ``boxes`` (what DNABERT-2 gives each box),
``throughput`` (windows per second of each method, in turns) and ``cost`` (processor time and memory of the quick set
against the number of windows). Results go to
``benchmarks/results/trust_sample.json``; tables are printed as Markdown. Second training runs, for the ceiling of
similarities, are made by ``resources/make_sample.py --network-seed 7 --output FOLDER``; give their folders with
``--cnn-seed`` and ``--dnabert2-seed``.
"""

from __future__ import annotations

import argparse
import csv
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch

from benchmarks.real_input.report import update
from benchmarks.record import RESULTS
from gxview.cli.sample import WINDOWS, windows_table
from gxview.evaluate.run.config import Controls, Data, Evaluation, Family, ModelEntry
from gxview.evaluate.run.report.words import LOCALISED, PRIMARY
from gxview.evaluate.run.run import evaluate
from gxview.explain import Explanation, explain
from gxview.explain.methods import methods_for
from gxview.explain.settings import CONTRAST
from gxview.models.loading import load_model

STEPS = ("methods", "stability", "full", "boxes", "throughput", "cost")
TARGET = RESULTS / "trust_sample.json"
LENGTH = 120
CNN, DNABERT2 = "CNN", "DNABERT-2"
MODELS: dict[str, tuple[str, Literal["cnn", "dnabert2"]]] = {
    CNN: ("sample-cnn", "cnn"),
    DNABERT2: ("sample-dnabert2", "dnabert2"),
}
FAMILIES: dict[str, tuple[Family, ...]] = {
    "methods": ("similarity", "concentration", "faithfulness", "localisation"),
    "stability": ("similarity", "localisation", "stability", "sanity"),
    "full": ("faithfulness",),
}
CHEAP = 3
"""Forward passes up to which a method is in the step ``stability``."""

FULL_WINDOWS = 20
"""Windows of the step ``full``, which asks a model some 6,000 times a window."""

CHANGED = ("shift_similarity", "strand_similarity", "substitution_similarity", "randomised_similarity")
SHOWN = (("aopc", PRIMARY), ("aopc_random", PRIMARY), LOCALISED[0], ("auprc_chance", LOCALISED[0][1]), ("jaccard", ""))
"""What is kept in the results: metric and detail."""

THOROUGH = ("aopc", "aopc_random", "normalised_aopc", "ism_spearman")
"""What the step ``full`` adds, with every replacement."""

WITHOUT_TESTS = (*CHANGED, *THOROUGH)
"""What the results keep by mean and interval only."""

Row = Mapping[str, str]


def windows_file(work: Path) -> Path:
    """Write the windows of the held-out sequence, as ``gxview sample`` does; return the file."""
    work.mkdir(parents=True, exist_ok=True)
    path = work / WINDOWS
    path.write_text(windows_table(LENGTH), encoding="utf-8")
    return path


def configuration(step: str, windows: Path, limit: int, seeds: Mapping[str, Path]) -> Evaluation:
    """Return the evaluation of a step: methods of both models, and the main method of second training runs.

    Parameters
    ----------
    step
        ``methods``, ``stability`` or ``full``.
    windows
        Table of the sequences.
    limit
        Number of windows, half of them promoters.
    seeds
        Folders of second training runs by the name of the model.
    """
    entries = []
    for name, (model, kind) in MODELS.items():
        methods = tuple(
            one.name
            for one in methods_for(kind)
            if one.explains != "tokens" and (step != "stability" or one.passes(LENGTH) <= CHEAP)
        )
        entries.append(ModelEntry(model=model, name=name, methods=methods))
        if name in seeds:
            second = f"{name}, seed 2"
            entries.append(ModelEntry(model=str(seeds[name]), name=second, methods=methods[:1], seed_of=name))
    return Evaluation(
        title="The sample, held-out sequence",
        data=Data(sequences=windows, limit=limit),
        models=tuple(entries),
        full=step != "methods",
        families=FAMILIES[step],
        controls=Controls(sets=("dinucleotide",)),
        device="cpu",
        block=20,
    )


def read(path: Path) -> list[dict[str, str]]:
    """Return the rows of a table."""
    with path.open(newline="", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def kept(row: Row, prefix: str = "") -> bool:
    """Whether the results name a row of a table: metrics of `SHOWN` on bases, `WITHOUT_TESTS`."""
    about = row[f"{prefix}metric"], row[f"{prefix}detail"]
    return row[f"{prefix}level"] == "base" and (about in SHOWN or (not prefix and about[0] in WITHOUT_TESTS))


def side(row: Row, prefix: str = "") -> dict[str, str]:
    """Return what a series is about, without what is empty."""
    names = ("set", "model", "method", "other_model", "other_method", "metric", "detail")
    return {name: row[prefix + name] for name in names if row[prefix + name]}


def rounded(row: Row, *names: str) -> dict[str, float]:
    """Return numbers of a row to four digits."""
    return {name: float(f"{float(row[name]):.4g}") for name in names}


def collected(folder: Path) -> dict[str, Any]:
    """Return what the tables of an evaluation say about faithfulness, localisation and similarity."""
    series, tests = read(folder / "summary.csv"), read(folder / "tests.csv")
    verdicts = [row for row in read(folder / "metrics.csv") if row["metric"] == "sanity" and row["value"]]
    missing = [row for row in read(folder / "metrics.csv") if row["reason"]]
    return {
        "tests in all": len(tests),
        "numbers that could not be had": len(missing),
        "series": [
            {**side(row), "n": int(row["n"]), **rounded(row, "mean", "low", "high")} for row in series if kept(row)
        ],
        "tests": [_test(row) for row in tests if kept(row, "first_")],
        "sanity": [{**side(row), "passed": row["value"] == "1.0"} for row in verdicts],
    }


def _test(row: Row) -> dict[str, Any]:
    numbers = rounded(row, "difference", "effect", "p", "q")
    sides = {"first": side(row, "first_"), "second": side(row, "second_")}
    return {"question": row["question"], **sides, "n": int(row["n"]), **numbers}


def boxes(windows: Path) -> dict[str, Any]:
    """Return how often a box of a promoter gets no positive relevance, and how early random relevance puts tokens.

    Of the promoters that DNABERT-2 calls with a probability above 0.9; `early` is the share of the bases of tokens of
    each length (7: or longer) among the first tenth of all bases by the method ``random``.
    """
    model, rows = load_model("sample-dnabert2", "cpu"), [row for row in read(windows) if row["label"] == "1"]
    letters = [row["sequence"] for row in rows]
    without: dict[str, int] = {}
    for method in ("attnlrp", "cplrp", "gradient_x_input", "ism"):
        found = explain(model, letters, method, CONTRAST)
        called = [one.logits[1] - one.logits[0] > np.log(9) for one in found]
        least = [_least_box(row, one) for row, one in zip(rows, found, strict=True)]
        without[method] = sum(bool(sure and value <= 0) for sure, value in zip(called, least, strict=True))
    early: dict[int, list[float]] = {}
    for one in explain(model, letters, "random", CONTRAST):
        first = np.argsort(np.argsort(-one.values, kind="stable")) < len(one.values) / 10
        for start, end in one.token_spans:
            if end > start:
                early.setdefault(min(int(end - start), 7), []).append(float(first[start:end].mean()))
    shares = {str(length): round(statistics.mean(early[length]), 3) for length in sorted(early)}
    return {"called": sum(map(bool, called)), "a box without positive relevance": without, "early": shares}


def _least_box(row: Row, found: Explanation) -> float:
    """Return the smaller relevance of both boxes of a promoter."""
    spans = zip(row["mask_start"].split(";"), row["mask_end"].split(";"), strict=True)
    return min(float(found.values[int(start) - 1 : int(end)].sum()) for start, end in spans)


def throughput(windows: Path, number: int, turns: int) -> list[dict[str, Any]]:
    """Return how many windows a second each method explains on one thread, all methods in turns.

    Parameters
    ----------
    windows
        Table of the sequences.
    number
        Windows of one measurement.
    turns
        Measurements; the median is kept, after one that warms up.
    """
    letters = [row["sequence"] for row in read(windows)[:number]]
    times: dict[tuple[str, str], list[tuple[float, float]]] = {}
    loaded = {name: load_model(model, "cpu") for name, (model, _) in MODELS.items()}
    for _ in range(turns + 1):
        for name, model in loaded.items():
            for one in methods_for(model.kind):
                if one.explains != "tokens":
                    wall, busy = time.perf_counter(), time.process_time()
                    explain(model, letters, one.name, None)
                    spent = time.perf_counter() - wall, time.process_time() - busy
                    times.setdefault((name, one.name), []).append(spent)
    return [_pace(name, method, number, found[1:]) for (name, method), found in times.items()]


def _pace(name: str, method: str, number: int, times: list[tuple[float, float]]) -> dict[str, Any]:
    wall, busy = (statistics.median(column) for column in zip(*times, strict=True))
    return {
        "model": name,
        "method": method,
        "windows_per_cpu_second": round(number / busy, 1),
        "windows_per_second": round(number / wall, 1),
    }


def cost(work: Path, windows: Path, limits: list[int]) -> list[dict[str, Any]]:
    """Return processor time, wall time and memory of the quick set of both models, by number of windows."""
    return [_one_cost(work / f"cost-{limit}-{time.time_ns()}", windows, limit) for limit in limits]


def _one_cost(folder: Path, windows: Path, limit: int) -> dict[str, Any]:
    models = [part for model, _ in MODELS.values() for part in ("--model", model)]
    command = [sys.executable, "-m", "gxview", "evaluate", "--sequences", str(windows), "--limit", str(limit)]
    command += [*models, "--device", "cpu", "--progress", "none", "-o", str(folder)]
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"gxview evaluate ended with {process.returncode}")
    return {
        "windows": limit,
        "cpu_seconds": round(used.ru_utime + used.ru_stime, 1),
        "seconds": round(time.perf_counter() - start, 1),
        "peak_mb": round(used.ru_maxrss / 1024),
    }


def tables(found: Mapping[str, Any]) -> Iterator[str]:
    """Yield the tables of the note: each method, then what its main method was tested against, then similarity."""
    for name in MODELS:
        yield f"### {name}\n\n" + "\n".join(_methods_table(found, name))
    lines = ["| compared | AOPC: difference, effect, q, n | AUPRC: difference, effect, q, n |", "| --- | --- | --- |"]
    pairs: dict[str, dict[str, str]] = {}
    for one in found["tests"]:
        if one["first"]["metric"] in ("aopc", "auprc") and "other_model" not in one["first"]:
            text = f"{one['difference']:+.3f}, {one['effect']:+.2f}, {one['q']:.1g}, {one['n']}"
            pairs.setdefault(_compared(one), {})[one["first"]["metric"]] = text
    yield "\n".join(
        lines + [f"| {name} | {row.get('aopc', '')} | {row.get('auprc', '')} |" for name, row in pairs.items()]
    )
    yield "\n".join(_similarities(found["series"]))
    yield "\n".join(_thorough_table(found["series"]))


def _thorough_table(series: list[dict[str, Any]]) -> Iterator[str]:
    yield "| set | model | method | metric | detail | n | mean |"
    yield "| --- " * 7 + "|"
    for one in series:
        if one["metric"] in THOROUGH:
            what = (one.get(name, "") for name in ("set", "model", "method", "metric", "detail"))
            yield f"| {' | '.join(what)} | {one['n']} | {_cell(one)} |"


def _similarities(series: list[dict[str, Any]]) -> Iterator[str]:
    yield "| set | first | second | n | continuous Jaccard |"
    yield "| --- | --- | --- | --- | --- |"
    for one in series:
        if one["metric"] == "jaccard" and one["other_model"] != one["model"]:
            first, second = f"{one['model']} {one['method']}", f"{one['other_model']} {one['other_method']}"
            yield f"| {one['set']} | {first} | {second} | {one['n']} | {_cell(one)} |"


def _methods_table(found: Mapping[str, Any], name: str) -> Iterator[str]:
    heads = ("AOPC, real", "AOPC, dinucleotide shuffle", "AUPRC, real", "AUPRC, dinucleotide shuffle")
    yield "| weights | method | n | " + " | ".join(heads) + " |"
    yield "| --- " * 7 + "|"
    cells: dict[tuple[str, str], dict[tuple[str, str], Any]] = {}
    for one in found["series"]:
        model, random, _ = one["model"].partition("#randomised-")
        shown = (one["metric"], one.get("detail", "")) in SHOWN
        if model.removesuffix(", seed 2") == name and one["metric"] != "jaccard" and shown:
            weights = "random" if random else "seed 2" if model != name else "trained"
            metric, _, level = one["metric"].partition("_")
            method = one.get("method") or "random orders"
            if level == "chance":
                if method not in ("lrp", "attnlrp") or weights != "trained":
                    continue
                method = "masks at random places"
            cells.setdefault((weights, method), {})[metric, one["set"]] = one
    for (weights, method), row in cells.items():
        texts = [_cell(row.get((metric, kind))) for metric in ("aopc", "auprc") for kind in ("real", "dinucleotide")]
        yield f"| {weights} | {method} | {next(iter(row.values()))['n']} | {' | '.join(texts)} |"


def _cell(one: Mapping[str, Any] | None) -> str:
    return "" if one is None else f"{one['mean']:.3f} ({one['low']:.3f} to {one['high']:.3f})"


def _compared(one: Mapping[str, Any]) -> str:
    first, second = one["first"], one["second"]
    against = {
        "chance": "chance",
        "method": second.get("method", ""),
        "control": f"{second['set']} shuffle",
        "randomised": "random weights",
        "model": f"{second['model']} {second.get('method', '')}",
    }[one["question"]]
    return f"{first['model']} {first.get('method', '')}, against {against}"


def main() -> None:
    """Do the steps that were asked for, all of them by default."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.trust_sample", description=__doc__)
    parser.add_argument("steps", nargs="*", metavar="STEP", help=f"one of {', '.join(STEPS)}; all by default")
    parser.add_argument("--work", type=Path, required=True, help="folder for windows and evaluations")
    parser.add_argument("--limit", type=int, default=60, help="windows, half of them promoters (default 60)")
    parser.add_argument("--cnn-seed", type=Path, help="second training run of sample-cnn")
    parser.add_argument("--dnabert2-seed", type=Path, help="second training run of sample-dnabert2")
    given = parser.parse_args()
    if unknown := set(given.steps) - set(STEPS):
        parser.error(f"there is no step {', '.join(sorted(unknown))}; the steps are {', '.join(STEPS)}")
    torch.set_num_threads(1)
    windows, chosen = windows_file(given.work), given.steps or STEPS
    seeds = {name: path for name, path in ((CNN, given.cnn_seed), (DNABERT2, given.dnabert2_seed)) if path}
    if "cost" in chosen:  # first: a child counts the memory of its parent as its own until it has begun
        update(TARGET, "cost", costs := cost(given.work, windows, [10, 20, 40]))
        print(*costs, sep="\n")
    for step in FAMILIES:
        if step in chosen:
            limit = min(given.limit, FULL_WINDOWS) if step == "full" else given.limit
            evaluate(configuration(step, windows, limit, seeds), given.work / step)
            found = {"windows": limit, **collected(given.work / step)}
            update(TARGET, step, found)
            print(*tables(found), sep="\n\n")
    if "boxes" in chosen:
        update(TARGET, "boxes", found := boxes(windows))
        print(found)
    if "throughput" in chosen:
        update(TARGET, "throughput", paces := throughput(windows, 20, 3))
        print(*paces, sep="\n")


if __name__ == "__main__":
    main()
