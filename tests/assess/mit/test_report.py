import re
from xml.etree import ElementTree

import numpy as np
import pytest

from gxview.assess.mit import MitSettings, run_mit
from gxview.assess.mit.report import sections, write_report
from gxview.assess.mit.tables import verdict

NAMES = ("pa-pwm", "nopos", "nocomp", "kmer")


class Empty:
    name = "<b>empty</b> " + "long " * 20

    def score(self, sequences):
        return np.full(len(sequences), np.nan)


@pytest.fixture(scope="module")
def result():
    return run_mit(MitSettings(NAMES, seeds=2))


@pytest.fixture(scope="module")
def text(result, tmp_path_factory):
    return write_report(tmp_path_factory.mktemp("report") / "report.html", result).read_text()


def test_the_report_shows_every_scorer_in_every_part(result):
    found = {section.key: section for section in sections(result)}
    assert list(found) == ["summary", "published", "classes", "probing", "hierarchy", "definitions", "provenance"]
    for key in ("summary", "published", "hierarchy"):
        tables = [block for block in found[key].blocks if block.kind == "table"]
        assert tables
        assert all({row[0].text for row in table.rows} >= set(NAMES) for table in tables)
    figures = [block for section in found.values() for block in section.blocks if block.kind == "figure"]
    assert len(figures) == 7


def test_the_page_needs_nothing_else_and_its_drawings_are_whole(text):
    assert not re.search(r'(src|href)="(?!#)', text)
    drawings = re.findall(r"<svg class=\"plot\".*?</svg>", text, re.S)
    assert len(drawings) == 7
    for drawing in drawings:
        ElementTree.fromstring(drawing.replace("href", "hreflang"))
    assert "compositional illusion" in drawings[0]
    assert "HyenaDNA" in drawings[0]
    assert "nan" not in re.sub(r"<svg.*?</svg>", "", text, flags=re.S).lower().split()


def test_verdicts_follow_the_intervals(result):
    assert [verdict(one) for one in result.results] == ["logic", "composition", "none", "none"]


def test_a_report_can_do_without_probing_sets_natural_classes_and_scores(tmp_path):
    bare = run_mit(MitSettings((Empty(),), probing=False))
    text = write_report(tmp_path / "r.html", bare).read_text()
    assert "&lt;b&gt;empty" in text
    assert "<b>empty" not in text
    assert 'id="probing"' not in text


def test_a_report_of_scores_that_are_all_missing_has_its_probing_sets(tmp_path):
    whole = run_mit(MitSettings((Empty(),)))
    assert 'id="probing"' in write_report(tmp_path / "r.html", whole).read_text()
