"""Make the screenshots of the documentation from the embedded sample: four widths, both themes.

Usage: ``make docs``. Every picture is the whole window, rendered without a display by ``gxview view --screenshot``.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from gxview.cli.demo import sample_locus
from gxview.cli.sample import ANNOTATION, COVERAGE, GENOME, MODELS, TRUTH, sample_file
from gxview.genome import Reference, Region

IMAGES = Path(__file__).resolve().parent / "images"
WIDTHS = {"200bp": 200, "2kb": 2_000, "50kb": 50_000}


def regions() -> dict[str, Region]:
    """Return the stretches to show, all around the sample locus, and its whole sequence."""
    locus, _ = sample_locus()
    size = Reference(sample_file(GENOME)).sizes[locus.chrom]
    middle = (locus.start + locus.end) // 2
    found = {}
    for name, width in WIDTHS.items():
        start = min(max(0, middle - width // 2), size - width)
        found[name] = Region(locus.chrom, start, start + width)
    return {**found, "whole": Region(locus.chrom, 0, size)}


def take(region: Region, theme: str, target: Path) -> None:
    """Write one screenshot."""
    files = [str(sample_file(name)) for name in (GENOME, ANNOTATION, TRUTH, COVERAGE)]
    models = [argument for name in MODELS for argument in ("--model", name)]
    options = ["--locus", str(region), "--theme", theme, "--size", "1600x1000", "--screenshot", str(target)]
    command = [sys.executable, "-m", "gxview", "view", *files, *models, *options]
    subprocess.run(command, check=True, env={**os.environ, "QT_QPA_PLATFORM": "offscreen"})


def main() -> None:
    """Take all screenshots."""
    IMAGES.mkdir(exist_ok=True)
    for name, region in regions().items():
        for theme in ("dark", "light"):
            take(region, theme, IMAGES / f"sample-{name}-{theme}.png")


if __name__ == "__main__":
    main()
