"""Where the environment of the peers is."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path


def folder() -> Path:
    """Return the folder of the environment: ``PEERS_VENV``, else one in the folder for temporary files."""
    return Path(os.environ.get("PEERS_VENV") or Path(tempfile.gettempdir()) / "gxview-peers" / "engine")


def python(venv: Path) -> Path:
    """Return the interpreter of an environment."""
    return venv / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def peers_python() -> Path | None:
    """Return the interpreter of the peers: ``PEERS_PYTHON``, else that of `folder`; None when it is not there."""
    path = Path(os.environ.get("PEERS_PYTHON") or python(folder()))
    return path if path.exists() else None
