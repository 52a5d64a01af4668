"""``gxview doctor``: what gxview finds on this machine, and what is wrong, in plain words."""

from __future__ import annotations

import json
import os
import platform
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Annotated

import typer

from gxview.cli import system_libraries
from gxview.errors import GxviewError

PACKAGES = (
    "torch",
    "transformers",
    "tokenizers",
    "safetensors",
    "lxt",
    "zennit",
    "numpy",
    "pysam",
    "pyBigWig",
    "PyQt6",
    "qtpy",
)


@dataclass
class Report:
    """Lines to print in sections, and the problems found on the way."""

    sections: dict[str, dict[str, str]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def _packages(report: Report) -> dict[str, str]:
    found = {"gxview": version("gxview"), "Python": f"{platform.python_version()} on {platform.platform()}"}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "missing"
            report.problems.append(f"The package {name} is not installed; run 'make install'.")
    return found


def _torchvision_trouble() -> str | None:
    """Say whether an unfitting torchvision breaks transformers (a CPU torch beside torchvision from the index)."""
    try:
        installed = version("torchvision")
    except PackageNotFoundError:
        return None
    try:
        import_module("torchvision")
    except (ImportError, RuntimeError, OSError) as error:
        reason = str(error).splitlines()[0]
        return (
            f"torchvision {installed} does not fit torch {version('torch')} ({reason}), which breaks "
            "transformers and so every model; gxview needs no torchvision: run 'pip uninstall torchvision'."
        )
    return None


def _devices(report: Report) -> dict[str, str]:
    trouble = _torchvision_trouble()
    if trouble:
        report.problems.append(trouble)
    try:
        import torch
    except (ImportError, OSError) as error:
        report.problems.append(f"torch cannot be imported ({error}); run 'make install'.")
        return {}
    found = {"cpu": f"{os.cpu_count()} cores, torch uses {torch.get_num_threads()} threads"}
    for index in range(torch.cuda.device_count()):
        free, total = torch.cuda.mem_get_info(index)
        found[f"cuda:{index}"] = (
            f"{torch.cuda.get_device_name(index)}, {free / 2**30:.1f} of {total / 2**30:.1f} GiB free"
        )
    if torch.backends.mps.is_available():
        found["mps"] = "Apple GPU"
    return found


def _rules(report: Report) -> dict[str, str]:
    """Load what the explanations need, and say where it breaks."""
    try:
        import_module("gxview.explain.api")
    except (ImportError, RuntimeError, AttributeError, GxviewError) as error:
        report.problems.append(
            f"The explaining code cannot be loaded ({error}); run 'make install' in a fresh environment."
        )
        return {"AttnLRP and LRP": "not usable"}
    return {"AttnLRP and LRP": "loaded"}


def _qt(report: Report) -> dict[str, str]:
    absent = system_libraries.missing()
    if absent:
        line = system_libraries.apt_line(list(absent.values()))
        report.problems.append(f"Qt lacks the system libraries {', '.join(sorted(absent))}; install them with: {line}")
    try:
        from gxview._qt.diagnosis import describe_qt

        found = describe_qt()
    except (GxviewError, ImportError) as error:
        report.problems.append(str(error))
        return {}
    if found["fonts"] == "none":
        report.problems.append(f"No font is installed, so the window shows no text: {system_libraries.apt_line([])}")
    return found


def _folder_state(path: Path) -> str:
    existing = next(parent for parent in (path, *path.parents) if parent.exists())
    return f"{path} ({'writable' if os.access(existing, os.W_OK) else 'NOT WRITABLE'})"


def _folders(report: Report) -> dict[str, str]:
    from huggingface_hub.constants import HF_HUB_CACHE
    from platformdirs import user_cache_path

    found = {
        "indexes": _folder_state(user_cache_path("gxview")),
        "models from the hub": _folder_state(Path(HF_HUB_CACHE)),
    }
    report.problems += [
        f"The folder of {name}, {state}; choose another one." for name, state in found.items() if "NOT" in state
    ]
    return found


SECTIONS: dict[str, Callable[[Report], dict[str, str]]] = {
    "Versions": _packages,
    "Devices": _devices,
    "Explanations": _rules,
    "Window": _qt,
    "Cache folders": _folders,
}


def diagnose() -> Report:
    """Look at everything gxview depends on."""
    report = Report()
    for title, look in SECTIONS.items():
        report.sections[title] = look(report)
    return report


def _lines(report: Report) -> Iterator[str]:
    for title, rows in report.sections.items():
        yield title
        yield from (f"  {name:<20} {text}" for name, text in rows.items())
    yield "What is wrong" if report.problems else "Nothing is wrong."
    yield from (f"  - {problem}" for problem in report.problems)


def register(app: typer.Typer) -> None:
    """Add the command ``doctor``."""

    @app.command()
    def doctor(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
        """Print versions, devices, fonts, folders, and what is wrong with this installation."""
        report = diagnose()
        if as_json:
            typer.echo(json.dumps({"sections": report.sections, "problems": report.problems}, indent=2))
        else:
            typer.echo("\n".join(_lines(report)))
        sys.exit(1 if report.problems else 0)
