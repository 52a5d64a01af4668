"""Controls beside an explanation: what it would look like if the sequence or the model had nothing to say."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from gxview.viewer.explaining.explanations import Explanations
from gxview.viewer.explaining.model_keys import RANDOMISED, is_randomised
from gxview.viewer.tracks.groups import TrackGroup
from gxview.viewer.tracks.kinds import ControlKind, RelevanceTrack, Track
from gxview.viewer.tracks.options import ExplainOptions
from gxview.viewer.viewer_model import ViewerModel

CONTROLS: dict[ControlKind, str] = {
    "shuffled": "Shuffled letters",
    "randomised": "Random weights",
    "reverse": "Reverse strand",
}
"""Name of each control, top to bottom."""
LETTERS = "dinucleotide"
SEED = 0
HEIGHT = 0.6
"""Height of a control by that of the explanation."""


class Controls:
    """Shows and removes the controls of explanations, and keeps them like these.

    Parameters
    ----------
    model
        State of the viewer.
    explanations
        Loads the models.
    """

    def __init__(self, model: ViewerModel, explanations: Explanations) -> None:
        self._model = model
        self._explanations = explanations
        model.tracks.edited.connect(self._follow)

    def of(self, track: RelevanceTrack) -> list[RelevanceTrack]:
        """Return the controls of an explanation, top to bottom."""
        return [one for one in self._model.tracks.relevance() if one.control_of == track.id]

    def original(self, track: RelevanceTrack) -> RelevanceTrack:
        """Return the explanation that a control belongs to; of any other explanation itself."""
        found = self._model.tracks.get(track.control_of) if track.control_of else None
        return found if isinstance(found, RelevanceTrack) else track

    def toggle(self, track: RelevanceTrack, kinds: Iterable[ControlKind] = tuple(CONTROLS)) -> list[RelevanceTrack]:
        """Show those of some controls that are missing, below the explanation; where none is, remove them all.

        Parameters
        ----------
        track
            The explanation, or one of its controls.
        kinds
            Which controls; a model with random weights has no further randomised one.

        Returns
        -------
        list
            The controls that were added.
        """
        original = self.original(track)
        wanted = [kind for kind in CONTROLS if kind in set(kinds) and is_possible(original.options, kind)]
        there = {one.control: one for one in self.of(original)}
        missing = [kind for kind in wanted if kind not in there]
        with self._model.tracks.together():
            if missing:
                return [self._add(original, kind) for kind in missing]
            for kind in wanted:
                self._model.tracks.remove(there[kind])
            self._leave_group(original)
        return []

    def _add(self, original: RelevanceTrack, kind: ControlKind) -> RelevanceTrack:
        tracks = self._model.tracks
        self._join_group(original)
        made = RelevanceTrack(
            name=CONTROLS[kind],
            options=control_options(original.options, kind),
            control=kind,
            control_of=original.id,
            group=original.group,
            height=max(40, round(HEIGHT * original.height)),
        )
        order = list(CONTROLS)
        above = [one for one in self.of(original) if order.index(one.control) < order.index(kind)]  # type: ignore[arg-type]
        tracks.insert(tracks.index(self._last([original, *tracks.parts(original), *above])) + 1, made)
        return made

    def _last(self, some: Iterable[Track]) -> Track:
        return max(some, key=self._model.tracks.index)

    def _join_group(self, original: RelevanceTrack) -> None:
        """Put an explanation that stands alone into a group with its parts, for the controls to join."""
        tracks = self._model.tracks
        if not original.group:
            made = TrackGroup(name=_group_name(original))
            tracks.add_group(made, sorted([original, *tracks.parts(original)], key=tracks.index))

    def _leave_group(self, original: RelevanceTrack) -> None:
        """Undo `_join_group` once no control is left."""
        tracks = self._model.tracks
        group = tracks.group(original.group)
        if group is not None and group.name == _group_name(original) and not self.of(original):
            tracks.ungroup(group)

    def _follow(self, track: Any, field: str) -> None:
        """Change the controls of an explanation whose options change."""
        if not isinstance(track, RelevanceTrack) or field != "options":
            return
        with self._model.unrecorded():
            for one in self.of(track):
                kind: Any = one.control
                if is_possible(track.options, kind):
                    one.options = control_options(track.options, kind)


def is_possible(options: ExplainOptions, kind: ControlKind) -> bool:
    """Whether an explanation has a control: random weights are not made random again, nor edited letters shuffled."""
    useless = {"randomised": is_randomised(options.model), "shuffled": options.edited}
    return bool(options.model) and not useless.get(kind, False)


def control_options(options: ExplainOptions, kind: ControlKind) -> ExplainOptions:
    """Return the options of a control of an explanation."""
    if kind == "shuffled":
        return options.with_(letters=LETTERS)
    if kind == "randomised":
        return options.with_(model=f"{options.model}{RANDOMISED}{SEED}")
    return options.with_(strand="+" if options.strand == "-" else "-")


def _group_name(track: RelevanceTrack) -> str:
    return f"{track.name} and controls"
