"""The sections about what went in: sequences and models."""

from __future__ import annotations

import numpy as np
from sklearn.metrics import roc_auc_score

from gxview.evaluate.records import REAL
from gxview.evaluate.run.controls import WORDS
from gxview.evaluate.run.data import class_name
from gxview.evaluate.run.report.words import model_words
from gxview.evaluate.run.results import Results
from gxview.evaluate.run.subjects import Subject
from gxview.explain.methods import find_method
from gxview.explain.settings import target_name
from gxview.page.parts import Cell, Heading, Section, Table, Text, cell, code, joined, percent


def dataset_section(results: Results) -> Section:
    """Return the exact data set: sizes, lengths, N, GC by class, tokens, controls."""
    data = results.data
    blocks: list[object] = [
        Text(
            f"{data.name} holds {data.in_file:,} sequences, of which {len(data.items):,} are evaluated here; "
            f"{data.truths:,} of them have known bases. Letters were upper-cased and ambiguity codes read as N; "
            "nothing was cut."
        ),
        Text(f"sha256 of the file: {data.sha256}", "faint"),
        *(Text(note, "note") for note in results.notes),
        Table(
            "By class. GC is the share of G and C among A, C, G, T, mean over sequences with its standard deviation.",
            [
                Heading("class"),
                *(
                    Heading(text, True)
                    for text in ("sequences", "shortest", "median", "longest", "GC", "± sd", "N bases")
                ),
                Heading("with N", True, "Sequences that hold at least one N"),
            ],
            [
                [
                    Cell(one.name),
                    Cell(f"{one.count:,}", one.count),
                    Cell(f"{one.shortest:,}", one.shortest),
                    Cell(f"{one.median:,.0f}", one.median),
                    Cell(f"{one.longest:,}", one.longest),
                    Cell(percent(one.gc), one.gc),
                    Cell(percent(one.gc_spread), one.gc_spread),
                    Cell(f"{one.unknown:,}", one.unknown),
                    Cell(f"{one.with_unknown:,}", one.with_unknown),
                ]
                for one in data.facts()
            ],
        ),
        _composition(results),
        _tokens(results),
        _sets(results),
    ]
    return Section("data", "The sequences", [one for one in blocks if one is not None])


def _composition(results: Results) -> Text | None:
    """Say how well GC content alone tells the classes apart; None where there are not two classes."""
    labels = results.labels
    known = np.isin(labels, (0, 1))
    truth = labels[known] == 1
    if not truth.any() or truth.all():
        return None
    gc = np.array([(one.letters.count("G") + one.letters.count("C")) / len(one.letters) for one in results.data.items])
    found = float(roc_auc_score(truth, gc[known]))
    return Text(
        f"GC content alone tells class 1 from class 0 with an AUROC of {max(found, 1 - found):.3f} "
        f"({'more' if found > 0.5 else 'less'} G and C in class 1; 0.5 is chance). What a model owes to composition "
        "shows on the controls.",
        "note" if abs(found - 0.5) > 0.1 else "",
    )


def _tokens(results: Results) -> Table | None:
    """Return how many tokens a sequence has for each model on tokens."""
    rows = []
    for subject in results.trained:
        if subject.model.kind != "dnabert2":
            continue
        labels: dict[int | None, list[tuple[int, int]]] = {}
        for one in results.explained(REAL, subject, subject.main):
            if not one.failed:
                labels.setdefault(one.item.label, []).append((len(one.tokens), len(one.values)))
        for label in results.data.labels:
            if label in labels:
                counts = np.array(labels[label], float)
                rows.append(
                    [
                        Cell(subject.name),
                        Cell(class_name(label)),
                        cell(float(np.median(counts[:, 0])), 0),
                        cell(float(counts[:, 0].min()), 0),
                        cell(float(counts[:, 0].max()), 0),
                        cell(float(counts[:, 1].sum() / counts[:, 0].sum()), 2),
                    ]
                )
    if not rows:
        return None
    names = ("tokens, median", "fewest", "most", "bases per token")
    headings = [Heading("model"), Heading("class"), *(Heading(name, True) for name in names)]
    return Table("Tokens of a sequence, [CLS] and [SEP] not counted. No sequence is truncated.", headings, rows)


def _sets(results: Results) -> Table:
    rows = []
    for name, items in results.plan.sets.items():
        gc = np.array([(one.letters.count("G") + one.letters.count("C")) / len(one.letters) for one in items])
        rows.append(
            [Cell(WORDS[name]), Cell(f"{len(items):,}", len(items)), Cell(percent(float(gc.mean())), gc.mean())]
        )
    caption = (
        "Sets on which the whole table was made. Each control belongs to one real sequence, so that tests are paired."
    )
    return Table(caption, [Heading("set"), Heading("sequences", True), Heading("GC", True)], rows)


def models_section(results: Results) -> Section:
    """Return the models: what they are, how well they predict here, how they were explained."""
    rows = [_model_row(results, one) for one in results.plan.subjects]
    numbers = ("accuracy", "AUROC")
    headings = [
        Heading("model"),
        Heading("kind"),
        Heading("explained quantity", title="The logit, or difference of logits, that every method explains"),
        *(Heading(name, True) for name in numbers),
        Heading("content hash", title="sha256 over configuration, weights and tokenizer"),
    ]
    blocks: list[object] = [
        Table("Accuracy at probability 0.5 and AUROC of the positive class on these sequences.", headings, rows),
        _methods(results),
    ]
    return Section("models", "Models and methods", blocks)


def _model_row(results: Results, subject: Subject) -> list[Cell]:
    accuracy, auroc = predictive(results, subject)
    return [
        Cell(model_words(subject.name)),
        Cell(subject.model.kind),
        Cell(target_name(subject.model, subject.target)),
        cell(accuracy),
        cell(auroc),
        Cell(code(subject.model.content_hash[:16]), title=subject.model.content_hash),
    ]


def predictive(results: Results, subject: Subject) -> tuple[float, float]:
    """Return accuracy and AUROC on the real set; NaN where the classes do not allow it."""
    scores = results.get("probability", subject.name, level="")
    labels = results.labels
    if scores is None:
        return float("nan"), float("nan")
    known = np.isfinite(scores) & np.isin(labels, (0, 1))
    if not known.any():
        return float("nan"), float("nan")
    truth = labels[known] == 1
    accuracy = float(((scores[known] >= 0.5) == truth).mean())
    both = truth.any() and not truth.all()
    return accuracy, float(roc_auc_score(truth, scores[known])) if both else float("nan")


def _methods(results: Results) -> Table:
    rows = []
    for subject in results.trained:
        for name in subject.methods:
            method = find_method(subject.model.kind, name)
            role = "main" if name == subject.main else ""
            rows.append(
                [
                    Cell(subject.name),
                    Cell(method.label),
                    Cell(role),
                    cell(float(method.cost), 1),
                    Cell(method.assumptions),
                    Cell(method.reference, mark="faint"),
                ]
            )
    headings = [
        Heading("model"),
        Heading("method"),
        Heading("role"),
        Heading("cost", True, "Time of one explanation in forward passes of the model"),
        Heading("what it takes for granted"),
        Heading("reference"),
    ]
    mains = joined([f"{one.main} for {one.name}" for one in results.trained])
    return Table(f"Methods. The main one of a model stands for it where models are compared: {mains}.", headings, rows)
