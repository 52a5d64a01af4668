"""Faults of the disk: full, read-only, damaged."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

from benchmarks.acceptance.faults.scene import Row, Scene

_SMALL_FILES = """
import resource, signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, ({size}, {size}))
"""


@contextlib.contextmanager
def _disk(folder: Path, size: int) -> Iterator[None]:
    """Mount a disk in memory."""
    folder.mkdir(parents=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "gxview-faults", str(folder)], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def _remount(folder: Path, option: str) -> bool:
    return subprocess.run(["mount", "-o", f"remount,{option}", str(folder)], check=False).returncode == 0


def _full(scene: Scene, name: str, share: float) -> Row:
    size = max(4096, int(scene.size * share))
    row = Row(f"disk full: room for {share:.0%} of the result")
    job = scene.job(name)
    if os.geteuid():
        row.name += " (a limit on the size of a file: not root)"
        row.met(job.run(prelude=_SMALL_FILES.format(size=size)), job)
        scene.resumed(row, job)
        return row
    with _disk(job.folder, size):
        row.met(job.run(), job)
        row.happened = f"stopped; {job.recorded()} of {scene.whole.recorded()} shards were recorded"
        _remount(job.folder, f"size={scene.size * 20}")
        scene.resumed(row, job)
    return row


def full_at_once(scene: Scene) -> Row:
    """Leave no room for anything."""
    return _full(scene, "full-at-once", 0.001)


def full_early(scene: Scene) -> Row:
    """Leave room for some shards."""
    return _full(scene, "full-early", 0.6)


def full_late(scene: Scene) -> Row:
    """Leave room for the shards but not for the files as well."""
    return _full(scene, "full-late", 2.0)


def read_only(scene: Scene) -> Row:
    """Give a folder in which nothing can be written."""
    row = Row("read-only folder", "refused before any work")
    job = scene.job("read-only")
    if os.geteuid():
        job.folder.mkdir(parents=True, mode=0o555)
        row.met(job.run(), job)
        job.folder.chmod(0o755)
        scene.resumed(row, job)
        return row
    with _disk(job.folder, scene.size * 20):
        _remount(job.folder, "ro")
        ended = job.run()
        row.met(ended, job)
        row.expect(not any(event["event"] == "progress" for event in ended.events), "work was done before it was told")
        _remount(job.folder, "rw")
        scene.resumed(row, job)
    return row


def folder_is_a_file(scene: Scene) -> Row:
    """Name a file as the folder of the results."""
    row = Row("the output folder is a file", "refused before any work")
    job = scene.job("file")
    job.folder.write_text("mine")
    row.met(job.run(), job, (1, 2))
    row.expect(job.folder.read_text() == "mine", "the file was changed")
    return row


def damaged_shard(scene: Scene) -> Row:
    """Change a byte of a recorded shard, cut another, remove a third."""
    row = Row("shard files damaged, cut and lost between two runs")
    job = scene.job("damaged")
    recorded = scene.interrupted(job, 4)
    first, second, third, *_ = job.shards
    content = bytearray(first.read_bytes())
    content[len(content) // 2] ^= 1
    first.write_bytes(content)
    second.write_bytes(second.read_bytes()[:100])
    third.unlink()
    ended = job.run()
    row.met(ended, job, (0,))
    again = [event["text"] for event in ended.events if event["event"] == "note"]
    row.happened = f"{recorded} shards were recorded; told: {' '.join(again) or 'nothing'}"
    row.after = scene.compared(row, job)
    return row


def torn_journal(scene: Scene) -> Row:
    """Leave the last line of the journal half written, as a power cut may."""
    row = Row("last line of the journal cut in half")
    job = scene.job("torn")
    scene.interrupted(job)
    whole = job.journal.read_bytes()
    job.journal.write_bytes(whole[: len(whole) - 20])
    row.met(job.run(), job, (0,))
    row.after = scene.compared(row, job)
    return row


def lost_result(scene: Scene) -> Row:
    """Delete a final file after the job was done."""
    row = Row("a final file deleted after the end, then --resume")
    job = scene.job("lost")
    job.run()
    lost = next(path for path in sorted(job.folder.glob("*.bw")))
    lost.unlink()
    row.met(job.run(), job, (0, 1))
    row.happened = f"{lost.name} was {'made again' if lost.exists() else 'not made again'}"
    row.after = scene.compared(row, job)
    return row


FAULTS = (full_at_once, full_early, full_late, read_only, folder_is_a_file, damaged_shard, torn_journal, lost_result)
