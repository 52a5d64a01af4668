"""Makes the Qt application and its window, and waits for a finished picture."""

from __future__ import annotations

import contextlib
import logging
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import TracebackType
from typing import NoReturn

import platformdirs
from psygnal import EmitLoopError
from qtpy.compat import isalive
from qtpy.QtCore import QEvent, QMessageLogContext, QtMsgType, qInstallMessageHandler
from qtpy.QtWidgets import QApplication

from gxview._qt.bridge import Bridge
from gxview._qt.drawing.picture import save_window
from gxview._qt.facade import WindowViewer
from gxview._qt.idle import wait_until_idle
from gxview._qt.look.icons import icon
from gxview._qt.window import MainWindow
from gxview.errors import GxviewError
from gxview.tracks import open_source
from gxview.viewer.explaining.engine import EngineFactory
from gxview.viewer.motifs.matcher import MatcherFactory
from gxview.viewer.opening import OpenSource
from gxview.viewer.sessions.autosave import leftovers
from gxview.viewer.sessions.content import Missing
from gxview.viewer.sessions.session import Answer, missing_sentence
from gxview.viewer.viewer import Viewer
from gxview.viewer.work.notices import Notices


@dataclass(frozen=True, slots=True)
class Start:
    """What the window opens with.

    Parameters
    ----------
    genome, files, aliases
        What to open.
    locus
        Where to go; None for the start of the first sequence.
    models, method, strand
        What to explain with, and which strand: '+', '-' or 'mean' of both.
    device, theme, size
        Settings for this start, None for those of the preferences; the size in pixels.
    screenshot
        Picture to write when all is there, instead of leaving the window open.
    """

    genome: Path | None = None
    files: tuple[Path, ...] = ()
    aliases: Path | None = None
    locus: str | None = None
    models: tuple[str, ...] = ()
    method: str | None = None
    strand: str = "+"
    device: str | None = None
    theme: str | None = None
    size: tuple[int, int] = (1600, 900)
    screenshot: Path | None = None


log = logging.getLogger(__name__)
QT_LEVELS = {
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}
OFFER = 0.3
"""Seconds until it is looked whether a crash left something."""


_kept: list[QApplication] = []
"""Keeps the application alive: Python would collect it while its windows are open."""


def application() -> QApplication:
    """Return the Qt application, made on the first call."""
    known = QApplication.instance()
    if isinstance(known, QApplication):
        return known
    app = QApplication(["gxview"])
    _kept.append(app)
    qInstallMessageHandler(_log_qt)
    app.setApplicationName("gxview")
    app.setDesktopFileName("gxview")
    app.setStyle("Fusion")
    app.setWindowIcon(icon("gxview"))
    return app


def create_window(
    engine_factory: EngineFactory,
    opener: OpenSource,
    known_models: Mapping[str, str],
    theme: str | None = None,
    preferences: Path | None = None,
    matcher_factory: MatcherFactory | None = None,
) -> MainWindow:
    """Make a window that is not shown yet.

    Parameters
    ----------
    engine_factory
        Makes the engine; called in the device thread on first use.
    opener
        Opens a file of features or signals.
    known_models
        Shown name of each model that can be chosen, by key.
    theme
        'dark' or 'light'; None for that of the preferences.
    preferences
        File of the user's settings; None for the usual ones, which nothing keeps.
    matcher_factory
        Makes what compares bases with motifs, called in a thread of its own on first use.
    """
    application()
    bridge = Bridge()
    viewer = Viewer(bridge, engine_factory, opener, known_models, matcher_factory)
    given = {"theme": theme} if theme is not None else {}
    if preferences is not None:
        viewer.remember(preferences, given)
    else:
        for name, value in given.items():
            setattr(viewer.model.settings, name, value)
    window = MainWindow(viewer, bridge)
    window.console.names = lambda: {"viewer": WindowViewer(window), "gxview": import_module("gxview")}
    return window


def _log_qt(kind: QtMsgType, _context: QMessageLogContext, text: str) -> None:
    # the offscreen platform says so for every window
    if "propagateSizeHints" not in text:
        log.log(QT_LEVELS.get(kind, logging.INFO), "Qt: %s", text)


def log_to_file() -> None:
    """Send what only a developer can use, tracebacks above all, to a file in the user's log folder."""
    handler: logging.Handler = logging.NullHandler()
    with contextlib.suppress(OSError):
        folder = Path(platformdirs.user_log_dir("gxview", appauthor=False, ensure_exists=True))
        handler = logging.FileHandler(folder / "gxview.log", delay=True, encoding="utf-8")
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    logging.getLogger("gxview").addHandler(handler)


def catch_errors(notices: Notices) -> Callable[[], None]:
    """Show errors that nobody foresaw as notices instead of ending the program; return a function that undoes it."""
    before = sys.excepthook

    def show(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        while isinstance(error, EmitLoopError) and error.__cause__ is not None:
            error = error.__cause__  # what a listener raised, without the way it came
        if isinstance(error, GxviewError):
            notices.error(str(error))
        elif issubclass(kind, KeyboardInterrupt):
            QApplication.quit()
        else:
            log.error("Unforeseen", exc_info=(kind, error, trace))
            notices.error(
                f"Something went wrong: {error or type(error).__name__}. The window goes on; please report it."
            )

    sys.excepthook = show
    return lambda: setattr(sys, "excepthook", before)


def begin(window: MainWindow, start: Start) -> None:
    """Open what the window starts with, then go to the locus."""
    viewer = window.viewer
    if start.device is not None:
        viewer.model.settings.device = start.device

    def opened() -> None:
        if start.locus:
            viewer.go_to(start.locus)

    def genome_is_there() -> None:
        viewer.opener.open(start.files, opened)
        for key in start.models:
            viewer.explanations.add(key, method=start.method, strand=start.strand)

    if start.genome is not None:
        viewer.opener.open_genome(start.genome, start.aliases, genome_is_there)
    else:
        genome_is_there()


def size_on_screen(width: int, height: int) -> tuple[int, int]:
    """Return a size in pixels, no larger than the screen has room for."""
    screen = application().primaryScreen()
    room = screen.availableSize() if screen is not None else None
    return (width, height) if room is None else (min(width, room.width()), min(height, room.height()))


def run(
    start: Start,
    engine_factory: EngineFactory,
    known_models: Mapping[str, str],
    matcher_factory: MatcherFactory | None = None,
) -> int:
    """Show the window until it is closed, which ends the program; or write its picture.

    Returns
    -------
    int
        Exit code: 1 when something that the picture should show failed.
    """
    log_to_file()
    # a picture is the same on every machine, whatever a person prefers
    own = start.screenshot is None
    path = Path(platformdirs.user_config_dir("gxview", appauthor=False)) / "preferences.json" if own else None
    window = create_window(engine_factory, open_source, known_models, start.theme, path, matcher_factory)
    window.resize(*(size_on_screen(*start.size) if own else start.size))
    release = catch_errors(window.viewer.notices)
    if start.screenshot is not None:
        window.viewer.session.ask_missing = _leave_out
    try:
        window.show()
        begin(window, start)
        if start.screenshot is None:
            given = start.genome is not None or bool(start.files)
            _keep(window, Path(platformdirs.user_state_dir("gxview", appauthor=False)), given)
            code = application().exec()
        else:
            wait_until_idle(window)
            code = _take(window, start.screenshot)
        with window.session.unasked():
            window.close()
    finally:
        release()
        # Qt still talks while the interpreter is being taken down
        qInstallMessageHandler(None)
    if start.screenshot is None or not window.closed_in_time:
        _leave(code)
    destroy(window)
    return code


def is_there(window: MainWindow) -> bool:
    """Whether a window was not destroyed yet."""
    return bool(isalive(window))


def destroy(window: MainWindow) -> None:
    """Take a closed window down before the application, which the interpreter does in an order of its own."""
    window.deleteLater()
    QApplication.sendPostedEvents(window, QEvent.Type.DeferredDelete)


def _leave_out(missing: Sequence[Missing], answer: Answer) -> None:
    """Leave missing files out of a session where nobody sits before the screen."""
    for one in missing:
        sys.stderr.write(f"gxview: {missing_sentence(one)}\n")
    answer({})


def _keep(window: MainWindow, folder: Path, given: bool) -> None:
    """Keep what is shown in a folder from now on, and look there once the window is painted.

    What a crash left is offered; else a window that was given nothing opens the last session, if a person wants that.
    """
    window.viewer.keep(folder)
    window.viewer.applied.use_folder(Path(platformdirs.user_cache_dir("gxview", appauthor=False)))

    def look() -> None:
        leftover = next(leftovers(folder / "autosave"), None)
        if leftover is not None:
            window.session.offer(leftover)
        elif window.viewer.model.settings.reopen and not given:
            window.session.reopen()
        else:
            _welcome(window, given)

    window.viewer.shared.loop.later(OFFER, look)


def _welcome(window: MainWindow, given: bool) -> None:
    """Show the tour at the first start; who came with files is not stopped, but told of it."""
    settings = window.viewer.model.settings
    if not settings.tour:
        return
    if given:
        settings.tour = False
        window.viewer.notices.info("New here? Help > Tour of the window shows what is where.")
    else:
        window.tour.begin()


def _leave(code: int) -> NoReturn:
    """End the program at once.

    All work is stopped and all files are whole by now. What is left, taking the model library apart piece by piece,
    takes seconds, in which a person sees a closed window and a busy program.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _take(window: MainWindow, path: Path) -> int:
    problems = window.viewer.problems()
    for problem in problems:
        sys.stderr.write(f"gxview: {problem}\n")
    if problems:
        return 1
    for toast in window.toasts.shown:
        toast.hide()
    try:
        save_window(path, window)
    except GxviewError as error:
        # told here, so that the window is still taken down in order
        sys.stderr.write(f"gxview: {error}\n")
        return 1
    return 0
