"""Make the pictures of the panels MIT, Probe, Variants and Training, from what the commands find on E. coli.

Usage: ``python docs/make_assess_pictures.py FOLDER``. Needs the folder ``../shared/data``, takes some ten minutes,
and writes ``docs/images/assess/*.png``. Results are kept in the folder; the same call goes on from there.
"""

from __future__ import annotations

import csv
import gzip
import os
import sys
from collections.abc import Iterator
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from gxview._qt.idle import wait_until
from gxview.genome import Reference
from gxview.scripting import Viewer

OUT = Path(__file__).parent / "images" / "assess"
DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
GENOME, GENES = (DATA / "genomes" / "ecoli" / f"NC_000913.3.{end}" for end in ("fa.gz", "gff.gz"))
PROMOTERS = DATA / "promoters" / "regulondb" / "PromoterSet_10.9.txt.gz"
LAC = "NC_000913.3:366,300-366,440"
SIZES = ((1600, 900), (1000, 700))
FORMS = (("dark", SIZES[0]), ("light", SIZES[1]))
"""How the choices are shown."""
PANELS = ("mit", "probe", "variants", "train")


def labelled(folder: Path) -> Path:
    """Write E. coli promoters and what is none as one table; return it."""
    path = folder / "ecoli-promoters.csv"
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("sequence", "label"))
        for name, label in (("Ecoli_prom", 1), ("Ecoli_non_prom", 0)):
            rows.writerows((letters, label) for letters in sequences(DATA / "promoters" / "cnnprom" / f"{name}.fa.gz"))
    return path


def sequences(path: Path) -> Iterator[str]:
    """Yield the sequences of a FASTA file."""
    with gzip.open(path, "rt") as file:
        for part in file.read().split(">")[1:]:
            yield "".join(part.split("\n")[1:]).upper()


def substitutions(folder: Path) -> Path:
    """Write every substitution around the start of the lac operon as VCF; return it."""
    reference = Reference(GENOME)
    region, _ = reference.region(LAC)
    lines = ["##fileformat=VCFv4.2", "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO"]
    for place, letter in enumerate(reference.fetch(region).upper(), region.start + 1):
        lines += [f"{region.chrom}\t{place}\t.\t{letter}\t{other}\t.\t.\t." for other in "ACGT" if other != letter]
    path = folder / "lac-promoter.vcf"
    path.write_text("\n".join(lines) + "\n")
    return path


def work(viewer: Viewer, folder: Path) -> None:
    """Run the four commands, or open what they left."""
    table, variants = labelled(folder), substitutions(folder)
    trained = folder / "ecoli-promoter-cnn"
    epochs = {"epochs": 25, "batch_size": 64, "reverse_complement": True}
    if not trained.exists():
        viewer.train(trained, data=table, kind="cnn", **epochs)
    else:
        viewer.window.viewer.assess.train.choose(data=str(table), **epochs)
        viewer.window.viewer.assess.train.open(trained)
    scorers = ("pa-pwm", "rpa-pwm", "thermodynamic", "scanning", "nocomp", "nopos", "kmer", "random")
    models = (str(trained), "sample-cnn")
    viewer.mit(folder / "mit", scorers=scorers, models=models, natural=PROMOTERS, methods=("default",))
    embedded = {"models": ("sample-dnabert2",), "pools": ("cls", "mean"), "heads": ("ridge",)}
    viewer.probe(folder / "probe", data=table, limit=800, fractions="0.25, 0.5, 1", labels=("label",), **embedded)
    viewer.variants(folder / "variants", vcf=variants, model=str(trained))


def show(viewer: Viewer, size: tuple[int, int], theme: str) -> None:
    """Take a picture of the choices and the results of each panel."""
    window = viewer.window
    viewer.model.settings.theme = theme
    window.resize(*size)
    for key in PANELS:
        panel = window.assess_panels[key]
        viewer.run(key)
        for page, name in enumerate(("choices", "results")):
            panel.show_page(page)
            for toast in window.toasts.shown:
                toast.hide()
            if page or (theme, size) in FORMS:
                viewer.screenshot(OUT / f"{key}-{name}-{theme}-{size[0]}.png")


def main() -> None:
    """Do all of it."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    OUT.mkdir(parents=True, exist_ok=True)
    viewer = Viewer(GENOME, GENES)
    viewer.go_to(LAC)
    work(viewer, folder)
    for one in viewer.window.viewer.assess:
        wait_until(lambda one=one: one.results is not None)
    viewer.window.assess_panels["variants"].tracks_button.click()
    viewer.wait()
    for size in SIZES:
        for theme in ("dark", "light"):
            show(viewer, size, theme)
    viewer.close()


main()
