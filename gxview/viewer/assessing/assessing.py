"""The four panels about models, without their windows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from gxview.viewer.assessing.assessment import Assessment
from gxview.viewer.assessing.mit import Mit
from gxview.viewer.assessing.probe import Probe
from gxview.viewer.assessing.training import Training
from gxview.viewer.assessing.variants import Variants
from gxview.viewer.viewer_model import ViewerModel
from gxview.viewer.work.notices import Notices
from gxview.viewer.work.programs import Programs


class Assessing:
    """What a window does to put models to the test, and to train them.

    Parameters
    ----------
    model, programs, notices
        See `Assessment`.
    """

    def __init__(self, model: ViewerModel, programs: Programs, notices: Notices) -> None:
        self.mit = Mit(model, programs, notices)
        self.probe = Probe(model, programs, notices)
        self.variants = Variants(model, programs, notices)
        self.train = Training(model, programs, notices)

    def __iter__(self) -> Iterator[Assessment[Any, Any]]:
        return iter((self.mit, self.probe, self.variants, self.train))

    def show_paths_with(self, show_path: Callable[[Path], bool]) -> None:
        """Say how a file is opened outside of the program."""
        for one in self:
            one.show_path = show_path
