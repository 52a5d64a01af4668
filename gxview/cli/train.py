"""``gxview train``: a classifier from labelled sequences, a masked language model from plain ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, cast

import typer

from gxview.cli.running import check_progress
from gxview.errors import UsageError

if TYPE_CHECKING:
    from gxview.models.fit import Auxiliary


class Kind(StrEnum):
    """Kinds of models that can be trained."""

    cnn = "cnn"
    dnabert2 = "dnabert2"


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


def _pairs(weight: float | None, task: str) -> Callable[[Sequence[str]], Auxiliary] | None:
    """Return what makes the loss on pairs of the invariance test, None where it was not asked for."""
    if weight is None:
        return None
    if task != "classification":
        raise UsageError(f"--mit-pairs teaches which of two sequences is the promoter; --task {task} has no promoters.")
    from gxview.assess.mit.contrast import PairLoss

    return PairLoss(weight).fitted


def register(app: typer.Typer) -> None:
    """Add the command ``train``."""

    @app.command()
    def train(
        output: Annotated[Path, typer.Option("--output", "-o", help="New folder for the model.")],
        kind: Annotated[Kind | None, typer.Option(help="What to train; cnn if nothing says otherwise.")] = None,
        data: Annotated[Path | None, typer.Option(help="Table (or .gz) with sequence and label.")] = None,
        positives: Annotated[Path | None, typer.Option(help="FASTA of class 1.")] = None,
        negatives: Annotated[Path | None, typer.Option(help="FASTA of class 0.")] = None,
        validation: Annotated[Path | None, typer.Option(help="Table for validation, instead of a share.")] = None,
        validation_share: Annotated[float, typer.Option(help="Share of the training sequences held back.")] = 0.1,
        test: Annotated[Path | None, typer.Option(help="Table that is predicted once at the end.")] = None,
        task: Annotated[str, typer.Option(help="classification, regression or multi-label.")] = "classification",
        labels: Annotated[str, typer.Option(help="Columns of the labels, as in expression,decay.")] = "label",
        group: Annotated[str | None, typer.Option(help="Column of groups that no split may part.")] = None,
        folds: Annotated[int | None, typer.Option(help="Cross-validation: so many models.")] = None,
        ensemble: Annotated[int | None, typer.Option(help="So many models with seeds from --seed on.")] = None,
        pretrain: Annotated[Path | None, typer.Option(help="FASTA for masked-LM pre-training, first or only.")] = None,
        pretrain_epochs: Annotated[int | None, typer.Option(help="Epochs of pre-training before training.")] = None,
        start_from: Annotated[
            str | None, typer.Option("--from", help="Model folder or hub name to go on from.")
        ] = None,
        lora: Annotated[bool, typer.Option("--lora", help="Learn low-rank changes, merged at the end.")] = False,
        lora_rank: Annotated[int, typer.Option(help="Rank of the changes.")] = 8,
        lora_alpha: Annotated[float, typer.Option(help="Weight of the changes, divided by the rank.")] = 32,
        lora_dropout: Annotated[float, typer.Option(help="Dropout in front of the changes.")] = 0.05,
        lora_targets: Annotated[str, typer.Option(help="Layers to change, parted by commas.")] = "Wqkv",
        keep_adapter: Annotated[bool, typer.Option("--keep-adapter", help="Write the adapter beside too.")] = False,
        tokenizer: Annotated[Path | None, typer.Option(help="tokenizer.json (DNABERT-2); else one is trained.")] = None,
        preset: Annotated[str, typer.Option(help="Shape of a new CNN; see gxview models.")] = "promoter-small",
        hidden: Annotated[int, typer.Option(help="Width of a new DNABERT-2.")] = 128,
        layers: Annotated[int, typer.Option(help="Layers of a new DNABERT-2.")] = 4,
        heads: Annotated[int, typer.Option(help="Attention heads of a new DNABERT-2.")] = 8,
        vocab: Annotated[int, typer.Option(help="Tokens of a new tokenizer.")] = 1024,
        epochs: Annotated[int | None, typer.Option(help="Most passes over the data.")] = None,
        batch_size: Annotated[int | None, typer.Option(help="Sequences of a step, of all processes.")] = None,
        accumulate: Annotated[int | None, typer.Option(help="Parts a process cuts its step into.")] = None,
        learning_rate: Annotated[
            float | None, typer.Option(help="3e-5 with --from, 3e-4 with --lora, else 5e-4; 1e-3 (CNN).")
        ] = None,
        schedule: Annotated[str | None, typer.Option(help="linear (as the official script), or plateau.")] = None,
        weight_decay: Annotated[float | None, typer.Option(help="Of AdamW.")] = None,
        warmup_steps: Annotated[int | None, typer.Option(help="Steps in which the learning rate rises.")] = None,
        clip: Annotated[float | None, typer.Option(help="Largest norm of the gradient.")] = None,
        patience: Annotated[int | None, typer.Option(help="Epochs without improvement before stopping.")] = None,
        precision: Annotated[str, typer.Option(help="float32, bf16, or on a GPU fp16.")] = "float32",
        class_weight: Annotated[str, typer.Option("--class-weights", help="none, balanced, or as in 1,3.5.")] = "none",
        sampling: Annotated[str, typer.Option(help="shuffle, or balanced: classes drawn evenly.")] = "shuffle",
        reverse_complement: Annotated[
            bool, typer.Option("--reverse-complement", help="Show half of the sequences as their other strand.")
        ] = False,
        mit_pairs: Annotated[
            float | None,
            typer.Option(help="Weight of pairs of the invariance test in the loss, see docs/mit-models.md."),
        ] = None,
        checkpoint_every: Annotated[int, typer.Option(help="Steps between checkpoints.")] = 200,
        name: Annotated[str | None, typer.Option(help="Name of the model.")] = None,
        targets: Annotated[str | None, typer.Option(help="Names of the classes, as in background,promoter.")] = None,
        window: Annotated[int | None, typer.Option(help="Bases of a window on a genome.")] = None,
        seed: Annotated[int, typer.Option(help="Of everything random.")] = 42,
        device: Annotated[str, typer.Option(help="cpu, cuda, mps or auto.")] = "auto",
        progress: Annotated[str, typer.Option(help="auto, bar, json (lines on stdout) or none.")] = "auto",
        as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
    ) -> None:
        """Train a CNN or a DNABERT-2 on classes, numbers or labels, and write its folder with metrics and model card.

        The same command goes on after it was stopped or killed, and does nothing on a finished folder.
        """
        from gxview.cli.training import Request, Sources, run
        from gxview.models.tables import Columns
        from gxview.models.train_settings import Lora, TrainSettings, TransformerSize

        check_progress(progress)
        sources = Sources(data, positives, negatives, validation, test, pretrain)
        sources.check()
        adapter = Lora(lora_rank, lora_alpha, lora_dropout, tuple(lora_targets.split(",")), keep_adapter)
        if keep_adapter and not lora:
            raise UsageError("--keep-adapter keeps what --lora learns; give both.")
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
            sampling=cast(Any, sampling),
            reverse_complement=reverse_complement,
            lora=adapter if lora else None,
            precision=cast(Any, precision),
            checkpoint_every=checkpoint_every,
            seed=seed,
            device=device,
        )
        changes = {
            "epochs": epochs,
            "batch_size": batch_size,
            "accumulate": accumulate,
            "learning_rate": learning_rate,
            "schedule": schedule,
            "weight_decay": weight_decay,
            "warmup_steps": warmup_steps,
            "clip": clip,
            "patience": patience,
        }
        columns = Columns(cast(Any, task), tuple(labels.split(",")), group)
        pairs = _pairs(mit_pairs, task)
        request = Request(settings, sources, columns, changes, pretrain_epochs, folds, ensemble, pairs)
        code = run(request, progress, as_json=as_json)
        if code:
            raise typer.Exit(code)
