"""What is said about a whole model: whether its scores allow any metric, and whether it passes the sanity check."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from gxview.errors import GxviewError
from gxview.evaluate.model_notes import model_notes
from gxview.evaluate.records import REAL, Record
from gxview.evaluate.run.plan import Plan
from gxview.evaluate.run.results import Results
from gxview.evaluate.run.subjects import Subject
from gxview.evaluate.sanity import Verdict, verdict, verdict_record
from gxview.evaluate.scorer import Scorer


def judged(plan: Plan) -> list[str]:
    """Return why numbers about a trained model may mean nothing: constant, deaf to its input, of one opinion."""
    letters = [item.letters for item in plan.sets[REAL]]
    notes: dict[str, None] = {}
    for subject in plan.subjects:
        if not subject.copy_of:
            try:
                scorer = Scorer(subject.model, subject.target)
                found = model_notes(scorer, letters, seed=plan.evaluation.seed)
            except GxviewError as error:
                found = (f"{subject.name} does not answer about all sequences: {error}",)
            notes |= dict.fromkeys(note.replace(subject.model.name, subject.name, 1) for note in found)
    return list(notes)


def verdicts(results: Results) -> Iterator[Record]:
    """Yield whether each method of each model passes the sanity check: random weights must change explanations."""
    for subject in results.trained:
        for method in subject.methods:
            found = sanity_verdict(results, subject, method)
            if found is not None:
                yield verdict_record(found, set=REAL, model=subject.name, method=method)


def sanity_verdict(results: Results, subject: Subject, method: str) -> Verdict | None:
    """Return the verdict on a method from all randomised copies; None where it was not explained on one."""
    columns = [
        column
        for copy in results.plan.subjects
        if copy.copy_of == subject.name
        and (column := results.get("jaccard", subject.name, method, other=(copy.name, method))) is not None
    ]
    if not columns:
        return None
    values = np.abs(np.concatenate(columns))
    head = results.get("randomised_similarity", subject.name, method, detail="blocks=head")
    of_head = () if head is None else head.tolist()
    return verdict(values.tolist(), subject.name, method, ceiling(results, subject)[0], of_head)


def ceiling(results: Results, subject: Subject) -> tuple[float, str]:
    """Return the agreement of two training runs of a model, and its name; 1 where there is one run only."""
    for other in results.trained:
        if subject.name == other.seed_of or subject.seed_of == other.name:
            for first, second in ((subject, other), (other, subject)):
                column = results.get("jaccard", first.name, first.main, other=(second.name, second.main))
                if column is not None and np.isfinite(column).any():
                    return float(np.nanmean(column)), other.name
    return 1.0, ""
