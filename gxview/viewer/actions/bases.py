"""Actions of the menu Bases: select bases, change them, ask which motif they look like."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app_model.types import Action

from gxview.genome import Region
from gxview.viewer.actions.make import action
from gxview.viewer.actions.shell import Shell
from gxview.viewer.data.variant_blocks import VariantBlock, variant_key
from gxview.viewer.editing.variants import VariantChoice, choices
from gxview.viewer.tracks.effect_tracks import VariantTrack
from gxview.viewer.viewer import Viewer


def bases_actions(viewer: Viewer, shell: Shell) -> list[Action[Any, Any]]:
    """Return the actions of the menu Bases."""
    editing, bases, variants = viewer.editing, viewer.model.bases, viewer.variants

    def on_selection(do: Callable[[Region], object]) -> Callable[[], None]:
        def run() -> None:
            if (region := editing.selected()) is not None:
                do(region)

        return run

    def write(region: Region) -> None:
        text = shell.ask_bases(f"Bases in place of {region}", region)
        if text is not None:
            editing.write(region, text)

    def insert(region: Region) -> None:
        text = shell.ask_bases(f"Bases to insert before {region.chrom}:{region.start + 1:,}", None)
        if text:
            editing.insert(region.chrom, region.start, text)

    def paste(region: Region) -> None:
        if text := shell.clipboard():
            editing.write(region, text)
        else:
            viewer.notices.info("The clipboard holds no text.")

    def delete(region: Region) -> None:
        editing.delete(region)
        bases.clear()

    def search() -> None:
        if viewer.motifs.path is None:
            choose()
        if viewer.motifs.path is not None:
            shell.show_panel("motifs", True)
            viewer.motifs.search(viewer.current_explanation())

    def choose() -> None:
        if (path := shell.ask_motifs()) is not None:
            shell.show_panel("motifs", True)
            viewer.motifs.choose(path)

    def apply() -> None:
        found = variants_at(viewer)
        if not found:
            viewer.notices.info("No variant of an open file lies at the selected bases, or on screen.")
        elif (place := shell.ask_choice("Apply a variant", [one.name for one in found])) is not None:
            editing.apply(found[place])

    return [
        action("select_base", "Select the base in the middle", lambda: _select_middle(viewer), "bases/1/1", ["B"]),
        action("select_none", "Select no bases", bases.clear, "bases/1/2"),
        action("write_bases", "Type over...", on_selection(write), "bases/2/1", ["Ctrl+Alt+T"]),
        action("insert_bases", "Insert before...", on_selection(insert), "bases/2/2", ["Ctrl+Alt+I"]),
        action("paste_bases", "Paste over", on_selection(paste), "bases/2/3", ["Ctrl+V"]),
        action("delete_bases", "Delete", on_selection(delete), "bases/2/4", ["Ctrl+Backspace"]),
        action("shuffle_bases", "Shuffle", on_selection(editing.shuffle), "bases/2/5", ["Ctrl+Alt+S"]),
        action("restore_bases", "Back to the reference", on_selection(editing.restore), "bases/2/6"),
        action("apply_variant", "Apply a variant...", apply, "bases/3/1", ["Ctrl+Alt+V"]),
        action("show_variant", "Variant: alternative or reference", variants.toggle_nearest, "bases/3/1.1", ["V"]),
        action("next_variant", "Next variant", lambda: variants.step(1), "bases/3/1.2", ["."]),
        action("previous_variant", "Previous variant", lambda: variants.step(-1), "bases/3/1.3", [","]),
        action("explain_edited", "Explain the edited sequence", lambda: _explain(viewer), "bases/3/2"),
        action("clear_edits", "Take all edits back", editing.clear, "bases/3/3"),
        action("search_motif", "Which motif is this?", search, "bases/4/1", ["M"]),
        action("choose_motifs", "Motif file...", choose, "bases/4/2"),
    ]  # fmt: skip


def variants_at(viewer: Viewer) -> list[VariantChoice]:
    """Return the alleles of the variants at hand at the selected bases; where none are selected, on screen."""
    region = viewer.model.bases.region or viewer.model.camera.view.region
    found = []
    for track in viewer.model.tracks:
        if isinstance(track, VariantTrack):
            view = viewer.model.camera.view
            block = viewer.data.block(track.id, variant_key(track, view), view, VariantBlock)
            known = block.variants if block is not None else ()
            here = (one for one in known if one.start < region.end and region.start < one.end)
            found += [choice for variant in here for choice in choices(variant)]
    return found


def _explain(viewer: Viewer) -> None:
    if not viewer.model.edits.value:
        viewer.notices.info("There are no edits yet: select bases, then type, delete or shuffle.")
    elif viewer.alternative.show() is None:
        viewer.notices.warning("Choose a model in the Explain panel first.")


def _select_middle(viewer: Viewer) -> None:
    camera = viewer.model.camera
    if camera.is_open:
        middle = int(camera.view.start + camera.view.span / 2)
        viewer.model.bases.select(Region(camera.view.chrom, middle, middle + 1), typing=True)
