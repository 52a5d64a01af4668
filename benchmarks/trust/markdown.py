"""The tables of ``docs/trust-results.md``, from ``benchmarks/results/trust_real.json``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Numbers = dict[str, Any]
SIGNED = "against=known part=signed"
KNOWN = "against=known"
AOPC = "replacement=random scale=probability"


def footprints(results: Numbers) -> Iterator[str]:
    """Yield a row for each model and method: AUPRC and correlation, all promoters and those held out."""
    rows = {
        (row["model"], row["method"], row["metric"], row["part"]): row
        for row in results["by_part"]
        if row["detail"] == SIGNED
    }
    for model, method in dict.fromkeys((model, method) for model, method, _, _ in rows):
        cells = [model, method]
        for part in ("all", "test"):
            found = rows[model, method, "signal_auprc", part], rows[model, method, "signal_pearson", part]
            cells += [_interval(found[0]), f"{found[0]['chance']:.2f}", _q(found[0]["q"])]
            cells += [_interval(found[1]), _q(found[1]["q"]), f"{found[0]['alone']} of {found[0]['n']}"]
        yield _row(cells)


def own_or_other(results: Numbers) -> Iterator[str]:
    """Yield a row for each model: own footprints and those of other promoters."""
    for model, row in results["own_or_other"].items():
        yield _row(
            [
                model,
                f"{row['own']:.2f}",
                f"{row['others']:.2f}",
                _q(row["p_others"]),
                f"{row['place']:.2f}",
                _q(row["p_place"]),
            ]
        )


def boxes(results: Numbers) -> Iterator[str]:
    """Yield a row for each model and method: localisation and faithfulness against chance."""
    series = {
        (row["model"], row.get("method", ""), row["metric"], row.get("detail", "")): row
        for row in results["series"]
        if row["level"] == "base" and "other_model" not in row
    }
    tests = {
        (row["first_model"], row["first_method"], row["first_metric"], row.get("first_detail", "")): row["q"]
        for row in results["tests"]
        if row["question"] == "chance" and "first_other_model" not in row
    }
    for model, method, metric, detail in series:
        if metric == "auprc" and (model, method, "aopc", AOPC) in series:
            here, chance = series[model, method, metric, detail], series[model, method, "auprc_chance", detail]
            aopc, orders = series[model, method, "aopc", AOPC], series[model, "", "aopc_random", AOPC]
            cells = [_interval(here), f"{chance['mean']:.2f}", _q(tests.get((model, method, "auprc", KNOWN)))]
            cells += [_interval(aopc), f"{orders['mean']:.2f}", _q(tests.get((model, method, "aopc", AOPC)))]
            yield _row([model, method, *cells])


def patterns(results: Numbers) -> Iterator[str]:
    """Yield a row for each pattern with its best match, or for a model without patterns its reason."""
    for model in results["models"]:
        best = [row for row in results["best_matches"] if row["model"] == model["model"]]
        for row in best:
            name = f"{row['name']} ({row['motif']})" if row["name"] != row["motif"] else row["name"]
            shown = [row["pattern"], row["sign"], str(row["seqlets"]), row["consensus"], name, row["motif_consensus"]]
            yield _row([model["model"], *shown, _q(row["q_value"]), f"{row['permuted_p']:.2f}"])
        if not best:
            yield _row([model["model"], "none", "", str(model["seqlets"]), model["reason"], "", "", "", ""])


def _interval(row: Numbers) -> str:
    return f"{row['mean']:.2f} ({row['low']:.2f} to {row['high']:.2f})"


def _q(value: float | None) -> str:
    return "-" if value is None else f"{value:.0e}" if value < 0.01 else f"{value:.2f}"


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"
