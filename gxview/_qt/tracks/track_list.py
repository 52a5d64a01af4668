"""The list of tracks: eyes, names, order, groups, and a selection that is that of the model."""

from __future__ import annotations

from collections.abc import Callable

from qtpy.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, Qt
from qtpy.QtGui import QContextMenuEvent, QKeyEvent
from qtpy.QtWidgets import QAbstractItemView, QApplication, QLineEdit, QTreeView, QWidget

from gxview._qt.painters import Style
from gxview._qt.tracks.track_rows import TrackRowDelegate
from gxview._qt.tracks.track_tree import Item, TrackTreeModel
from gxview.viewer.tracks import arrange
from gxview.viewer.tracks.groups import TrackGroup
from gxview.viewer.tracks.kinds import Track
from gxview.viewer.tracks.tracklist import TrackList

KEYS = {Qt.Key.Key_Delete: "remove_track", Qt.Key.Key_Backspace: "remove_track", Qt.Key.Key_S: "solo_tracks"}
"""Actions of keys that work while the list has the focus; Space turns eyes, F2 renames."""


class TrackListView(QTreeView):
    """The list itself.

    Parameters
    ----------
    tracks
        What is shown and changed.
    style
        Colours.
    run
        Runs an action of the table by its name.
    menu
        Opens the menu of the selected tracks at a place on the screen.
    """

    def __init__(
        self,
        tracks: TrackList,
        style: Style,
        run: Callable[[str], None],
        menu: Callable[[object], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._tracks = tracks
        self._run = run
        self._menu = menu
        self._busy = False
        self._typed: tuple[Item, str] | None = None
        self._lines = TrackTreeModel(tracks, self)
        self._delegate = TrackRowDelegate(tracks, style, self)
        self.setModel(self._lines)
        self.setItemDelegate(self._delegate)
        self._set_up()
        self._listen()
        self._show_all()

    def _set_up(self) -> None:
        self.setHeaderHidden(True)
        self.setRootIsDecorated(False)
        self.setIndentation(0)
        self.setUniformRowHeights(True)
        self.setExpandsOnDoubleClick(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.setEditTriggers(QAbstractItemView.EditTrigger.DoubleClicked | QAbstractItemView.EditTrigger.EditKeyPressed)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def _listen(self) -> None:
        self._tracks.selection_changed.connect(lambda _tracks: self._show_selection())
        self._tracks.groups_changed.connect(self._show_folds)
        self._tracks.shown_changed.connect(lambda: self.viewport().update())
        self._lines.modelAboutToBeReset.connect(self._keep_name)
        self._lines.modelReset.connect(self._show_all)
        self.selectionModel().selectionChanged.connect(self._select)
        self.expanded.connect(lambda index: self._fold(index, False))
        self.collapsed.connect(lambda index: self._fold(index, True))
        self._delegate.eye_clicked.connect(self._turn_eye)
        self._delegate.triangle_clicked.connect(lambda index: self.setExpanded(index, not self.isExpanded(index)))

    def set_style(self, style: Style) -> None:
        """Draw in another style from now on."""
        self._delegate.look = style
        self.viewport().update()

    def rename(self) -> None:
        """Let the person write a name for the selected group or track."""
        groups = self._tracks.selected_groups
        item = self._lines.item(self.currentIndex())
        if item not in (*groups, *self._tracks.selection):
            item = groups[0] if groups else self._tracks.selected
        if item is not None:
            index = self._lines.index_of(item)
            self.scrollTo(index)
            self.edit(index)

    # -- events

    def keyPressEvent(self, event: QKeyEvent) -> None:
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if plain and event.key() == Qt.Key.Key_Space:
            self._turn_eye(self.currentIndex())
        elif plain and event.key() in KEYS:
            self._run(KEYS[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        # letters are shortcuts here
        return

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        item = self._lines.item(self.indexAt(event.pos()))
        if item is not None:
            self._menu(event.globalPos())

    # -- from the person to the model

    def _select(self, chosen: QItemSelection, dropped: QItemSelection) -> None:
        if self._busy:
            return
        current = self._lines.item(self.currentIndex())
        picked = [item for index in self.selectionModel().selectedIndexes() if (item := self._lines.item(index))]
        tracks: list[Track] = [item for item in picked if not isinstance(item, TrackGroup)]
        fresh = [self._lines.item(index) for index in chosen.indexes()]
        for group in picked:
            if isinstance(group, TrackGroup) and (group in fresh or group is current):
                tracks += self._tracks.members(group)
        if isinstance(current, TrackGroup) and self.currentIndex() in dropped.indexes():
            tracks = [track for track in tracks if track.group != current.id]
        # the one that the person clicked last is the one whose controls are shown
        tracks.sort(key=lambda track: track is current)
        self._tracks.selection = tracks
        self._show_selection()

    def _turn_eye(self, index: QModelIndex, alone: bool = False) -> None:
        """Open or shut the eye of a row, with those of all selected ones if it is one of them."""
        item = self._lines.item(index)
        if item is None:
            return
        if alone:
            arrange.toggle_solo(self._tracks, self._tracks.members(item) if isinstance(item, TrackGroup) else [item])
            return
        visible = not item.visible
        several = not isinstance(item, TrackGroup) and item in self._tracks.selection
        with self._tracks.together():
            for one in self._tracks.selection if several else (item,):
                one.visible = visible

    def _fold(self, index: QModelIndex, folded: bool) -> None:
        item = self._lines.item(index)
        if isinstance(item, TrackGroup) and not self._busy:
            item.folded = folded

    # -- from the model to the screen

    def _keep_name(self) -> None:
        """Remember a name that is being written: the rows begin anew, for instance because a file was opened."""
        item, editor = self._lines.item(self.currentIndex()), QApplication.focusWidget()
        if self.state() == self.State.EditingState and isinstance(editor, QLineEdit) and item is not None:
            self._typed = item, editor.text()

    def _show_all(self) -> None:
        self._show_folds()
        self._show_selection()
        if self._typed is not None:
            (item, text), self._typed = self._typed, None
            self._go_on_writing(item, text)

    def _go_on_writing(self, item: Item, text: str) -> None:
        index = self._lines.index_of(item)
        if index.isValid():
            self.setCurrentIndex(index)
            self.edit(index)
        if isinstance(editor := QApplication.focusWidget(), QLineEdit) and self.isAncestorOf(editor):
            editor.setText(text)

    def _show_folds(self) -> None:
        busy, self._busy = self._busy, True
        for group in self._tracks.groups:
            index = self._lines.index_of(group)
            if index.isValid() and self.isExpanded(index) == group.folded:
                self.setExpanded(index, not group.folded)
        self._busy = busy
        self.viewport().update()

    def _show_selection(self) -> None:
        busy, self._busy = self._busy, True
        wanted = QItemSelection()
        for item in (*self._tracks.selected_groups, *self._tracks.selection):
            index = self._lines.index_of(item)
            wanted.select(index, index)
        flags = QItemSelectionModel.SelectionFlag
        self.selectionModel().select(wanted, flags.ClearAndSelect)
        self._show_current()
        self._busy = busy

    def _show_current(self) -> None:
        """Bring the selected track into sight, unless the person stands on one of the selected rows."""
        chosen: tuple[Item, ...] = (*self._tracks.selected_groups, *self._tracks.selection)
        track: Track | None = self._tracks.selected
        if track is not None and self._lines.item(self.currentIndex()) not in chosen:
            index = self._lines.index_of(track)
            self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.NoUpdate)
            self.scrollTo(index)
