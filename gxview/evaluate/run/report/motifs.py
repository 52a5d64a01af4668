"""The section about patterns, on the real sequences and on their control."""

from __future__ import annotations

from gxview.errors import GxviewError
from gxview.evaluate.motifs.section import motif_section as section_of
from gxview.evaluate.run.controls import WORDS
from gxview.evaluate.run.motifs import motif_report
from gxview.evaluate.run.report.parts import Section, Text, Title
from gxview.evaluate.run.results import Results


def motif_section(results: Results) -> Section | None:
    """Return patterns, matches, the null of permuted matrices and the overlap of the models, for each set.

    None where nothing was looked for.
    """
    blocks: list[object] = []
    for set_name in results.plan.sets:
        try:
            found = motif_report(results, set_name)
        except GxviewError as error:
            return Section("motifs", "Patterns and known motifs", [Text(str(error), "bad")])
        if found is not None:
            blocks += [Title(WORDS[set_name]), *section_of(found.report, found.discoveries, found.database).blocks]
    return Section("motifs", "Patterns and known motifs", blocks) if blocks else None
