"""The tracks of the edited sequence: its letters, what the model makes of it, and the difference from the reference."""

from __future__ import annotations

from collections.abc import Callable

from gxview.viewer.explaining.explanations import Explanations
from gxview.viewer.tracks.combined_tracks import difference
from gxview.viewer.tracks.groups import TrackGroup
from gxview.viewer.tracks.kinds import RelevanceTrack, ScoreTrack, SequenceTrack, Track
from gxview.viewer.tracks.scale import ScaleOptions
from gxview.viewer.viewer_model import ViewerModel

EDITED = "edited"


class Alternative:
    """Shows the edited sequence beside the reference while there are edits.

    Parameters
    ----------
    model
        State of the viewer.
    explanations
        Adds the explanation of the edited sequence.
    current
        Returns the explanation that a person looks at.
    """

    def __init__(
        self, model: ViewerModel, explanations: Explanations, current: Callable[[], RelevanceTrack | None]
    ) -> None:
        self._model = model
        self._explanations = explanations
        self._current = current

    def fit(self) -> None:
        """Add the tracks with the first edit, take them away with the last one."""
        shown = [track for track in self._model.tracks if is_edited(track)]
        if not self._model.edits.value:
            with self._model.tracks.together():
                for track in shown:
                    if track in self._model.tracks:
                        self._model.tracks.remove(track)
        elif not shown:
            self.show()

    def show(self) -> RelevanceTrack | None:
        """Add the letters of the edited sequence, and its explanation where there is one of the reference."""
        with self._model.tracks.together():
            self._add_letters()
            first = self.original()
            return self._add_explanation(first) if first is not None else None

    def original(self) -> RelevanceTrack | None:
        """Return the explanation of the reference that the edited one is compared with."""
        current = self._current()
        if current is not None and not is_edited(current) and current.options.model:
            return current
        plain = (one for one in self._model.tracks.relevance() if one.options.model and not is_edited(one))
        return next(plain, None)

    def explained(self) -> RelevanceTrack | None:
        """Return the explanation whose numbers the list of edits shows: the edited one, else that of the reference."""
        edited = (one for one in self._model.tracks.relevance() if is_edited(one) and not one.control)
        return next(edited, None) or self.original()

    def _add_letters(self) -> None:
        tracks = self._model.tracks
        known = [track for track in tracks if isinstance(track, SequenceTrack)]
        if not any(track.edited for track in known):
            place = tracks.index(known[-1]) + 1 if known else 0
            group = known[-1].group if known else ""
            tracks.insert(place, SequenceTrack(name="Edited sequence", edited=True, gc=False, group=group))

    def _add_explanation(self, first: RelevanceTrack) -> RelevanceTrack:
        """Add the explanation of the edited sequence and the difference, in a group with the first on one scale."""
        tracks = self._model.tracks
        options = first.options.model_dump(exclude={"model", "edited"})
        second = self._explanations.add(first.options.model, edited=True, **options)
        name = second.name
        for part in (second, *tracks.parts(second)):
            part.name = f"{first.name} {EDITED}{part.name.removeprefix(name)}"
        self._scores_together(first, second)
        minus = difference(tracks, (second, first))
        minus.name = f"{EDITED.capitalize()} \N{MINUS SIGN} reference"
        last = max(tracks.index(track) for track in (minus, *tracks.parts(second)))
        tracks.move(tracks.index(minus), last)
        members = [first, *tracks.parts(first), second, *tracks.parts(second), minus]
        self._group(first, sorted(members, key=tracks.index))
        for sharing in (first, second, minus):
            sharing.scale = ScaleOptions(mode="group")
        tracks.selected = second
        return second

    def _scores_together(self, first: RelevanceTrack, second: RelevanceTrack) -> None:
        """Put the score of the edited sequence below that of the reference, so that letters stand below letters."""
        tracks = self._model.tracks
        scores = [
            next((part for part in tracks.parts(one) if isinstance(part, ScoreTrack)), None) for one in (first, second)
        ]
        if scores[0] is not None and scores[1] is not None:
            tracks.move(tracks.index(scores[1]), tracks.index(scores[0]) + 1)

    def _group(self, first: RelevanceTrack, members: list[Track]) -> None:
        group = self._model.tracks.group(first.group)
        if group is None:
            group = TrackGroup(name=f"{first.name}, reference and {EDITED}", scale=ScaleOptions(mode="symmetric"))
            self._model.tracks.add_group(group, members)
        for member in members:
            member.group = group.id


def is_edited(track: Track) -> bool:
    """Whether a track shows the edited sequence itself: its letters or its explanation."""
    if isinstance(track, SequenceTrack):
        return track.edited
    return isinstance(track, RelevanceTrack) and track.options.edited
