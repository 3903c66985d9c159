"""One benchmark question, asked as it is, and with the paragraph that answers it hidden."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from typing import TypeVar

from langchain_core.embeddings import Embeddings

from benchmarks.support.outcomes import Outcome, observe
from benchmarks.support.squad import Asked
from rag.answering.quoting import choose_sentences
from rag.language.lexicon import Lexicon
from rag.models.reader import Reading, Window
from rag.models.token_vectors import TokenEmbeddings, TokenVectors
from rag.passage import RankedPassage
from rag.question.question import Question, read_question
from rag.retrieval.answerability import answerability, measure, reading_measures
from rag.retrieval.evidence import Evidence, was_read, weigh_sentences
from rag.retrieval.reading import ReadsWindows, read_or_rerank
from rag.retrieval.retriever import PASSAGES, rank, rank_hits, search
from vectorstore import Hit, SearchResult, Store

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")


@dataclass(frozen=True)
class Trial:
    """What became of one question.

    `ranks` has the place of the right paragraph, from 1, by ranking; None if it was not among the
    candidates. `quoted` is whether each sentence quoted holds the answer, the best sentence first.
    `measures` are the features of the refusal and `confident` is its probability of an answer;
    those in `…_without` are with the right paragraph hidden, `measures_off_topic` with all
    paragraphs of its article hidden. `observed` are the outcomes of the first two.
    """

    asked: Asked
    ranks: dict[str, int | None]
    quoted: tuple[bool, ...]
    confident: float
    confident_without: float
    measures: tuple[float, ...]
    measures_without: tuple[float, ...]
    measures_off_topic: tuple[float, ...]
    observed: tuple[Outcome | None, ...] = ()


class CachedEmbeddings(Embeddings):
    """Embeddings that remember: a benchmark meets the same sentences hundreds of times."""

    def __init__(self, embeddings: TokenEmbeddings) -> None:
        self._embeddings = embeddings
        self._texts: dict[str, TokenVectors] = {}
        self._documents: dict[str, list[float]] = {}
        self._embed_query = lru_cache(None)(embeddings.embed_query)
        self._embed_keywords = lru_cache(None)(embeddings.embed_keywords)

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Return a vector for each text, embedding only new ones."""
        return _remember(self._documents, self._embeddings.embed_documents, texts)

    def embed_query(self, text: str) -> list[float]:
        """Return the vector of a question."""
        return self._embed_query(text)

    def embed_tokens(self, texts: Sequence[str]) -> list[TokenVectors]:
        """Return the vectors of each text and of its tokens, embedding only new ones."""
        return _remember(self._texts, self._embeddings.embed_tokens, texts)

    def embed_keywords(self, text: str, keywords: Sequence[str]) -> TokenVectors:
        """Return the vectors of a question and of its keywords' tokens."""
        return self._embed_keywords(text, tuple(keywords))


class CachedReader:
    """A reader that remembers the windows of one question, which is asked three times."""

    def __init__(self, reader: ReadsWindows) -> None:
        self._reader = reader
        self._question = ""
        self._known: dict[Window, Reading] = {}

    def read(self, question: str, windows: Sequence[Window]) -> list[Reading]:
        """Return a reading for each window, reading only new ones."""
        if question != self._question:
            self._question, self._known = question, {}
        return _remember(self._known, lambda new: self._reader.read(question, new), windows)


def run_trials(
    store: Store,
    embeddings: TokenEmbeddings,
    lexicon: Lexicon,
    asked: Iterable[Asked],
    reader: ReadsWindows | None = None,
) -> Iterator[Trial]:
    """Ask each question of a store of paragraphs, with and without the one that answers it."""
    weighed = partial(_weighed, embeddings=embeddings, reader=reader and CachedReader(reader))
    for one in asked:
        question = read_question(one.text)
        found = search(store, question, lexicon)
        passages, evidence = weighed(question, found)
        without, evidence_without = weighed(question, _hide(found, {one.paragraph}))
        off_topic, evidence_off_topic = weighed(question, _hide(found, set(one.topic)))
        yield Trial(
            asked=one,
            ranks={
                "dense": _place(one, sorted(found.hits, key=lambda hit: -hit.cosine)),
                "lexical": _place(
                    one,
                    sorted((h for h in found.hits if h.bm25 > 0), key=lambda hit: -hit.bm25),
                ),
                "fused": _place(one, [hit for hit, _ in rank_hits(found.hits)]),
                "reranked": _first(one, passages),
            },
            quoted=tuple(
                any(answer in chosen.text for answer in one.answers)
                for chosen in choose_sentences(evidence)
            ),
            confident=answerability(question, passages, evidence),
            confident_without=answerability(question, without, evidence_without),
            measures=_measures(passages, evidence),
            measures_without=_measures(without, evidence_without),
            measures_off_topic=_measures(off_topic, evidence_off_topic),
            observed=(
                observe(passages, evidence, partial(_holds, one)),
                observe(without, evidence_without, lambda found: False),
            ),
        )


def _holds(asked: Asked, found: Evidence) -> bool:
    right = int(found.passage.article.path) == asked.paragraph
    return right and any(answer in found.text for answer in asked.answers)


def _measures(passages: Sequence[RankedPassage], evidence: Sequence[Evidence]) -> tuple[float, ...]:
    return reading_measures(evidence) if was_read(passages) else measure(passages, evidence)


def _weighed(
    question: Question,
    found: SearchResult,
    embeddings: TokenEmbeddings,
    reader: ReadsWindows | None,
) -> tuple[list[RankedPassage], list[Evidence]]:
    passages = read_or_rerank(question, rank(found, PASSAGES), embeddings, reader)
    return passages, weigh_sentences(passages)


def _remember(
    known: dict[K, T], embed: Callable[[list[K]], list[T]], texts: Sequence[K]
) -> list[T]:
    if new := [text for text in dict.fromkeys(texts) if text not in known]:
        known.update(zip(new, embed(new), strict=True))
    return [known[text] for text in texts]


def _hide(found: SearchResult, paragraphs: set[int]) -> SearchResult:
    return replace(found, hits=tuple(h for h in found.hits if _number(h) not in paragraphs))


def _place(asked: Asked, ranked: Sequence[Hit]) -> int | None:
    paragraphs = list(dict.fromkeys(_number(hit) for hit in ranked))
    return paragraphs.index(asked.paragraph) + 1 if asked.paragraph in paragraphs else None


def _first(asked: Asked, passages: Sequence[RankedPassage]) -> int | None:
    numbers = list(dict.fromkeys(int(passage.article.path) for passage in passages))
    return numbers.index(asked.paragraph) + 1 if asked.paragraph in numbers else None


def _number(hit: Hit) -> int:
    return int(hit.passage.article.path)
