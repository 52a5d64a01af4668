"""Makes the embedded sample: genome, annotation, planted truth, coverage, and two models trained to find promoters.

    python resources/make_sample.py [--output FOLDER] [--files-only] [--model NAME] [--network-seed N]

Everything is drawn from one seed. Training sequences come from further sequences of the same generator, so the models
never see the chromosome or the plasmid of the sample; settings were chosen on a validation sequence of its own.
"""

from __future__ import annotations

import argparse
import shutil
import time
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch
from gxview.resources import files
from gxview.resources.coverage import coverage
from gxview.resources.simulate import Layout, Simulated, simulate

from gxview.evaluate.planted import PROMOTER, Window, WindowDrawer
from gxview.evaluate.report import PlantedReport, evaluation_windows, report
from gxview.models import load_model
from gxview.models.fit import Optimisation, TrainProgress
from gxview.models.tokenizer import train_tokenizer
from gxview.models.train import LabelledSequences, train_classifier
from gxview.models.train_settings import TrainSettings, TransformerSize

SEED = 2026
LENGTHS = {"chromosome": 1_000_000, "plasmid": 200_000}
WINDOW = 120
TARGETS = ("background", "promoter")
THREADS = 2
# Short genes make a training sequence dense in promoters and decoys; the windows look alike.
DENSE = Layout(promoters=0.4, genes=(1, 1), codons=(25, 45))


@dataclass(frozen=True)
class Recipe:
    """How one model is trained; `bases` is the length of the training sequence."""

    bases: int
    optimisation: Optimisation
    vocabulary: int = 0
    size: TransformerSize = field(default_factory=TransformerSize)


RECIPES = {
    "sample-cnn": Recipe(4_000_000, Optimisation(1e-3, 0.01, 64, epochs=4, patience=4, schedule="linear")),
    "sample-dnabert2": Recipe(
        12_000_000,
        Optimisation(2e-3, 0.01, 128, epochs=4, patience=4, schedule="linear", warmup_steps=300),
        vocabulary=256,
        size=TransformerSize(hidden=96, layers=2, heads=6),
    ),
}


def streams(seed: int) -> dict[str, np.random.Generator]:
    """Return an independent generator for each part of the sample, so that no part depends on another's length."""
    names = (*LENGTHS, "files", "training", "validation")
    children = np.random.SeedSequence(seed).spawn(len(names))
    return {name: np.random.default_rng(child) for name, child in zip(names, children, strict=True)}


def make_genome(seed: int) -> list[Simulated]:
    """Simulate the sequences of the sample."""
    draw = streams(seed)
    return [simulate(draw[name], name, length) for name, length in LENGTHS.items()]


def write_files(folder: Path, sequences: list[Simulated], seed: int) -> None:
    """Write genome, annotation, truth and coverage."""
    rng = streams(seed)["files"]
    files.write_genome(folder / files.GENOME, sequences)
    files.write_annotation(folder / files.ANNOTATION, sequences, files.gene_names(rng))
    files.write_truth(folder / files.TRUTH, sequences)
    files.write_coverage(folder / files.COVERAGE, sequences, [coverage(rng, one) for one in sequences])


def training_windows(rng: np.random.Generator, bases: int) -> list[Window]:
    """Draw two windows per promoter and decoy of a dense sequence, and random ones."""
    dense = simulate(rng, "training", bases, DENSE)
    draw = WindowDrawer(dense.letters, dense.planted, WINDOW, rng)
    promoters = list(draw.promoters(2))
    return [*promoters, *draw.decoys(2), *draw.random(len(promoters) // 3)]


def labelled(windows: list[Window]) -> LabelledSequences:
    """Label windows with a whole promoter on their own strand 1, all others 0."""
    return LabelledSequences.of(
        [window.letters for window in windows], [int(window.kind == PROMOTER) for window in windows]
    )


def train(name: str, folder: Path, seed: int, network_seed: int) -> None:
    """Train one model into its folder, which is replaced; data come from one seed, weights and order from the other."""
    recipe, draw = RECIPES[name], streams(seed)
    data = labelled(training_windows(draw["training"], recipe.bases))
    held = simulate(draw["validation"], "validation", 400_000)
    validation = labelled(evaluation_windows(held.letters, held.planted, WINDOW))
    with TemporaryDirectory() as aside:
        tokenizer = write_tokenizer(Path(aside), data, recipe.vocabulary) if recipe.vocabulary else None
        settings = settings_of(name, Path(aside) / name, tokenizer, network_seed)
        train_classifier(settings, data, validation, progress=show)
        shutil.rmtree(folder, ignore_errors=True)
        shutil.move(settings.output, folder)


def settings_of(name: str, output: Path, tokenizer: Path | None, seed: int) -> TrainSettings:
    """Return the settings of one model."""
    recipe = RECIPES[name]
    return TrainSettings(
        kind="dnabert2" if tokenizer else "cnn",
        output=output,
        name=name,
        targets=TARGETS,
        window_length=WINDOW,
        size=recipe.size,
        tokenizer=tokenizer,
        optimisation=recipe.optimisation,
        seed=seed,
    )


def write_tokenizer(folder: Path, data: LabelledSequences, vocabulary: int) -> Path:
    """Train a byte-pair vocabulary on promoter windows, so that words of the boxes are among the tokens."""
    path = folder / "tokenizer.json"
    promoters = [data.sequences[index] for index in np.flatnonzero(data.labels)[:6_000]]
    path.write_text(train_tokenizer(promoters, vocabulary).to_json(), encoding="utf-8")
    return path


def show(progress: TrainProgress) -> None:
    """Print one line per epoch."""
    if progress.step == progress.steps:
        measures = " ".join(f"{name} {value:.3f}" for name, value in progress.measures.items())
        print(f"  epoch {progress.epoch}/{progress.epochs} loss {progress.loss:.3f} {measures}", flush=True)


def measure(folder: Path, sequence: Simulated) -> PlantedReport:
    """Measure a trained model on one sequence."""
    return report(load_model(folder), evaluation_windows(sequence.letters, sequence.planted, WINDOW))


def main() -> None:
    """Make the whole sample, or the parts asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, default=Path(__file__).parent, help="folder (default: this one)")
    parser.add_argument("--files-only", action="store_true", help="train no model")
    parser.add_argument("--model", choices=list(RECIPES), action="append", help="train only this one")
    parser.add_argument("--network-seed", type=int, default=SEED, help="of weights and order; the data stay the same")
    options = parser.parse_args()
    torch.set_num_threads(THREADS)
    sequences = make_genome(SEED)
    options.output.mkdir(parents=True, exist_ok=True)
    write_files(options.output, sequences, SEED)
    models = options.output / "models"
    models.mkdir(exist_ok=True)
    for name in () if options.files_only else options.model or RECIPES:
        started = time.perf_counter()
        print(name, flush=True)
        train(name, models / name, SEED, options.network_seed)
        print(f"  {measure(models / name, sequences[1])}\n  {time.perf_counter() - started:.0f} s", flush=True)


if __name__ == "__main__":
    main()
