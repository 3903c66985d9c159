"""A small OpenAI-compatible server on loopback that says what its script tells it to.

For the tests, which drive it through the real client, and for a trial by hand:
`python -m tests.scripted_server --port 8089 --script mixed`, then the model `openai:scripted` at
the base URL that it prints. A script is a function of an Exchange.
"""

import argparse
import json
import re
import select
import sys
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Request:
    """What the client sent; the names of headers are in lower case."""

    path: str
    headers: dict
    body: dict

    @property
    def prompt(self):
        return "\n".join(message["content"] for message in self.body["messages"])

    @property
    def structured(self):
        return "response_format" in self.body

    @property
    def passages(self):
        """The passages' texts as they were given, without the line that tells about each."""
        found = re.findall(
            r"^<passage (\w+)>\n[^\n]*\n(.*?)\n</passage \1>$",
            self.body["messages"][-1]["content"],
            re.MULTILINE | re.DOTALL,
        )
        return [text for _, text in found]

    @property
    def follow_up(self):
        """The question that is to be rewritten, None where an answer is asked for."""
        found = re.search(r'^The last question, .*?: (".*")$', self.prompt, re.MULTILINE)
        return found and json.loads(found[1])

    @property
    def turns(self):
        """The earlier turns of the conversation as they were given."""
        given = self.body["messages"][-1]["content"]
        found = re.match(r"<conversation (\w+)>\n(.*?)\n</conversation \1>\n", given, re.DOTALL)
        return [json.loads(line) for line in found[2].split("\n")]


class Left(Exception):
    """The client closed the connection."""


class Exchange:
    """One request and the means to answer it, by SSE or at once, as the client asked for."""

    def __init__(self, handler, request):
        self.request = request
        self._handler = handler
        self._server = handler.server.scripted
        self._text = ""
        self._begun = False

    def fail(self, status, message, headers=(), **more):
        """Answer with an error."""
        body = json.dumps({"error": {"message": message, "type": "error", **more}}).encode()
        self._handler.send_response(status)
        for name, value in (("Content-Type", "application/json"), *headers):
            self._handler.send_header(name, value)
        self._handler.send_header("Content-Length", str(len(body)))
        self._handler.end_headers()
        self._handler.wfile.write(body)

    def say(self, *parts):
        """Send parts of the output, each in a chunk of its own."""
        for part in parts:
            self._text += part
            if self.request.body.get("stream"):
                self._send({"index": 0, "delta": {"role": "assistant", "content": part}})

    def end(self, finish="stop", *, done=True):
        """End the output; without `done` and a reason it just ends."""
        if not self.request.body.get("stream"):
            message = {"role": "assistant", "content": self._text}
            choice = {"index": 0, "message": message, "finish_reason": finish}
            self._send_whole(completion("chat.completion", choice))
            return
        if finish:
            self._send({"index": 0, "delta": {}, "finish_reason": finish})
        self._begin()
        if done:
            self._write(b"data: [DONE]\n\n")
        self._handler.wfile.write(b"0\r\n\r\n")

    def break_down(self, message):
        """Send an error in the middle of the stream, as servers do that have begun already."""
        self._begin()
        sent = json.dumps({"error": {"message": message, "type": "server_error"}})
        self._write(f"data: {sent}\n\n".encode())
        self._handler.wfile.write(b"0\r\n\r\n")

    def cut(self):
        """Break the connection off."""
        self._handler.wfile.flush()
        self._handler.close_connection = True
        self._handler.connection.shutdown(2)

    def ping(self):
        """Send a sign of life without content, as servers do while a model thinks."""
        self._begin()
        self._write(b": ping\n\n")

    def wait(self, event=None, *, pings=False):
        """Wait until the event is set, or for good; raises Left once the client has gone."""
        event = event or threading.Event()
        while not event.wait(0.02):
            if pings:
                self.ping()
            readable, _, _ = select.select([self._handler.connection], [], [], 0)
            if readable and not self._handler.connection.recv(1):
                raise Left
            if self._server.closing.is_set():
                raise Left

    def _begin(self):
        if not self._begun:
            self._begun = True
            self._handler.send_response(200)
            self._handler.send_header("Content-Type", "text/event-stream")
            self._handler.send_header("Transfer-Encoding", "chunked")
            self._handler.end_headers()

    def _send(self, choice):
        self._begin()
        sent = json.dumps(completion("chat.completion.chunk", choice))
        self._write(f"data: {sent}\n\n".encode())

    def _send_whole(self, body):
        sent = json.dumps(body).encode()
        self._handler.send_response(200)
        self._handler.send_header("Content-Type", "application/json")
        self._handler.send_header("Content-Length", str(len(sent)))
        self._handler.end_headers()
        self._handler.wfile.write(sent)

    def _write(self, data):
        self._handler.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        self._handler.wfile.flush()


def completion(kind, choice):
    return {"id": "1", "object": kind, "created": 1, "model": "scripted", "choices": [choice]}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        scripted = self.server.scripted
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(self.path, headers, body)
        script = scripted.take(request)
        try:
            script(Exchange(self, request))
        except (Left, BrokenPipeError, ConnectionResetError):
            self.close_connection = True
            scripted.left.set()

    def log_message(self, *args):
        pass


class ScriptedServer:
    """Answers each request by the next script, the last one again and again."""

    def __init__(self, *scripts, port=0):
        self.requests = []
        self.asked = threading.Event()
        self.left = threading.Event()
        self.closing = threading.Event()
        self._scripts = list(scripts)
        self._lock = threading.Lock()
        self.http = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.http.daemon_threads = True
        self.http.block_on_close = False
        self.http.scripted = self
        self.url = f"http://127.0.0.1:{self.http.server_port}/v1"

    def take(self, request):
        with self._lock:
            self.requests.append(request)
            self.asked.set()
            return self._scripts[0] if len(self._scripts) == 1 else self._scripts.pop(0)


@contextmanager
def serving(*scripts):
    """Serve the scripts while the block runs."""
    server = ScriptedServer(*scripts)
    thread = threading.Thread(target=server.http.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.closing.set()
        server.http.shutdown()
        server.http.server_close()


def sentence(text, *quotes):
    """Make a sentence as the protocol has it; quotes are pairs of a number and words."""
    return {"text": text, "quotes": [{"passage": n, "words": words} for n, words in quotes]}


def write(sentences, *, structured):
    """Return the parts of an output that holds the sentences, one part a sentence, then its end."""
    lines = [json.dumps(each, ensure_ascii=False) for each in sentences]
    if not structured:
        return [*(line + "\n" for line in lines), '{"end": true}\n']
    first = '{"in_articles": true, "sentences": ['
    return [first, *(line + ", " for line in lines[:-1]), *lines[-1:], "]}"]


def saying(*sentences, finish="stop"):
    """Say the sentences in the form that is asked for."""

    def script(exchange):
        exchange.say(*write(sentences, structured=exchange.request.structured))
        exchange.end(finish)

    return script


def typing(*parts, finish="stop", done=True):
    """Send these parts just as they are."""

    def script(exchange):
        exchange.say(*parts)
        exchange.end(finish, done=done)

    return script


def rewriting(script, then):
    """Rewrite questions by one script, answer them by another."""
    return lambda exchange: (script if exchange.request.follow_up else then)(exchange)


def failing(status, message="no", headers=(), **more):
    """Answer with an error."""
    return lambda exchange: exchange.fail(status, message, headers, **more)


def pausing(event, *sentences):
    """Say the first sentence, wait for the event, say the others."""

    def script(exchange):
        parts = write(sentences, structured=exchange.request.structured)
        first = 2 if exchange.request.structured else 1
        exchange.say(*parts[:first])
        exchange.wait(event)
        exchange.say(*parts[first:])
        exchange.end()

    return script


def cutting(*sentences):
    """Say the sentences and the beginning of another, then break the connection off."""

    def script(exchange):
        exchange.say(
            *write(sentences, structured=exchange.request.structured)[:-1], ', {"text": "Und'
        )
        exchange.cut()

    return script


def silent(exchange):
    """Accept the request and never say a word."""
    exchange.wait()


def pinging(exchange):
    """Never say a word but that the connection lives."""
    exchange.wait(pings=True)


def endless(exchange):
    """Say the same line for ever."""
    while True:
        exchange.say('{"prose": "and so on"}\n' * 50)


def rejecting_format(exchange):
    """Refuse a JSON schema, as servers without that feature do; else deny."""
    if exchange.request.structured:
        exchange.fail(400, "response_format json_schema is not supported by this model")
    else:
        by_hand(exchange, "honest")


def echoing_key(exchange):
    """Refuse the key and repeat the request's header, as some gateways do."""
    sent = exchange.request.headers.get("authorization", "")
    exchange.fail(401, f"Incorrect API key provided: {sent}")


def by_hand(exchange, kind):
    """Answer any question about any passages, for a trial by hand."""
    firsts = [re.split(r"(?<=[.!?])\s", text)[0] for text in exchange.request.passages]
    honest = [sentence(words, (n, words)) for n, words in enumerate(firsts[:2], start=1)]
    others = {
        "honest": [],
        "mixed": [
            sentence(f"Im Jahr 4711: {firsts[0]}", (1, firsts[0])),
            sentence("Das weiß jeder.", (1, "Diese Wörter stehen nirgends.")),
        ],
    }
    if kind == "hallucinating":
        said = [sentence("Es kostet 4711 Euro.", (1, firsts[0])), sentence("So ist es.", (99, "x"))]
    elif kind == "obeying":
        said = [sentence("HACKED [1]", (1, firsts[0]))]
    else:
        said = honest + others[kind]
    saying(*said)(exchange)


def rewrite_by_hand(exchange):
    """Put the question before last in front of the last one, for a trial by hand."""
    before = exchange.request.turns[-1]["question"].rstrip("?")
    typing(f"{before}: {exchange.request.follow_up}")(exchange)


def slow(exchange):
    """Say a sentence every four seconds, for a trial of streaming and of Stop."""
    firsts = [re.split(r"(?<=[.!?])\s", text)[0] for text in exchange.request.passages]
    said = [sentence(words, (n, words)) for n, words in enumerate(firsts[:4], start=1)]
    for part in write(said, structured=exchange.request.structured):
        exchange.say(part)
        pause = threading.Event()
        threading.Timer(4, pause.set).start()
        exchange.wait(pause)
    exchange.end()


def cut_by_hand(exchange):
    first = re.split(r"(?<=[.!?])\s", exchange.request.passages[0])[0]
    cutting(sentence(first, (1, first)))(exchange)


SCRIPTS = {
    **{
        kind: rewriting(rewrite_by_hand, lambda exchange, kind=kind: by_hand(exchange, kind))
        for kind in ("honest", "mixed", "hallucinating", "obeying")
    },
    "denying": lambda exchange: typing('{"in_articles": false, "sentences": []}')(exchange),
    "slow": rewriting(rewrite_by_hand, slow),
    "silent": silent,
    "cut": rewriting(rewrite_by_hand, cut_by_hand),
    "busy": failing(429, "too many requests", [("Retry-After", "1")]),
    "refused": echoing_key,
    "failing": failing(500),
    "context": failing(400, "maximum context length exceeded", code="context_length_exceeded"),
    "no-format": rejecting_format,
    "malformed": typing('{"text": "Hm", "quotes": ]}'),
    "endless": endless,
    "empty": typing(),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8089)
    parser.add_argument("--script", choices=SCRIPTS, default="honest")
    chosen = parser.parse_args()
    server = ScriptedServer(SCRIPTS[chosen.script], port=chosen.port)
    sys.stdout.write(f"{chosen.script} at {server.url} (Ctrl-C ends it)\n")
    sys.stdout.flush()
    try:
        server.http.serve_forever()
    except KeyboardInterrupt:
        server.http.server_close()


if __name__ == "__main__":
    main()
