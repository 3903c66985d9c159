"""Articles with their passages and vectors as rows: embedded anywhere, then put into one store.

A row has four fields: `article` and `skipped` (one of them is ""), `passages` with their spans, all
three as JSON, and `vectors`, a little-endian float32 matrix with a row for each passage.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from langchain_core.embeddings import Embeddings

from rag.ingest.files import read_file
from rag.ingest.passages import build_splitter
from rag.ingest.update import Split
from rag.models.embedding import load_embedding
from vectorstore import Article, OtherEmbedding, Passage, Skipped, build_store, writing
from vectorstore.catalog.schema import FLOATS
from vectorstore.compatibility import PROBE, is_same_model
from vectorstore.records import as_spans, passages_at, spans_of

Row = dict[str, Any]

ARTICLES_AT_ONCE = 64
"""As many as `article-chat index` embeds at once, so that texts of one length share a batch."""


def read_rows(path: str) -> Iterator[Row]:
    """Yield a row without passages for each article of a file, and for each that is skipped."""
    for item in read_file(Path(path)):
        kind = "article" if isinstance(item, Article) else "skipped"
        row = {"article": "", "skipped": "", "passages": "[]", "vectors": b""}
        yield row | {kind: json.dumps(asdict(item))}


class RowEmbedder:
    """Adds passages and vectors to rows, as `article-chat index` makes them."""

    def __init__(self, embeddings: Embeddings, split: Split) -> None:
        self._embeddings = embeddings
        self._split = split

    def embed(self, rows: Sequence[Row]) -> list[Row]:
        """Return the rows with passages and vectors."""
        passages = [
            self._split(_read_article(row["article"])) if row["article"] else [] for row in rows
        ]
        texts = [passage.indexed_text for some in passages for passage in some]
        vectors = iter(self._embeddings.embed_documents(texts))
        return [
            row
            | {
                "passages": json.dumps(spans_of(some)),
                "vectors": np.asarray(list(islice(vectors, len(some))), dtype=FLOATS).tobytes(),
            }
            for row, some in zip(rows, passages, strict=True)
        ]


def load_row_embedder(name: str, device: str, probe: Sequence[float]) -> RowEmbedder:
    """Load an embedding model by name.

    Raises OtherEmbedding unless it gives this `probe`: another machine may have other weights.
    """
    model = load_embedding(name, device)
    if not is_same_model(np.asarray(model.embed_query(PROBE)), np.asarray(probe)):
        raise OtherEmbedding(
            f"the embedding {name!r} of this machine is not that of the machine that started the"
            " run: install the same release on both"
        )
    return RowEmbedder(model, build_splitter(model.count_tokens, model.max_tokens))


class ReadyVectors(Embeddings):
    """Vectors that were made elsewhere, given to a store in place of a model.

    With the `probe` of the model that made them, a store of another model refuses them.
    """

    def __init__(self, probe: Sequence[float]) -> None:
        self._probe = list(probe)
        self._by_text: dict[str, list[float]] = {}

    def hold(self, passages: Sequence[Passage], vectors: np.ndarray) -> None:
        """Have these vectors ready, and no others."""
        texts = (passage.indexed_text for passage in passages)
        self._by_text = dict(zip(texts, vectors.tolist(), strict=True))

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Return the vectors of passages that are held. Any other text is a KeyError."""
        return [self._by_text[text] for text in texts]

    def embed_query(self, text: str) -> list[float]:
        """Return the vector of the one text that stores know a model by."""
        if text != PROBE:
            raise KeyError(text)
        return self._probe


def store_rows(
    data: Path, rows: Iterable[Row], *, embedding_name: str, probe: Sequence[float]
) -> Iterator[Article | Skipped]:
    """Put embedded articles into the store in a data folder; yield those added and all skipped.

    Articles that the store has are passed over, so that a stopped run can be run again. Raises
    StoreError: OtherEmbedding if another model made the store.
    """
    ready = ReadyVectors(probe)
    with (
        writing(data),
        closing(build_store(data, ready, embedding_name=embedding_name)) as store,
    ):
        rows = iter(rows)
        while batch := list(islice(rows, ARTICLES_AT_ONCE)):
            yield from (Skipped(**json.loads(row["skipped"])) for row in batch if row["skipped"])
            # By id: an article that is in two rows counts once, as in `article-chat index`.
            new: dict[str, tuple[Article, Sequence[Passage], np.ndarray]] = {}
            for row in batch:
                if row["article"]:
                    article = _read_article(row["article"])
                    if article.id not in store.with_content(article.content_hash):
                        new[article.id] = article, *_read_passages(article, row, len(probe))
            if new:
                passages = [passage for _, some, _ in new.values() for passage in some]
                ready.hold(passages, np.concatenate([vectors for _, _, vectors in new.values()]))
                store.add([(article, some) for article, some, _ in new.values()])
            yield from (article for article, _, _ in new.values())


def _read_article(text: str) -> Article:
    fields = json.loads(text)
    return Article(**fields | {"body": as_spans(fields["body"])})


def _read_passages(
    article: Article, row: Row, dimensions: int
) -> tuple[Sequence[Passage], np.ndarray]:
    passages = passages_at(article, json.loads(row["passages"]))
    vectors = np.frombuffer(row["vectors"], dtype=FLOATS).reshape(len(passages), dimensions)
    return passages, vectors
