"""How soon the page shows a question and its first sentence, in a real browser.

    python -m benchmarks.page ARTICLES… [--askers N] [--turns N] [--questions FILE] [--out FILE]

Indexes the articles, serves the real page from a process of its own on loopback, and opens it in
Chromium. Times are from the press of Enter to the moment the page has drawn what is named, as the
page's own clock says. Prints one JSON object:

- `alone_ms`: one tab asks `turns` questions of FILE, one after the other, all in one conversation:
  p50 and p95 until its question, the first sentence of the answer, and the whole answer are there;
- `bytes`: what came from the server for the first of these answers, the middle one and the last;
- `together_ms`: `askers` tabs, each a visitor of its own, press Enter in the same moment. `place`
  is the time until a tab says that it works on the answer or how many questions are before its own.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.support.chromium import open_chromium
from benchmarks.support.served_page import index, serve_page

QUESTIONS = Path(__file__).parent / "seeds" / "questions.jsonl"
_PATIENCE_MS = 120_000
_AHEAD_MS = 1_500  # long enough for every tab to be told when to press

_WATCH = """() => {
  window.press = (at, turn) => new Promise(done => setTimeout(() => {
    const began = performance.now();
    const times = {};
    const look = () => {
      const shown = document.querySelectorAll(".turn")[turn];
      if (!shown) return;
      const there = {
        question: shown.querySelector(".question"),
        place: shown.querySelector(".working, .sentence, .refusal"),
        sentence: shown.querySelector(".sentence"),
        answer: shown.getAttribute("aria-busy") === "false",
      };
      for (const name in there) {
        if (!there[name] || name in times) continue;
        times[name] = null;
        // The frame after the next one begins when this one has been drawn.
        requestAnimationFrame(() => requestAnimationFrame(() => {
          times[name] = performance.now() - began;
          if (name === "answer") { watcher.disconnect(); done(times); }
        }));
      }
    };
    const watcher = new MutationObserver(look);
    watcher.observe(document.body, { childList: true, subtree: true, attributes: true });
    const enter = { key: "Enter", code: "Enter", bubbles: true, cancelable: true };
    const box = document.querySelector("#question textarea");
    box.dispatchEvent(new KeyboardEvent("keydown", enter));
    box.dispatchEvent(new KeyboardEvent("keypress", enter));
  }, Math.max(0, at - Date.now())));
}"""
"""A script: `press(at, turn)` presses Enter at that time, in ms, and resolves to when was drawn."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmark from the command line."""
    parser = argparse.ArgumentParser(description="How soon the page shows an answer.")
    parser.add_argument("paths", type=Path, nargs="+", help="files and folders of articles")
    parser.add_argument("--askers", type=int, default=10)
    parser.add_argument("--turns", type=int, default=50)
    parser.add_argument("--questions", type=Path, default=QUESTIONS)
    parser.add_argument("--out", type=Path, help="write the JSON here too")
    options = parser.parse_args(arguments)

    lines = options.questions.read_text(encoding="utf-8").splitlines()
    asked = [json.loads(line)["question"] for line in lines]
    with TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        index(data, *options.paths)
        with serve_page(data) as (url, _), sync_playwright() as playwright:
            browser = open_chromium(playwright)
            figures = _ask_alone(
                browser, url, [asked[n % len(asked)] for n in range(options.turns)]
            )
            figures["together_ms"] = _ask_together(
                browser, url, [asked[n % len(asked)] for n in range(options.askers)]
            )
    text = json.dumps(figures, indent=2)
    print(text)
    if options.out:
        options.out.write_text(text + "\n", encoding="utf-8")


def _ask_alone(browser: Browser, url: str, questions: Sequence[str]) -> dict[str, Any]:
    times, sizes = [], []
    with _tab(browser, url) as page:
        network = page.context.new_cdp_session(page)
        network.send("Network.enable")
        received = [0]
        network.on(
            "Network.dataReceived",
            lambda part: received.append(received.pop() + part["dataLength"]),
        )
        for turn, question in enumerate(questions):
            before = received[0]
            times.append(_press(page, question, turn))
            # The stream ends, and the conversation is kept, some milliseconds after the answer.
            page.wait_for_timeout(300)
            sizes.append(received[0] - before)
    middle = len(sizes) // 2
    return {
        "alone_ms": _summary(times),
        "bytes": {"first": sizes[0], "middle": sizes[middle], "last": sizes[-1]},
    }


def _ask_together(browser: Browser, url: str, questions: Sequence[str]) -> dict[str, Any]:
    with ExitStack() as opened:
        tabs = [opened.enter_context(_tab(browser, url)) for _ in questions]
        for page, question in zip(tabs, questions, strict=True):
            page.locator("#question textarea").fill(question)
        at = time.time() * 1000 + _AHEAD_MS
        for page in tabs:
            page.evaluate("at => { window.pressed = press(at, 0); }", at)
        return _summary([page.evaluate("() => window.pressed") for page in tabs])


def _press(page: Page, question: str, turn: int) -> dict[str, float]:
    page.locator("#question textarea").fill(question)
    times: dict[str, float] = page.evaluate("turn => press(0, turn)", turn)
    return times


def _summary(times: Sequence[dict[str, float]]) -> dict[str, Any]:
    """Return p50 and p95 of each moment; of the first sentence where there was one."""
    figures: dict[str, Any] = {}
    for name in ("question", "place", "sentence", "answer"):
        found = [one[name] for one in times if name in one]
        if found:
            p50, p95 = np.percentile(found, [50, 95])
            figures[name] = {"p50": round(p50), "p95": round(p95), "most": round(max(found))}
    return figures


@contextmanager
def _tab(browser: Browser, url: str) -> Iterator[Page]:
    context = browser.new_context(base_url=url)
    try:
        page = context.new_page()
        page.set_default_timeout(_PATIENCE_MS)
        page.goto("/")
        page.locator(".greeting").wait_for()
        page.evaluate(f"({_WATCH})()")
        yield page
    finally:
        context.close()


if __name__ == "__main__":
    main()
