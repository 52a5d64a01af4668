"""Codons become the amino acids that the textbook says, on both strands."""

from __future__ import annotations

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from gxview.genome import reverse_complement
from gxview.genome.translation import amino_acids

# The genetic code as biochemistry books print it: amino acid and its codons (RNA), written down apart from the program.
BOOK = {
    "A": "GCU GCC GCA GCG", "R": "CGU CGC CGA CGG AGA AGG", "N": "AAU AAC", "D": "GAU GAC", "C": "UGU UGC",
    "Q": "CAA CAG", "E": "GAA GAG", "G": "GGU GGC GGA GGG", "H": "CAU CAC", "I": "AUU AUC AUA",
    "L": "UUA UUG CUU CUC CUA CUG", "K": "AAA AAG", "M": "AUG", "F": "UUU UUC", "P": "CCU CCC CCA CCG",
    "S": "UCU UCC UCA UCG AGU AGC", "T": "ACU ACC ACA ACG", "W": "UGG", "Y": "UAU UAC", "V": "GUU GUC GUA GUG",
    "*": "UAA UAG UGA",
}  # fmt: skip
CODE = {codon: letter for letter, codons in BOOK.items() for codon in codons.split()}


def test_every_codon_is_that_of_the_book():
    assert len(CODE) == 64
    for codon in map("".join, product("ACGU", repeat=3)):
        for spelled in (codon, codon.lower(), codon.replace("U", "T")):
            assert amino_acids(spelled).tobytes().decode() == CODE[codon]


@given(st.text("ACGTacgtN", max_size=60))
def test_each_place_is_translated_by_itself_on_both_strands(sequence):
    forward, reverse = (amino_acids(sequence, strand).tobytes().decode() for strand in (False, True))
    codons = [sequence[i : i + 3] for i in range(len(sequence) - 2)]
    rna = [codon.upper().replace("T", "U") for codon in codons]
    assert forward == "".join(CODE.get(codon, "X") for codon in rna)
    other = [reverse_complement(codon).upper().replace("T", "U") for codon in codons]
    assert reverse == "".join(CODE.get(codon, "X") for codon in other)


def test_the_lac_repressor_begins_with_its_own_protein(shared):
    from gxview.genome import Reference, Region

    # lacI, b0345: minus strand of NC_000913.3, 366428-367510 (1-based); UniProt P03023 begins MKPVTLYDVAEYAGVSYQTVSRVV
    reference = Reference(shared / "data" / "genomes" / "ecoli" / "NC_000913.3.fa.gz")
    gene = Region(reference.names[0], 366427, 367510)
    protein = amino_acids(reference.fetch(gene), reverse=True)[::3].tobytes().decode()[::-1]
    # the gene begins with GTG, which the ribosome starts with methionine
    assert protein.startswith("VKPVTLYDVAEYAGVSYQTVSRVV")
    assert protein.endswith("*")
    assert "*" not in protein[:-1]
