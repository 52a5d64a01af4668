"""Damaged files of variants and reads, and damaged indexes: refused or read, but never the end of the program."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = [
    "jbrowse/volvox-sv.bam",
    "igv.js/bam/HG02450.bam",
    "jbrowse/volvox.test.vcf.gz",
    "pysam/pysam_data/ex_spliced.sam",
    "igv/vcf/ex2.vcf",
]
COPIES = 30
LIMIT = 300
"""Seconds after which a hang is sure."""


def damaged(data: bytes, chance: random.Random) -> bytes:
    """Cut a file off, or change some of its bytes."""
    if chance.random() < 0.3:
        return data[: chance.randrange(len(data))]
    changed = bytearray(data)
    for _ in range(chance.choice([1, 3, 20])):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def damaged_copy(source: Path, folder: Path, chance: random.Random) -> Path:
    """Copy a file with its index, one of them damaged."""
    copy = folder / source.name
    shutil.copyfile(source, copy)
    found = [Path(f"{source}{suffix}") for suffix in (".bai", ".csi", ".tbi") if Path(f"{source}{suffix}").exists()]
    for index in found:
        shutil.copyfile(index, folder / index.name)
    victim = folder / chance.choice([source, *found]).name
    victim.write_bytes(damaged(victim.read_bytes(), chance))
    return copy


def test_damage_is_told_in_one_sentence_and_harms_nothing(shared, tmp_path):
    chance, files = random.Random(7), []
    for name in NAMES:
        for number in range(COPIES):
            folder = tmp_path / f"{number}-{Path(name).name}"
            folder.mkdir()
            files.append(damaged_copy(shared / "data/tracks" / name, folder, chance))
    command = [sys.executable, "-m", "gxview", "check", "--json", *map(str, files)]
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path / "cache"), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=LIMIT)
    assert (done.returncode, done.stderr) == (1, "")
    findings = json.loads(done.stdout)
    assert len(findings) == len(files)
    refused = [finding for finding in findings if finding["kind"] == "refused"]
    assert len(files) // 4 < len(refused) < len(files)
    for finding in refused:
        assert finding["file"] in finding["error"]
        assert "\n" not in finding["error"]
