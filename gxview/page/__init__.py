"""Reports: one HTML file that needs nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

from markupsafe import Markup

from gxview.durable import write_durably
from gxview.page.logo import symbols
from gxview.page.parts import Section
from gxview.version import __version__

__all__ = ["page", "write_page"]


def page(title: str, kind: str, lead: str, sections: Sequence[Section]) -> str:
    """Return a page; its letters depend on what is given and the version alone.

    Parameters
    ----------
    title
        Its heading.
    kind
        What sort of report it is, in two or three words; stands above the title.
    lead
        The paragraph under the title.
    sections
        What follows, in order.
    """
    from jinja2 import Environment

    here = files(__name__)
    texts = {name: (here / name).read_text(encoding="utf-8") for name in ("template.html", "style.css", "script.js")}
    environment = Environment(autoescape=True, trim_blocks=False)
    rendered = environment.from_string(texts["template.html"]).render(
        title=title,
        kind=kind,
        lead=lead,
        version=__version__,
        style=Markup(texts["style.css"]),
        script=Markup(texts["script.js"]),
        symbols=symbols(),
        sections=sections,
    )
    # Within HTML a drawing needs no namespace, so that the page names no address at all.
    return rendered.replace(' xmlns="http://www.w3.org/2000/svg"', "")


def write_page(path: Path, title: str, kind: str, lead: str, sections: Sequence[Section]) -> Path:
    """Write a page durably; return its path."""
    write_durably(path, page(title, kind, lead, sections).encode())
    return path
