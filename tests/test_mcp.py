"""The chat as an MCP server: the real client over streamable HTTP."""

import asyncio
import json

import pytest
from pages import FERRY, TICKET, Script, bare_app, free_port
from test_api import CALLS, HELD, find, read_article

from ui.api import add_api
from ui.server import MCP_PATH, start_server
from ui.words import ENGLISH
from vectorstore import Filter

mcp = pytest.importorskip("mcp")
streamable_http = pytest.importorskip("mcp.client.streamable_http")


@pytest.fixture(scope="module")
def url():
    app = bare_app(Script().chain())
    add_api(app, Script().chain(), find, read_article, lambda: HELD[0])
    yield start_server(app, host="127.0.0.1", port=free_port(), mcp=True)
    app.close(verbose=False)


def talk(url, *calls):
    """Return the tools, and the answer to each call."""

    async def session():
        async with streamable_http.streamablehttp_client(url + MCP_PATH) as (read, write, _):
            async with mcp.ClientSession(read, write) as client:
                await client.initialize()
                tools = (await client.list_tools()).tools
                return tools, [await client.call_tool(name, given) for name, given in calls]

    return asyncio.run(session())


def test_an_assistant_finds_three_tools_with_their_parameters_described(url):
    tools, _ = talk(url)
    assert [tool.name for tool in tools] == ["ask", "search", "article"]
    assert tools[0].description.startswith("Answer a question from the archive of news articles")
    search = tools[1].inputSchema
    assert search["required"] == ["query"]
    assert search["properties"]["date_from"]["description"] == "first day, such as 2024-06-17"


def test_an_assistant_asks_searches_and_reads(url):
    _, (asked, found, read) = talk(
        url,
        ("ask", {"question": "What is a ticket?"}),
        ("search", {"query": "ticket", "k": 2, "languages": ["en"]}),
        ("article", {"id": FERRY.id}),
    )
    assert not any(answer.isError for answer in (asked, found, read))
    [citation] = json.loads(asked.content[0].text)["citations"]
    assert citation["quote"] == TICKET
    assert citation["address"].startswith(f"/article/{FERRY.id}?start=")
    [passage] = json.loads(found.content[0].text)["passages"]
    assert passage["text"] == TICKET
    assert CALLS[-1] == ("ticket", 2, Filter(languages=["en"]))
    assert json.loads(read.content[0].text)["text"] == FERRY.text


def test_an_assistant_is_told_that_there_are_no_articles(url, monkeypatch):
    monkeypatch.setitem(HELD, 0, 0)
    _, [answer] = talk(url, ("ask", {"question": "How is the weather?"}))
    assert answer.isError
    assert ENGLISH.faults["no_index"] in answer.content[0].text


def test_bad_input_is_one_line_for_an_assistant_too(url):
    _, answers = talk(url, ("search", {"query": "a", "k": 0}), ("article", {"id": "nowhere"}))
    for answer, words in zip(answers, ("k must be", "There is no article"), strict=True):
        assert answer.isError
        assert words in answer.content[0].text and "\n" not in answer.content[0].text
