"""``gxview models``: what ``--model`` accepts, what can be trained, and how well local models do."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from gxview.errors import GxviewError

_SHOWN = ("auroc", "auprc", "mcc", "accuracy", "pearson", "spearman", "r2", "rmse")
_MIT = ("mit.json", "mit/mit.json")


def listing() -> dict[str, list[dict[str, Any]]]:
    """Return embedded models, kinds of models, and presets of the CNN."""
    from gxview.models.loading import SAMPLES
    from gxview.models.presets import PRESETS
    from gxview.models.registry import KINDS

    return {
        "embedded": [_embedded(name) for name in SAMPLES],
        "kinds": [{"name": kind.name, "summary": kind.summary} for kind in KINDS.values()],
        "presets": [
            {"name": one.name, "summary": one.summary, "fixed_length": one.fixed_length} for one in PRESETS.values()
        ],
    }


def local(folders: list[Path]) -> list[dict[str, Any]]:
    """Return the models of some folders: each folder's own, or else those right inside of it.

    Raises
    ------
    GxviewError
        When a folder does not exist.
    """
    found = []
    for folder in folders:
        if not folder.is_dir():
            if folder.exists():
                raise GxviewError(f"{folder} is a file; name a folder of a model or of models.")
            raise GxviewError(f"There is no folder {folder}; name one of a model or of models.")
        places = [folder] if _holds_model(folder) else sorted(filter(_holds_model, folder.iterdir()))
        found += [_local(place) for place in places]
    return found


def _holds_model(folder: Path) -> bool:
    return (folder / "config.json").is_file() or (folder / "ensemble.json").is_file()


def _local(folder: Path) -> dict[str, Any]:
    """Describe a local model; what is wrong with one is said, and the others are listed all the same."""
    from gxview.models.ensemble import ensemble_name, is_ensemble, member_folders
    from gxview.models.folder import ModelFolder
    from gxview.models.registry import kind_of
    from gxview.models.weights import weight_files

    try:
        members = member_folders(folder) if is_ensemble(folder) else []
        first = ModelFolder.open(members[0] if members else folder)
        weight_files(first.path)
        return {
            "folder": str(folder),
            "name": ensemble_name(folder) if members else first.name,
            "kind": kind_of(first).name,
            "members": len(members) or 1,
            "problem": first.problem_type,
            "window_length": first.window_length,
            "targets": first.block.get("targets", []),
            "measures": measures(folder),
            "mit": mit_lines(folder),
        }
    except GxviewError as error:
        return {"folder": str(folder), "error": str(error)}


def measures(folder: Path) -> dict[str, Any] | None:
    """Return the measures of a trained model and the set that they are of, None without ``metrics.json``.

    The test set where there was one (of folds, the sequences that they kept out), else the validation set; of several
    members the means; of a language model the loss of the last epoch.
    """
    from gxview.models.report import METRICS
    from gxview.models.weights import read_json

    if not (folder / METRICS).is_file():
        return None
    report = read_json(folder / METRICS)
    for name in ("test", "fold", "validation"):
        rows = report.get(name)
        if isinstance(rows, dict) and rows:
            plain = {key: row["mean"] if isinstance(row, dict) else row for key, row in rows.items()}
            return {"set": name, "values": plain}
    history = report.get("history") or [{}]
    return {"set": "pretraining", "values": {"loss": history[-1].get("train_loss")}}


def mit_lines(folder: Path) -> list[dict[str, Any]]:
    """Return scorer, CSS and SCR of each result of ``mit.json`` in a model's folder or in ``mit/`` inside of it."""
    from gxview.models.weights import read_json

    for name in _MIT:
        if (folder / name).is_file():
            rows = read_json(folder / name).get("results")
            if not isinstance(rows, list):
                raise GxviewError(f"{folder / name} holds no results of gxview mit.")
            return [{key: row.get(key) for key in ("scorer", "css", "scr")} for row in rows if isinstance(row, dict)]
    return []


def _embedded(name: str) -> dict[str, Any]:
    from gxview.models.folder import ModelFolder
    from gxview.models.loading import resolve_folder
    from gxview.models.registry import kind_of
    from gxview.models.weights import weight_files

    folder = ModelFolder.open(resolve_folder(name))
    return {
        "name": name,
        "kind": kind_of(folder).name,
        "window_length": folder.window_length,
        "targets": folder.block.get("targets", []),
        "bytes": sum(path.stat().st_size for path in weight_files(folder.path)),
    }


def _lines(found: dict[str, list[dict[str, Any]]]) -> Iterator[str]:
    yield "Embedded models (--model NAME)"
    for one in found["embedded"]:
        size = f"{one['bytes'] / 1e6:.1f} MB"
        yield f"  {one['name']:<18} {one['kind']:<9} {one['window_length']} bases  {size}  {', '.join(one['targets'])}"
    yield "Kinds of models (--model FOLDER or a hub name such as zhihan1996/DNABERT-2-117M)"
    yield from (f"  {one['name']:<18} {one['summary']}" for one in found["kinds"])
    yield "Presets of a new CNN (gxview train --kind cnn --preset NAME)"
    yield from (f"  {one['name']:<18} {one['summary']}" for one in found["presets"])


def _local_lines(found: list[dict[str, Any]]) -> Iterator[str]:
    if not found:
        yield "no models there"
    for one in found:
        if "error" in one:
            yield one["error"] if one["error"].startswith(one["folder"]) else f"{one['folder']}: {one['error']}"
            continue
        many = f", {one['members']} models" if one["members"] > 1 else ""
        told = f"{one['folder']}  {one['kind']}{many}, {one['window_length']} bases  {', '.join(one['targets'])}"
        yield told.rstrip()
        yield f"  {_measured(one['measures'])}"
        yield from (f"  {_mit_line(row)}" for row in one["mit"])


def _measured(measures: Mapping[str, Any] | None) -> str:
    if measures is None:
        return "no metrics.json, so nothing is known about its training"
    of = {"test": "test", "fold": "mean over folds", "validation": "validation, no test set"}
    values, loss = measures["values"], measures["values"].get("loss")
    shown = [f"{name} {values[name]:.4f}" for name in _SHOWN if values.get(name) is not None]
    if measures["set"] == "pretraining":
        return "pre-trained on sequences without labels" + ("" if loss is None else f", masked-LM loss {loss:.4f}")
    return f"{of[measures['set']]}: {', '.join(shown) or 'no measure'}"


def _mit_line(row: Mapping[str, Any]) -> str:
    values = (f"{name.upper()} {row[name]:.3f}" for name in ("css", "scr") if isinstance(row[name], int | float))
    return f"MIT {row['scorer']}: {', '.join(values) or 'no values'}"


def register(app: typer.Typer) -> None:
    """Add the command ``models``."""

    @app.command()
    def models(
        folders: Annotated[list[Path] | None, typer.Argument(help="Folders of models, or folders with such.")] = None,
        as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    ) -> None:
        """List the embedded models, the kinds of models and the presets; or local models and how well they do."""
        if folders:
            mine = local(folders)
            typer.echo(json.dumps({"local": mine}, indent=2) if as_json else "\n".join(_local_lines(mine)))
            return
        found = listing()
        typer.echo(json.dumps(found, indent=2) if as_json else "\n".join(_lines(found)))
