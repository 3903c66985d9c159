"""The errors between a file or question and its answer.

RagError
├── BadQuestion          the question is empty, too long or not text
├── NothingToIndex       no article is under a path
├── EmbeddingUnavailable the embedding model cannot be loaded
├── DeviceUnavailable    there is no such GPU
├── ReaderUnavailable    the bundled reader or entailment weights are missing or do not fit
├── ModelUnavailable     the chat model cannot be set up
└── CitationNotVerbatim  a quote is not in its article: a defect, never shown as an answer
"""


class RagError(Exception):
    """Base of the errors below; the text is one line with the fault and the next step."""


class BadQuestion(RagError):
    """The question is empty, too long or not text."""


class NothingToIndex(RagError):
    """There is no article under a path."""


class EmbeddingUnavailable(RagError):
    """The embedding model cannot be loaded."""


class DeviceUnavailable(RagError):
    """The device that models should run on is not there."""


class ReaderUnavailable(RagError):
    """The bundled reader or entailment weights are missing or do not fit."""


class ModelUnavailable(RagError):
    """The chat model cannot be set up: its name is unknown, or a package or key is missing."""


class CitationNotVerbatim(RagError):
    """A quote differs from the characters that its citation points to."""

    def __init__(self, path: str, start: int, end: int, quote: str) -> None:
        self.path = path
        super().__init__(
            f"{path} no longer holds {quote[:60]!r} at characters {start} to {end}: it was changed"
            " or removed while the answer was made; ask again"
        )
