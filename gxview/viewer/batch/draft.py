"""A batch export that a person is writing: the choices, what is wrong with them, and the job file they become."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from psygnal import Signal
from pydantic import ValidationError

from gxview.errors import GxviewError
from gxview.job_file import NAME, JobFile, ModelChoice, read_job, write_job
from gxview.viewer.batch.checks import Situation, is_begun, problems
from gxview.viewer.batch.defaults import default_recipe, named, new_choice
from gxview.viewer.batch.recipe import Recipe, recipe_of
from gxview.viewer.batch.surveys import Surveys
from gxview.viewer.explaining.engine import ModelInfo
from gxview.viewer.explaining.explanations import Explanations
from gxview.viewer.viewer_model import ViewerModel
from gxview.viewer.work.workers import Workers


class Draft:
    """The state of the dialog; `changed` tells that a choice, or what is known about one, is another.

    Parameters
    ----------
    model
        State of the viewer.
    explanations
        Loads models, so that their methods and targets are known.
    workers
        Threads that read files of regions.
    """

    changed = Signal()

    def __init__(self, model: ViewerModel, explanations: Explanations, workers: Workers) -> None:
        self._model = model
        self._explanations = explanations
        self.surveys = Surveys(workers)
        self._recipe = default_recipe(model)
        self.surveys.changed.connect(self.changed.emit)
        model.models_changed.connect(self._on_models)
        self._on_models()

    @property
    def recipe(self) -> Recipe:
        """The choices."""
        return self._recipe

    @property
    def situation(self) -> Situation:
        """What of the window matters."""
        model = self._model
        view = model.camera.view.region if model.camera.is_open else None
        return Situation(model.reference, model.regions.rows, view, model.failed_models, self._members, self.surveys.of)

    def _members(self, key: str) -> int | None:
        info = self._model.model(key)
        return None if info is None else info.members

    @property
    def is_of_window(self) -> bool:
        """Whether the genome is the one that is open, whose chromosomes and regions are known."""
        reference = self._model.reference
        return reference is not None and self._recipe.genome == reference.path.absolute()

    def info(self, choice: ModelChoice) -> ModelInfo | None:
        """Return what is known of a model; None until it is loaded."""
        return self._model.model(choice.model)

    def change(self, **changes: Any) -> None:
        """Make choices, by the fields of a `Recipe`.

        Raises
        ------
        GxviewError
            There is no such choice.
        """
        recipe = self._recipe.with_(**changes)
        if recipe != self._recipe:
            self._recipe = recipe
            self.changed.emit()

    def add_model(self, key: str) -> None:
        """Add a model that is not there yet, and load it so that its methods and targets can be chosen."""
        if key in [choice.model for choice in self._recipe.models]:
            return
        self.change(models=(*self._recipe.models, new_choice(key, self._model.model(key), self._preferred(key))))
        self._explanations.load(key)

    def remove_model(self, place: int) -> None:
        """Take a model out."""
        models = self._recipe.models
        self.change(models=(*models[:place], *models[place + 1 :]))

    def choose(self, place: int, **changes: Any) -> None:
        """Choose methods, targets or strands of a model; none at all is no choice and changes nothing."""
        models = list(self._recipe.models)
        if all(changes.values()):
            models[place] = models[place].model_copy(update={key: tuple(value) for key, value in changes.items()})
            self.change(models=tuple(models))
        else:
            self.changed.emit()

    def problems(self) -> list[str]:
        """Return what is wrong, a sentence each, the first one first."""
        return problems(self._recipe, self.situation)

    @property
    def is_begun(self) -> bool:
        """Whether the folder holds this very export, so that starting it goes on there."""
        return is_begun(self._recipe, self.situation)

    def job(self) -> JobFile:
        """Return the job file.

        Raises
        ------
        GxviewError
            Something is wrong; the first sentence.
        """
        for problem in self.problems():
            raise GxviewError(problem)
        return self._job()

    def save(self, path: Path) -> None:
        """Write the job file; the folder of the results is no part of it.

        Raises
        ------
        GxviewError
            The choices are no job yet, or the file cannot be written.
        """
        if self._recipe.genome is None or not self._recipe.models:
            raise GxviewError(self.problems()[0])
        try:
            write_job(path, self._job())
        except OSError as error:
            raise GxviewError(f"{path} cannot be written: {error.strerror or error}.") from None

    def open(self, path: Path) -> None:
        """Take the choices of a job file; one that lies beside its results names their folder.

        Raises
        ------
        GxviewError
            It is no job file.
        """
        job = read_job(path)
        folder = path.absolute().parent if path.name == NAME else self._recipe.folder
        self._recipe = recipe_of(job, folder)
        for choice in self._recipe.models:
            self._explanations.load(choice.model)
        self._on_models()
        self.changed.emit()

    def close(self) -> None:
        """Listen no more."""
        self._model.models_changed.disconnect(self._on_models, missing_ok=True)
        self.surveys.close()

    def _job(self) -> JobFile:
        now = self.situation
        try:
            return self._recipe.job(now.rows, now.view)
        except ValidationError as error:
            first = error.errors()[0]
            raise GxviewError(f"{'.'.join(map(str, first['loc']))}: {first['msg']}.") from None

    def _on_models(self) -> None:
        """Give what was left open its name once a model is loaded."""
        models = tuple(self._named(choice) for choice in self._recipe.models)
        self._recipe = self._recipe.with_(models=models)
        self.changed.emit()

    def _named(self, choice: ModelChoice) -> ModelChoice:
        info = self.info(choice)
        return choice if info is None else named(choice, info, self._preferred(choice.model))

    def _preferred(self, key: str) -> str:
        info, settings = self._model.model(key), self._model.settings
        if info is None:
            return ""
        return settings.token_method if info.has_tokens else settings.base_method
