"""Judge whether a sentence that a model wrote is borne out by the words that it quotes.

A quote is read together with the whole sentences that it is cut from, so that it cannot leave
out the "nicht" beside it. What is compared, one after the other:

- numbers, dates, times and units as values;
- names as they sound, by country and by the lexicon;
- within a language, which name stands where the other does;
- how often "no" is said, words that are known opposites, and "perhaps" where it is dropped;
- within a language, a word put for another in a sentence that is copied else;
- the meaning by the embedding, of the sentence and of its clauses.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from langchain_core.embeddings import Embeddings

from rag.checking.claim import Claim, LocatedQuote, Verdict
from rag.checking.meaning.added_clauses import find_part_fault
from rag.checking.meaning.copies import find_copy_fault
from rag.checking.meaning.hedges import find_hedge_fault
from rag.checking.meaning.negation import find_negation_fault
from rag.checking.meaning.opposites import find_opposite_fault
from rag.checking.meaning.roles import find_role_fault
from rag.checking.names.compare import find_name_fault
from rag.checking.quotes import Quoted, find_parts, read_quoted
from rag.checking.values.compare import find_amount_fault
from rag.language.detect import detect_language
from rag.language.lexicon import Lexicon
from rag.language.spelling import compose
from rag.passage import RankedPassage

LONGEST_CLAIM = 2_000
"""Characters; what is longer is no sentence."""

# Of 822 claims that quote another paragraph's sentence (XQuAD, across languages) 812 lie below, of
# 822 translations none, of 2,500 questions with their answers 31; at .25 it is 800 and 16, at .4
# 819 and 104.
_LEAST_SIMILAR = 0.3


def find_support(
    claim: Claim, passages: Sequence[RankedPassage], embeddings: Embeddings, lexicon: Lexicon
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
    reason = find_fault(text, read_quoted(found, passages), embeddings, lexicon)
    return Verdict("weak" if reason else "supported", tuple(found), reason)


def _name_article(passage: RankedPassage) -> str:
    """Name an article by its title: a passage's number looks like that of a source."""
    title = " ".join(passage.article.title.split())
    return f"“{title[:80]}”" if title else "the article"


def find_fault(
    text: str, quoted: Sequence[Quoted], embeddings: Embeddings, lexicon: Lexicon
) -> str:
    """Return in one line why quoted sentences do not bear a claim, "" if they do."""
    language = detect_language(text, among={"de", "en", *(part.language for part in quoted)})
    return (
        find_amount_fault(text, language, quoted)
        or find_name_fault(text, language, quoted, lexicon)
        or find_role_fault(text, language, quoted, lexicon)
        or find_negation_fault(text, language, quoted, lexicon)
        or find_opposite_fault(text, language, quoted)
        or find_copy_fault(text, language, quoted, embeddings, lexicon)
        or find_hedge_fault(text, language, quoted, lexicon)
        or _find_other_meaning(text, quoted, embeddings)
        or find_part_fault(text, language, quoted, embeddings, lexicon)
    )


def _find_other_meaning(text: str, quoted: Sequence[Quoted], embeddings: Embeddings) -> str:
    texts = [part.text for part in quoted]
    texts += [sentence for part in quoted if len(part.sentences) > 1 for sentence in part.sentences]
    vectors = np.asarray(embeddings.embed_documents([text, *texts]))
    similarity = float((vectors[1:] @ vectors[0]).max())
    if similarity >= _LEAST_SIMILAR:
        return ""
    return "the quoted words are about something else"
