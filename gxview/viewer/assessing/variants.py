"""Effects of variants from the window: the command, and the table of what it found."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gxview.errors import GxviewError
from gxview.genome import Region
from gxview.tracks.variants import Variant, allele_of
from gxview.viewer.assessing.assessment import Assessment, needed_file, numbers
from gxview.viewer.assessing.choices import VariantChoices
from gxview.viewer.assessing.plots import Guide, Plot, Series, histogram
from gxview.viewer.editing.variants import VariantChoice
from gxview.viewer.scoring.effects import PREFIX
from gxview.viewer.tracks.effect_tracks import VariantTrack
from gxview.viewer.tracks.options import EffectChoice
from gxview.viewer.viewer_model import ViewerModel
from gxview.viewer.work.command import CommandRun
from gxview.viewer.work.jobs import JobState
from gxview.viewer.work.notices import Notices
from gxview.viewer.work.programs import Programs

Floats = NDArray[np.float64]
RESULTS = "variants.json"
FIXED = ("chrom", "pos", "id", "ref", "alt", "kind")
SIDES = ("sd", "ref", "alt")
OTHERS = ("windows", "shifted", "reason", "line", "allele")
KINDS = ("cnn", "dnabert2")
"""Kinds of models that gxview explains."""
SCORES = ("logit", "probability", "cosine", "llr", "pll", "relevance", "relevance_base")
"""Scores that can be asked for."""
AROUND = 60
"""Bases that show on each side of a variant."""
SHOWN = 12
"""Letters of an allele that are written out."""


@dataclass(frozen=True, eq=False)
class VariantEffects:
    """The effects of all ALT alleles, in the order of the file.

    Parameters
    ----------
    folder
        Where they come from.
    chrom, name, ref, alt, kind, reason
        Of each allele.
    position
        0-based, (N,).
    scores
        Effects by the name of the score, (N,) each; NaN where there is none.
    sides
        By ``SCORE_sd``, ``SCORE_ref``, ``SCORE_alt``, (N,) each.
    model
        Name of the model that was asked; empty where the folder does not tell.
    explained
        Whether gxview has a method that explains that model.
    """

    folder: Path
    chrom: Sequence[str]
    position: NDArray[np.int64]
    name: Sequence[str]
    ref: Sequence[str]
    alt: Sequence[str]
    kind: Sequence[str]
    reason: Sequence[str]
    scores: Mapping[str, Floats]
    sides: Mapping[str, Floats]
    model: str = ""
    explained: bool = True

    def __len__(self) -> int:
        return len(self.position)

    def by_effect(self, score: str) -> list[int]:
        """Return the places of the alleles, the largest effect first, those without one last."""
        size = np.abs(self.scores[score])
        return list(map(int, np.argsort(np.where(np.isnan(size), np.inf, -size), kind="stable")))

    def side(self, score: str, which: str, place: int) -> float:
        """Return a further number of an allele, such as the spread 'sd'; NaN where there is none."""
        found = self.sides.get(f"{score}_{which}")
        return float(found[place]) if found is not None else math.nan

    def region(self, place: int) -> Region:
        """Return the bases of REF."""
        start = int(self.position[place])
        return Region(self.chrom[place], start, start + max(1, len(self.ref[place])))

    def label(self, place: int) -> str:
        """Return the ID of a record; empty where it has none."""
        return "" if self.name[place] == "." else self.name[place]

    def change(self, place: int) -> str:
        """Return what an allele does, as in ``A>G``."""
        return f"{short(self.ref[place])}>{short(self.alt[place])}"

    def plot(self, score: str) -> Plot:
        """Return how many alleles have which effect."""
        marks = histogram([float(value) for value in self.scores[score]])
        words = f"{score_words(score)}, {self.model}" if self.model else score_words(score)
        return Plot(words, "Alleles", (Series("", marks, "bars", 0),), guides=(Guide("x", 0.0),))

    @property
    def tracks(self) -> list[Path]:
        """Files that can be opened as tracks: the annotated VCF and the signals."""
        return [*_files(self.folder, ".vcf.gz"), *_files(self.folder, ".bw")]


@dataclass(frozen=True, slots=True)
class AskedModel:
    """The model that gave the numbers of a table.

    Parameters
    ----------
    name
        Its name; empty where that is not known.
    key
        What loads it; empty where the numbers were not made in this window.
    explained
        Whether gxview has a method that explains it.
    """

    name: str = ""
    key: str = ""
    explained: bool = True


def short(allele: str) -> str:
    """Return an allele as it is written for a person."""
    return allele if len(allele) <= SHOWN else f"{allele[:4]}\N{HORIZONTAL ELLIPSIS}({len(allele):,})"


def score_words(score: str) -> str:
    """Write the name of a score for a person."""
    words = {"llr": "log-likelihood ratio", "pll": "pseudo-log-likelihood difference", "cosine": "cosine distance"}
    words |= {name: f"{name} difference" for name in ("logit", "probability", "relevance")}
    return (words | {"relevance_base": "relevance change of the bases"}).get(score, score.replace("_", " "))


class Variants(Assessment[VariantChoices, VariantEffects]):
    """``gxview variants`` as the panel Variants runs it."""

    key = "variants"
    title = "Variants"
    results_in = RESULTS

    def __init__(self, model: ViewerModel, programs: Programs, notices: Notices) -> None:
        super().__init__(model, programs, notices)
        self._keys: dict[Path, str] = {}

    def began(self, run: CommandRun) -> None:
        """See `Assessment`."""
        key = self.choices.model

        def ended() -> None:
            # a run that fails leaves the results of another model that lie in its folder
            if run.job.state is JobState.DONE:
                self._keys[run.folder] = key

        run.ended.connect(ended)

    @property
    def asked(self) -> AskedModel:
        """The model that gave the results that show."""
        if self.results is None or self.results_folder is None:
            return AskedModel()
        return AskedModel(self.results.model, self._keys.get(self.results_folder, ""), self.results.explained)

    def files(self) -> dict[str, str]:
        """Return the variant files in the window: names of the tracks by their paths."""
        return {track.path: track.name for track in self.model.tracks if isinstance(track, VariantTrack)}

    def arguments(self, folder: Path) -> list[str]:
        """See `Assessment`."""
        chosen, reference = self.choices, self.model.reference
        if reference is None or not reference.has_letters:
            raise GxviewError("Open the genome of the variants first.")
        found = ["variants", "--vcf", str(needed_file(chosen.vcf, "a VCF or BCF file")), "--genome"]
        if not chosen.model:
            raise GxviewError("Choose a model.")
        found += [str(reference.path.absolute()), "--model", self.chosen_model(chosen.model)]
        if chosen.scores:
            found += ["--score", ",".join(chosen.scores)]
        found += ["--strand", chosen.strand]
        if offsets := numbers(chosen.offsets, "offsets", int):
            found += [f"--offsets={','.join(offsets)}"]
        if chosen.window is not None:
            found += ["--window", str(chosen.window)]
        return [*found, "--device", self.model.settings.device]

    def read(self, folder: Path) -> VariantEffects:
        """See `Assessment`."""
        return read_effects(folder)

    def choice(self, place: int) -> VariantChoice:
        """Return an allele as it is shown in place of the reference.

        Raises
        ------
        GxviewError
            If the open genome lacks its chromosome, or the allele is a symbol.
        """
        assert self.results is not None, "a row was chosen"
        found, region = self.results, self.results.region(place)
        chrom = self.model.reference.resolve(region.chrom) if self.model.reference is not None else region.chrom
        ref, alt = found.ref[place], found.alt[place]
        if alt.startswith("<"):
            raise GxviewError(f"The table does not say where {alt} ends; click the variant on its own track")
        allele = allele_of(alt, ref, region.start, region.end)
        return VariantChoice(
            Variant(chrom, region.start, region.end, found.label(place), ref, (alt,), (allele,)), allele
        )

    def colour(self, paths: Sequence[Path], score: str) -> None:
        """Colour the tracks of annotated files by a score, unless they are coloured by something already."""
        named = {str(path) for path in paths}
        for track in self.model.tracks:
            if isinstance(track, VariantTrack) and track.path in named and not track.effect.score:
                track.effect = EffectChoice(score=f"{PREFIX}{score.upper()}")

    def around(self, place: int) -> Region:
        """Return what to show of an allele: its bases with some on each side."""
        assert self.results is not None, "a row was chosen"
        reference, found = self.model.reference, self.results.region(place)
        chrom = reference.resolve(found.chrom) if reference is not None else found.chrom
        size = reference.sizes[chrom] if reference is not None else found.end
        return Region(chrom, max(0, found.start - AROUND), min(size, found.end + AROUND))


def read_effects(folder: Path) -> VariantEffects:
    """Read the effects of all alleles.

    Raises
    ------
    GxviewError
        The folder holds none, or the table is damaged.
    """
    tables = _files(folder, ".tsv")
    if not tables:
        raise GxviewError(f"{folder} holds no effects of variants: it has no table (.tsv).")
    try:
        with tables[0].open(encoding="utf-8", newline="") as file:
            rows = csv.reader(file, delimiter="\t")
            head = next(rows, [])
            columns = list(zip(*rows, strict=True)) or [()] * len(head)
        return _effects(folder, dict(zip(head, columns, strict=True)))
    except OSError as error:
        raise GxviewError(f"{tables[0]} cannot be read: {error.strerror or error}.") from None
    except (KeyError, ValueError, csv.Error):
        raise GxviewError(f"{tables[0]} is no table of effects of variants; run them again.") from None


def _files(folder: Path, ending: str) -> list[Path]:
    """Return the files of an ending that the run wrote; what else lies in the folder is none of its."""
    try:
        named = json.loads((folder / RESULTS).read_bytes())["files"]
    except (OSError, ValueError, KeyError, TypeError):
        named = None
    found = [path for path in sorted(folder.glob(f"*{ending}")) if path.is_file()]
    return found if named is None else [path for path in found if path.name in named]


def _model(folder: Path) -> tuple[str, bool]:
    """Return the name of the model that was asked, empty where that is not told, and whether it is explained."""
    try:
        facts = json.loads((folder / RESULTS).read_bytes())["provenance"]["model"]
        name, methods = facts["name"], facts.get("methods", facts["kind"] in KINDS)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return "", True
    return (name, bool(methods)) if isinstance(name, str) else ("", True)


def _effects(folder: Path, columns: Mapping[str, Sequence[str]]) -> VariantEffects:
    further = [name for name in columns if name not in FIXED and name not in OTHERS]
    scores = [name for name in further if not name.endswith(tuple(f"_{side}" for side in SIDES))]
    values = {name: _floats(columns[name]) for name in further}
    texts = {name: columns[name] for name in FIXED}
    return VariantEffects(
        folder,
        texts["chrom"],
        np.array([int(text) - 1 for text in texts["pos"]], dtype=np.int64),
        texts["id"],
        texts["ref"],
        texts["alt"],
        texts["kind"],
        columns.get("reason", ("",) * len(texts["chrom"])),
        {name: values[name] for name in scores},
        {name: value for name, value in values.items() if name not in scores},
        *_model(folder),
    )


def _floats(texts: Sequence[str]) -> Floats:
    return np.array([float(text) if text else math.nan for text in texts], dtype=np.float64)
