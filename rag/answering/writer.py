"""The answer that a chat model writes, each sentence checked before it is shown."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any

from langchain_core.language_models import BaseChatModel

from rag.answer import Answer, AnswerSentence
from rag.answering.citations import Citations
from rag.answering.prompt import ask_for_schema, fit_passages, write_prompt
from rag.answering.protocol import Malformed, NotInArticles, SayingReader
from rag.answering.quoting import ExtractiveAnswerer
from rag.checking.claim import Claim, Verdict
from rag.errors import CitationNotVerbatim
from rag.ingest.sentences import split_sentences
from rag.models.chat_faults import Retries, read_fault, read_finish
from rag.models.chat_stream import Bounds, ModelFailed, Stopped, read_stream
from rag.passage import RankedPassage, ReadArticle
from rag.question.question import Question
from rag.retrieval.answerability import Weighed, weigh

Check = Callable[[Claim, Sequence[RankedPassage], Question], Verdict]

MOST_SENTENCES_SHOWN = 8
"""The most that are shown of an answer; the model is asked for fewer."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Said:
    """A sentence that the model wrote, and the passages that it was given, numbered from 1."""

    claim: Claim
    given: Sequence[RankedPassage]


@dataclass(frozen=True)
class _Ended:
    """Why there is no further sentence.

    `fault` is half a sentence. `denied` is that the passages do not answer, by the model's word.
    """

    fault: str = ""
    denied: bool = False
    stopped: bool = False


class ModelAnswerer:
    """Answers with a chat model; quotes the articles if the model fails or nothing is supported.

    `name` is shown as the answer's model. `check` judges a sentence by the words that it quotes.
    `read_article` gives the stored article that a citation is checked against. `sleep` waits
    before a retry.
    """

    def __init__(
        self,
        model: BaseChatModel,
        name: str,
        *,
        check: Check,
        extractive: ExtractiveAnswerer,
        read_article: ReadArticle | None,
        bounds: Bounds = Bounds(),  # noqa: B008 - a frozen value
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._model = model
        self._name = name
        self._check = check
        self._extractive = extractive
        self._read_article = read_article
        self._bounds = bounds
        self._sleep = sleep
        self._form = ask_for_schema(model)

    def answer(self, question: Question, passages: Sequence[RankedPassage]) -> Iterator[Answer]:
        """Yield the pieces of the answer, each sentence as soon as it is checked.

        Sentences before the first supported one wait for it, since pieces cannot be taken back;
        if none is supported, the articles are quoted. Closing the iterator closes the request.
        A sentence whose quote is no longer in its article is left out, and the answer says so.
        Raises CitationNotVerbatim if the articles are to be quoted, and nothing is left of them.
        """
        weighed = weigh(question, passages)
        # Less than quoting asks for: a model that reads sees an answer that similarities do not.
        if not weighed.near:
            yield self._extractive.refuse(question, weighed)
            return
        citations = Citations(weighed, self._read_article)
        waiting: list[Answer] = []
        shown, gone = False, ""
        with closing(self._sentences(question, passages)) as sentences:
            for item in sentences:
                if isinstance(item, _Ended):
                    ended = replace(item, fault=item.fault or gone)
                    yield from self._end(question, weighed, passages, ended, shown)
                    return
                verdict = self._check(item.claim, item.given, question)
                try:
                    waiting.append(self._cite(question, item, verdict, citations))
                except CitationNotVerbatim:
                    gone = "An article was changed or removed while the answer was made"
                    continue
                if not shown and verdict.status != "supported":
                    continue
                shown = True
                yield from waiting
                waiting.clear()

    def _cite(
        self, question: Question, said: _Said, verdict: Verdict, citations: Citations
    ) -> Answer:
        """Return a checked sentence as a piece, with new citations. Raises CitationNotVerbatim."""
        quotes = verdict.quotes if verdict.status != "unsupported" else ()
        places = [(said.given[one.passage - 1], (one.start, one.end)) for one in quotes]
        numbers, new = citations.cite_all(places)
        made = (AnswerSentence(said.claim.text, numbers, verdict.status, verdict.reason),)
        language = question.language
        return Answer(question.text, True, "", made, new, model=self._name, language=language)

    def _end(
        self,
        question: Question,
        weighed: Weighed,
        passages: Sequence[RankedPassage],
        ended: _Ended,
        shown: bool,
    ) -> Iterator[Answer]:
        if ended.stopped:
            return
        if ended.fault:
            logger.warning("%s: %s", self._name, ended.fault)
        if shown:
            if ended.fault:
                notice = f"{ended.fault}; the answer may be incomplete."
                yield Answer(question.text, True, notice=notice, language=question.language)
            return
        if ended.denied:
            yield replace(self._extractive.refuse(question, weighed), model=self._name)
            return
        what = ended.fault or "The articles do not support what the model wrote"
        if not weighed.enough:
            yield replace(self._extractive.refuse(question, weighed), notice=f"{what}.")
            return
        notice = f"{what}; the articles are quoted instead."
        first, *others = self._extractive.quote(question, weighed, passages)
        yield replace(first, notice=notice)
        yield from others

    def _sentences(
        self, question: Question, passages: Sequence[RankedPassage]
    ) -> Generator[_Said | _Ended]:
        """Yield the model's sentences, and at the end why there are no more.

        A request that failed is made again if that may help, but not after its first sentence,
        which would come twice.
        """
        retries = Retries(self._sleep)
        given = fit_passages(passages, most=len(passages))
        heard = False
        while True:
            form = self._form
            try:
                for item in self._read(question, given, form):
                    yield item
                    heard = True
                return
            except Stopped:
                yield _Ended(stopped=True)
                return
            except ModelFailed as error:
                fault = read_fault(error, self._name)
            useless = fault.kind == "format" and not form
            if said := fault.said if heard or useless else retries.give_up(fault):
                yield _Ended(said)
                return
            if fault.kind == "context":
                given = given[: max(1, len(given) // 2)]
            elif fault.kind == "format":
                self._form = {}
            elif fault.kind == "temperature":
                self._model = self._model.model_copy(update={"temperature": None})

    def _read(
        self, question: Question, given: Sequence[RankedPassage], form: dict[str, Any]
    ) -> Generator[_Said | _Ended]:
        """Make one request and yield its sentences. Raises ModelFailed and Stopped."""
        prompt = write_prompt(question, given, structured=bool(form))
        reader = SayingReader()
        told: set[str] = set()
        finish, unread, anything = "", "", False
        with closing(read_stream(self._model, prompt, self._bounds, **form)) as parts:
            for part in parts:
                finish = part.finish or finish
                anything = anything or bool(part.text.strip())
                for said in reader.read(part.text):
                    if isinstance(said, NotInArticles):
                        yield _Ended(denied=True)
                        return
                    if isinstance(said, Malformed):
                        unread = said.what
                        continue
                    for claim in _one_by_one(said):
                        if len(told) == MOST_SENTENCES_SHOWN:
                            yield _Ended(
                                f"The model wrote more than {MOST_SENTENCES_SHOWN} sentences"
                            )
                            return
                        if claim.text not in told:
                            told.add(claim.text)
                            yield _Said(claim, given)
                if reader.complete:
                    break
        yield _Ended(_read_end(reader, finish, heard=bool(told), unread=unread, anything=anything))


def _one_by_one(claim: Claim) -> Iterator[Claim]:
    """Yield each sentence of a claim as a claim of its own, with all the quotes."""
    for start, end in split_sentences(claim.text):
        yield Claim(claim.text[start:end], claim.quotes)


def _read_end(
    reader: SayingReader, finish: str, *, heard: bool, unread: str, anything: bool
) -> str:
    """Return what is wrong with an output that ended without an error, "" if nothing is.

    `heard` is whether it had a sentence, `anything` whether it had text; `unread` names the part
    that could not be read.
    """
    if said := read_finish(finish):
        return said
    if reader.cut_off():
        return "The model's output breaks off in mid-sentence"
    if not anything or (reader.complete and not heard and not unread):
        return "The model's answer was empty"
    if not heard:
        return "The model's answer was not in the form asked for"
    if unread:
        return f"A part of the model's answer could not be read ({unread})"
    return "" if reader.complete or finish else "The model's output ended without its end"
