"""The whole product: real articles, model, store, command, page and browser, and no network."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from browsers import visit
from conftest import SEEDS
from pages import free_port
from playwright.sync_api import expect, sync_playwright

from benchmarks.support.chromium import open_chromium

ROOT = Path(__file__).parent.parent
COMMAND = "import ui.cli; ui.cli.main()"
PROMISE = (
    "The treaty promises that each country will come to the other's aid if one of them is"
    " attacked, Vladimir Putin said after the summit in Pyongyang."
)
# Every Python process reads this at its start. It refuses and logs each connection and name look-up
# beyond this machine. Local sockets (AF_UNIX) have a path as their address.
GUARD = """
import os, sys

def guard(event, args):
    if event == "socket.getaddrinfo":
        host = args[0]
    elif event in ("socket.connect", "socket.sendto") and isinstance(args[1], tuple):
        host = args[1][0]
    else:
        return
    host = host.decode() if isinstance(host, bytes) else host
    if host not in (None, "", "localhost", "127.0.0.1", "::1", "0.0.0.0"):
        with open(os.environ["GUARD_LOG"], "a") as log:
            log.write(f"{event} {host}\\n")
        raise OSError(101, f"the test lets nothing out to {host}")

sys.addaudithook(guard)
"""


class Offline:
    """Runs Python with access to this machine only; `attempts` lists the refused connections."""

    def __init__(self, folder: Path) -> None:
        (folder / "sitecustomize.py").write_text(GUARD)
        self._log = folder / "attempts"
        self.env = {
            **{name: value for name, value in os.environ.items() if "proxy" not in name.lower()},
            **{"PYTHONPATH": f"{folder}{os.pathsep}{ROOT}", "GUARD_LOG": str(self._log)},
        }
        # A network namespace of its own has no way out for other programs than Python either.
        ways = [["unshare", "-n"], ["unshare", "-rn"]] if shutil.which("unshare") else []
        self.prefix: list[str] = next((way for way in ways if works(way)), [])

    @property
    def attempts(self) -> list[str]:
        return self._log.read_text().splitlines() if self._log.exists() else []

    def run(self, code: str, *args: str, **more: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [*self.prefix, sys.executable, "-c", code, *args],
            env={**self.env, **more},
            capture_output=True,
        )


def works(prefix: list[str]) -> bool:
    return subprocess.run([*prefix, "true"], capture_output=True).returncode == 0


@pytest.fixture
def offline(tmp_path: Path) -> Offline:
    (tmp_path / "guard").mkdir()
    return Offline(tmp_path / "guard")


@pytest.fixture(scope="module")
def served(seeds_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve the page with the command itself, in a process that can reach this machine only."""
    offline = Offline(tmp_path_factory.mktemp("guard"))
    args = ["chat", "--data", str(seeds_index), "--port", str(free_port())]
    process = subprocess.Popen(
        [sys.executable, "-c", COMMAND, *args], env=offline.env, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        starting, *loading, ready = (process.stdout.readline() for _ in range(5))
        found = re.fullmatch(r"Chat at (http://127\.0\.0\.1:\d+/?) \(Ctrl-C ends it\)\n", ready)
        assert found, ready
        assert starting == f"Starting at {found[1]}\n"
        steps = ("Loading the program …", "Loading the models …", "Opening the index …")
        assert loading == [f"{step}\n" for step in steps]
        yield found[1]
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=60) == 0
        assert offline.attempts == []
    finally:
        process.kill()
        process.stdout.close()


def test_a_question_is_answered_and_its_citation_opened_without_a_request_elsewhere(served):
    with sync_playwright() as playwright:
        browser = open_chromium(playwright)
        with visit(browser, served) as here:
            expect(here.page.get_by_text("13 articles · 17–20 June 2024")).to_be_visible()
            turn = here.ask("what does the treaty promise?")
            expect(turn.locator("blockquote").first).to_have_text(PROMISE)
            mark = here.open_first_source(turn)
            assert mark.evaluate("mark => mark.textContent") == PROMISE
            expect(mark).to_be_in_viewport(ratio=1)
            expect(here.page.locator("#panel h2")).to_have_text(
                "Russia and North Korea sign pact with mutual-aid clause"
            )
            whole = here.page.locator("#panel .text").evaluate("text => text.textContent")
            file = (SEEDS / "2024-06-19-mutual-aid-pact.md").read_text(encoding="utf-8")
            assert whole.replace("Head of the file", "", 1) == file

            refused = here.ask("How do I reset the password of my router?")
            expect(refused.locator(".refusal .lead")).to_have_text("The articles do not say.")
            expect(refused.locator("blockquote")).to_have_count(0)
            hosts = {
                re.match(r"\w+://([^:/]*)", asked)[1] for asked in here.requests if "://" in asked
            }
        browser.close()
    assert hosts == {"127.0.0.1"}


def test_the_guard_of_these_tests_lets_nothing_out(offline):
    made = offline.run("import socket; socket.create_connection(('192.0.2.1', 80), timeout=5)")
    assert made.returncode == 1
    assert offline.attempts == ["socket.getaddrinfo 192.0.2.1"]


def test_index_and_ask_work_without_a_network(offline, tmp_path):
    data = str(tmp_path / "data")
    made = offline.run(COMMAND, "index", str(SEEDS), "--data", data)
    assert made.stderr == b""
    assert made.stdout.decode().splitlines()[0] == (
        "13 added; the index holds 13 articles (10 de, 3 en), 17 passages"
    )
    # Through a pipe of a system without umlauts too.
    question = "Was verspricht der Vertrag?"
    plain = {"LC_ALL": "C", "LANG": "C", "PYTHONIOENCODING": "latin-1"}
    made = offline.run(COMMAND, "ask", question, "--json", "--data", data, **plain)
    assert (made.returncode, made.stderr) == (0, b"")
    answer = json.loads(made.stdout.decode("utf-8"))
    assert answer["found"]
    [first, *_] = answer["citations"]
    assert first["title"] in (
        "Die Beistandsklausel: Was Moskau und Pjöngjang einander zusagen",
        "Russia and North Korea sign pact with mutual-aid clause",
    )
    text = Path(first["path"]).read_text(encoding="utf-8")
    assert text[first["start"] : first["end"]] == first["quote"]
    assert offline.attempts == []
