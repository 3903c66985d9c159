"""With a file of passwords nothing is reached without one: by browser, client and MCP."""

import asyncio
import base64

import httpx
import pytest
from gradio_client import Client
from gradio_client.exceptions import AuthenticationError
from pages import ARTICLES, BRIDGE, FERRY, TICKET, Script, bare_app, free_port
from playwright.sync_api import expect
from starlette.middleware import Middleware
from test_api import find, read_article

from ui.api import add_api
from ui.article_page import build_article_routes
from ui.conversations.opening import open_conversations
from ui.conversations.words import ENGLISH
from ui.guard.guard import COOKIE, OPEN, Guard, read_target
from ui.guard.passwords import hash_password
from ui.guard.sessions import Sessions
from ui.server import MCP_PATH, start_server
from ui.surface import PAGES

# Cheap to compare with: the machine of the tests has other things to do.
PASSWORDS = {name: hash_password(f"{name} geheim", n=2**14, p=1) for name in ("anna", "bert")}
PATIENCE = 60.0
ANNA = ("anna", "anna geheim")


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    store = open_conversations(tmp_path_factory.mktemp("data"))
    chain = Script().chain()
    app = bare_app(chain, conversations=store)
    add_api(app, chain, find, read_article, lambda: 3)
    guard = Middleware(
        Guard, passwords=PASSWORDS, sessions=Sessions(PASSWORDS, b"k" * 32), pause=0.0
    )
    yield start_server(
        app,
        host="127.0.0.1",
        port=free_port(),
        routes=build_article_routes(ARTICLES.__getitem__),
        mcp=True,
        guard=guard,
    )
    app.close(verbose=False)
    store.close()


@pytest.mark.parametrize(
    "path",
    sorted(PAGES - OPEN - {"/"})
    + [f"/article/{BRIDGE.id}", "/assets/x.js", "/static/img/logo.svg", "/gradio_api/call/ask/1"]
    + ["/gradio_api/heartbeat/x", "/?conversation=x", "//", "/login/", "/LOGIN"],
)
def test_nothing_is_reached_without_a_password(url, path):
    for method in ("GET", "POST"):
        answer = httpx.request(method, url.rstrip("/") + path)
        assert answer.status_code in (401, 404), path
        if answer.status_code == 401:
            assert answer.text == "Name and password are needed."
            assert answer.headers["www-authenticate"].startswith("Basic ")


def test_a_browser_is_led_to_the_page_to_sign_in_and_back(url):
    with httpx.Client(base_url=url, headers={"Accept": "text/html"}, timeout=PATIENCE) as browser:
        address = f"/article/{FERRY.id}?start=0&end=3"
        away = browser.get(address)
        assert away.status_code == 303
        page = browser.get(away.headers["location"])
        assert page.status_code == 200
        assert "form-action 'self'" in page.headers["content-security-policy"]
        assert page.headers["cache-control"] == "no-store"
        form = {"username": "anna", "password": "anna geheim"}
        entered = browser.post(away.headers["location"], data=form)
        assert (entered.status_code, entered.headers["location"]) == (303, address)
        cookie = entered.headers["set-cookie"].lower()
        assert "httponly" in cookie and "samesite=lax" in cookie
        assert "Ferry returns" in browser.get(address).text


@pytest.mark.parametrize(
    "form",
    [
        {"username": "anna", "password": "bert geheim"},
        {"username": "nobody", "password": "anna geheim"},
        {"username": "anna"},
        {},
    ],
)
def test_a_wrong_name_or_password_gets_no_session(url, form):
    answer = httpx.post(f"{url}login", data=form, headers={"Accept": "text/html"}, timeout=PATIENCE)
    assert answer.status_code == 401
    assert ENGLISH.wrong in answer.text
    assert "set-cookie" not in answer.headers


def test_a_name_on_the_page_to_sign_in_is_text(url):
    hostile = '"><script>alert(1)</script>'
    form = {"username": hostile, "password": ""}
    text = httpx.post(f"{url}login", data=form, headers={"Accept": "text/html"}).text
    assert "<script>" not in text
    assert "&lt;script&gt;" in text


@pytest.mark.parametrize(
    ("given", "target"),
    [
        ("/article/a?start=1&end=2", "/article/a?start=1&end=2"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("https://evil.example", "/"),
        ("/a\r\nSet-Cookie: x", "/"),
        ("", "/"),
    ],
)
def test_after_signing_in_only_this_server_is_led_to(given, target):
    assert read_target(given) == target


@pytest.mark.parametrize(
    "header",
    ["Basic", "Basic %%%", "Basic YW5uYQ==", "Bearer x", "Basic YW5uYTphbm5hIGdlaGVpbQ"],
)
def test_a_header_that_names_nobody_is_turned_away(url, header):
    assert (
        httpx.get(f"{url}config", headers={"Authorization": header}, timeout=PATIENCE).status_code
        == 401
    )


def test_a_forged_cookie_is_turned_away(url):
    forged = Sessions(PASSWORDS, b"x" * 32).make("anna")
    assert httpx.get(f"{url}config", cookies={COOKIE: forged}).status_code == 401


def test_programs_sign_in_as_the_readme_says(url, tmp_path):
    options = {"verbose": False, "analytics_enabled": False, "download_files": tmp_path}
    options |= {"httpx_kwargs": {"timeout": PATIENCE}}
    client = Client(url, auth=ANNA, **options)
    asked = client.predict("What is a ticket?", api_name="/ask")
    assert asked["citations"][0]["quote"] == TICKET
    client.close()
    with pytest.raises(AuthenticationError):
        Client(url, auth=("anna", "falsch"), **options)
    assert httpx.get(f"{url}gradio_api/info", auth=ANNA).status_code == 200


def test_an_assistant_sends_name_and_password_with_each_request(url):
    mcp = pytest.importorskip("mcp")
    from mcp.client.streamable_http import streamablehttp_client

    headers = {"Authorization": "Basic " + base64.b64encode(":".join(ANNA).encode()).decode()}

    async def tools():
        async with streamablehttp_client(url + MCP_PATH, headers=headers) as (read, write, _):
            async with mcp.ClientSession(read, write) as client:
                await client.initialize()
                return [tool.name for tool in (await client.list_tools()).tools]

    assert asyncio.run(tools()) == ["ask", "search", "article"]
    assert httpx.post(url + MCP_PATH, json={}).status_code == 401


def sign_in(page, url, name):
    page.goto(url)
    page.get_by_label(ENGLISH.person).fill(name)
    page.get_by_label(ENGLISH.password).fill(f"{name} geheim")
    page.get_by_role("button", name=ENGLISH.sign_in).click()
    expect(page.locator("#header")).to_be_visible(timeout=60_000)


def test_two_people_have_conversations_of_their_own(browser, url):
    contexts = [browser.new_context(locale="en") for _ in range(3)]
    anna, again, bert = (context.new_page() for context in contexts)
    sign_in(anna, url, "anna")
    expect(anna.locator(".greeting")).to_be_visible()
    anna.locator("#question textarea").fill("ticket")
    anna.locator("#question textarea").press("Enter")
    expect(anna.locator(".turn")).to_have_attribute("aria-busy", "false", timeout=20_000)
    address = anna.url
    sign_in(again, address, "anna")
    assert again.url == address
    expect(again.locator(".turn blockquote")).to_have_text(TICKET, timeout=20_000)
    sign_in(bert, address, "bert")
    expect(bert.locator("#hint p")).to_have_text(ENGLISH.unknown, timeout=20_000)
    expect(bert.locator(".turn")).to_have_count(0)
    bert.get_by_role("button", name=ENGLISH.history).click()
    expect(bert.get_by_role("dialog")).to_contain_text(ENGLISH.nothing)
    expect(bert.get_by_role("dialog")).to_contain_text(ENGLISH.signed_in.format(name="bert"))
    bert.get_by_role("button", name=ENGLISH.sign_out).click()
    expect(bert.get_by_role("button", name=ENGLISH.sign_in)).to_be_visible()
    bert.goto(url)
    expect(bert.get_by_role("button", name=ENGLISH.sign_in)).to_be_visible()
    for context in contexts:
        context.close()
