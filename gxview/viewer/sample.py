"""The embedded sample: a small genome with genes, a signal and two trained models."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from gxview.viewer.viewer import Viewer

GENOME, TRACKS = "sample.fa.gz", ("sample.gff3.gz", "coverage.bw")
MODELS = ("sample-dnabert2", "sample-cnn")
LOCUS = "plasmid:33,340-33,539"
"""A promoter with all its elements, far from others, on the sequence that no model has seen."""


def open_sample(viewer: Viewer) -> None:
    """Open the sample with both models at a promoter; what is open now is closed with its genome."""
    folder = Path(str(files("gxview.resources")))
    missing = [name for name in (GENOME, *TRACKS) if not (folder / name).exists()]
    if missing:
        viewer.notices.error(f"This installation lacks the sample file {missing[0]}; install gxview again.")
        return

    def opened() -> None:
        known = {track.options.model for track in viewer.model.tracks.relevance()}
        for key in MODELS:
            if key not in known:
                viewer.explanations.add(key)
        viewer.go_to(LOCUS)

    viewer.opener.open([folder / GENOME, *(folder / name for name in TRACKS)], opened)
