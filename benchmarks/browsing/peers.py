"""Other viewers, measured by the scripts in a folder of peers, beside this program in the same run.

Nothing of theirs lies in this checkout: what they need is installed in the work folder with ``--install``.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

IGVJS_JOBS = {"open": "open 20bw", "pan": "pan 20bw", "letters": "letters"}
PACKAGES = ("igv@3.8.10", "playwright-core")
STATIC_PACKAGES = ("pyGenomeTracks", "logomaker")


@dataclass
class Peers:
    """The programs that can be measured here.

    Parameters
    ----------
    scripts
        Folder with ``igvjs/driver.mjs`` and ``static_peers.py``.
    work
        Where they are installed and find the data.
    genomes
        Folder with the genome.
    """

    scripts: Path
    work: Path
    genomes: Path
    figures: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    versions: dict[str, str] = field(default_factory=dict)

    @property
    def has_igvjs(self) -> bool:
        """Whether igv.js and a browser are there."""
        installed = (self.work / "npm" / "node_modules" / name for name in ("igv", "playwright-core"))
        return self._driver.exists() and Path("/usr/bin/chromium").exists() and all(map(Path.exists, installed))

    @property
    def has_static(self) -> bool:
        """Whether pyGenomeTracks and logomaker are there."""
        return self._static.exists() and self._python.exists()

    def missing(self) -> list[str]:
        """Return a sentence for every peer that is not there."""
        told = []
        if not self.has_igvjs:
            told.append(
                "igv.js was not measured: it needs its scripts, chromium, and igv and playwright-core from npm."
            )
        if not self.has_static:
            told.append("pyGenomeTracks and logomaker were not measured: they need their script and environment.")
        return told

    def install(self) -> None:
        """Install what is missing into the work folder; chromium is left to the system's package manager."""
        npm = self.work / "npm"
        npm.mkdir(parents=True, exist_ok=True)
        if not (npm / "node_modules" / "igv").exists():
            (npm / "package.json").write_text("{}")
            subprocess.run(["npm", "install", "--no-fund", "--no-audit", *PACKAGES], cwd=npm, check=False)
        if not self._python.exists():
            subprocess.run([sys.executable, "-m", "venv", self.work / "venv"], check=True)
            subprocess.run([self._python, "-m", "pip", "install", "-q", *STATIC_PACKAGES], check=False)

    def igvjs(self, job: str) -> None:
        """Measure igv.js once."""
        if self.has_igvjs:
            (self.work / "chrome").mkdir(exist_ok=True)
            self._run("node", self._driver, "--only", IGVJS_JOBS[job], "--repeats", "2", "--pan-repeats", "1")

    def static(self, name: str) -> None:
        """Measure 'pygenometracks' or 'logomaker' once."""
        if self.has_static:
            self._run(self._python, self._static, "--repeats", "1", "--only", name)

    @property
    def _driver(self) -> Path:
        return self.scripts / "igvjs" / "driver.mjs"

    @property
    def _static(self) -> Path:
        return self.scripts / "static_peers.py"

    @property
    def _python(self) -> Path:
        return self.work / "venv" / "bin" / "python"

    def _run(self, *command: str | Path) -> None:
        environment = {**os.environ, "PEERS_WORK": str(self.work), "PEERS_GENOMES": str(self.genomes)}
        run = subprocess.run(
            command, capture_output=True, text=True, check=False, cwd=self.work, env=environment, timeout=600
        )
        for line in run.stdout.splitlines():
            figure = json.loads(line)
            if "version" in figure:
                self.figures[figure["figure"]].append(figure["value"])
                self.versions[figure["peer"]] = figure["version"]
        if run.returncode:
            print(f"{command[1]} failed: {run.stderr[-500:]}", file=sys.stderr)
