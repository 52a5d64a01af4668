"""Letters on their way into a model."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gxview.errors import GxviewError
from gxview.models.sequences import clean_sequences, one_hot


def test_lower_case_and_ambiguity_codes_become_what_a_model_knows():
    assert clean_sequences(["acgtRYn", "TTT"]) == ["ACGTNNN", "TTT"]


@pytest.mark.parametrize(
    ("bad", "message"),
    [("", "sequence 2 is empty"), ("ACGTMEEPLQ", "sequence 2 has the letter 'E' at position 6"), ("AC GT", "' '")],
)
def test_what_is_no_dna_is_named_with_its_sequence(bad, message):
    with pytest.raises(GxviewError, match=message):
        clean_sequences(["ACGT", bad])


def test_one_text_instead_of_a_list_is_refused():
    with pytest.raises(GxviewError, match="list of sequences"):
        clean_sequences("ACGT")


@given(st.lists(st.text("ACGTN", min_size=7, max_size=7), min_size=1, max_size=5))
def test_one_hot_columns_spell_the_sequence_and_n_is_empty(sequences):
    columns = one_hot(sequences).numpy()
    assert columns.shape == (len(sequences), 4, 7)
    letters = np.where(columns.any(axis=1), np.array(list("ACGT"))[columns.argmax(axis=1)], "N")
    assert ["".join(row) for row in letters] == sequences
    assert set(columns.sum(axis=1).ravel()) <= {0.0, 1.0}


def test_one_hot_needs_one_length():
    with pytest.raises(GxviewError, match="one length"):
        one_hot(["ACGT", "ACG"])
