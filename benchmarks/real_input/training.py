"""Training the models of the evaluation; what is trained already is read again."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from gxview.models.fit import TrainProgress
from gxview.models.labelled import LabelledSequences
from gxview.models.pretrain import pretrain_masked_lm
from gxview.models.train import TrainSettings, train_classifier

TIMINGS = "timings.json"


@dataclass(frozen=True)
class Workshop:
    """The folder of trained models, outside of version control."""

    folder: Path

    def model(self, name: str) -> Path:
        """Return the folder of a model."""
        return self.folder / "models" / name

    def classifier(
        self, settings: TrainSettings, data: LabelledSequences, validation: LabelledSequences | None = None
    ) -> Path:
        """Train a classifier unless its folder exists."""
        return self._once(settings, lambda: train_classifier(settings, data, validation, progress=_show(settings)))

    def language_model(self, settings: TrainSettings, sequences: Sequence[str]) -> Path:
        """Pre-train a masked language model unless its folder exists."""
        return self._once(settings, lambda: pretrain_masked_lm(settings, sequences, progress=_show(settings)))

    def seconds(self, name: str) -> float | None:
        """Return the wall-clock seconds that training took, None when not known."""
        value = self._timings().get(name)
        return None if value is None else float(value)

    def _once(self, settings: TrainSettings, train: Callable[[], object]) -> Path:
        folder = Path(settings.output)
        if (folder / "config.json").is_file():
            return folder
        folder.parent.mkdir(parents=True, exist_ok=True)
        began = time.monotonic()
        train()
        timings = self._timings() | {folder.name: round(time.monotonic() - began, 1)}
        (self.folder / TIMINGS).write_text(json.dumps(timings, indent=1), encoding="utf-8")
        return folder

    def _timings(self) -> dict[str, float]:
        path = self.folder / TIMINGS
        return dict(json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else {}


def _show(settings: TrainSettings) -> Callable[[TrainProgress], None]:
    """Return a callback that prints a line after each epoch."""

    def show(progress: TrainProgress) -> None:
        if progress.step == progress.steps:
            auroc = progress.measures.get("auroc")
            more = "" if auroc is None else f", validation AUROC {auroc:.4f}"
            where = f"epoch {progress.epoch} of {progress.epochs}"
            print(f"{Path(settings.output).name}: {where}, loss {progress.loss:.4f}{more}", file=sys.stderr, flush=True)

    return show
