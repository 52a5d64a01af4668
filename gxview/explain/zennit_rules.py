"""The rules of ``zennit``, without importing ``zennit`` itself.

``import zennit`` (0.5.1) imports torchvision for canonizers that no network here needs. Its ``core`` and ``rules``
need torch alone, so they are loaded below a bare package of ours; nothing is registered under the name ``zennit``.
"""

from __future__ import annotations

import sys
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

from gxview.errors import GxviewError

_PACKAGE = "gxview.explain._zennit"


@cache
def zennit_module(name: str) -> ModuleType:
    """Return a module of zennit, ``core`` or ``rules`` for instance.

    Raises
    ------
    GxviewError
        If zennit is not installed.
    """
    spec = find_spec("zennit")
    if spec is None or spec.submodule_search_locations is None:
        raise GxviewError("LRP needs the package zennit; install it with: pip install --no-deps zennit.")
    if _PACKAGE not in sys.modules:
        package = ModuleType(_PACKAGE)
        package.__path__ = list(spec.submodule_search_locations)
        sys.modules[_PACKAGE] = package
    return import_module(f"{_PACKAGE}.{name}")
