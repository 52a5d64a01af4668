"""Adds and changes explanations: the tracks they show and the models they need."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from gxview.viewer.explaining.device import DeviceThread, Priority
from gxview.viewer.explaining.engine import EngineProtocol, MethodInfo, ModelInfo
from gxview.viewer.explaining.model_keys import is_randomised, split_key
from gxview.viewer.tracks.kinds import RelevanceTrack, ScoreTrack, TokenTrack, Track, model_of
from gxview.viewer.tracks.options import ExplainOptions
from gxview.viewer.tracks.scale import ScaleOptions
from gxview.viewer.viewer_model import ViewerModel
from gxview.viewer.work.jobs import JobList, JobState
from gxview.viewer.work.notices import Notices
from gxview.viewer.work.workers import AskCancelled, Outcome, Progress


class Explanations:
    """Explanation tracks and their models.

    Parameters
    ----------
    model
        State of the viewer.
    device
        Where models are loaded.
    jobs, notices
        Where that is shown.
    """

    def __init__(self, model: ViewerModel, device: DeviceThread, jobs: JobList, notices: Notices) -> None:
        self._model = model
        self._device = device
        self._jobs = jobs
        self._notices = notices
        self._loading: set[str] = set()
        self._new: set[str] = set()
        model.settings.events.device.connect(lambda _device: self._reload())
        model.tracks.inserted.connect(lambda _index, track: self._load_for(track))
        model.tracks.edited.connect(lambda track, field: self._load_for(track) if field == "options" else None)

    def add(self, key: str, **choices: Any) -> RelevanceTrack:
        """Add the tracks of an explanation by a model below all others, and load the model.

        Parameters
        ----------
        key
            Name or folder of the model.
        choices
            Fields of `ExplainOptions`.
        """
        name = self._name(key)
        track = RelevanceTrack(name=name, options=ExplainOptions(model=key, **choices))
        self._new.add(track.id)
        tracks = self._model.tracks
        tracks.append(ScoreTrack(name=f"{name} score", of=track.id))
        tracks.append(track)
        tracks.selected = track
        self._prefer(track)
        self._fit_parts(track)
        return track

    def change(self, track: RelevanceTrack, **changes: Any) -> None:
        """Change options of an explanation; another model begins with its own defaults."""
        options = track.options
        if changes.get("model", options.model) != options.model:
            before = self._name(options.model)
            kept = {"strand": options.strand, "phases": options.phases, "edited": options.edited}
            track.options = ExplainOptions(**{**kept, **changes})
            self._new.add(track.id)
            self._rename(track, before)
            self._prefer(track)
            self._fit_parts(track)
        else:
            track.options = options.with_(**changes)

    def load(self, key: str) -> None:
        """Load a model unless that was done or is under way."""
        if not key or key in self._loading or self._model.model(key) is not None:
            return
        name = self._name(key)
        self._model.add_model(key, name)
        device = self._model.settings.device
        job = self._jobs.start(f"Loading {name}")
        self._loading.add(key)

        def done(outcome: Outcome) -> None:
            self._loading.discard(key)
            if outcome.ok:
                info, devices = outcome.value
                self._jobs.end(job, JobState.DONE)
                self._model.set_devices(devices)
                self._loaded(key, info)
            elif not outcome.cancelled:
                self._jobs.end(job, JobState.FAILED, outcome.error)
                self._model.set_failed(key, outcome.error)
                self._notices.error(outcome.error)

        def work(engine: EngineProtocol, _tell: Progress, _ask: AskCancelled) -> tuple[ModelInfo, tuple[str, ...]]:
            return engine.load(key, device), engine.devices()

        self._device.submit(Priority.SCREEN, work, done, lambda: self._jobs.run(job))

    def info(self, track: RelevanceTrack) -> ModelInfo | None:
        """Return what is known of the model of a track."""
        return self._model.model(track.options.model)

    def method(self, track: RelevanceTrack) -> MethodInfo | None:
        """Return the method of a track: the chosen one, or the default of its model."""
        info = self.info(track)
        if info is None or not info.methods:
            return None
        chosen = [method for method in info.methods if method.name == track.options.method]
        return (chosen or list(info.methods))[0]

    def describe(self, track: RelevanceTrack) -> list[str]:
        """Say in a few short lines which explanation a track shows."""
        info, method = self.info(track), self.method(track)
        if info is None or method is None:
            return []
        strand = {"+": "plus strand", "-": "minus strand"}.get(track.options.strand, "both strands")
        return [method.label, f"target {self.target_name(track)}", strand]

    def target_name(self, track: RelevanceTrack) -> str:
        """Return the name of the explained target."""
        info, target = self.info(track), track.options.target
        if info is None:
            return ""
        if target is None:
            target = info.positive
        return info.targets[target] if isinstance(target, int) and target < len(info.targets) else str(target)

    def score_name(self, track: RelevanceTrack) -> str:
        """Return the name of what the score is: the probability of a class, or a predicted number."""
        info, target = self.info(track), self.target_name(track)
        return target if info is None or info.numbers else f"P({target})"

    def _loaded(self, key: str, info: ModelInfo) -> None:
        before = self._name(key)
        self._model.set_loaded(key, info)
        for note in () if is_randomised(key) else info.notes:
            self._notices.warning(f"{info.name}: {note}")
        with self._model.unrecorded():
            for track in self._model.tracks.relevance():
                if track.options.model == key:
                    self._rename(track, before)
                    self._prefer(track)
        self.fit()

    def fit(self) -> None:
        """Give every explanation of a loaded model the parts that it has."""
        with self._model.unrecorded():
            for track in self._model.tracks.relevance():
                self._fit_parts(track)

    def _prefer(self, track: RelevanceTrack) -> None:
        """Give a new explanation the method that the person prefers, once its model is known and if it has it."""
        info, settings = self.info(track), self._model.settings
        if info is None or track.id not in self._new:
            return
        self._new.discard(track.id)
        if info.numbers:
            for part in self._model.tracks.parts(track):
                if isinstance(part, ScoreTrack):
                    part.scale = ScaleOptions(mode="auto")
        wanted = settings.token_method if info.has_tokens else settings.base_method
        if track.options.method is None and wanted in [method.name for method in info.methods]:
            track.options = track.options.with_(method=wanted)

    def _load_for(self, track: Track) -> None:
        if isinstance(track, RelevanceTrack):
            self.load(track.options.model)

    def _name(self, key: str) -> str:
        name, suffix = split_key(key)
        return self._model.known_models.get(key) or (Path(name).name or name) + suffix

    def _rename(self, track: RelevanceTrack, before: str) -> None:
        """Name an explanation and its parts by the model, where they still bear the name of the model before."""
        name = self._name(track.options.model)
        for one in (track, *self._model.tracks.parts(track)):
            if one.name.startswith(before) if before else not one.name:
                one.name = name + one.name.removeprefix(before)

    def _fit_parts(self, track: RelevanceTrack) -> None:
        info = self.info(track)
        if track.control:
            return
        lanes = [part for part in self._model.tracks.parts(track) if isinstance(part, TokenTrack)]
        if info is not None and info.has_tokens and not lanes:
            lane = TokenTrack(name=f"{info.name} tokens", of=track.id, group=track.group)
            self._model.tracks.insert(self._model.tracks.index(track) + 1, lane)
        elif info is not None and not info.has_tokens:
            for lane in lanes:
                self._model.tracks.remove(lane)

    def _reload(self) -> None:
        self._model.unload_all()
        for track in self._model.tracks:
            self.load(model_of(track))
