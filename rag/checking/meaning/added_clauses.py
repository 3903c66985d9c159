"""Find a part of a sentence that nothing in the quoted passages speaks of.

A sentence that is borne out may go on with something else: "…, and every vote counts". It keeps
the numbers, the names and most of the meaning, so its clauses are looked at one by one. Sentences
of a passage that ask, or tell somebody what to do, bear nothing out and are left out of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from langchain_core.embeddings import Embeddings

from rag.checking.guard.instructions import holds_instruction, is_instruction, is_question
from rag.checking.quotes import Quoted
from rag.ingest.sentences import split_sentences
from rag.language.function_words import topic_words
from rag.language.lexicon import Lexicon

_TOPIC_STEM_LETTERS = 6
_TOPIC_WORD = re.compile(r"[^\W\d_]{3,}")


@dataclass(frozen=True)
class _Joint:
    """Where sentences are cut, and when what stands between is foreign.

    That is a part of at least `fewest` words that carry a topic, of which less than `share` are
    there, whole or translated, and which is less than `near` (cosine) to every sentence there:
    in what is quoted or, if `around`, in the whole passage.
    """

    cut: re.Pattern[str]
    fewest: int
    share: float
    near: float
    around: bool


_CLAUSE_JOINTS = (
    # What follows such a joint is a statement of its own, which the quoted words have to bear out.
    # Of XQuAD's sentences (development part, as claims in either language by quotes in either)
    # .3 % are flagged, of its questions with their answers .1 %, of statements about something
    # else, hung on with "and", 99.9 %. By the whole passage it would be 98 %.
    _Joint(
        re.compile(
            r";\s+|\s[–—-]\s|,\s+(?:and|und|but|aber|or|oder|while|sowie|also|so|then|denn|doch)\s+"
        ),
        fewest=1,
        share=0.34,
        near=0.4,
        around=False,
    ),
    # Subordinate clauses say who or what is meant, often from elsewhere in the passage. Flagged
    # are .1 % and .6 %, and 83 %.
    _Joint(
        re.compile(r"[:,]\s+|\s+(?:and|und|but|aber|or|oder|while|wobei|sowie|also)\s+"),
        fewest=3,
        share=0.26,
        near=0.25,
        around=True,
    ),
)


def find_part_fault(
    text: str,
    language: str,
    quoted: Sequence[Quoted],
    embeddings: Embeddings,
    lexicon: Lexicon,
) -> str:
    """Return in one line which clause nothing in the quoted passages is about, "" if none.

    Nothing is said of a language that the lexicon does not have.
    """
    if not {language, *(part.language for part in quoted)} <= lexicon.languages:
        return ""
    for joint in _CLAUSE_JOINTS:
        clauses = joint.cut.split(text)
        if len(clauses) < 2:
            continue
        sentences = [one for part in quoted for one in _reports(part, joint.around, lexicon)]
        titles = [
            one.title
            for one in quoted
            if joint.around and not holds_instruction(one.title, lexicon)
        ]
        there = _stems(" ".join((*sentences, *titles)))
        foreign = [clause for clause in clauses if _is_foreign(clause, there, joint, lexicon)]
        for clause, nearness in zip(foreign, _nearest(foreign, sentences, embeddings), strict=True):
            if nearness < joint.near:
                return f"nothing that is quoted is about “{clause.strip()[:60]}”"
    return ""


def _is_foreign(clause: str, there: frozenset[str], joint: _Joint, lexicon: Lexicon) -> bool:
    """Tell whether too few of a clause's words are there, whole or translated."""
    words = topic_words(clause)
    borne = sum(not _forms(word, lexicon).isdisjoint(there) for word in words)
    return len(words) >= joint.fewest and borne < joint.share * len(words)


def _reports(part: Quoted, around: bool, lexicon: Lexicon) -> Iterator[str]:
    if not around:
        yield from part.sentences
        return
    for start, end in split_sentences(part.passage):
        sentence = part.passage[start:end]
        if not is_question(sentence) and not is_instruction(sentence, lexicon):
            yield sentence


def _nearest(
    clauses: Sequence[str], sentences: Sequence[str], embeddings: Embeddings
) -> list[float]:
    """Return how near (cosine) each clause comes to any of the sentences."""
    if not clauses:
        return []
    vectors = np.asarray(embeddings.embed_documents([*clauses, *sentences]))
    mine, theirs = vectors[: len(clauses)], vectors[len(clauses) :]
    return [float(near) for near in (mine @ theirs.T).max(axis=1, initial=-1.0)]


def _stems(text: str) -> frozenset[str]:
    return frozenset(word.casefold()[:_TOPIC_STEM_LETTERS] for word in _TOPIC_WORD.findall(text))


def _forms(word: str, lexicon: Lexicon) -> frozenset[str]:
    """Return the stems of a word and of what it may be called in the other language."""
    forms = {word}
    for language in lexicon.languages:
        forms.update(other for other, _ in lexicon.translate(word, language))
    return frozenset(form[:_TOPIC_STEM_LETTERS] for form in forms)
