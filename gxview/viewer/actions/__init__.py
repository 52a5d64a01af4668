"""The one table of actions: menus, shortcuts and the command palette are made from it."""

from __future__ import annotations

from app_model import Application

from gxview.viewer.actions.bases import bases_actions
from gxview.viewer.actions.edit import edit_actions
from gxview.viewer.actions.explain import explain_actions
from gxview.viewer.actions.file import file_actions
from gxview.viewer.actions.go import go_actions
from gxview.viewer.actions.help import help_actions
from gxview.viewer.actions.regions import regions_actions
from gxview.viewer.actions.shell import Shell
from gxview.viewer.actions.tracks import tracks_actions
from gxview.viewer.actions.view import PANELS, view_actions
from gxview.viewer.viewer import Viewer

__all__ = ["MENUS", "PANELS", "Shell", "build"]

MENUS = (
    ("file", "&File"),
    ("edit", "&Edit"),
    ("view", "&View"),
    ("tracks", "&Tracks"),
    ("go", "&Go"),
    ("regions", "&Regions"),
    ("bases", "&Bases"),
    ("explain", "E&xplain"),
    ("help", "&Help"),
)
"""Menus from left to right."""
GROUPS = (
    file_actions,
    edit_actions,
    view_actions,
    tracks_actions,
    go_actions,
    regions_actions,
    bases_actions,
    explain_actions,
    help_actions,
)


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
    for group in GROUPS:
        for action in group(viewer, shell):
            app.register_action(action)
    return app
