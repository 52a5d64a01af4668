"""``python -m benchmarks.mit_pairs --work DIR``: what pairs of the invariance test change in training.

Small CNNs and small DNABERT-2 learn sigma-70 promoters of E. coli with and without the auxiliary loss of
:mod:`gxview.assess.mit.contrast`, several seeds each, and are put to the test and to held-out promoters. The
DNABERT-2 start from the masked language model of ``python -m benchmarks.real_input --work DIR ecoli``. Each model is
trained once: what lies in DIR is read again.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from benchmarks.mit_models import DATA
from benchmarks.real_input import ecoli, ecoli_data
from benchmarks.record import save
from gxview.assess.mit import MitSettings, run_mit
from gxview.assess.mit.contrast import PairLoss
from gxview.assess.mit.networks.own import scorer_of
from gxview.models import load_model
from gxview.models.fit import Optimisation
from gxview.models.labelled import LabelledSequences
from gxview.models.train import TrainSettings, train_classifier

SHIFTS = 1
NEGATIVES = 4000
"""Background sequences to learn from, drawn from those of the training blocks."""
SEEDS = (1, 2, 3)
WEIGHTS = (0.0, 1.0)
DRAWS = 5
_RECIPES = {
    "cnn": Optimisation(1e-3, 0.01, 64, 6, 4, "plateau"),
    "dnabert2": Optimisation(3e-4, 0.1, 64, 2, 2, "linear", 50),
}
FIRST_BASE = 5
"""Where a CNN of 81 bases starts to read: the -10 box then lies as in its training windows, with +1 at 60."""
MEASURES = ("auroc", "css", "scr", "scr_moved", "at_r", "strand_accuracy", "spacing_peak", "position")


@dataclass(frozen=True)
class Run:
    """One training run."""

    kind: str
    weight: float
    seed: int

    @property
    def name(self) -> str:
        """Name of its folder."""
        return f"pairs-{self.kind}-{self.weight:g}-{self.seed}"


def runs() -> Iterator[Run]:
    """Yield all runs."""
    yield from (Run(kind, weight, seed) for seed in SEEDS for kind in _RECIPES for weight in WEIGHTS)


def trained(run: Run, data: ecoli.Data, work: Path) -> Path:
    """Train the model of a run unless it is there, and return its folder."""
    folder = work / "models" / run.name
    if (folder / "config.json").is_file():
        return folder
    settings = TrainSettings(
        run.kind,
        folder,
        preset="chip-seq",
        start_from=work / "models" / ecoli.LANGUAGE_MODEL if run.kind == "dnabert2" else None,
        targets=ecoli.TARGETS,
        window_length=ecoli_data.LENGTH,
        class_weights="balanced",
        optimisation=_RECIPES[run.kind],
        seed=run.seed,
    )
    pairs = PairLoss(run.weight, ecoli_data.LENGTH) if run.weight else None
    train_classifier(settings, training_set(data), ecoli.labelled(data, "validation", 0), auxiliary=pairs)
    return folder


def training_set(data: ecoli.Data) -> LabelledSequences:
    """Return the promoters of the training blocks, each once more at another place, and fewer of the background."""
    found = ecoli.labelled(data, "train", SHIFTS)
    positives, negatives = np.flatnonzero(found.labels == 1), np.flatnonzero(found.labels == 0)
    kept = np.r_[positives, np.random.default_rng(0).permutation(negatives)[:NEGATIVES]]
    return LabelledSequences.of([found.sequences[index] for index in kept], found.labels[kept].tolist())


def measured(run: Run, data: ecoli.Data, folder: Path) -> dict[str, Any]:
    """Return the AUROC on the test blocks of the genome and what the invariance test says."""
    model, part = load_model(folder), data.parts["test"]
    positive, negative = (
        ecoli.log_odds(model, [data.genome.sequence(site) for site in sites])
        for sites in (part.positives, part.negatives)
    )
    start = FIRST_BASE if model.fixed_length else None
    scorer = scorer_of(model, run.name, target=None if model.num_labels == 1 else "contrast", start=start)
    (row,) = run_mit(MitSettings([scorer], seeds=DRAWS)).rows()
    (moved,) = run_mit(MitSettings([scorer], seeds=DRAWS, scramble="moved", probing=False)).rows()
    return {
        **asdict(run),
        "auroc": ecoli.auroc(positive, negative),
        "css": row["seeds"]["css"]["mean"],
        "scr": row["seeds"]["scr"]["mean"],
        "scr_moved": moved["seeds"]["scr"]["mean"],
        "at_r": row["at_r"],
        "strand_accuracy": row["strand_accuracy"],
        "spacing_peak": row["spacing_peak"],
        "position": row["effects"]["position"],
    }


def summary(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return mean and spread over seeds for each kind and weight."""
    found: dict[tuple[str, float], list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault((row["kind"], row["weight"]), []).append(row)
    return [
        {
            "kind": kind,
            "weight": weight,
            "seeds": len(group),
            **{name: _spread([row[name] for row in group]) for name in MEASURES},
        }
        for (kind, weight), group in found.items()
    ]


def _spread(values: list[float]) -> dict[str, float]:
    known = np.array(values, dtype=np.float64)
    return {"mean": float(known.mean()), "low": float(known.min()), "high": float(known.max())}


def markdown(table: Iterable[dict[str, Any]]) -> str:
    """Return the summary as a table."""
    heads = ("model", "weight", "AUROC", "CSS", "SCR", "SCR moved", "AT r", "strand", "spacing peak", "position")
    lines = [f"| {' | '.join(heads)} |", f"|{' --- |' * len(heads)}"]
    for row in table:
        digits = {"auroc": 3, "spacing_peak": 0}
        cells = [row["kind"], f"{row['weight']:g}", *(_text(row[name], digits.get(name, 2)) for name in MEASURES)]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _text(spread: dict[str, float], digits: int) -> str:
    low, high = f"{spread['low']:.{digits}f}", f"{spread['high']:.{digits}f}"
    return f"{spread['mean']:.{digits}f} ({low} to {high})"


def main() -> None:
    """Train, measure, write."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.mit_pairs", description=__doc__)
    parser.add_argument("--work", type=Path, required=True, help="folder of models")
    parser.add_argument("--data", type=Path, default=DATA, help="folder with real data")
    parser.add_argument("--threads", type=int, default=1, help="threads of PyTorch (default 1)")
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    data, rows = ecoli.read(given.data, given.work / "cache"), []
    for run in runs():
        rows.append(measured(run, data, trained(run, data, given.work)))
        print(json.dumps(rows[-1]), flush=True)
    table = summary(rows)
    save("mit_pairs", {"summary": table, "runs": rows, "draws": DRAWS})
    print(markdown(table))


if __name__ == "__main__":
    main()
