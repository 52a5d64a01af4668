"""Relevance that was exported comes back as letters."""

from __future__ import annotations

from pathlib import Path

from gxview.viewer.opening import track_of
from tests.viewer.fakes import FakeSignal


def test_a_signal_with_its_provenance_beside_it_is_drawn_as_letters(tmp_path: Path):
    (tmp_path / "site.v2.provenance.json").write_text("{}")
    for name, style in (("site.v2.bw", "letters"), ("site.v2.score.bw", "bars"), ("other.bw", "bars")):
        assert track_of(FakeSignal(tmp_path / name), tmp_path / name).style == style
