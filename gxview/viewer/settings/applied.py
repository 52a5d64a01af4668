"""Lets the settings of memory and disk take effect while the program runs."""

from __future__ import annotations

from pathlib import Path

from gxview.viewer.explaining.disk_cache import DiskCache
from gxview.viewer.explaining.tiles import TileCache
from gxview.viewer.settings.settings import Settings
from gxview.viewer.work.loop import Loop
from gxview.viewer.work.notices import Notices

MEGABYTE = 1_000_000
FILE_NAME = "explanations.sqlite"


class AppliedSettings:
    """Gives the cache of tiles the memory and the disk that the settings allow.

    Parameters
    ----------
    settings, tiles, loop, notices
        Of the viewer.
    """

    def __init__(self, settings: Settings, tiles: TileCache, loop: Loop, notices: Notices) -> None:
        self._settings = settings
        self._tiles = tiles
        self._loop = loop
        self._notices = notices
        self._folder: Path | None = None
        events = settings.events
        events.tile_memory.connect(lambda _megabytes: self._apply_memory())
        events.disk_cache.connect(lambda _on: self._apply_disk())
        events.disk_size.connect(lambda _megabytes: self._apply_disk())
        self._apply_memory()

    def use_folder(self, folder: Path) -> None:
        """Say where tiles may be kept on disk; nothing is written before the person wants it."""
        self._folder = folder
        self._apply_disk()

    def close(self) -> None:
        """Let the disk go, once nothing is explained any more."""
        if self._tiles.disk is not None:
            self._tiles.disk.close()

    def _apply_memory(self) -> None:
        self._tiles.set_memory(self._settings.tile_memory * MEGABYTE)

    def _apply_disk(self) -> None:
        known, limit = self._tiles.disk, self._settings.disk_size * MEGABYTE
        if not self._settings.disk_cache or self._folder is None:
            # its file is let go with the last tile under way
            self._tiles.disk = None
        elif known is None:
            self._tiles.disk = DiskCache(self._folder / FILE_NAME, limit, self._tell)
        else:
            known.set_limit(limit)

    def _tell(self, reason: str) -> None:
        """Tell why the disk is not used; called in the device thread."""
        self._loop.post(lambda: self._notices.warning(reason))
