"""The numbers of the evaluation as Markdown and as JSON, with the machine and the commit they come from."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from benchmarks.record import commit, processor

RESULTS = Path(__file__).resolve().parents[1] / "results" / "real_input.json"


def machine() -> dict[str, Any]:
    """Return what the numbers were measured on."""
    return {
        "processor": processor(),
        "cores": os.cpu_count(),
        "threads": torch.get_num_threads(),
        "python": platform.python_version(),
        "torch": torch.__version__,
    }


def update(path: Path, section: str, content: Any) -> None:
    """Replace one section of the JSON file, with the machine and commit of this run."""
    known = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    known[section] = {"commit": commit(), "machine": machine(), "results": content}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(known, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def gue_table(results: Sequence[dict[str, Any]]) -> str:
    """Return the table of the human promoters."""
    rows = [
        (
            row["set"],
            row["model"],
            f"{row['parameters']:,}",
            _seconds(row["train_seconds"]),
            f"{row['auroc']:.3f}",
            f"{row['auroc_unseen']:.3f} ({row['dev_n'] - row['dev_in_train']})",
            f"{row['auprc']:.3f}",
            row["explained"],
            f"{row['maximum']['index']} ({row['maximum']['from_tss']:+d})",
        )
        for row in results
    ]
    heads = ("set", "model", "parameters", "training s", "AUROC dev", "AUROC not in train (n)", "AUPRC", "explained")
    return _table((*heads, "maximum of the mean: index (position)"), rows)


def window_table(results: Sequence[dict[str, Any]]) -> str:
    """Return the table of top windows: how often they lie where they should."""
    rows = [
        (row.get("set", "E. coli test"), row["model"], target, name.replace("_", " "), *_window(found))
        for row in results
        for target, part in (("positive logit", row), ("contrast", row.get("contrast", {})))
        for name, found in part.get("top_window", {}).items()
    ]
    heads = ("set", "model", "target", "sequences or box", "inside", "n", "share (95 % interval)", "chance", "permuted")
    return _table(heads, rows)


def ecoli_table(results: Sequence[dict[str, Any]]) -> str:
    """Return the table of the E. coli models."""
    rows = [
        (
            row["model"],
            f"{row['parameters']:,}",
            _seconds(row["train_seconds"]),
            _seconds(row["pretrain_seconds"]),
            f"{row['auroc']:.3f}",
            f"{row['auroc_coding']:.3f} ({row['test_negatives'] - row['negatives_intergenic']})",
            f"{row['auroc_intergenic']:.3f} ({row['negatives_intergenic']})",
            row["test_positives"],
            f"{row['maximum']['from_tss']:+d}",
        )
        for row in results
    ]
    heads = (
        "model",
        "parameters",
        "training s",
        "pre-training s",
        "AUROC",
        "against coding (n)",
        "against intergenic (n)",
    )
    return _table((*heads, "promoters", "maximum of the mean"), rows)


def lac_table(results: Sequence[dict[str, Any]]) -> str:
    """Return the table of the lac promoter."""
    rows = [
        (
            row["model"],
            row["phases"],
            f"{row['score_at_tss']:.3f}",
            *(f"{row['boxes'][name]['rank']} of {row['boxes'][name]['windows']}" for name in ("-35", "-10")),
            f"{row['positive_relevance_in_boxes']:.0%} on {row['bases_in_boxes']:.0%} of the bases",
            f"{row['auprc_of_boxes']:.2f}",
            f"{row['top_window']['word']} at {row['top_window']['from']:+d}",
            "yes" if row["equal_to_float32"] else f"no ({row['largest_difference']:.1e})",
            ", ".join(row["renderers"]),
        )
        for row in results
    ]
    heads = ("model", "grids", "score at +1", "rank of -35", "rank of -10", "positive relevance in the boxes", "AUPRC")
    return _table((*heads, "top 6 bases", "bigWig equals API", "renderer"), rows)


def _window(found: dict[str, Any]) -> tuple[str, ...]:
    share = f"{found['share']:.1%} ({found['low']:.1%} to {found['high']:.1%})"
    return str(found["inside"]), str(found["n"]), share, f"{found['chance']:.1%}", f"{found['permuted']:.1%}"


def _seconds(value: float | None) -> str:
    return "-" if value is None else f"{value:.0f}"


def _table(heads: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)
