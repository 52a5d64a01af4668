"""The model card: what a person should know about a trained model, beside it as README.md."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from gxview.models.folder import CLASSES, VALUES
from gxview.models.training.task import Task
from gxview.words import counted

CARD = "README.md"


def write_card(folder: Path, report: Mapping[str, Any], task: Task) -> None:
    """Write the card of a model from the content of its ``metrics.json``."""
    (folder / CARD).write_text("\n".join(_lines(report, task)) + "\n", encoding="utf-8")


def write_members_card(folder: Path, name: str, report: Mapping[str, Any]) -> None:
    """Write the card of several models that answer together, from the content of their ``metrics.json``."""
    (folder / CARD).write_text("\n".join(_members_lines(name, report)) + "\n", encoding="utf-8")


def _members_lines(name: str, report: Mapping[str, Any]) -> Iterator[str]:
    members = report["members"]
    yield f"# {name}: {len(members)} models trained with gxview"
    yield ""
    yield (
        "They are loaded as one model, whose logits are the mean of theirs; its explanations are the mean of theirs, "
        "with the standard deviation between them as the spread. Each has a card of its own: "
        + ", ".join(f"[{one}]({one}/{CARD})" for one in members)
        + "."
    )
    sets = [one for one in ("fold", "test", "validation") if one in report]
    told = {"fold": "sequences that a fold kept out", "test": "test", "validation": "validation"}
    yield from ("", "## How well they do", "", "Mean and standard deviation over the members.", "")
    yield f"| measure | {' | '.join(told[one] for one in sets)} |"
    yield f"| --- |{' --- |' * len(sets)}"
    for measure in report[sets[0]]:
        cells = [report[one][measure] for one in sets]
        yield f"| {measure.replace('_', ' ')} | " + " | ".join(map(_mean_and_spread, cells)) + " |"
    yield ""
    if "fold" in sets:
        yield "Each sequence was kept out by one fold; these numbers belong to the recipe, not to the ensemble."
    yield "The validation sets chose the epochs, so their numbers flatter."
    yield from ("", "## Versions", "")
    yield ", ".join(f"{package} {version}" for package, version in report["versions"].items())


def _mean_and_spread(cell: Mapping[str, Any]) -> str:
    return _number(cell["mean"]) if cell["sd"] is None else f"{_number(cell['mean'])} ± {cell['sd']:.4f}"


def _lines(report: Mapping[str, Any], task: Task) -> Iterator[str]:
    settings = report["settings"]
    yield f"# {settings['name'] or 'A model'} trained with gxview"
    yield ""
    yield from _what(settings, task, report)
    yield from ("", "## Intended use", "")
    yield (
        "Open the folder with `gxview view`, with `gxview explain --model FOLDER`, or with `gxview.models.load_model`. "
        "It is meant for research on sequences like those it was trained on; it is no diagnostic device."
    )
    yield from ("", "## How well it does", "")
    yield from measure_lines(report)
    yield from ("", "## How it was trained", "")
    yield from _training(report)
    yield from ("", "## Data", "")
    yield from _data(report["data"])
    yield from ("", "## Known limits", "")
    yield from _limits(report, task)
    yield from ("", "## Versions", "")
    yield ", ".join(f"{name} {version}" for name, version in report["versions"].items())


def _what(settings: Mapping[str, Any], task: Task, report: Mapping[str, Any]) -> Iterator[str]:
    kind = "DNABERT-2" if settings["kind"] == "dnabert2" else "convolutional network"
    names = ", ".join(task.names)
    if task.problem == CLASSES:
        yield f"A {kind} that tells {counted(len(task.names), 'class', 'classes')} of DNA sequences apart: {names}."
    elif task.problem == VALUES:
        yield f"A {kind} that predicts from a DNA sequence: {names}. Outputs are in the units of the training table."
    else:
        yield f"A {kind} that says of a DNA sequence which of these labels it has, each by itself: {names}."
    weights = report["weights"]
    if weights["trained"] < weights["all"]:
        yield f"{weights['trained']:,} weights learned (LoRA and head), merged into {weights['all']:,}."
    else:
        yield f"{weights['all']:,} weights, all of which learned."


def measure_lines(report: Mapping[str, Any]) -> Iterator[str]:
    """Yield a table of the measures of a ``metrics.json``."""
    sets = [name for name in ("test", "validation") if report.get(name)]
    yield f"| measure | {' | '.join(sets)} |"
    yield f"| --- |{' --- |' * len(sets)}"
    names = dict.fromkeys(name for one in sets for name in report[one])
    for name in names:
        cells = " | ".join(_number(report[one].get(name)) for one in sets)
        yield f"| {name.replace('_', ' ')} | {cells} |"
    yield ""
    if "test" in sets:
        yield "The test set decided nothing. The validation set chose the epoch, so its numbers flatter."
    else:
        yield "There was no test set. The validation set chose the epoch, so its numbers flatter."


def _training(report: Mapping[str, Any]) -> Iterator[str]:
    settings, start = report["settings"], report["started_from"]
    recipe = settings["optimisation"]
    begun = "from random weights" if start is None else f"from the model {start['name']} ({start['content_hash'][:16]})"
    yield f"- started {begun}, seed {report['seed']}, {settings['precision']}"
    if settings.get("lora"):
        lora = settings["lora"]
        yield (
            f"- LoRA on {', '.join(lora['targets'])}: rank {lora['rank']}, alpha {lora['alpha']:g}, dropout "
            f"{lora['dropout']:g}"
        )
    yield (
        f"- AdamW, learning rate {recipe['learning_rate']:g}, weight decay {recipe['weight_decay']:g}, schedule "
        f"{recipe['schedule']}, {counted(recipe['warmup_steps'], 'step')} of warm-up, gradient clipped at "
        f"{recipe['clip']:g}"
    )
    yield (
        f"- {counted(recipe['batch_size'], 'sequence')} a step, at most {counted(recipe['epochs'], 'epoch')}, "
        f"patience {recipe['patience']}; "
        f"kept: epoch {report['best_epoch']} of {len(report['history'])}; {report['seconds']:g} s"
    )
    if isinstance(report["run"]["auxiliary"], str):
        yield f"- auxiliary loss {report['run']['auxiliary']}"
    weights = settings["class_weights"]
    shown = weights if isinstance(weights, str) else ", ".join(f"{value:g}" for value in weights)
    yield (
        f"- class weights {shown}, sampling {settings['sampling']}, reverse complements "
        f"{'shown' if settings['reverse_complement'] else 'not shown'}"
    )


def _data(data: Mapping[str, Any]) -> Iterator[str]:
    for name, part in data.items():
        if "classes" in part:
            counts = ", ".join(f"{count:,} of class {label}" for label, count in enumerate(part["classes"]))
        else:
            counts = counted(part["sequences"], "sequence")
        files = ", ".join(f"{file['name']} (sha256 {file['sha256']})" for file in part["files"]) or "made in memory"
        yield f"- {name}: {counts}; {files}; sequences and labels hash to {part['sha256']}"


def _limits(report: Mapping[str, Any], task: Task) -> Iterator[str]:
    settings = report["settings"]
    if settings["lora"] is None and report["started_from"] is None and settings["kind"] == "dnabert2":
        yield "- It was not pre-trained on a genome; a few thousand sequences hardly teach a transformer its words."
    if not settings["reverse_complement"]:
        yield "- It saw one strand only; the other strand of the same sequence may get another answer."
    if "test" not in report:
        yield "- It was never measured on sequences that had no part in training."
    if task.problem == CLASSES:
        yield "- Its probabilities are not calibrated; they say how the model ranks, not how often it is right."
    yield (
        "- Sequences that resemble each other across training and test (homologues, overlapping windows) make it look "
        "better than it is; split by chromosome or by group (`--group`) to know."
    )
    yield "- A high score does not say which bases it uses: see `gxview explain`, `gxview evaluate`, `gxview mit`."


def _number(value: float | None) -> str:
    return "none" if value is None else f"{value:.4f}"
