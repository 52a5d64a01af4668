"""The one table of actions: menus, shortcuts and the command palette are made from it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

from app_model import Application
from app_model.types import Action, KeyBindingRule, MenuRule, ToggleRule

from gxview.viewer.viewer import Viewer

MENUS = (("file", "&File"), ("view", "&View"), ("go", "&Go"), ("explain", "&Explain"), ("help", "&Help"))
"""Menus from left to right."""
PANELS = (("tracks", "Tracks"), ("explain", "Explain"), ("jobs", "Jobs"))
"""Panels around the tracks."""
PAN_STEP, ZOOM_STEP = 0.125, 1.25
"""Part of the width that an arrow key moves; factor of a zoom key."""


class Shell(Protocol):
    """What actions ask of the window."""

    def ask_genome(self) -> Path | None:
        """Let the person choose a genome."""

    def ask_files(self) -> Sequence[Path]:
        """Let the person choose files."""

    def ask_model(self) -> Path | None:
        """Let the person choose the folder of a model."""

    def ask_export(self) -> Path | None:
        """Let the person name a file for the relevance of the visible region."""

    def ask_picture(self) -> Path | None:
        """Let the person name a file for a picture."""

    def save_picture(self, path: Path) -> None:
        """Write the tracks as they show."""

    def focus_locus(self) -> None:
        """Put the cursor into the locus box."""

    def show_palette(self) -> None:
        """Open the command palette."""

    def is_panel_shown(self, name: str) -> bool:
        """Whether a panel shows."""

    def show_panel(self, name: str, shown: bool) -> None:
        """Show or hide a panel."""

    def show_info(self) -> None:
        """Show all that is known about the selected track."""

    def show_shortcuts(self) -> None:
        """List the shortcuts."""

    def show_about(self) -> None:
        """Say what the program is."""

    def close_window(self) -> None:
        """End the program."""


def build(name: str, viewer: Viewer, shell: Shell) -> Application:
    """Make the application model with all actions.

    Parameters
    ----------
    name
        Unique name of the application model.
    viewer, shell
        What the actions act upon.
    """
    app = Application(name, raise_synchronous_exceptions=True)
    for group in (_file, _view, _go, _explain, _help):
        for action in group(viewer, shell):
            app.register_action(action)
    return app


def _action(
    key: str,
    title: str,
    callback: Callable[[], Any],
    where: str,
    keys: Sequence[str] = (),
    toggled: Callable[[], bool] | None = None,
) -> Action[Any, Any]:
    menu, group, order = where.split("/")
    return Action(
        id=f"gxview.{key}",
        title=title,
        category=menu.title(),
        callback=callback,
        menus=[MenuRule(id=menu, group=group, order=float(order))],
        keybindings=[KeyBindingRule(primary=text) for text in keys],
        toggled=ToggleRule(get_current=toggled) if toggled is not None else None,
    )


def _file(viewer: Viewer, shell: Shell) -> list[Action[Any, Any]]:
    def chosen(ask: Callable[[], Path | None], act: Callable[[Path], object]) -> Callable[[], None]:
        def run() -> None:
            if (path := ask()) is not None:
                act(path)

        return run

    opener = viewer.opener
    model, genome = chosen(shell.ask_model, opener.open_model), chosen(shell.ask_genome, opener.open_genome)
    export, picture = chosen(shell.ask_export, viewer.export_region), chosen(shell.ask_picture, shell.save_picture)
    return [
        _action("open_genome", "Open genome...", genome, "file/1/1", ["Ctrl+G"]),
        _action("open_files", "Open file...", lambda: opener.open(shell.ask_files()), "file/1/2", ["Ctrl+O"]),
        _action("open_model", "Open model...", model, "file/1/3", ["Ctrl+M"]),
        _action("export_region", "Export visible region...", export, "file/2/1", ["Ctrl+E"]),
        _action("export_view", "Export view as PNG or SVG...", picture, "file/2/2", ["Ctrl+Shift+E"]),
        _action("quit", "Quit", shell.close_window, "file/9/1", ["Ctrl+Q"]),
    ]


def _view(viewer: Viewer, shell: Shell) -> list[Action[Any, Any]]:
    settings = viewer.model.settings

    def switch_theme() -> None:
        settings.theme = "light" if settings.theme == "dark" else "dark"

    def switch_colours() -> None:
        settings.colour_blind = not settings.colour_blind

    def panel(order: int, key: str, title: str) -> Action[Any, Any]:
        return _action(
            f"panel_{key}",
            f"{title} panel",
            lambda: shell.show_panel(key, not shell.is_panel_shown(key)),
            f"view/2/{order}",
            [f"Ctrl+{order + 1}"],
            lambda: shell.is_panel_shown(key),
        )

    return [
        _action("palette", "Command palette...", shell.show_palette, "view/1/1", ["Ctrl+Shift+P"]),
        *(panel(order, key, title) for order, (key, title) in enumerate(PANELS)),
        _action("theme", "Light theme", switch_theme, "view/3/1", ["Ctrl+Shift+T"], lambda: settings.theme == "light"),
        _action(
            "colour_blind",
            "Colour-blind-safe bases",
            switch_colours,
            "view/3/2",
            [],
            lambda: settings.colour_blind,
        ),
        _action("track_info", "Track information...", shell.show_info, "view/4/0", ["Ctrl+I"]),
        _action("hide_track", "Hide selected track", lambda: _hide(viewer), "view/4/1", ["Ctrl+H"]),
        _action("remove_track", "Remove selected track", lambda: _remove(viewer), "view/4/2", ["Delete"]),
    ]


def _go(viewer: Viewer, shell: Shell) -> list[Action[Any, Any]]:
    camera = viewer.model.camera
    return [
        _action("locus", "Go to locus...", shell.focus_locus, "go/1/1", ["Ctrl+L"]),
        _action("back", "Back", camera.back, "go/2/1", ["Alt+Left"]),
        _action("forward", "Forward", camera.forward, "go/2/2", ["Alt+Right"]),
        _action("zoom_in", "Zoom in", lambda: camera.zoom(1 / ZOOM_STEP), "go/3/1", ["=", "W", "Up"]),
        _action("zoom_out", "Zoom out", lambda: camera.zoom(ZOOM_STEP), "go/3/2", ["-", "S", "Down"]),
        _action("zoom_bases", "Zoom to bases", lambda: _to_bases(viewer), "go/3/3", ["Ctrl+B"]),
        _action("zoom_all", "Whole chromosome", lambda: camera.zoom(float("inf")), "go/3/4", ["Ctrl+0"]),
        _action("left", "Left", lambda: camera.pan_by(-PAN_STEP), "go/4/1", ["Left", "A"]),
        _action("right", "Right", lambda: camera.pan_by(PAN_STEP), "go/4/2", ["Right", "D"]),
        _action("page_left", "One screen left", lambda: camera.pan_by(-1), "go/4/3", ["PageUp", "Shift+Left"]),
        _action("page_right", "One screen right", lambda: camera.pan_by(1), "go/4/4", ["PageDown", "Shift+Right"]),
        _action("start", "Start of chromosome", camera.to_start, "go/5/1", ["Home"]),
        _action("end", "End of chromosome", camera.to_end, "go/5/2", ["End"]),
    ]


def _explain(viewer: Viewer, shell: Shell) -> list[Action[Any, Any]]:
    settings = viewer.model.settings

    def switch_live() -> None:
        settings.live = not settings.live

    return [
        _action("explain_region", "Explain this region", viewer.explain_region, "explain/1/1", ["Ctrl+R"]),
        _action("live", "Explain while browsing", switch_live, "explain/1/2", ["Ctrl+Shift+L"], lambda: settings.live),
        _action("cancel", "Cancel all jobs", viewer.jobs.cancel_all, "explain/2/1", ["Escape"]),
    ]


def _help(viewer: Viewer, shell: Shell) -> list[Action[Any, Any]]:
    return [
        _action("shortcuts", "Shortcuts", shell.show_shortcuts, "help/1/1", ["F1"]),
        _action("about", "About gxview", shell.show_about, "help/2/1"),
    ]


def _hide(viewer: Viewer) -> None:
    if (track := viewer.model.tracks.selected) is not None:
        track.visible = False


def _remove(viewer: Viewer) -> None:
    if (track := viewer.model.tracks.selected) is not None:
        viewer.remove(track)


def _to_bases(viewer: Viewer) -> None:
    view = viewer.model.camera.view
    viewer.model.camera.zoom(1 / (12 * view.bases_per_pixel))
