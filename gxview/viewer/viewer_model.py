"""The state of the window: one object that sessions save and every panel listens to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from psygnal import Signal

from gxview.genome import Reference
from gxview.viewer.editing.edit_list import EditList
from gxview.viewer.explaining.engine import ModelInfo
from gxview.viewer.explaining.model_keys import is_randomised
from gxview.viewer.places.camera import Camera
from gxview.viewer.places.loci import Loci
from gxview.viewer.places.regions import RegionTable
from gxview.viewer.places.selection import BaseSelection
from gxview.viewer.settings.settings import Settings
from gxview.viewer.tracks.tracklist import TrackList


class ViewerModel:
    """Reference, tracks, loci, tables of regions and peaks, edits, selected bases, settings and known models.

    Parameters
    ----------
    known_models
        Shown name of each model that can be chosen, by its key (a name or a folder).
    """

    reference_changed = Signal(object)
    models_changed = Signal()

    def __init__(self, known_models: Mapping[str, str] | None = None) -> None:
        self.loci = Loci()
        self.tracks = TrackList()
        self.regions = RegionTable()
        self.peaks = RegionTable()
        self.edits = EditList()
        self.bases = BaseSelection()
        self.settings = Settings()
        self._reference: Reference | None = None
        self._known = dict(known_models or {})
        self._loaded: dict[str, ModelInfo] = {}
        self._failed: dict[str, str] = {}
        self._devices: tuple[str, ...] = ()
        self._unrecorded = 0

    @property
    def camera(self) -> Camera:
        """The camera of the active locus; listen to `loci.moved`, which tells of all of them."""
        return self.loci.active

    @property
    def is_recording(self) -> bool:
        """Whether changes made now are steps that can be undone."""
        return self._unrecorded == 0

    @contextmanager
    def unrecorded(self) -> Iterator[None]:
        """Make changes that follow from others, or that the machine makes: no steps of their own."""
        self._unrecorded += 1
        try:
            yield
        finally:
            self._unrecorded -= 1

    @property
    def reference(self) -> Reference | None:
        """The genome that is open."""
        return self._reference

    @reference.setter
    def reference(self, reference: Reference | None) -> None:
        if reference is not self._reference:
            self._reference = reference
            self.bases.clear()
            self.edits.restore(())
            self.reference_changed.emit(reference)

    @property
    def known_models(self) -> Mapping[str, str]:
        """Shown name of each model by key, loaded or not."""
        return self._known

    @property
    def offered_models(self) -> Mapping[str, str]:
        """Known models but those with random weights, which only controls explain with."""
        return {key: name for key, name in self._known.items() if not is_randomised(key)}

    def model(self, key: str) -> ModelInfo | None:
        """Return what is known of a loaded model."""
        return self._loaded.get(key)

    @property
    def loaded_models(self) -> Mapping[str, ModelInfo]:
        """The models that were loaded, by key."""
        return self._loaded

    @property
    def failed_models(self) -> Mapping[str, str]:
        """Why a model cannot be used, by key."""
        return self._failed

    @property
    def devices(self) -> tuple[str, ...]:
        """Devices of this machine; empty until the engine was asked, which is when the first model is loaded."""
        return self._devices

    def set_devices(self, devices: tuple[str, ...]) -> None:
        """Note which devices there are."""
        self._devices = devices

    def add_model(self, key: str, name: str) -> None:
        """Offer a model."""
        if key not in self._known:
            self._known[key] = name
            self.models_changed.emit()

    def set_loaded(self, key: str, info: ModelInfo) -> None:
        """Note that a model is loaded."""
        self._known[key] = info.name
        self._loaded[key] = info
        self._failed.pop(key, None)
        self.models_changed.emit()

    def set_failed(self, key: str, reason: str) -> None:
        """Note why a model cannot be loaded."""
        self._failed[key] = reason
        self.models_changed.emit()

    def unload_all(self) -> None:
        """Forget what was loaded, for instance because the device changed."""
        self._loaded.clear()
        self._failed.clear()
        self.models_changed.emit()
