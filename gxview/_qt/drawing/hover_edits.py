"""What the edits at a base are, under the pointer in a track of the edited sequence."""

from __future__ import annotations

from gxview._qt.rows import Scene
from gxview.genome import Edit
from gxview.viewer.editing.alternative import is_edited
from gxview.viewer.editing.effects import effect_words
from gxview.viewer.tracks.kinds import DifferenceTrack, Track

MARK = 6.0
"""Pixels beside the mark of inserted bases at which it is meant."""
WRITTEN = 60
"""Inserted letters that are written out."""


def is_about_edits(scene: Scene, track: Track | None) -> bool:
    """Whether a track shows the edited sequence, or how it differs from the reference."""
    if isinstance(track, DifferenceTrack):
        members = [scene.viewer.model.tracks.get(one) for one in (track.first, track.second)]
        return any(member is not None and is_edited(member) for member in members)
    return track is not None and is_edited(track)


def describe_edits(scene: Scene, base: int) -> list[str]:
    """Return lines about the edits that change a base, or insert right beside it."""
    reach = max(1, round(MARK * scene.camera.bases_per_pixel))
    return [line for edit in scene.edits if _is_here(edit, base, reach) for line in _lines(scene, edit)]


def _is_here(edit: Edit, base: int, reach: int) -> bool:
    inserted = edit.shift > 0 and edit.end - reach <= base < edit.end + reach
    return inserted or edit.start <= base < edit.end


def _lines(scene: Scene, edit: Edit) -> list[str]:
    inserted = edit.text[edit.common :]
    letters = inserted if len(inserted) <= WRITTEN else f"{inserted[:WRITTEN]}... ({len(inserted):,} bases)"
    effect = scene.viewer.effects.of(edit)
    lines = [f"{edit}{f' ({edit.origin})' if edit.origin else ''}"]
    lines += [f"inserted: {letters}"] if inserted else []
    return lines + ([effect_words(effect)] if effect is not None else [])
