"""zennit's rules load without zennit's dependency on torchvision."""

from __future__ import annotations

import subprocess
import sys


def test_rules_load_without_torchvision_and_leave_the_name_zennit_alone():
    code = (
        "import sys\n"
        "from gxview.explain.zennit_rules import zennit_module\n"
        "rules, core = zennit_module('rules'), zennit_module('core')\n"
        "assert issubclass(rules.Epsilon, core.BasicHook)\n"
        "assert 'torchvision' not in sys.modules and 'zennit' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
