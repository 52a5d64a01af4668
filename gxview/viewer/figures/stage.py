"""A second look at the same data: figures are drawn from it while the window stays where it is."""

from __future__ import annotations

from gxview.viewer.data.track_data import LETTERS
from gxview.viewer.settings.settings import Settings
from gxview.viewer.tracks.groups import TrackGroup
from gxview.viewer.tracks.kinds import track_from
from gxview.viewer.viewer import Viewer
from gxview.viewer.viewer_model import ViewerModel


class Stage(Viewer):
    """A viewer with its own cameras and copies of the tracks, which keep their identifiers.

    It shares threads, open files, models and explained tiles with the viewer that it was made from, and explains
    whatever its cameras show.

    Parameters
    ----------
    viewer
        What is copied.
    """

    def __init__(self, viewer: Viewer) -> None:
        self._of = viewer
        model = ViewerModel(viewer.model.known_models)
        model.settings = Settings(**{**viewer.model.settings.model_dump(), "live": True})
        # before anything listens: another reference empties the tiles, which are shared
        model.reference = viewer.model.reference
        model.edits.value = viewer.model.edits.value
        self._set_up(viewer.shared, model)
        # what is read depends on the zoom, and so on a width that is near that of the figure
        self.model.camera.resize(viewer.model.camera.view.width)
        self._take_models()
        self._copy_tracks()
        self._copy_regions()
        viewer.model.models_changed.connect(self._take_models)

    def close(self, timeout: float = 0.0) -> bool:
        """Ask for nothing more; the threads belong to the viewer and go on."""
        self._of.model.models_changed.disconnect(self._take_models, missing_ok=True)
        self.live.close()
        self.mutagenesis.close()
        self.scores.close()
        self.trust.close()
        self.effects.close()
        for owner in (LETTERS, *(track.id for track in self.model.tracks)):
            self._fetcher.forget(owner)
        return True

    def copy_loci(self) -> None:
        """Look where the viewer looks, with cameras as wide as its own."""
        loci, views = self.model.loci, self._of.model.loci.views
        while len(loci) < len(views):
            loci.add()
        while len(loci) > max(1, len(views)):
            loci.remove(loci.cameras[-1])
        for camera, view in zip(loci.cameras, views, strict=False):
            camera.resize(view.width)
            camera.show(view.chrom, view.chrom_length, view.start, view.end)

    def _take_models(self) -> None:
        for key, info in self._of.model.loaded_models.items():
            if self.model.model(key) is not info:
                self.model.set_loaded(key, info)
        for key, reason in self._of.model.failed_models.items():
            self.model.set_failed(key, reason)

    def _copy_tracks(self) -> None:
        tracks = self._of.model.tracks
        for track in tracks:
            copy = track_from(track.model_dump())
            if (source := self._of.data.source(track)) is not None:
                self.data.attach(copy, source)
            self.model.tracks.append(copy)
        for group in tracks.groups:
            self.model.tracks.add_group(TrackGroup(**group.model_dump()))
        self.model.tracks.solo = tracks.solo

    def _copy_regions(self) -> None:
        self.model.regions.rows = self._of.model.regions.rows
        self.model.peaks.rows = self._of.model.peaks.rows
        self.navigator.active = self._of.navigator.active
