"""What the window's device thread owns: loaded models, finished batches, and the batch sizes that fit."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import torch

from gxview.errors import GxviewError
from gxview.explain.cache import BatchCache
from gxview.explain.edit_effect import EditEffect, edit_effect
from gxview.explain.explanation import RegionExplanation
from gxview.explain.keeping import expected_provenance, fingerprint, pack, unpack
from gxview.explain.methods import Method
from gxview.explain.region import default_batch_size, explain_region
from gxview.explain.settings import NO_CLASS, methods_of
from gxview.genome import Edit, Edits, Reference, Region
from gxview.models.base import Model
from gxview.models.ensemble import single_models
from gxview.models.folder import VALUES
from gxview.models.loading import load_model, resolve_device


class Evaluator(Protocol):
    """Evaluates windows of the grid, see `gxview.evaluate.windows`."""

    def evaluate(
        self,
        model: Model,
        reference: Reference,
        region: Region,
        *,
        batch_size: int,
        cache: BatchCache,
        second: str | None,
        cancelled: Callable[[], bool] | None,
        **rules: Any,
    ) -> Sequence[Any]:
        """Return how far each window whose zone begins in a region can be trusted."""


class VariantScorer(Protocol):
    """Scores variants, see `gxview.assess.variants.live`."""

    def infos(self, model: Model) -> tuple[Any, ...]:
        """Return the scores that a model gives, each with ``name`` and ``label``."""

    def score(
        self,
        model: Model,
        reference: Reference,
        variants: Sequence[Any],
        *,
        scores: Sequence[str] | None,
        cancelled: Callable[[], bool] | None,
    ) -> Sequence[Any]:
        """Return what a model says about each variant."""


Exporter = Callable[[Path, Sequence[RegionExplanation], Region, Reference], Sequence[Path]]


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """A loaded model as a panel shows it.

    Attributes
    ----------
    key : str
        What ``explain_region(model=...)`` takes: the name or folder it was loaded by.
    name, kind, window_length, targets, content_hash
        See :class:`~gxview.models.base.Model`.
    methods : tuple of Method
        Methods that explain it as it is, the default first.
    device : str
        Where it runs.
    positive : int
        Index of the target explained by default; 0 where the model names none.
    has_tokens : bool
        Whether its explanations carry tokens.
    notes : tuple of str
        What a person should know about it.
    numbers : bool
        Whether it predicts numbers, so that its score is no probability.
    scores : tuple
        What it says about variants, each with ``name`` and ``label``.
    members : int
        Models that answer together; 1 of a single one.
    """

    key: str
    name: str
    kind: str
    window_length: int
    targets: tuple[str, ...]
    methods: tuple[Method, ...]
    device: str
    positive: int
    has_tokens: bool
    content_hash: str
    notes: tuple[str, ...]
    numbers: bool = False
    scores: tuple[Any, ...] = ()
    members: int = 1


class Engine:
    """Loads models, explains regions with them and hands explanations to the exporter; for one thread.

    Parameters
    ----------
    exporter : callable
        ``exporter(path, tiles, region, reference)`` writes the part of adjacent explanations that lies in a region.
    evaluator : Evaluator, optional
        Evaluates explanations; without it nothing can be evaluated.
    scorer : VariantScorer, optional
        Scores variants; without it none can be scored.
    """

    def __init__(
        self, exporter: Exporter, evaluator: Evaluator | None = None, scorer: VariantScorer | None = None
    ) -> None:
        self._exporter = exporter
        self._evaluator = evaluator
        self._scorer = scorer
        self._models: dict[tuple[str, torch.device], Model] = {}
        self._current: dict[str, Model] = {}
        self._sizes: dict[tuple[str, str, int | None], int] = {}
        self._cache = BatchCache()
        self._suggested = torch.get_num_threads()

    def load(self, path_or_name: str, device: str = "auto") -> ModelInfo:
        """Load a model, or return the one already loaded on this device; later calls by its name mean this one.

        Raises
        ------
        GxviewError
            If it cannot be loaded or has no classifier to explain.
        """
        place = resolve_device(device)
        key = (path_or_name, place)
        if key not in self._models:
            model = load_model(path_or_name, place)
            if not methods_of(model):
                model.require_classifier()
            self._models[key] = model
        self._current[path_or_name] = self._models[key]
        scores = self._scorer.infos(self._models[key]) if self._scorer is not None else ()
        return _info(path_or_name, self._models[key], scores)

    def set_threads(self, number: int) -> None:
        """Compute with so many threads from now on; 0 for those that the machine suggests. For the calling thread."""
        number = number or self._suggested
        if number != torch.get_num_threads():
            torch.set_num_threads(number)
            # the last bits of the numbers depend on it
            self._cache = BatchCache()

    def fingerprint(self, reference: Reference, region: Region, *, model: str, **rules: Any) -> str:
        """Name the explanation that :meth:`explain_region` would give of a region; what was computed has this name.

        Parameters
        ----------
        reference, region, model, rules
            As in :meth:`explain_region`.
        """
        chosen = self._model(model)
        rules = _with_method(chosen, rules)
        size = self._sizes.get(self._size_key(chosen, rules)) or default_batch_size(chosen)
        return fingerprint(expected_provenance(chosen, reference, size, **rules), region)

    def pack(self, explanation: RegionExplanation) -> tuple[str, bytes]:
        """Return the name of an explanation, see :meth:`fingerprint`, and the explanation as bytes."""
        return fingerprint(explanation.provenance, explanation.region), pack(explanation)

    def unpack(self, data: bytes) -> RegionExplanation:
        """Return the explanation that :meth:`pack` made bytes of; ValueError if it is none."""
        return unpack(data)

    def explain_region(
        self,
        reference: Reference,
        region: Region,
        *,
        model: str,
        progress: Callable[[int, int], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
        **rules: Any,
    ) -> RegionExplanation:
        """Explain every base of a region with a loaded model, or one that is loaded now.

        Parameters
        ----------
        reference, region, progress, cancelled
            See :func:`~gxview.explain.region.explain_region`.
        model : str
            Name or folder, as given to :meth:`load`.
        rules
            Further arguments of :func:`~gxview.explain.region.explain_region`.
        """
        chosen = self._model(model)
        rules = _with_method(chosen, rules)
        key = self._size_key(chosen, rules)
        result = explain_region(
            chosen,
            reference,
            region,
            batch_size=self._sizes.get(key),
            cache=self._cache,
            progress=progress,
            cancelled=cancelled,
            **rules,
        )
        self._sizes[key] = int(result.provenance["batch_size"])
        return result

    def edit_effect(self, reference: Reference, edits: Edits, edit: Edit, *, model: str, **rules: Any) -> EditEffect:
        """Compare reference and edited sequence around one edit.

        Parameters
        ----------
        reference, edits, edit
            See :func:`~gxview.explain.edit_effect.edit_effect`.
        model : str
            Name or folder, as given to :meth:`load`.
        rules
            As in :meth:`explain_region`.
        """
        chosen = self._model(model)
        size = self._sizes.get(self._size_key(chosen, rules)) or default_batch_size(chosen)
        return edit_effect(chosen, reference, edits, edit, batch_size=size, cache=self._cache, **rules)

    def evaluate(
        self,
        reference: Reference,
        region: Region,
        *,
        model: str,
        second: str | None = None,
        cancelled: Callable[[], bool] | None = None,
        **rules: Any,
    ) -> Sequence[Any]:
        """Return how far the windows of the grid whose zone begins in a region can be trusted.

        Parameters
        ----------
        reference, region, model, rules
            As in :meth:`explain_region`, whose finished batches are used.
        second : str, optional
            Method that the explanation is compared with.
        cancelled : callable, optional
            Asked between numbers.

        Raises
        ------
        GxviewError
            If the engine has no evaluator.
        """
        if self._evaluator is None:
            raise GxviewError("This engine explains only; give it an evaluator.")
        chosen = self._model(model)
        size = self._sizes.get(self._size_key(chosen, rules)) or default_batch_size(chosen)
        return self._evaluator.evaluate(
            chosen,
            reference,
            region,
            batch_size=size,
            cache=self._cache,
            second=second,
            cancelled=cancelled,
            **rules,
        )

    def score_variants(
        self,
        reference: Reference,
        variants: Sequence[Any],
        *,
        model: str,
        scores: Sequence[str] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> Sequence[Any]:
        """Return what a model says about each of some variants.

        Parameters
        ----------
        reference : Reference
            The genome.
        variants : sequence of gxview.tracks.Variant
            With the names of its chromosomes.
        model : str
            Name or folder, as given to :meth:`load`.
        scores : sequence of str, optional
            Names of scores.
        cancelled : callable, optional
            Asked between batches.

        Raises
        ------
        GxviewError
            If the engine has no scorer, or the model does not give such a score.
        """
        if self._scorer is None:
            raise GxviewError("This engine explains only; give it a scorer of variants.")
        return self._scorer.score(self._model(model), reference, variants, scores=scores, cancelled=cancelled)

    def _model(self, name: str) -> Model:
        if name not in self._current:
            self.load(name)
        return self._current[name]

    @staticmethod
    def _size_key(model: Model, rules: Mapping[str, Any]) -> tuple[str, str, int | None]:
        return model.content_hash, str(model.device), rules.get("window")

    def export(
        self, path: Path, tiles: Sequence[RegionExplanation], region: Region, reference: Reference
    ) -> Sequence[Path]:
        """Write the part of adjacent explanations that lies in a region; return the files written."""
        return self._exporter(path, tiles, region, reference)

    def devices(self) -> tuple[str, ...]:
        """Name the devices of this machine, the one that ``'auto'`` takes first."""
        found = [f"cuda:{index}" for index in range(torch.cuda.device_count())]
        if torch.backends.mps.is_available():
            found.append("mps")
        return (*found, "cpu")


def _with_method(model: Model, rules: dict[str, Any]) -> dict[str, Any]:
    """Name the method where it is left open: the first that a panel lists for this model."""
    return {**rules, "method": rules.get("method") or methods_of(model)[0].name}


def _info(key: str, model: Model, scores: tuple[Any, ...]) -> ModelInfo:
    return ModelInfo(
        key=key,
        name=model.name,
        kind=model.kind,
        window_length=model.window_length,
        targets=model.targets or (NO_CLASS,),
        methods=methods_of(model),
        device=str(model.device),
        positive=model.positive or 0,
        has_tokens=model.kind == "dnabert2",
        content_hash=model.content_hash,
        notes=model.notes,
        numbers=model.problem_type == VALUES,
        scores=scores,
        members=len(single_models(model)),
    )
