"""Alternatives of alleles in a table, by the model that gave the numbers of the table where that can be."""

from __future__ import annotations

from pathlib import Path

from gxview.viewer.assessing.variants import AskedModel
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
        self._waiting: tuple[VariantChoice, AskedModel] | None = None
        model.edits.changed.connect(self._on_edits)

    def key(self, name: str) -> str:
        """Return the key of the one model of this name; empty where the window has none or several."""
        found = [key for key in self._model.offered_models if name and name in self._names(key)]
        return found[0] if len(found) == 1 else ""

    def switch(self, choice: VariantChoice, asked: AskedModel) -> None:
        """Show an allele, or the reference again where it is shown.

        Parameters
        ----------
        choice
            The allele.
        asked
            The model that gave the numbers of the table; without a key one of its name is looked for in the window.
        """
        if not self._browser.is_shown(choice):
            self._waiting = (choice, asked) if asked.name else None
            if asked.explained:
                self._prefer(asked)
        self._browser.switch(choice)

    def other(self, asked: AskedModel) -> str:
        """Return the name of the model on the tracks where it is another than that of the table; else nothing.

        It is the folder where both have one name.
        """
        shown = [one for one in self._model.tracks.relevance() if is_edited(one) and one.options.model]
        if not shown and (original := self._alternative.original()) is not None:
            shown = [original]
        shown = [one for one in shown if one.options.model not in self._model.failed_models]
        if not shown or not asked.name or any(self._is_by(one, asked) for one in shown):
            return ""
        key = shown[0].options.model
        name = self._shown_name(key)
        return key if name == asked.name else name

    def explain(self, key: str) -> None:
        """Show what a model makes of the edits."""
        track = self._plain(key)
        if track is None:
            self._explanations.add(key)
        else:
            self._model.tracks.selected = track
        if self._model.edits.value:
            self._alternative.show()

    def _prefer(self, asked: AskedModel) -> None:
        """Let the model of the table be the one that is shown, where it explains already or nothing else does."""
        tracks = self._model.tracks
        own = next((one for one in self._originals() if self._is_by(one, asked)), None)
        if own is not None:
            tracks.selected = own
        elif (key := asked.key or self.key(asked.name)) and not tracks.relevance():
            self._explanations.add(key)

    def _is_by(self, track: RelevanceTrack, asked: AskedModel) -> bool:
        """Whether an explanation is by the model of the table: models in two folders may have one name."""
        key = track.options.model
        if not asked.explained:
            return False
        if asked.key:
            return Path(key).absolute() == Path(asked.key).absolute()
        return bool(asked.name) and asked.name in self._names(key)

    def _on_edits(self) -> None:
        if self._waiting is None or not self._browser.is_shown(self._waiting[0]):
            return
        (_, asked), self._waiting = self._waiting, None
        if other := self.other(asked):
            self._tell(asked, other)

    def _tell(self, asked: AskedModel, other: str) -> None:
        """Say whose numbers are in the table and whose on the tracks, and offer to explain with that of the table."""
        name, key = asked.name, asked.key or self.key(asked.name)
        more = "," if asked.explained else ", which gxview does not explain;"
        text = f"The effects in the table are by {name}{more} the alternative on the tracks is by {other}."
        if not asked.explained:
            self._notices.warning(text)
        elif key:
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
