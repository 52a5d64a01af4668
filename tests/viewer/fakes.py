"""A genome of 20 kb, an engine without a model, sources without a file."""

from __future__ import annotations

import pickle
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from gxview.errors import Cancelled, GxviewError
from gxview.genome import Edit, Reference, Region
from gxview.tracks import Feature, SignalSummary

LENGTHS = {"chr1": 20_000, "chr2": 3_000, "tiny": 5}


def write_genome(folder: Path) -> Path:
    """Write a random genome (seeded)."""
    rng = np.random.default_rng(7)
    path = folder / "genome.fa"
    with path.open("w") as file:
        for name, length in LENGTHS.items():
            file.write(f">{name}\n" + "".join(rng.choice(list("ACGT"), length)) + "\n")
    return path


@dataclass(frozen=True)
class OptionInfo:
    name: str
    label: str
    choices: tuple[str, ...]
    default: str


@dataclass(frozen=True)
class MethodInfo:
    name: str
    label: str
    options: tuple[OptionInfo, ...] = ()
    assumptions: str = "The world is simple."
    reference: str = "A. Author 2020"
    cost: float = 2

    def passes(self, bases: int) -> float:
        return self.cost


@dataclass(frozen=True)
class ModelInfo:
    key: str
    name: str
    kind: str
    window_length: int
    targets: tuple[str, ...]
    methods: tuple[MethodInfo, ...]
    device: str
    positive: int
    has_tokens: bool
    notes: tuple[str, ...] = ()
    numbers: bool = False
    scores: tuple[FakeScore, ...] = ()
    members: int = 1


@dataclass(frozen=True)
class FakeToken:
    start: int
    end: int
    relevance: float
    text: str = ""
    partial: bool = False


@dataclass(frozen=True, eq=False)
class FakeExplanation:
    region: Region
    values: np.ndarray
    score: np.ndarray
    tokens: tuple[FakeToken, ...] = ()
    notes: tuple[str, ...] = ()
    provenance: dict[str, Any] = field(default_factory=dict)
    spread: np.ndarray | None = None
    hypothetical: np.ndarray | None = None


@dataclass(frozen=True)
class FakeScore:
    name: str
    label: str


@dataclass(frozen=True)
class FakeAlleleEffect:
    value: float
    spread: float = 0.25
    reference: float = 1.0
    alternative: float = 2.0


@dataclass(frozen=True)
class FakeScored:
    alleles: tuple[dict[str, FakeAlleleEffect], ...]
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class FakeWindowEffect:
    start: int
    end: int
    before: float
    after: float
    logit_before: float
    logit_after: float


@dataclass(frozen=True, eq=False)
class FakeEffect:
    edit: Edit
    region: Region
    score: str
    target: str
    windows: tuple[FakeWindowEffect, ...]
    reference_letters: str
    edited_letters: str
    reference_values: np.ndarray
    edited_values: np.ndarray


@dataclass(frozen=True)
class FakeWindow:
    start: int
    end: int
    zone: tuple[int, int]
    values: dict[str, float]
    words: dict[str, str]


def window_at(start: int) -> FakeWindow:
    """The fake window whose zone begins at a multiple of 64; every fourth of them is not stable."""
    values = {"unexplained": 0.25, "deletion": 1.5, "shift": 0.9 if start % 256 else 0.1, "strand": -0.02}
    words = dict.fromkeys(values, "Words about it.") | {"method": "No number: there is no other."}
    return FakeWindow(start - 32, start + 96, (start, start + 64), values | {"method": float("nan")}, words)


def relevance_at(region: Region) -> np.ndarray:
    """The fake relevance: a function of the position alone, so that any tiling must give the same."""
    return np.sin(np.arange(region.start, region.end) * 0.7).astype(np.float32)


def spread_at(region: Region) -> np.ndarray:
    """The fake spread of models with 'ensemble' in their name."""
    return (2 + np.cos(np.arange(region.start, region.end) * 0.3)).astype(np.float32)


def effects_at(reference: Reference, region: Region) -> np.ndarray:
    """The fake effects of substitutions, (4, L): a function of position and letter, 0 for the letter that is there."""
    places, letters = np.arange(region.start, region.end), reference.fetch(region)
    found = np.sin(places * 0.3 + np.arange(1, 5)[:, None]).astype(np.float32)
    return np.where(np.array([[letter == base for letter in letters] for base in "ACGT"]), np.float32(0), found)


@dataclass
class FakeEngine:
    """Explains at once, or waits for `gate`; `broken` names regions' starts or models that fail."""

    calls: list[Region] = field(default_factory=list)
    rules: list[dict[str, Any]] = field(default_factory=list)
    gate: threading.Event | None = None
    began: threading.Event = field(default_factory=threading.Event)
    effects: list[tuple[Any, ...]] = field(default_factory=list)
    written: list[tuple[Path, Region, int]] = field(default_factory=list)
    evaluated: list[tuple[Region, str, str | None]] = field(default_factory=list)
    trust_gate: threading.Event | None = None
    scored: list[tuple[Any, ...]] = field(default_factory=list)
    score_gate: threading.Event | None = None
    threads: set[str] = field(default_factory=set)
    thread_numbers: set[int] = field(default_factory=set)

    def load(self, path_or_name: str, device: str = "auto") -> ModelInfo:
        self.threads.add(threading.current_thread().name)
        if "broken" in path_or_name:
            raise GxviewError(f"{path_or_name} holds no model; choose a folder with config.json.")
        tokens = "bert" in path_or_name
        options = (OptionInfo("alibi", "ALiBi rule", ("epsilon", "uniform"), "epsilon"),) if tokens else ()
        methods = (MethodInfo("attnlrp" if tokens else "lrp", "AttnLRP" if tokens else "LRP", options),)
        methods += (MethodInfo("gradient_x_input", "Gradient x input"),)
        if "mutable" in path_or_name:
            methods += (MethodInfo("ism", "ISM", cost=360),)
        scores = (FakeScore("logit", "logit difference"), FakeScore("cosine", "cosine distance"))
        return ModelInfo(
            path_or_name, Path(path_or_name).name, "dnabert2" if tokens else "cnn", 128, ("no", "promoter"), methods,
            "cpu" if device == "auto" else device, 1, tokens, (), "numbers" in path_or_name, scores,
            3 if "ensemble" in path_or_name else 1,
        )  # fmt: skip

    def explain_region(self, reference, region, *, model, progress=None, cancelled=None, **rules):
        self.calls.append(region)
        self.rules.append({"model": model, **rules})
        self.began.set()
        while self.gate is not None and not self.gate.wait(0.005):
            if cancelled is not None and cancelled():
                raise Cancelled("stopped")
        if model == "fails":
            raise GxviewError("the model gave no number at chr1:1-128; take another one.")
        tokens = tuple(FakeToken(k, min(k + 8, region.end), 0.1) for k in range(region.start, region.end, 8))
        score = np.full(region.length, 0.9, np.float32)
        values = relevance_at(region)
        for edit in rules["edits"].of(region.chrom) if "edits" in rules else ():
            values = np.where((np.arange(region.start, region.end) - edit.start) ** 2 <= 25, values / 2, values)
        name = {"name": self.fingerprint(reference, region, model=model, **rules)}
        hypothetical = None
        if rules.get("method") == "ism":
            effects = effects_at(reference, region)
            hypothetical = effects - effects.mean(axis=0)
            letters = np.array(["ACGT".find(letter) for letter in reference.fetch(region)])
            values = np.take_along_axis(hypothetical, letters[None], axis=0)[0]
        spread = spread_at(region) if "ensemble" in model else None
        return FakeExplanation(region, values, score, tokens if "bert" in model else (), (), name, spread, hypothetical)

    def score_variants(self, reference, variants, *, model, scores=None, cancelled=None):
        self.scored.append((tuple(variants), model, scores))
        while self.score_gate is not None and not self.score_gate.wait(0.005):
            if cancelled():
                raise Cancelled("stopped")
        if model == "fails":
            raise GxviewError("the model gives no such score; take another one.")
        return [
            FakeScored(tuple({"logit": FakeAlleleEffect(one.start / 100)} for _ in one.alleles), ("",))
            for one in variants
        ]

    def edit_effect(self, reference, edits, edit, *, model, **rules):
        self.effects.append((edits, edit, model, rules))
        if model == "fails":
            raise GxviewError("the model gave no number; take another one.")
        region = Region(edit.chrom, max(0, edit.start - 5), edit.start + 6)
        letters = reference.fetch(region)
        window = FakeWindowEffect(max(0, edit.start - 60), edit.start + 68, 0.98, 0.12, 3.9, -2.0)
        values = relevance_at(region)
        return FakeEffect(edit, region, "promoter", "promoter", (window,), letters, letters, values, values / 2)

    def evaluate(self, reference, region, *, model, second=None, cancelled=None, **rules):
        self.evaluated.append((region, model, second))
        while self.trust_gate is not None and not self.trust_gate.wait(0.005):
            if cancelled():
                raise Cancelled("stopped")
        if model == "untrusted":
            raise GxviewError("the model cannot be evaluated here.")
        return [window_at(start) for start in range(-(-region.start // 64) * 64, region.end, 64)]

    def export(self, path, tiles, region, reference):
        self.written.append((path, region, sum(tile.region.length for tile in tiles)))
        path.write_text("x")
        return [path]

    def devices(self):
        return ("cpu",)

    def set_threads(self, number):
        self.thread_numbers.add(number)

    def fingerprint(self, reference, region, *, model, **rules):
        return repr((str(reference.path), region, model, sorted(rules.items())))

    def pack(self, explanation):
        return explanation.provenance["name"], pickle.dumps(explanation)

    def unpack(self, data):
        try:
            return pickle.loads(data)
        except pickle.UnpicklingError as error:
            raise ValueError("no explanation") from error


class FakeFeatures:
    """A gene every 500 bases."""

    def __init__(self, path: Path = Path("genes.gff")) -> None:
        self.name, self.path, self.color, self.notes = path.name, path, None, ()
        self.sizes = {"chr1": 20_000}
        self.all = [Feature("chr1", k, k + 300, f"gene{k // 500}") for k in range(100, 20_000, 500)]

    def features(self, region: Region) -> list[Feature]:
        return [f for f in self.all if f.chrom == region.chrom and f.start < region.end and region.start < f.end]

    def density(self, region: Region, bins: int) -> np.ndarray:
        raise NotImplementedError

    def search(self, text: str, limit: int = 20) -> list[Feature]:
        return [f for f in self.all if f.name.lower().startswith(text.lower())][:limit]


class FakeSignal:
    """The value at a base is its position modulo 100; `broken` makes every read fail."""

    def __init__(self, path: Path = Path("signal.bw"), broken: bool = False) -> None:
        self.name, self.path, self.broken = path.name, path, broken
        self.color, self.notes, self.sizes = None, (), {"chr1": 20_000}
        self.read: list[Region] = []

    def values(self, region: Region) -> np.ndarray:
        self.read.append(region)
        if self.broken:
            raise GxviewError("signal.bw cannot be read any more; was it moved?")
        return (np.arange(region.start, region.end) % 100).astype(np.float32)

    def summary(self, region: Region, bins: int) -> SignalSummary:
        parts = np.array_split(self.values(region), bins)
        return SignalSummary(*(np.array([f(p) for p in parts], np.float32) for f in (np.min, np.max, np.mean)))


def open_fake(path: Path, reference: Reference | None = None, **_watch):
    if path.suffix == ".gff":
        return FakeFeatures(path)
    if path.suffix == ".bw":
        return FakeSignal(path, broken="broken" in path.name)
    raise GxviewError(f"{path.name} is of no known kind; gxview opens BED, GFF3, GTF, bigWig and bedGraph.")
