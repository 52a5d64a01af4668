import html.parser
import re

import pytest

VOID = {"meta", "link", "br", "img", "path", "use", "rect", "input", "hr"}


class Page(html.parser.HTMLParser):
    """Checks that tags are closed in order; collects ids, addresses and texts."""

    def __init__(self, text):
        super().__init__()
        self.open, self.ids, self.addresses, self.tags = [], [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        found = dict(attrs)
        if "id" in found:
            self.ids.append(found["id"])
        self.addresses += [found[name] for name in ("href", "src", "srcset", "action") if name in found]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.open.pop() == tag


@pytest.fixture(scope="module")
def text(done):
    return (done[0] / "report.html").read_text()


@pytest.fixture(scope="module")
def page(text):
    return Page(text)


def test_the_page_is_whole_and_needs_nothing_else(page, text):
    assert not page.open
    assert all(address.startswith("#") for address in page.addresses)
    assert not re.search(r"https?:|url\((?!#)|@import", text)


def test_names_are_text_and_no_markup(page, text):
    assert len([tag for tag, _ in page.tags if tag == "script"]) == 1
    assert "&lt;script&gt;w0" in text
    assert "A &lt;b&gt;title&lt;/b&gt;" in text


def test_every_link_of_the_page_leads_somewhere(page):
    anchors = [address[1:] for address in page.addresses if address.startswith("#")]
    assert set(anchors) <= set(page.ids)


def test_what_fails_and_the_worst_windows_come_first(page):
    sections = [attrs["id"] for tag, attrs in page.tags if tag == "section"]
    assert sections[:2] == ["summary", "cases"]
    assert {"faithfulness", "similarity", "controls", "failures", "definitions", "provenance"} <= set(sections)


def test_every_figure_says_what_it_shows(page):
    drawings = [attrs for tag, attrs in page.tags if tag == "svg" and "aria-hidden" not in attrs]
    assert drawings
    assert all(attrs["role"] == "img" and attrs["aria-label"] for attrs in drawings)


def test_definitions_seeds_versions_and_hashes_are_there(text):
    for words in ("sum min(|a|, |b|) sign(a) sign(b)", "Benjamini", "20240", "torch ", "sha256", "--full"):
        assert words in text


def test_colours_come_from_the_page(text):
    assert "prefers-color-scheme: dark" in text
    drawn = "".join(re.findall(r'<svg class="plot".*?</svg>', text, re.DOTALL))
    assert set(re.findall(r"(?:fill|stroke): (#[0-9a-f]{6})", drawn)) <= {"#000000"}
