"""The ninth column of GFF3, GTF and GFF2."""

from __future__ import annotations

import re
from urllib.parse import unquote

_QUOTED = re.compile(r"""\s*([^\s;="]+)[\s=]+(?:"([^"]*)"|([^;"]*))\s*(?:;|$)""")

_ASSIGNED = re.compile(r"""\s*[^\s;="]+=""")


def read_attributes(text: str) -> dict[str, str]:
    """Read ``key=value;...`` (GFF3, percent-decoded) or ``key "value"; ...`` (GTF, GFF2).

    A key that comes several times gets its values joined by commas.
    """
    return _gff3(text) if is_gff3(text) else _gtf(text)


def is_gff3(text: str) -> bool:
    """Whether the attributes are written in the manner of GFF3."""
    return _ASSIGNED.match(text) is not None


def _gff3(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for field in text.split(";"):
        key, equals, value = field.partition("=")
        if equals:
            value = value.strip()
            value = value[1:-1] if len(value) > 1 and value[0] == value[-1] == '"' else value
            _add(found, key.strip(), unquote(value) if "%" in value else value)
    return found


def _gtf(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for key, quoted, plain in _QUOTED.findall(text):
        _add(found, key, quoted or plain.strip())
    return found


def _add(found: dict[str, str], key: str, value: str) -> None:
    found[key] = f"{found[key]},{value}" if found.get(key) else value
