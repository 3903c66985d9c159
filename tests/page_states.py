"""The page with everything on it, led through all its states, for the tests that look at each."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from browsers import Visit
from conftest import split_words
from pages import (
    BRIDGE,
    CARS,
    COST,
    EVIL,
    FERRY,
    OPENED,
    TICKET,
    Script,
    article,
    cited,
    free_port,
    pieces,
)
from playwright.sync_api import expect
from runners import Here, Words

from rag.answer import Answer
from ui.app import build_app
from ui.article_words import ARTICLE_WORDS
from ui.articles_panel import archive_of
from ui.bringing.arrivals import Runner
from ui.bringing.opening import bringing
from ui.bringing.routes import build_upload_routes
from ui.conversations.opening import open_conversations
from ui.conversations.words import words_about
from ui.html.page import Holdings
from ui.kept.opening import open_kept
from ui.server import start_server
from ui.words import WORDS
from vectorstore import build_store, open_store, writing

LONG_TITLE = (
    "Nach monatelangem Streit über die Finanzierung: Landesregierung, Landkreis und Stadt einigen "
    "sich auf einen gemeinsamen Plan für die Wiedereröffnung der Donaudampfschifffahrtsgesellschaft"
)
SAID = tuple(
    f"Im {number}. Jahr der Verhandlungen stiegen die Kosten auf {number},5 Millionen Euro, weil "
    "die Pfeiler im Flussbett neu gegründet werden mussten."
    for number in range(1, 10)
)
LONG = article(
    "/articles/lang.md",
    LONG_TITLE,
    "\n\n".join(
        f"{SAID[part]} "
        + " ".join(
            f"Satz {n} des Berichts hat noch zehn Wörter von keiner großen Bedeutung."
            for n in range(100)
        )
        for part in range(9)
    ),
    source="Süddeutsche Allgemeine Rundschau am Wochenende",
    date="2024-06-30",
    url="https://rundschau.example/2024/06/30/" + "ein-sehr-langer-pfad-" * 8,
)
"""An article of ten thousand words."""
# A file's language is one that exists: nothing else is stored.
ALL = {made.id: made for made in (BRIDGE, FERRY, replace(EVIL, language="de"), LONG)}


class Stages(Script):
    """Answers as the script of `pages` does, and to "nine" with nine citations."""

    def answer(self, given: dict[str, Any]) -> Iterator[Answer]:
        """Stream the answer to one question."""
        if "nine" not in given["question"]:
            yield from super().answer(given)
            return
        quotes = [(LONG, said) for said in SAID[:5]]
        quotes += [(BRIDGE, COST), (BRIDGE, CARS), (FERRY, TICKET), (LONG, SAID[8])]
        *first, last = pieces(given["question"], "Die Artikel sagen:", *quotes)
        yield from first
        yield replace(last, further=(cited(BRIDGE, OPENED, 10), cited(LONG, SAID[6], 11)))


@contextmanager
def serving_all(
    data: Path, script: Script, *, port: int | None = None, runner: Runner | None = None
) -> Iterator[str]:
    """Serve the page with all that it can have, and give its URL; data that is there is kept."""
    with ExitStack() as opened:
        if not data.exists():
            with (
                writing(data),
                closing(build_store(data, Words(), embedding_name="words")) as store,
            ):
                store.add([(one, split_words(one)) for one in ALL.values()])
        store = opened.enter_context(closing(open_store(data, Words(), embedding_name="words")))
        uploads = data / "uploads"
        runner = runner or Here(data)
        arrivals = opened.enter_context(bringing(runner, store, uploads, None, lambda _: None))
        app = build_app(
            script.chain(),
            store.article,
            examples=lambda language: ["Was kostete die Brücke?", "What does a ticket cost?"],
            holdings=lambda: Holdings(store.count().articles, store.days()),
            conversations=opened.enter_context(closing(open_conversations(data))),
            archive=archive_of(store),
            bringing=True,
            kept=opened.enter_context(closing(open_kept(data))),
        )
        opened.callback(app.close, verbose=False)
        routes = build_upload_routes(arrivals, store, uploads, "local")
        yield start_server(app, host="127.0.0.1", port=port or free_port(), routes=routes)


def lead_through(made: Visit, language: str) -> Iterator[str]:
    """Bring the page into one state after the other; yield the name of each when it stands."""
    page, words = made.page, WORDS[language]
    narrow = page.viewport_size["width"] <= 900
    expect(page.locator("#listing .rows")).to_be_attached()
    yield "empty"
    if narrow:
        made.press(ARTICLE_WORDS[language].articles)
    expect(page.locator("#listing .rows")).to_be_visible()
    page.locator("#listing .tick input").first.check()
    expect(page.locator("#limits .what")).to_have_count(1)
    yield "articles"
    if narrow:
        page.keyboard.press("Escape")
    yield "limits"
    page.locator("#limits .drop").click()
    expect(page.locator("#limits .what")).to_have_count(0)
    turn = made.ask("nine")
    yield "answer"
    for place in (0, 5, 7):
        if turn.locator(".keep").nth(place).get_attribute("aria-pressed") == "false":
            turn.locator(".keep").nth(place).click()
        expect(turn.locator(".keep").nth(place)).to_have_attribute("aria-pressed", "true")
    made.open_first_source(turn)
    yield "article"
    page.keyboard.press("Escape")
    expect(page.locator("#panel .source")).to_have_count(0)
    page.locator("#header button.kept").click()
    expect(page.locator("#kept blockquote").first).to_be_visible()
    yield "kept"
    page.locator("#kept .close").click()
    page.locator("#header button.history").click()
    expect(page.get_by_role("dialog", name=words_about(words).history)).to_be_visible()
    yield "history"
    page.keyboard.press("Escape")
    made.ask("How is the weather?")
    yield "refused"
    made.ask("broken")
    yield "error"
    page.locator("#header button.bring").click()
    expect(page.locator("#bring .choose")).to_be_focused()
    yield "adding"
    page.locator("#bring .close").click()
