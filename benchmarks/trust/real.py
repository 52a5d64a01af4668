"""``python -m benchmarks.trust.real --models DIR --data DIR -o OUT [STEP ...]``: trust on real promoters.

``benchmarks.real_input`` trains the models. Each step makes a table, runs ``gxview evaluate`` on it, and writes its
numbers to ``benchmarks/results/trust_real.json``. A run that was stopped goes on where it was.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.real_input import ecoli, ecoli_data, report
from benchmarks.record import RESULTS
from benchmarks.trust import footprints, markdown, runs, summary, swapped, tables
from gxview.models import load_model

ROOT = Path(__file__).resolve().parents[2]
JSON = RESULTS / "trust_real.json"
GUE_MODELS = {"CNN": "prom_300_tata-cnn", "DNABERT-2": "prom_300_tata-dnabert2"}
ECOLI_MODELS = {"CNN": "ecoli-cnn", "DNABERT-2": "ecoli-dnabert2"}


@dataclass(frozen=True)
class Bench:
    """What a step needs.

    Attributes
    ----------
    models, data, output
        Folders.
    limit
        Largest number of sequences of an evaluation with two classes.
    full
        Whether ``gxview evaluate`` runs everything.
    """

    models: Path
    data: Path
    output: Path
    limit: int
    full: bool

    @property
    def fasta(self) -> Path:
        """The genome of E. coli."""
        return self.data / "genomes" / "ecoli" / "NC_000913.3.fa.gz"

    @property
    def cache(self) -> Path:
        """Where the index of the genome goes."""
        return self.output / "cache"

    def folders(self, names: dict[str, str]) -> dict[str, Path]:
        """Return the folders of those models that are there."""
        found = {name: self.models / folder for name, folder in names.items()}
        return {name: path for name, path in found.items() if (path / "metrics.json").is_file()}


def gue(bench: Bench) -> dict[str, Any]:
    """Human TATA promoters and non-promoters."""
    table = tables.write(tables.gue(bench.data), bench.output / "gue.csv")
    title = "Human promoters with a TATA box (GUE, dev)"
    job = runs.Job("gue", title, table, bench.folders(GUE_MODELS), bench.limit, full=bench.full)
    return summary.evaluated(runs.evaluate(job, bench.output))


def ecoli_test(bench: Bench) -> dict[str, Any]:
    """E. coli promoters and non-promoters of the blocks that no model saw."""
    table = tables.write(tables.ecoli_sites(ecoli.read(bench.data, bench.cache)), bench.output / "ecoli.csv")
    title = "E. coli sigma-70 promoters, held-out blocks"
    models = bench.folders(ECOLI_MODELS)
    job = runs.Job("ecoli", title, table, models, bench.limit, bench.fasta, bench.full)
    return summary.evaluated(runs.evaluate(job, bench.output))


def regseq(bench: Bench) -> dict[str, Any]:
    """E. coli promoters against measured information footprints."""
    genome = ecoli_data.Genome(bench.fasta, bench.cache)
    found = footprints.read(bench.data / "promoters" / "regseq", genome)
    table = tables.write(tables.regseq(found, genome.chrom), bench.output / "regseq.csv")
    title = "E. coli promoters against information footprints (Reg-Seq)"
    # A network of ReLUs gives LRP epsilon and gradient x input the same values, so a fourth method is needed.
    models = bench.folders(ECOLI_MODELS)
    job = runs.Job("regseq", title, table, models, genome=bench.fasta, extra=("ism",))
    folder = runs.evaluate(job, bench.output)
    return {
        "promoters": len(found.promoters),
        "without_footprint": found.without_footprint,
        "footprints_unused": found.files_unused,
        "parts": dict(Counter(one.part for one in found.promoters)),
        "own_or_other": own_or_other(bench, found),
        "by_part": summary.by_part(folder, {one.name: one.part for one in found.promoters}),
        **summary.evaluated(folder),
    }


def own_or_other(bench: Bench, found: footprints.Found) -> dict[str, Any]:
    """Hold the relevance of each promoter against its own footprint and those of the others."""
    letters = [one.letters[one.window] for one in found.promoters]
    measured = [one.information[one.window] for one in found.promoters]
    models = bench.folders(ECOLI_MODELS)
    return {name: swapped.compared(load_model(path), letters, measured) for name, path in models.items()}


def gue_motifs(bench: Bench) -> dict[str, Any]:
    """Patterns in the human promoters against JASPAR."""
    rows = [row for row in tables.gue(bench.data) if row.label]
    table = tables.write(rows, bench.output / "gue-positives.csv")
    folder = bench.output / "gue-motifs"
    return summary.patterns(runs.discover(bench.folders(GUE_MODELS), table, ["JASPAR2026:vertebrates"], folder))


def ecoli_motifs(bench: Bench) -> dict[str, Any]:
    """Patterns in the E. coli promoters of held-out blocks against RegulonDB, PRODORIC and the boxes of sigma 70."""
    return _ecoli_patterns(bench, "ecoli-motifs", ("test",))


def ecoli_motifs_all(bench: Bench) -> dict[str, Any]:
    """Patterns in the promoters of all blocks, those that the models were trained on too."""
    return _ecoli_patterns(bench, "ecoli-motifs-all", ("train", "validation", "test"))


def _ecoli_patterns(bench: Bench, name: str, parts: tuple[str, ...]) -> dict[str, Any]:
    rows = [row for row in tables.ecoli_sites(ecoli.read(bench.data, bench.cache), parts) if row.label]
    table = tables.write(rows, bench.output / f"{name}.csv")
    folder = bench.data / "motifs" / "ecoli"
    known = [str(folder / name) for name in ("regulonDB_2025-05.tf.gz", "prodoric_from_meme_151016.tf.gz")]
    boxes = str(runs.write_boxes(bench.output / "sigma70.meme"))
    models = bench.folders(ECOLI_MODELS)
    return summary.patterns(runs.discover(models, table, [*known, boxes], bench.output / name))


STEPS: dict[str, Callable[[Bench], dict[str, Any]]] = {
    "gue": gue,
    "regseq": regseq,
    "ecoli": ecoli_test,
    "gue-motifs": gue_motifs,
    "ecoli-motifs": ecoli_motifs,
    "ecoli-motifs-all": ecoli_motifs_all,
}
TABLES: dict[str, tuple[Callable[[dict[str, Any]], Iterable[str]], ...]] = {
    "gue": (markdown.boxes,),
    "regseq": (markdown.footprints, markdown.own_or_other),
    "ecoli": (markdown.boxes,),
    "gue-motifs": (markdown.patterns,),
    "ecoli-motifs": (markdown.patterns,),
    "ecoli-motifs-all": (markdown.patterns,),
}


def main() -> None:
    """Run the steps that were asked for; all of them by default."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.trust.real", description=__doc__)
    parser.add_argument("steps", nargs="*", metavar="STEP", help=f"of {', '.join(STEPS)}; all by default")
    parser.add_argument("--models", type=Path, required=True, help="folder with the models of benchmarks.real_input")
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data", help="folder with real data")
    parser.add_argument("-o", "--output", type=Path, required=True, help="folder for tables and reports")
    parser.add_argument("--limit", type=int, default=60, help="sequences of sets with two classes (default 60)")
    parser.add_argument("--full", action="store_true", help="all metrics and controls; takes long")
    given = parser.parse_args()
    if unknown := set(given.steps) - set(STEPS):
        parser.error(f"there is no step {', '.join(sorted(unknown))}; the steps are {', '.join(STEPS)}")
    for folder in (given.models, given.data):
        if not folder.is_dir():
            parser.error(f"{folder} does not exist")
    given.output.mkdir(parents=True, exist_ok=True)
    bench = Bench(given.models, given.data, given.output, given.limit, given.full)
    for step in given.steps or STEPS:
        results = STEPS[step](bench)
        report.update(JSON, f"{step}-full" if given.full else step, results)
        print(step, *(line for table in TABLES[step] for line in table(results)), sep="\n")


if __name__ == "__main__":
    main()
