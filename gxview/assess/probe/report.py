"""The report of a probing run."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from markupsafe import Markup

from gxview.assess.probe import figures
from gxview.assess.probe.data import Target
from gxview.assess.probe.heads.networks import PRESETS
from gxview.assess.probe.metrics import METRICS, primary
from gxview.assess.probe.results import Results
from gxview.assess.probe.settings import CHROMOSOME, HOMOLOGY, RANDOM
from gxview.assess.probe.statistics import LEVEL, Comparison
from gxview.assess.probe.summary import Summary
from gxview.assess.probe.verdict import claim, deciding, numbers
from gxview.page import write_page
from gxview.page.parts import (
    Cell,
    Code,
    Figure,
    Heading,
    Section,
    Table,
    Text,
    Title,
    cell,
    chance_of,
    joined,
    number,
    spread,
)
from gxview.words import counted

_MARKS = {"better": "good", "worse": "bad", "no difference shown": "faint", "not tested": "faint"}
_SHORT = {"better": "better", "worse": "worse", "no difference shown": "none shown", "not tested": "not tested"}
_SPLITS = {
    RANDOM: "Parts were drawn at random, with the same share of each class.",
    HOMOLOGY: "Parts are made of whole clusters of near-duplicates, drawn anew for each seed.",
    CHROMOSOME: "Parts are made of whole chromosomes, drawn anew for each seed.",
}


def write_report(path: Path, summary: Summary) -> Path:
    """Write the report; return its path."""
    settings, results = summary.results.plan.settings, summary.results
    data = results.plan.data
    models = joined(list(dict.fromkeys(settings_name(name).split("#")[0] for name in settings.models)))
    lead = (
        f"Frozen embeddings of {models} against plain letters of the same {len(data):,} sequences ({data.name}), "
        f"{counted(settings.seeds, 'seed')}. {_how(summary)}"
    )
    sections = [
        Section("verdict", "Do embeddings beat letters?", list(_verdict(summary))),
        Section("performance", "Performance by input and head", list(_performance(summary))),
        *_optional("layers", "By layer", list(_layers(results))),
        *_optional("sampling", "With fewer training sequences", list(_sampling(results))),
        Section("differences", "Paired differences", list(_differences(results))),
        Section("parts", "Parts and leaks", list(_parts(summary))),
        Section("definitions", "What the numbers mean", list(_definitions(summary))),
        Section("failures", "Failures and notes", list(_failures(summary))),
        Section("provenance", "Provenance", [Code(json.dumps(summary.provenance, indent=1, ensure_ascii=False))]),
    ]
    return write_page(path, settings.title, "probing of embeddings", lead, sections)


def settings_name(name: str) -> str:
    """Return a model's name for people: the last part of a path."""
    return Path(name).name


def _optional(key: str, title: str, blocks: list[Any]) -> list[Section]:
    return [Section(key, title, blocks)] if blocks else []


def _how(summary: Summary) -> str:
    if summary.facts.fixed:
        return f"Parts are given by the column '{summary.facts.kind}'."
    return _SPLITS[summary.facts.kind]


def _verdict(summary: Summary) -> Iterator[Any]:
    for one in deciding(summary.results.comparisons):
        yield Text(Markup("<strong>{}</strong> ({}).").format(claim(one), numbers(one)))
    yield Text(
        "Each sentence compares the best of either side: layer, pool and head are those with the best mean on the "
        "validation parts, so that the test part had no say. Layer 0 holds tokens that have not seen their "
        "neighbours, little more than letters in another writing. A difference counts where its q value is below "
        f"{LEVEL:g}; where it is not, that does not prove that there is none. q is corrected for all comparisons of "
        "the target; p and the 95 % interval are those of one comparison alone, so that an interval may leave out 0 "
        "where no difference is shown.",
        "note",
    )


def _performance(summary: Summary) -> Iterator[Any]:
    results = summary.results
    fraction = results.plan.settings.fractions[-1]
    for target in results.plan.data.targets:
        yield from _heading(results, target)
        metric = primary(target)
        drawing = figures.performance(results, target, fraction)
        caption = (
            f"{metric.label} on the test part: a small point for each seed, the mean with one standard deviation. "
            "Hollow: models with random weights."
        )
        yield Figure(drawing, caption, f"{metric.label} of each input under each head.")
        yield _table(results, target, fraction)


def _heading(results: Results, target: Target) -> Iterator[Title]:
    if len(results.plan.data.targets) > 1:
        yield Title(target.name)


def _table(results: Results, target: Target, fraction: float) -> Table:
    metrics = METRICS[target.kind]
    headings = [Heading("input"), Heading("layer", True), Heading("head"), Heading("seeds", True)]
    headings += [Heading(metric.label, True, metric.definition) for metric in metrics]
    rows = []
    for side in dict.fromkeys(side for one in results.plan.inputs for side in results.sides(one)):
        found = [results.values(side, target.name, fraction, metric.name) for metric in metrics]
        layer = Cell("") if side.layer is None else Cell(str(side.layer), side.layer)
        count = int(np.isfinite(found[0]).sum())
        means = [_mean(values) for values in found]
        rows.append([Cell(side.input), layer, Cell(side.head), cell(count, 0), *means])
    share = "" if fraction == 1 else f" at {fraction:g} of the training part"
    return Table(f"Mean over seeds, one standard deviation below and above{share}.", headings, rows)


def _mean(values: Any) -> Cell:
    known = values[np.isfinite(values)]
    if not len(known):
        return Cell("–")
    mean, deviation = float(known.mean()), float(known.std(ddof=1)) if len(known) > 1 else float("nan")
    return spread(mean, mean - deviation, mean + deviation) if deviation > 1e-9 else cell(mean)


def _layers(results: Results) -> Iterator[Any]:
    for target in results.plan.data.targets:
        drawing = figures.by_layer(results, target, results.plan.settings.fractions[-1])
        if drawing is not None:
            yield from _heading(results, target)
            caption = "Mean over seeds; letters as level lines; hollow: models with random weights."
            yield Figure(drawing, caption, "Performance by layer.")


def _sampling(results: Results) -> Iterator[Any]:
    for target in results.plan.data.targets:
        drawing = figures.down_sampling(results, target)
        if drawing is None:
            continue
        yield from _heading(results, target)
        caption = (
            "Mean over seeds and one standard deviation. Heads were fitted on a part of the training sequences; the "
            "smaller parts of a seed lie within the larger ones, validation and test parts stay the same."
        )
        yield Figure(drawing, caption, "Performance by number of training sequences.")
        for fraction in results.plan.settings.fractions[:-1]:
            table = _table(results, target, fraction)
            yield Table(table.caption, table.headings, table.rows, folded=True)


def _differences(results: Results) -> Iterator[Any]:
    largest = results.plan.settings.fractions[-1]
    for target in results.plan.data.targets:
        shown = [one for one in results.comparisons if one.target == target.name and one.fraction == largest]
        same = [one for one in shown if one.scope == "same head"]
        yield from _heading(results, target)
        if same:
            drawing = figures.differences(same, primary(target), f"differences-{target.name}")
            caption = (
                "Embeddings minus their rival under the same head, with the 95 % interval of each comparison alone; "
                f"full marks: q, which is corrected for all comparisons, below {LEVEL:g}. "
                "To the right of the line embeddings do better."
            )
            yield Figure(drawing, caption, "Paired differences under the same head.")
        everything = [one for one in results.comparisons if one.target == target.name]
        yield _comparison_table([one for one in everything if one.scope == "best"], "Best against best.")
        yield _comparison_table([one for one in everything if one.scope == "same head"], "Under the same head.", True)


def _comparison_table(comparisons: list[Comparison], caption: str, folded: bool = False) -> Table:
    headings = [
        Heading("embeddings"),
        Heading("against"),
        Heading("share", True, "Of the training part."),
        Heading("seeds", True),
        Heading(
            "difference", True, "First minus second, mean over seeds, with the 95 % interval of this comparison alone."
        ),
        Heading("p", True, "Two-sided; corrected t-test, or bootstrap where the test part is given."),
        Heading("q", True, "After Benjamini and Hochberg over all comparisons of this target."),
        Heading("Wilcoxon p", True, "Signed-rank test over seeds; cannot be small with few seeds."),
        Heading("verdict"),
    ]
    rows = [
        [
            Cell(str(one.first)),
            Cell(str(one.second)),
            cell(one.fraction, 2),
            cell(one.n, 0),
            spread(one.difference, one.low, one.high),
            Cell(chance_of(one.p), one.p if one.p == one.p else None),
            Cell(chance_of(one.q), one.q if one.q == one.q else None),
            Cell(chance_of(one.wilcoxon_p), one.wilcoxon_p if one.wilcoxon_p == one.wilcoxon_p else None),
            Cell(_SHORT[one.verdict], mark=_MARKS[one.verdict]),
        ]
        for one in comparisons
    ]
    return Table(caption, headings, rows, folded)


def _parts(summary: Summary) -> Iterator[Any]:
    facts = summary.facts
    yield Text(_how(summary))
    if facts.kind == RANDOM:
        yield Text("Random parts flatter whatever can memorise; do not compare with results on honest parts.", "bad")
    similarity = summary.results.plan.settings.similarity
    yield Text(
        f"{facts.sequences:,} sequences are in {counted(facts.clusters, 'cluster')} (the largest has "
        f"{facts.largest_cluster:,}) joined by {counted(facts.pairs, 'pair')} whose 9-mers, of both strands, have a "
        f"Jaccard index of at least {number(similarity, 2)}."
    )
    headings = [Heading("seed", True), Heading("training", True), Heading("validation", True), Heading("test", True)]
    headings += [
        Heading("leaks", True, "Test sequences with a near-duplicate in the training part."),
        Heading("leaks from validation", True, "Test sequences with a near-duplicate in the validation part."),
    ]
    numbers = zip(facts.train, facts.validation, facts.test, facts.leaks, facts.leaks_validation, strict=True)
    rows = [
        [cell(seed, 0), *(_count(value) for value in sizes), *(_leak(value) for value in leaks)]
        for seed, (*sizes, first, second) in enumerate(numbers)
        for leaks in [(first, second)]
    ]
    yield Table("Sequences of each part.", headings, rows)


def _count(value: int) -> Cell:
    return Cell(f"{value:,}", value)


def _leak(value: int) -> Cell:
    return Cell(f"{value:,}", value, "bad" if value else "good")


def _definitions(summary: Summary) -> Iterator[Any]:
    plan = summary.results.plan
    kinds = dict.fromkeys(target.kind for target in plan.data.targets)
    rows = [[Cell(metric.label), Cell(metric.definition)] for kind in kinds for metric in METRICS[kind]]
    rows += [[Cell(name), Cell(text)] for name, text in _INPUTS.items()]
    alphas = ", ".join(f"{alpha:g}" for alpha in plan.settings.fitting.alphas)
    rows.append([Cell("ridge"), Cell(f"Ridge or logistic regression on features of mean 0 and deviation 1; the strength of the L2 penalty ({alphas}) is chosen by the validation part.")])  # fmt: skip  # noqa: E501
    rows.append([Cell("mlp"), Cell("Two layers of 512 and 256 units with batch normalisation and dropout (Tang et al. 2025, \"MLP\").")])  # fmt: skip  # noqa: E501
    rows += [[Cell(name), Cell(f"As in Tang et al. 2025, \"{preset.where}\".")] for name, preset in PRESETS.items() if name in plan.heads]  # fmt: skip  # noqa: E501
    yield Table("Metrics, inputs and heads.", [Heading("name"), Heading("what it is")], rows)
    test = (
        "The test part is given, so that a bootstrap draws seeds and test sequences anew, 1,999 times, the same for "
        "both sides."
        if summary.facts.fixed
        else "Every seed has its own parts, so that the t-test of the paired differences is corrected for overlapping "
        "training parts (Nadeau and Bengio 2003)."
    )
    yield Text(f"{test} q values are those of Benjamini and Hochberg over all comparisons of a target.")


_INPUTS = {
    "one-hot": "A, C, G, T as four rows of zeros and ones; for linear heads laid end to end.",
    "dinucleotide, k-mer": "Shares of words of two, or k, letters on the strand as given.",
    "cls": "A transformer's row of [CLS]; a dense layer of a CNN.",
    "mean": "The mean over tokens that stand for bases; over positions of a convolution.",
    "full": "The vector of each base: that of its token, or of the position that pools it.",
    "random weights": "The same architecture as it starts before any training, and the same tokenizer.",
}


def _failures(summary: Summary) -> Iterator[Any]:
    failures = summary.results.failures
    if not failures:
        yield Text("Every head could be fitted.")
    else:
        headings = [Heading("work"), Heading("why")]
        yield Table("Heads that could not be fitted.", headings, [[Cell(t.work), Cell(why)] for t, why in failures])
    missing = sum(not np.isfinite(row.value) for row in summary.results.rows if not row.failure)
    if missing:
        told = counted(missing, "metric is", "metrics are")
        yield Text(f"{told} not defined, for instance the correlation of constant predictions.", "bad")
    for note in summary.notes:
        yield Text(note, "note")
