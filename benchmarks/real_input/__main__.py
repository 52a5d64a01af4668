"""``python -m benchmarks.real_input --work DIR [gue] [ecoli]``: train, explain, measure, draw.

Models go to DIR and are not trained again when they are there. Real data is expected in ``../shared/data`` beside the
checkout, or where ``--data`` says.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch

from benchmarks.real_input import ecoli, figures, gue, lac, report
from benchmarks.real_input.training import Workshop

ROOT = Path(__file__).resolve().parents[2]
IMAGES = ROOT / "docs" / "images"
STEPS = ("gue", "ecoli")


def main() -> None:
    """Run the steps that were asked for; all of them by default."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.real_input", description=__doc__)
    parser.add_argument("steps", nargs="*", metavar="STEP", help=f"one of {' or '.join(STEPS)}; all by default")
    parser.add_argument("--work", type=Path, required=True, help="folder for trained models and exports")
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data", help="folder with real data")
    parser.add_argument("--threads", type=int, default=1, help="threads of PyTorch (default 1)")
    given = parser.parse_args()
    if unknown := set(given.steps) - set(STEPS):
        parser.error(f"there is no step {', '.join(sorted(unknown))}; the steps are {', '.join(STEPS)}")
    if not given.data.is_dir():
        parser.error(f"{given.data} does not exist; give the folder with real data by --data")
    torch.set_num_threads(given.threads)
    IMAGES.mkdir(parents=True, exist_ok=True)
    shop = Workshop(given.work)
    for step in given.steps or STEPS:
        {"gue": run_gue, "ecoli": run_ecoli}[step](shop, given.data)


def run_gue(shop: Workshop, data: Path) -> None:
    """Human promoters of GUE."""
    results = gue.run(shop, data)
    for task in gue.TASKS:
        figures.promoters([r for r in results if r.task == task], IMAGES / f"real-{task.name.replace('_', '-')}.png")
    numbers = [result.numbers for result in results]
    report.update(report.RESULTS, "gue", numbers)
    print(report.gue_table(numbers), report.window_table(numbers), sep="\n\n")


def run_ecoli(shop: Workshop, data: Path) -> None:
    """E. coli promoters and the lac locus."""
    genome = data / "genomes" / "ecoli" / "NC_000913.3.fa.gz"
    sites = ecoli.read(data, shop.folder / "cache")
    models = ecoli.train(shop, sites, data / "dnabert2" / "tokenizer.json")
    results = [ecoli.measure(sites, path, shop) for path in models.values()]
    loci = lac.run(models, genome, shop.folder / "lac")
    figures.ecoli_promoters(results, IMAGES / "real-ecoli-promoters.png")
    figures.lac(loci, IMAGES / "real-lac.png")
    lac.screenshot(models, genome, genome.with_name("NC_000913.3.gff.gz"), IMAGES / "real-lac-window.png")
    content = {"data": sites.facts, "models": [r.numbers for r in results], "lac": [locus.numbers for locus in loci]}
    report.update(report.RESULTS, "ecoli", content)
    tables = report.ecoli_table(content["models"]), report.window_table(content["models"])
    print(*tables, report.lac_table(content["lac"]), sep="\n\n")


if __name__ == "__main__":
    main()
