"""What lies under the pointer: position, base, value, name; for the status bar and tool tips."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gxview._qt.drawing.hover_combined import describe_counts, describe_difference, describe_overlay, describe_sequence
from gxview._qt.drawing.hover_edits import describe_edits, is_about_edits
from gxview._qt.drawing.hover_reads import describe_alignments, describe_variants
from gxview._qt.drawing.layout import Row
from gxview._qt.painters import Letters
from gxview._qt.rows import Scene
from gxview._qt.rows.heatmap import describe_effects
from gxview._qt.rows.trust import describe_lane, is_in_lane
from gxview.tracks.base import Feature
from gxview.viewer.explaining.relevance_slice import Bins
from gxview.viewer.tracks.effect_tracks import HeatmapTrack, MutagenesisTrack, VariantTrack
from gxview.viewer.tracks.kinds import (
    AlignmentTrack,
    DifferenceTrack,
    FeatureTrack,
    OverlayTrack,
    RelevanceTrack,
    ScoreTrack,
    SequenceTrack,
    SignalTrack,
    TokenTrack,
    Track,
)


@dataclass(frozen=True, slots=True)
class Hover:
    """Texts about the place under the pointer.

    Parameters
    ----------
    position
        Where, 1-based.
    base
        Letter of the reference there.
    value
        What the track under the pointer shows there.
    tip
        Longer text for a tool tip; empty if there is none.
    """

    position: str = ""
    base: str = ""
    value: str = ""
    tip: str = ""


def describe(scene: Scene, track: Track | None, base: int | None, row: Row | None = None, y: float = 0.0) -> Hover:
    """Say what lies at a base in a track; of packed reads and the trust lane, at the pixel `y` of its row."""
    if base is None:
        return Hover()
    position = f"{scene.camera.chrom}:{base + 1:,}"
    letters = scene.letters
    letter = ""
    if letters is not None and 0 <= base - letters.start < len(letters.text):
        letter = letters.text[base - letters.start]
    if isinstance(track, AlignmentTrack):
        value, tip = describe_alignments(scene, track, base, row, y)
    elif isinstance(track, HeatmapTrack | MutagenesisTrack):
        value, tip = describe_effects(scene, track, base, row, y)
    elif isinstance(track, RelevanceTrack) and row is not None and is_in_lane(row, y):
        value, tip = describe_lane(scene, track, base, row, y)
    else:
        value, tip = _value(scene, track, base, letters)
    if is_about_edits(scene, track):
        tip = "\n".join([tip, *describe_edits(scene, base)]).strip()
    return Hover(position, letter, value, tip)


def _value(scene: Scene, track: Track | None, base: int, letters: Letters | None) -> tuple[str, str]:
    if isinstance(track, SequenceTrack):
        return describe_sequence(scene, track, base, letters)
    if isinstance(track, OverlayTrack):
        return describe_overlay(scene, track, base)
    if isinstance(track, DifferenceTrack):
        return describe_difference(scene, track, base)
    if isinstance(track, SignalTrack):
        return _signal(scene, track, base), ""
    if isinstance(track, FeatureTrack):
        return _features(scene, track, base)
    if isinstance(track, VariantTrack):
        return describe_variants(scene, track, base)
    if isinstance(track, RelevanceTrack):
        return _relevance(scene, track, base, "relevance"), ""
    owner = scene.viewer.model.tracks.owner(track)
    if isinstance(track, ScoreTrack) and owner is not None:
        return _relevance(scene, owner, base, "score"), ""
    if isinstance(track, TokenTrack) and owner is not None:
        return _token(scene, owner, base)
    return "", ""


def _signal(scene: Scene, track: SignalTrack, base: int) -> str:
    found = scene.viewer.data.signal(track, scene.camera)
    if found is None:
        return ""
    place = (base - found.start) // found.step
    if not 0 <= place < len(found.mean) or not np.isfinite(found.mean[place]):
        return f"{track.name}: no value"
    if not found.is_summary:
        return f"{track.name}: {found.mean[place]:.5g}"
    return f"{track.name}: mean {found.mean[place]:.4g} ({found.low[place]:.4g} to {found.high[place]:.4g})"


def _features(scene: Scene, track: FeatureTrack, base: int) -> tuple[str, str]:
    block = scene.viewer.data.features(track, scene.camera)
    if block is not None and block.counts is not None:
        return describe_counts(scene, block.counts, base)
    reach = max(1, round(2 * scene.camera.bases_per_pixel))
    under = [f for f in (block.features if block else ()) if f.start - reach <= base < f.end + reach]
    if not under:
        return "", ""
    lines = [_feature_line(feature, base) for feature in under[:6]]
    more = f"\nand {len(under) - 6} more" if len(under) > 6 else ""
    return ", ".join(feature.name for feature in under[:3]), "\n".join(lines) + more


def _feature_line(feature: Feature, base: int) -> str:
    """Write name, kind, place, strand, the block under the pointer of several, and the score."""
    words = [word for word in (feature.name, feature.kind and f"({feature.kind})") if word]
    words.append(f" {feature.start + 1:,}-{feature.end:,}")
    words += [feature.strand] if feature.strand in "+-" else []
    places = [place for place, (start, end) in enumerate(feature.blocks, 1) if start <= base < end]
    if places and len(feature.blocks) > 1:
        # numbered along the strand, as in a paper
        number = places[0] if feature.strand != "-" else len(feature.blocks) + 1 - places[0]
        words.append(f" block {number} of {len(feature.blocks)}")
    return " ".join(words) + (f"  score {feature.score:g}" if feature.score is not None else "")


def _relevance(scene: Scene, track: RelevanceTrack, base: int, what: str) -> str:
    found = scene.viewer.live.slice(track, scene.camera)
    if found is None:
        return ""
    values = found.values if what == "relevance" else found.score
    if isinstance(values, Bins):
        return ""
    place = base - found.start
    if not 0 <= place < len(values) or not np.isfinite(values[place]):
        return f"{track.name} {what}: no value"
    if what == "score":
        return f"{track.name}: {values[place]:.3f}"
    upper = found.upper
    spread = ""
    if upper is not None and not isinstance(upper, Bins) and np.isfinite(upper[place]):
        spread = f" \N{PLUS-MINUS SIGN} {upper[place] - values[place]:.2g}"
    return f"{track.name} {what}: {values[place]:+.4g}{spread}"


def _token(scene: Scene, track: RelevanceTrack, base: int) -> tuple[str, str]:
    found = scene.viewer.live.slice(track, scene.camera)
    token = next((t for t in (found.tokens if found else ()) if t.start <= base < t.end), None)
    if token is None:
        return "", ""
    text = getattr(token, "text", "")
    line = f"token {text} relevance {token.relevance:+.4g}"
    return line, f"{line}\n{scene.camera.chrom}:{token.start + 1:,}-{token.end:,}"
