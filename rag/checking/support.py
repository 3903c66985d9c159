"""Judge whether a sentence that a model wrote is borne out by the words that it quotes.

A quote is read together with the whole sentences that it is cut from, so that it cannot leave
out the "nicht" beside it. One after the other:

1. the quotes are verbatim;
2. numbers, dates and times of the claim are those of the quoted sentences, as values;
3. names of the claim stand somewhere in the passages, and no word of a copied sentence is changed;
4. an entailment model finds the claim supported, where it reads the languages;
5. no clause is about something else, unless the model is sure.
"""

from __future__ import annotations

from collections.abc import Sequence

from langchain_core.embeddings import Embeddings

from rag.checking.claim import Claim, LocatedQuote, Verdict
from rag.checking.clauses import find_foreign_clause, split_clauses
from rag.checking.copies import find_changed_word
from rag.checking.names import find_name_fault
from rag.checking.quotes import Quoted, find_parts, read_quoted
from rag.checking.values.compare import find_value_fault, read_values
from rag.language.detect import detect_language
from rag.language.lexicon import Lexicon
from rag.language.spelling import compose
from rag.models.entailment import LANGUAGES, Entailment, premise_of
from rag.passage import RankedPassage

LONGEST_CLAIM = 2_000
"""Characters; what is longer is no sentence."""

# The least probability of "supported" that lets a claim pass. Of 480 claims about news, .57 of the
# errors are caught with .09 of the sound ones flagged, values and names compared first. The word
# lists before caught .44 and flagged .24, on other claims.
_LEAST_SUPPORT = 0.05
# The model is sure from here on. Clauses about something else are on no development claim, but
# without the rule 296 of 27,522 sentences that obey an attack are shown as supported: the true
# words, and the attack hung on.
_SURE = 0.45
# Of the claims whose value or name is not in the quoted words, this share was sound all the same.
_SOUND_DESPITE_FAULT = 0.1


def find_support(
    claim: Claim,
    passages: Sequence[RankedPassage],
    embeddings: Embeddings,
    lexicon: Lexicon,
    entailment: Entailment | None = None,
) -> Verdict:
    """Judge one sentence by the quotes that it comes with.

    The passages are those that the model was shown, in that order. Quotes that are not verbatim
    in their passage do not count; where none is left the sentence is unsupported.
    """
    if len(claim.text) > LONGEST_CLAIM:
        return Verdict("unsupported", (), f"it is longer than {LONGEST_CLAIM:,} characters")
    text = " ".join(compose(claim.text).split())
    if not any(char.isalnum() for char in text):
        return Verdict("unsupported", (), "the sentence is empty")
    found: list[LocatedQuote] = []
    reason = "it quotes nothing"
    for quote in claim.quotes:
        if not 1 <= quote.passage <= len(passages):
            reason = "it quotes a passage that the model was not given"
            continue
        passage = passages[quote.passage - 1]
        spans = find_parts(quote.words, passage.text)
        if not spans:
            reason = f"the words that it quotes are not in {_name_article(passage)}"
        offset = passage.passage.start
        found += [LocatedQuote(quote.passage, offset + start, offset + end) for start, end in spans]
    if not found:
        return Verdict("unsupported", (), reason)
    found = list(dict.fromkeys(found))
    quoted = read_quoted(found, passages)
    language = detect_language(text, among={"de", "en", *(part.language for part in quoted)})
    confidence = None
    if entailment and {language, *(part.language for part in quoted)} <= LANGUAGES:
        confidence = _judge([text], quoted, entailment)[0]
    reason = find_fault(text, language, quoted, lexicon)
    if not reason and (confidence is None or confidence < _SURE):
        reason = find_foreign_clause(text, language, quoted, embeddings, lexicon)
    if confidence is not None and reason:
        confidence = min(confidence, _SOUND_DESPITE_FAULT)
    elif confidence is not None and entailment and confidence < _LEAST_SUPPORT:
        reason = _explain(text, quoted, entailment)
    return Verdict("weak" if reason else "supported", tuple(found), reason, confidence)


def find_fault(
    text: str,
    language: str,
    quoted: Sequence[Quoted],
    lexicon: Lexicon,
) -> str:
    """Return in one line which value or name of a claim is not quoted, "" if none."""
    values = read_values(text, language)
    return (
        find_value_fault(text, values, quoted)
        or find_name_fault(text, language, quoted, lexicon, values.spans)
        or find_changed_word(text, language, quoted)
    )


def _judge(texts: Sequence[str], quoted: Sequence[Quoted], entailment: Entailment) -> list[float]:
    """Return how likely each text is borne out by one of the passages' quotes, or all together."""
    premises = [premise_of(part.title, part.sentences) for part in quoted]
    premises += [" ".join(premises)] if len(premises) > 1 else []
    judged = entailment.judge([(premise, text) for text in texts for premise in premises])
    size = len(premises)
    return [
        max(one.supported for one in judged[at * size : (at + 1) * size])
        for at in range(len(texts))
    ]


def _explain(text: str, quoted: Sequence[Quoted], entailment: Entailment) -> str:
    """Say which clause of a claim is least borne out, and what the quoted words say instead."""
    clauses = [clause for clause in split_clauses(text) if len(clause.split()) > 2] or [text]
    likely = _judge(clauses, quoted, entailment)
    clause = clauses[likely.index(min(likely))]
    sentences = [one for part in quoted for one in part.sentences]
    judged = entailment.judge([(one, clause) for one in sentences])
    denied = max(judged, key=lambda one: one.contradicted)
    if denied.contradicted > denied.not_said:
        said = sentences[judged.index(denied)]
        return f"the quoted words say that “{_shorten(said)}”, not “{_shorten(clause)}”"
    return f"the quoted words do not say that “{_shorten(clause)}”"


def _shorten(text: str, most: int = 120) -> str:
    text = " ".join(text.split()).rstrip(".")
    return text if len(text) <= most else f"{text[: most - 1].rsplit(' ', 1)[0]} …"


def _name_article(passage: RankedPassage) -> str:
    """Name an article by its title: a passage's number looks like that of a source."""
    title = " ".join(passage.article.title.split())
    return f"“{title[:80]}”" if title else "the article"
