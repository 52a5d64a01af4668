"""``gxview train``: a classifier from labelled sequences, a masked language model from plain ones."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from gxview.errors import UsageError

if TYPE_CHECKING:
    from gxview.models.fit import Optimisation, Progress, TrainProgress
    from gxview.models.labelled import LabelledSequences
    from gxview.models.train_settings import TrainSettings


class Kind(StrEnum):
    """Kinds of models that can be trained."""

    cnn = "cnn"
    dnabert2 = "dnabert2"


@dataclass(frozen=True)
class Sources:
    """The files that training reads."""

    data: Path | None
    positives: Path | None
    negatives: Path | None
    validation: Path | None
    pretrain: Path | None

    def check(self) -> None:
        """Raise :class:`~gxview.errors.UsageError` unless the files make one task."""
        if (self.positives is None) != (self.negatives is None):
            raise UsageError("Give --positives and --negatives together.")
        if self.data is not None and self.positives is not None:
            raise UsageError("Give either --data or --positives with --negatives, not both.")
        if not self.labelled and self.pretrain is None:
            raise UsageError("Give --data CSV, or --positives and --negatives FASTA, or --pretrain FASTA.")
        if self.validation is not None and not self.labelled:
            raise UsageError("--validation needs --data, or --positives and --negatives.")

    @property
    def labelled(self) -> bool:
        """Whether there are labelled sequences."""
        return self.data is not None or self.positives is not None

    def read(self) -> tuple[LabelledSequences, LabelledSequences | None]:
        """Return the training sequences and, where a file was given, the validation sequences."""
        from gxview.models.labelled import read_csv, read_fasta_pair

        held = None if self.validation is None else read_csv(self.validation)
        if self.data is not None:
            return read_csv(self.data), held
        assert self.positives is not None
        assert self.negatives is not None
        return read_fasta_pair(self.positives, self.negatives), held


def run(
    settings: TrainSettings, sources: Sources, changes: dict[str, Any], pretrain_epochs: int | None
) -> dict[str, Any]:
    """Pre-train, train or both, with progress on stderr; return what ``--json`` prints."""
    from gxview.models.saving import check_new

    sources.check()
    check_new(settings.output)
    if not sources.labelled:
        assert sources.pretrain is not None
        return _language_model(settings, sources.pretrain, changes)
    data, held = sources.read()
    settings = replace(settings, optimisation=_changed(settings.recipe, changes))
    if sources.pretrain is None:
        return _classifier(settings, data, held)
    settings.output.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{settings.output.name}.", dir=settings.output.parent) as folder:
        between = Path(folder) / "pretrained"
        _language_model(replace(settings, output=between), sources.pretrain, {"epochs": pretrain_epochs})
        return _classifier(replace(settings, start_from=between), data, held)


def _classifier(settings: TrainSettings, data: LabelledSequences, held: LabelledSequences | None) -> dict[str, Any]:
    from gxview.models.train import train_classifier

    with progress_bar() as progress:
        result = train_classifier(settings, data, held, progress=progress)
    return {"model": str(result.folder), "best_epoch": result.best_epoch, "validation": result.measures}


def _language_model(settings: TrainSettings, fasta: Path, changes: dict[str, Any]) -> dict[str, Any]:
    from gxview.models.fit import PRETRAINING
    from gxview.models.labelled import read_fasta
    from gxview.models.pretrain import pretrain_masked_lm

    sequences, file = read_fasta(fasta)
    settings = replace(settings, optimisation=_changed(PRETRAINING, changes))
    with progress_bar() as progress:
        result = pretrain_masked_lm(settings, sequences, files=[file], progress=progress)
    return {"model": str(result.folder), "losses": result.losses}


def _changed(recipe: Optimisation, changes: dict[str, Any]) -> Optimisation:
    return replace(recipe, **{name: value for name, value in changes.items() if value is not None})


@contextmanager
def progress_bar() -> Iterator[Progress]:
    """Give a callback that draws a bar for the running epoch and writes a line for each finished one, on stderr."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[loss]}"), TimeRemainingColumn()
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("reading", total=None, loss="")

        def show(now: TrainProgress) -> None:
            name = f"{now.phase} epoch {now.epoch}/{now.epochs}"
            bar.update(task, description=name, total=now.steps, completed=now.step, loss=f"loss {now.loss:.4f}")
            if now.step == now.steps:
                measured = "".join(f"  {key} {value:.4f}" for key, value in now.measures.items())
                bar.console.print(f"{name}  loss {now.loss:.4f}{measured}", highlight=False, soft_wrap=True)

        yield show


def class_weights(text: str) -> Literal["none", "balanced"] | tuple[float, ...]:
    """Read ``none``, ``balanced`` or numbers parted by commas."""
    if text == "none":
        return "none"
    if text == "balanced":
        return "balanced"
    try:
        return tuple(float(number) for number in text.split(","))
    except ValueError:
        raise UsageError(
            f"--class-weights takes none, balanced or one number per class as in 1,3.5, not {text!r}."
        ) from None


def _kind(kind: Kind | None, start_from: str | None, pretrain: Path | None) -> Kind:
    """Return the kind that was asked for, else that of the folder to start from, else what the files suggest."""
    if kind is not None:
        return kind
    if start_from is not None:
        from gxview.models.folder import ModelFolder
        from gxview.models.loading import resolve_folder
        from gxview.models.registry import kind_of

        return Kind(kind_of(ModelFolder.open(resolve_folder(start_from))).name)
    return Kind.cnn if pretrain is None else Kind.dnabert2


def register(app: typer.Typer) -> None:
    """Add the command ``train``."""

    @app.command()
    def train(
        output: Annotated[Path, typer.Option("--output", "-o", help="New folder for the model.")],
        kind: Annotated[Kind | None, typer.Option(help="What to train; cnn if nothing says otherwise.")] = None,
        data: Annotated[Path | None, typer.Option(help="CSV (or .gz) with the columns sequence and label.")] = None,
        positives: Annotated[Path | None, typer.Option(help="FASTA of class 1.")] = None,
        negatives: Annotated[Path | None, typer.Option(help="FASTA of class 0.")] = None,
        validation: Annotated[Path | None, typer.Option(help="CSV for validation, instead of a share.")] = None,
        validation_share: Annotated[float, typer.Option(help="Share of the training sequences held back.")] = 0.1,
        pretrain: Annotated[Path | None, typer.Option(help="FASTA for masked-LM pre-training, first or only.")] = None,
        pretrain_epochs: Annotated[int | None, typer.Option(help="Epochs of pre-training before training.")] = None,
        start_from: Annotated[
            str | None, typer.Option("--from", help="Model folder or hub name to go on from.")
        ] = None,
        tokenizer: Annotated[Path | None, typer.Option(help="tokenizer.json (DNABERT-2); else one is trained.")] = None,
        preset: Annotated[str, typer.Option(help="Shape of a new CNN; see gxview models.")] = "promoter-small",
        hidden: Annotated[int, typer.Option(help="Width of a new DNABERT-2.")] = 128,
        layers: Annotated[int, typer.Option(help="Layers of a new DNABERT-2.")] = 4,
        heads: Annotated[int, typer.Option(help="Attention heads of a new DNABERT-2.")] = 8,
        vocab: Annotated[int, typer.Option(help="Tokens of a new tokenizer.")] = 1024,
        epochs: Annotated[int | None, typer.Option(help="Most passes over the data.")] = None,
        batch_size: Annotated[int | None, typer.Option(help="Sequences of a step.")] = None,
        learning_rate: Annotated[float | None, typer.Option(help="3e-5 with --from, 5e-4 without; 1e-3 (CNN).")] = None,
        weight_decay: Annotated[float | None, typer.Option(help="Of AdamW.")] = None,
        warmup_steps: Annotated[int | None, typer.Option(help="Steps in which the learning rate rises.")] = None,
        patience: Annotated[int | None, typer.Option(help="Epochs without improvement before stopping.")] = None,
        class_weight: Annotated[str, typer.Option("--class-weights", help="none, balanced, or as in 1,3.5.")] = "none",
        reverse_complement: Annotated[
            bool, typer.Option("--reverse-complement", help="Show half of the sequences as their other strand.")
        ] = False,
        name: Annotated[str | None, typer.Option(help="Name of the model.")] = None,
        targets: Annotated[str | None, typer.Option(help="Names of the classes, as in background,promoter.")] = None,
        window: Annotated[int | None, typer.Option(help="Bases of a window on a genome.")] = None,
        seed: Annotated[int, typer.Option(help="Of everything random.")] = 42,
        device: Annotated[str, typer.Option(help="cpu, cuda, mps or auto.")] = "auto",
        as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    ) -> None:
        """Train a CNN or a DNABERT-2 on labelled sequences and write its folder with metrics.json."""
        from gxview.models.train_settings import TrainSettings, TransformerSize

        sources = Sources(data, positives, negatives, validation, pretrain)
        sources.check()
        settings = TrainSettings(
            kind=_kind(kind, start_from, pretrain).value,
            output=output,
            name=name,
            targets=tuple(targets.split(",")) if targets else None,
            window_length=window,
            preset=preset,
            size=TransformerSize(hidden, layers, heads, vocab),
            start_from=start_from,
            tokenizer=tokenizer,
            validation_share=validation_share,
            class_weights=class_weights(class_weight),
            reverse_complement=reverse_complement,
            seed=seed,
            device=device,
        )
        changes = {
            "epochs": epochs,
            "batch_size": batch_size,
            "learning_rate": learning_rate,
            "weight_decay": weight_decay,
            "warmup_steps": warmup_steps,
            "patience": patience,
        }
        result = run(settings, sources, changes, pretrain_epochs)
        typer.echo(json.dumps(result, indent=2) if as_json else "\n".join(_lines(result)))


def _lines(result: dict[str, Any]) -> Iterator[str]:
    yield f"wrote {result['model']}"
    if "losses" in result:
        yield f"  masked-LM loss of the last epoch  {result['losses'][-1]:.4f}"
    for name, value in result.get("validation", {}).items():
        yield f"  {name.replace('_', ' '):<16} {value:.4f}"
