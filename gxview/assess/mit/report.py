"""The report of the test: one HTML page that needs nothing else."""

from __future__ import annotations

import json
from pathlib import Path

from gxview.assess.mit import figures
from gxview.assess.mit.effects import DEFINITIONS, EFFECTS, Probed
from gxview.assess.mit.found import MitResult, provenance_of
from gxview.assess.mit.probing import EACH
from gxview.assess.mit.published import SOURCE
from gxview.assess.mit.results import plain
from gxview.assess.mit.tables import (
    class_table,
    probing_tables,
    published_table,
    seed_table,
    size_table,
    summary_table,
    token_table,
    verdict,
)
from gxview.page import write_page
from gxview.page.parts import Cell, Code, Figure, Heading, Section, Table, Text, Title, cell, joined, spread
from gxview.words import counted

_DEFINITIONS = (
    ("CSS", "Share of pairs in which the compensated sequence (E) scores above the broken one (D) of the same number."),
    ("SCR", "Share of pairs in which the compensated sequence (E) scores above the scrambled one (H)."),
    ("ties", "Count as no, so that a score that cannot tell D from E has CSS 0 and not one half."),
    ("MES", "Cohen's d with pooled standard deviation, from -10 to 10: C against D, and A against B (natural)."),
    ("CIR", "MES of the synthetic classes divided by that of the natural ones."),
    (
        "CM",
        "(mean E - mean D) / (mean C - mean D): the part of the damage that compensation makes good. It means "
        "nothing where C and D hardly differ (MES near 0).",
    ),
    ("interval", "95 %, percentile bootstrap, 1,000 resamples."),
    ("p", "One-sided one-sample t-test of the pairs against one half; p (z) is the z-test of the paper's text."),
    ("q", "p after Benjamini and Hochberg over the scorers of this run; a run of other scorers gives other q."),
    ("AT r", "Pearson's r of the AT share of the background and the mean score, over all 18 points of the titration."),
    ("strand accuracy", "Share of promoters that score above themselves with both boxes turned round in place."),
    ("spacing peak", "The spacing with the largest mean score."),
)


def write_report(path: Path, result: MitResult) -> Path:
    """Write the page of a run; return its path."""
    return write_page(path, "Mechanistic Invariance Test", "what a model knows", _lead(result), sections(result))


def sections(result: MitResult) -> list[Section]:
    """Return the sections of the report in order."""
    found = [_summary(result), _compared(result), _classes(result)]
    if result.settings.probing:
        found += [_probing(result), _hierarchy(result)]
    if result.placements:
        from gxview.assess.mit.relevance import relevance_section

        found.append(relevance_section(result.placements))
    found += [_definitions(), _provenance(result)]
    return found


def _lead(result: MitResult) -> str:
    count = sum(map(len, result.drawn.sets.values()))
    kinds = {
        "logic": "compensation and its place are seen",
        "composition": "compensation is seen, with no sign of its place",
        "none": "compensation is not seen",
    }
    groups = {kind: [one.scorer for one in result.results if verdict(one) == kind] for kind in kinds}
    said = [f"{joined(names)}: {kinds[kind]}" for kind, names in groups.items() if names]
    scorers = counted(len(result.results), "scorer")
    return f"{scorers} on {count:,} sequences of E. coli sigma70 promoters. {'; '.join(said)}."


def _summary(result: MitResult) -> Section:
    blocks: list[object] = [Text(note, "note") for note in result.notes]
    blocks += [
        Figure(
            figures.scatter(result.results),
            "Dots: this run, with 95 % intervals. Hollow marks: published, tied by dots to the same scorer here. "
            "To the right, compensation is seen; above one half, it is seen in its right place. On the dashed line a "
            "model seems to know compensation and only counts letters.",
            "CSS against SCR",
        ),
        summary_table(result.results),
        size_table(result.results),
    ]
    blocks += [table for table in (token_table(result.results), seed_table(result.results)) if table is not None]
    return Section("summary", "Results", blocks)


def _compared(result: MitResult) -> Section:
    return Section(
        "published",
        "Beside the published table",
        [
            published_table(result.results),
            Text(
                f"Published: {SOURCE}. The authors drew their sequences once; CSS rests on 100 pairs and SCR on 50, so "
                "that another draw moves CSS by some 0.05 and SCR by some 0.07 where they are not near 0 or 1."
            ),
        ],
    )


def _classes(result: MitResult) -> Section:
    drawing = Figure(
        figures.classes(result.scores),
        "Points are sequences; the line spans the quartiles, the mark is the median. Scores of different scorers have "
        "different units.",
        "Scores by class",
    )
    return Section("classes", "Scores by class", [drawing, class_table(result.results)])


def _probing(result: MitResult) -> Section:
    results = result.results
    drawings = (
        (
            "AT titration",
            figures.titration,
            "Intact, broken and compensated promoters in the same backgrounds of rising AT. A line that follows AT "
            "more than the kind of promoter is composition.",
        ),
        (
            "Position of the UP element",
            figures.position,
            "The same backgrounds with AAAAAAGAG at each place; dotted: its right place. Where it is shaded, it "
            "overwrites a box.",
        ),
        ("Spacing", figures.spacing, "Intact promoters; dotted: the 17 bases that RNA polymerase wants."),
        (
            "Strand",
            figures.strand,
            "Forward promoters, both boxes turned round in place, the whole sequence turned round, the letters of the "
            "boxes shuffled.",
        ),
    )
    blocks: list[object] = [
        Text(f"{EACH} sequences a condition; bands and bars are 95 % intervals of the mean over backgrounds.")
    ]
    for title, draw, caption in drawings:
        blocks += [Title(title), Figure(draw(results), caption, title)]
    return Section("probing", "One thing at a time", [*blocks, *probing_tables(results)])


def _hierarchy(result: MitResult) -> Section:
    probed = [(one.scorer, one.probed) for one in result.results if one.probed is not None]
    names = [Heading("scorer"), *(Heading(name, True, DEFINITIONS[name]) for name in EFFECTS)]
    rows = [[Cell(scorer), *(_effect_cell(found, name) for name in EFFECTS)] for scorer, found in probed]
    caption = "Effects in units of the score, with 95 % intervals; spacing with its chance level."
    drawing = Figure(
        figures.hierarchy(result.results),
        "Blue: above 0; red: below, which for presence, strand and position is against biology. Black line: the range "
        "of spacings that chance gives. A model that knows promoters has long bars for spacing, strand and position; "
        "one that counts letters has a long one for composition.",
        "Effect hierarchy",
    )
    words = [Text(f"{name}: {DEFINITIONS[name]}.") for name in EFFECTS]
    return Section(
        "hierarchy",
        "Effect hierarchy",
        [drawing, Table(caption, [*names, Heading("composition / position", True)], _with_ratio(rows, probed)), *words],
    )


def _effect_cell(found: Probed, name: str) -> Cell:
    effect = found.hierarchy[name]
    if name == "spacing":
        return Cell(f"{cell(effect.value).text} (chance {cell(found.spacing_chance).text})", effect.value)
    return spread(effect.value, effect.low, effect.high)


def _with_ratio(rows: list[list[Cell]], probed: list[tuple[str, Probed]]) -> list[list[Cell]]:
    found = []
    for row, (_, one) in zip(rows, probed, strict=True):
        composition, position = (abs(one.hierarchy[name].value) for name in ("composition", "position"))
        found.append([*row, cell(composition / position if position > 0 else None, 1)])
    return found


def _definitions() -> Section:
    rows = [[Cell(name), Cell(text)] for name, text in _DEFINITIONS]
    return Section("definitions", "Definitions", [Table("Every measure.", [Heading("measure"), Heading("is")], rows)])


def _provenance(result: MitResult) -> Section:
    text = json.dumps(plain(provenance_of(result)), indent=2, ensure_ascii=False)
    return Section("provenance", "Provenance", [Code(text)])
