"""The section about patterns: what TF-MoDISco finds in each model's explanations, and what databases call it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from markupsafe import Markup

from gxview.errors import GxviewError
from gxview.evaluate.motifs.comparison import MotifReport
from gxview.evaluate.motifs.discovery import Discovery
from gxview.evaluate.motifs.logo import logo_svg
from gxview.evaluate.run.controls import WORDS
from gxview.evaluate.run.motifs import motif_report
from gxview.evaluate.run.report.parts import Cell, Heading, Section, Table, Text, cell, chance_of, joined, percent
from gxview.evaluate.run.results import Results

_COLORS = ("var(--base-a)", "var(--base-c)", "var(--base-g)", "var(--base-t)")


def motif_section(results: Results) -> Section | None:
    """Return patterns, matches, the null of permuted matrices, and the overlap of the models, on real and control.

    None where nothing was looked for.
    """
    blocks: list[object] = []
    for set_name in results.plan.sets:
        try:
            found = motif_report(results, set_name)
        except GxviewError as error:
            blocks.append(Text(f"{WORDS[set_name]}: {error}", "bad"))
            continue
        if found is not None:
            blocks += _blocks(WORDS[set_name], *found)
    if not blocks:
        return None
    lead = Text(
        "TF-MoDISco clusters the stretches with much relevance in sequences of the positive class; contributions are "
        "the relevance at the base that is there, for all models alike. Each pattern, and each of its parts, is "
        "compared with the database by TOMTOM. The null is the same comparison with the columns of every matrix "
        "permuted."
    )
    return Section("motifs", "Patterns and database matches", [lead, *blocks])


def _blocks(words: str, discoveries: Mapping[str, Discovery], report: MotifReport) -> Iterator[Table | Text]:
    names = ("model", "why none", "matched names")
    numbers = ("sequences", "seqlets", "patterns", "matched", "matched, %", "by permuted database, %")
    headings = [Heading(names[0]), *(Heading(name, True) for name in numbers), *map(Heading, names[1:])]
    rows = [
        [
            Cell(one.model),
            *(cell(float(value), 0) for value in (one.sequences, one.seqlets, one.patterns, one.matched)),
            Cell(percent(one.fraction), one.fraction if one.patterns else None),
            Cell(f"{percent(one.null_fraction)} ({percent(one.null_low)} to {percent(one.null_high)})"),
            Cell(one.reason, mark="faint"),
            Cell(", ".join(one.names)),
        ]
        for one in report.models
    ]
    yield Table(
        f"{words}: {report.database}, {report.motifs:,} motifs, {report.release or 'no release stated'}; matched at q "
        f"of at most {report.threshold:g}, {report.permutations} permuted databases.",
        headings,
        rows,
    )
    for one in report.overlaps:
        if one.shared:
            yield Text(f"{one.first} and {one.second} share {joined(one.shared)} (Jaccard of names {one.jaccard:.2f}).")
    matches = list(_rows(discoveries, report))
    if matches:
        columns = ("model", "pattern", "logo", "consensus", "match", "name", "its consensus")
        headings = [*map(Heading, columns), Heading("p", True), Heading("q", True), Heading("seqlets", True)]
        yield Table(f"{words}: the best match of each pattern and of its parts.", headings, matches)
    yield from (Text(note, "note") for note in report.notes)


def _rows(discoveries: Mapping[str, Discovery], report: MotifReport) -> Iterator[list[Cell]]:
    for row in report.rows:
        if row.rank == 1:
            mark = "good" if row.q_value <= report.threshold else ""
            yield [
                Cell(row.model),
                Cell(f"{row.query} ({row.sign})"),
                Cell(_logo(discoveries[row.model], row.query)),
                Cell(row.consensus),
                Cell(row.motif),
                Cell(row.name, mark=mark),
                Cell(f"{row.motif_consensus} ({row.strand})"),
                Cell(chance_of(row.p_value), row.p_value),
                Cell(chance_of(row.q_value), row.q_value, mark),
                cell(float(row.seqlets), 0),
            ]


def _logo(found: Discovery, query: str) -> Markup:
    """Return the logo of a pattern or of its part."""
    for pattern in found.patterns:
        for motif in pattern.motifs():
            if motif.name == query:
                drawn = logo_svg(motif.pfm, height=36, title=f"{query}: {motif.name}", colors=_COLORS)
                return Markup(drawn.replace(' xmlns="http://www.w3.org/2000/svg"', ""))
    return Markup("")
