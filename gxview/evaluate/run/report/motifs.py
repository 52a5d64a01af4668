"""The section about patterns, on the real sequences and on their control."""

from __future__ import annotations

from gxview.errors import GxviewError
from gxview.evaluate.motifs.databases import open_database
from gxview.evaluate.motifs.section import motif_section as section_of
from gxview.evaluate.run.controls import WORDS
from gxview.evaluate.run.motifs import discoveries, matches
from gxview.evaluate.run.results import Results
from gxview.page.parts import Section, Text, Title


def motif_section(results: Results) -> Section | None:
    """Return patterns, matches, the null of permuted matrices and the overlap of the models, for each set.

    None where nothing was looked for.
    """
    found = {name: by_model for name in results.plan.sets if (by_model := discoveries(results, name))}
    if not found:
        return None
    title = "Patterns and known motifs"
    try:
        database = open_database(results.evaluation.motifs.database)
    except GxviewError as error:
        return Section("motifs", title, [Text(str(error), "bad")])
    blocks: list[object] = []
    for name, by_model in found.items():
        report = matches(results, by_model, database)
        blocks += [Title(WORDS[name]), *section_of(report, by_model, database).blocks]
    return Section("motifs", title, blocks)
