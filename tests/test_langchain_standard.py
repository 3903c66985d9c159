"""The suites that LangChain has its own retrievers and embeddings pass, over ours."""

from functools import cache

import pytest
from conftest import UnitWords, news
from langchain_tests.integration_tests import EmbeddingsIntegrationTests, RetrieversIntegrationTests
from langchain_tests.unit_tests import EmbeddingsUnitTests

from rag import ArticleRetriever, load_embedding
from rag.language.lexicon import parse_lexicon

DAYS = "montags dienstags mittwochs donnerstags freitags".split()
load_once = cache(load_embedding)


class TestArticleRetriever(RetrieversIntegrationTests):
    @pytest.fixture(autouse=True)
    def store(self, fill):
        self._store = fill(*(news(f"{day}.md", f"Die Brücke öffnet {day}.") for day in DAYS))

    @property
    def retriever_constructor(self):
        return ArticleRetriever

    @property
    def retriever_constructor_params(self):
        return {"store": self._store, "embeddings": UnitWords(), "lexicon": parse_lexicon([])}

    @property
    def retriever_query_example(self):
        return "Wann öffnet die Brücke?"


class TestOurEmbedding(EmbeddingsUnitTests):
    @property
    def embeddings_class(self):
        return load_once


class TestOurEmbeddingAsItEmbeds(EmbeddingsIntegrationTests):
    @property
    def embeddings_class(self):
        return load_once
