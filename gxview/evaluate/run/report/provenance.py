"""The sections about how the numbers came about: definitions, failures, versions, seeds, what was left out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from gxview.evaluate.run.config import FAMILIES
from gxview.evaluate.run.controls import WORDS, in_sentence
from gxview.evaluate.run.results import Results
from gxview.explain.provenance import device_name, package_versions
from gxview.measures.registry import FAMILIES as FAMILY_NAMES
from gxview.measures.registry import METRICS
from gxview.page.parts import Cell, Code, Heading, Section, Table, Text, code

_DIRECTIONS = {"higher": "higher is better", "lower": "lower is better", "none": "neither is better by itself"}
_TRANSFER = (
    "Between levels: token t covers the bases S_t, l_t of them. Tokens to bases: r_p = R_t / l_t for p in S_t "
    "(uniform split). Bases to tokens: R_t = sum of r_p over S_t. Both keep the sum, and the second undoes the "
    "first. The relevance of [CLS] and [SEP] stands at no base and is not part of any vector. A uniform split makes "
    "vectors piecewise constant: with p_t = |R_t| / sum |R| the entropies obey H_base = H_token + sum p_t ln l_t, so "
    "models are compared on one level only."
)


def definitions_section(results: Results) -> Section:
    """Return the exact definition of every metric that occurs."""
    used = {series.metric for series in (*results.columns, *results.overall)}
    rows = [
        [
            Cell(one.label),
            Cell(FAMILY_NAMES[one.family]),
            Cell(one.definition),
            Cell(_DIRECTIONS[one.direction]),
            Cell(one.range_text),
            Cell(" and ".join(one.levels)),
            Cell(one.reference, mark="faint"),
        ]
        for one in METRICS.values()
        if one.name in used
    ]
    names = ("metric", "family", "definition", "direction", "range", "level", "reference")
    statistics = results.evaluation.statistics
    blocks: list[object] = [
        Table("Every metric of this report.", [Heading(name) for name in names], rows),
        Text(_TRANSFER),
        Text(
            "Intervals: bias-corrected and accelerated bootstrap of the mean over sequences, "
            f"{statistics.bootstrap:,} resamples, {100 * statistics.confidence:g} %. Tests: Wilcoxon's signed-rank "
            "test of pairs of the same sequence, two-sided. Effect: matched-pairs rank-biserial correlation, -1 to "
            "1. q: p corrected by Benjamini and Hochberg over all tests of this report together. Chance level of a "
            "similarity: the mean over 100 permutations of the positions of the second explanation."
        ),
        Text(
            "Faithfulness is measured on sequences of the positive class where classes are known, on all sequences "
            "otherwise."
        ),
    ]
    return Section("definitions", "Definitions", blocks)


def failures_section(results: Results) -> Section:
    """Return every number that could not be had, and why."""
    rows = [
        [
            Cell(WORDS[one.set]),
            Cell(one.model),
            Cell(one.method),
            Cell(METRICS[one.metric].label),
            Cell(f"{count:,}", count),
            Cell(one.reason),
            Cell(", ".join(results.examples[one]), mark="faint"),
        ]
        for one, count in results.failures.most_common()
    ]
    if not rows:
        return Section("failures", "Failures", [Text("None: every number could be had for every sequence.")])
    names = ("set", "model", "method", "metric")
    headings = [*map(Heading, names), Heading("times", True), Heading("why"), Heading("for instance")]
    total = sum(results.failures.values())
    caption = f"{total:,} numbers could not be had. They are rows of metrics.csv with an empty value and this reason."
    return Section("failures", "Failures", [Table(caption, headings, rows)])


def provenance_section(results: Results) -> Section:
    """Return versions, seeds, device, the configuration, and what was left out."""
    chosen = results.evaluation
    settings = _without_folders(chosen.model_dump(mode="json"))
    device = device_name(results.trained[0].model.device)
    versions = ", ".join(f"{name} {version}" for name, version in package_versions().items())
    blocks: list[object] = [
        *(Text(text) for text in _left_out(results)),
        Text(f"Seed {chosen.seed}; computed on {device}; {versions}."),
        Text("The whole configuration; file names without their folders:"),
        Code(json.dumps(settings, indent=1, default=str)),
        _hashes(results),
    ]
    return Section("provenance", "Settings, versions, and what was left out", blocks)


def _without_folders(content: Any) -> Any:
    """Return settings in which absolute paths are names of files: a report goes to people without these folders."""
    if isinstance(content, dict):
        return {name: _without_folders(value) for name, value in content.items()}
    if isinstance(content, list):
        return [_without_folders(value) for value in content]
    return Path(content).name if isinstance(content, str) and Path(content).is_absolute() else content


def _left_out(results: Results) -> list[str]:
    chosen, told = results.evaluation, []
    missing = [one for one in FAMILIES if one not in chosen.chosen_families]
    families = [FAMILY_NAMES.get(one, "Patterns and database matches") for one in missing]
    if families:
        told.append(f"Left out here: {', '.join(families)}{'' if chosen.full else ' (--full runs all)'}.")
    sets = [in_sentence(name) for name in WORDS if name not in results.plan.sets]
    if sets:
        told.append(f"Controls that were not made: {', '.join(sets)}.")
    for subject in results.trained:
        if subject.left_out:
            reasons: dict[str, list[str]] = {}
            for method, reason in subject.left_out.items():
                reasons.setdefault(reason, []).append(method)
            listed = "; ".join(f"{', '.join(methods)} ({reason})" for reason, methods in reasons.items())
            told.append(f"Methods of {subject.name} that were not run: {listed}.")
    return told


def _hashes(results: Results) -> Table:
    rows = [[Cell(one.name), Cell(code(one.model.content_hash))] for one in results.plan.subjects]
    return Table("Content hashes of the models.", [Heading("model"), Heading("sha256")], rows)
