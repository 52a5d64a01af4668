"""The Variants panel: which variants and which model; the effects, the largest first, and their histogram."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial

from qtpy.QtCore import Qt
from qtpy.QtWidgets import QPushButton, QWidget

from gxview._qt.assessing.boxes import VARIANTS, PathBox, checks, model_box
from gxview._qt.assessing.figure_box import Picture
from gxview._qt.assessing.panel import AssessPanel, explain_disabled
from gxview._qt.look.forms import ModelForm, Tell
from gxview._qt.look.table import RIGHT, Column, fixed_text, number_column
from gxview._qt.look.widgets import Combo
from gxview._qt.painters import Style
from gxview.errors import GxviewError
from gxview.viewer.assessing.choices import VariantChoices
from gxview.viewer.assessing.variants import SCORES, VariantEffects, score_words
from gxview.viewer.editing.variants import VariantChoice
from gxview.viewer.tracks.kinds import FileTrack
from gxview.viewer.viewer import Viewer

EFFECT = "Effect"


class VariantsPanel(AssessPanel):
    """Asks a model about variants; a click on one goes there.

    Parameters
    ----------
    viewer, style
        See `AssessPanel`.
    """

    run_title = "Score variants"

    def __init__(self, viewer: Viewer, style: Style, parent: QWidget | None = None) -> None:
        self._assess = viewer.assess.variants
        self.score_box, self.tracks_button = Combo(), QPushButton("Open as tracks")
        self.alternative_button = QPushButton("Show alternative")
        self.alternative_button.setCheckable(True)
        for button in (self.tracks_button, self.alternative_button):
            button.setAutoDefault(False)
        self.score_box.setAccessibleName("Score")
        self.score_box.setMinimumContentsLength(12)
        super().__init__(viewer, viewer.assess.variants, style, parent)
        self.tracks_button.clicked.connect(self.open_tracks)
        self.score_box.activated.connect(lambda _place: self._show_score())
        self.alternative_button.clicked.connect(lambda _on: self.show_alternative())
        self.table.selectionModel().selectionChanged.connect(lambda *_rows: self.enable())
        viewer.model.edits.changed.connect(self.enable)

    def make_forms(self) -> list[ModelForm]:
        def vcf(tell: Tell) -> tuple[QWidget, Tell]:
            box = PathBox("Variants to be scored", VARIANTS, "A VCF or BCF file", tell)
            self.vcf_box = box
            return box, box.show_path

        others = {
            "vcf": vcf,
            "model": model_box(self._viewer.model, ""),
            "scores": checks(7, lambda: {name: score_words(name) for name in SCORES}),
        }
        choices = {
            "strand": [("Both, averaged", "both"), ("Plus", "+"), ("Minus", "-")],
        }
        fields = (("vcf", "model", "strand"), ("scores",), ("offsets", "window"))
        forms = [ModelForm(VariantChoices, names, choices, others) for names in fields]
        self.track_box = Combo()
        self.track_box.setPlaceholderText("No variant track is open")
        self.track_box.setAccessibleName("Variant tracks of the window")
        self.track_box.activated.connect(lambda place: self.choose(vcf=self.track_box.itemData(place)))
        forms[0].layout().insertRow(1, "From track", self.track_box)
        return forms

    def columns(self) -> Sequence[Column[int]]:
        results, score = self._assess.results, self.score_box.currentData()
        if results is None or score is None:
            return (Column("Place", str, width=130), Column("Change", str, width=100), Column("Effect", str))
        return effect_columns(results, score)

    def buttons(self) -> Sequence[QWidget]:
        return (self.score_box, self.alternative_button, self.tracks_button)

    def refresh(self) -> None:
        files = self._assess.files()
        known = {
            self.track_box.itemData(place): self.track_box.itemText(place) for place in range(self.track_box.count())
        }
        if known != files:
            self.track_box.clear()
            for path, name in files.items():
                self.track_box.addItem(name, path)
        self.track_box.setCurrentIndex(self.track_box.findData(self._assess.choices.vcf))
        self.track_box.setEnabled(bool(files))
        self.track_box.setPlaceholderText("Choose a track" if files else "No variant track is open")
        super().refresh()

    def enable(self) -> None:
        results = self._assess.results
        there = results is not None and bool(results.tracks)
        about = "Show the annotated VCF and the effects (bigWig) above the genome"
        explain_disabled(self.tracks_button, there, about, "There are no results yet: score variants first")

        about = "Show what the model makes of the chosen allele, beside the reference; once more takes it back"
        asked = self._assess.asked
        if other := self._viewer.table_alternatives.other(asked):
            about += f". The table is by {asked.name}, the tracks show {other}"
        elif not asked.explained:
            about += f". The table is by {asked.name}, which gxview does not explain"
        choice, why_not = self._choice()
        explain_disabled(self.alternative_button, choice is not None, about, why_not)
        self.alternative_button.setChecked(choice is not None and self._viewer.variants.is_shown(choice))

    @property
    def chosen(self) -> int | None:
        """Place of the chosen allele in the results."""
        row = self.table.currentIndex().row()
        there = self._assess.results is not None and 0 <= row < len(self.rows.rows)
        return self.rows.rows[row] if there else None

    def show_alternative(self) -> None:
        """Show the chosen allele in place of the reference, or the reference again."""
        choice, _ = self._choice()
        if choice is not None:
            self._viewer.table_alternatives.switch(choice, self._assess.asked)
        self.enable()

    @property
    def shows_alternative(self) -> bool:
        """Whether the panel is in front and the allele chosen in it is among the edits."""
        choice, _ = self._choice()
        in_front = not self.visibleRegion().isEmpty()
        return in_front and choice is not None and self._viewer.variants.is_shown(choice)

    def _choice(self) -> tuple[VariantChoice | None, str]:
        """Return the chosen allele, or why there is none: another genome may be open by now."""
        if (place := self.chosen) is None:
            return None, "Choose a variant in the table first"
        try:
            return self._assess.choice(place), ""
        except GxviewError as error:
            return None, str(error)

    def fill(self) -> None:
        results, before = self._assess.results, self.score_box.currentData()
        self.score_box.clear()
        for name in results.scores if results is not None else ():
            self.score_box.addItem(score_words(name), name)
        self.score_box.setCurrentIndex(max(0, self.score_box.findData(before)))
        self.score_box.setVisible(self.score_box.count() > 1)
        self._show_score()

    def go(self, row: int) -> None:
        results = self._assess.results
        if results is None:
            return
        try:
            self._viewer.show(self._assess.around(self.rows.rows[row]))
        except GxviewError as error:
            self._viewer.notices.error(str(error))

    def open_tracks(self) -> None:
        """Open the annotated VCF and the signals as tracks."""
        results, score = self._assess.results, self.score_box.currentData()
        if results is not None:
            open_ = {track.path for track in self._viewer.model.tracks if isinstance(track, FileTrack)}
            wanted = [path for path in results.tracks if str(path) not in open_]
            self._viewer.opener.open(wanted, lambda: self._assess.colour(wanted, score))

    def _show_score(self) -> None:
        results, score = self._assess.results, self.score_box.currentData()
        if results is None or score is None:
            self.rows.show_rows((), self.columns())
            self.show_pictures({})
            return
        self.rows.show_rows(results.by_effect(score), effect_columns(results, score))
        titles = [column.title for column in self.rows.columns]
        self.table.sort_by(titles.index(EFFECT), Qt.SortOrder.DescendingOrder)
        pictures: dict[str, Picture] = {f"Histogram: {score_words(score)}": results.plot(score)}
        self.show_pictures(pictures)


def effect_columns(found: VariantEffects, score: str) -> tuple[Column[int], ...]:
    """Return the columns of a score."""
    values = found.scores[score]
    columns: list[Column[int]] = [
        Column(
            "Place",
            lambda row: f"{found.chrom[row]}:{found.position[row] + 1:,}",
            lambda row: (found.chrom[row], int(found.position[row])),
            width=164,
        ),
        Column("Change", found.change, width=84, tip=lambda row: f"{found.ref[row]} > {found.alt[row]}"),
        *([Column[int]("Name", found.label)] if any(found.label(row) for row in range(len(found))) else []),
        Column(
            EFFECT,
            lambda row: fixed_text(float(values[row])),
            lambda row: -1.0 if math.isnan(values[row]) else abs(float(values[row])),
            RIGHT,
            84,
            f"By {found.model or 'the model'}; the largest effect, up or down, first",
        ),
    ]
    for which, title, about in (
        ("sd", "SD", "Over strands and offsets"),
        ("ref", "Reference", "The model's answer for the reference"),
        ("alt", "Alternative", "The model's answer for the alternative"),
    ):
        if f"{score}_{which}" in found.sides:
            columns.append(number_column(title, partial(found.side, score, which), 84, about))
    columns.append(Column("Kind", lambda row: found.kind[row], width=84))
    if any(found.reason):
        columns.append(Column("Why not", lambda row: found.reason[row], width=200))
    return tuple(columns)
