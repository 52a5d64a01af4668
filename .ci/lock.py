"""Write ``requirements.lock`` and ``requirements-test.lock`` from the environment that runs this script.

Usage: ``.venv/bin/python .ci/lock.py``, in an environment in which the whole test suite passes. Both files hold exact
versions for ``pip install --no-deps``. torch is never in them (its build differs from machine to machine), nor is what
only lxt's model zoo or zennit's image models need: those pull in torchvision, which replaces torch.
"""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
LEFT_OUT = {"torch", "torchvision", "triton", "accelerate", "bitsandbytes", "open-clip-torch", "gxview", "setuptools"}
PLATFORM_ONLY = re.compile(r"^nvidia-")


def canonical(name: str) -> str:
    """Return `name` as package indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def closure(requirements: list[str]) -> dict[str, str]:
    """Return ``{name: version}`` of `requirements` and all that they need here."""
    found: dict[str, str] = {}
    queue = [Requirement(text) for text in requirements]
    while queue:
        requirement = queue.pop()
        name = canonical(requirement.name)
        skipped = name in LEFT_OUT or PLATFORM_ONLY.match(name) or name in found
        if skipped or (requirement.marker and not requirement.marker.evaluate({"extra": ""})):
            continue
        try:
            package = distribution(name)
        except PackageNotFoundError as error:
            raise SystemExit(f"{name} is required but not installed here; install it and run again") from error
        found[name] = package.version
        queue += [Requirement(text) for text in package.requires or []]
    return found


def write(path: Path, packages: dict[str, str]) -> None:
    """Write `packages` as pinned lines."""
    path.write_text("".join(f"{name}=={version}\n" for name, version in sorted(packages.items())))


def main() -> None:
    """Write both lock files."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    run = closure(project["dependencies"])
    test = closure(project["optional-dependencies"]["test"])
    write(ROOT / "requirements.lock", run)
    write(ROOT / "requirements-test.lock", {name: version for name, version in test.items() if name not in run})


if __name__ == "__main__":
    main()
