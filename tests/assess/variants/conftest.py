"""A genome with known letters, tiny models, and a way to write VCF."""

import numpy as np
import pytest

from gxview.genome import Reference
from gxview.models.loading import load_model

HEADER = "##fileformat=VCFv4.2\n##contig=<ID=chr1,length=600>\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"


@pytest.fixture(scope="session")
def cnn(tiny_cnn_folder):
    return load_model(tiny_cnn_folder)


@pytest.fixture(scope="session")
def dnabert2(tiny_dnabert2_folder):
    return load_model(tiny_dnabert2_folder)


@pytest.fixture(scope="session", params=["dnabert2", "cnn"])
def model(request):
    """Both kinds of models, one after the other."""
    return request.getfixturevalue(request.param)


@pytest.fixture(scope="session")
def language_model(tmp_path_factory, dnabert2):
    """A masked language model with random weights and windows of 60 bases."""
    import torch

    from gxview.models.dnabert2 import DNABert2Config, DNABert2ForMaskedLM
    from gxview.models.saving import write_config, write_network

    sizes = {"hidden_size": 24, "num_hidden_layers": 2, "num_attention_heads": 3, "intermediate_size": 32}
    with torch.random.fork_rng():
        torch.manual_seed(3)
        network = DNABert2ForMaskedLM(DNABert2Config(vocab_size=128, initializer_range=0.4, **sizes)).eval()
    folder = tmp_path_factory.mktemp("models") / "language"
    folder.mkdir()
    write_config(folder, network, {"name": "language", "window_length": 60}, dnabert2.tokenizer)
    write_network(folder, network)
    return load_model(folder)


@pytest.fixture(scope="session")
def letters():
    """chr1 of 600 bases: small letters from 200 to 300, N from 400 to 480; chr2 of 100; tiny of 40."""
    rng = np.random.default_rng(5)
    one, two, tiny = ("".join(rng.choice(list("ACGT"), size)) for size in (600, 100, 40))
    one = one[:200] + one[200:300].lower() + one[300:400] + 80 * "N" + one[480:]
    return {"chr1": one, "chr2": two, "tiny": tiny}


@pytest.fixture(scope="session")
def genome(tmp_path_factory, letters):
    path = tmp_path_factory.mktemp("genome") / "g.fa"
    path.write_text("".join(f">{name}\n{text}\n" for name, text in letters.items()))
    return path


@pytest.fixture(scope="session")
def reference(genome):
    return Reference(genome)


@pytest.fixture
def write(tmp_path):
    """Write lines of (chrom, POS, REF, ALT) or whole texts as VCF and return the path."""

    def written(lines, name="v.vcf", header=HEADER):
        path = tmp_path / name
        texts = [
            line if isinstance(line, str) else "\t".join(map(str, (*line[:2], ".", *line[2:], ".", ".", ".")))
            for line in lines
        ]
        path.write_text(header + "".join(f"{text}\n" for text in texts))
        return path

    return written
