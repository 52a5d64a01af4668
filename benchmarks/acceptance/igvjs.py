"""Draw an exported bigWig in igv.js, and compare the values that it reads with those that we computed.

Run with ``python -m benchmarks.acceptance.igvjs FILE.bw --genome GENOME.fa.gz --model sample-cnn``. Values at random
bases are read with igv.js (in a headless Chromium), pyBigWig and pybigtools, and computed anew by `explain_region`; all
four have to be equal to the bit. Pictures of the file as letters and as bars, at the bases and over a whole sequence,
go to ``--pictures``. Needs node, npm and Debian's chromium; igv.js and playwright-core are installed into ``--work``.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pybigtools  # type: ignore[import-untyped]
import pyBigWig
from numpy.typing import NDArray

from benchmarks.record import ROOT, save
from gxview.genome import Reference, Region

PACKAGES = ("igv@3.8.10", "playwright-core@1.65.1")
CHECK = Path(__file__).resolve().parent / "browser" / "check.mjs"
PICTURES = ROOT / "docs" / "images" / "batch"
CHUNK = 1 << 20
BASES_SHOWN = 120
LEAST_INK = 0.002
TRACKS = (("letters", "dynseq", 180), ("bars", "bar", 120))

Place = tuple[str, int]


def random_places(path: Path, count: int, seed: int) -> list[Place]:
    """Draw bases that have a value, each with the same probability; 0-based."""
    with pyBigWig.open(str(path)) as file:
        chunks = [(chrom, start, *_known(file, chrom, start, size)) for chrom, start, size in _chunks(file.chroms())]
    ends = np.cumsum([amount for *_, amount in chunks])
    ranks = np.sort(np.random.default_rng(seed).choice(int(ends[-1]), count, replace=False))
    found = []
    for rank in ranks.tolist():
        index = int(np.searchsorted(ends, rank, side="right"))
        chrom, start, known, amount = chunks[index]
        found.append((chrom, start + int(known[rank - int(ends[index]) + amount])))
    return found


def _chunks(sizes: dict[str, int]) -> Iterator[tuple[str, int, int]]:
    for chrom, size in sizes.items():
        for start in range(0, size, CHUNK):
            yield chrom, start, min(size, start + CHUNK)


def _known(file: Any, chrom: str, start: int, end: int) -> tuple[NDArray[np.int64], int]:
    known = np.flatnonzero(np.isfinite(file.values(chrom, start, end, numpy=True)))
    return known, len(known)


def by_pybigwig(path: Path, places: Sequence[Place]) -> list[float]:
    """Read values with pyBigWig."""
    with pyBigWig.open(str(path)) as file:
        return [float(file.values(chrom, base, base + 1)[0]) for chrom, base in places]


def by_pybigtools(path: Path, places: Sequence[Place]) -> list[float]:
    """Read values with pybigtools."""
    with pybigtools.open(str(path)) as file:
        return [float(file.values(chrom, base, base + 1, fillna=np.nan)[0]) for chrom, base in places]


def by_explaining(
    genome: Path, model: str, places: Sequence[Place], threads: int | None, rules: dict[str, Any]
) -> list[float]:
    """Explain every base anew, one call for each."""
    import torch

    from gxview.explain import explain_region
    from gxview.models import load_model

    if threads is not None:
        torch.set_num_threads(threads)
    loaded, reference = load_model(model), Reference(genome)
    regions = [Region(chrom, base, base + 1) for chrom, base in places]
    return [float(explain_region(loaded, reference, one, tokens=False, **rules).values[0]) for one in regions]


class Browser:
    """igv.js in a headless Chromium.

    Parameters
    ----------
    work
        Where its packages are installed.
    """

    def __init__(self, work: Path) -> None:
        self._work, self._packages = work, work / "npm"
        for tool in ("node", "npm", "chromium"):
            if shutil.which(tool) is None:
                raise SystemExit(f"This needs {tool}: apt-get install chromium nodejs npm")
        if not all((self._packages / "node_modules" / name.split("@")[0]).is_dir() for name in PACKAGES):
            self._packages.mkdir(parents=True, exist_ok=True)
            (self._packages / "package.json").write_text("{}")
            subprocess.run(["npm", "install", "--no-fund", "--no-audit", *PACKAGES], cwd=self._packages, check=True)

    def read(self, track: Path, genome: Path, places: Sequence[Place], views: dict[str, Path]) -> dict[str, Any]:
        """Draw the views and read the values: the version, ``values``, and painted shares of the tracks in ``ink``."""
        files, reference = self._reference(genome)
        config = {
            "reference": reference,
            "locus": next(iter(views)),
            "tracks": [
                {"name": name, "type": "wig", "format": "bigwig", "url": "/track.bw", "graphType": kind, "height": high}
                for name, kind, high in TRACKS
            ],
            "loadDefaultGenomes": False,
            "queryParametersSupported": False,
        }
        for path in views.values():
            path.parent.mkdir(parents=True, exist_ok=True)
        task = {
            "config": config,
            "files": {**files, "/track.bw": str(track.resolve())},
            "places": places,
            "views": [{"locus": locus, "picture": str(picture)} for locus, picture in views.items()],
            "chromium": shutil.which("chromium"),
        }
        path = self._work / "task.json"
        path.write_text(json.dumps(task))
        command = ["node", str(CHECK), str(self._packages), str(path)]
        run = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
        if run.returncode:
            raise SystemExit(f"igv.js did not do it: {run.stderr.strip()[-800:]}")
        answer: dict[str, Any] = json.loads(run.stdout)
        return answer

    def _reference(self, genome: Path) -> tuple[dict[str, str], dict[str, Any]]:
        """Return what is served and how igv.js is told of it; an index is made where there is none."""
        import pysam

        if not genome.with_name(genome.name + ".fai").exists():
            link = self._work / genome.name
            link.unlink(missing_ok=True)
            link.symlink_to(genome.resolve())
            pysam.faidx(str(link))
            genome = link
        packed = genome.suffix in (".gz", ".bgz")
        names = {"fastaURL": "", "indexURL": ".fai", **({"compressedIndexURL": ".gzi"} if packed else {})}
        files = {
            f"/genome{genome.suffix}{end}": f"{genome.resolve().parent / genome.name}{end}" for end in names.values()
        }
        urls = {key: f"/genome{genome.suffix}{end}" for key, end in names.items()}
        return files, {"id": genome.name.split(".")[0], "wholeGenomeView": False, **urls}


def views(path: Path, place: Place, pictures: Path) -> dict[str, Path]:
    """Return what is drawn: the bases around a place, and its whole sequence."""
    chrom, base = place
    with pyBigWig.open(str(path)) as file:
        size = file.chroms(chrom)
    start = max(0, min(base - BASES_SHOWN // 2, size - BASES_SHOWN))
    near = f"{chrom}:{start + 1}-{min(size, start + BASES_SHOWN)}"
    kinds = {near: "bases", f"{chrom}:1-{size}": "whole"}
    return {locus: pictures / f"igvjs-{path.name.split('.')[0]}-{kind}.png" for locus, kind in kinds.items()}


def check(
    track: Path,
    genome: Path,
    ours: Sequence[float],
    places: Sequence[Place],
    browser: Browser,
    pictures: Path,
) -> dict[str, Any]:
    """Compare all readers with our values and draw; ``faults`` is empty when everything is as it should be."""
    strongest = places[int(np.argmax(np.abs(ours)))]
    found = browser.read(track, genome, places, views(track, strongest, pictures))
    reads = {"pyBigWig": by_pybigwig(track, places), "pybigtools": by_pybigtools(track, places)}
    reads[f"igv.js {found['version']}"] = [np.nan if value is None else value for value in found["values"]]
    expected = np.asarray(ours, dtype=np.float32)
    faults = [
        f"{reader} reads {value!r} at {chrom}:{base + 1:,}, computed was {float(wanted)!r}."
        for reader, values in reads.items()
        for (chrom, base), value, wanted in zip(places, values, expected, strict=True)
        if np.float32(value) != wanted
    ]
    faults += [
        f"The track '{name}' of view {number} is empty in igv.js."
        for number, ink in enumerate(found["ink"], start=1)
        for name, share in ink.items()
        if share < LEAST_INK
    ]
    table = [
        {"place": f"{chrom}:{base + 1}", "computed": float(wanted)} | {name: reads[name][row] for name in reads}
        for row, ((chrom, base), wanted) in enumerate(zip(places, expected, strict=True))
    ]
    return {"file": track.name, "genome": genome.name, "bases": table, "ink": found["ink"], "faults": faults}


def parse() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.acceptance.igvjs", description=__doc__)
    parser.add_argument("tracks", type=Path, nargs="+")
    parser.add_argument("--genome", type=Path, required=True)
    parser.add_argument("--model", required=True, action="append", help="that computes the values anew; one a track")
    parser.add_argument("--rules", type=json.loads, default={}, help='of explain_region, as {"stride": 120}')
    parser.add_argument("--threads", type=int)
    parser.add_argument("--bases", type=int, default=20)
    parser.add_argument("--seed", type=int, default=4)
    parser.add_argument("--work", type=Path, default=Path(tempfile.gettempdir()) / "gxview-acceptance")
    parser.add_argument("--pictures", type=Path, default=PICTURES)
    given = parser.parse_args()
    if len(given.tracks) != len(given.model):
        parser.error("give a --model for each track")
    return given


def main() -> int:
    """Check some files."""
    given, results = parse(), []
    for track, model in zip(given.tracks, given.model, strict=True):
        places = random_places(track, given.bases, given.seed)
        ours = by_explaining(given.genome, model, places, given.threads, given.rules)
        results.append(check(track, given.genome, ours, places, Browser(given.work), given.pictures))
        for row in results[-1]["bases"]:
            print(row)
        print(track.name, *results[-1]["faults"] or ["all readers agree with what was computed"], sep="\n")
    print(save("igvjs", {"tracks": results}))
    return int(any(result["faults"] for result in results))


if __name__ == "__main__":
    sys.exit(main())
