"""The panels about models without their windows: arguments of the commands, how they end, what their results say."""

from __future__ import annotations

import gzip
import json
import math
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gxview.errors import GxviewError
from gxview.genome import Region
from gxview.viewer.assessing.plots import Mark, Plot, Series, histogram
from gxview.viewer.assessing.probe import read_columns
from gxview.viewer.assessing.training import LOSS, Pass, Trained, measure_words, read_training, with_best
from gxview.viewer.assessing.variants import read_effects
from gxview.viewer.settings.preferences import read_into
from gxview.viewer.settings.settings import Settings
from gxview.viewer.work.command import read_event
from gxview.viewer.work.jobs import JobState
from gxview.viewer.work.notices import Level

FAKE = Path(__file__).with_name("fake_assess.py")


@pytest.fixture
def ready(opened, tmp_path):
    for one in opened.assess:
        one.program = (sys.executable, str(FAKE))
    (tmp_path / "data.csv").write_text("sequence,label,strength\nACGT,1,0.5\n")
    (tmp_path / "calls.vcf").write_text("##fileformat=VCFv4.2\n")
    return opened


def start(ready, loop, tmp_path, kind="mit", **choices):
    """Start a command and wait until it works."""
    one = getattr(ready.assess, kind)
    one.choose(**choices)
    run = one.start(tmp_path / "out")
    assert loop.run(lambda: bool(run.job.details))
    return one, run


def finish(one, run, loop):
    run.child.say("finish")
    assert loop.run(lambda: one.results is not None)
    return one.results


@pytest.mark.parametrize(
    ("kind", "choices", "wanted"),
    [
        (
            "mit",
            {"scorers": ("pa-pwm",), "models": ("fake-cnn",)},
            ["--scorer", "pa-pwm", "--scorer", "model:fake-cnn"],
        ),
        ("mit", {"natural": "data.csv"}, ["--promoters", "data.csv", "--genome", "genome.fa"]),
        ("mit", {"methods": ("ism", "default")}, ["--explain", "ism", "--explain", "default"]),
        ("mit", {"draws": 20, "seed": 7}, ["--seeds", "20", "--seed", "7"]),
        ("probe", {"data": "data.csv", "models": ("fake-bert",), "labels": ("strength",)}, ["--label", "strength"]),
        ("probe", {"data": "data.csv", "models": ("a",), "layers": "-1, 0", "fractions": ".1 1"}, ["--layers=-1,0"]),
        ("variants", {"vcf": "calls.vcf", "model": "fake-cnn"}, ["--vcf", "calls.vcf", "--genome", "genome.fa"]),
        ("variants", {"vcf": "calls.vcf", "model": "a", "offsets": "\N{MINUS SIGN}16, 0"}, ["--offsets=-16,0"]),
        ("variants", {"vcf": "calls.vcf", "model": "a", "scores": ("llr", "cosine")}, ["--score", "llr,cosine"]),
        ("train", {"data": "data.csv", "start_from": "a", "mode": "lora", "epochs": 3}, ["--lora", "--epochs", "3"]),
        (
            "train",
            {"data": "data.csv", "learning_rate": "3e-5", "folds": 5},
            ["--folds", "5", "--learning-rate", "3e-5"],
        ),
        ("train", {"data": "data.csv", "labels": "log expression, strength"}, ["--labels", "log expression,strength"]),
    ],
)
def test_choices_become_arguments(ready, tmp_path, kind, choices, wanted):
    one = getattr(ready.assess, kind)
    one.choose(**{name: _placed(value, tmp_path) for name, value in choices.items()})
    assert one.problem == ""
    found = one.arguments(tmp_path / "out")
    placed = [_placed(text, tmp_path) for text in wanted]
    assert placed in [found[place : place + len(placed)] for place in range(len(found))]
    assert found[-2:] == ["--device", "auto"]


def _placed(value, folder):
    return str(folder / value) if value in ("data.csv", "calls.vcf", "genome.fa") else value


@pytest.mark.parametrize(
    ("kind", "choices", "sentence"),
    [
        ("mit", {"scorers": ()}, "Check at least one scorer or model."),
        ("mit", {"sequences": "/nowhere/x.fa"}, "is no file; choose a file of sequences"),
        ("probe", {}, "Choose a table of sequences and labels."),
        ("variants", {}, "Choose a VCF or BCF file."),
        ("train", {}, "Choose a table to train on."),
        ("train", {"data": __file__, "mode": "lora"}, "LoRA changes weights that are there"),
        ("train", {"data": __file__, "learning_rate": "fast"}, "'fast' is no number"),
        ("train", {"data": __file__, "folds": 3, "ensemble": 3}, "not both"),
        ("train", {"data": "ACGT" * 1000}, "is no file; choose a table to train on"),
        ("train", {"data": "~nobody-of-that-name/x.csv"}, "is no file; choose a table to train on"),
    ],
)
def test_what_is_missing_is_said(ready, kind, choices, sentence):
    one = getattr(ready.assess, kind)
    one.choose(**choices)
    assert sentence in one.problem
    with pytest.raises(GxviewError, match=r"."):
        one.start(Path("/nowhere"))
    assert one.run is None


def test_choices_that_make_no_sense_are_refused(ready):
    with pytest.raises(GxviewError, match="Training has no choice 'epoch'; it has kind, "):
        ready.assess.train.choose(epoch=3)
    with pytest.raises(GxviewError, match="epochs of Training cannot be that"):
        ready.assess.train.choose(epochs=0)


def test_choices_are_remembered(ready, tmp_path):
    ready.assess.train.choose(epochs=3, kind="dnabert2")
    path = tmp_path / "preferences.json"
    path.write_text(json.dumps(ready.model.settings.model_dump(mode="json")))
    again = Settings()
    assert read_into(path, again) == []
    assert again.train == ready.model.settings.train


def test_a_genome_is_needed_where_there_is_none(viewer, tmp_path):
    (tmp_path / "calls.vcf").write_text("")
    viewer.assess.variants.choose(vcf=str(tmp_path / "calls.vcf"), model="fake-cnn")
    assert viewer.assess.variants.problem == "Open the genome of the variants first."


def test_it_runs_as_a_job_and_its_results_are_read(ready, loop, tmp_path):
    one, run = start(ready, loop, tmp_path)
    assert json.loads((tmp_path / "out" / "asked.json").read_text())[-4:] == [
        "--output",
        str(tmp_path / "out"),
        "--progress",
        "json",
    ]
    assert (run.job.done, run.job.total) == (2, 8)
    assert one.status == "25 %, about 3 min left, scorer m"
    with pytest.raises(GxviewError, match="MIT is running already"):
        one.start(tmp_path / "other")
    ready.assess.probe.choose(data=str(tmp_path / "data.csv"), models=("fake-bert",))
    with pytest.raises(GxviewError, match="writes into"):
        ready.assess.probe.start(tmp_path / "out")
    results = finish(one, run, loop)
    assert [row.scorer for row in results.rows] == ["pa-pwm", "m", "Evo2-1B"]
    assert one.report == tmp_path / "out" / "report.html"
    assert "All of it is there." in [note.text for note in ready.notices.history]
    assert "two sequences are the same." in [note.text for note in ready.notices.history]


@pytest.mark.parametrize(
    ("word", "sentence"),
    [("fail", "no room is left on the disk."), ("refuse", "the model takes no such sequences.")],
)
def test_a_failure_is_told_in_the_words_of_the_program(ready, loop, tmp_path, word, sentence):
    one, run = start(ready, loop, tmp_path)
    run.child.say(word)
    assert loop.run(lambda: run.has_ended)
    assert run.job.state is JobState.FAILED
    assert one.failure == sentence
    assert ready.notices.history[-1].level is Level.ERROR


def test_stopping_asks_the_program_which_keeps_what_it_has(ready, loop, tmp_path):
    one, run = start(ready, loop, tmp_path)
    one.stop()
    assert loop.run(lambda: run.has_ended)
    assert run.job.state is JobState.CANCELLED
    assert run.end is not None, "the program ended by itself"
    assert run.job.message == "Stopped. What is finished is kept; MIT goes on from there."


def test_asked_twice_it_is_ended_at_once(ready, loop, tmp_path):
    one, run = start(ready, loop, tmp_path)
    run.child.terminate = lambda: None  # a program that does not listen
    one.stop()
    assert not run.has_ended
    one.stop()
    assert loop.run(lambda: run.has_ended)
    assert run.job.state is JobState.CANCELLED


def test_closing_the_window_ends_all_of_them(ready, loop, tmp_path):
    _, run = start(ready, loop, tmp_path)
    assert ready.close()
    assert run.child.has_ended


def test_mit_rows_and_plots(ready, loop, tmp_path):
    results = finish(*start(ready, loop, tmp_path), loop)
    first, second, paper = results.rows
    assert (first.css, first.css_q, first.scr_ends) == (1.0, 1e-9, (0.94, 1.0))
    assert (second.mes_synthetic, second.at_r) == (-0.03, 0.96)
    assert math.isnan(second.css_q)
    assert paper.published
    assert not first.published
    scatter = results.scatter()
    assert [one.name for one in scatter.series] == ["measured here", "published", "compensation by letters alone"]
    # intact and broken at 30 % AT are averaged: 2 and 6 are one standard deviation below and above
    assert [(mark.x, mark.y) for mark in results.titrations().series[0].marks] == [(30.0, -1.0), (80.0, 1.0)]
    assert [mark.x for mark in results.spacings().series[0].marks] == [17.0]
    assert len(results.scores["m"]) == 24
    assert [(mark.y, mark.low, mark.high) for mark in results.balances().series[0].marks] == [(0.6, 0.5, 0.7)] * 4


def test_probe_rows_and_plots(ready, loop, tmp_path):
    choices = {"data": str(tmp_path / "data.csv"), "models": ("fake-bert",)}
    results = finish(*start(ready, loop, tmp_path, "probe", **choices), loop)
    assert results.metrics == ("auroc",)
    best = results.of("auroc")[0]
    assert (best.input, best.mean, best.n) == ("one-hot", pytest.approx(0.85), 100)
    assert best.spread == pytest.approx(math.sqrt(0.005))
    assert results.has_curves
    bars = results.bars("auroc")
    assert bars.names == ("one-hot", "m cls")
    curve = {one.name: one.marks for one in results.curves("auroc").series}
    assert [(mark.x, mark.y) for mark in curve["m cls, layer 2, Ridge"]] == [(50, 0.6), (100, 0.7)]
    assert curve["m cls, layer 2, Ridge"][1].about.endswith("0.7, n = 100"), "one repetition has no spread"
    assert "0.85 \N{PLUS-MINUS SIGN} 0.071" in curve["one-hot, CNN"][0].about


def test_columns_of_a_table_are_read_aside(ready, loop, tmp_path):
    probe = ready.assess.probe
    probe.choose(data=str(tmp_path / "data.csv"), models=("fake-bert",))
    probe.look()
    assert loop.run(lambda: probe.columns == ("sequence", "label", "strength"))
    assert probe.label_columns == ("label", "strength")
    assert probe.arguments(tmp_path)[5:7] == ["--label", "label"]
    with gzip.open(tmp_path / "t.tsv.gz", "wt") as file:
        file.write("id\tsequence\ty\n")
    assert read_columns(tmp_path / "t.tsv.gz") == ("id", "sequence", "y")
    (tmp_path / "bad.csv").write_text("a,b\n")
    with pytest.raises(GxviewError, match=r"bad.csv has no column 'sequence'; its columns are a, b\."):
        read_columns(tmp_path / "bad.csv")


@pytest.mark.parametrize(
    ("head", "labels", "chosen"),
    [
        ("\ufeffsequence,label\n", ("label",), "label"),
        ("Sequence, label\n", ("label",), "label"),
        ("sequence,chrom,activity\n", ("activity",), "activity"),
        ("region,sequence,note,Label\n", ("note", "Label"), "Label"),
    ],
    ids=["marked as UTF-8", "capitals and blanks", "chromosomes", "usual name"],
)
def test_what_the_command_takes_the_panel_takes(ready, loop, tmp_path, head, labels, chosen):
    path = tmp_path / "table.csv"
    path.write_text(head, encoding="utf-8")
    probe = ready.assess.probe
    probe.choose(data=str(path), models=("fake-bert",))
    probe.look()
    assert loop.run(lambda: bool(probe.columns))
    assert probe.label_columns == labels
    found = probe.arguments(tmp_path)
    assert found[found.index("--label") + 1] == chosen


def test_a_mended_table_is_looked_at_again(ready, loop, tmp_path):
    path, probe = tmp_path / "mine.csv", ready.assess.probe
    path.write_text("letters,label\n")
    probe.choose(data=str(path), models=("fake-bert",))
    probe.look()
    assert loop.run(lambda: "has no column 'sequence'" in probe.problem)
    path.write_text("sequence,label\nACGT,1\n")
    probe.look()
    assert loop.run(lambda: probe.problem == "")


def test_parts_at_random_are_warned_of(ready):
    assert ready.assess.probe.warning == ""
    ready.assess.probe.choose(split="random")
    assert "too good" in ready.assess.probe.warning


def test_effects_come_the_largest_first_whatever_their_sign(ready, loop, tmp_path):
    choices = {"vcf": str(tmp_path / "calls.vcf"), "model": "fake-cnn"}
    one, run = start(ready, loop, tmp_path, "variants", **choices)
    found = finish(one, run, loop)
    assert list(found.scores) == ["logit"]
    assert found.by_effect("logit") == [1, 0, 2]
    assert (found.change(1), found.side("logit", "alt", 1)) == ("C>CAG", -1.25)
    assert math.isnan(found.scores["logit"][2])
    assert found.reason[2] == "a symbolic allele has no letters"
    assert one.around(1) == Region("chr1", 140, 261)
    assert [path.name for path in found.tracks] == ["calls.vcf.gz"]
    assert sum(mark.y for mark in found.plot("logit").marks) == 2


def test_only_the_files_of_the_run_count(ready, tmp_path):
    for name in ("a.tsv", "b.tsv", "a.vcf.gz", "b.vcf.gz"):
        (tmp_path / name).write_text("chrom\tpos\tid\tref\talt\tkind\tlogit\nchr1\t5\t.\tA\tC\tsnv\t0.5\n")
    (tmp_path / "a.tsv").write_text("gene\tname\nx\ty\n")
    (tmp_path / "variants.json").write_text(json.dumps({"files": {"b.tsv": "", "b.vcf.gz": ""}}))
    found = read_effects(tmp_path)
    assert found.scores["logit"].tolist() == [0.5]
    assert [path.name for path in found.tracks] == ["b.vcf.gz"]


TABLE = "chrom\tpos\tid\tref\talt\tkind\tcosine\nchr1\t5\t.\tA\tC\tsnv\t0.5\n"


@pytest.mark.parametrize(
    ("facts", "explained"),
    [
        ({"name": "m", "kind": "cnn", "methods": ["lrp"]}, True),
        ({"name": "m", "kind": "dnabert2", "methods": ["delta_entropy"]}, True),
        ({"name": "m", "kind": "dnabert2", "methods": []}, False),
        ({"name": "m", "kind": "esm", "methods": []}, False),
        ({"name": "m", "kind": "dnabert2"}, True),
        ({"name": "m", "kind": "esm"}, False),
        ({"name": ["m"], "kind": "esm"}, True),
        ([], True),
    ],
)
def test_the_folder_tells_whether_its_model_is_explained(tmp_path, facts, explained):
    (tmp_path / "a.tsv").write_text(TABLE)
    told = {"files": {"a.tsv": ""}, "provenance": {"model": facts}}
    (tmp_path / "variants.json").write_text(json.dumps(told))
    found = read_effects(tmp_path)
    assert found.explained is explained
    assert found.model == ("m" if isinstance(facts, dict) and facts["name"] == "m" else "")


def test_a_run_that_fails_leaves_the_model_of_the_results_before(ready, loop, tmp_path):
    choices = {"vcf": str(tmp_path / "calls.vcf"), "model": "fake-cnn"}
    one, run = start(ready, loop, tmp_path, "variants", **choices)
    assert one.asked.key == ""
    finish(one, run, loop)
    assert one.asked.key == "fake-cnn"
    one, run = start(ready, loop, tmp_path, "variants", model="fake-bert")
    run.child.say("fail")
    assert loop.run(lambda: run.has_ended)
    assert one.asked.key == "fake-cnn"


def test_of_two_readings_of_a_folder_the_later_one_counts(ready, loop, tmp_path, monkeypatch):
    one, began = ready.assess.mit, threading.Event()

    def read(_folder):
        if began.is_set():
            return "new"
        began.set()
        return "old"

    monkeypatch.setattr(one, "read", read)
    one.open(tmp_path)
    assert began.wait(10)
    one.open(tmp_path)
    assert loop.run(lambda: not one.is_reading)
    assert one.results == "new"


def test_epochs_come_while_it_trains_and_the_best_is_marked(ready, loop, tmp_path):
    one, run = start(ready, loop, tmp_path, "train", data=str(tmp_path / "data.csv"))
    for count in (1, 2, 3):
        run.child.say("epoch")
        assert loop.run(lambda: len(one.shown.passes) == count)  # noqa: B023
    assert [row.best for row in one.shown.passes] == [False, True, False]
    run.hear(read_event('{"event": "epoch", "epoch": 3, "epochs": 3, "train_loss": 0.3, "measures": {"auroc": 0.72}}'))
    assert len(one.live) == 3, "an epoch that is told again replaces itself"
    assert [mark.y for mark in one.shown.plot("auroc").series[0].marks] == [0.6, 0.75, 0.72]
    trained = finish(one, run, loop)
    assert [row.best for row in trained.passes] == [False, True, False]
    assert trained.folder == tmp_path / "out"
    assert trained.card == tmp_path / "out" / "README.md"
    assert trained.test == {"auroc": 0.7}
    losses = trained.plot(LOSS)
    assert [one.name for one in losses.series] == ["training", "validation"]
    assert losses.guides[0].at == 2


def test_folds_have_lines_and_a_best_pass_of_their_own():
    passes = [Pass("train", fold, epoch, 1.0, loss) for fold, epoch, loss in ((1, 1, 0.5), (1, 2, 0.7), (2, 1, 0.9))]
    found = with_best(passes)
    assert [row.best for row in found] == [True, False, True]
    losses = Trained(found).plot(LOSS)
    assert [(one.name, one.color, one.dashed) for one in losses.series] == [
        ("", 0, True),
        ("model 1", 0, False),
        ("", 1, True),
        ("model 2", 1, False),
    ]
    assert [mark.text for mark in losses.series[1].marks] == ["\N{BLACK STAR}", ""]
    again = with_best([Pass("train", None, 1, 1.0, math.nan)])
    assert not again[0].best, "without a validation loss nothing is best"


def test_measures_have_their_usual_names():
    assert [measure_words(name) for name in ("rmse", "auprc", "accuracy", "auroc label_two")] == [
        "RMSE",
        "AUPRC",
        "Accuracy",
        "AUROC label_two",
    ]


def test_folds_are_read_in_order_as_one_model(tmp_path):
    (tmp_path / "ensemble.json").write_text("{}")
    for number in (10, 2):
        (tmp_path / f"fold-{number}").mkdir()
        report = {"best_epoch": 1, "history": [{"epoch": 1, "train_loss": number}], "test": {"auroc": number / 20}}
        (tmp_path / f"fold-{number}" / "metrics.json").write_text(json.dumps(report))
    found = read_training(tmp_path)
    assert [(one.fold, one.train_loss, one.best) for one in found.passes] == [(1, 2.0, True), (2, 10.0, True)]
    assert found.folder == tmp_path
    assert found.test == {"auroc": pytest.approx(0.3)}


def test_parts_of_steps_are_counted(ready, loop, tmp_path):
    _, run = start(ready, loop, tmp_path)
    run.hear(read_event('{"event": "progress", "done": 1.25, "total": 5, "work": "epoch 2"}'))
    assert (run.job.done, run.job.total, run.job.told) == (1250, 5000, "25 %")


@pytest.mark.parametrize("kind", ["mit", "probe", "variants", "train"])
def test_a_folder_without_results_says_so(ready, loop, tmp_path, kind):
    one = getattr(ready.assess, kind)
    one.open(tmp_path)
    assert loop.run(lambda: bool(one.failure))
    assert "holds no" in one.failure
    assert one.results is None


def test_damaged_results_say_so(tmp_path):
    (tmp_path / "a.tsv").write_text("x\ty\n1\t2\n")
    with pytest.raises(GxviewError, match="no table of effects"):
        read_effects(tmp_path)
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "metrics.json").write_text("{")
    with pytest.raises(GxviewError, match="is damaged"):
        read_training(tmp_path)


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=60), st.integers(1, 50))
def test_a_histogram_counts_every_value_once(values, bins):
    found = histogram([*values, math.nan], bins)
    assert sum(mark.y for mark in found) == len(values)
    assert len(found) in (1, bins)
    assert found[0].left <= min(values) <= max(values) <= found[-1].right


def test_equal_values_are_one_bar_around_them():
    (bar,) = histogram([0.25, 0.25])
    assert (bar.x, bar.y) == (0.25, 2)
    (left, right), _ = Plot("", "", (Series("", (bar,), "bars"),)).ends()
    assert (left + right) / 2 == pytest.approx(0.25)


@given(st.lists(st.tuples(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6)), max_size=20))
def test_all_marks_lie_within_the_axes(points):
    plot = Plot("x", "y", (Series("", tuple(Mark(x, y) for x, y in points)),))
    (left, right), (low, high) = plot.ends()
    assert left < right
    assert low < high
    assert all(left <= x <= right and low <= y <= high for x, y in points)
