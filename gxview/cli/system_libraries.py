"""Which system libraries Qt needs and which of them are missing.

Uses the standard library alone: ``make`` runs this file before anything is installed.
"""

from __future__ import annotations

import ctypes
import sys

# soname -> Debian / Ubuntu package; what PyQt6's wheels do not carry themselves
LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
}
FONTS = "fonts-dejavu-core"


def _loads(soname: str) -> bool:
    try:
        ctypes.CDLL(soname)
    except OSError:
        return False
    return True


def missing() -> dict[str, str]:
    """Return the missing libraries as ``{soname: package}``; empty on other systems than Linux."""
    if not sys.platform.startswith("linux"):
        return {}
    return {soname: package for soname, package in LIBRARIES.items() if not _loads(soname)}


def apt_line(packages: list[str]) -> str:
    """Return the one command that installs `packages` on Debian and Ubuntu."""
    return "sudo apt-get install -y " + " ".join(sorted({*packages, FONTS}))


def main() -> int:
    """Say what is missing and how to install it; exit code 1 if anything is."""
    absent = missing()
    if not absent:
        return 0
    sys.stderr.write(
        f"Qt needs {len(absent)} system libraries that this machine lacks ({', '.join(sorted(absent))}).\n"
        f"Install them once and run make again:\n  {apt_line(list(absent.values()))}\n"
    )
    return 1


if __name__ == "__main__":
    sys.exit(main())
