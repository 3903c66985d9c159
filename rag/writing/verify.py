"""Judge whether a sentence that a model wrote is borne out by the words that it quotes.

A quote is read together with the whole sentences that it is cut from, so that it cannot leave
out the "nicht" beside it. What is compared: numbers, dates and times as values; names as they
sound, by country and by the lexicon; how often "no" is said; and the meaning by the embedding.
A sentence that keeps all of these and says something else ("stieg" for "fiel", who beat whom)
is not seen through.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings

from rag.language import detect_language
from rag.writing.claims import Claim, Found, Verdict
from rag.writing.dates import find_dates, is_date_borne
from rag.writing.names import Stock, find_names, read_stock
from rag.writing.negation import Negation, agree, count_negations, leave_out
from rag.writing.numbers import (
    find_numbers,
    find_romans,
    find_times,
    like_values_in,
    says_percent,
    scales_in,
    values_in,
)
from rag.writing.quotes import find_parts
from rag.writing.spelling import compose
from vectorstore import Span

LONGEST_CLAIM = 2_000
"""Characters; what is longer is no sentence."""

# Translations of a sentence lie above .5, questions with their answers flagged by this are 1 in
# 100, about half of them with the wrong sentence as the quote.
_LEAST_SIMILAR = 0.3
# By how much (cosine) a claim has to be nearer to a sentence without the clause that says no, and
# how long it may be against that. With 0 and no limit on length 25 of 62 dropped negations were
# excused in translations.
_NEARER = 0.03
_NOT_LONGER = 1.05


@dataclass(frozen=True)
class Quoted:
    """The sentences of one passage that quotes are cut from, and what stands around them."""

    text: str
    sentences: tuple[str, ...]
    passage: str
    title: str
    date: str | None
    language: str


def verify(claim: Claim, documents: Sequence[Document], embeddings: Embeddings) -> Verdict:
    """Judge one sentence by the quotes that it comes with.

    The passages are those that the model was shown, in that order. Quotes that are not verbatim
    in their passage do not count; where none is left the sentence is unsupported.
    """
    if len(claim.text) > LONGEST_CLAIM:
        return Verdict("unsupported", (), f"it is longer than {LONGEST_CLAIM:,} characters")
    text = " ".join(compose(claim.text).split())
    if not any(char.isalnum() for char in text):
        return Verdict("unsupported", (), "the sentence is empty")
    found: list[Found] = []
    reason = "it quotes nothing"
    for quote in claim.quotes:
        if not 1 <= quote.passage <= len(documents):
            reason = f"there is no passage {quote.passage}"
            continue
        document = documents[quote.passage - 1]
        spans = find_parts(quote.words, document.page_content)
        if not spans:
            reason = f"the quoted words are not in passage {quote.passage}"
        offset = document.metadata["start"]
        found += [Found(quote.passage, offset + start, offset + end) for start, end in spans]
    if not found:
        return Verdict("unsupported", (), reason)
    found = list(dict.fromkeys(found))
    reason = find_fault(text, read_quoted(found, documents), embeddings)
    return Verdict("weak" if reason else "supported", tuple(found), reason)


def read_quoted(found: Sequence[Found], documents: Sequence[Document]) -> list[Quoted]:
    """Return the whole sentences that quotes are cut from, by passage."""
    quoted: list[Quoted] = []
    for number in dict.fromkeys(quote.passage for quote in found):
        document = documents[number - 1]
        offset = document.metadata["start"]
        sentences: list[Span] = [
            (start - offset, end - offset)
            for start, end in document.metadata["sentences"]
            if any(q.passage == number and q.start < end and start < q.end for q in found)
        ]
        passage = document.page_content
        texts = tuple(compose(passage[a:b]) for a, b in sentences)
        quoted.append(
            Quoted(
                text=" ".join(texts),
                sentences=texts,
                passage=compose(passage),
                title=document.metadata["title"],
                date=document.metadata["date"],
                language=document.metadata["language"],
            )
        )
    return quoted


def find_fault(text: str, quoted: Sequence[Quoted], embeddings: Embeddings) -> str:
    """Return in one line why quoted sentences do not bear a claim, "" if they do."""
    language = detect_language(text, among={"de", "en", *(part.language for part in quoted)})
    return (
        _find_number(text, language, quoted)
        or _find_name(text, language, quoted)
        or _find_negation(text, language, quoted, embeddings)
        or _find_other_meaning(text, quoted, embeddings)
    )


def _find_number(text: str, language: str, quoted: Sequence[Quoted]) -> str:
    dates = [date for part in quoted for date in find_dates(part.text, part.language)]
    dates += [date for part in quoted for date in find_dates(part.date or "", "en")]
    values = {value for part in quoted for value in values_in(part.text, part.language)}
    values |= {value for part in quoted for value in values_in(part.title, part.language)}
    like = {value for part in quoted for value in like_values_in(part.text)}
    years = {Decimal(date.year) for date in dates if date.year}
    whole = frozenset(int(value) for value in values if value == value.to_integral_value())
    taken: list[Span] = []
    for date in find_dates(text, language):
        taken.append(date.span)
        if not is_date_borne(date, dates, whole):
            return _not_quoted("date", text[slice(*date.span)])
    minutes = {
        minute for part in quoted for time in find_times(part.text) for minute in time.minutes
    }
    for time in find_times(text):
        if _is_free(time.span, taken):
            taken.append(time.span)
            if not time.minutes & minutes:
                return _not_quoted("time", time.text)
    percent = any(says_percent(part.text) for part in quoted)
    scales = {scale for part in quoted for scale in scales_in(part.text, part.language)}
    for number in [*find_numbers(text, language), *find_romans(text)]:
        if not _is_free(number.span, taken):
            continue
        there = scales | values if number.vague else values
        if number.text[0].isalpha() and not number.vague:
            there = values | like
        if number.values.isdisjoint(there) and number.values.isdisjoint(years):
            return _not_quoted("number", number.text)
        if number.percent and not percent:
            return _not_quoted("percentage", number.text)
    return ""


def _find_name(text: str, language: str, quoted: Sequence[Quoted]) -> str:
    names = find_names(text, language)
    if not names:
        return ""
    near = [read_stock(f"{part.title}\n{part.text}", part.language) for part in quoted]
    far = [read_stock(f"{part.title}\n{part.passage}", part.language) for part in quoted]
    # Of "Wladimir Putin" the quoted sentence may hold one word if the passage holds the other.
    anchored = {name.run for name in names if any(stock.holds(name, language) for stock in near)}
    translated = all(part.language != language for part in quoted)
    for name in names:
        if name.run in anchored and translated and not name.sure:
            continue
        if any(stock.holds(name, language) for stock in near):
            continue
        elsewhere = any(stock.holds(name, language) for stock in far)
        if not elsewhere or (name.run not in anchored and _drops_name(text, language, quoted)):
            return _not_quoted("name", name.text)
    return ""


def _drops_name(text: str, language: str, quoted: Sequence[Quoted]) -> bool:
    """Whether the quoted sentences name somebody whom the claim does not.

    Then a name from elsewhere in the passage may stand in that one's place; else it says who the
    "he" of the quoted sentence is.
    """
    said = Stock(text, language)
    return any(
        name.sure and not said.holds(name, part.language)
        for part in quoted
        for name in find_names(part.text, part.language)
    )


def _find_negation(
    text: str, language: str, quoted: Sequence[Quoted], embeddings: Embeddings
) -> str:
    said = count_negations(text, language)
    if said is None:
        return ""
    for part in quoted:
        there = count_negations(part.text, part.language)
        if there is None or agree(said, there):
            return ""
        if there.surely > said.surely and _leaves_out(text, said, part, embeddings):
            return ""
    return "it says no where the quoted words do not, or the other way round"


def _leaves_out(text: str, said: Negation, part: Quoted, embeddings: Embeddings) -> bool:
    """Whether a claim is about the clauses in which the quoted sentence does not say no."""
    rests = [
        rest
        for rest in leave_out(part.text)
        if len(text) <= _NOT_LONGER * len(rest)
        and (left := count_negations(rest, part.language))
        and agree(said, left)
    ]
    if not rests:
        return False
    vectors = np.asarray(embeddings.embed_documents([text, part.text, *rests]))
    whole, *others = (float(cosine) for cosine in vectors[1:] @ vectors[0])
    return max(others) >= whole + _NEARER


def _find_other_meaning(text: str, quoted: Sequence[Quoted], embeddings: Embeddings) -> str:
    texts = [part.text for part in quoted]
    texts += [sentence for part in quoted if len(part.sentences) > 1 for sentence in part.sentences]
    vectors = np.asarray(embeddings.embed_documents([text, *texts]))
    similarity = float((vectors[1:] @ vectors[0]).max())
    if similarity >= _LEAST_SIMILAR:
        return ""
    return "the quoted words are about something else"


def _is_free(span: Span, taken: Sequence[Span]) -> bool:
    return not any(start < span[1] and span[0] < end for start, end in taken)


def _not_quoted(kind: str, words: str) -> str:
    return f"the {kind} {words.strip()[:60]} is not in the quoted words"
