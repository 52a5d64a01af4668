"""What a script asks about models: the test, probing, variants and training, as the panels do them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from gxview._qt.idle import wait_until
from gxview.errors import GxviewError
from gxview.viewer.assessing.assessment import Assessment
from gxview.viewer.assessing.choices import Choices
from gxview.viewer.assessing.mit import MitResults
from gxview.viewer.assessing.probe import ProbeResults
from gxview.viewer.assessing.training import Trained
from gxview.viewer.assessing.variants import VariantEffects
from gxview.viewer.work.jobs import JobState

if TYPE_CHECKING:
    from gxview._qt.window import MainWindow

C = TypeVar("C", bound=Choices)
R = TypeVar("R")


class AssessingViewer:
    """The part of `gxview._qt.facade.WindowViewer` that puts models to the test and trains them.

    Each call runs the command as a program of its own, as the panel does, waits, and shows what it found in the panel.
    Choices that are not named are as the panel has them; the same call with the same folder goes on where it was.
    """

    window: MainWindow

    def mit(self, folder: str | Path, **choices: Any) -> MitResults:
        """Run the Mechanistic Invariance Test.

        Parameters
        ----------
        folder
            Where the results go.
        choices
            Fields of `gxview.viewer.assessing.choices.MitChoices`, such as ``scorers=("pa-pwm",)``.

        Raises
        ------
        GxviewError
            The choices make no sense, or the command failed: in its words.
        """
        return self._assess(self.window.viewer.assess.mit, folder, choices)

    def probe(self, folder: str | Path, **choices: Any) -> ProbeResults:
        """Probe embeddings; `choices` are fields of `gxview.viewer.assessing.choices.ProbeChoices`. See `mit`."""
        return self._assess(self.window.viewer.assess.probe, folder, choices)

    def variants(self, folder: str | Path, **choices: Any) -> VariantEffects:
        """Score variants; `choices` are fields of `gxview.viewer.assessing.choices.VariantChoices`. See `mit`."""
        return self._assess(self.window.viewer.assess.variants, folder, choices)

    def train(self, folder: str | Path, **choices: Any) -> Trained:
        """Train a model; `choices` are fields of `gxview.viewer.assessing.choices.TrainChoices`. See `mit`."""
        return self._assess(self.window.viewer.assess.train, folder, choices)

    def _assess(self, assessment: Assessment[C, R], folder: str | Path, choices: dict[str, Any]) -> R:
        assessment.choose(**{name: _plain(value) for name, value in choices.items()})
        run = assessment.start(Path(folder).expanduser().absolute())
        wait_until(lambda: run.has_ended and not assessment.is_reading)
        if run.job.state is not JobState.DONE:
            raise GxviewError(run.job.message)
        if assessment.results is None or assessment.results_folder != run.folder:
            # results of before are not those of this call
            raise GxviewError(assessment.failure)
        return assessment.results


def _plain(value: Any) -> Any:
    """Let paths be given where texts are kept."""
    if isinstance(value, Path):
        return str(value)
    return tuple(map(_plain, value)) if isinstance(value, list | tuple) else value
