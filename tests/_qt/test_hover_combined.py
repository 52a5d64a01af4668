"""The words under the pointer for what is made of other tracks, and for the sequence."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gxview._qt.drawing.hover import _feature_line, describe
from gxview._qt.drawing.hover_combined import describe_counts
from gxview._qt.rows.states import state_of
from gxview.genome.translation import amino_acids
from gxview.tracks import Feature
from gxview.viewer.data.blocks import FeatureCounts
from gxview.viewer.tracks.kinds import DifferenceTrack, OverlayTrack, SignalTrack
from tests.viewer.fakes import FakeSignal


@pytest.fixture
def idle(opened, qtbot):
    def wait():
        qtbot.waitUntil(lambda: opened.viewer.is_idle)
        return opened.canvas.scene

    return wait


def show(window, start, end):
    window.viewer.model.camera.show("chr1", 20_000, start, end)


def test_overlay_and_difference_name_the_values_that_are_drawn(opened, idle):
    tracks = opened.viewer.model.tracks
    [signal] = [track for track in tracks if isinstance(track, SignalTrack)]
    both, minus = OverlayTrack(of=(signal.id, signal.id)), DifferenceTrack(first=signal.id, second=signal.id, name="d")
    tracks.append(both)
    tracks.append(minus)
    show(opened, 0, 200)
    scene = idle()
    assert describe(scene, both, 42).value == "signal.bw: +42, signal.bw: +42"
    assert describe(scene, minus, 42).value == "d: +0"
    show(opened, 0, 20_000)
    assert describe(idle(), minus, 42).value == "d: mean +0 (+0 to +0)"


def test_the_sequence_tells_codons_near_and_gc_far(opened, idle):
    [sequence] = [track for track in opened.viewer.model.tracks if track.kind == "sequence"]
    sequence.translation = True
    show(opened, 100, 160)
    scene = idle()
    text = scene.letters.text
    at = 120 - scene.letters.start
    wanted = {(120 - k) % 3: amino_acids(text[at - k : at - k + 3]).tobytes().decode() for k in range(3)}
    assert describe(scene, sequence, 120).value == " ".join(f"{frame + 1}:{wanted[frame]}" for frame in sorted(wanted))
    sequence.translation = False
    show(opened, 0, 20_000)
    scene = idle()
    found = scene.viewer.data.signal(sequence, scene.camera)
    letters = opened.viewer.model.reference.fetch(opened.viewer.model.camera.view.region)
    place = 5_000 // found.step
    middle = place * found.step + found.step // 2
    within = letters[middle - 32 : middle + 32]
    share = 100 * np.mean([letter in "GC" for letter in within])
    assert describe(scene, sequence, 5_000).value == f"GC {share:.1f} %"


def test_counted_features_are_told_by_strand_and_place(opened, idle):
    counts = FeatureCounts(np.array([0, 100, 200]), np.array([3, 1]), np.array([2, 0]))
    scene = idle()
    text, tip = describe_counts(scene, counts, 150)
    assert text == "1 on + and 0 on \N{MINUS SIGN} in chr1:101-200"
    assert tip.startswith(text)
    assert describe_counts(scene, FeatureCounts(counts.edges, counts.forward), 0)[0] == "3 in chr1:1-100"
    assert describe_counts(scene, counts, 200) == ("", "")


def test_a_difference_of_a_broken_file_says_why(opened, qtbot, tmp_path):
    tracks = opened.viewer.model.tracks
    [signal] = [track for track in tracks if isinstance(track, SignalTrack)]
    broken = SignalTrack(name="broken", path="broken.bw")
    opened.viewer.data.attach(broken, FakeSignal(Path("broken.bw"), broken=True))
    minus = DifferenceTrack(first=signal.id, second=broken.id)
    tracks.append(broken)
    tracks.append(minus)
    qtbot.waitUntil(lambda: opened.viewer.is_idle)
    state = state_of(minus, opened.canvas.scene)
    assert state.kind == "failed"
    assert "was it moved?" in state.text


def test_a_feature_tells_its_block_along_the_strand_and_its_score():
    blocks = ((100, 200), (300, 400), (500, 600))
    for strand, number in (("+", 1), ("-", 3)):
        gene = Feature("chr1", 100, 600, "abc", strand, "mRNA", blocks, score=7.5)
        assert _feature_line(gene, 150) == f"abc (mRNA)  101-600 {strand}  block {number} of 3  score 7.5"
    assert _feature_line(Feature("chr1", 100, 600, "abc", ".", "peak"), 150) == "abc (peak)  101-600"
    assert "block" not in _feature_line(gene, 250), "an intron"
