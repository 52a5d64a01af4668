"""What lies under the pointer in overlays, differences, counts of features and the sequence row."""

from __future__ import annotations

import numpy as np

from gxview._qt.painters import Letters
from gxview._qt.rows import Scene
from gxview.genome.translation import amino_acids
from gxview.viewer.data.blocks import FeatureCounts
from gxview.viewer.explaining.relevance_slice import Bins
from gxview.viewer.tracks.combine import Part
from gxview.viewer.tracks.kinds import DifferenceTrack, OverlayTrack, SequenceTrack


def describe_overlay(scene: Scene, track: OverlayTrack, base: int) -> tuple[str, str]:
    """Name the value of every track of an overlay; its sign and its units are those that are drawn."""
    parts = scene.viewer.combiner.overlay(track, scene.camera)
    lines = [f"{part.track.name}: {value_at(part, base)}" for part in parts]
    return ", ".join(lines), ""


def describe_difference(scene: Scene, track: DifferenceTrack, base: int) -> tuple[str, str]:
    """Say what is left of the first track after the second was subtracted."""
    part = scene.viewer.combiner.difference(track, scene.camera)
    if part is None:
        return "", ""
    note = f" ({part.note})" if part.note else ""
    return f"{track.name}: {value_at(part, base)}{note}", ""


def describe_sequence(scene: Scene, track: SequenceTrack, base: int, letters: Letters | None) -> tuple[str, str]:
    """Give the share of G and C where it is drawn, and the amino acids of the frames where these are."""
    words = []
    found = scene.viewer.data.signal(track, scene.camera) if track.gc else None
    if found is not None and 0 <= (place := (base - found.start) // found.step) < len(found.mean):
        words.append(f"GC {found.mean[place]:.1f} %" if np.isfinite(found.mean[place]) else "GC unknown")
    if track.translation and letters is not None:
        words.append(" ".join(_codons(letters, base, track.reverse)))
    return ", ".join(words), ""


def describe_counts(scene: Scene, counts: FeatureCounts, base: int) -> tuple[str, str]:
    """Say how many features touch the bin at a base."""
    place = int(np.searchsorted(counts.edges, base, "right")) - 1
    if not 0 <= place < len(counts.forward):
        return "", ""
    start, end = int(counts.edges[place]), int(counts.edges[place + 1])
    number = str(counts.forward[place])
    if counts.reverse is not None:
        number = f"{counts.forward[place]} on + and {counts.reverse[place]} on \N{MINUS SIGN}"
    text = f"{number} in {scene.camera.chrom}:{start + 1:,}-{end:,}"
    return text, f"{text}\nZoom in to see each of them."


def value_at(part: Part, base: int) -> str:
    """Write the value of a base, or of the bin that holds it."""
    if not isinstance(part.values, Bins):
        place = base - part.start
        known = 0 <= place < len(part.values) and np.isfinite(part.values[place])
        return f"{part.values[place]:+.4g}" if known else "no value"
    bins = part.values
    place = int(np.searchsorted(bins.edges, base, "right")) - 1
    if not 0 <= place < len(bins.mean) or not np.isfinite(bins.mean[place]):
        return "no value"
    return f"mean {bins.mean[place]:+.4g} ({bins.low[place]:+.4g} to {bins.high[place]:+.4g})"


def _codons(letters: Letters, base: int, reverse: bool) -> list[str]:
    """Return the codons over a base and their amino acids, frame 1 (positions 1, 4, 7, ...) first."""
    found = {}
    for start in range(base - 2, base + 1):
        text = letters.text[max(0, start - letters.start) : max(0, start - letters.start + 3)]
        if start >= letters.start and len(text) == 3:
            found[start % 3] = f"{start % 3 + 1}:{amino_acids(text, reverse).tobytes().decode()}"
    return [found[frame] for frame in sorted(found)]
