"""The store as LangChain's vector store and retriever."""

import asyncio
import json
from datetime import date
from math import sqrt

import pytest
from fakes import WordEmbeddings, make_article, whole
from langchain_core.documents import Document
from langchain_core.vectorstores import VectorStore
from langchain_tests.integration_tests import (
    RetrieversIntegrationTests,
    VectorStoreIntegrationTests,
)
from stores import written

from rag.passage import RankedPassage
from rag.retrieval.documents import to_document
from vectorstore import Filter, OnlyIndexed, PassageVectorStore, QueryTerms

HARBOUR = make_article("/a/hafen.txt", "Der Hafen und der Markt.", "Ausbau", source="dpa")
ELECTION = make_article("/a/wahl.txt", "Die Wahl.", "Ergebnis", date="2024-06-19")
BRIDGE = make_article("/a/bruecke.txt", "Die Brücke.", source="Blatt")


def document(article):
    [passage] = whole(article)
    return Document(id=passage.id, page_content=article.text, metadata=passage.metadata)


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    with written(tmp_path_factory.mktemp("langchain")) as store:
        store.add([(article, whole(article)) for article in (HARBOUR, ELECTION, BRIDGE)])
        yield store


@pytest.fixture(scope="module")
def vectorstore(store):
    return store.as_vectorstore()


# Searching --------------------------------------------------------------------------------------


def test_a_search_gives_the_nearest_passages_with_their_cosines(vectorstore):
    assert isinstance(vectorstore, VectorStore)
    assert isinstance(vectorstore.embeddings, WordEmbeddings)
    assert vectorstore.similarity_search_with_score("hafen wahl wahl", k=2) == [
        (document(ELECTION), pytest.approx(2 / sqrt(5))),
        (document(HARBOUR), pytest.approx(1 / sqrt(10))),
    ]
    assert vectorstore.similarity_search("hafen wahl wahl", k=1) == [document(ELECTION)]


def test_documents_can_be_saved(vectorstore):
    [found] = vectorstore.similarity_search("wahl", k=1)
    assert Document.model_validate_json(found.model_dump_json()) == found
    assert json.loads(json.dumps(found.metadata)) == {
        "article": ELECTION.id,
        "path": "/a/wahl.txt",
        "title": "Ergebnis",
        "date": "2024-06-19",
        "day": 20240619,
        "language": "de",
        "start": 0,
        "end": 9,
    }


def test_a_search_is_filtered(vectorstore):
    assert vectorstore.similarity_search("wahl", filter=Filter(sources=["dpa"])) == [
        document(HARBOUR)
    ]
    assert vectorstore.similarity_search("hafen", filter=Filter(date_from=date(2024, 6, 1))) == [
        document(ELECTION)
    ]
    with pytest.raises(TypeError, match="takes a vectorstore.Filter, not {'source': 'dpa'}"):
        vectorstore.similarity_search("hafen", filter={"source": "dpa"})


def test_passages_are_read_by_id(vectorstore):
    ids = [document(article).id for article in (BRIDGE, HARBOUR)]
    assert vectorstore.get_by_ids(ids) == [document(BRIDGE), document(HARBOUR)]
    assert vectorstore.get_by_ids([ids[1], "no such id"]) == [document(HARBOUR)]


def test_the_retriever_of_articles_gives_a_passage_the_same_id():
    [passage] = whole(HARBOUR)
    ranked = RankedPassage(passage, 0.0, 0.0, 0.0, QueryTerms((), {}, {}))
    assert to_document(ranked).id == document(HARBOUR).id


def test_relevance_lies_between_0_and_1(vectorstore):
    scored = vectorstore.similarity_search_with_relevance_scores("wahl", k=3)
    assert [relevance for _, relevance in scored] == pytest.approx([1, 0, 0])
    retriever = vectorstore.as_retriever(
        search_type="similarity_score_threshold", search_kwargs={"score_threshold": 0.5}
    )
    assert [found.id for found in retriever.invoke("wahl")] == [document(ELECTION).id]


@pytest.mark.parametrize(
    "write",
    [
        lambda vectorstore: vectorstore.add_texts(["Ein Text."]),
        lambda vectorstore: vectorstore.add_documents([document(HARBOUR)]),
        lambda vectorstore: vectorstore.delete([document(HARBOUR).id]),
        lambda vectorstore: PassageVectorStore.from_texts(["Ein Text."], WordEmbeddings()),
    ],
)
def test_passages_come_with_their_articles_only(vectorstore, write):
    with pytest.raises(OnlyIndexed) as raised:
        write(vectorstore)
    assert isinstance(raised.value, NotImplementedError)
    assert str(raised.value) == (
        "passages come and go with their articles: use `article-chat index` and `article-chat"
        " remove`, or Store.add and Store.remove"
    )


# Retrieving -------------------------------------------------------------------------------------


def test_a_retriever_gives_k_passages_that_match(store):
    assert store.as_retriever(k=2).invoke("brücke")[0] == document(BRIDGE)
    assert len(store.as_retriever(k=2).invoke("brücke")) == 2
    filtered = store.as_retriever(k=2, filter=Filter(sources=["dpa", "BBC"]))
    assert filtered.invoke("brücke") == [document(HARBOUR)]
    assert filtered.invoke("wahl", filter=None, k=1) == [document(ELECTION)]


def test_a_retriever_is_asked_in_batches_and_async(store):
    retriever = store.as_retriever(k=1)
    expected = [[document(ELECTION)], [document(BRIDGE)]]
    assert retriever.batch(["wahl", "brücke"]) == expected
    assert asyncio.run(retriever.abatch(["wahl", "brücke"])) == expected


def test_a_vector_store_makes_a_retriever_as_others_do(vectorstore):
    retriever = vectorstore.as_retriever(
        search_kwargs={"k": 3, "filter": Filter(articles=[BRIDGE.id])}
    )
    assert retriever.invoke("hafen") == [document(BRIDGE)]


# LangChain's own suites -------------------------------------------------------------------------


class TestRetriever(RetrieversIntegrationTests):
    @pytest.fixture(autouse=True)
    def opened_store(self, store):
        self._store = store

    @property
    def retriever_constructor(self):
        return self._store.as_retriever

    @property
    def retriever_constructor_params(self):
        return {}

    @property
    def retriever_query_example(self):
        return "hafen"


class TestEmptyVectorStore:
    """The tests that add nothing; the others do, which only indexing may."""

    has_sync = has_async = has_get_by_ids = True
    _of_langchain = VectorStoreIntegrationTests
    test_vectorstore_is_empty = _of_langchain.test_vectorstore_is_empty
    test_vectorstore_is_empty_async = _of_langchain.test_vectorstore_is_empty_async
    test_get_by_ids_missing = _of_langchain.test_get_by_ids_missing
    test_get_by_ids_missing_async = _of_langchain.test_get_by_ids_missing_async

    @pytest.fixture
    def vectorstore(self, tmp_path):
        with written(tmp_path) as store:
            yield store.as_vectorstore()
