"""The bundled reader: which words of a passage answer a question, and whether any do.

A cross-encoder over the bundled embedding's word vectors (Devlin et al., “BERT”, 2019; the null
answer as in SQuAD 2.0, Rajpurkar et al., 2018). It reads German and English. How it is trained:
training/reader.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from rag.models.cross_encoder import CrossEncoder, frame_of, load_cross_encoder

if TYPE_CHECKING:
    from tokenizers import Tokenizer
    from torch import Tensor

Span = tuple[int, int]

LANGUAGES = frozenset({"de", "en"})
"""Languages that the reader knows; of a passage in another one it says nothing."""
QUESTION_TOKENS = 60
HEADING_TOKENS = 40
WINDOW_TOKENS = 330
"""Tokens of heading and passage together; the bundled embedding's passages have at most 254."""
# Tokens of the longest answer.
_ANSWER_TOKENS = 25
_WEIGHTS = ("head.weight", "head.bias")


@dataclass(frozen=True)
class Window:
    """A passage as the reader sees it: a heading with title and date, then the text."""

    heading: str
    text: str


@dataclass(frozen=True)
class Reading:
    """The reader's view of one passage for one question.

    `places` are the half-open character spans of the passage's tokens in its text, `starts` and
    `ends` the logits that an answer begins or ends with each, `null` the logit that nothing in
    the passage answers.
    """

    places: np.ndarray
    starts: np.ndarray
    ends: np.ndarray
    null: float

    def best_answer(self, span: Span) -> tuple[float, Span] | None:
        """Return how likely an answer stands in a span of the passage's text, and where.

        The log-odds are those of a start and an end in the span, wherever in it, against no answer
        in the passage. The place is that of the likeliest words. None if the span has no token
        that was read.
        """
        first = int(np.searchsorted(self.places[:, 1], span[0], side="right"))
        last = int(np.searchsorted(self.places[:, 0], span[1], side="left"))
        if first >= last:
            return None
        starts, ends, size = self.starts[first:last], self.ends[first:last], last - first
        lengths = np.arange(size)[None, :] - np.arange(size)[:, None]
        pairs = np.where(
            (lengths >= 0) & (lengths < _ANSWER_TOKENS), starts[:, None] + ends[None, :], -np.inf
        )
        start, end = divmod(int(pairs.argmax()), size)
        place = int(self.places[first + start, 0]), int(self.places[first + end, 1])
        inside = float(np.logaddexp.reduce(starts) + np.logaddexp.reduce(ends))
        return inside - self.null, place


class Reader:
    """Reads passages for a question; any thread may call it."""

    def __init__(self, encoder: CrossEncoder, weight: Tensor, bias: Tensor) -> None:
        self._encoder = encoder
        self._weight = weight
        self._bias = bias

    def read(self, question: str, windows: Sequence[Window]) -> list[Reading]:
        """Return a reading for each window, in their order; all are read at once."""
        if not windows:
            return []
        encoded = encode_windows(self._encoder.tokenizer, question, windows)
        return self._encoder.read(encoded, self._readings)

    def _readings(
        self, windows: Sequence[EncodedWindow], states: Tensor, mask: Tensor
    ) -> list[Reading]:
        from torch.nn.functional import linear

        logits = linear(states, self._weight, self._bias).float().numpy()
        readings = []
        for row, window in enumerate(windows):
            inside = logits[row, window.passage : window.passage + len(window.places)]
            null = float(logits[row, 0].sum())
            readings.append(Reading(window.places, inside[:, 0], inside[:, 1], null))
        return readings


@dataclass(frozen=True)
class EncodedWindow:
    """`[CLS] question [SEP] heading passage [SEP]` as token ids.

    `second` is the place of the first token behind the question, `passage` that of the passage's
    first token, `places` the character spans of the passage's tokens (those that were cut off left
    out), n x 2.
    """

    ids: tuple[int, ...]
    second: int
    passage: int
    places: np.ndarray


def encode_windows(
    tokenizer: Tokenizer, question: str, windows: Sequence[Window]
) -> list[EncodedWindow]:
    """Return the windows as token ids, the same in training and in use."""
    cls, sep = frame_of(tokenizer)
    asked = tokenizer.encode(question, add_special_tokens=False).ids[:QUESTION_TOKENS]
    first = [cls, *asked, sep]
    headings = tokenizer.encode_batch([w.heading for w in windows], add_special_tokens=False)
    texts = tokenizer.encode_batch([w.text for w in windows], add_special_tokens=False)
    encoded = []
    for heading, text in zip(headings, texts, strict=True):
        before = heading.ids[:HEADING_TOKENS]
        room = WINDOW_TOKENS - len(before)
        places = np.array(text.offsets[:room], dtype=np.int64).reshape(-1, 2)
        encoded.append(
            EncodedWindow(
                (*first, *before, *text.ids[:room], sep),
                len(first),
                len(first) + len(before),
                places,
            )
        )
    return encoded


def heading_of(title: str, date: str | None) -> str:
    """Return the words before a passage: its article's day and title, those that are known.

    `date` is ISO 8601; the day comes first, since a long title is cut off.
    """
    known = ", ".join(part for part in ((date or "")[:10], title) if part)
    return f"{known}: " if known else ""


def load_reader(embeddings: Any = None) -> Reader:  # noqa: ANN401
    """Load the bundled reader; `embeddings` are the bundled embedding's, if it is loaded anyway.

    The two share the vectors of words and places, which are most of the weights. Raises
    ReaderUnavailable if the file is missing, is broken or holds other weights.
    """
    with as_file(files("rag") / "bundled") as folder:
        return load_reader_from(folder / "reader", folder / "embedding", embeddings)


def load_reader_from(folder: Path, embedding: Path, embeddings: Any = None) -> Reader:  # noqa: ANN401
    """Load a reader's weights from `folder` over the word vectors of the model in `embedding`."""
    path = folder / "reader.safetensors"
    encoder, head = load_cross_encoder(path, embedding, _WEIGHTS, embeddings)
    return Reader(encoder, *head)
