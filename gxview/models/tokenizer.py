"""DNABERT-2's byte-pair tokenizer: reading, training, and the tokens of a batch."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import chain
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Encoding
from tokenizers import Tokenizer as Backend
from tokenizers.models import BPE
from tokenizers.pre_tokenizers import Whitespace
from tokenizers.processors import TemplateProcessing
from tokenizers.trainers import BpeTrainer

from gxview.errors import GxviewError
from gxview.models.base import FlatTokens, TokenBatch

SPECIAL_TOKENS = ("[UNK]", "[CLS]", "[SEP]", "[PAD]", "[MASK]")
_PIECE = 500


class Tokenizer:
    """A byte-pair tokenizer of DNA that keeps track of bases; safe to use from several threads at once.

    Parameters
    ----------
    backend
        Tokenizer with the special tokens [UNK] [CLS] [SEP] [PAD] [MASK]; its padding and truncation are switched off.

    Raises
    ------
    GxviewError
        When a special token is missing.
    """

    def __init__(self, backend: Backend, source: str = "tokenizer.json") -> None:
        ids = [backend.token_to_id(token) for token in SPECIAL_TOKENS]
        missing = [token for token, index in zip(SPECIAL_TOKENS, ids, strict=True) if index is None]
        if missing:
            raise GxviewError(f"{source} has no {' and no '.join(missing)}, so it is no DNABERT-2 tokenizer.")
        backend.no_padding()
        backend.no_truncation()
        self._backend = backend
        self.unk_id, self.cls_id, self.sep_id, self.pad_id, self.mask_id = (index or 0 for index in ids)

    @property
    def vocab_size(self) -> int:
        """Number of tokens, special tokens included."""
        return int(self._backend.get_vocab_size(with_added_tokens=True))

    def to_json(self) -> str:
        """Return the content of ``tokenizer.json``."""
        return str(self._backend.to_str(pretty=True))

    def ids(self, sequences: Sequence[str]) -> list[NDArray[np.int64]]:
        """Return the token ids of each cleaned sequence with [CLS] and [SEP], unpadded."""
        encodings = self._backend.encode_batch_fast(list(sequences))
        return [np.array(encoding.ids, dtype=np.int64) for encoding in encodings]

    def batch(self, sequences: Sequence[str], device: torch.device) -> TokenBatch:
        """Tokenise cleaned sequences and pad them to the longest of them.

        Raises
        ------
        GxviewError
            When the tokens of a sequence do not partition its bases.
        """
        encodings = self._backend.encode_batch(list(sequences))
        spans = tuple(_spans(encoding) for encoding in encodings)
        for number, (sequence, span) in enumerate(zip(sequences, spans, strict=True), start=1):
            _check_partition(span, len(sequence), number)
        ids = pad([np.array(encoding.ids) for encoding in encodings], self.pad_id)
        mask = pad([np.ones(len(encoding), dtype=np.int64) for encoding in encodings], 0)
        dna = pad([1 - np.array(encoding.special_tokens_mask) for encoding in encodings], 0).bool()
        return TokenBatch(ids.to(device), mask.to(device), dna.to(device), spans)

    def flat(self, sequences: Sequence[str]) -> FlatTokens:
        """Tokenise cleaned sequences without padding; errors as for `batch`."""
        rows = [encoding.ids for encoding in self._backend.encode_batch_fast(list(sequences))]
        counts = np.fromiter(map(len, rows), np.int64, len(rows))
        ids = np.fromiter(chain.from_iterable(rows), np.int32, counts.sum())
        tokens = FlatTokens(ids, counts, self._bases[ids], self.pad_id)
        lengths = np.fromiter(map(len, sequences), np.int64, len(sequences))
        if np.array_equal(np.add.reduceat(tokens.bases, tokens.starts), lengths):
            return tokens
        # A tokenizer that joins unknown letters or changes them: only its own offsets tell.
        batch = self.batch(sequences, torch.device("cpu"))
        bases = np.zeros_like(tokens.bases)
        bases[batch.dna[batch.attention_mask.bool()].numpy()] = np.diff(np.concatenate(batch.spans))[:, 0]
        return FlatTokens(ids, counts, bases, self.pad_id)

    @cached_property
    def _bases(self) -> NDArray[np.int64]:
        """Bases that each id stands for; an unknown letter is one."""
        vocabulary = self._backend.get_vocab(with_added_tokens=True)
        bases = np.zeros(max(vocabulary.values()) + 1, dtype=np.int64)
        for token, index in vocabulary.items():
            bases[index] = len(token)
        bases[[self.cls_id, self.sep_id, self.pad_id, self.mask_id]] = 0
        bases[self.unk_id] = 1
        return bases


def pad(rows: Sequence[NDArray[np.int64]], value: int) -> torch.Tensor:
    """Return int64 (N, S) with rows padded on the right to the longest."""
    padded = np.full((len(rows), max(map(len, rows))), value, dtype=np.int64)
    for row, values in zip(padded, rows, strict=True):
        row[: len(values)] = values
    return torch.from_numpy(padded)


def read_tokenizer(path: Path) -> Tokenizer:
    """Read ``tokenizer.json`` without any code of its folder.

    Raises
    ------
    GxviewError
        When the file is missing, damaged or no DNABERT-2 tokenizer.
    """
    if not path.is_file():
        raise GxviewError(f"{path} does not exist; a DNABERT-2 folder needs the tokenizer.json it was trained with.")
    # Only this class, with the file named: AutoTokenizer would ask to run code that official folders refer to.
    from transformers import PreTrainedTokenizerFast

    try:
        wrapped = PreTrainedTokenizerFast(tokenizer_file=str(path))
    except Exception as error:  # noqa: BLE001  # the library raises bare Exception for a damaged file
        raise GxviewError(f"{path} cannot be read as a tokenizer ({_first_line(error)}).") from None
    return Tokenizer(wrapped.backend_tokenizer, str(path))


def train_tokenizer(sequences: Iterable[str], vocab_size: int = 4096) -> Tokenizer:
    """Train a byte-pair vocabulary on DNA in the form of DNABERT-2's tokenizer.

    Special tokens take the ids 0 to 4, A, C, G, T the ids 5 to 8. Long sequences are cut into pieces of 500 bases
    and letters other than A, C, G, T end a piece, so that no token holds one.

    Parameters
    ----------
    sequences
        DNA of either case; ambiguity codes are allowed.
    vocab_size
        Number of tokens wanted, special tokens included; fewer when the sequences have fewer repeated words.

    Raises
    ------
    GxviewError
        When there is no room for the bases or no base to learn from.
    """
    if vocab_size < len(SPECIAL_TOKENS) + 4:
        raise GxviewError(f"A vocabulary of {vocab_size} tokens is too small; 9 are the special tokens and the bases.")
    pieces = [piece for sequence in sequences for piece in _pieces(sequence)]
    if not pieces:
        raise GxviewError("The sequences have no A, C, G or T from which a tokenizer could learn.")
    backend = Backend(BPE(unk_token="[UNK]", fuse_unk=False))
    backend.pre_tokenizer = Whitespace()
    trainer = BpeTrainer(
        vocab_size=vocab_size, special_tokens=list(SPECIAL_TOKENS), initial_alphabet=list("ACGT"), show_progress=False
    )
    backend.train_from_iterator(pieces, trainer)
    backend.post_processor = TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", 1), ("[SEP]", 2)],
    )
    return Tokenizer(backend)


def _pieces(sequence: str) -> Iterable[str]:
    for run in re.findall("[ACGT]+", sequence.upper()):
        yield from (run[start : start + _PIECE] for start in range(0, len(run), _PIECE))


def _spans(encoding: Encoding) -> NDArray[np.int64]:
    special = np.array(encoding.special_tokens_mask, dtype=bool)
    offsets: NDArray[np.int64] = np.array(encoding.offsets, dtype=np.int64).reshape(-1, 2)
    return np.asarray(offsets[~special])


def _check_partition(spans: NDArray[np.int64], length: int, number: int) -> None:
    edges = np.append(spans[:, 0], length)
    if edges[0] != 0 or not np.array_equal(edges[1:], spans[:, 1]):
        raise GxviewError(
            f"The tokens of sequence {number} do not cover each of its bases exactly once; this tokenizer is not one "
            "for DNA."
        )


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
