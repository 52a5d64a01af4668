"""From finished shards to final files, while the rest is still computed; a file gets its name when it is safe."""

from __future__ import annotations

import hashlib
import json
import os
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from gxview.durable import sync_folder, write_durably
from gxview.errors import GxviewError
from gxview.explain.provenance import region_provenance
from gxview.export.batch.arrays import write_arrays
from gxview.export.batch.outputs import Pick, SignalFile, same
from gxview.export.batch.places import Failure
from gxview.export.batch.plan import Plan
from gxview.export.batch.quiet import stand_back
from gxview.export.batch.settle import Track
from gxview.export.batch.shards import ShardRecord, ShardStore
from gxview.export.batch.state import JobFolder
from gxview.export.batch.tally import PlaceTally
from gxview.export.browsers import igv_session, ucsc_track
from gxview.export.writers.peaks import PeakFinder
from gxview.export.writers.signs import negative, positive
from gxview.genome import Region
from gxview.job_file import FAILURES, MANIFEST

_SHOWN = 5  # sequences that a note names
PARTS, SESSION, UCSC = "parts", "session.igv.xml", "tracks.ucsc.txt"


class Sink(Protocol):
    """Takes the values of one track in the order of the genome."""

    def add(self, chrom: str, start: int, values: NDArray[np.float32]) -> None:
        """Take float32 (L,) from the 0-based position `start` on."""


class Publisher:
    """Writes the files of a job; `run` is called in a thread of its own.

    Parameters
    ----------
    plan : Plan
        The job.
    store : ShardStore
        Its shards; `arrived` is called whenever one came.
    folder : JobFolder
        Where the results go.
    """

    def __init__(self, plan: Plan, store: ShardStore, folder: JobFolder) -> None:
        self._plan, self._store, self._folder = plan, store, folder
        self._news = threading.Condition()
        self._stopped = False
        self._parts = folder.work / PARTS
        self._files = {track.index: list(self._signals(track)) for track in plan.settled.tracks}
        self._tallies = {track.index: PlaceTally(plan.places) for track in plan.settled.tracks}
        self._peaks = self._finders() if "peaks" in plan.settled.job.outputs else {}
        self._pool = ThreadPoolExecutor(os.cpu_count() or 1, "gxview-write", stand_back)
        self.error: BaseException | None = None

    def _finders(self) -> dict[int, PeakFinder]:
        sizes = self._plan.settled.reference.sizes
        return {track.index: PeakFinder(sizes) for track in self._plan.settled.tracks}

    def arrived(self) -> None:
        """Look for shards again."""
        with self._news:
            self._news.notify_all()

    def stop(self) -> None:
        """Give up; nothing gets its final name."""
        with self._news:
            self._stopped = True
            self._news.notify_all()

    def run(self) -> None:
        """Append every shard to its files, in the order of the genome."""
        try:
            self._parts.mkdir(exist_ok=True)
            for shard in self._plan.shards:
                for track in self._plan.settled.tracks:
                    record = self._await(track.index, shard.index)
                    if record is None:
                        self._abort()
                        return
                    self._append(track, record, shard.parts)
        except BaseException as error:  # noqa: BLE001  # raised by `finish`, in the thread of the job
            self.error = error
            self._abort()

    def _await(self, track: int, shard: int) -> ShardRecord | None:
        with self._news:
            while (track, shard) not in self._store.records and not self._stopped:
                self._news.wait()
        return None if self._stopped else self._store.records[track, shard]

    def _append(self, track: Track, record: ShardRecord, parts: tuple[Region, ...]) -> None:
        """Append a shard to all files of its track, each in a thread of its own: compressing needs no interpreter."""
        array = self._store.load(record)
        rows = dict(zip(record.rows, array, strict=True))
        sinks: list[tuple[str, Sink]] = [(file.row, file) for file in self._files[track.index]]
        sinks += [("values", sink) for sink in (self._tallies[track.index], self._peaks.get(track.index)) if sink]

        def feed(row: str, sink: Sink) -> None:
            at = 0
            for part in parts:
                sink.add(part.chrom, part.start, rows[row][at : at + part.length])
                at += part.length

        for done in [self._pool.submit(feed, *one) for one in sinks]:
            done.result()

    def close(self) -> None:
        """End the threads, and let go of files that were not finished: a job may be stopped after the last shard."""
        self._pool.shutdown()
        self._abort()

    def _abort(self) -> None:
        for file in self._all():
            file.abort()

    def _all(self) -> Iterator[SignalFile]:
        for files in self._files.values():
            yield from files

    def _signals(self, track: Track) -> Iterator[SignalFile]:
        job = self._plan.settled.job

        def file(suffix: str, row: str, pick: Pick = same, stem: str = track.name) -> SignalFile:
            name = f"{stem}{suffix}.bw"
            return SignalFile(name, row, pick, self._parts / name, self._plan.settled.reference.sizes, self._plan.bases)

        if "bigwig" in job.outputs and job.split_by_sign:
            yield file(".pos", "values", positive)
            yield file(".neg", "values", negative)
        elif "bigwig" in job.outputs:
            yield file("", "values")
        if "spread" in job.outputs:
            yield file(".spread", "spread")
        first = next(one for one in self._plan.settled.tracks if one.score_name == track.score_name)
        if "score" in job.outputs and first is track:
            yield file("", "score", stem=track.score_name)

    def finish(self) -> dict[str, Any]:
        """Put everything in place and return the manifest.

        Raises
        ------
        GxviewError
            If a file cannot be written.
        OSError
            If there is no room.
        """
        files = list(self._all())
        written = [file for file, there in zip(files, self._pool.map(SignalFile.close, files), strict=True) if there]
        failures = self._failures()
        names = [file.name for file in written]
        names += self._beside(written)
        manifest = self._manifest(names, failures)
        self._put_in_place(names, manifest, failures)
        return manifest

    def _failures(self) -> list[Failure]:
        found = list(self._plan.found.failures)
        for (index, _), record in sorted(self._store.records.items()):
            name = self._plan.settled.tracks[index].name
            found += [Failure(region, reason, name) for region, reason in record.failures]
        for track in self._plan.settled.tracks:
            told = {failure.region for failure in found if failure.track == track.name}
            reason = "No window there has a value: it lacks A, C, G and T, or its sequence is shorter than a window."
            empty = [str(region) for region in self._tallies[track.index].empty]
            if not told and self._without_value(track) == self._plan.bases:
                empty = [str(stretch) for stretch in self._plan.stretches]
            found += [Failure(region, reason, track.name) for region in empty if region not in told]
        return found

    def _without_value(self, track: Track) -> int:
        """Return the number of bases that have no value."""
        return sum(record.missing for (index, _), record in self._store.records.items() if index == track.index)

    def _beside(self, written: list[SignalFile]) -> list[str]:
        """Write what belongs beside the signals; return the names."""
        settled, names = self._plan.settled, list[str]()
        for track in settled.tracks:
            for kind in [kind for kind in ("npz", "h5") if kind in settled.job.outputs]:
                names.append(f"{track.name}.{kind}")
                write_arrays(self._plan, self._store, track, kind, self._parts / names[-1])
            if track.index in self._peaks:
                names.append(f"{track.name}.peaks.bed")
                self._peaks[track.index].write(self._parts / names[-1])
            names.append(
                self._text(f"{track.name}.provenance.json", json.dumps(self.provenance(track), indent=2) + "\n")
            )
        tracks = [file.browser_track(self._folder.path) for file in written]
        if tracks:
            genome = settled.job.igv_genome or settled.reference.path
            names.append(self._text(SESSION, igv_session(self._folder.path, genome, self._locus(), tracks)))
            lines = [ucsc_track(one.path, one.name, one.name, self._locus()) for one in tracks]
            names.append(self._text(UCSC, "\n".join(lines)))
        return names

    def _text(self, name: str, text: str) -> str:
        write_durably(self._parts / name, text.encode())
        return name

    def provenance(self, track: Track) -> dict[str, Any]:
        """Return how the numbers of a track came about."""
        settled = self._plan.settled
        records = [record for (index, _), record in self._store.records.items() if index == track.index]
        sizes = sorted({record.batch_size for record in records}, reverse=True)
        model = settled.models[track.model]
        content = region_provenance(model, track.settings, sizes[0], settled.reference, track.tiling.to_dict())
        content["device"] = settled.machine["device"]
        return content if len(sizes) == 1 else {**content, "batch_size": sizes}

    def _locus(self) -> Region:
        first = self._plan.places[0].region
        middle, half = (first.start + first.end) // 2, 100
        return first if first.length <= 2 * half else Region(first.chrom, max(0, middle - half), middle + half)

    def _manifest(self, names: list[str], failures: list[Failure]) -> dict[str, Any]:
        tracks = self._plan.settled.tracks
        missing = {track.name: [one.region for one in failures if one.track in ("", track.name)] for track in tracks}
        everywhere = [failure.region for failure in failures if not failure.track]
        return {
            "format": "gxview batch export manifest",
            "status": "incomplete" if failures else "complete",
            "regions": len(self._plan.places),
            "bases": self._plan.bases,
            "failures": len(failures),
            "notes": self._notes(),
            "tracks": [
                {
                    "name": track.name,
                    "missing": missing[track.name],
                    "bases_without_value": self._without_value(track),
                }
                for track in tracks
            ],
            "files": [
                {**_described(self._parts / name), "missing": self._missing_in(name, missing, everywhere)}
                for name in names
            ],
        }

    def _missing_in(self, name: str, missing: dict[str, list[str]], everywhere: list[str]) -> list[str]:
        """Return the regions that a file lacks; the probability is that of all tracks that share it."""
        for track in self._plan.settled.tracks:
            if name.startswith(f"{track.name}.") or name.startswith(f"{track.score_name}."):
                return missing[track.name]
        return everywhere

    def _notes(self) -> list[str]:
        notes = list(self._plan.found.notes)
        windows = {track.tiling.window for track in self._plan.settled.tracks}
        sizes = self._plan.settled.reference.sizes
        whole = dict.fromkeys(place.region.chrom for place in self._plan.places if place.whole)
        short = [chrom for chrom in whole if sizes[chrom] < max(windows)]
        if short:
            names = ", ".join(short[:_SHOWN]) + (f" and {len(short) - _SHOWN:,} more" if len(short) > _SHOWN else "")
            notes.append(f"No value in {names}: fewer bases than a window.")
        return notes

    def _put_in_place(self, names: list[str], manifest: dict[str, Any], failures: list[Failure]) -> None:
        """Say what is coming, rename everything, and say that it is there."""
        folder = self._folder.path
        write_durably(folder / MANIFEST, _json({**manifest, "status": "publishing"}))
        if failures:
            write_durably(folder / FAILURES, _table(failures))
        else:
            (folder / FAILURES).unlink(missing_ok=True)
        for name in names:
            os.replace(self._parts / name, folder / name)
        sync_folder(folder)
        write_durably(folder / MANIFEST, _json(manifest))
        for left in self._parts.iterdir():
            left.unlink()
        self._parts.rmdir()


def _described(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        os.fsync(file.fileno())
    return {"name": path.name, "bytes": path.stat().st_size, "sha256": digest}


def _json(content: dict[str, Any]) -> bytes:
    return (json.dumps(content, indent=2, ensure_ascii=False) + "\n").encode()


def _table(failures: list[Failure]) -> bytes:
    lines = ["region\ttrack\treason", *(f"{one.region}\t{one.track or 'all'}\t{one.reason}" for one in failures)]
    return ("\n".join(line.replace("\n", " ") for line in lines) + "\n").encode()


def check_free(folder: Path, tracks: Sequence[Track]) -> None:
    """Raise GxviewError if a new job would replace files that are not its own."""
    fixed = (MANIFEST, FAILURES, SESSION, UCSC)
    stems = tuple(f"{name}." for track in tracks for name in (track.name, track.score_name))
    there = sorted(path.name for path in folder.iterdir() if path.name in fixed or path.name.startswith(stems))
    if there:
        exist = "exists" if len(there) == 1 else f"and {len(there) - 1} more exist"
        raise GxviewError(f"{folder / there[0]} {exist} already; choose another folder, or remove what is there.")
