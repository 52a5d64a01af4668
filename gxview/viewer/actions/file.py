"""Actions of the menu File."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from app_model.types import Action

from gxview.viewer.actions.make import action
from gxview.viewer.actions.shell import Shell
from gxview.viewer.viewer import Viewer


def file_actions(viewer: Viewer, shell: Shell) -> list[Action[Any, Any]]:
    """Return the actions of the menu File."""

    def chosen(ask: Callable[[], Path | None], act: Callable[[Path], object]) -> Callable[[], None]:
        def run() -> None:
            if (path := ask()) is not None:
                act(path)

        return run

    opener = viewer.opener
    model, genome = chosen(shell.ask_model, opener.open_model), chosen(shell.ask_genome, opener.open_genome)
    export, picture = chosen(shell.ask_export, viewer.export_region), chosen(shell.ask_picture, shell.save_picture)
    open_address = chosen(shell.ask_address, lambda address: opener.open([address]))
    session = viewer.session
    resume_batch = chosen(shell.ask_batch_folder, viewer.batch.resume)
    open_session, save_as = chosen(shell.ask_session, session.open), chosen(shell.ask_session_file, session.save)

    def save() -> None:
        if session.path is None:
            save_as()
        else:
            session.save()

    return [
        action("open_genome", "Open genome...", genome, "file/1/1", ["Ctrl+G"]),
        action("open_files", "Open file...", lambda: opener.open(shell.ask_files()), "file/1/2", ["Ctrl+O"]),
        action("open_address", "Open address...", open_address, "file/1/2.5", ["Ctrl+U"]),
        action("open_model", "Open model...", model, "file/1/3", ["Ctrl+M"]),
        action("open_session", "Open session...", open_session, "file/1/4", ["Ctrl+Alt+O"]),
        action("save_session", "Save session", save, "file/15/1", ["Ctrl+S"]),
        action("save_session_as", "Save session as...", save_as, "file/15/2", ["Ctrl+Shift+S"]),
        action("export_region", "Export visible region...", export, "file/2/1", ["Ctrl+E"]),
        action("batch_export", "Batch export...", shell.show_batch, "file/2/1.5", ["Ctrl+Shift+B"]),
        action("resume_batch", "Resume batch export...", resume_batch, "file/2/1.6"),
        action("show_in_igv", "Show in IGV", viewer.hand_over.show_in_igv, "file/3/1", ["Ctrl+Shift+I"]),
        action("export_view", "Export view as PNG or SVG...", picture, "file/2/2", ["Ctrl+Shift+E"]),
        action("figure", "Figure...", shell.show_figure, "file/2/3", ["Ctrl+Shift+F"]),
        action("quit", "Quit", shell.close_window, "file/9/1", ["Ctrl+Q"]),
    ]
