"""No search for garbage while files are read, and one again afterwards."""

from __future__ import annotations

import gc

import pytest

from gxview.tracks.garbage import unswept


def test_searching_goes_on_after_the_last_reader_even_one_that_failed():
    assert gc.isenabled()
    with unswept():
        with pytest.raises(KeyError), unswept():
            raise KeyError
        assert not gc.isenabled()
    assert gc.isenabled()


def test_what_was_off_stays_off():
    gc.disable()
    try:
        with unswept():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
