"""Language models of the transformers library about variants, against loops over single windows and tokens."""

import json

import numpy as np
import pytest
import torch
from transformers import AutoConfig, AutoModelForCausalLM, AutoModelForMaskedLM, AutoTokenizer

from gxview.assess.variants import load_asked, score_variants
from gxview.assess.variants.job import VariantsJob, run_variants
from gxview.assess.variants.settings import settle_asking
from gxview.errors import Cancelled, GxviewError, UsageError
from gxview.genome import reverse_complement
from gxview.tracks.variant_lines import read_variant
from tests.assess.mit.tiny_models import change_config, words, write_bert, write_esm, write_gpt2

L = 48
OTHER = str.maketrans("ACGT", "CGTA")


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    root = tmp_path_factory.mktemp("native")
    return {
        "esm": write_esm(root / "esm"),
        "bert": write_bert(root / "bert", words(3)),
        "gpt2": write_gpt2(root / "gpt2"),
    }


@pytest.fixture(scope="module")
def variants(letters):
    def snv(at):
        there = letters["chr1"][at].upper()
        return read_variant(f"chr1\t{at + 1}\tsnv\t{there}\t{there.translate(OTHER)}", "")

    return [snv(150), snv(251), snv(331), snv(2)]


def windows(letters, variant, offset):
    """Return both windows of a substitution, on the plus strand."""
    text = letters["chr1"].upper()
    first = max(0, variant.start - L // 2 - offset)
    changed = text[: variant.start] + variant.alts[0] + text[variant.start + 1 :]
    return text[first : first + L], changed[first : first + L]


def hidden(folder, text, spell, reach):
    """Return the words of a text and the log-probability of each, with the words that share letters hidden too."""
    network, tokenizer = AutoModelForMaskedLM.from_pretrained(folder).eval(), AutoTokenizer.from_pretrained(folder)
    ids = tokenizer(spell(text), return_tensors="pt")["input_ids"]
    names = tokenizer.convert_ids_to_tokens(ids[0].tolist())
    inner = [n for n, name in enumerate(names) if set(name) <= set("ACGT")]
    found = []
    for place in inner[:: reach + 1]:
        row = ids.clone()
        row[0, [n for n in inner if abs(n - place) <= reach]] = tokenizer.mask_token_id
        with torch.inference_mode():
            logits = network(input_ids=row, attention_mask=torch.ones_like(row)).logits[0, place].double()
        found.append(float(torch.log_softmax(logits, -1)[ids[0, place]]))
    return [names[n] for n in inner[:: reach + 1]], np.array(found)


def threes(text):
    return " ".join(text[at : at + 3] for at in range(len(text) - 2))


@pytest.mark.parametrize(("kind", "spell", "reach"), [("esm", str, 0), ("bert", threes, 2)])
@pytest.mark.parametrize("strand", ["+", "-"])
def test_likelihoods_equal_words_hidden_one_by_one(folders, reference, letters, variants, kind, spell, reach, strand):
    model = load_asked(str(folders[kind]), "cpu")
    found = score_variants(model, reference, variants, scores=["llr", "pll"], offsets=[0], strand=strand, window=L)
    for one, variant in zip(found, variants, strict=True):
        sides = [side if strand == "+" else reverse_complement(side) for side in windows(letters, variant, 0)]
        (names, before), (others, after) = (hidden(folders[kind], side, spell, reach) for side in sides)
        changed = [n for n, (a, b) in enumerate(zip(names, others, strict=True)) if a != b]
        assert len(changed) == 1
        assert one.effects["pll"].value == pytest.approx(after.sum() - before.sum(), abs=1e-4)
        assert one.effects["llr"].value == pytest.approx(after[changed[0]] - before[changed[0]], abs=1e-4)
        assert one.effects["llr"].reference == pytest.approx(before[changed[0]], abs=1e-4)


def test_a_causal_model_gives_the_difference_of_whole_windows(folders, reference, letters, variants):
    network = AutoModelForCausalLM.from_pretrained(folders["gpt2"]).eval()
    tokenizer = AutoTokenizer.from_pretrained(folders["gpt2"])

    def whole(text):
        ids = tokenizer(text, return_tensors="pt")["input_ids"]
        with torch.inference_mode():
            logs = torch.log_softmax(network(input_ids=ids).logits[0].double(), -1)
        return sum(float(logs[n - 1, ids[0, n]]) for n in range(1, ids.shape[1]))

    model = load_asked(str(folders["gpt2"]), "cpu")
    found = score_variants(model, reference, variants, scores=["llr"], window=L)
    for one, variant in zip(found, variants, strict=True):
        ref, alt = windows(letters, variant, 0)
        apart = [whole(alt) - whole(ref), whole(reverse_complement(alt)) - whole(reverse_complement(ref))]
        assert one.effects["llr"].value == pytest.approx(np.mean(apart), abs=1e-4)
        assert one.effects["llr"].spread == pytest.approx(np.std(apart), abs=1e-4)
    with pytest.raises(GxviewError, match=r"pll asks a masked-language-model head.* gpt2 can answer: cosine, llr"):
        score_variants(model, reference, variants, scores=["pll"])


def test_cosine_is_that_of_mean_embeddings_over_windows(folders, reference, letters, variants):
    network, tokenizer = (one.from_pretrained(folders["esm"]) for one in (AutoModelForMaskedLM, AutoTokenizer))
    seen = []
    network.eval().esm.register_forward_hook(lambda _m, _i, out: seen.append(out[0][0, 1:-1].double().mean(0).numpy()))

    def embedding(text):
        given = tokenizer(text, return_tensors="pt")
        with torch.inference_mode():
            network(input_ids=given["input_ids"], attention_mask=given["attention_mask"])
        return seen.pop()

    model = load_asked(str(folders["esm"]), "cpu")
    assert model.offsets == (-17, 0, 17)  # words of three bases begin anew
    found = score_variants(model, reference, variants, window=L, strand="+")
    assert [len(one.effects) for one in found] == [2] * 4
    for one, variant in zip(found, variants, strict=True):
        apart = []
        for ref, alt in dict.fromkeys(windows(letters, variant, offset) for offset in model.offsets):
            a, b = embedding(ref), embedding(alt)
            apart.append(1 - a @ b / np.linalg.norm(a) / np.linalg.norm(b))
        assert one.windows == len(apart)
        assert one.effects["cosine"].value == pytest.approx(np.mean(apart), abs=1e-6)


def test_insertions_and_unknown_bases_have_numbers(folders, reference, letters):
    there = letters["chr1"][395]
    variants = [
        read_variant(f"chr1\t121\tins\t{letters['chr1'][120]}\t{letters['chr1'][120]}GATTACA", ""),
        read_variant(f"chr1\t396\tsnv\t{there}\t{there.translate(OTHER)}", ""),
    ]
    for kind in ("esm", "bert"):
        model = load_asked(str(folders[kind]), "cpu")
        for one in score_variants(model, reference, variants, window=L):
            assert all(np.isfinite(effect.value) for effect in one.effects.values())


def test_a_run_says_who_was_asked(folders, genome, write, letters, tmp_path):
    there = letters["chr1"][150].upper()
    vcf = write([("chr1", 151, there, there.translate(OTHER))])
    job = VariantsJob(genome, str(folders["esm"]), vcf, window=L)
    outcome = run_variants(job, tmp_path / "out")
    assert outcome.failures == 0
    told = json.loads((tmp_path / "out" / "variants.json").read_text())
    assert [one["name"] for one in told["scores"]] == ["cosine", "llr"]
    assert told["provenance"]["model"]["kind"] == "esm"
    assert told["provenance"]["offsets"] == [-17, 0, 17]
    assert "nothing to do" in run_variants(job, tmp_path / "out").message


def test_what_cannot_be_asked_is_said(folders, reference, variants, tmp_path):
    model = load_asked(str(folders["bert"]), "cpu")
    assert model.window_length == 128  # 126 words and two special tokens
    with pytest.raises(GxviewError, match="takes at most 128 tokens, but a sequence has"):
        score_variants(model, reference, variants, window=200)
    with pytest.raises(UsageError, match="at least one base"):
        score_variants(model, reference, variants, window=0)
    with pytest.raises(UsageError, match="has no outputs that could be explained; leave target and method out"):
        score_variants(model, reference, variants, target="promoter")
    assert settle_asking(load_asked(str(folders["esm"]), "cpu"), window=20).offsets == (0,)
    with pytest.raises(GxviewError, match="The score logit asks a trained classifier"):
        score_variants(model, reference, variants, scores=["logit"])
    with pytest.raises(UsageError, match="#randomised is for gxview's own models"):
        load_asked(f"{folders['bert']}#randomised-1", "cpu")
    other = write_gpt2(tmp_path / "other")
    change_config(other, architectures=["GPT2Model"])
    with pytest.raises(GxviewError, match="has no language-model head and gives no likelihood"):
        load_asked(str(other), "cpu")
    with pytest.raises(Cancelled):
        score_variants(model, reference, variants, window=L, cancelled=lambda: True)


def test_a_change_in_the_last_bases_of_a_window_of_overlapping_words_counts(folders, reference, letters):
    text = letters["tiny"]  # 40 bases: the words that tile it from the left end reach the 39th
    changed = text[:39] + text[39].translate(OTHER)
    variant = read_variant(f"tiny\t40\tsnv\t{text[39]}\t{changed[39]}", "")
    model = load_asked(str(folders["bert"]), "cpu")
    (one,) = score_variants(model, reference, [variant], scores=["llr"], offsets=[0], strand="+", window=40)
    network, tokenizer = (kind.from_pretrained(folders["bert"]) for kind in (AutoModelForMaskedLM, AutoTokenizer))
    found = []
    for side in (text, changed):  # the last word is hidden, and the two that share letters with it
        ids = tokenizer(threes(side), return_tensors="pt")["input_ids"]
        row, last = ids.clone(), ids.shape[1] - 2
        row[0, last - 2 : last + 1] = tokenizer.mask_token_id
        with torch.inference_mode():
            logits = network.eval()(input_ids=row, attention_mask=torch.ones_like(row)).logits[0, last].double()
        found.append(float(torch.log_softmax(logits, -1)[ids[0, last]]))
    assert one.effects["llr"].value == pytest.approx(found[1] - found[0], abs=1e-4)


def test_too_many_tokens_in_one_window_leave_the_others_their_numbers(tmp_path, reference, letters, variants):
    near = read_variant(f"chr1\t396\tsnv\t{letters['chr1'][395]}\t{letters['chr1'][395].translate(OTHER)}", "")
    esm = write_esm(tmp_path / "esm")
    change_config(esm, position_embedding_type="absolute", max_position_embeddings=24)
    AutoModelForMaskedLM.from_config(AutoConfig.from_pretrained(esm)).save_pretrained(esm)
    model = load_asked(str(esm), "cpu")
    inside, beside = score_variants(model, reference, [variants[0], near], window=L, offsets=[0])
    assert not inside.reason
    assert np.isfinite(inside.effects["llr"].value)
    assert "the tokens are too many for it" in beside.reason
    assert np.isnan(beside.effects["llr"].value)


def test_an_unknown_alternative_has_no_likelihood(folders, reference, letters):
    model = load_asked(str(folders["bert"]), "cpu")
    (one,) = score_variants(model, reference, [read_variant(f"chr1\t151\tn\t{letters['chr1'][150]}\tN", "")], window=L)
    assert "the alternative has an N" in one.reason
    assert np.isnan(one.effects["llr"].value)
    assert one.effects["cosine"].value > 0


def test_tokens_of_unknown_bases_do_not_count(tmp_path):
    esm = load_asked(str(write_esm(tmp_path / "esm")), "cpu")
    (row,) = esm.head.read(["ACGNNACG"])
    assert [end - start for start, end in row.spans.tolist()] == [3, 3]


def test_words_of_any_length_begin_at_other_bases(tmp_path):
    model = load_asked(str(write_esm(tmp_path / "esm")), "cpu")
    assert all(len({offset % k for offset in model.offsets}) > 1 for k in range(2, 17))
