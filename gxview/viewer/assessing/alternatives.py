"""Alternatives of alleles in a table, by the model that gave the numbers of the table where that can be."""

from __future__ import annotations

from pathlib import Path

from gxview.viewer.editing.alternative import Alternative, is_edited
from gxview.viewer.editing.variants import VariantChoice
from gxview.viewer.explaining.explanations import Explanations
from gxview.viewer.scoring.browsing import VariantBrowser
from gxview.viewer.tracks.kinds import RelevanceTrack
from gxview.viewer.viewer_model import ViewerModel
from gxview.viewer.work.notices import Notices, Offer


class TableAlternatives:
    """Shows alleles of a table on the tracks, and says so where the tracks are of another model than the table.

    Parameters
    ----------
    model
        State of the viewer.
    browser
        Shows alleles.
    alternative, explanations
        What the tracks make of them.
    notices
        Where it is told whose numbers are whose.
    """

    def __init__(
        self,
        model: ViewerModel,
        browser: VariantBrowser,
        alternative: Alternative,
        explanations: Explanations,
        notices: Notices,
    ) -> None:
        self._model = model
        self._browser = browser
        self._alternative = alternative
        self._explanations = explanations
        self._notices = notices
        self._waiting: tuple[VariantChoice, str, str] | None = None
        model.edits.changed.connect(self._on_edits)

    def key(self, name: str) -> str:
        """Return the key of the model of this name; empty where the window has none."""
        return next((key for key in self._model.offered_models if name and name in self._names(key)), "")

    def switch(self, choice: VariantChoice, name: str, key: str = "") -> None:
        """Show an allele, or the reference again where it is shown.

        Parameters
        ----------
        choice
            The allele.
        name
            Name of the model that gave the numbers of the table; empty where that is not known.
        key
            What loads it; empty looks for the name among the models of the window.
        """
        if not self._browser.is_shown(choice):
            key = key or self.key(name)
            self._waiting = (choice, name, key) if name else None
            self._prefer(name, key)
        self._browser.switch(choice)

    def other(self, name: str) -> str:
        """Return the name of the model on the tracks where it is another than that of the table; else nothing."""
        shown = [one for one in self._model.tracks.relevance() if is_edited(one) and one.options.model]
        if not shown and (original := self._alternative.original()) is not None:
            shown = [original]
        if not shown or not name or any(name in self._names(one.options.model) for one in shown):
            return ""
        return self._shown_name(shown[0].options.model)

    def explain(self, key: str) -> None:
        """Show what a model makes of the edits."""
        track = self._plain(key)
        if track is None:
            self._explanations.add(key)
        else:
            self._model.tracks.selected = track
        if self._model.edits.value:
            self._alternative.show()

    def _prefer(self, name: str, key: str) -> None:
        """Let the model of the table be the one that is shown, where it explains already or nothing else does."""
        tracks = self._model.tracks
        plain = [one for one in self._originals() if name and name in self._names(one.options.model)]
        own = self._plain(key) or next(iter(plain), None)
        if own is not None:
            tracks.selected = own
        elif key and not tracks.relevance():
            self._explanations.add(key)

    def _on_edits(self) -> None:
        if self._waiting is None or not self._browser.is_shown(self._waiting[0]):
            return
        (_, name, key), self._waiting = self._waiting, None
        if not (other := self.other(name)):
            return
        text = f"The effects in the table are by {name}, the alternative on the tracks is by {other}."
        if key:
            self._notices.warning(text, Offer(f"Explain with {name}", lambda: self.explain(key)))
        else:
            self._notices.warning(f"{text} Open {name} in the Explain panel.")

    def _originals(self) -> list[RelevanceTrack]:
        return [one for one in self._model.tracks.relevance() if not (is_edited(one) or one.control)]

    def _plain(self, key: str) -> RelevanceTrack | None:
        return next((one for one in self._originals() if one.options.model == key), None)

    def _shown_name(self, key: str) -> str:
        return self._model.known_models.get(key, Path(key).name)

    def _names(self, key: str) -> set[str]:
        """Return all that a model may be called: the name that it gives itself is known once it is loaded."""
        return {key, Path(key).name, self._shown_name(key)}
