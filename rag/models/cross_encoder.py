"""A transformer over the bundled embedding's word vectors that reads two texts together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from rag.errors import ReaderUnavailable
from rag.models.precision import native_precision
from rag.models.threads import one_core

if TYPE_CHECKING:
    from tokenizers import Tokenizer
    from torch import Tensor


class Encoded(Protocol):
    """`[CLS] first [SEP] second [SEP]` as token ids."""

    @property
    def ids(self) -> Sequence[int]:
        """The token ids."""
        ...

    @property
    def second(self) -> int:
        """The place of the second text's first token."""
        ...


_STEP = 16
Pair = TypeVar("Pair", bound=Encoded)
Result = TypeVar("Result")
Head = Callable[[Sequence[Pair], "Tensor", "Tensor"], list[Result]]
"""Makes a result for each pair from the last hidden states and the mask of a batch."""


class CrossEncoder:
    """Reads pairs of texts in batches of like length, one a core; any thread may call it."""

    def __init__(self, network: Any, tokenizer: Tokenizer, cores: int) -> None:  # noqa: ANN401
        self._network = network
        self.tokenizer = tokenizer
        self._cores = cores
        # Starts a thread only for a batch.
        self._threads = ThreadPoolExecutor(cores, "read", initializer=one_core)

    def read(self, pairs: Sequence[Pair], head: Head[Pair, Result]) -> list[Result]:
        """Return the head's results for the pairs, in their order."""
        if not pairs:
            return []
        order = sorted(range(len(pairs)), key=lambda at: -len(pairs[at].ids))
        size = -(-len(order) // self._cores)
        batches = [[pairs[at] for at in order[n : n + size]] for n in range(0, len(order), size)]
        read = (self._threads.map if len(batches) > 1 else map)(
            lambda batch: self._forward(batch, head), batches
        )
        results = dict(zip(order, (one for batch in read for one in batch), strict=True))
        return [results[at] for at in range(len(pairs))]

    def _forward(self, pairs: Sequence[Pair], head: Head[Pair, Result]) -> list[Result]:
        import torch

        ids, types, mask = stack(pairs)
        with torch.inference_mode():
            return head(pairs, self._network(ids, types, mask), mask)


def stack(pairs: Sequence[Encoded]) -> tuple[Tensor, Tensor, Tensor]:
    """Return ids, types and mask of pairs side by side, n x length, for training and for use.

    Types are 1 in the second text. There are few different lengths, since oneDNN keeps what it
    prepared for each.
    """
    import torch

    length = -(-max(len(pair.ids) for pair in pairs) // _STEP) * _STEP
    ids = torch.zeros((len(pairs), length), dtype=torch.long)
    types, mask = torch.zeros_like(ids), torch.zeros_like(ids)
    for row, pair in enumerate(pairs):
        ids[row, : len(pair.ids)] = torch.tensor(pair.ids)
        types[row, pair.second : len(pair.ids)] = 1
        mask[row, : len(pair.ids)] = 1
    return ids, types, mask


def load_cross_encoder(
    path: Path,
    embedding: Path,
    head: Sequence[str],
    embeddings: Any = None,  # noqa: ANN401
) -> tuple[CrossEncoder, list[Tensor]]:
    """Load the layers in a file over the word vectors of the model in the folder `embedding`.

    `embeddings` are these vectors' module where it is loaded anyway, to be shared. Returned beside
    the encoder are the file's weights that `head` names, in that order. Raises ReaderUnavailable if
    the file is missing, is broken or holds other weights.
    """
    import torch
    from safetensors import SafetensorError
    from safetensors.torch import load_file
    from tokenizers import Tokenizer

    from rag.models.bert import EMBEDDINGS, Bert, Embeddings, read_shape

    if not path.is_file():
        raise ReaderUnavailable(f"the weights {path} are missing: install again")
    dtype = getattr(torch, native_precision())
    shape = read_shape(embedding)
    try:
        stored = load_file(str(path))
    except SafetensorError as error:
        raise ReaderUnavailable(f"{path} is broken ({error}): install again") from error
    weights = {name: weight.to(dtype) for name, weight in unpack(stored).items()}
    state = {n.removeprefix("bert."): w for n, w in weights.items() if n.startswith("bert.")}
    needed = shape.of_layers()
    if embeddings is None:
        words = load_file(str(embedding / "model.safetensors"))
        state |= {n: w.to(dtype) for n, w in words.items() if n.startswith(EMBEDDINGS)}
        needed |= shape.of_embeddings()
        embeddings = Embeddings(shape, state)
    found = {name: tuple(weight.shape) for name, weight in state.items()}
    wrong = [name for name, _ in sorted(found.items() ^ needed.items())]
    if wrong := wrong + [name for name in head if name not in weights]:
        raise ReaderUnavailable(
            f"{path} does not fit the embedding in {embedding} ({wrong[0]}): install again"
        )
    tokenizer = Tokenizer.from_file(str(embedding / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    encoder = CrossEncoder(Bert(shape, state, embeddings), tokenizer, cores=torch.get_num_threads())
    return encoder, [weights[name] for name in head]


def frame_of(tokenizer: Tokenizer) -> tuple[int, int]:
    """Return the ids of `[CLS]` and `[SEP]`. Raises ReaderUnavailable if there is none of them."""
    cls, sep = tokenizer.token_to_id("[CLS]"), tokenizer.token_to_id("[SEP]")
    if cls is None or sep is None:
        raise ReaderUnavailable("the embedding's tokenizer has no [CLS] or no [SEP]")
    return cls, sep


def unpack(stored: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return weights as numbers; beside a matrix of bytes stands a scale for each of its rows."""
    return {
        name: weight.float() * stored[f"{name}.scale"][:, None]
        if f"{name}.scale" in stored
        else weight
        for name, weight in stored.items()
        if not name.endswith(".scale")
    }
