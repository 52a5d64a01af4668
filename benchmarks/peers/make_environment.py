"""Make the environment of the peers, or bring it up to date; about 2 GB, a minute.

Run with ``python -m benchmarks.peers.make_environment`` from the environment of gxview. The folder is ``PEERS_VENV``,
by default one in the folder for temporary files; ``TORCH`` and ``TORCH_INDEX`` choose another build of torch, as for
``make install``.

``lxt.efficient`` 2.1 imports torchvision for a network that is not measured here, and a torchvision that fits the
installed build of torch is not always to be had. So two modules stand in for it, with the few names that are imported.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

from benchmarks.peers.place import folder, python

REQUIREMENTS = Path(__file__).with_name("requirements.txt")
BARE = "# no-deps "
STAND_INS = {
    "__init__.py": '"""Stands in for torchvision, whose networks are not measured here."""\n',
    "models/__init__.py": "",
    "models/vision_transformer.py": "from torch import nn\n",
    "models/resnet.py": "class BasicBlock: ...\n\n\nclass Bottleneck: ...\n",
}
TRIAL = """
import json
from importlib.metadata import version
import lxt.efficient, captum.attr, tangermeme.deep_lift_shap, figwig, pybigtools, pyBigWig
names = ("torch", "transformers", "lxt", "zennit", "captum", "tangermeme", "figwig", "pybigtools", "pyBigWig", "numpy")
print(json.dumps({name: version(name) for name in names}))
"""


def torch_requirement() -> str:
    """Return the torch to install: ``TORCH``, else the release that gxview uses here."""
    return os.environ.get("TORCH") or f"torch=={version('torch').split('+')[0]}"


def wanted(text: str) -> tuple[list[str], list[str]]:
    """Return what is installed with its dependencies, and what without, from the text of the requirements."""
    lines = text.splitlines()
    bare = [line.removeprefix(BARE).strip() for line in lines if line.startswith(BARE)]
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")], bare


def pip(venv: Path, *arguments: str) -> None:
    """Install something into the environment."""
    command = [str(python(venv)), "-m", "pip", "--disable-pip-version-check", "-q", "install", *arguments]
    if subprocess.run(command, check=False).returncode:
        raise SystemExit(f"pip could not install {' '.join(arguments)} into {venv}.")


def install(venv: Path, torch: str) -> None:
    """Install torch first, then the peers, then the stand-ins."""
    if not python(venv).exists():
        subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)
    index = os.environ.get("TORCH_INDEX")
    pip(venv, torch, *(["--index-url", index] if index else []))
    whole, bare = wanted(REQUIREMENTS.read_text(encoding="utf-8"))
    pip(venv, torch, *whole)
    pip(venv, "--no-deps", *bare)
    stand_in(venv)


def stand_in(venv: Path) -> None:
    """Write the modules that stand in for torchvision."""
    ask = "import sysconfig; print(sysconfig.get_path('purelib'))"
    packages = subprocess.run([str(python(venv)), "-c", ask], capture_output=True, text=True, check=True).stdout.strip()
    for name, text in STAND_INS.items():
        path = Path(packages) / "torchvision" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def versions(venv: Path) -> dict[str, str]:
    """Import everything in the environment and return the versions.

    Raises
    ------
    SystemExit
        If something cannot be imported.
    """
    run = subprocess.run([str(python(venv)), "-c", TRIAL], capture_output=True, text=True, check=False)
    if run.returncode:
        raise SystemExit(f"The environment {venv} does not work: {run.stderr.strip().splitlines()[-1]}")
    found: dict[str, str] = json.loads(run.stdout.splitlines()[-1])
    return found


def main() -> None:
    """Make the environment unless it is as it should be, and say what is in it."""
    venv, torch = folder(), torch_requirement()
    recipe = json.dumps([torch, os.environ.get("TORCH_INDEX"), REQUIREMENTS.read_text(encoding="utf-8"), STAND_INS])
    stamp, mark = venv / "made-from.sha256", hashlib.sha256(recipe.encode()).hexdigest()
    if stamp.exists() and stamp.read_text() == mark:
        print(f"{venv} is there already.")
    else:
        print(f"Making {venv} with {torch} ...", flush=True)
        install(venv, torch)
    print(", ".join(f"{name} {number}" for name, number in versions(venv).items()))
    stamp.write_text(mark)


if __name__ == "__main__":
    main()
