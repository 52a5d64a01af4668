"""Faults of what is read: regions, reference, model, job file."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from benchmarks.acceptance.exports import Job
from benchmarks.acceptance.faults import models
from benchmarks.acceptance.faults.scene import Row, Scene, tracks
from gxview.job_file import FAILURES, NAME

REGIONS = 400
BROKEN = (
    "plasmid\t100",
    "plasmid",
    "plasmid\tabc\t500",
    "plasmid\t100\tx500",
    "plasmid\t700\t600",
    "plasmid\t-5\t600",
    "chr99\t100\t600",
    "plasmid\t200000\t200400",
    "plasmid\t1e3\t1400",
    "plasmid\t300000\t300400",
)


def broken_lines(scene: Scene) -> Row:
    """Break 5 % of the lines of a BED file; compare with the same file without them."""
    row = Row("region file with 5 % broken lines")
    good = [f"plasmid\t{490 * number}\t{490 * number + 200}\tr{number}" for number in range(REGIONS)]
    lines = list(good)
    places = range(7, REGIONS, 20)
    for number, place in enumerate(places):
        lines[place] = BROKEN[number % len(BROKEN)]
    broken, clean = scene.work / "broken.bed", scene.work / "clean.bed"
    broken.write_text("\n".join(lines) + "\n")
    clean.write_text("".join(f"{line}\n" for number, line in enumerate(good) if number not in places))
    job, right = scene.regions("broken", broken), scene.regions("clean", clean)
    ended = job.run()
    row.met(ended, job)
    right.run()
    told = (job.folder / FAILURES).read_text().splitlines() if (job.folder / FAILURES).exists() else []
    named = [place for place in places if any(f"line {place + 1}" in line for line in told)]
    row.happened = f"the other {REGIONS - len(places)} were done; {FAILURES} names {len(named)} of {len(places)} lines"
    row.expect(len(named) == len(places), f"{FAILURES} does not name all: {told[:3]}")
    row.expect(tracks(job) == tracks(right), "the tracks are not those of the good lines alone")
    again = job.run()
    row.after = f"again with --resume: exit code {again.exit_code}"
    row.expect(again.exit_code == 1, "going on calls it complete while regions are missing")
    return row


def reference_vanished(scene: Scene) -> Row:
    """Take the FASTA away before the job goes on."""
    row = Row("reference vanished before --resume", "refused, the work so far stays")
    job, moved = scene.job("vanished"), scene.genome.with_name("elsewhere.fa.gz")
    recorded = scene.interrupted(job)
    scene.genome.rename(moved)
    try:
        row.met(job.run(), job, (1, 2))
    finally:
        moved.rename(scene.genome)
    row.expect(job.recorded() >= recorded, "recorded shards were lost")
    scene.resumed(row, job)
    return row


def reference_vanishes(scene: Scene) -> Row:
    """Take the FASTA away, with its indexes, while the job runs."""
    row = Row("reference vanishes while the job runs")
    job, moved = scene.job("vanishes"), scene.genome.parent.with_name("moved")
    export = job.start()
    job.wait_recorded(export, 2)
    scene.genome.parent.rename(moved)
    try:
        row.met(export.finish(), job, (0, 1))
    finally:
        moved.rename(scene.genome.parent)
    row.happened = "went on with the open file" if row.exit_code == 0 else "stopped"
    scene.resumed(row, job)
    return row


def reference_changed(scene: Scene) -> Row:
    """Change letters of the FASTA before the job goes on."""
    row = Row("letters of the reference changed before --resume", "refused: the checksum differs")
    folder = scene.work / "changed"
    shutil.copytree(scene.genome.parent, folder / "genome")
    genome = _plain(folder / "genome" / scene.genome.name)
    job = scene.job("changed", genome=genome)
    scene.interrupted(job)
    text = genome.read_text()
    other = text.replace("ACGTA", "ACGTC")
    genome.write_text(other)
    row.met(job.run(), job, (1, 2))
    genome.write_text(text)
    ended = job.run()
    row.after = f"exit code {ended.exit_code}"
    row.expect(tracks(job) == tracks(scene.whole), "the tracks differ from those of a run without a fault")
    return row


def _plain(packed: Path) -> Path:
    import gzip

    plain = packed.with_name("genome.fa")
    plain.write_bytes(gzip.decompress(packed.read_bytes()))
    return plain


def regions_changed(scene: Scene) -> Row:
    """Edit the region file between two runs."""
    row = Row("region file edited before --resume")
    bed = scene.work / "edited.bed"
    bed.write_text("".join(f"plasmid\t{980 * number}\t{980 * number + 600}\n" for number in range(200)))
    job, right = scene.regions("edited", bed), scene.regions("edited-right", bed)
    right.run()
    scene.interrupted(job, 2)
    text = bed.read_text()
    bed.write_text(text.replace("\t600\n", "\t601\n") + "plasmid\t190000\t199000\n")
    ended = job.run()
    row.met(ended, job, (0,))
    row.happened = " ".join(event["text"] for event in ended.events if event["event"] == "note")
    row.after = scene.compared(row, job, right)
    row.expect(bed.name in row.happened, "the change was not told")
    return row


def model_replaced(scene: Scene) -> Row:
    """Put another model into the folder while the job runs; then kill it and go on."""
    row = Row("model folder replaced during the job")
    model = scene.work / "replaced-model"
    shutil.copytree(scene.model, model)
    job = scene.job("replaced", model=model)
    export = job.start()
    job.wait_recorded(export, 2)
    kept = model.with_name("kept")
    model.rename(kept)
    models.sometimes_nan(model)
    job.wait_recorded(export, 4)
    export.kill()
    row.happened = f"the running job kept what it had loaded ({job.recorded()} shards); going on is refused by the hash"
    row.met(job.run(), job, (1, 2))
    shutil.rmtree(model)
    kept.rename(model)
    ended = job.run()
    row.after = f"exit code {ended.exit_code}"
    row.expect(tracks(job) == tracks(scene.whole), "the tracks differ from those of a run without a fault")
    return row


def _edited(scene: Scene, name: str, own: bool) -> Row:
    row = Row("", "refused: what is done belongs to another recipe")
    job = scene.job(name)
    scene.interrupted(job)
    path = job.folder / NAME
    text = path.read_text()
    path.write_text(json.dumps({**json.loads(text), "stride": 75}))
    row.met((Job(path, job.folder) if own else job).run(), job, (1, 2))
    path.write_text(text)
    scene.resumed(row, job)
    return row


def job_edited(scene: Scene) -> Row:
    """Edit ``job.json`` in the folder of the results; go on with the recipe that lies elsewhere."""
    row = _edited(scene, "job-edited", own=False)
    row.name = "job.json edited before --job RECIPE --resume"
    return row


def own_job_edited(scene: Scene) -> Row:
    """Edit ``job.json`` in the folder of the results; go on with it."""
    row = _edited(scene, "own-job-edited", own=True)
    row.name = "job.json edited before --job job.json --resume"
    return row


def job_damaged(scene: Scene) -> Row:
    """Cut ``job.json`` between two runs."""
    row = Row("job.json damaged before --resume")
    job = scene.job("job-damaged")
    scene.interrupted(job)
    (job.folder / NAME).write_text('{"format": "gxview ba')
    row.met(job.run(), job, (0, 1, 2))
    row.happened = "made anew from the recipe" if row.exit_code == 0 else "refused"
    return row


def other_recipe(scene: Scene) -> Row:
    """Send a job with another recipe to a folder that holds results."""
    row = Row("another recipe into a folder with results", "refused, nothing is overwritten")
    job = scene.job("other")
    job.run()
    before = job.states()
    other = scene.job("other-recipe", stride=75)
    row.met(Job(other.file, job.folder).run(), job, (1, 2))
    row.expect(job.states() == before, "the folder was changed")
    return row


FAULTS = (
    broken_lines,
    reference_vanished,
    reference_vanishes,
    reference_changed,
    regions_changed,
    model_replaced,
    job_edited,
    own_job_edited,
    job_damaged,
    other_recipe,
)
