"""What is reported: each figure, its goal, the peer of the same run and the ratio to it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

Figures = dict[str, list[float]]


@dataclass(frozen=True)
class Line:
    """One figure.

    Parameters
    ----------
    what
        In words.
    name
        Of our figure.
    unit
        'ms' or 'MB'.
    goal
        The figure should stay below it; None where there is none.
    peer, peer_name
        Of the peer's figure for the same; empty where there is none.
    """

    what: str
    name: str
    unit: str = "ms"
    goal: float | None = None
    peer: str = ""
    peer_name: str = ""


def _frames(scene: str, what: str, goal: float, peer: str = "", figure: str = "") -> list[Line]:
    paired = [(peer, f"{figure}_{q}" if figure else "") for q in ("p50", "p95")]
    return [
        Line(f"frame, {what}, median", f"frames.{scene}.frame_p50", "ms", None, *paired[0]),
        Line(f"frame, {what}, p95", f"frames.{scene}.frame_p95", "ms", goal, *paired[1]),
    ]


IGV, PGT, LOGO = "igv.js", "pyGenomeTracks", "logomaker"
LINES = [
    *_frames("mixed_1kb", "20 mixed tracks, 1 kb", 16),
    *_frames("mixed_50kb", "20 mixed tracks, 50 kb", 16),
    *_frames("mixed_whole", "20 mixed tracks, whole chromosome", 16),
    *_frames("mixed_100mb", "20 mixed tracks, 100 Mb", 16),
    *_frames("bigwigs_1kb", "genes and 20 bigWigs, 1 kb", 16, IGV, "pan_full_20bw"),
    Line("frame, 4 x 400 letters, median", "frames.letters_4x400.frame_p50", "ms", 10, IGV, "repaint_dynseq_4x400"),
    Line("frame, 4 x 400 letters, p95", "frames.letters_4x400.frame_p95", "ms", None, LOGO, "logo_4x400"),
    Line("jump to 500 bp, 20 bigWigs", "jumps.500bp", "ms", 100, IGV, "search_20bw_500bp"),
    Line("jump to 50 kb, 20 bigWigs", "jumps.50kb", "ms", 100, IGV, "search_20bw_50000bp"),
    Line("jump to the whole chromosome, 20 bigWigs", "jumps.whole", "ms", 100, IGV, "search_20bw_whole"),
    Line("the same jump to 50 kb", "jumps.50kb", "ms", None, PGT, "inside_20bw_50000bp"),
    Line("the same jump to the whole chromosome", "jumps.whole", "ms", None, PGT, "inside_20bw_whole"),
    Line("stall while browsing, no model at work, p99", "stalls.quiet.p99"),
    Line("stall while a model explains, p99", "stalls.explaining.p99", "ms", 50),
    Line("stall while a model explains and a person browses, p99", "stalls.explaining_and_browsing.p99", "ms", 50),
    Line("longest such stall", "stalls.explaining_and_browsing.longest"),
    Line("cold start, bare window", "starts.bare.ms", "ms", 1000),
    Line("cold start, sample", "starts.sample.ms", "ms", 1500),
    Line("cold start, 20 bigWigs", "starts.twenty_bigwigs.ms", "ms", 1500, IGV, "first_draw_20bw_1000bp_launch"),
    Line("memory with 20 bigWigs", "starts.twenty_bigwigs.Pss", "MB", 400, IGV, "memory_20bw_1000bp"),
    Line("memory (RSS), 20 bigWigs of a genome of 3 Gb, no reference", "starts.big_without_reference.Rss", "MB", 400),
    Line("memory (RSS), the same with the reference", "starts.big_with_reference.Rss", "MB", 400),
]


def rows(ours: Figures, theirs: Figures) -> list[dict[str, Any]]:
    """Return the figures: medians over the turns, the peer's, the ratio of both, whether the goal is met."""
    found = []
    for line in LINES:
        if line.name not in ours:
            continue
        value = median(ours[line.name])
        other = median(theirs[line.peer_name]) if theirs.get(line.peer_name) else None
        row = {**asdict(line), "value": round(value, 1), "turns": [round(turn, 1) for turn in ours[line.name]]}
        row["peer_value"] = None if other is None else round(other, 1)
        row["ratio"] = None if other is None else round(value / other, 3)
        row["goal_met"] = None if line.goal is None else value < line.goal
        found.append(row)
    return found


def markdown(found: list[dict[str, Any]], notes: list[str]) -> str:
    """Return the figures as a table."""
    lines = ["| figure | gxview | goal | met | peer | its figure | gxview / peer |", "|---|---|---|---|---|---|---|"]
    for row in found:
        goal = "" if row["goal"] is None else f"< {row['goal']:g}"
        met = {None: "", True: "yes", False: "**no**"}[row["goal_met"]]
        other = "" if row["peer_value"] is None else f"{row['peer_value']:g}"
        ratio = "" if row["ratio"] is None else f"{row['ratio']:.2g}"
        peer = row["peer"] if other else ""
        lines.append(
            f"| {row['what']} | {row['value']:g} {row['unit']} | {goal} | {met} | {peer} | {other} | {ratio} |"
        )
    return "\n".join([*lines, "", *notes, ""])
