"""The devices and the folder of a run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from gxview.models.loading import resolve_device
from gxview.models.train_settings import TrainSettings
from gxview.models.training.checkpoint import forgetful_folder, kept_folder, training_folder
from gxview.models.training.devices import Devices, OneDevice, SeveralDevices, processes


def devices_of(settings: TrainSettings) -> Devices:
    """Return where the training of some settings happens."""
    if processes() > 1:
        return SeveralDevices(settings.device, settings.precision)
    return OneDevice(resolve_device(settings.device), settings.precision)


@contextmanager
def run_folder(settings: TrainSettings, run: Mapping[str, Any], devices: Devices) -> Iterator[Path]:
    """Give the folder of a run; of several processes the first one makes it and puts its model in place."""
    if devices.rank:
        devices.any(False)
        yield training_folder(settings.output)
        return
    kept = settings.checkpoint_every is not None or devices.world > 1
    with kept_folder(settings.output, run) if kept else forgetful_folder(settings.output) as folder:
        devices.any(False)
        yield folder
