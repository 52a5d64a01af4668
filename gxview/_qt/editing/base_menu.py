"""What the menu on a track offers about the base under the pointer, above what it offers about the track."""

from __future__ import annotations

from collections.abc import Callable

from qtpy.QtCore import Qt
from qtpy.QtGui import QKeySequence
from qtpy.QtWidgets import QMenu

from gxview._qt.tracks.track_menu import Keys
from gxview.genome import Region
from gxview.viewer.data.variant_blocks import VariantBlock, variant_key
from gxview.viewer.editing.variants import choices
from gxview.viewer.tracks.effect_tracks import MutagenesisTrack, VariantTrack
from gxview.viewer.tracks.kinds import DifferenceTrack, RelevanceTrack, SequenceTrack, Track
from gxview.viewer.viewer import Viewer

REACH = 3.0
"""Pixels beside a variant at which it is still meant."""
LINES = (
    ("Type over...", "write_bases"),
    ("Insert before...", "insert_bases"),
    ("Paste over", "paste_bases"),
    ("Delete", "delete_bases"),
    ("Shuffle", "shuffle_bases"),
    ("Back to the reference", "restore_bases"),
)


def add_base_lines(
    menu: QMenu, viewer: Viewer, track: Track, base: int | None, run: Callable[[str], None], keys: Keys
) -> None:
    """Put lines about the base under the pointer on top of a menu.

    Parameters
    ----------
    menu
        Menu of the track.
    viewer
        What is edited.
    track
        The track under the pointer.
    base
        The base under the pointer; None beside the data.
    run, keys
        Run an action of the table, and tell its keys.
    """
    if base is None:
        return
    top = menu.actions()[0] if menu.actions() else None
    lines = QMenu(menu)
    if isinstance(track, VariantTrack):
        _variant_lines(lines, viewer, track, base)
    elif isinstance(track, SequenceTrack | RelevanceTrack | DifferenceTrack):
        _base_lines(lines, viewer, base, run, keys)
    if isinstance(track, RelevanceTrack | DifferenceTrack):
        _add(lines, "Which motif is this?", "search_motif", run, keys)
    if isinstance(track, RelevanceTrack | MutagenesisTrack):
        _add(lines, "Mutagenesis", "mutagenesis", run, keys)
    for action in lines.actions():
        menu.insertAction(top, action)
    if lines.actions() and top is not None:
        menu.insertSeparator(top)


def _variant_lines(menu: QMenu, viewer: Viewer, track: VariantTrack, base: int) -> None:
    view = viewer.model.camera.view
    block = viewer.data.block(track.id, variant_key(track, view), view, VariantBlock)
    reach = round(REACH * view.bases_per_pixel)
    under = [one for one in (block.variants if block else ()) if one.start - reach <= base < one.end + reach]
    for choice in [choice for variant in under[:4] for choice in choices(variant)][:8]:
        title = (
            "Back to the reference" if viewer.variants.is_shown(choice) else f"Show {choice.name} beside the reference"
        )
        menu.addAction(title, lambda choice=choice: viewer.variants.switch(choice, track))
        menu.addAction(f"Apply {choice.name}", lambda choice=choice: viewer.editing.apply(choice))


def _base_lines(menu: QMenu, viewer: Viewer, base: int, run: Callable[[str], None], keys: Keys) -> None:
    """Offer what can be done to the selected bases; where the pointer is beside them, to the base under it."""
    bases, chrom = viewer.model.bases, viewer.model.camera.view.chrom
    region = bases.region
    if region is None or region.chrom != chrom or not region.start <= base < region.end:
        region = Region(chrom, base, base + 1)
        bases.select(region, typing=bases.is_typing)
    what = f"base {region.start + 1:,}" if region.length == 1 else f"{region.length:,} bases"
    inner = menu.addMenu(f"Edit {what}")
    if region.length == 1:
        for letter in "ACGT":
            inner.addAction(f"Change to {letter}", lambda letter=letter: viewer.editing.write(region, letter))
        inner.addSeparator()
    for title, command in LINES:
        _add(inner, title, command, run, keys)


def _add(menu: QMenu, title: str, command: str, run: Callable[[str], None], keys: Keys) -> None:
    action = menu.addAction(title, lambda: run(command))
    action.setShortcuts([QKeySequence(key) for key in keys(command)])
    action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
    action.setShortcutVisibleInContextMenu(True)
