"""A whole answer as text to paste elsewhere, with its question, its sources and their addresses."""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import replace

from rag.answer import Answer, AnswerSentence
from rag.phrases import PHRASES
from ui.addresses import make_address
from ui.quotation import quote_marked
from ui.turns import describe, is_quotation, is_said, limited, number_articles, one_line, understood
from ui.words import Words


def plain_text(answer: Answer, words: Words, lost: Set[int] = frozenset()) -> str:
    """Return the answer as text to paste elsewhere: question, lines, then the sources by number.

    Below each source are the addresses of its quotes, on lines of their own, from the root of the
    page. Notices come first, so that quotations are not taken for a model's words. Then comes the
    question as it was understood, if it was not understood as typed. Citations at the positions
    `lost` are named as no longer in the articles.
    """
    if answer.found:
        lines = [*describe_articles(answer, words, lost)]
        label = f"{words.sources}:"
    else:
        lines = [f"- {quote_marked(near)}\n  {describe(near)}" for near in answer.nearest]
        lines = [f"{line} – {words.lost}" if at in lost else line for at, line in enumerate(lines)]
        label = PHRASES[answer.spoken].nearest
    text = "\n".join(numbered_lines(answer))
    notices = (answer.notice, words.cut_off if answer.is_cut_off else "")
    above = (one_line(answer.question), *notices, understood(answer), limited(answer))
    said = "\n\n".join(filter(None, (*above, text)))
    return "\n".join([said, "", label, *lines]) if lines else said


def numbered_lines(answer: Answer) -> list[str]:
    """Return the lines of an answer with the numbers of its articles, quotes in quotation marks."""
    numbers = number_articles(answer)
    quotes = {citation.number: citation for citation in answer.citations}
    articles = {citation.number: numbers[citation.article] for citation in answer.citations}

    def renumber(sentence: AnswerSentence) -> AnswerSentence:
        cited = dict.fromkeys(articles.get(number, number) for number in sentence.citations)
        said = next((one for one in quotes.values() if is_quotation(sentence.text, one)), None)
        text = quote_marked(said) if said and said.number in sentence.citations else sentence.text
        return replace(sentence, text=text, citations=tuple(cited))

    lead = [answer.lead_in] if answer.lead_in else []
    return [*lead, *(answer.line(renumber(sentence)) for sentence in answer.sentences)]


def describe_articles(answer: Answer, words: Words, lost: Set[int]) -> Iterator[str]:
    """Yield lines on each article that is cited: its number, and the quotes not in the answer."""
    numbers = number_articles(answer)
    for article, number in numbers.items():
        of_it = [(at, one) for at, one in enumerate(answer.citations) if one.article == article]
        if not of_it:  # only among the further passages
            continue
        yield f"[{number}] {describe(of_it[0][1])}"
        for at, citation in of_it:
            gone = f" – {words.lost}" if at in lost else ""
            if gone or not is_said(answer, citation):
                yield f"    > {quote_marked(citation)}{gone}"
            if not gone:
                yield f"    {make_address(article, citation.start, citation.end)}"
