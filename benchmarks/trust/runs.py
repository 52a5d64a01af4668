"""Runs gxview as a user would: an ``eval.toml`` and ``gxview evaluate``, and ``gxview motifs discover``."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

METHODS = {
    "CNN": ("lrp", "gradient_x_input", "deeplift", "random"),
    "DNABERT-2": ("attnlrp", "gradient_x_input", "integrated_gradients", "random"),
}
# Lisser and Margalit 1993, Nucleic Acids Res. 21:1507: how often the base of the consensus stands there, in per cent.
_BOXES = {"sigma70_-35": ("TTGACA", (69, 79, 61, 56, 54, 54)), "sigma70_-10": ("TATAAT", (77, 76, 60, 61, 56, 82))}


@dataclass(frozen=True)
class Job:
    """One evaluation.

    Attributes
    ----------
    name
        Of its folder.
    title
        Of the report.
    table
        The sequences.
    models
        Folders by the names of `METHODS`.
    limit
        Largest number of sequences; None: all.
    genome
        FASTA that the places in the table refer to.
    full
        Whether all metrics and controls run.
    extra
        Methods beside those of `METHODS`.
    """

    name: str
    title: str
    table: Path
    models: dict[str, Path]
    limit: int | None = None
    genome: Path | None = None
    full: bool = False
    extra: tuple[str, ...] = ()

    def toml(self) -> str:
        """Return the configuration."""
        lines = [f"title = {_text(self.title)}", f"full = {str(self.full).lower()}", 'device = "cpu"']
        if self.full:  # patterns are looked for in more sequences, by a command of their own
            lines.append(
                'families = ["similarity", "concentration", "faithfulness", "localisation", "stability", "sanity"]'
            )
        lines += ["[data]", f"sequences = {_text(self.table.resolve())}"]
        lines += [f"limit = {self.limit}"] if self.limit else []
        lines += [f"genome = {_text(self.genome.resolve())}"] if self.genome else []
        for name, folder in self.models.items():
            methods = ", ".join(map(_text, (*METHODS[name], *self.extra)))
            lines += [
                "[[models]]",
                f"model = {_text(folder.resolve())}",
                f"name = {_text(name)}",
                f"methods = [{methods}]",
            ]
        return "\n".join(lines) + "\n"


def evaluate(job: Job, output: Path) -> Path:
    """Run an evaluation, or go on with one; return its folder."""
    folder = output / job.name
    folder.mkdir(parents=True, exist_ok=True)
    config = output / f"{job.name}.toml"
    config.write_text(job.toml(), encoding="utf-8")
    _gxview("evaluate", "--config", str(config), "-o", str(folder))
    return folder


def discover(models: dict[str, Path], sequences: Path, databases: Sequence[str], folder: Path) -> Path:
    """Look for patterns with every model, unless that is done; return the report's path."""
    report = folder / "report.json"
    if not report.is_file():
        given = [text for path in models.values() for text in ("--model", str(path))]
        given += [text for name in databases for text in ("--database", name)]
        _gxview("motifs", "discover", *given, "--sequences", str(sequences), "--device", "cpu", "-o", str(folder))
    return report


def write_boxes(path: Path) -> Path:
    """Write the -35 and -10 boxes of sigma 70 as a MEME file; the other three bases share what the consensus leaves."""
    lines = ["MEME version 4", "", "ALPHABET= ACGT", "", "Background letter frequencies", "A 0.25 C 0.25 G 0.25 T 0.25"]
    for name, (letters, shares) in _BOXES.items():
        lines += ["", f"MOTIF {name}", f"letter-probability matrix: alength= 4 w= {len(letters)} nsites= 298 E= 0"]
        for letter, share in zip(letters, shares, strict=True):
            rest = (100 - share) / 300
            lines.append(" ".join(f"{share / 100 if base == letter else rest:.4f}" for base in "ACGT"))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def _gxview(*arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "gxview", *arguments], check=True)


def _text(value: object) -> str:
    return json.dumps(str(value))
