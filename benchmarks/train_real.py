"""Full and LoRA fine-tuning on human promoters with a TATA box (GUE ``prom_300_tata``).

``python -m benchmarks.train_real --work DIR [--data FOLDER]`` pre-trains a small DNABERT-2 on the training letters,
fine-tunes it in two ways, measures each on the dev split, which decides nothing, and compares AttnLRP of each merged
model with that of the network whose adapters are not merged. What lies in DIR is not trained again.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.real_input.letters_start import write_start
from benchmarks.record import save
from gxview.explain.attnlrp import reference_pass, token_pass
from gxview.explain.rules import Rules, reference_ops
from gxview.explain.targets import target_vectors
from gxview.models import load_model
from gxview.models.fit import Optimisation, TrainProgress
from gxview.models.pretrain import pretrain_masked_lm
from gxview.models.start import start_classifier
from gxview.models.tables import read_csv
from gxview.models.train import Lora, TrainSettings, TransformerSize, train_classifier
from gxview.models.training.lora import load_adapter

SIZE = TransformerSize(hidden=128, layers=3, heads=4)
PRETRAINING = Optimisation(5e-4, 0.01, 64, epochs=3, patience=3, schedule="linear", warmup_steps=50)
# The published 3e-5 is for 117 million weights that know genomes; so small a model learns next to nothing with it.
FULL = Optimisation(6e-4, 0.1, 32, epochs=6, patience=2, schedule="linear", warmup_steps=50)
LORA = replace(FULL, learning_rate=2e-3, weight_decay=0.01)
WAYS: dict[str, tuple[Optimisation, Lora | None]] = {
    "full": (FULL, None),
    "lora-Wqkv-r8": (LORA, Lora(keep=True)),
}
EXPLAINED = 100


def main() -> None:
    """Train what is missing, measure, write ``results/train_real.json``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--data", type=Path, default=Path(__file__).resolve().parents[2] / "shared" / "data")
    given = parser.parse_args()
    folder = given.data / "promoters" / "gue" / "prom_300_tata"
    train, dev = read_csv(folder / "train.csv.gz"), read_csv(folder / "dev.csv.gz")
    given.work.mkdir(parents=True, exist_ok=True)
    new = write_start(given.work / "new", given.data / "dnabert2" / "tokenizer.json", SIZE, seed=0)
    start = TrainSettings(
        "dnabert2",
        given.work / "pretrained",
        window_length=300,
        start_from=new,
        optimisation=PRETRAINING,
        checkpoint_every=50,
    )
    losses = pretrain_masked_lm(start, train.sequences, progress=show).losses
    rows = []
    for name, (recipe, lora) in WAYS.items():
        settings = TrainSettings(
            "dnabert2",
            given.work / name,
            targets=("background", "promoter"),
            start_from=start.output,
            optimisation=recipe,
            lora=lora,
            checkpoint_every=50,
        )
        train_classifier(settings, train, test=dev, progress=show)
        rows.append({"way": name, **measured(settings.output, start.output, dev.sequences, lora)})
        print(json.dumps(rows[-1]), flush=True)
    save("train_real", {"set": "prom_300_tata", "train": len(train), "dev": len(dev), "loss": losses, "rows": rows})


def measured(folder: Path, start: Path, sequences: tuple[str, ...], lora: Lora | None) -> dict[str, Any]:
    """Return the figures of one model."""
    report = json.loads((folder / "metrics.json").read_text())
    row = {
        "dev": report["test"],
        "validation": report["validation"],
        "best_epoch": report["best_epoch"],
        "epochs": len(report["history"]),
        "seconds": report["seconds"],
        "weights": report["weights"],
        "learning_rate": report["settings"]["optimisation"]["learning_rate"],
    }
    return (
        row
        if lora is None
        else {**row, "adapter_bytes": adapter_size(folder), "explained": apart(folder, start, sequences)}
    )


def adapter_size(folder: Path) -> int:
    """Return the bytes of the adapter's weights."""
    return (folder / "adapter" / "adapter_model.safetensors").stat().st_size


def apart(folder: Path, start: Path, sequences: tuple[str, ...]) -> dict[str, float]:
    """Return the largest difference of relevance between merged and unmerged model, over the largest relevance."""
    merged = load_model(folder)
    # The encoder of the start; the head comes with the adapter.
    settings = TrainSettings("dnabert2", folder, start_from=start)
    network: Any = start_classifier(settings, sequences, 2).network
    load_adapter(network, folder / "adapter")
    tokens = merged.tokenize(sequences[:EXPLAINED])
    goal = target_vectors("contrast", len(tokens.input_ids), merged.network.classifier.weight)
    given, real = (tokens.input_ids, tokens.attention_mask, goal), tokens.attention_mask.bool()
    found = {}
    for method in ("attnlrp", "cplrp"):
        rules = Rules(method)
        one = token_pass(merged.network, *given, rules)[0][real]
        # The fast pass multiplies by W + s B A; autograd with the rules of lxt goes through W x + s B (A x).
        for way, other in (
            ("fast", token_pass(network, *given, rules)[0]),
            ("autograd", reference_pass(network, *given, reference_ops(rules))[0]),
        ):
            found[f"{method}, {way}"] = float(f"{float((one - other[real]).abs().max() / one.abs().max()):.3g}")
    return found


def show(now: TrainProgress) -> None:
    """Print a line after each epoch."""
    if now.step == now.steps:
        measures = ", ".join(f"{name} {value:.4f}" for name, value in now.measures.items())
        print(f"{now.phase} epoch {now.epoch}: loss {now.loss:.4f} {measures}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
