"""What a run needs to go on after it was killed, safely on the disk."""

from __future__ import annotations

import json
import os
import pickle
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch

from gxview.durable import make_folder, sync_folder, write_durably
from gxview.errors import GxviewError
from gxview.file_lock import FileLock
from gxview.models.fit import Diverged
from gxview.models.saving import check_new, new_folder
from gxview.models.training.devices import Devices
from gxview.models.weights import read_json

MODEL, RUN, CHECKPOINT, LOCK = "model", "run.json", "checkpoint.pt", "lock"
_METRICS = "metrics.json"


def training_folder(output: Path) -> Path:
    """Return the folder beside a model to be trained, in which its run is kept."""
    return output.with_name(f"{output.name}.training")


class Keeper:
    """Keeps the state of a run in a folder, or nowhere.

    Parameters
    ----------
    folder
        The folder of the run; None to keep nothing.
    every
        Steps between checkpoints within an epoch.
    devices
        Of several processes the first one writes, and all of them read.
    """

    def __init__(self, folder: Path | None, every: int, devices: Devices) -> None:
        self._folder, self.every, self._devices = folder, every, devices

    @property
    def keeps(self) -> bool:
        """Whether anything is kept."""
        return self._folder is not None

    def save(self, state: Mapping[str, Any]) -> None:
        """Write a state (tensors, numbers, text and containers of them) in place of the one before.

        Raises
        ------
        GxviewError
            When it cannot be written; the one before is still there then.
        """
        if self._folder is None or self._devices.rank:
            return
        path = self._folder / CHECKPOINT
        part = path.with_name(f".{CHECKPOINT}.part")
        try:
            with part.open("wb") as stream:
                torch.save(dict(state), stream)
                stream.flush()
                os.fsync(stream.fileno())
            part.replace(path)
            sync_folder(self._folder)
        except (OSError, RuntimeError) as error:
            part.unlink(missing_ok=True)
            reason = str(error).splitlines()[0]
            raise GxviewError(f"The checkpoint {path} cannot be written: {reason}.") from None

    def load(self) -> dict[str, Any] | None:
        """Return the last state that was written, None if there is none.

        Raises
        ------
        GxviewError
            When it is damaged.
        """
        if self._folder is None or not (self._folder / CHECKPOINT).is_file():
            return None
        path = self._folder / CHECKPOINT
        try:
            state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
        except (OSError, RuntimeError, EOFError, ValueError, KeyError, pickle.UnpicklingError):
            raise GxviewError(f"The checkpoint {path} is damaged; remove {self._folder} to begin anew.") from None
        return state


@contextmanager
def kept_folder(output: Path, run: Mapping[str, Any]) -> Iterator[Path]:
    """Give the folder of a run; the model that was put into its folder ``model`` takes its place at the end.

    After an error or a kill the folder stays, and the next call with the same ``run`` gets it again.

    Parameters
    ----------
    output
        Where the model belongs.
    run
        What makes this run this run, as JSON values.

    Raises
    ------
    GxviewError
        When the folder holds another run, naming what differs; when another process trains in it; or when it cannot be
        written.
    """
    _check_other(output, run)
    check_new(output)
    folder = training_folder(output)
    try:
        make_folder(folder, output)
        lock = FileLock(folder / LOCK)
        if not lock.acquire():
            raise GxviewError(f"Another process is training in {folder}; wait for it, or name another folder.")
        try:
            _claim(folder, output, run)
            yield folder
            (folder / MODEL).replace(output)
            sync_folder(output.parent)
            shutil.rmtree(folder)
        except GxviewError as error:
            if isinstance(error, Diverged) or _is_empty(folder):
                shutil.rmtree(folder)
            raise
        finally:
            lock.release()
    except OSError as error:
        raise GxviewError(f"{folder} cannot be written: {error.strerror or error}.") from None


@contextmanager
def forgetful_folder(output: Path) -> Iterator[Path]:
    """Give a folder in whose folder ``model`` a model is put; it takes its place at the end, or all of it vanishes."""
    with new_folder(output) as aside:
        holder = aside / ".run"
        (holder / MODEL).mkdir(parents=True)
        yield holder
        for path in (holder / MODEL).iterdir():
            path.replace(aside / path.name)
        shutil.rmtree(holder)


def differences(one: Mapping[str, Any], other: Mapping[str, Any], prefix: str = "") -> list[str]:
    """Return the names under which two nested mappings differ, inner ones joined by dots."""
    found = []
    for name in sorted({*one, *other}):
        first, second = one.get(name), other.get(name)
        if isinstance(first, Mapping) and isinstance(second, Mapping):
            found += differences(first, second, f"{prefix}{name}.")
        elif first != second:
            found.append(f"{prefix}{name}")
    return found


def _check_other(output: Path, run: Mapping[str, Any]) -> None:
    """Refuse the folder of another model, saying what differs."""
    report = read_json(output / _METRICS) if (output / _METRICS).is_file() else {}
    if isinstance(report.get("run"), dict) and (apart := differences(report["run"], json.loads(json.dumps(run)))):
        raise GxviewError(
            f"{output} exists already and holds a model whose run differs in {', '.join(apart)}; name another folder, "
            "or remove this one first."
        )


def _is_empty(folder: Path) -> bool:
    """Whether a folder of a run holds nothing that took long."""
    inside = folder / MODEL
    return not (folder / CHECKPOINT).exists() and not any(path.is_dir() for path in inside.iterdir())


def _claim(folder: Path, output: Path, run: Mapping[str, Any]) -> None:
    wanted = json.loads(json.dumps(run))
    if not (folder / RUN).is_file():
        (folder / MODEL).mkdir(exist_ok=True)
        write_durably(folder / RUN, (json.dumps(wanted, indent=2) + "\n").encode())
        return
    apart = differences(read_json(folder / RUN), wanted)
    if apart:
        raise GxviewError(
            f"{folder} holds an unfinished run that differs in {', '.join(apart)}; repeat its own command to finish "
            f"it, name another folder than {output}, or remove {folder}."
        )
