"""The list of tracks and groups as Qt sees it; every change goes through `TrackList`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from qtpy.QtCore import QAbstractItemModel, QMimeData, QModelIndex, QObject, Qt

from gxview.viewer.tracks.groups import TrackGroup
from gxview.viewer.tracks.kinds import Track
from gxview.viewer.tracks.tracklist import TrackList

MIME = "application/x-gxview-tracks"
Item: TypeAlias = Track | TrackGroup
_NOWHERE = QModelIndex()


@dataclass(frozen=True, slots=True)
class Place:
    """Where dropped tracks go: above a track (None: to the end), into a group (empty: none)."""

    before: Track | None
    group: str


class TrackTreeModel(QAbstractItemModel):
    """Groups and tracks outside of groups on top, the tracks of a group below it.

    An index of a track within a group carries the row of the group plus one as its identifier.

    Parameters
    ----------
    tracks
        The list.
    """

    def __init__(self, tracks: TrackList, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tracks = tracks
        self._top = self._arranged()
        # every change of the rows is followed by this one, of several at once only by a single one
        tracks.shown_changed.connect(self._changed)
        tracks.groups_changed.connect(self._changed)
        tracks.edited.connect(self._on_edit)

    # -- structure

    def index(self, row: int, column: int, parent: QModelIndex = _NOWHERE) -> QModelIndex:
        if column != 0 or not 0 <= row < self.rowCount(parent):
            return QModelIndex()
        return self.createIndex(row, 0, parent.row() + 1 if parent.isValid() else 0)

    def parent(self, index: QModelIndex = _NOWHERE) -> QModelIndex:  # QObject has one as well
        above = index.internalId() if index.isValid() else 0
        return self.createIndex(above - 1, 0, 0) if above else QModelIndex()

    def rowCount(self, parent: QModelIndex = _NOWHERE) -> int:
        if not parent.isValid():
            return len(self._top)
        return len(self._top[parent.row()][1]) if not parent.internalId() and parent.row() < len(self._top) else 0

    def columnCount(self, parent: QModelIndex = _NOWHERE) -> int:
        return 1

    def item(self, index: QModelIndex) -> Item | None:
        """Return the track or group of a row."""
        if not index.isValid():
            return None
        top = index.internalId() - 1 if index.internalId() else index.row()
        if not 0 <= top < len(self._top):
            return None
        item, members = self._top[top]
        if not index.internalId():
            return item
        return members[index.row()] if index.row() < len(members) else None

    def index_of(self, item: Item) -> QModelIndex:
        """Return the row of a track or group."""
        for row, (known, members) in enumerate(self._top):
            if known is item:
                return self.createIndex(row, 0, 0)
            for below, track in enumerate(members):
                if track is item:
                    return self.createIndex(below, 0, row + 1)
        return QModelIndex()

    # -- values

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        item = self.item(index)
        if item is None:
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return item.name
        if role == Qt.ItemDataRole.ToolTipRole:
            path = str(getattr(item, "path", ""))
            return f"{item.name}\n{path}" if path else item.name
        return None

    def setData(self, index: QModelIndex, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        item = self.item(index)
        if item is None or role != Qt.ItemDataRole.EditRole or not str(value).strip():
            return False
        item.name = str(value).strip()
        return True

    def flags(self, index: QModelIndex) -> Qt.ItemFlag:
        item = self.item(index)
        if item is None:
            return Qt.ItemFlag.ItemIsDropEnabled
        kinds = Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEnabled
        kinds |= Qt.ItemFlag.ItemIsEditable | Qt.ItemFlag.ItemIsDragEnabled
        return kinds | Qt.ItemFlag.ItemIsDropEnabled if isinstance(item, TrackGroup) else kinds

    # -- drag and drop

    def supportedDropActions(self) -> Qt.DropAction:
        return Qt.DropAction.MoveAction

    def mimeTypes(self) -> list[str]:
        return [MIME]

    def mimeData(self, indexes: Iterable[QModelIndex]) -> QMimeData:
        items = [item for index in indexes if (item := self.item(index)) is not None]
        groups = [item.id for item in items if isinstance(item, TrackGroup)]
        loose = [item.id for item in items if not isinstance(item, TrackGroup) and item.group not in groups]
        data = QMimeData()
        data.setData(MIME, json.dumps({"groups": groups, "tracks": loose}).encode())
        return data

    def dropMimeData(self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: QModelIndex) -> bool:
        if data.hasFormat(MIME):
            moved = json.loads(bytes(data.data(MIME)))
            groups = [group for group_id in moved["groups"] if (group := self._tracks.group(group_id)) is not None]
            loose = [track for track_id in moved["tracks"] if (track := self._tracks.get(track_id)) is not None]
            self._drop(groups, loose, row, parent)
        # the rows were moved already: "False" keeps the view from removing them as well
        return False

    def _drop(self, groups: Sequence[TrackGroup], loose: Sequence[Track], row: int, parent: QModelIndex) -> None:
        if groups:
            members = [track for group in groups for track in self._tracks.members(group)]
            outside = self._place(parent.row(), QModelIndex()) if parent.isValid() else self._place(row, parent)
            self._tracks.place(members, outside.before)
        if loose:
            place = self._place(row, parent)
            self._tracks.place(loose, place.before, place.group)

    def _place(self, row: int, parent: QModelIndex) -> Place:
        """Return where a drop before a row of a parent goes; row -1 is the end of it."""
        if not parent.isValid():
            if not 0 <= row < len(self._top):
                return Place(None, "")
            item, members = self._top[row]
            return Place(members[0] if isinstance(item, TrackGroup) else item, "")
        group, members = self._top[parent.row()]
        if 0 <= row < len(members):
            return Place(members[row], group.id)
        return Place(self._place(parent.row() + 1, QModelIndex()).before, group.id)

    # -- inside

    def _arranged(self) -> list[tuple[Item, list[Track]]]:
        top: list[tuple[Item, list[Track]]] = []
        for track in self._tracks:
            group = self._tracks.group(track.group)
            if group is None:
                top.append((track, []))
            elif top and top[-1][0] is group:
                top[-1][1].append(track)
            else:
                top.append((group, [track]))
        return top

    def _changed(self) -> None:
        """Begin anew where rows came, went or moved; else only the look of some is another."""
        top = self._arranged()
        if _shape(top) != _shape(self._top):
            self.beginResetModel()
            self._top = top
            self.endResetModel()
        elif top:
            self.dataChanged.emit(self.index(0, 0), self.index(len(top) - 1, 0))

    def _on_edit(self, track: Track, _field: str) -> None:
        index = self.index_of(track)
        if index.isValid():
            self.dataChanged.emit(index, index)


def _shape(top: Sequence[tuple[Item, list[Track]]]) -> list[tuple[str, list[str]]]:
    return [(item.id, [track.id for track in members]) for item, members in top]
