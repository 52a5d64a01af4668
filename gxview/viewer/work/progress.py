"""How far a job is, in words."""

from __future__ import annotations

from gxview.viewer.work.jobs import Job, JobState


def job_words(job: Job) -> str:
    """Say where a job stands: how far, how fast, how long still, or how it ended."""
    if job.has_ended:
        return job.message or job.state.value.capitalize()
    if job.told:
        return job.told
    if job.state is not JobState.RUNNING:
        return job.state.value.capitalize()
    parts = [_share(job), rate_words(job.rate * job.each, job.unit), time_words(job.seconds_left)]
    return ", ".join(part for part in parts if part)


def rate_words(rate: float, unit: str) -> str:
    """Write a rate per second: '1,250 windows/s', '12 MB/s', '3.4 kb/s'; empty for none."""
    return f"{amount_words(rate, unit)}/s" if rate > 0 else ""


def amount_words(amount: float, unit: str) -> str:
    """Write an amount in the prefix that suits it: '12 MB', '3.4 kb', '1,250 windows'."""
    if unit in ("B", "bp"):
        letter = "B" if unit == "B" else "b"
        for factor, prefix in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
            if amount >= factor:
                return f"{_digits(amount / factor)} {prefix}{letter}"
    return f"{_digits(amount)} {unit}".rstrip()


def time_words(seconds: float | None) -> str:
    """Write a time that is left, no finer than a guess can be: 'about 3 min'; empty when it cannot be told."""
    if seconds is None:
        return ""
    if seconds < 5:
        return "a few seconds left"
    if seconds < 55:
        return f"about {5 * round(seconds / 5)} s left"
    if seconds < 3600:
        return f"about {max(1, round(seconds / 60))} min left"
    return f"about {seconds / 3600:.1f} h left" if seconds < 36_000 else f"about {seconds / 3600:.0f} h left"


def span_words(seconds: float | None, low: float | None, high: float | None) -> str:
    """Write a time that is left with how sure it is: 'about 3 min left (2.5 to 4)'; empty when it cannot be told."""
    if seconds is None or low is None or high is None or seconds < 5:
        return time_words(seconds)
    each, unit = (3600.0, "h") if seconds >= 3600 else (60.0, "min") if seconds >= 55 else (1.0, "s")
    middle, first, last = (_rounded(number / each) for number in (seconds, low, high))
    return f"about {middle} {unit} left" + (f" ({first} to {last})" if first != last else "")


def duration_words(seconds: float, low: float, high: float) -> str:
    """Write how long work will take: 'about 3 min (2.5 to 4)'."""
    return span_words(seconds, low, high).replace(" left", "")


def _rounded(number: float) -> str:
    """Write a bound with at most two digits that matter, halves below ten."""
    return f"{round(2 * number) / 2:g}" if number < 10 else f"{float(f'{number:.2g}'):,.0f}"


def _share(job: Job) -> str:
    if not job.total:
        return "Running"
    if job.unit in ("B", "bp"):
        return f"{amount_words(job.done * job.each, job.unit)} of {amount_words(job.total * job.each, job.unit)}"
    return f"{job.done:,} of {job.total:,}"


def _digits(number: float) -> str:
    return f"{number:,.1f}" if number < 10 and number != int(number) else f"{number:,.0f}"
