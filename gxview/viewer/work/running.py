"""Work in the background as a job that a person sees: its progress, its cancel button, and how it ended."""

from __future__ import annotations

from collections.abc import Callable

from gxview.viewer.work.jobs import Job, JobList, JobState
from gxview.viewer.work.notices import Notices
from gxview.viewer.work.workers import Outcome, Task, Work, Workers


def settle(jobs: JobList, notices: Notices, job: Job, outcome: Outcome) -> bool:
    """End a job as its work ended; a failure is told. Return whether there is a value."""
    if outcome.ok:
        jobs.end(job, JobState.DONE)
    elif outcome.cancelled:
        jobs.end(job, JobState.CANCELLED)
    else:
        jobs.end(job, JobState.FAILED, outcome.error)
        notices.error(outcome.error)
    return outcome.ok


def run_job(workers: Workers, jobs: JobList, job: Job, work: Work, done: Callable[[Outcome], None]) -> None:
    """Let workers do the work of a job that was started; the job shows progress and can be cancelled.

    Parameters
    ----------
    workers, jobs, job
        Who works, and the job in its list.
    work
        See `Task`.
    done
        Called on the main thread with the outcome; it ends the job, see `settle`.
    """
    task = Task(work, done, lambda: jobs.run(job), lambda done, total: jobs.run(job, done, total))
    job.on_cancel(task.cancel)
    workers.submit(task)
