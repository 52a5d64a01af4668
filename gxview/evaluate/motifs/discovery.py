"""TF-MoDISco: recurring patterns in explanations.

Shrikumar et al. (2018), arXiv 1811.00416, as the package modisco-lite (module ``modiscolite``) has it. Windows with
much relevance (seqlets) are clustered by their relevance and sequence, and averaged.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gxview.errors import Cancelled, GxviewError, UsageError
from gxview.evaluate.motifs.motif import BASES, Motif
from gxview.evaluate.motifs.tomtom import LEAST_OVERLAP

TRIM = 0.3
_CHILD = Path(__file__).with_name("modisco_child.py")
_POLL_S = 0.1
_GAP = 5


@dataclass(frozen=True, slots=True)
class DiscoveryOptions:
    """What TF-MoDISco may be told; the values are those of its command line (version 3).

    Attributes
    ----------
    core, flank
        Bases of a seqlet's core, in which relevance is summed, and on either side of it.
    fdr
        False discovery rate at which a core is taken, against a Laplace distribution fitted to all cores.
    fewest
        Seqlets of one sign that are needed to cluster at all.
    most
        Seqlets of one sign that are used, in the order of the sequences.
    width
        Bases to which a pattern is trimmed before its ends are filled in.
    runs
        Leiden clusterings with different seeds, of which the best is taken.
    """

    core: int = 20
    flank: int = 5
    fdr: float = 0.05
    fewest: int = 100
    most: int = 2000
    width: int = 30
    runs: int = 2

    def __post_init__(self) -> None:
        if min(self.core, self.flank, self.fewest, self.most, self.width, self.runs) < 1 or not 0 < self.fdr < 1:
            raise UsageError("The options of TF-MoDISco are whole numbers from 1 up, and an FDR between 0 and 1.")


@dataclass(frozen=True, slots=True, eq=False)
class Pattern:
    """A recurring pattern.

    Attributes
    ----------
    name
        ``pattern 1``, ``pattern 2``, ... in the order of TF-MoDISco: positive before negative, then more seqlets first.
    sign
        ``+`` for relevance that speaks for the explained target, ``-`` against it.
    ppm
        Share of each base per position over its seqlets, float64 (4, W).
    cwm
        Mean contribution of each base per position (contribution weight matrix), float64 (4, W).
    seqlets
        int64 (S, 4): sequence, start, end (0-based half-open on that sequence, which it may overhang), 1 where it was
        read backwards.
    """

    name: str
    sign: str
    ppm: NDArray[np.float64]
    cwm: NDArray[np.float64]
    seqlets: NDArray[np.int64]

    @property
    def core(self) -> tuple[int, int]:
        """First and last position + 1 where the contributions reach 30 % of their maximum (sum over the bases)."""
        size = np.abs(self.cwm).sum(axis=0)
        strong = np.flatnonzero(size >= TRIM * size.max())
        return int(strong[0]), int(strong[-1]) + 1

    @property
    def parts(self) -> list[tuple[int, int]]:
        """Stretches of the core that weaker positions set apart, as first and last position + 1.

        A pattern may hold two sites with a spacer (a bacterial promoter, a dimer), and a database only one of them.
        Five or more positions below 30 % of the maximum separate; stretches too short to compare do not count.
        """
        size = np.abs(self.cwm).sum(axis=0)
        strong = np.flatnonzero(size >= TRIM * size.max())
        runs = np.split(strong, np.flatnonzero(np.diff(strong) > _GAP) + 1)
        return [(int(run[0]), int(run[-1]) + 1) for run in runs if run[-1] - run[0] + 1 >= LEAST_OVERLAP]

    def motif(self) -> Motif:
        """Return the trimmed pattern as counts of its seqlets' bases."""
        return self._cut(*self.core, self.name)

    def motifs(self) -> list[Motif]:
        """Return the trimmed pattern and, where it has several parts, each of them (``pattern 1, part 2``)."""
        parts = self.parts if len(self.parts) > 1 else []
        return [self.motif(), *(self._cut(*span, f"{self.name}, part {n}") for n, span in enumerate(parts, start=1))]

    def _cut(self, start: int, end: int, name: str) -> Motif:
        counts = np.rint(self.ppm[:, start:end] * len(self.seqlets)).astype(np.float64)
        counts[:, counts.sum(axis=0) == 0] = 1.0  # only unknown bases: none is known to be commoner
        return Motif(name.replace(", part ", ".").replace(" ", "_"), name, counts, "counts", "TF-MoDISco")


@dataclass(frozen=True, slots=True, eq=False)
class Discovery:
    """What TF-MoDISco found.

    Attributes
    ----------
    patterns
        All patterns; empty when there are none.
    sequences, positive, negative
        Number of sequences, and of seqlets cut out of them with relevance for and against the target.
    reason
        Why there is no pattern, one sentence; empty when there is one.
    notes
        What a person should know about the input.
    provenance
        Options and version of the package.
    """

    patterns: tuple[Pattern, ...]
    sequences: int
    positive: int
    negative: int
    reason: str
    notes: tuple[str, ...]
    provenance: dict[str, Any]


def find_patterns(
    sequences: Sequence[str],
    relevance: Sequence[NDArray[np.floating]],
    *,
    hypothetical: Sequence[NDArray[np.floating]] | None = None,
    options: DiscoveryOptions | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Discovery:
    """Find recurring patterns with TF-MoDISco, in a process of its own.

    Parameters
    ----------
    sequences
        DNA; what is not A, C, G or T counts as no base.
    relevance
        Signed relevance per base (L,), one array per sequence. Missing (NaN) relevance counts as 0 and is noted.
    hypothetical
        What each base would contribute, (4, L) per sequence. AttnLRP has none, so both models are compared without:
        then contributions are relevance at the base that is there and 0 elsewhere.
    options
        See :class:`DiscoveryOptions`.
    cancelled
        Asked ten times a second; true stops the process.

    Raises
    ------
    GxviewError
        When modisco-lite is missing, arrays do not fit, or sequences are shorter than one seqlet. Too few seqlets are
        no error: :attr:`Discovery.reason` says so.
    """
    options = options or DiscoveryOptions()
    if find_spec("modiscolite") is None:
        raise GxviewError(
            "TF-MoDISco needs the package modisco-lite, which is missing: install the extra gxview[motifs]."
        )
    one_hot, contributions, notes = _arrays(sequences, relevance, hypothetical)
    shortest = options.core + 2 * options.flank
    if one_hot.shape[2] < shortest:
        raise GxviewError(
            f"TF-MoDISco needs sequences of {shortest} bases or more (core {options.core}, twice flank "
            f"{options.flank}), not {one_hot.shape[2]}."
        )
    found = _run(one_hot, contributions, _arguments(options), cancelled or (lambda: False))
    patterns = tuple(_pattern(found, number) for number in range(int(found.get("count", 0))))
    positive, negative = (int(one) for one in found.get("seqlets", (0, 0)))
    return Discovery(
        patterns=patterns,
        sequences=len(sequences),
        positive=positive,
        negative=negative,
        reason="" if patterns else _reason(found, len(sequences), positive, negative, options),
        notes=tuple(notes),
        provenance={**asdict(options), "hypothetical": hypothetical is not None, "modisco-lite": _version()},
    )


def one_hot_of(letters: str) -> NDArray[np.float32]:
    """Return bases as float32 (4, L); what is not A, C, G or T is a column of zeros."""
    codes = np.frombuffer(letters.upper().encode("ascii", "replace"), dtype=np.uint8)
    return np.asarray(codes == np.frombuffer(BASES.encode(), np.uint8)[:, None], dtype=np.float32)


def _arrays(
    sequences: Sequence[str],
    relevance: Sequence[NDArray[np.floating]],
    hypothetical: Sequence[NDArray[np.floating]] | None,
) -> tuple[NDArray[np.float32], NDArray[np.float32], list[str]]:
    """Return one-hot bases and contributions (N, 4, L), shorter sequences filled up at their end, and notes."""
    scores = relevance if hypothetical is None else hypothetical
    if not sequences or len(sequences) != len(scores):
        raise GxviewError(
            f"TF-MoDISco needs relevance for every sequence: {len(sequences)} and {len(scores)} were given."
        )
    lengths = [len(one) for one in sequences]
    one_hot = np.zeros((len(sequences), 4, max(lengths)), dtype=np.float32)
    contributions = np.zeros_like(one_hot)
    for row, (letters, values) in enumerate(zip(sequences, scores, strict=True)):
        if values.shape[-1] != len(letters) or values.ndim != (1 if hypothetical is None else 2):
            raise GxviewError(f"Sequence {row + 1} has {len(letters)} bases, but relevance of shape {values.shape}.")
        one_hot[row, :, : len(letters)] = one_hot_of(letters)
        contributions[row, :, : len(letters)] = values
    notes = [] if min(lengths) == max(lengths) else [f"Sequences have {min(lengths)} to {max(lengths)} bases."]
    missing = int(np.isnan(contributions).any(axis=(1, 2)).sum())
    if missing:
        notes.append(f"{missing} sequences have bases without relevance, which count as 0.")
    contributions = np.nan_to_num(contributions, posinf=np.nan, neginf=np.nan)
    if np.isnan(contributions).any():
        raise GxviewError("The relevance holds infinite values; no pattern can be found in it.")
    return one_hot, contributions if hypothetical is not None else contributions * one_hot, notes


def _arguments(options: DiscoveryOptions) -> dict[str, Any]:
    return {
        "sliding_window_size": options.core,
        "flank_size": options.flank,
        "target_seqlet_fdr": options.fdr,
        "min_metacluster_size": options.fewest,
        "max_seqlets_per_metacluster": options.most,
        "trim_to_window_size": options.width,
        "n_leiden_runs": options.runs,
    }


def _run(
    one_hot: NDArray[np.float32],
    contributions: NDArray[np.float32],
    arguments: dict[str, Any],
    cancelled: Callable[[], bool],
) -> dict[str, NDArray[Any]]:
    with tempfile.TemporaryDirectory(prefix="gxview-motifs-") as folder:
        source, target = Path(folder, "in.npz"), Path(folder, "out.npz")
        np.savez(source, one_hot=one_hot, contributions=contributions, options=np.array(json.dumps(arguments)))
        with open(Path(folder, "errors.txt"), "w+b") as errors:
            command = [sys.executable, "-P", str(_CHILD), str(source), str(target)]
            child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=errors, cwd=folder)
            _wait(child, cancelled)
            errors.seek(0)
            told = errors.read().decode(errors="replace").strip().splitlines()
        if child.returncode or not target.exists():
            raise GxviewError(f"TF-MoDISco ended with code {child.returncode} ({told[-1] if told else 'no message'}).")
        with np.load(target) as content:
            return dict(content)


def _wait(child: subprocess.Popen[bytes], cancelled: Callable[[], bool]) -> None:
    try:
        while True:
            if cancelled():
                raise Cancelled("cancelled; no pattern was looked for.")
            try:
                child.wait(_POLL_S)
                return
            except subprocess.TimeoutExpired:
                continue
    finally:
        child.kill()
        child.wait()


def _pattern(found: dict[str, NDArray[Any]], number: int) -> Pattern:
    arrays = {name: found[f"{number}/{name}"] for name in ("sign", "ppm", "cwm", "seqlets")}
    return Pattern(
        name=f"pattern {number + 1}",
        sign=str(arrays["sign"]),
        ppm=np.asarray(arrays["ppm"], dtype=np.float64),
        cwm=np.asarray(arrays["cwm"], dtype=np.float64),
        seqlets=np.asarray(arrays["seqlets"], dtype=np.int64),
    )


def _reason(
    found: dict[str, NDArray[Any]], sequences: int, positive: int, negative: int, options: DiscoveryOptions
) -> str:
    if "failed" in found:
        return f"TF-MoDISco cannot cut the relevance of {sequences} sequences: it is too even ({found['failed']})."
    if max(positive, negative) <= options.fewest:
        return (
            f"Too few seqlets: {sequences} sequences gave {positive} with relevance for the target and {negative} "
            f"against it, and TF-MoDISco needs more than {options.fewest} of one kind; explain more sequences."
        )
    return f"The {positive} + {negative} seqlets formed no cluster that TF-MoDISco keeps."


def _version() -> str:
    try:
        return version("modisco-lite")
    except PackageNotFoundError:
        return version("modisco")
