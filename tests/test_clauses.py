"""A part of a claim that nothing quoted is about is named."""

from __future__ import annotations

from conftest import UnitWords

from rag.checking.clauses import find_foreign_clause, split_clauses
from rag.checking.quotes import Quoted
from rag.language.lexicon import load_lexicon

OPENS = "Die neue Brücke öffnet im Oktober."


class Near:
    """Embeddings of two axes: texts that name the bridge, and all others."""

    def embed_documents(self, texts):
        return [[1.0, 0.0] if "rücke" in text or "ridge" in text else [0.0, 1.0] for text in texts]


def fault(text, language="de", quoted=OPENS, embeddings=None):
    part = Quoted(quoted, (quoted,), quoted, "", None, language)
    return find_foreign_clause(text, language, [part], embeddings or Near(), load_lexicon())


def test_clauses_are_cut_at_commas_and_conjunctions():
    assert split_clauses("Er kam, aber sie ging und schwieg.") == [
        "Er kam",
        "aber sie ging",
        "und schwieg.",
    ]


def test_a_statement_hung_on_that_nobody_made_is_named():
    assert fault("Die neue Brücke öffnet im Oktober, und Vulkane speien Asche.") == (
        "nothing that is quoted is about “Vulkane speien Asche.”"
    )
    assert fault("Vulkane speien Asche; die neue Brücke öffnet.") == (
        "nothing that is quoted is about “Vulkane speien Asche”"
    )
    assert fault("Die neue Brücke öffnet, und sie öffnet im Oktober.") == ""


def test_words_in_the_other_language_bear_a_clause_out():
    part = Quoted(OPENS, (OPENS,), OPENS, "", None, "de")
    claim = "The new bridge opens, and opens in October."
    assert find_foreign_clause(claim, "en", [part], Near(), load_lexicon()) == ""


def test_nothing_is_said_of_clauses_in_a_language_without_a_lexicon():
    assert fault("Le pont Brücke, et les volcans crachent des cendres.", "fr") == ""


def test_a_claim_about_something_else_is_foreign_as_a_whole():
    found = fault("Die Wahl ist vorbei.", quoted="Der Hafen brennt.", embeddings=UnitWords())
    assert found == "the quoted words are about something else"
