"""What the authors of the test report, to stand beside one's own results.

Their 650 sequences are drawn once; another draw moves SCR by several hundredths.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

SOURCE = (
    "Cheng and Zhang 2026, The Mechanistic Invariance Test: Genomic Language Models Fail to Learn Positional "
    "Regulatory Logic, tables 2 and 6, appendices B.1, B.5 and C.4"
)


@dataclass(frozen=True, slots=True)
class Published:
    """A row of the published tables; None where none is given.

    Attributes
    ----------
    model
        As the paper calls it.
    scorer
        The name of the same model here; empty for one that is not here.
    css, scr
        Shares of pairs.
    p, q
        One-sided, and after Benjamini-Hochberg over the five genome models.
    mes_synthetic, mes_natural
        Cohen's d of C against D and of A against B.
    at_r
        Pearson's r of AT share and mean score over the titration.
    strand_accuracy, spacing_peak
        Of the probing sets.
    """

    model: str
    scorer: str
    css: float
    scr: float
    p: float | None = None
    q: float | None = None
    mes_synthetic: float | None = None
    mes_natural: float | None = None
    at_r: float | None = None
    strand_accuracy: float | None = None
    spacing_peak: int | None = None


PUBLISHED: tuple[Published, ...] = (
    Published("PA-PWM", "pa-pwm", 1.00, 0.98, strand_accuracy=0.97, spacing_peak=17),
    Published("RPA-PWM", "rpa-pwm", 1.00, 0.92, strand_accuracy=0.90, spacing_peak=17),
    Published("Thermodynamic", "thermodynamic", 0.97, 0.68, strand_accuracy=0.95, spacing_peak=17),
    Published("NoComp", "nocomp", 0.00, 0.00, spacing_peak=17),
    Published("NoPos", "nopos", 0.63, 0.56, spacing_peak=18),
    Published("HyenaDNA", "", 0.63, 0.48, 0.004, 0.034, -0.34, -0.01, 0.784, 0.44, 14),
    Published("Evo2-1B", "", 0.60, 0.46, 0.023, 0.090, -0.03, 0.38, 0.961, 0.48, 15),
    Published("NT-500M", "", 0.54, 0.40, 0.213, 0.569, -0.10, 0.00),
    Published("GROVER", "", 0.52, 0.52, 0.346, 0.691, -0.05, 0.08),
    Published("Caduceus", "", 0.49, 0.42, 0.579, 0.772, -0.40, -0.17, 0.874, 0.50, 20),
    Published("random", "random", 0.50, 0.46, 0.500),
    Published("k-mer", "kmer", 0.43, 0.50, 0.919),
)

LATER_RUN: Mapping[str, tuple[float, float]] = {
    "pa-pwm": (1.00, 0.96),
    "nopos": (0.70, 0.58),
    "thermodynamic": (0.96, 0.75),
    "scanning": (0.42, 0.46),
}
"""CSS and SCR of a later run of the authors on another draw of the sequences."""


def published_of(scorer: str) -> Published | None:
    """Return the published row of a scorer, None where there is none."""
    return next((row for row in PUBLISHED if row.scorer == scorer), None)
