"""The window's numbers about variants and substitutions are those of the Python interface and of the command."""

from __future__ import annotations

import gzip
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from gxview.assess.variants import score_variants
from gxview.cli import build_app
from gxview.cli.view import SAMPLE_MODELS, make_engine
from gxview.genome import Reference, Region
from gxview.models import load_model
from gxview.tracks import open_source
from gxview.viewer.scoring.effects import info_effects
from gxview.viewer.tracks.options import EffectChoice
from gxview.viewer.viewer import Viewer
from gxview.viewer.work.loop import QueueLoop

GENOME = Path(str(files("gxview.resources") / "sample.fa.gz"))
MODEL = "sample-cnn"
PLACE = Region("chromosome", 6_790, 6_850)


@pytest.fixture(scope="module")
def vcf(tmp_path_factory) -> Path:
    """Substitutions, a multi-allelic site, an insertion and a deletion in a promoter, and one wrong REF."""
    reference = Reference(GENOME)
    letters = reference.fetch(PLACE).upper()

    def other(base: str, by: int = 1) -> str:
        return "ACGT"["ACGT".index(base) - by]

    def line(place: int, ref: str, alt: str) -> str:
        return f"chromosome\t{PLACE.start + place + 1}\tv{place}\t{ref}\t{alt}\t.\tPASS\t."

    rows = [line(k, letters[k], other(letters[k])) for k in range(2, 40, 5)]
    rows.append(line(41, letters[41], f"{other(letters[41])},{other(letters[41], 2)}"))
    rows.append(line(44, letters[44], letters[44] + "GAT"))
    rows.append(line(48, letters[48:52], letters[48]))
    path = tmp_path_factory.mktemp("vcf") / "v.vcf"
    head = "##fileformat=VCFv4.3\n##contig=<ID=chromosome,length=1000000>\n"
    path.write_text(head + "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n" + "\n".join(rows) + "\n")
    return path


@pytest.fixture
def loop():
    return QueueLoop()


@pytest.fixture
def viewer(loop, vcf):
    viewer = Viewer(loop, make_engine, open_source, SAMPLE_MODELS)
    viewer.model.camera.resize(1000)
    viewer.opener.open([GENOME, vcf])
    assert loop.run(lambda: viewer.is_idle)
    viewer.show(PLACE)
    assert loop.run(lambda: viewer.is_idle)
    yield viewer
    assert viewer.close(30)


def on_screen(viewer, track) -> np.ndarray:
    table = viewer.colouring.table(track, viewer.model.camera.view)
    assert table.answered.all()
    return np.stack([table.values, table.spreads], axis=1)


def test_window_python_and_command_give_the_same_effects(viewer, loop, vcf, tmp_path):
    track = viewer.model.tracks[1]
    told = {}
    for score in ("logit", "probability"):
        track.effect = EffectChoice(score=score, model=MODEL)
        assert loop.run(lambda: viewer.is_idle, timeout=120)
        told[score] = on_screen(viewer, track)
    assert viewer.problems() == []
    effects = score_variants(load_model(MODEL), viewer.model.reference, vcf)
    for score, found in told.items():
        alone = [(one.effects[score].value, one.effects[score].spread) for one in effects]
        np.testing.assert_allclose(found, alone, rtol=1e-5, atol=1e-6)
    command = [
        "variants",
        "--vcf",
        str(vcf),
        "--genome",
        str(GENOME),
        "--model",
        MODEL,
        "-o",
        str(tmp_path / "out"),
        "--progress",
        "none",
    ]
    assert CliRunner().invoke(build_app(command), command).exit_code == 0
    viewer.opener.open([tmp_path / "out" / "v.vcf.gz"])
    assert loop.run(lambda: viewer.is_idle)
    written = viewer.model.tracks[2]
    written.effect = EffectChoice(score="GXV_LOGIT")
    np.testing.assert_allclose(on_screen(viewer, written), told["logit"], rtol=1e-4, atol=1e-5)
    with gzip.open(tmp_path / "out" / "v.vcf.gz", "rt") as file:
        assert sum("GXV_LOGIT=" in line for line in file) == 11


def test_a_record_of_another_assembly_is_named_and_the_others_are_scored(viewer, loop, vcf, tmp_path):
    lines = vcf.read_text().splitlines()
    fields = lines[3].split("\t")
    fields[2], fields[3], fields[4] = "wrong", fields[4], fields[3]
    lines[3] = "\t".join(fields)
    path = tmp_path / "w.vcf"
    path.write_text("\n".join(lines) + "\n")
    viewer.opener.open([path])
    assert loop.run(lambda: viewer.is_idle)
    track = viewer.model.tracks[2]
    track.effect = EffectChoice(score="logit", model=MODEL)
    assert loop.run(lambda: viewer.is_idle, timeout=120)
    shown = viewer.scores.shown(track, viewer.model.camera.view)
    reasons = {one.name: viewer.colouring.reasons(track, one) for one in shown}
    assert reasons["wrong"][0].startswith(
        f"chromosome:{int(fields[1]):,} {fields[3]}>{fields[4]}: REF is {fields[3]}, but sample.fa.gz has {fields[4]}"
    )
    assert viewer.colouring.table(track, viewer.model.camera.view).refused == "1 not scored"
    told = [notice.text for notice in viewer.notices.history]
    assert [text for text in told if reasons["wrong"][0] in text] == [
        f"Not every variant can be scored: {reasons['wrong'][0]}"
    ]
    assert not any(reason for name, reason in reasons.items() if name != "wrong")
    assert np.isfinite([one.value for one in viewer.colouring.effects(track, shown[1])]).all()


def test_substitutions_on_screen_are_those_of_the_letters_changed_one_by_one(viewer, loop):
    owner = viewer.explanations.add(MODEL)
    track = viewer.mutagenesis.toggle(owner)
    assert loop.run(lambda: viewer.is_idle, timeout=120)
    model, reference = load_model(MODEL), viewer.model.reference
    window, stride = model.window_length, model.window_length // 2
    base = PLACE.start + 20
    effects = []
    for start in range(0, reference.sizes["chromosome"] - window, stride):
        if not start <= base < start + window:
            continue
        letters = reference.fetch(Region("chromosome", start, start + window)).upper()
        at = base - start
        rows = [letters, *(letters[:at] + other + letters[at + 1 :] for other in "ACGT")]
        logits = model.logits(rows)[:, model.positive or 0]
        effects.append(logits[1:] - logits[0])
    _, _, found = viewer.mutagenesis.matrix(track, viewer.model.camera.view).at(base)
    np.testing.assert_allclose(found, np.mean(effects, axis=0), rtol=1e-4, atol=1e-4)


def test_fields_of_a_scored_file_are_read_from_the_source(tmp_path):
    source = open_source(_scored(tmp_path))
    (variant,) = source.variants(Region("chromosome", 0, 10_000))
    assert [one.value for one in info_effects(variant, "GXV_LOGIT")] == [-0.5]


def _scored(folder: Path) -> Path:
    path = folder / "s.vcf"
    path.write_text("#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\nchromosome\t7\t.\tA\tC\t.\t.\tGXV_LOGIT=-0.5\n")
    return path
