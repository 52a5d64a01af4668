"""Make the pictures of variant effects and mutagenesis in the window.

Usage: ``python docs/make_variants_pictures.py [GENOME ANNOTATION MODEL VCF REGION]``. Without arguments the pictures of
the embedded sample, with variants drawn by chance; with them one of a real genome as well. Writes
``docs/images/variants/*``.
"""

from __future__ import annotations

import os
import sys
import tempfile
from importlib.resources import files
from pathlib import Path

import numpy as np

os.environ["QT_QPA_PLATFORM"] = "offscreen"
# settings and sessions of the person who runs this stay untouched
_HOME = tempfile.TemporaryDirectory()
for _name in ("CONFIG", "STATE", "DATA", "CACHE"):
    os.environ[f"XDG_{_name}_HOME"] = f"{_HOME.name}/{_name.lower()}"

import gxview  # noqa: E402  the places of the settings come first
from gxview.genome import Reference, Region  # noqa: E402

IMAGES = Path(__file__).resolve().parent / "images" / "variants"
SAMPLE = Path(str(files("gxview.resources")))
GENOME, ANNOTATION = SAMPLE / "sample.fa.gz", SAMPLE / "sample.gff3.gz"
LARGE, SMALL = (1600, 900), (1000, 700)
PROMOTER, AROUND = "chromosome:6,785-6,865", "chromosome:6,640-7,000"


def write_variants(path: Path, count: int = 90) -> Path:
    """Write variants around a promoter of the sample, drawn by chance."""
    reference, rng = Reference(GENOME), np.random.default_rng(11)
    lines = ["##fileformat=VCFv4.3", "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO"]
    for number, start in enumerate(sorted(rng.choice(np.arange(6_500, 7_200), count, replace=False).tolist())):
        ref = reference.fetch(Region("chromosome", start, start + 1)).upper()
        alt = "ACGT".replace(ref, "")[int(rng.integers(3))]
        if number % 9 == 4:
            alt = ref + "GAT"
        elif number % 9 == 7:
            ref = reference.fetch(Region("chromosome", start, start + 3)).upper()
            alt = ref[0]
        lines.append(f"chromosome\t{start + 1}\tv{number + 1}\t{ref}\t{alt}\t.\tPASS\t.")
    path.write_text("\n".join(lines) + "\n")
    return path


def opened(theme: str, size: tuple[int, int], place: str, vcf: Path, model: str) -> gxview.Viewer:
    """Return a window with variants that the model colours, its explanation and its substitutions."""
    viewer = gxview.Viewer(GENOME, ANNOTATION, theme=theme, size=size)
    viewer.go_to(place)
    viewer.tracks[1].height = 46
    viewer.open(vcf)
    viewer.add_relevance(model=model)
    viewer.variant_effects("logit", model)
    viewer.run("panel_jobs")
    return viewer


def picture(viewer: gxview.Viewer, name: str) -> None:
    """Write the window without its notices, and close it."""
    viewer.wait()
    for toast in viewer.window.toasts.shown:
        toast.hide()
    IMAGES.mkdir(parents=True, exist_ok=True)
    viewer.screenshot(IMAGES / name)
    viewer.close()


def effects(theme: str, size: tuple[int, int], vcf: Path, name: str) -> None:
    """Variants around a promoter by their effect, and every substitution."""
    viewer = opened(theme, size, AROUND if size == LARGE else PROMOTER, vcf, "sample-cnn")
    viewer.mutagenesis()
    viewer.tracks.selected = viewer.tracks[2]
    picture(viewer, name)


def alternative(theme: str, size: tuple[int, int], vcf: Path, name: str) -> None:
    """One variant that breaks a box, beside the reference."""
    viewer = opened(theme, size, PROMOTER, vcf, "sample-cnn")
    worst = min(viewer.variant_effects("logit", "sample-cnn"), key=lambda one: one.value)
    viewer.show_variant(worst.variant.name, worst.allele)
    viewer.run("panel_explain")
    viewer.run("panel_tracks")
    picture(viewer, name)


def real(arguments: list[str], theme: str, name: str) -> None:
    """Show a real genome with the effects of variants and substitutions."""
    genome, annotation, model, vcf, region = arguments
    viewer = gxview.Viewer(genome, annotation, theme=theme, size=LARGE)
    viewer.go_to(region)
    viewer.tracks[1].height = 46
    viewer.open(vcf)
    viewer.add_relevance(model=model)
    viewer.variant_effects("logit", model)
    viewer.mutagenesis()
    viewer.run("panel_jobs")
    viewer.run("panel_explain")
    picture(viewer, name)


def main() -> None:
    """Make all pictures."""
    with tempfile.TemporaryDirectory() as folder:
        vcf = write_variants(Path(folder) / "variants.vcf")
        effects("dark", LARGE, vcf, "effects-dark.png")
        effects("light", SMALL, vcf, "effects-light.png")
        alternative("light", LARGE, vcf, "alternative-light.png")
    if len(sys.argv) == 6:
        real(sys.argv[1:], "dark", "real-lac-dark.png")


if __name__ == "__main__":
    main()
