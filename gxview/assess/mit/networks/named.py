"""``--scorer model:PATH``: from what a person names to a scorer."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from gxview.assess.mit.networks.native import native_scorer
from gxview.assess.mit.networks.own import scorer_of
from gxview.assess.mit.scorers import Scorer, Setting
from gxview.assess.networks.native import is_own
from gxview.errors import UsageError
from gxview.models.ensemble import is_ensemble
from gxview.models.folder import ModelFolder
from gxview.models.loading import load_model, resolve_device, resolve_folder
from gxview.models.randomised import split_name

_NAME = re.compile(r"([^=/\\,]+)=(.+)")
_OPTION = re.compile(r"(.+),(from|target)=([^,]+)")
_OTHER = re.compile(r".*,(\w+)=([^,/\\]*)")


@dataclass(frozen=True, slots=True)
class NamedModel:
    """A model as a person names it: ``[NAME=]PATH[,from=FIRST][,target=TARGET]``.

    Attributes
    ----------
    path
        A folder, a hub name or an embedded model, as :func:`~gxview.models.loading.load_model` takes it.
    name
        What the results call it; None: what the model calls itself.
    start
        First base that a network of a fixed length gets, 0-based; written FIRST, from 1.
    target
        Whose logit is the score: a class, an index or ``contrast``; None for the positive class.
    """

    path: str
    name: str | None = None
    start: int | None = None
    target: str | None = None

    @classmethod
    def parse(cls, text: str) -> NamedModel:
        """Read the form above.

        Raises
        ------
        UsageError
            When no model is named, there is no such option, or FIRST is no whole number from 1 on.
        """
        options: dict[str, str] = {}
        while found := _OPTION.fullmatch(text):
            text, name, value = found.groups()
            options.setdefault(name, value)
        named = _NAME.fullmatch(text)
        name, path = (named[1], named[2]) if named else (None, text)
        if not path:
            raise UsageError("Say which model: --scorer model:PATH, where PATH is a folder or sample-cnn.")
        other = _OTHER.fullmatch(path)
        if other and not Path(path).exists():
            said = "needs a value" if other[1] in ("from", "target") else "is no option of a model scorer"
            raise UsageError(
                f"'{other[1]}=' {said}; behind the model may stand ,from=N (the first base that it reads, from 1) and "
                ",target=T (the output that is the score)."
            )
        first = options.get("from", "1")
        if not first.isdecimal() or int(first) < 1:
            raise UsageError(f"from= is the number of a base, counted from 1, not '{first}'.")
        return cls(path, name, int(first) - 1 if "from" in options else None, options.get("target"))


def model_scorer(argument: str, setting: Setting) -> Scorer:
    """Make the scorer of a model: gxview's own, or one that `transformers` loads without code of its folder.

    Raises
    ------
    GxviewError
        One sentence when there is no such model, or when it can give sequences no score.
    """
    named = NamedModel.parse(argument)
    path, recipe = split_name(named.path)
    place = resolve_folder(path)
    if is_ensemble(place) or is_own(ModelFolder.open(place)):
        model = load_model(named.path, setting.device)
        try:
            return scorer_of(model, named.name or model.name, target=named.target, start=named.start)
        except UsageError as error:
            if not model.num_labels:
                raise
            raise UsageError(f"{error} Write it behind the model: model:{named.path},target=NAME.") from None
    folder = ModelFolder.open(place)
    for given, what in ((recipe, "#randomised"), (named.start, "from="), (named.target, "target=")):
        if given is not None:
            raise UsageError(f"{what} is for gxview's own models; {folder.name} is a language model of transformers.")
    return native_scorer(folder, named.name or folder.name, resolve_device(setting.device))
