"""Explaining regions of a genome."""

from __future__ import annotations

import json
import threading
from dataclasses import replace

import numpy as np
import pytest
import torch

from gxview.errors import Cancelled, GxviewError, UsageError
from gxview.explain import BatchCache, RegionExplanation, explain, explain_region, grid_batches
from gxview.explain import attnlrp as attnlrp_rules
from gxview.explain import cnn as cnn_rules
from gxview.explain.regions import explain_regions, union
from gxview.explain.windows import WindowGrid
from gxview.genome import Region, reverse_complement
from gxview.models.loading import load_model

WINDOW, STRIDE = 60, 30


def windows_by_hand(model, reference, chrom: str, strand: str = "+", offset: int = 0):
    """Start, values along the reference and probability of each window, explained as a loose sequence."""
    letters = reference.fetch(Region(chrom, 0, reference.sizes[chrom]))
    grid = WindowGrid(len(letters), WINDOW, STRIDE, offset)
    for start in (grid.start(index) for index in range(len(grid))):
        sequence = letters[start : start + WINDOW].upper()
        if set(sequence) <= set("N"):
            continue
        (one,) = explain(model, [reverse_complement(sequence) if strand == "-" else sequence])
        values = one.values[::-1] if strand == "-" else one.values
        odds = one.logits[-1] - (one.logits[0] if len(one.logits) == 2 else 0)
        yield start, values, 1 / (1 + np.exp(-np.float64(odds)))


def stitched_by_hand(model, reference, chrom: str, strand: str = "+", offset: int = 0):
    """Mean of relevance and of probability over the windows that cover a base."""
    size = reference.sizes[chrom]
    total, chance, count = np.zeros(size), np.zeros(size), np.zeros(size)
    for start, values, score in windows_by_hand(model, reference, chrom, strand, offset):
        total[start : start + WINDOW] += values
        chance[start : start + WINDOW] += score
        count[start : start + WINDOW] += 1
    with np.errstate(invalid="ignore"):
        return total / count, chance / count


def same(left: RegionExplanation, right: RegionExplanation) -> bool:
    """Whether two explanations agree to the bit where they overlap."""
    start, end = max(left.region.start, right.region.start), min(left.region.end, right.region.end)
    assert start < end

    def part(one: RegionExplanation, name: str) -> np.ndarray:
        return getattr(one, name)[..., start - one.region.start : end - one.region.start]

    arrays = ("values", "score") + (("spread",) if left.spread is not None else ())
    arrays += ("hypothetical",) if left.hypothetical is not None else ()
    return all(np.array_equal(part(left, name), part(right, name), equal_nan=True) for name in arrays)


@pytest.mark.parametrize("strand", ["+", "-"])
def test_a_base_is_the_mean_of_all_windows_that_cover_it(model, reference, strand):
    values, score = stitched_by_hand(model, reference, "chr2", strand)
    found = explain_region(model, reference, "chr2:11-300", strand=strand)
    assert found.region == Region("chr2", 10, 300)
    assert found.values.dtype == found.score.dtype == np.float32
    scale = np.abs(values).max()
    np.testing.assert_allclose(found.values, values[10:300], atol=1e-3 * scale)
    np.testing.assert_allclose(found.score, score[10:300], atol=1e-5)


def test_the_mean_of_both_strands(model, reference):
    plus, minus, mean = (explain_region(model, reference, "chr2", strand=strand) for strand in ("+", "-", "mean"))
    np.testing.assert_allclose(mean.values, (plus.values + minus.values) / 2, rtol=1e-5, atol=1e-7)
    np.testing.assert_allclose(mean.score, (plus.score + minus.score) / 2, rtol=1e-5)
    assert not np.allclose(plus.values, minus.values)


def test_phases_are_averaged_and_the_spread_kept(model, reference):
    tilings = np.stack([stitched_by_hand(model, reference, "chr2", offset=offset)[0] for offset in (0, 10, 20)])
    found = explain_region(model, reference, "chr2", phases=3)
    scale = np.abs(tilings).max()
    np.testing.assert_allclose(found.values, tilings.mean(axis=0), atol=1e-3 * scale)
    np.testing.assert_allclose(found.spread, tilings.std(axis=0), atol=1e-3 * scale)
    assert explain_region(model, reference, "chr2").spread is None


@pytest.mark.parametrize(
    "rules", [{}, {"strand": "mean", "phases": 2}, {"stitching": "score"}, {"stitching": "max_abs"}]
)
def test_a_base_has_one_value_to_the_bit_whoever_asks(model, reference, rules):
    """Other regions, other orders, with and without cache, alone and beside another thread."""
    whole = explain_region(model, reference, "chr1", **rules)
    places = ["chr1:700-701", "chr1:1-1000", "chr1:523-601", "chr1:640-1000", "chr1:90-290", "chr1:95-110"]
    for order in (places, places[::-1]):
        cache = BatchCache()
        for place in order:
            assert same(explain_region(model, reference, place, cache=cache, **rules), whole)
            assert same(explain_region(model, reference, place, **rules), whole)
    found: list[bool] = []

    def ask() -> None:
        found.extend(same(explain_region(model, reference, place, **rules), whole) for place in places)

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [True] * 12


def test_a_kept_batch_is_not_computed_again(model, reference, monkeypatch):
    calls: list[int] = []
    compute = grid_batches.explain_batches

    def counted(model, groups, settings, size, cancelled):
        calls.extend(map(len, groups))
        return compute(model, groups, settings, size, cancelled)

    monkeypatch.setattr(grid_batches, "explain_batches", counted)
    cache = BatchCache()
    for _ in range(2):
        explain_region(model, reference, "chr2", cache=cache, batch_size=4)
    assert calls == [4, 4, 3]
    explain_region(model, reference, "chr2", cache=cache, batch_size=4, target=0, strand="-")
    assert calls == [4, 4, 3] * 2


def test_the_cache_keeps_to_its_limit_and_forgets_the_oldest(model, reference):
    windows = explain_region(model, reference, "chr2", cache=(cache := BatchCache()), batch_size=1)
    assert windows.provenance["batch_size"] == 1
    assert len(cache) == 11
    small = BatchCache(limit=8_000)
    explain_region(model, reference, "chr2", cache=small, batch_size=1)
    assert 0 < len(small) < 11
    assert same(explain_region(model, reference, "chr2", cache=small, batch_size=1), windows)


def test_tokens_tile_the_region_and_carry_their_letters(dnabert2, reference):
    for strand in ("+", "-", "mean"):
        found = explain_region(dnabert2, reference, "chr2:50-250", strand=strand)
        assert found.tokens[0].start <= 49
        assert found.tokens[-1].end >= 250
        for left, right in zip(found.tokens, found.tokens[1:], strict=False):
            assert left.end == right.start
        for token in found.tokens:
            letters = reference.fetch(Region("chr2", token.start, token.end)).upper()
            shown = reverse_complement(letters) if strand == "-" else letters
            assert shown in token.text
            assert token.partial == (shown != token.text)


@pytest.mark.parametrize("strand", ["+", "-"])
def test_a_token_comes_from_the_window_whose_centre_is_nearest(dnabert2, reference, strand):
    found = explain_region(dnabert2, reference, "chr2:91-150", strand=strand)
    letters = reference.fetch(Region("chr2", 90, 150))
    # The window at 90 owns the bases from 105 to 135, half way to its neighbours' centres.
    (one,) = explain(dnabert2, [reverse_complement(letters) if strand == "-" else letters])
    spans = [(90 + a, 90 + b) if strand == "+" else (150 - b, 150 - a) for a, b in one.token_spans.tolist()]
    expected = {
        span: value for span, value in zip(spans, one.token_relevance, strict=True) if span[0] >= 105 and span[1] <= 135
    }
    shown = {(token.start, token.end): token.relevance for token in found.tokens}
    assert len(expected) > 3
    for span, value in expected.items():
        assert shown[span] == pytest.approx(float(value), rel=1e-4, abs=1e-5)


def test_tokens_do_not_depend_on_the_region(dnabert2, reference):
    whole = explain_region(dnabert2, reference, "chr2").tokens
    part = explain_region(dnabert2, reference, "chr2:100-200").tokens
    assert part == tuple(token for token in whole if token.start < 200 and token.end > 99)


def test_a_model_on_bases_has_no_tokens_but_hypothetical_scores(cnn, reference):
    for strand in ("+", "-"):
        found = explain_region(cnn, reference, "chr2", strand=strand, stitching="max_abs")
        assert found.tokens == ()
        letters = reference.fetch(Region("chr2", 0, 333))
        present = ["ACGT".index(letter) for letter in letters]
        np.testing.assert_array_equal(found.hypothetical[present, np.arange(333)], found.values)


def test_a_stretch_without_bases_has_no_value_and_a_note(model, reference):
    found = explain_region(model, reference, "chr1:200-520")
    values, _ = stitched_by_hand(model, reference, "chr1")
    np.testing.assert_array_equal(np.isnan(found.values), np.isnan(values[199:520]))
    assert np.isnan(found.values).sum() == 90
    assert np.isnan(found.score).sum() == 90
    assert "150 of 321 bases of chr1:200-520 are not A, C, G or T." in found.notes
    assert any("4 windows, the first chr1:301-360 without any A, C, G or T" in note for note in found.notes)
    nothing = explain_region(model, reference, "chr1:340-380")
    assert np.isnan(nothing.values).all()


def test_soft_masked_bases_are_explained_like_others(model, reference, tmp_path):
    from gxview.genome import Reference

    path = tmp_path / "upper.fa"
    path.write_text(reference.path.read_text().upper().replace(">CHR", ">chr"))
    upper = explain_region(model, Reference(path), "chr1:600-900")
    assert same(explain_region(model, reference, "chr1:600-900"), upper)


def test_a_sequence_shorter_than_the_window_has_no_value_and_a_note(model, reference):
    found = explain_region(model, reference, "tiny")
    assert found.values.shape == (40,)
    assert np.isnan(found.values).all()
    assert found.tokens == ()
    assert found.notes == ("tiny has 40 bases, fewer than a window of 60; it has no values.",)


def test_a_region_off_the_end_is_clipped_and_says_so(model, reference):
    found = explain_region(model, reference, "chr2:300-400")
    assert found.region == Region("chr2", 299, 333)
    assert "was cut to chr2:300-333" in found.notes[0]


def test_a_strand_in_the_region_is_not_taken_silently(cnn, reference):
    found = explain_region(cnn, reference, "chr2:1-100(-)")
    assert found.region.strand == "."
    assert "explained strand is '+'" in found.notes[0]


def test_without_memory_everything_is_computed_in_smaller_batches(model, reference, monkeypatch):
    expected = explain_region(model, reference, "chr2", batch_size=2)
    for module in (attnlrp_rules, cnn_rules):
        function = module.relevance

        def limited(network, inputs, *rest, function=function, **options):
            if len(inputs) > 3:
                raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB")
            return function(network, inputs, *rest, **options)

        monkeypatch.setattr(module, "relevance", limited)
    calls: list[tuple[int, int]] = []
    found = explain_region(
        model, reference, "chr2", batch_size=8, progress=lambda done, total: calls.append((done, total))
    )
    assert found.provenance["batch_size"] == 2
    assert same(found, expected)
    assert calls[-1] == (11, 11)


def test_a_window_that_never_fits_is_one_sentence(model, reference, monkeypatch):
    def full(*_: object, **__: object) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory.\nMore")

    for module in (attnlrp_rules, cnn_rules):
        monkeypatch.setattr(module, "relevance", full)
    with pytest.raises(GxviewError, match=r"One window of 60 bases does not fit .* \(CUDA out of memory\.\)"):
        explain_region(model, reference, "chr2")


def test_a_job_of_several_regions_has_one_batch_size(cnn, reference, monkeypatch):
    """Memory that runs short late makes the early regions be computed anew."""
    function, calls = cnn_rules.relevance, [0]

    def limited(network, inputs, **options):
        calls[0] += 1
        if calls[0] > 3 and len(inputs) > 2:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return function(network, inputs, **options)

    monkeypatch.setattr(cnn_rules, "relevance", limited)
    regions = [Region("chr2", 0, 200), Region("chr1", 500, 900), Region("chr2", 150, 300)]
    found = explain_regions(cnn, reference, regions, batch_size=4)
    assert [one.region for one in found] == [Region("chr1", 500, 900), Region("chr2", 0, 300)]
    assert [one.provenance["batch_size"] for one in found] == [2, 2]
    assert all(same(one, explain_region(cnn, reference, one.region, batch_size=2)) for one in found)


def test_the_union_of_regions_is_sorted_like_the_reference(reference):
    regions = [Region("chr2", 5, 9), Region("chr1", 20, 30, "-"), Region("chr1", 30, 40), Region("chr1", 41, 42)]
    assert union(regions, reference) == [Region("chr1", 20, 40), Region("chr1", 41, 42), Region("chr2", 5, 9)]


def test_progress_of_several_regions_counts_bases(cnn, reference):
    calls: list[tuple[int, int]] = []
    explain_regions(
        cnn,
        reference,
        [Region("chr2", 0, 200), Region("chr1", 500, 900)],
        progress=lambda done, total: calls.append((done, total)),
    )
    assert calls == sorted(calls)
    assert calls[-1] == (600, 600)


def break_windows(monkeypatch, starts: set[int]) -> None:
    """Let the explanation of some windows hold NaN."""
    compute = grid_batches.GridBatches._compute

    def broken(self, numbers):
        batches = compute(self, numbers)
        for number, windows in zip(numbers, batches, strict=True):
            for place, window in enumerate(windows):
                if window is not None and self.grid.start(number * self.group + place) in starts:
                    windows[place] = replace(window, values=np.full_like(window.values, np.nan))
        return batches

    monkeypatch.setattr(grid_batches.GridBatches, "_compute", broken)


def test_nan_is_reported_with_the_window_and_costs_only_that_window(cnn, reference, monkeypatch):
    expected = explain_region(cnn, reference, "chr2")
    break_windows(monkeypatch, {0, 120})
    found = explain_region(cnn, reference, "chr2")
    assert "tiny-cnn gave NaN or infinity in 2 windows, the first chr2:1-60: no value from there." in found.notes
    np.testing.assert_array_equal(np.isnan(found.values), np.arange(333) < 30)
    np.testing.assert_array_equal(found.values[180:], expected.values[180:])


def test_nan_everywhere_is_an_error(cnn, reference, monkeypatch):
    break_windows(monkeypatch, set(range(1000)))
    with pytest.raises(GxviewError, match=r"tiny-cnn gave NaN or infinity in 11 windows, the first chr2:1-60"):
        explain_region(cnn, reference, "chr2")


def test_progress_counts_windows_and_cancelling_stops_at_once(model, reference):
    calls: list[tuple[int, int]] = []
    explain_region(
        model,
        reference,
        "chr2:100-200",
        batch_size=2,
        phases=2,
        strand="mean",
        progress=lambda done, total: calls.append((done, total)),
    )
    assert calls == sorted(calls)
    assert calls[-1][0] == calls[-1][1]
    cache = BatchCache()
    with pytest.raises(Cancelled, match="nothing was written"):
        explain_region(model, reference, "chr2", cache=cache, batch_size=2, cancelled=lambda: len(cache) >= 2)
    assert len(cache) == 2


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ({"stride": 61}, "between 1 and the window"),
        ({"stride": 0}, "between 1 and the window"),
        ({"window": 0}, "at least one base"),
        ({"strand": "both"}, "'mean' of both"),
        ({"stitching": "sum"}, "mean, centre, max_abs, score"),
        ({"phases": 31}, "between 1 and the stride"),
        ({"phases": 0}, "between 1 and the stride"),
        ({"batch_size": 0}, "at least one window"),
        ({"method": "shap"}, "choose one of"),
    ],
)
def test_impossible_choices_are_refused(model, reference, rules, said):
    with pytest.raises(UsageError, match=said):
        explain_region(model, reference, "chr2", **rules)


def test_an_unknown_chromosome_is_refused(model, reference):
    with pytest.raises(GxviewError, match="no chromosome 'chr9'"):
        explain_region(model, reference, "chr9:1-10")


def test_a_network_of_one_length_takes_no_other_window(reference, tmp_path):
    from gxview.models.cnn import CNN, CNNConfig, ConvBlock
    from gxview.models.saving import write_config, write_network

    network = CNN(CNNConfig(blocks=(ConvBlock(4, 5),), pooling="flatten", input_length=50)).eval()
    write_config(tmp_path, network, {"name": "fixed", "targets": ["promoter"]}, None)
    write_network(tmp_path, network)
    fixed = load_model(tmp_path)
    assert explain_region(fixed, reference, "chr2:1-80").provenance["window"] == 50
    with pytest.raises(UsageError, match="exactly 50 bases, not 60"):
        explain_region(fixed, reference, "chr2:1-80", window=60)
    with pytest.raises(GxviewError, match="Sequence 1 has 49 bases, but fixed takes exactly 50"):
        explain(fixed, ["A" * 49])


def test_provenance_says_all_and_is_the_same_twice(model, reference):
    rules = {"window": 48, "stride": 16, "phases": 2, "strand": "mean", "stitching": "centre"}
    first, second = (json.dumps(explain_region(model, reference, "chr2", **rules).provenance) for _ in range(2))
    assert first == second
    content = json.loads(first)
    assert content.items() >= rules.items()
    assert content["reference"] == {"name": "small.fa", "checksum": reference.checksum}
    assert content["model"]["content_hash"] == model.content_hash
    assert content["target"]["name"] == "promoter"
    assert content["score"] == "probability of promoter per window, stitched by mean"
    assert content["threads"] == torch.get_num_threads()
