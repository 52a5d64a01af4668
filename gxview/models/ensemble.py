"""Several models that answer together: their logits are the mean of the members'."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gxview.errors import GxviewError
from gxview.models.base import FlatTokens, Model, TokenBatch
from gxview.models.weights import read_json

ENSEMBLE = "ensemble.json"


@dataclass(frozen=True, eq=False)
class Ensemble:
    """Several models of one kind with the same targets; answers to :class:`~gxview.models.base.Model`.

    Its logits are the mean of the members'. It has no network of its own: what asks for one (sanity checks, embeddings)
    takes a single model, and says so.

    Attributes
    ----------
    name, path, content_hash
        Of the ensemble; the hash is over those of the members.
    members
        The models.
    """

    name: str
    path: Path | None
    content_hash: str
    members: tuple[Model, ...]

    @property
    def kind(self) -> str:
        """Kind of the members."""
        return self.members[0].kind

    @property
    def window_length(self) -> int:
        """Bases of one window on a genome."""
        return self.members[0].window_length

    @property
    def fixed_length(self) -> int | None:
        """The only sequence length the members take, or None."""
        return self.members[0].fixed_length

    @property
    def targets(self) -> tuple[str, ...]:
        """A name for each logit."""
        return self.members[0].targets

    @property
    def positive(self) -> int | None:
        """Index of the logit explained by default."""
        return self.members[0].positive

    @property
    def num_labels(self) -> int:
        """Number of logits."""
        return self.members[0].num_labels

    @property
    def problem_type(self) -> str:
        """What the logits are."""
        return self.members[0].problem_type

    @property
    def device(self) -> torch.device:
        """Where the members run."""
        return self.members[0].device

    @property
    def notes(self) -> tuple[str, ...]:
        """What a person should know, of all members."""
        told = dict.fromkeys(note for member in self.members for note in member.notes)
        return (f"an ensemble of {len(self.members)} models", *told)

    @property
    def network(self) -> Any:
        """Raise :class:`~gxview.errors.GxviewError`: there is none."""
        self.refuse()

    def require_classifier(self) -> None:
        """Raise :class:`~gxview.errors.GxviewError` when the members have no trained head."""
        self.members[0].require_classifier()

    def logits(self, sequences: Sequence[str]) -> NDArray[np.float32]:
        """Return the mean logits (N, num_labels) of the members."""
        found = np.stack([member.logits(sequences) for member in self.members])
        return np.asarray(found.astype(np.float64).mean(axis=0), dtype=np.float32)

    def tokenize(self, sequences: Sequence[str]) -> TokenBatch:
        """Raise :class:`~gxview.errors.GxviewError`: members may cut a sequence differently."""
        self.refuse()

    def flat_tokens(self, sequences: Sequence[str]) -> FlatTokens:
        """Raise :class:`~gxview.errors.GxviewError`: members may cut a sequence differently."""
        self.refuse()

    def one_hot(self, sequences: Sequence[str]) -> Tensor:
        """Return float32 one-hot columns (N, 4, L) of sequences of one length (models on bases only)."""
        return self.members[0].one_hot(sequences)

    def codes(self, sequences: Sequence[str]) -> NDArray[np.uint8]:
        """Return 0 to 3 for A, C, G, T and 4 for N, (N, L), of sequences of one length (models on bases only)."""
        return self.members[0].codes(sequences)

    def refuse(self, what: str = "this") -> NoReturn:
        """Raise :class:`~gxview.errors.GxviewError`: `what` takes a single model; a member is named."""
        path = self.members[0].path
        example = "" if path is None else f", for instance {path}"
        raise GxviewError(
            f"{self.name} is an ensemble of {len(self.members)} models, and {what} takes a single one; name one of its "
            f"members{example}."
        )


def ensemble_of(name: str, members: Sequence[Model], path: Path | None = None) -> Ensemble:
    """Return several models as one.

    Raises
    ------
    GxviewError
        When they are not of one kind with the same targets, windows and meaning of the logits.
    """
    if not members:
        raise GxviewError(f"{name} has no members.")
    first = members[0]
    for other in members[1:]:
        for what in ("kind", "targets", "problem_type", "window_length", "fixed_length"):
            one, two = getattr(first, what), getattr(other, what)
            if one != two:
                raise GxviewError(
                    f"{name} cannot be one model: the {what.replace('_', ' ')} of {first.name} is {one}, that of "
                    f"{other.name} {two}."
                )
    return Ensemble(name, path, hash_of_members([one.content_hash for one in members]), tuple(members))


def single_models(model: Model) -> tuple[Model, ...]:
    """Return the members of an ensemble; any other model by itself."""
    return model.members if isinstance(model, Ensemble) else (model,)


def member_folders(folder: Path) -> list[Path]:
    """Return the folders of the members of an ensemble, from its ``ensemble.json``.

    Raises
    ------
    GxviewError
        When the file is wrong or names a folder outside.
    """
    path = folder / ENSEMBLE
    members = read_json(path).get("members")
    if not isinstance(members, list) or not members:
        raise GxviewError(f"{path} names no members.")
    names = [one.get("folder") if isinstance(one, dict) else one for one in members]
    for name in names:
        if not isinstance(name, str) or Path(name).name != name or name in (".", ".."):
            raise GxviewError(f"{path} names the member {name!r}, which is no folder inside of it.")
    return [folder / str(name) for name in names]


def is_ensemble(folder: Path) -> bool:
    """Whether a folder holds several models."""
    return (folder / ENSEMBLE).is_file()


def ensemble_name(folder: Path) -> str:
    """Return the name of an ensemble for people."""
    return str(read_json(folder / ENSEMBLE).get("name") or folder.name)


def hash_of_members(hashes: Sequence[str]) -> str:
    """Return the content hash of an ensemble from those of its members, in order."""
    return hashlib.sha256("\n".join(hashes).encode()).hexdigest()
