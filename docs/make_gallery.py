"""Make the gallery of the documentation from real genomes: every kind of track, every zoom, both themes.

Usage: ``make gallery``, or ``python docs/make_gallery.py [NAME...]`` for some of the pictures. The files come from the
folder ``../shared/data`` beside the checkout; they are not part of the project. Writes ``docs/images/gallery/*`` and
``docs/gallery.md``.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = "offscreen"
# settings and sessions of the person who runs this stay untouched
_HOME = tempfile.TemporaryDirectory()
for _name in ("CONFIG", "STATE", "DATA"):
    os.environ[f"XDG_{_name}_HOME"] = f"{_HOME.name}/{_name.lower()}"

from gallery_pictures import PICTURES, Picture  # noqa: E402  the places of the settings come first

from gxview.errors import GxviewError  # noqa: E402

DOCS = Path(__file__).resolve().parent
IMAGES = DOCS / "images" / "gallery"
SHARED = DOCS.parents[1] / "shared" / "data"
INTRODUCTION = """# Gallery

Windows and figures as gxview draws them, made by `make gallery` from public genomes and from the test files of other
genome browsers. The two models are the embedded samples: they were trained on simulated bacterial promoters, so on real
genomes they show how an explanation looks and not what is true.
"""


def page(pictures: list[Picture]) -> str:
    """Return the page that shows all pictures."""
    parts = [INTRODUCTION]
    for picture in pictures:
        parts.append(f"## {picture.title}\n\n{picture.text}\n")
        parts += [f"![{picture.title}](images/gallery/{name})\n" for name in picture.files]
    return "\n".join(parts)


def main(names: list[str]) -> int:
    """Make all pictures, or those that are named; return 1 when one failed."""
    if not SHARED.is_dir():
        sys.stderr.write(f"{SHARED} does not exist; the gallery is made from the genomes and tracks there.\n")
        return 1
    IMAGES.mkdir(parents=True, exist_ok=True)
    failed = False
    for picture in PICTURES:
        if names and picture.name not in names:
            continue
        try:
            picture.make(SHARED, IMAGES)
        except GxviewError as error:
            failed = True
            sys.stderr.write(f"{picture.name}: {error}\n")
    (DOCS / "gallery.md").write_text(page(PICTURES))
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
