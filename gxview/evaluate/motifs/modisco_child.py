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
    positive, negative = TFMoDISco(one_hot=one_hot, hypothetical_contribs=contributions, **options)
    signs = ["+"] * len(positive or ()) + ["-"] * len(negative or ())
    arrays: dict[str, Any] = {"count": np.array(len(signs)), "seqlets": counts}
    for number, (sign, pattern) in enumerate(zip(signs, [*(positive or ()), *(negative or ())], strict=True)):
        arrays[f"{number}/sign"] = np.array(sign)
        arrays[f"{number}/ppm"] = np.asarray(pattern.sequence).T
        arrays[f"{number}/cwm"] = np.asarray(pattern.contrib_scores).T
        arrays[f"{number}/seqlets"] = np.array(
            [(one.example_idx, one.start, one.end, bool(one.is_revcomp)) for one in pattern.seqlets], dtype=np.int64
        )
    return arrays


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
