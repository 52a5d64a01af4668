"""Numbers of variants against loops that know nothing of batches, blocks and windows of the program."""

import functools
import re

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from gxview.assess.variants import language, score_variants
from gxview.assess.variants.language import touched
from gxview.assess.variants.settings import settle_asking
from gxview.assess.variants.windows import Pair, place
from gxview.errors import GxviewError, UsageError
from gxview.explain import explain, explain_region
from gxview.explain.edit_effect import edit_effect
from gxview.genome import Edit, EditedReference, Edits, Reference, Region, reverse_complement
from gxview.models.ensemble import ensemble_of
from gxview.models.loading import load_model
from gxview.models.randomised import randomised
from gxview.models.tokenizer import train_tokenizer
from gxview.tracks.variant_lines import read_variant
from tests.assess.narrow import narrow

L = 60
PLACES = [  # chromosome, 0-based position, bases of REF, ALT: not shared letters first
    ("chr1", 150, 1, "snv"),
    ("chr1", 250, 1, "snv"),
    ("chr1", 170, 3, "deletion"),
    ("chr1", 120, 1, "insertion"),
    ("chr1", 330, 3, "mnv"),
    ("chr1", 395, 1, "snv"),
    ("chr2", 3, 1, "snv"),
    ("chr2", 90, 3, "deletion"),
    ("chr2", 99, 1, "snv"),
]
SHIFT = str.maketrans("ACGT", "CGTA")


def alternative(ref, kind):
    if kind == "deletion":
        return ref[0]
    if kind == "insertion":
        return ref + "GATTACA"
    return ref.upper().translate(SHIFT)


@pytest.fixture(scope="module")
def variants(letters):
    found = []
    for chrom, at, size, kind in PLACES:
        ref = letters[chrom][at : at + size]
        found.append(read_variant(f"{chrom}\t{at + 1}\t{kind}\t{ref}\t{alternative(ref, kind)}", ""))
    return found


def windows(text, variant, offset):
    """Return the two windows of a variant, cut from whole chromosomes (the reference rule, written anew)."""
    ref, alt = variant.ref.upper(), variant.alts[0].upper()
    start = variant.start
    if len(ref) != len(alt):  # the letter before an indel is shared
        start, ref, alt = start + 1, ref[1:], alt[1:]
    text = text.upper()
    changed = text[:start] + alt + text[start + len(ref) :]
    first = start + max(len(ref), len(alt)) // 2 - L // 2 - offset
    first = max(0, min(first, min(len(text), len(changed)) - L))
    return text[first : first + L], changed[first : first + L]


def brute_force(model, letters, variant, offsets, ask):
    """Return mean and spread of ask(alternative) - ask(reference) over distinct windows and both strands."""
    pairs = dict.fromkeys(windows(letters[variant.chrom], variant, offset) for offset in offsets)
    both = [*pairs, *(tuple(map(reverse_complement, pair)) for pair in pairs)]
    apart = [ask(alt) - ask(ref) for ref, alt in both]
    return np.mean(apart), np.std(apart)


def chance(logits):
    values = logits.astype(float)
    return 1 / (1 + np.exp(-values[0])) if len(values) == 1 else np.exp(values[1]) / np.exp(values).sum()


def test_logit_and_probability_equal_a_loop_over_single_windows(model, reference, letters, variants):
    offsets = (-16, 0)
    logits = functools.cache(lambda text: model.logits([text])[0])
    found = score_variants(model, reference, variants, offsets=offsets)
    assert [one.kind for one in found] == [kind for *_, kind in PLACES]
    for one, variant in zip(found, variants, strict=True):
        for name, ask in (
            ("logit", lambda text: float(logits(text)[model.positive])),
            ("probability", lambda text: chance(logits(text))),
        ):
            mean, spread = brute_force(model, letters, variant, offsets, ask)
            effect = one.effects[name]
            assert effect.value == pytest.approx(mean, abs=2e-5)
            assert effect.spread == pytest.approx(spread, abs=2e-5)
            assert effect.alternative - effect.reference == pytest.approx(mean, abs=2e-5)


@pytest.mark.parametrize("name", ["sample-cnn", "sample-dnabert2"])
def test_all_substitutions_of_held_out_promoters_equal_mutagenesis(name, tmp_path):
    """The sample's own genome; promoters of the plasmid, which no model saw."""
    import importlib.resources

    from gxview.tracks import open_source

    folder = importlib.resources.files("gxview.resources")
    sample, model = Reference(str(folder / "sample.fa.gz")), load_model(name)
    window = model.window_length
    truth = open_source(str(folder / "truth.bed.gz"), sample)
    middles = [(one.start + one.end) // 2 for one in truth.features(Region("plasmid", 5_000, 100_000))][:2]
    promoters = [sample.fetch(Region("plasmid", at - window // 2, at - window // 2 + window)).upper() for at in middles]
    path = tmp_path / "promoters.fa"
    path.write_text("".join(f">p{number}\n{text}\n" for number, text in enumerate(promoters)))
    lines = [
        f"p{number}\t{at + 1}\t.\t{letter}\t{','.join(base for base in 'ACGT' if base != letter)}"
        for number, text in enumerate(promoters)
        for at, letter in enumerate(text)
    ]
    variants = [read_variant(line, "") for line in lines]
    found = score_variants(model, Reference(path), variants, scores=["logit"], strand="+")
    values = np.array([one.effects["logit"].value for one in found]).reshape(len(promoters), window, 3)
    for promoter, rows, explained in zip(promoters, values, explain(model, promoters, "ism"), strict=True):
        before = model.logits([promoter])[0][model.positive]
        there = ["ACGT".index(letter) for letter in promoter]
        by_method = explained.hypothetical - explained.hypothetical[there, range(window)]
        for at, row in enumerate(rows):
            bases = [base for base in "ACGT" if base != promoter[at]]
            loop = [model.logits([promoter[:at] + base + promoter[at + 1 :]])[0][model.positive] for base in bases]
            np.testing.assert_allclose(row, np.array(loop) - before, atol=2e-5)
            np.testing.assert_allclose(row, by_method[["ACGT".index(base) for base in bases], at], atol=2e-5)


def test_the_alternative_is_what_the_window_shows_after_the_edit(model, reference):
    """The same letters as the edited genome, and the same predictions as its table of effects."""
    asking = settle_asking(model, offsets=[0, 7])
    for edit in (
        Edit("chr1", 150, reference.fetch(Region("chr1", 150, 154)), ""),
        Edit("chr1", 150, "", "GGGG"),
        Edit("chr2", 60, reference.fetch(Region("chr2", 60, 61)), "ACG"),
    ):
        edited = EditedReference(reference, Edits((edit,)))
        pairs = [pair for pair in place(edit, reference, asking).pairs if pair.strand == "+"]
        assert len(pairs) == 2
        for pair in pairs:
            start = edit.start - pair.at
            assert edited.fetch(Region(edit.chrom, start, start + L)) == pair.alternative


def test_a_window_says_the_same_after_the_same_edit_in_the_program(model, tmp_path, letters):
    path = tmp_path / "one.fa"
    path.write_text(f">a\n{letters['chr1'][:L]}\n")
    reference = Reference(path)
    there = letters["chr1"][30]
    edit = Edit("a", 30, there, there.translate(SHIFT))
    (window,) = edit_effect(model, reference, Edits((edit,)), edit, batch_size=4).windows
    (one,) = score_variants(model, reference, [read_variant(f"a\t31\t.\t{there}\t{edit.text}", "")], strand="+")
    logit, probability = one.effects["logit"], one.effects["probability"]
    assert (logit.reference, logit.alternative) == pytest.approx((window.logit_before, window.logit_after), abs=2e-5)
    assert (probability.reference, probability.alternative) == pytest.approx((window.before, window.after), abs=2e-5)


def test_windows_are_moved_inside_the_chromosome_and_coinciding_ones_count_once(cnn, reference, variants):
    at_start, near_end = (score_variants(cnn, reference, [variants[place]], offsets=[-8, 0, 8])[0] for place in (6, 8))
    assert (at_start.windows, at_start.shifted) == (2, 2)
    assert (near_end.windows, near_end.shifted) == (2, 2)
    inside = score_variants(cnn, reference, [variants[0]], offsets=[-8, 0, 8])[0]
    assert (inside.windows, inside.shifted) == (6, 0)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("tiny\t5\t.\t{}\t{}", "tiny has 40 bases, fewer than a window of 60"),
        ("chr1\t441\t.\tN\tNA", "holds no A, C, G or T"),
        ("chr1\t101\t.\t{}\t{}" + 61 * "A", "do not fit into a window of 60"),
        ("chr2\t100\t.\t{}\t{}A", "lies at the end of chr2"),
    ],
)
def test_what_has_no_window_has_no_number_but_a_reason(cnn, reference, letters, line, words):
    chrom, position = line.split("\t")[:2]
    there = letters[chrom][int(position) - 1].upper()
    alt = there if "A" in line else there.translate(SHIFT)
    (one,) = score_variants(cnn, reference, [read_variant(line.format(there, alt), "")])
    assert words in one.reason
    assert not one.scored
    assert all(np.isnan(effect.value) for effect in one.effects.values())


def test_cosine_is_that_of_the_mean_embeddings(language_model, reference, letters, variants):
    found = score_variants(language_model, reference, variants[:4], scores=["cosine"], offsets=[0])

    def embedding(text):
        ids = language_model.tokenize([text]).input_ids
        return language_model.network.bert(input_ids=ids).last_hidden_state[0, 1:-1].double().mean(0)

    for one, variant in zip(found, variants, strict=False):
        ref, alt = windows(letters[variant.chrom], variant, 0)
        pairs = [(ref, alt), (reverse_complement(ref), reverse_complement(alt))]
        apart = [1 - float(torch.cosine_similarity(embedding(a), embedding(b), dim=0)) for a, b in pairs]
        assert one.effects["cosine"].value == pytest.approx(np.mean(apart), abs=1e-6)


def hidden_one_by_one(model, text):
    """Return texts of the tokens and the log-probability of each, hidden by itself."""
    tokens = model.tokenize([text])
    ids, found = tokens.input_ids[0], []
    for hidden in range(1, len(ids) - 1):
        row = ids.clone()
        row[hidden] = model.tokenizer.mask_id
        logits = model.network(input_ids=row[None]).logits[0, hidden].double()
        found.append(float(torch.log_softmax(logits, -1)[ids[hidden]]))
    return [text[start:end] for start, end in tokens.spans[0]], np.array(found)


def test_likelihoods_equal_tokens_hidden_one_by_one(language_model, reference, letters, variants):
    chosen = variants[:5]
    found = score_variants(language_model, reference, chosen, scores=["llr", "pll"], offsets=[0], strand="+")
    for one, variant in zip(found, chosen, strict=True):
        ref, alt = windows(letters[variant.chrom], variant, 0)
        (words, before), (other, after) = hidden_one_by_one(language_model, ref), hidden_one_by_one(language_model, alt)
        assert one.effects["pll"].value == pytest.approx(after.sum() - before.sum(), abs=1e-4)
        if variant.name == "snv":  # the tokens that differ, without those that both sides have at either end
            left = next(n for n, (a, b) in enumerate(zip(words, other, strict=False)) if a != b)
            right = next(n for n, (a, b) in enumerate(zip(words[::-1], other[::-1], strict=False)) if a != b)
            expected = after[left : len(other) - right].sum() - before[left : len(words) - right].sum()
            assert one.effects["llr"].value == pytest.approx(expected, abs=1e-4)


def test_a_device_without_float64_gives_the_same_numbers(language_model, reference, variants, monkeypatch):
    def scored():
        found = score_variants(language_model, reference, variants[:2], scores=["cosine", "llr"])
        return [(one.effects["cosine"].value, one.effects["llr"].value) for one in found]

    plain, asked, head = scored(), language._hidden, language_model.network.cls.forward
    monkeypatch.setattr(language_model.network.cls, "forward", lambda *given: narrow(head(*given)))
    llr = [one.effects["llr"].value for one in score_variants(language_model, reference, variants[:2], scores=["llr"])]
    monkeypatch.setattr(language, "_hidden", lambda *given: narrow(asked(*given)))
    found = score_variants(language_model, reference, variants[:2], scores=["cosine"])
    assert [(one.effects["cosine"].value, ratio) for one, ratio in zip(found, llr, strict=True)] == plain


def test_an_unknown_base_is_not_hidden(language_model, reference, letters):
    there = letters["chr1"][395]
    variant = read_variant(f"chr1\t396\t.\t{there}\t{there.translate(SHIFT)}", "")
    (one,) = score_variants(language_model, reference, [variant], scores=["pll"], offsets=[0], strand="+")
    ref, alt = windows(letters["chr1"], variant, 0)
    sums = []
    for text in (ref, alt):
        words, found = hidden_one_by_one(language_model, text)
        sums.append(sum(value for word, value in zip(words, found, strict=True) if word != "N"))
    assert "N" in ref
    assert one.effects["pll"].value == pytest.approx(sums[1] - sums[0], abs=1e-4)


TOKENIZER = train_tokenizer(["".join(np.random.default_rng(1).choice(list("ACGT"), 20_000))], 128)


@given(st.data())
def test_outside_the_touched_tokens_both_sides_have_the_same(data):
    text = data.draw(st.text("ACGT", min_size=L + 8, max_size=L + 8))
    at = data.draw(st.integers(0, L - 8))
    before = text[at : at + data.draw(st.integers(0, 6))]
    put = data.draw(st.text("ACGT", min_size=0 if before else 1, max_size=6).filter(lambda one: one != before))
    ref, alt = text[:L], (text[:at] + put + text[at + len(before) :])[:L]
    strand = data.draw(st.sampled_from("+-"))
    sides = (ref, alt) if strand == "+" else (reverse_complement(ref), reverse_complement(alt))
    pair = Pair(strand, *sides, at, Edit("a", at, before, put))
    spans = [TOKENIZER.batch([side], torch.device("cpu")).spans[0] for side in sides]
    edges = [[*span[:, 0].tolist(), L] for span in spans]
    one, two = touched(pair, *edges)
    words = [[side[a:b] for a, b in span] for side, span in zip(sides, spans, strict=True)]
    same_left = [words[0][: one.start - 1], words[1][: two.start - 1]]
    ends = [words[0][one.stop - 1 :], words[1][two.stop - 1 :]]
    if strand == "-":
        same_left, ends = [w[::-1] for w in ends], [w[::-1] for w in same_left]
    assert same_left[0] == same_left[1]  # up to the change, seen from the end at which the windows are flush
    lengths = [
        sum(map(len, words[0][one.start - 1 : one.stop - 1])),
        sum(map(len, words[1][two.start - 1 : two.stop - 1])),
    ]
    first = [sum(map(len, part)) for part in same_left]
    assert first[0] <= at
    assert first[0] + lengths[0] >= at + len(before)
    assert first[1] + lengths[1] >= at + len(put)


def test_relevance_is_compared_base_by_base(model, reference, letters, variants):
    found = score_variants(model, reference, variants[:5], scores=["relevance", "relevance_base"], offsets=[0])
    for one, variant in zip(found, variants, strict=False):
        ref, alt = windows(letters[variant.chrom], variant, 0)
        at, before, put = 30, one.end - one.start, len(alt)
        edit_text = {"snv": 1, "deletion": 0, "insertion": 7, "mnv": 3}[one.kind]
        at -= max(before, edit_text) // 2
        apart, base = [], []
        for strand in "+-":
            texts = (ref, alt) if strand == "+" else (reverse_complement(ref), reverse_complement(alt))
            a, b = (explain(model, [text])[0].values.astype(float) for text in texts)
            if strand == "-":
                a, b = a[::-1], b[::-1]
            common = min(before, edit_text)
            right = min(len(a) - at - before, put - at - edit_text)
            pairs = [
                *((n, n) for n in range(at + common)),
                *((at + before + n, at + edit_text + n) for n in range(right)),
            ]
            apart.append(sum(abs(b[j] - a[i]) for i, j in pairs))
            base.append(b[at : at + edit_text].sum() - a[at : at + before].sum())
        assert one.effects["relevance"].value == pytest.approx(np.mean(apart), abs=1e-4)
        assert one.effects["relevance_base"].value == pytest.approx(np.mean(base), abs=1e-4)


@pytest.mark.parametrize("target", [0, 1, "contrast"])
def test_the_probability_is_that_of_the_explained_class(dnabert2, reference, letters, variants, target):
    """Of a contrast it is that of the positive class."""
    ref, alt = windows(letters["chr1"], variants[0], 0)
    (one,) = score_variants(dnabert2, reference, variants[:1], strand="+", offsets=[0], target=target)
    chosen = dnabert2.positive if target == "contrast" else target
    found = one.effects["probability"]
    for side, text in ((found.reference, ref), (found.alternative, alt)):
        logits = dnabert2.logits([text])[0].astype(np.float64)
        assert side == pytest.approx(np.exp(logits[chosen]) / np.exp(logits).sum(), abs=1e-6)


def test_the_other_strand_and_the_target_are_those_asked_for(dnabert2, reference, letters, variants):
    ref, alt = (reverse_complement(text) for text in windows(letters["chr1"], variants[0], 0))
    (one,) = score_variants(dnabert2, reference, variants[:1], strand="-", offsets=[0], target="contrast")
    before, after = dnabert2.logits([ref])[0], dnabert2.logits([alt])[0]
    assert one.effects["logit"].value == pytest.approx((after[1] - after[0]) - (before[1] - before[0]), abs=2e-5)
    assert np.isnan(one.effects["logit"].spread)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"scores": ["beauty"]}, "no score 'beauty'"),
        ({"scores": ["llr"]}, "asks a masked-language-model head"),
        ({"scores": ["cosine"]}, "this model reads bases"),
        ({"strand": "up"}, "The strand is"),
        ({"offsets": [40]}, "offsets go from -30 to 29"),
        ({"target": "nothing"}, "has no target"),
    ],
)
def test_choices_without_sense_are_refused(cnn, reference, variants, options, words):
    with pytest.raises(GxviewError, match=words):
        score_variants(cnn, reference, variants, **options)


def test_a_language_model_has_no_logit(language_model, reference, variants):
    with pytest.raises(GxviewError, match=r"can answer: cosine, llr, pll"):
        score_variants(language_model, reference, variants, scores=["logit"])


class Other:
    """A model that says more about itself than the one it is made of."""

    def __init__(self, model, **told):
        self.__dict__.update(told)
        self._model = model

    def __getattr__(self, name):
        return getattr(self._model, name)


def test_numbers_labels_and_ensembles_are_asked_as_what_they_are(dnabert2, reference, variants):
    plain = [one.effects["logit"].value for one in score_variants(dnabert2, reference, variants[:3])]
    values = score_variants(Other(dnabert2, problem_type="regression"), reference, variants[:3])
    assert [list(one.effects) for one in values] == [["logit"]] * 3
    assert [one.effects["logit"].value for one in values] == plain
    with pytest.raises(GxviewError, match="this model predicts numbers"):
        score_variants(Other(dnabert2, problem_type="regression"), reference, variants[:1], scores=["probability"])
    labels = Other(dnabert2, problem_type="multi_label_classification")
    for one in score_variants(labels, reference, variants[:3], target=1, strand="+", offsets=[0]):
        logit = one.effects["logit"].reference
        assert one.effects["probability"].reference == pytest.approx(1 / (1 + np.exp(-logit)))
    both = score_variants(Other(dnabert2, members=(dnabert2, dnabert2)), reference, variants[:3])
    assert [one.effects["logit"].value for one in both] == plain


def test_the_score_of_an_ensemble_is_that_of_the_region(model, tmp_path):
    """One window, so that nothing is stitched: the mean of the members' probabilities, and of their logits."""
    text = "".join(np.random.default_rng(8).choice(list("ACGT"), L))
    (tmp_path / "g.fa").write_text(f">chr1\n{text}\n")
    reference, alternate = Reference(tmp_path / "g.fa"), alternative(text[30], "snv")
    both = ensemble_of("three", [model, *(randomised(model, seed=seed) for seed in (1, 2))])
    shown = explain_region(both, reference, f"chr1:1-{L}")
    assert np.ptp(shown.score) == 0
    variant = read_variant(f"chr1\t31\tv\t{text[30]}\t{alternate}", "")
    (one,) = score_variants(both, reference, [variant], strand="+", offsets=[0])
    for side, letters in (("reference", text), ("alternative", text[:30] + alternate + text[31:])):
        logits = [member.logits([letters])[0] for member in both.members]
        assert getattr(one.effects["probability"], side) == pytest.approx(np.mean([chance(row) for row in logits]))
        assert getattr(one.effects["logit"], side) == pytest.approx(np.mean(logits, axis=0)[model.positive], rel=1e-5)
    assert one.effects["probability"].reference == pytest.approx(float(shown.score[0]), rel=1e-6)
    of_mean_logits = chance(np.mean([member.logits([text])[0] for member in both.members], axis=0))
    assert of_mean_logits != pytest.approx(float(shown.score[0]), rel=1e-5)


@pytest.mark.parametrize("score", ["cosine", "llr", "pll"])
def test_what_asks_the_network_names_a_member_of_an_ensemble(language_model, reference, variants, score):
    both = ensemble_of("both", [language_model, language_model])
    member = re.escape(str(language_model.path))
    words = rf"both is an ensemble of 2 models.*{score} takes a single one.*for instance {member}\."
    with pytest.raises(GxviewError, match=words):
        score_variants(both, reference, variants[:1], scores=[score])


def test_an_ensemble_of_language_models_answers_nothing_by_itself(language_model, reference, variants):
    with pytest.raises(GxviewError, match="both is an ensemble of 2 models"):
        score_variants(ensemble_of("both", [language_model, language_model]), reference, variants[:1])


def test_an_ensemble_without_the_head_is_not_sent_to_a_member(cnn, reference, variants):
    with pytest.raises(GxviewError, match="this model reads bases; both can answer: logit, probability"):
        score_variants(ensemble_of("both", [cnn, cnn]), reference, variants[:1], scores=["cosine"])


def test_a_window_is_as_long_as_the_network_takes_it(cnn, reference, variants):
    found = score_variants(cnn, reference, variants[:1], window=50)
    assert found[0].scored
    with pytest.raises(UsageError, match="offsets"):
        settle_asking(cnn, window=50, offsets=[25])
    for window in (0, 1):
        with pytest.raises(GxviewError, match="at least"):
            settle_asking(cnn, window=window)
