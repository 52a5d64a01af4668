"""`gxview.Viewer`: the window from a script, a notebook with ``%gui qt``, or a console."""

from __future__ import annotations

import atexit
from pathlib import Path

from gxview._qt.display import choose_platform
from gxview.errors import GxviewError

choose_platform(headless=True)

from gxview._qt.app import application, create_window, destroy, is_there  # noqa: E402  the display comes first
from gxview._qt.facade import WindowViewer  # noqa: E402
from gxview._qt.idle import wait_until_idle  # noqa: E402
from gxview.cli.view import SAMPLE_MODELS, make_engine, make_matcher  # noqa: E402
from gxview.tracks import open_source  # noqa: E402

__all__ = ["Viewer", "run"]


class Viewer(WindowViewer):
    """A window with genome tracks and explanations.

    Without a display it draws into memory, and `screenshot` works as ever.

    Parameters
    ----------
    paths
        Genome and tracks to open.
    theme
        'dark' or 'light'.
    size
        Width and height in pixels.
    show
        Show the window at once.

    Raises
    ------
    GxviewError
        A file cannot be opened.

    Examples
    --------
    >>> viewer = gxview.Viewer("genome.fa", "genes.gff3")
    >>> viewer.go_to("lacZ")
    >>> track = viewer.add_relevance(model="sample-cnn")
    >>> viewer.screenshot("lac.png")
    """

    def __init__(
        self, *paths: str | Path, theme: str = "dark", size: tuple[int, int] = (1600, 900), show: bool = True
    ) -> None:
        if theme not in ("dark", "light"):
            raise GxviewError(f"The theme is dark or light, not '{theme}'.")
        window = create_window(make_engine, open_source, SAMPLE_MODELS, theme, matcher_factory=make_matcher)
        window.resize(*size)
        if show:
            window.show()
        super().__init__(window)
        atexit.register(self.close)
        if paths:
            self.open(*paths)
        else:
            wait_until_idle(window)

    def close(self) -> None:
        """Close the window and end its threads; calling it again does nothing."""
        if is_there(self.window):
            super().close()
            destroy(self.window)


def run() -> None:
    """Serve the windows until the last one is closed; not needed in a notebook or an interactive session."""
    application().exec()
