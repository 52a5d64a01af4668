"""All that is known about tracks, in lines for a person: the file, what shows, how the numbers came about."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any, TypeAlias

from gxview.tracks.facts import number
from gxview.viewer.data.alignment_blocks import AlignmentBlock, alignment_key
from gxview.viewer.data.blocks import FeatureBlock
from gxview.viewer.data.variant_blocks import VariantBlock, variant_key
from gxview.viewer.editing.edit_list import edited_letters
from gxview.viewer.tracks.effect_tracks import VariantTrack
from gxview.viewer.tracks.groups import TrackGroup
from gxview.viewer.tracks.kinds import (
    AlignmentTrack,
    FeatureTrack,
    FileTrack,
    RelevanceTrack,
    SequenceTrack,
    Track,
    sources_of,
)
from gxview.viewer.tracks.statistics import statistics_of
from gxview.viewer.trust.measures import MEASURES, count_failing
from gxview.viewer.viewer import Viewer

Line: TypeAlias = tuple[str, str]
"""Name and value."""
KINDS = {"sequence": "reference", "features": "features", "tokens": "tokens of a model", "score": "score of a model"}
"""Words for kinds of tracks that are no words themselves."""


@dataclass(frozen=True, slots=True)
class InfoSection:
    """A heading and the lines below it."""

    title: str
    lines: tuple[Line, ...]


def describe(viewer: Viewer, tracks: Sequence[Track], group: TrackGroup | None = None) -> list[InfoSection]:
    """Return what is known about one track, or the main numbers of each of several.

    Parameters
    ----------
    viewer
        What shows the tracks.
    tracks
        The tracks.
    group
        Their group, if they are all of it.
    """
    if len(tracks) == 1:
        return describe_track(viewer, tracks[0])
    lines: list[Line] = [] if group is None else [("scale", group.scale.mode)]
    if viewer.model.camera.is_open:
        lines.append(("region", str(viewer.model.camera.view.region)))
    lines += [(track.name, _brief(viewer, track)) for track in tracks]
    return [InfoSection(f"{len(tracks)} tracks" if group is None else group.name, tuple(lines))] if tracks else []


def describe_track(viewer: Viewer, track: Track) -> list[InfoSection]:
    """Return all that is known about a track; of the score and the tokens the explanation is described."""
    owner = viewer.model.tracks.owner(track)
    parts: list[tuple[str, Iterator[Line]]] = [(track.name, _about(viewer, track))]
    if isinstance(track, FileTrack):
        parts.append(("File", _file(viewer, track)))
    elif isinstance(track, SequenceTrack):
        parts.append(("File", _reference(viewer)))
    parts.append(("On screen", _shown(viewer, track)))
    if owner is not None:
        parts += [("Explanation", _explanation(viewer, owner)), ("Trust", _trust(viewer, owner))]
        parts.append(("Provenance", _provenance(viewer, owner)))
    sections = [InfoSection(title, tuple(lines)) for title, lines in parts]
    return [section for section in sections if section.lines]


def as_text(sections: Sequence[InfoSection]) -> str:
    """Write sections as plain text, to be pasted."""
    return "\n\n".join(
        "\n".join([part.title, *(f"{name}: {value}" for name, value in part.lines)]) for part in sections
    )


def _kind(track: Track) -> str:
    return KINDS.get(track.kind, track.kind)


def _about(viewer: Viewer, track: Track) -> Iterator[Line]:
    tracks = viewer.model.tracks
    yield "kind", _kind(track)
    if (group := tracks.group(track.group)) is not None:
        yield "group", group.name
    names = [known.name for track_id in sources_of(track) if (known := tracks.get(track_id)) is not None]
    if names:
        yield "control of" if isinstance(track, RelevanceTrack) else "made of", ", ".join(names)
    if failure := viewer.data.failure(track):
        yield "failure", failure


def _brief(viewer: Viewer, track: Track) -> str:
    """Return the main numbers about what shows of a track in one line."""
    found = dict(_shown(viewer, track))
    if "mean" in found:
        return f"mean {found['mean']}, {found['minimum']} to {found['maximum']}"
    words = [f"{value} {name}" for name, value in found.items() if name in ("features", "variants", "reads")]
    return ", ".join(words) or _kind(track)


def _file(viewer: Viewer, track: FileTrack) -> Iterator[Line]:
    yield "path", track.path
    yield from viewer.facts.of(track)
    source = viewer.data.source(track)
    for note in source.notes if source is not None else ():
        yield "note", note


def _reference(viewer: Viewer) -> Iterator[Line]:
    reference = viewer.model.reference
    if reference is not None:
        yield "path", str(reference.path)
        yield "sequences", f"{len(reference.names):,}"
        yield "bases", f"{sum(reference.sizes.values()):,}"


def _shown(viewer: Viewer, track: Track) -> Iterator[Line]:
    if not viewer.model.camera.is_open:
        return
    read = _COUNTED.get(type(track))
    if read is not None:
        yield from read(viewer, track)
        return
    view = viewer.model.camera.view
    part = viewer.combiner.values(track, view)
    if part is None:
        return
    found = statistics_of(part, view.region.start, view.region.end)
    yield "region", str(view.region)
    # bins at the edge of values hold fewer of them than bases: the smallest and the largest are exact, the rest is not
    about = "about " if found.bin_size > 1 else ""
    bins = f" in bins of {found.bin_size:,}" if found.bin_size > 1 else ""
    share = found.covered / found.bases
    yield "coverage", f"{share:.1%} of {found.bases:,} bases{bins}"
    if found.covered:
        yield "minimum", number(found.smallest)
        yield "mean", f"{about}{number(found.mean)}"
        yield "maximum", number(found.largest)
        yield "sum", f"{about}{number(found.total)}"


def _shown_features(viewer: Viewer, track: FeatureTrack) -> Iterator[Line]:
    view = viewer.model.camera.view
    block = viewer.data.features(track, view)
    if isinstance(block, FeatureBlock) and block.counts is None:
        count = sum(feature.overlaps(view.region) for feature in block.features)
        yield from (("region", str(view.region)), ("features", f"{count:,}"))


def _shown_variants(viewer: Viewer, track: VariantTrack) -> Iterator[Line]:
    view = viewer.model.camera.view
    block = viewer.data.block(track.id, variant_key(track, view), view, VariantBlock)
    if block is not None and block.counts is None:
        count = sum(one.start < view.region.end and view.region.start < one.end for one in block.variants)
        yield from (("region", str(view.region)), ("variants", f"{count:,}"))


def _shown_reads(viewer: Viewer, track: AlignmentTrack) -> Iterator[Line]:
    view = viewer.model.camera.view
    block = viewer.data.block(track.id, alignment_key(track, view), view, AlignmentBlock)
    if block is None or block.pileup is None:
        return
    yield "region", str(view.region)
    yield "reads", f"{block.pileup.count(view.region.start, view.region.end):,}"
    coverage = block.pileup.coverage
    if coverage.depth is not None:
        depth = coverage.depth[max(0, view.region.start - coverage.start) : max(0, view.region.end - coverage.start)]
        if len(depth):
            yield "depth", f"{number(float(depth.mean()))} on average, {number(float(depth.max()))} at most"


def _shown_letters(viewer: Viewer, track: SequenceTrack) -> Iterator[Line]:
    view = viewer.model.camera.view
    block = viewer.data.letters(view)
    if block is None:
        return
    first = max(0, view.region.start - block.region.start)
    text = edited_letters(block, viewer.model.edits.value) if track.edited else block.text
    letters = text[first : view.region.end - block.region.start]
    counts = {base: letters.upper().count(base) for base in "ACGT"}
    known = sum(counts.values())
    yield "region", str(view.region)
    if known:
        yield "GC", f"{(counts['G'] + counts['C']) / known:.1%}"
        yield "bases", ", ".join(f"{base} {count:,}" for base, count in counts.items())
    if unknown := len(letters) - known:
        yield "other letters", f"{unknown:,}"
    if masked := sum(map(str.islower, letters)):
        yield "soft-masked", f"{masked / len(letters):.1%}"


_COUNTED: dict[type, Callable[[Viewer, Any], Iterator[Line]]] = {
    FeatureTrack: _shown_features,
    VariantTrack: _shown_variants,
    AlignmentTrack: _shown_reads,
    SequenceTrack: _shown_letters,
}
"""What is told of tracks that have no values, or not only."""


def _explanation(viewer: Viewer, track: RelevanceTrack) -> Iterator[Line]:
    info = viewer.explanations.info(track)
    if info is not None:
        yield "model", f"{info.name} ({info.kind}, window of {info.window_length} bases, on {info.device})"
    state = viewer.live.state(track)
    yield "state", state.text or state.kind
    found = viewer.live.example(track)
    for note in found.notes if found is not None else ():
        yield "note", note


def _trust(viewer: Viewer, track: RelevanceTrack) -> Iterator[Line]:
    """Say how many windows on screen fail, and the median of each number, where the trust lane shows."""
    if not track.trust or not viewer.model.camera.is_open:
        return
    windows = viewer.trust.windows(track, viewer.model.camera.view)
    if not windows:
        return
    yield "windows on screen", f"{len(windows):,}, of which {count_failing(windows):,} fail"
    for place, measure in enumerate(MEASURES):
        cells = [window.cells[place] for window in windows]
        known = [cell.value for cell in cells if math.isfinite(cell.value)]
        failing = sum(cell.verdict == "fails" for cell in cells)
        told = f", {failing:,} fail" if failing else ""
        yield measure.title.lower(), f"median {measure.text(median(known))}{told}" if known else "no number"


def _provenance(viewer: Viewer, track: RelevanceTrack) -> Iterator[Line]:
    found = viewer.live.example(track)
    if found is not None:
        yield from _flat(found.provenance)


def _flat(values: Mapping[str, Any], prefix: str = "") -> Iterator[Line]:
    for key, value in values.items():
        name = f"{prefix}{key}".replace("_", " ")
        if isinstance(value, Mapping):
            yield from _flat(value, f"{name}, ")
        elif value not in (None, "", [], ()):
            yield name, ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
