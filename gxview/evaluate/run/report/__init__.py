"""The report of an evaluation: one HTML file that needs nothing else."""

from __future__ import annotations

from pathlib import Path

from gxview.durable import write_durably
from gxview.evaluate.run.report.agreement import agreement_section
from gxview.evaluate.run.report.cases import cases_section
from gxview.evaluate.run.report.claims import claims_section
from gxview.evaluate.run.report.dataset import dataset_section, models_section
from gxview.evaluate.run.report.faithful import faithfulness_section
from gxview.evaluate.run.report.provenance import definitions_section, failures_section, provenance_section
from gxview.evaluate.run.report.tests import tests_section
from gxview.evaluate.run.report.values import control_section, value_sections
from gxview.evaluate.run.results import Results
from gxview.evaluate.run.statistics import Statistics
from gxview.page import page as whole_page
from gxview.page.parts import Section


def write_report(path: Path, results: Results, statistics: Statistics, motifs: Section | None = None) -> Path:
    """Write the report; its bytes depend on the results alone.

    Parameters
    ----------
    path
        The HTML file.
    results, statistics
        What it shows.
    motifs
        The section about patterns and databases, where that was done.
    """
    write_durably(path, page(results, sections_of(results, statistics, motifs)).encode())
    return path


def sections_of(results: Results, statistics: Statistics, motifs: Section | None) -> list[Section]:
    """Return the sections that have something to show, what matters most first."""
    found = [
        claims_section(results, statistics),
        cases_section(results, statistics),
        faithfulness_section(results, statistics),
        agreement_section(results, statistics),
        *value_sections(results, statistics),
        control_section(results, statistics),
        motifs,
        tests_section(statistics),
        failures_section(results),
        dataset_section(results),
        models_section(results),
        definitions_section(results),
        provenance_section(results),
    ]
    return [section for section in found if section is not None]


def page(results: Results, sections: list[Section]) -> str:
    """Return the whole page."""
    evaluation = results.evaluation
    kind = "full evaluation" if evaluation.full else "quick evaluation"
    return whole_page(evaluation.title, kind, _lead(results), sections)


def _lead(results: Results) -> str:
    models = ", ".join(f"{one.name} ({', '.join(one.methods)})" for one in results.trained)
    return (
        f"{len(results.data.items):,} sequences of {results.data.name}, explained for {models}. Means are over "
        "sequences; intervals in grey are bootstrap intervals. A number that could not be had is counted as a "
        "failure and never left out in silence."
    )
