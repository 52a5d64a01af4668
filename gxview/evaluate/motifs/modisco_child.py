"""TF-MoDISco in a process of its own: ``python -m gxview.evaluate.motifs.modisco_child IN.npz OUT.npz``.

It forks children and compiles with numba, neither of which goes well beside torch's threads and a window; a process can
also be stopped. No module of gxview that loads a model library is imported here.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

MARGIN = 50
"""Unknown bases on either side of a sequence: as many as a pattern is wide (30 bases and flanks of 10)."""


def run(source: Path, target: Path) -> None:
    """Read one-hot bases and contributions (N, 4, L) and options, write patterns, or why there are none."""
    with np.load(source) as content:
        one_hot = content["one_hot"].transpose(0, 2, 1).astype(np.float32)
        contributions = content["contributions"].transpose(0, 2, 1).astype(np.float32)
        options = json.loads(str(content["options"]))
    try:
        arrays = discover(one_hot, contributions, options)
    except (ValueError, IndexError, ZeroDivisionError, FloatingPointError, AssertionError) as error:
        # TF-MoDISco has no errors of its own: too little or too even relevance ends in one of these.
        arrays = {"failed": np.array(f"{type(error).__name__}: {error}")}
    aside = target.with_suffix(".part.npz")
    np.savez_compressed(aside, **arrays)
    aside.replace(target)


def discover(
    one_hot: NDArray[np.float32], contributions: NDArray[np.float32], options: dict[str, Any]
) -> dict[str, Any]:
    """Run TF-MoDISco on (N, L, 4) arrays and return its patterns as flat arrays, positive ones first."""
    from modiscolite.tfmodisco import TFMoDISco

    counts = count_seqlets((one_hot * contributions).sum(axis=2), options)
    look_inside_margins()
    end_every_merge()
    beside = ((0, 0), (MARGIN, MARGIN), (0, 0))
    # A quarter of each base: an unknown one, which holds no information and no relevance.
    wide, scores = np.pad(one_hot, beside, constant_values=0.25), np.pad(contributions, beside)
    positive, negative = TFMoDISco(one_hot=wide, hypothetical_contribs=scores, **options)
    signs = ["+"] * len(positive or ()) + ["-"] * len(negative or ())
    arrays: dict[str, Any] = {"count": np.array(len(signs)), "seqlets": counts}
    for number, (sign, pattern) in enumerate(zip(signs, [*(positive or ()), *(negative or ())], strict=True)):
        arrays[f"{number}/sign"] = np.array(sign)
        arrays[f"{number}/ppm"] = np.asarray(pattern.sequence).T
        arrays[f"{number}/cwm"] = np.asarray(pattern.contrib_scores).T
        arrays[f"{number}/seqlets"] = np.array(
            [(s.example_idx, s.start - MARGIN, s.end - MARGIN, bool(s.is_revcomp)) for s in pattern.seqlets],
            dtype=np.int64,
        )
    return arrays


def look_inside_margins() -> None:
    """Let seqlets be cut out of the sequences as they are, without the unknown bases on either side of them.

    A pattern of 50 bases for which a sequence has no room loses the seqlet: three quarters of them at 81 bases. So
    sequences get margins of unknown bases, but the margins must not count in the distribution of relevance that says
    what a seqlet is.
    """
    from modiscolite import core, extract_seqlets

    extract = extract_seqlets.extract_seqlets

    def inside(attribution_scores: NDArray[Any], **options: Any) -> tuple[list[Any], Any]:
        seqlets, threshold = extract(attribution_scores=attribution_scores[:, MARGIN:-MARGIN], **options)
        moved = [core.Seqlet(one.example_idx, one.start + MARGIN, one.end + MARGIN, one.is_revcomp) for one in seqlets]
        return moved, threshold

    extract_seqlets.extract_seqlets = inside


def end_every_merge() -> None:
    """Let a merged pattern for which no sequence has room be cut to its width without growing first.

    modisco-lite 3.0.0 gives it up, and then merges the same two patterns again for ever: ``SimilarPatternsCollapser``
    repeats while there was anything to merge, also when nothing came of it.
    """
    from modiscolite import aggregator

    polish = aggregator.polish_pattern

    def fitting(pattern: Any, *, flank: int, window_size: int, **rest: Any) -> Any:
        polished = polish(pattern, flank=flank, window_size=window_size, **rest)
        width = window_size + 2 * flank  # of every polished pattern; patterns are compared at equal width
        if polished is None and len(pattern) >= width:
            return polish(pattern, flank=0, window_size=width, **rest)
        return polished

    aggregator.polish_pattern = fitting


def count_seqlets(scores: NDArray[np.float32], options: dict[str, Any]) -> NDArray[np.int64]:
    """Return how many positive and negative seqlets TF-MoDISco cuts out of scores (N, L): it does not say."""
    from modiscolite.extract_seqlets import extract_seqlets

    window, flank = options["sliding_window_size"], options["flank_size"]
    seqlets, threshold = extract_seqlets(
        attribution_scores=scores,
        window_size=window,
        flank=flank,
        suppress=int(0.5 * window) + flank,
        target_fdr=options["target_seqlet_fdr"],
        min_passing_windows_frac=0.03,
        max_passing_windows_frac=0.2,
        weak_threshold_for_counting_sign=0.8,
    )
    sums = np.array([scores[one.example_idx, one.start + flank : one.end - flank].sum() for one in seqlets])
    return np.array([(sums > threshold).sum(), (sums < -threshold).sum()], dtype=np.int64)


if __name__ == "__main__":
    run(Path(sys.argv[1]), Path(sys.argv[2]))
