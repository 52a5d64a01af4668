"""A real window on a virtual display, driven by keys and mouse as a person drives it.

Needs Xvfb, xdotool and ImageMagick's ``import``. `RealWindow` starts all of it in a folder of its own, so that neither
settings nor sessions of the person who runs it are touched.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

TOOLS = ("Xvfb", "xdotool", "import", "openbox")
FOLDERS = ("config", "cache", "state", "data")


class RealWindow:
    """The program on a display of its own.

    Parameters
    ----------
    home
        Empty folder for settings, caches and what the program keeps between starts.
    shots
        Where pictures of the screen go.
    size
        Width and height of the screen in pixels.
    """

    def __init__(self, home: Path, shots: Path, size: tuple[int, int] = (1600, 1000)) -> None:
        missing = [tool for tool in TOOLS if shutil.which(tool) is None]
        if missing:
            raise SystemExit(f"This needs {', '.join(missing)}: apt-get install xvfb xdotool imagemagick openbox")
        self._shots, self._size = shots, size
        kept = {f"XDG_{name.upper()}_HOME": str(home / name) for name in FOLDERS}
        self._environment = {**os.environ, **kept, "HOME": str(home)}
        self._environment.pop("QT_QPA_PLATFORM", None)
        self._program: subprocess.Popen[bytes] | None = None
        self._servers = [self._display()]
        self._servers.append(self._start(["openbox"]))
        shots.mkdir(parents=True, exist_ok=True)

    def open(self, arguments: Sequence[str] = ()) -> None:
        """Start the program and wait for its window, which fills the screen."""
        width, height = self._size
        command = [sys.executable, "-m", "gxview", "view", *arguments, "--size", f"{width}x{height}"]
        self._program = self._start(command)
        self._wait(lambda: self._windows())
        window = self._windows()[0]
        self._xdotool("windowactivate", "--sync", window)
        self._xdotool("windowmove", window, "0", "0")
        self._xdotool("windowsize", window, str(width), str(height))
        self.rest(1.5)

    def key(self, *keys: str, times: int = 1) -> None:
        """Press keys, such as 'ctrl+l'."""
        for _ in range(times):
            self._xdotool("key", "--clearmodifiers", *keys)
        self.rest(0.3)

    def type(self, text: str, enter: bool = True) -> None:
        """Type a text into what has the focus."""
        self._xdotool("type", "--delay", "12", text)
        if enter:
            self.rest(0.4)
            self.key("Return")

    def click(self, x: int, y: int, button: int = 1, times: int = 1, modifier: str = "") -> None:
        """Click at a place of the screen, with 'ctrl' or 'shift' held if wanted."""
        click = ["mousemove", str(x), str(y), "click", "--repeat", str(times), "--delay", "120", str(button)]
        held = ["keydown", modifier, *click, "keyup", modifier] if modifier else click
        self._xdotool(*held)
        self.rest(0.4)

    def drag(self, start: tuple[int, int], end: tuple[int, int]) -> None:
        """Drag with the left button."""
        self._xdotool("mousemove", *map(str, start), "mousedown", "1")
        for step in range(1, 11):
            x, y = (round(a + (b - a) * step / 10) for a, b in zip(start, end, strict=True))
            self._xdotool("mousemove", str(x), str(y))
        self._xdotool("mouseup", "1")
        self.rest(0.4)

    def command(self, text: str) -> None:
        """Run an action by its title, through the command palette."""
        self.key("ctrl+shift+p")
        self.type(text)
        self.rest(0.5)

    def shot(self, name: str) -> Path:
        """Take a picture of the whole screen."""
        path = self._shots / f"{name}.png"
        subprocess.run(["import", "-window", "root", str(path)], env=self._environment, check=True)
        return path

    def rest(self, seconds: float) -> None:
        """Give the program time."""
        time.sleep(seconds)

    def kill(self) -> None:
        """End the program as a crash or a power cut would."""
        assert self._program is not None
        self._program.send_signal(signal.SIGKILL)
        self._program.wait()

    def wait_closed(self, seconds: float = 5.0) -> int:
        """Wait until the program has ended and return its exit code."""
        assert self._program is not None
        return self._program.wait(seconds)

    def close(self) -> None:
        """End everything."""
        for process in [self._program, *reversed(self._servers)]:
            if process is not None and process.poll() is None:
                process.terminate()
                process.wait(10)

    def _display(self) -> subprocess.Popen[bytes]:
        """Start a display under a free number, which it tells when it is ready."""
        screen = f"{self._size[0]}x{self._size[1]}x24"
        server = subprocess.Popen(["Xvfb", "-displayfd", "1", "-screen", "0", screen], stdout=subprocess.PIPE)
        assert server.stdout is not None
        self._environment["DISPLAY"] = f":{server.stdout.readline().decode().strip()}"
        return server

    def _start(self, command: Sequence[str]) -> subprocess.Popen[bytes]:
        return subprocess.Popen(command, env=self._environment, stdin=subprocess.DEVNULL)

    def _windows(self) -> list[str]:
        return self._xdotool("search", "--onlyvisible", "--name", "gxview", check=False).split()

    def _xdotool(self, *arguments: str, check: bool = True) -> str:
        done = subprocess.run(
            ["xdotool", *arguments], env=self._environment, check=check, capture_output=True, text=True
        )
        return done.stdout

    def _wait(self, holds: Callable[[], object], seconds: float = 30.0) -> None:
        limit = time.monotonic() + seconds
        while not holds():
            if time.monotonic() > limit:
                raise SystemExit("The window did not appear.")
            time.sleep(0.1)
