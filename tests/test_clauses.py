"""A claim that keeps numbers and names and says something else is weak, and the reason says why."""

from __future__ import annotations

import pytest
from judging import judge
from langchain_core.embeddings import Embeddings

from rag.checking.meaning.clauses import share_said, split_clauses
from rag.checking.meaning.copies import find_copy_fault
from rag.checking.quotes import Quoted
from rag.language.lexicon import load_lexicon

LEXICON = load_lexicon()


class NoMeaning(Embeddings):
    """Finds nothing alike, so that the lexicon alone says which words mean the same."""

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [[float(i == place) for i in range(len(texts))] for place in range(len(texts))]

    def embed_query(self, text: str) -> list[float]:
        return [1.0]


def copy_fault(claim: str, text: str, language: str = "de") -> str:
    return find_copy_fault(
        claim,
        language,
        [Quoted(text, (text,), text, "", None, language)],
        NoMeaning(),
        LEXICON,
    )


@pytest.mark.parametrize(
    ("claim", "text", "language", "status"),
    [
        (
            "Kroatien schlug Frankreich im Finale.",
            "Frankreich schlug Kroatien im Finale.",
            "de",
            "weak",
        ),
        ("Der Irak griff den Iran an.", "Der Iran griff den Irak an.", "de", "weak"),
        ("Den Irak griff der Iran an.", "Der Iran griff den Irak an.", "de", "supported"),
        ("Putin was criticised by Biden.", "Putin criticised Biden.", "en", "weak"),
        ("Biden was criticised by Putin.", "Putin criticised Biden.", "en", "supported"),
        ("In Rom traf Putin den Papst.", "Putin traf in Rom den Papst.", "de", "supported"),
        ("Putin und Kim reisten ab.", "Kim und Putin reisten ab.", "de", "supported"),
        ("Putin met Biden in Geneva.", "Biden met Putin in Geneva.", "en", "supported"),
    ],
)
def test_who_did_it_to_whom(claim, text, language, status):
    assert judge(claim, text, language).status == status


@pytest.mark.parametrize(
    ("claim", "text", "status"),
    [
        ("Prices fell.", "Die Preise stiegen.", "weak"),
        ("Prices rose.", "Die Preise stiegen.", "supported"),
        ("Prices did not fall.", "Die Preise sanken nicht.", "supported"),
        ("All members agreed.", "Einige Mitglieder stimmten zu.", "weak"),
        ("At least 40 people died.", "Höchstens 40 Menschen starben.", "weak"),
        ("More than 40 people died.", "Mindestens 40 Menschen starben.", "supported"),
        ("It was the first vote.", "Es war die letzte Abstimmung.", "weak"),
        ("They are able to do it.", "Sie sind dazu nicht in der Lage.", "weak"),
        ("They are unable to do it.", "Sie sind dazu nicht in der Lage.", "supported"),
        ("It is possible.", "Es ist unmöglich.", "weak"),
        ("Prices rose and fell.", "Die Preise stiegen.", "supported"),
    ],
)
def test_the_opposite_is_weak_across_languages(claim, text, status):
    assert judge(claim, text).status == status


def test_the_reason_names_both_words():
    verdict = judge("Prices fell.", "Die Preise stiegen.")
    assert verdict.reason == "it says “fell” where the quoted words say “stiegen”"


@pytest.mark.parametrize(
    ("claim", "text", "status"),
    [
        ("He will resign.", "Er könnte zurücktreten.", "weak"),
        ("He may resign.", "Er könnte zurücktreten.", "supported"),
        ("He killed the man.", "Er hat den Mann angeblich getötet.", "weak"),
        ("He is said to have killed the man.", "Er hat den Mann angeblich getötet.", "supported"),
        (
            "The city lies on the river.",
            "Die Stadt liegt am Fluss, der vielleicht steigt.",
            "supported",
        ),
    ],
)
def test_what_may_be_is_not_certain(claim, text, status):
    assert judge(claim, text).status == status


@pytest.mark.parametrize(
    ("claim", "text", "fault"),
    [
        (
            "Der Minister kündigte gestern private Schulen an.",
            "Der Minister kündigte gestern öffentliche Schulen an.",
            "it says “private” where the quoted words say “öffentliche”",
        ),
        (
            "Der Minister John Vogel kam gestern nach Berlin.",
            "Der Minister John Harvard kam gestern nach Berlin.",
            "it says “Vogel” where the quoted words say “Harvard”",
        ),
        ("Das Haus wurde 1900 in Köln errichtet.", "Das Haus wurde 1900 in Köln gebaut.", ""),
        ("Der alte Mann wohnt in Köln.", "Der alte Mann wohnte in Köln.", ""),
        ("Gestern kam der Minister nach Köln.", "Minister kam der Gestern nach Köln.", ""),
        (
            "Er ist seit gestern unbekannt verzogen.",
            "Er ist seit gestern bekannt verzogen.",
            "weak",
        ),
        ("Es regnet in ganz anderen Worten hier.", "Der Minister kam gestern nach Berlin.", ""),
    ],
)
def test_one_word_put_for_another_in_a_copy(claim, text, fault):
    found = copy_fault(claim, text)
    assert bool(found) if fault == "weak" else found == fault


def test_may_is_a_month_too():
    assert judge("Er kam im Mai.", "He came in May.", "en").status == "supported"
    assert judge("Er kommt morgen.", "He may come tomorrow.", "en").status == "weak"


def test_a_clause_that_the_claim_leaves_out_may_say_no():
    text = "Der Zug fuhr nach Köln, aber der Fahrer sagte nichts über das Wetter."
    assert judge("Der Zug fuhr nach Köln.", text).status == "supported"
    assert judge("Der Fahrer sagte etwas über das Wetter.", text).status == "weak"


def test_a_word_is_said_again_by_its_translation():
    assert split_clauses("Er kam, aber sie ging.") == ["Er kam, ", "aber sie ging."]
    assert share_said("der Hafen brennt", "de", "The harbour is on fire.", "en", LEXICON) == 0.5
    assert share_said("der Hafen brennt", "fr", "The harbour is on fire.", "en", LEXICON) == 1.0


@pytest.mark.parametrize(
    ("claim", "text", "language", "status"),
    [
        ("John Vogel kam nach Köln.", "John Harvard kam nach Köln.", "de", "weak"),
        ("Die Zellen des Wirts wachsen.", "The cells of the host grow.", "en", "supported"),
        ("Die Sondermüllmengen wachsen.", "The hazardous waste grows.", "en", "supported"),
        ("Colombian troops came.", "Kolumbianische Truppen kamen.", "de", "supported"),
        ("Chilean troops came.", "Kolumbianische Truppen kamen.", "de", "weak"),
        ("Das Team aus Köln gewann.", "Die Mannschaft aus Köln gewann.", "de", "supported"),
        ("Er kam aus Tynemouth.", "Er kam aus Chesterfield.", "de", "weak"),
        ("The Church of England grew.", "Die Church of Scotland wuchs.", "de", "weak"),
    ],
)
def test_german_nouns_are_no_names(claim, text, language, status):
    assert judge(claim, text, language).status == status


@pytest.mark.parametrize(
    ("claim", "text", "language", "status"),
    [
        ("The non-aggression pact holds.", "Der Nichtangriffspakt gilt.", "de", "supported"),
        ("He hardly spoke.", "Er sprach kaum.", "de", "supported"),
        ("He spoke.", "Er sprach kaum.", "de", "weak"),
        ("He came with money.", "Er kam ohne Geld.", "de", "weak"),
    ],
)
def test_what_denies_in_part(claim, text, language, status):
    assert judge(claim, text, language).status == status
