"""What lies under the pointer in a track of variants or of reads."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np

from gxview._qt.drawing.layout import Row
from gxview._qt.painters.alignments import read_at
from gxview._qt.rows.alignments import split
from gxview._qt.rows.at_hand import alignments_at_hand, variants_at_hand
from gxview._qt.rows.scene import Scene
from gxview.tracks import Pileup, Variant
from gxview.tracks.packed_reads import PackedReads
from gxview.tracks.read_table import BASES
from gxview.viewer.scoring.effects import effect_text, signed
from gxview.viewer.tracks.effect_tracks import VariantTrack
from gxview.viewer.tracks.kinds import AlignmentTrack

CLICK = "Click: the alternative beside the reference"
NAMED = 4
"""Samples and variants that are named; of more the number is told."""


def describe_variants(scene: Scene, track: VariantTrack, base: int) -> tuple[str, str]:
    """Return a word and a longer text about the variants at a base."""
    block = variants_at_hand(track, scene)
    reach = max(0, round(2 * scene.camera.bases_per_pixel))
    under = [v for v in (block.variants if block else ()) if v.start - reach <= base < v.end + reach]
    if not under:
        return "", ""
    samples = getattr(scene.viewer.data.source(track), "samples", ())
    texts = [_variant(variant, samples) + _effects(scene, track, variant) for variant in under[:NAMED]]
    more = [f"and {len(under) - NAMED} more"] if len(under) > NAMED else []
    words = [f"{v.name} {v.label}".strip() + _brief(scene, track, v) for v in under[:3]]
    return ", ".join(words), "\n".join([*texts, *more, CLICK])


def _effects(scene: Scene, track: VariantTrack, variant: Variant) -> str:
    """Write the effect of each ALT with its spread, or why there is none."""
    if not track.effect.score:
        return ""
    colouring = scene.viewer.colouring
    found = colouring.effects(track, variant)
    if found is None:
        return "\n  not scored yet"
    title = colouring.title(track)
    alts = variant.alts or (".",)
    lines = [
        f"{title}{f' of {alt}' if len(alts) > 1 else ''}: {effect_text(one)}"
        for alt, one in zip(alts, found, strict=False)
    ]
    return "".join(f"\n  {line}" for line in [*lines, *colouring.reasons(track, variant)])


def _brief(scene: Scene, track: VariantTrack, variant: Variant) -> str:
    """Write the effects alone, for the line below the tracks."""
    found = scene.viewer.colouring.effects(track, variant) if track.effect.score else None
    known = [signed(one.value) for one in found or () if math.isfinite(one.value)]
    return f" {', '.join(known)}" if known else ""


def _variant(variant: Variant, samples: tuple[str, ...]) -> str:
    place = f"{variant.start + 1:,}" + (f"-{variant.end:,}" if variant.end - variant.start > 1 else "")
    quality = "" if variant.quality is None else f", quality {variant.quality:g}"
    state = "" if variant.filter in (".", "") else f", {variant.filter}"
    return f"{variant.name} {variant.label}  {place}{quality}{state}".strip() + _genotypes(variant, samples)


def _genotypes(variant: Variant, samples: tuple[str, ...]) -> str:
    found = variant.genotypes(samples)
    if not found:
        return ""
    named = ", ".join(f"{sample} {genotype}" for sample, genotype in found[:NAMED])
    if len(found) <= NAMED:
        return f"\n  {named}"
    tally = ", ".join(f"{genotype}: {n:,}" for genotype, n in Counter(g for _, g in found).most_common(NAMED))
    return f"\n  {named}, ...\n  {len(found):,} samples: {tally}"


def describe_alignments(scene: Scene, track: AlignmentTrack, base: int, row: Row | None, y: float) -> tuple[str, str]:
    """Return a word and a longer text about the reads at a base: the coverage, or the read under the pointer."""
    block = alignments_at_hand(track, scene)
    pileup = block.pileup if block is not None else None
    if pileup is None:
        return "", ""
    depth = _depth(pileup, base)
    if row is None or not track.reads or pileup.reads is None:
        return depth, ""
    _, below = split(row.data_rect, track.reads)
    rect = below.adjusted(0, 1, 0, 0)
    number = read_at(rect, scene.view, pileup.reads, base, y) if y >= rect.top() else None
    return depth, _read(pileup.reads, number) if number is not None else ""


def _depth(pileup: Pileup, base: int) -> str:
    found = pileup.coverage
    if found.depth is None:
        return ""
    place = base - found.start
    if not 0 <= place < len(found.depth) or not np.isfinite(found.depth[place]):
        return "depth not known"
    total = int(found.depth[place])
    site = int(np.searchsorted(found.sites, base))
    if site >= len(found.sites) or found.sites[site] != base or not total:
        return f"depth {total:,}"
    counts = [(BASES[code], int(n)) for code, n in enumerate(found.counts[site]) if n]
    shares = ", ".join(f"{letter} {n:,} ({n / total:.0%})" for letter, n in sorted(counts, key=lambda pair: -pair[1]))
    return f"depth {total:,}: {shares}"


def _read(reads: PackedReads, number: int) -> str:
    start, end = int(reads.starts[number]), int(reads.ends[number])
    parts = [f"{start + 1:,}-{end:,}", "reverse strand" if reads.reverse[number] else "forward strand"]
    parts.append(f"mapping quality {int(reads.quality[number])}")
    for what, found in (("insertion", reads.insertions), ("deletion", reads.deletions), ("intron", reads.introns)):
        count = int((found[:, 2] == number).sum())
        if count:
            parts.append(f"{count} {what}{'s' * (count > 1)}")
    return f"{reads.names[number]}\n{', '.join(parts)}"
