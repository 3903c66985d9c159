"""A real browser for the tests of the page, and a record of the page's requests and errors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Request, expect

PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}

DESKTOP: dict[str, Any] = {}
"""The browser's own size, 1280 by 720."""

SIZES = pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["1280", "360"])
"""Runs a test at both sizes, for `visit(browser, url, **size)`."""

BOTH = pytest.mark.parametrize("here", [DESKTOP, PHONE], ids=["1280", "360"], indirect=True)
"""Runs a test at both sizes by the fixture `here` of its module, which is at the first one else."""

CONTRAST = """() => {
  const part = n => { n /= 255; return n <= 0.04045 ? n / 12.92 : ((n + 0.055) / 1.055) ** 2.4; };
  const light = ([r, g, b]) => 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
  const numbers = colour => colour.match(/[\\d.]+/g).map(Number);
  const under = node => {
    for (; node; node = node.parentElement) {
      const colour = numbers(getComputedStyle(node).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
  };
  const texts = document.createTreeWalker(
    document.querySelector("gradio-app"), NodeFilter.SHOW_TEXT);
  const found = [];
  while (texts.nextNode()) {
    const node = texts.currentNode.parentElement;
    if (!texts.currentNode.data.trim() || !node.getClientRects().length) continue;
    if (node.closest("style, .sr-only")) continue;
    const pair = [light(numbers(getComputedStyle(node).color)), light(under(node))].sort();
    found.push([texts.currentNode.data.trim().slice(0, 30), (pair[1] + 0.05) / (pair[0] + 0.05)]);
  }
  return found;
}"""
"""A script: each visible text, shortened, and its contrast to the background, 1 to 21."""


@dataclass
class Visit:
    """A browser context with the page open, its requests and its errors."""

    page: Page
    requests: list[str] = field(default_factory=list)
    trouble: list[str] = field(default_factory=list)
    answers: int = 0

    @property
    def is_wide(self) -> bool:
        """Whether the conversation and what is beside it are both in view."""
        return (self.page.viewport_size or {"width": 1280})["width"] > 900

    @property
    def turns(self) -> Locator:
        """The turns of the conversation, oldest first."""
        return self.page.locator(".turn")

    @property
    def box(self) -> Locator:
        """The box for the question."""
        return self.page.locator("#question textarea")

    def ask(self, question: str) -> Locator:
        """Type a question, press Enter, wait for the whole answer; return its turn."""
        turn = self.turns.nth(self.turns.count())
        self.box.fill(question)
        with self.answered():
            self.box.press("Enter")
        expect(turn).to_have_attribute("aria-busy", "false")
        return turn

    def press(self, name: str) -> None:
        """Press the button of that name."""
        self.page.get_by_role("button", name=name, exact=True).click()

    @contextmanager
    def answered(self) -> Iterator[None]:
        """Wait at the end of the block until the stream of the answer has ended.

        That is some milliseconds after the whole answer is visible; until then the page takes no
        question.
        """
        before = self.answers
        yield
        for _ in range(1500):
            if self.answers > before:
                return
            self.page.wait_for_timeout(20)
        raise TimeoutError("no answer came to its end within 30 seconds")

    def count_answer(self, request: Request) -> None:
        """Count the ended stream of an answer."""
        self.answers += "/queue/data" in request.url

    def open_first_source(self, turn: Locator) -> Locator:
        """Press the first number of a turn; return the panel's mark when scrolling has ended."""
        turn.locator("button.number").first.click()
        mark = self.page.locator("#panel mark")
        expect(mark).to_be_visible()
        mark.evaluate(
            """mark => new Promise(done => {
                 const scroller = mark.closest(".scroll");
                 let top = -1;
                 const rest = () => {
                   if (scroller.scrollTop === top) return done();
                   top = scroller.scrollTop;
                   setTimeout(rest, 120);
                 };
                 rest();
               })"""
        )
        return mark

    def scrolls_sideways(self) -> bool:
        """Whether the page or anything in it is wider than its box."""
        return bool(
            self.page.evaluate(
                """() => [document.scrollingElement, ...document.querySelectorAll(".log, .scroll")]
                     .some(part => part.scrollWidth > part.clientWidth)"""
            )
        )


@contextmanager
def visit(browser: Browser, url: str, *, checked: bool = True, **options: Any) -> Iterator[Visit]:
    """Open the page in a context of its own, and check its requests and errors at the end.

    Fails after a request to another host, a dialog, or an error in the console; unless `checked`
    is False, for a server that is to go away.
    """
    context: BrowserContext = browser.new_context(base_url=url, **options)
    context.set_default_timeout(10_000)
    made = Visit(context.new_page())
    context.on("request", lambda request: made.requests.append(request.url))
    context.on("requestfinished", made.count_answer)
    context.on("requestfailed", made.count_answer)  # the page ends a stream that has ended
    context.on("dialog", lambda dialog: (made.trouble.append(dialog.message), dialog.dismiss()))
    context.on("weberror", lambda error: made.trouble.append(str(error.error)))
    context.on(
        "console",
        lambda message: made.trouble.append(message.text) if message.type == "error" else None,
    )
    try:
        made.page.goto("/")
        # A cold start of the page takes seconds on a busy machine.
        expect(made.page.locator(".greeting")).to_be_visible(timeout=20_000)
        yield made
        if not checked:
            return
        assert [asked for asked in made.requests if not asked.startswith((url, "data:"))] == []
        assert made.trouble == []
    finally:
        context.close()
