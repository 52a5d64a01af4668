"""Actions of the menu Regions: the table, the steps through it, peaks, places side by side."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from app_model.types import Action

from gxview.viewer.actions.make import action
from gxview.viewer.actions.shell import Shell
from gxview.viewer.places.loci import MAX_LOCI
from gxview.viewer.viewer import Viewer


def regions_actions(viewer: Viewer, shell: Shell) -> list[Action[Any, Any]]:
    """Return the actions of the menu Regions."""
    walk, loci = viewer.navigator, viewer.model.loci

    def shown(do: Callable[[], object]) -> Callable[[], None]:
        def run() -> None:
            do()
            shell.show_panel("regions", True)

        return run

    def open_file() -> None:
        if (path := shell.ask_regions()) is not None:
            walk.open(path)
            shell.show_panel("regions", True)

    def save() -> None:
        path: Path | None = shell.ask_region_file()
        if path is not None:
            walk.save(path)

    def add_place() -> None:
        if len(loci) >= MAX_LOCI:
            viewer.notices.warning(f"At most {MAX_LOCI} places have room side by side; close one first.")
        else:
            loci.add()

    return [
        action("open_regions", "Open regions (BED)...", open_file, "regions/1/1", ["Ctrl+Shift+O"]),
        action("add_region", "Add visible region", shown(walk.add_visible), "regions/1/2", ["Ctrl+Shift+R"]),
        action("save_regions", "Save regions...", save, "regions/1/3"),
        action("next_region", "Next region", lambda: walk.step(1), "regions/2/1", ["N"]),
        action("previous_region", "Previous region", lambda: walk.step(-1), "regions/2/2", ["P"]),
        action("next_centred", "Next region at this zoom", lambda: walk.step(1, True), "regions/2/3", ["Shift+N"]),
        action("last_centred", "Previous region at this zoom", lambda: walk.step(-1, True), "regions/2/4", ["Shift+P"]),
        action("find_peaks", "Find peaks...", shell.ask_peaks, "regions/3/1", ["Ctrl+Shift+K"]),
        action("add_place", "Add place side by side", add_place, "regions/4/1", ["Ctrl+Shift+A"]),
        action("close_place", "Close this place", lambda: loci.remove(loci.active), "regions/4/2", ["Ctrl+Shift+W"]),
        action("only_place", "Show only this place", lambda: loci.only(loci.active), "regions/4/3", ["Ctrl+Alt+W"]),
        action("next_place", "Next place", lambda: _turn(viewer), "regions/4/4", ["Ctrl+Tab"]),
    ]  # fmt: skip


def _turn(viewer: Viewer) -> None:
    loci = viewer.model.loci
    loci.activate(loci.cameras[(loci.cameras.index(loci.active) + 1) % len(loci)])
