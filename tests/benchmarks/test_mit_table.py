"""The page on the invariance test shows what was measured."""

from __future__ import annotations

import json

from benchmarks.mit_table import sizes, table
from benchmarks.record import RESULTS, ROOT
from gxview.assess.mit.published import LATER_RUN, published_of


def test_the_page_holds_the_tables_of_the_results():
    found = json.loads((RESULTS / "mit_table.json").read_text())
    page = (ROOT / "docs/mit.md").read_text()
    lines = found["shuffle_with_natural"]
    assert table(lines) in page
    assert sizes(lines) in page
    for line in lines:
        paper, later = published_of(line["scorer"]), LATER_RUN.get(line["scorer"])
        stated = line["css"]["paper"], line["scr"]["paper"]
        assert stated == ((None, None) if paper is None else (paper.css, paper.scr))
        assert line["scr"]["paper_later_run"] == (None if later is None else later[1])
    assert found["time"]["seconds"] < 1
