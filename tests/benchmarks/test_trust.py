"""The evaluation of real promoters: tables that gxview evaluate reads, and the numbers that are kept."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from benchmarks.real_input import ecoli_data
from benchmarks.real_input.location import Target
from benchmarks.trust import footprints, runs, summary, swapped, tables
from gxview.evaluate.motifs.formats import read_motifs
from gxview.evaluate.run.config import Data, read_config
from gxview.evaluate.run.data import read_data


@pytest.mark.parametrize(
    ("file", "promoter"),
    [
        ("ykgEarabinosedatasetinfofootprint.txt", "ykgE"),
        ("zupTdatasetacetateinfofootprint.txt", "zupT"),
        ("tff-rpsB-tsfFedatasetinfofootprint.txt", "tff-rpsB-tsf"),
        ("lacLBdatasetinfofootprint.txt", None),  # no such promoter in the table
        ("ykgEwater.txt", None),
    ],
)
def test_a_footprint_belongs_to_the_promoter_of_its_name(file: str, promoter: str | None) -> None:
    assert footprints.owner(file, frozenset({"ykgE", "zupT", "tff-rpsB-tsf"})) == promoter


def test_a_table_arrives_as_it_was_meant(tmp_path: Path) -> None:
    rows = [
        tables.Row("a", "ACGTACGT", 1, "chr1:11-18(-)", truth=(0.5, -0.25, 0, 0, 1, 2, 3, 4), part="test"),
        tables.Row("b", "ACGTACGA", 0, mask=(Target(0, 1, 2), Target(5, 6, 2))),
    ]
    data = read_data(Data(sequences=tables.write(rows, tmp_path / "t.csv")), 0, None)
    first, second = data.items
    assert (first.id, first.label, str(first.region)) == ("a", 1, "chr1:11-18(-)")
    assert first.truth is not None
    assert second.mask is not None
    np.testing.assert_allclose(first.truth, rows[0].truth)
    assert np.flatnonzero(second.mask).tolist() == [0, 1, 5, 6]


def test_the_configuration_is_read_by_gxview(tmp_path: Path) -> None:
    job = runs.Job("x", 'A "title"', tmp_path / "t.csv", {"CNN": tmp_path / "cnn"}, 60, full=True)
    (tmp_path / "x.toml").write_text(job.toml(), encoding="utf-8")
    found = read_config(tmp_path / "x.toml")
    assert (found.title, found.data.limit, found.models[0].methods[0]) == ('A "title"', 60, "lrp")
    assert found.full
    assert "motifs" not in found.chosen_families


def test_the_boxes_of_sigma_70_spell_their_consensus(tmp_path: Path) -> None:
    boxes = read_motifs(runs.write_boxes(tmp_path / "boxes.meme"))
    assert [one.name for one in boxes] == ["sigma70_-35", "sigma70_-10"]


def test_promoters_in_training_blocks_are_reported_apart(tmp_path: Path) -> None:
    parts = {f"p{index}": "train" if index < 8 else "test" for index in range(16)}
    with (tmp_path / "metrics.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["set", "sequence", "model", "method", "detail", "metric", "value"])
        for index, name in enumerate(parts):
            for metric, value in (("signal_auprc", 0.5 + index / 100), ("signal_auprc_chance", 0.2)):
                writer.writerow(["real", name, "CNN", "lrp", "part=size", metric, value])
        writer.writerow(["real", "p0", "CNN", "lrp", "part=size", "signal_spearman", ""])
        writer.writerow(["real", "p9", "CNN", "lrp", "part=size", "signal_p", 0.05])
        for name in list(parts)[1:]:
            writer.writerow(["real", name, "CNN", "lrp", "part=size", "signal_spearman", 0.1])
    found = {(row["metric"], row["part"]): row for row in summary.by_part(tmp_path, parts)}
    assert found["signal_auprc", "test"]["mean"] == pytest.approx(0.615)
    assert found["signal_auprc", "test"]["chance"] == 0.2
    assert (found["signal_auprc", "test"]["alone"], found["signal_auprc", "train"]["alone"]) == (1, 0)
    assert found["signal_auprc", "train"]["p"] == pytest.approx(2 / 2**8, rel=1e-3)
    assert (found["signal_spearman", "all"]["n"], found["signal_spearman", "all"]["failures"]) == (15, 1)


def test_relevance_is_held_against_every_footprint() -> None:
    footprints_ = [np.eye(10)[index] + np.eye(10)[index + 1] for index in (0, 5)]
    table = swapped.precisions([one + np.linspace(0, 0.1, 10) for one in footprints_], footprints_)
    np.testing.assert_allclose(table.diagonal(), 1)
    assert table[0, 1] < 0.6


def test_the_promoters_of_reg_seq_lie_where_the_table_says(shared: Path, tmp_path: Path) -> None:
    genome = ecoli_data.Genome(shared / "data" / "genomes" / "ecoli" / "NC_000913.3.fa.gz", tmp_path)
    found = footprints.read(shared / "data" / "promoters" / "regseq", genome)
    assert (len(found.promoters), found.without_footprint, len(found.files_unused)) == (48, 59, 7)
    mean = np.mean([one.information for one in found.promoters], axis=0)
    # The -10 box is worth more than any other five bases.
    assert footprints.UPSTREAM - 16 <= np.convolve(mean, np.ones(5), "valid").argmax() <= footprints.UPSTREAM - 7
