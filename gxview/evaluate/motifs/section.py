"""The section of the report about patterns, known motifs, and what is matched by accident."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from markupsafe import Markup

from gxview.evaluate.motifs.comparison import MatchRow, ModelSummary, MotifReport
from gxview.evaluate.motifs.discovery import Discovery, Pattern
from gxview.evaluate.motifs.logo import logo_svg
from gxview.evaluate.motifs.motif import Motif
from gxview.evaluate.motifs.tomtom import LEAST_BITS, LEAST_OVERLAP, MotifDatabase
from gxview.page.parts import Cell, Heading, Section, Table, Text, cell, chance_of, joined, percent

_COLORS = ("var(--base-a)", "var(--base-c)", "var(--base-g)", "var(--base-t)")
_HEIGHT = 34.0


def motif_section(report: MotifReport, discoveries: Mapping[str, Discovery], database: MotifDatabase) -> Section:
    """Return the section.

    Parameters
    ----------
    report
        Matches, see `compare_patterns`.
    discoveries
        The patterns it is about, by model.
    database
        The motifs that they were compared with.
    """
    known = {motif.id: motif for motif in database.motifs}
    patterns = {(model, one.name): one for model, found in discoveries.items() for one in found.patterns}
    best = [row for row in report.rows if row.rank == 1]
    blocks: list[Text | Table] = [Text(_lead(report)), _models(report.models, report.threshold)]
    blocks += [Text(note, "note") for note in report.notes]
    blocks += [Text(_shared(report))] if report.overlaps else []
    if best:
        blocks.append(_matches(best, patterns, known, report.threshold))
    return Section("motifs", "Patterns and known motifs", blocks)


def _lead(report: MotifReport) -> str:
    release = f", release {report.release}" if report.release and report.release not in report.database else ""
    return (
        "Recurring patterns of relevance found by TF-MoDISco, compared by TOMTOM with "
        f"{report.motifs:,} motifs of {report.database}{release}. A pattern matches when it, or one of its parts, has "
        f"a motif with q up to {report.threshold:g} (Benjamini-Hochberg over the database) at {LEAST_OVERLAP} or more "
        f"aligned positions in which it holds {LEAST_BITS:g} bits. What matches by "
        f"accident is the same comparison with {report.permutations} databases whose columns are in random order (seed "
        f"{report.seed}); a match counts where at most {report.threshold:.0%} of those match as well."
    )


def _models(models: Sequence[ModelSummary], threshold: float) -> Table:
    headings = [
        Heading("Model"),
        Heading("Sequences", numeric=True),
        Heading("Seqlets", numeric=True, title="Windows with much relevance that were clustered"),
        Heading("Patterns", numeric=True),
        Heading("Matched", numeric=True, title=f"Patterns with a motif of q up to {threshold:g}"),
        Heading("By accident", numeric=True, title="Share that matches permuted databases: mean, least and largest"),
        Heading("Beyond accident", numeric=True, title="Patterns with a match that few permuted databases reach"),
        Heading("Their best matches"),
    ]
    rows = [
        [
            Cell(one.model),
            cell(one.sequences, 0),
            cell(one.seqlets, 0),
            cell(one.patterns, 0),
            Cell(f"{one.matched} ({percent(one.fraction)})" if one.patterns else "–", one.fraction),
            Cell(_accident(one), one.null_fraction),
            cell(one.beyond_null, 0),
            Cell(one.reason or ", ".join(one.names) or "none", mark="faint" if one.reason else ""),
        ]
        for one in models
    ]
    return Table("Patterns of each model.", headings, rows)


def _accident(one: ModelSummary) -> str:
    if math.isnan(one.null_fraction):
        return "–"
    return f"{percent(one.null_fraction)} ({percent(one.null_low)} to {percent(one.null_high)})"


def _shared(report: MotifReport) -> str:
    return " ".join(
        f"{pair.first} and {pair.second} share {joined(pair.shared) if pair.shared else 'no match beyond accident'}"
        f"{'' if math.isnan(pair.jaccard) else f' ({percent(pair.jaccard)} of all names of either)'}."
        for pair in report.overlaps
    )


def _matches(
    best: Sequence[MatchRow], patterns: Mapping[tuple[str, str], Pattern], known: Mapping[str, Motif], threshold: float
) -> Table:
    headings = [
        Heading("Model"),
        Heading("Pattern"),
        Heading("Seqlets", numeric=True),
        Heading("Pattern, and the motif below it", title="Letters as high as their bits; aligned as TOMTOM did"),
        Heading("Best match"),
        Heading("p", numeric=True),
        Heading("q", numeric=True),
        Heading("Permuted", numeric=True, title="Share of permuted databases that match it as well"),
    ]
    rows = [
        [
            Cell(row.model),
            Cell(row.query, title=f"relevance {'for' if row.sign == '+' else 'against'} the target"),
            cell(row.seqlets, 0),
            Cell(_pair(row, patterns[row.model, row.pattern], known[row.motif]), row.consensus),
            Cell(f"{row.motif} {row.name}" if row.name != row.motif else row.motif, title=f"strand {row.strand}"),
            Cell(chance_of(row.p_value), row.p_value),
            Cell(chance_of(row.q_value), row.q_value),
            Cell(chance_of(row.permuted_p), row.permuted_p, _mark(row, threshold)),
        ]
        for row in best
    ]
    return Table("The best match of every pattern, and of its parts where a spacer divides it.", headings, rows)


def _mark(row: MatchRow, threshold: float) -> str:
    return "good" if max(row.q_value, row.permuted_p) <= threshold else "faint"


def _pair(row: MatchRow, pattern: Pattern, motif: Motif) -> Markup:
    """Return the query above its match, aligned."""
    query = next(one for one in pattern.motifs() if one.name == row.query)
    target = motif if row.strand == "+" else motif.reverse_complement()
    before, behind = max(row.offset, 0), max(-row.offset, 0)
    length = max(before + query.width, behind + target.width)
    drawn = [
        logo_svg(
            one.pfm, height=_HEIGHT, title=f"{one.label}: {one.consensus}", before=shift, length=length, colors=_COLORS
        )
        for one, shift in ((query, before), (target, behind))
    ]
    return Markup("<br>").join(Markup(one) for one in drawn)
