"""The three gradient rules of ``lxt``, without importing ``lxt.efficient``.

``lxt.efficient`` (2.1) imports every model family it patches, and with them torchvision and a helper that is gone from
transformers 5. Its ``rules.py`` needs torch alone, so that one file is loaded under a name of ours, and nothing is
registered under the name ``lxt``.
"""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

from gxview.errors import GxviewError


@cache
def lxt_rules() -> ModuleType:
    """Return the module ``lxt.efficient.rules``.

    Raises
    ------
    GxviewError
        If lxt is not installed, or its file of rules is not where versions 2.0 and 2.1 have it.
    """
    package = find_spec("lxt")
    folders = (package.submodule_search_locations if package else None) or []
    for folder in folders:
        path = Path(folder) / "efficient" / "rules.py"
        spec = spec_from_file_location("gxview.explain._lxt_efficient_rules", path)
        if path.is_file() and spec is not None and spec.loader is not None:
            module = module_from_spec(spec)
            spec.loader.exec_module(module)
            return module
    raise GxviewError("The rules of lxt were not found; install it with: pip install --no-deps 'lxt>=2.1'.")
