"""Hand-made articles and a chain that answers from them, for the tests of the page."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import gradio as gr
from langchain_core.runnables import Runnable, RunnableGenerator

from rag.answer import Answer, AnswerSentence, Citation, cite
from rag.errors import BadQuestion
from ui.app import build_app
from ui.html.page import Holdings
from vectorstore import Article, NoStore


def article(path: str, title: str, text: str, *prose: str, **fields: Any) -> Article:
    """Make an article whose body is the given parts of its text, else all of it."""
    body = tuple((text.index(part), text.index(part) + len(part)) for part in prose)
    return Article(path, title, text, body or ((0, len(text)),), **{"language": "de", **fields})


BRIDGE_FRONT = "---\ntitle: Brücke wieder offen\ntags: [verkehr]\n---\n"
BRIDGE_BODY = (
    "Die alte Brücke über die Lahn ist seit Montag wieder für Fußgänger geöffnet.\n\n"
    + "\n\n".join(
        f"Absatz {number}: Der Umbau zog sich hin, weil die Pfeiler im Flussbett neu "
        "gegründet werden mussten und das Hochwasser die Arbeit zweimal unterbrach."
        for number in range(1, 19)
    )
    + "\n\nDie Sanierung kostete 4,2 Millionen Euro.  Davon trug das Land die Hälfte.\n\n"
    "Autos dürfen erst im Herbst wieder darüber fahren, sagte Bürgermeisterin Ute Kranz.\n"
)
BRIDGE = article(
    "/articles/bruecke.md",
    "Brücke wieder offen",
    BRIDGE_FRONT + "Startseite | Lokales | Sport\n\n" + BRIDGE_BODY + "\nMehr zum Thema: Radwege\n",
    BRIDGE_BODY,
    source="Lahntaler Bote",
    date="2024-03-18",
    url="https://bote.example/bruecke?seite=1&druck=ja",
)
FERRY = article(
    "/articles/ferry.txt",
    "Ferry returns to the lake",
    "The ferry Marie carries passengers across the lake again.\r\n\r\n"
    "A ticket costs 3 euros, as it did before the winter break.\r\n",
    language="en",
    source="Lakeside Gazette",
    date="2024-05-02T08:00:00+02:00",
)
EVIL_TITLE = '"><img src=x onerror=alert(1)>\u202eeltit <script>alert(2)</script>'
EVIL_QUOTE = (
    '<script>alert(3)</script> [x](javascript:alert(4)) $$\\alert{5}$$ "><svg onload=alert(6)> '
    "&lt;b&gt; ${alert(7)} {{alert 8}} `alert(9)` www.evil.example https://evil.example/pixel.png "
    "![p](https://evil.example/p.png) \u202etxet\u202c " + "Donau" * 60 + " \x07 Ende."
)
EVIL = article(
    "/articles/evil.txt",
    EVIL_TITLE,
    f"<iframe src='https://evil.example'></iframe>\n{EVIL_QUOTE}\n</div></section>'\" NUL:\0.\n",
    EVIL_QUOTE,
    source="<b onclick=alert(1)>Outlet</b>",
    date="<i>gestern</i>",
    url="javascript:alert(document.domain)",
    language='de" onfocus="alert(1)',
)
ARTICLES = {made.id: made for made in (BRIDGE, FERRY, EVIL)}

COST = "Die Sanierung kostete 4,2 Millionen Euro."
CARS = "Autos dürfen erst im Herbst wieder darüber fahren, sagte Bürgermeisterin Ute Kranz."
OPENED = "Die alte Brücke über die Lahn ist seit Montag wieder für Fußgänger geöffnet."
TICKET = "A ticket costs 3 euros, as it did before the winter break."


def cited(made: Article, quote: str, number: int) -> Citation:
    """Cite the only place of `quote` in an article."""
    start = made.text.index(quote)
    return cite(made, start, start + len(quote), number=number, quote=quote, score=0.9)


def answering_words(citation: Citation, words: str) -> Citation:
    """Return a citation that names words of its quote as the answering ones."""
    start = citation.start + citation.quote.index(words)
    return replace(citation, phrase=(start, start + len(words)))


def pieces(question: str, lead_in: str, *quotes: tuple[Article, str]) -> list[Answer]:
    """Make the pieces of an answer as the chain streams them: the lead-in, then each sentence."""
    made = [Answer(question, found=True, lead_in=lead_in, retrieve_ms=5.0)]
    for number, (source, quote) in enumerate(quotes, start=1):
        sentence = AnswerSentence(quote, (number,))
        citation = cited(source, quote, number)
        made.append(Answer(question, found=True, sentences=(sentence,), citations=(citation,)))
    return made


def refusal(question: str) -> Answer:
    """Make the answer to a question that the articles do not answer."""
    return Answer(
        question,
        found=False,
        lead_in="Die Artikel sagen dazu nichts.",
        nearest=(cited(BRIDGE, CARS, 1), cited(FERRY, TICKET, 2)),
    )


def wait_until(holds: Callable[[], bool], seconds: float = 60) -> bool:
    """Wait until something holds; tell whether it does."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        if holds():
            return True
        time.sleep(0.02)
    return False


def bare_app(
    chain: Any, read_article: Any = ARTICLES.__getitem__, *, articles: int = 3, **more: Any
) -> gr.Blocks:
    """Return the page over a chain, without examples; it says that it holds so many articles."""
    return build_app(
        chain,
        read_article,
        examples=lambda language: [],
        holdings=lambda: Holdings(articles),
        **more,
    )


def free_port() -> int:
    """Return a free port of this machine."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Script:
    """A scripted chain: a word in the question decides the answer.

    `gate` holds back all after the first sentence of an answer to "slow". `calls` are the inputs.
    `abandoned` is set when a reader leaves an answer half-way.
    """

    gate: threading.Event = field(default_factory=threading.Event)
    calls: list[dict[str, Any]] = field(default_factory=list)
    abandoned: threading.Event = field(default_factory=threading.Event)

    def chain(self) -> Runnable[dict[str, Any], Answer]:
        """Return the runnable to build a page with."""

        def stream(inputs: Iterator[dict[str, Any]]) -> Iterator[Answer]:
            for given in inputs:
                yield from self.answer(given)

        return RunnableGenerator(stream)

    def answer(self, given: dict[str, Any]) -> Iterator[Answer]:
        """Stream the answer to one question."""
        self.calls.append(given)
        question = given["question"]
        if "model" in question:
            for piece in self.answer({**given, "question": question.replace("model", "")}):
                yield replace(piece, model="openai:scripted")
            return
        if "broken" in question:
            raise NoStore("no index in /srv/data: run `article-chat index FOLDER` first")
        if "crash" in question:
            yield pieces(question, "Die Artikel sagen:")[0]
            raise ZeroDivisionError("secret detail")
        if len(question) > 2000:
            raise BadQuestion(f"The question has {len(question)} characters; at most 2000.")
        if "silent" in question:
            return
        if "weather" in question:
            yield refusal(question)
        elif "evil" in question:
            yield from pieces(question, "<img src=x onerror=alert(0)>", (EVIL, EVIL_QUOTE))
        elif "ticket" in question:
            yield from pieces(question, "The articles say:", (FERRY, TICKET))
        else:
            first, second, *rest = pieces(
                question, "Die Artikel sagen:", (BRIDGE, COST), (BRIDGE, CARS), (FERRY, TICKET)
            )
            yield first
            yield second
            if "slow" in question:
                try:
                    self.gate.wait(timeout=20)
                    yield from rest
                except GeneratorExit:
                    self.abandoned.set()
                    raise
            else:
                yield from rest
