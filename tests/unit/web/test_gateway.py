from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest

from ivr.web import gateway
from ivr.web.gateway import RAW_PATH, BodyFirst, Message, environ_of

pytestmark = pytest.mark.unit


class Closing:
    """A WSGI answer that notes that it was closed."""

    def __init__(self) -> None:
        self.is_closed = False

    def __iter__(self) -> Iterator[bytes]:
        return iter([b"one ", b"two"])

    def close(self) -> None:
        self.is_closed = True


class Recorder:
    """A WSGI app that keeps what it was given."""

    def __init__(self, answer: Iterable[bytes] = (b"ok",)) -> None:
        self.environs: list[dict[str, Any]] = []
        self.bodies: list[bytes] = []
        self.answer = answer

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        self.environs.append(environ)
        self.bodies.append(environ["wsgi.input"].read())
        start_response("201 CREATED", [("X-One", "1")])
        return self.answer


def scope(**more: Any) -> dict[str, Any]:
    return {
        "type": "http", "method": "POST", "path": "/voice/incoming", "query_string": b"a=%2F", "headers": [],
        "client": ("127.0.0.1", 5), "server": ("127.0.0.1", 8080), "http_version": "1.1", "scheme": "http", **more,
    }  # fmt: skip


def ask(app: Any, parts: Iterable[Message | None], *, body_secs: float = 5.0, **more: Any) -> list[Message]:
    """Runs one request; a `None` among the parts is a sender that stops for ever."""
    sent: list[Message] = []

    async def run() -> None:
        gate = BodyFirst(app, threads=1, max_bytes=10, body_secs=body_secs)
        queue = iter(parts)

        async def receive() -> Message:
            part = next(queue)
            if part is None:
                await asyncio.Event().wait()
                raise AssertionError
            return part

        async def send(message: Message) -> None:
            sent.append(message)

        try:
            await gate(scope(**more), receive, send)
        finally:
            gate.close()

    asyncio.run(run())
    return sent


def part(body: bytes, *, more: bool = False) -> Message:
    return {"type": "http.request", "body": body, "more_body": more}


def test_body_in_parts_arrives_whole_and_the_answer_goes_back() -> None:
    answer = Closing()
    app = Recorder(answer)
    sent = ask(app, [part(b"abc", more=True), part(b"def")])
    assert app.bodies == [b"abcdef"]
    assert sent == [
        {"type": "http.response.start", "status": 201, "headers": [(b"x-one", b"1")]},
        {"type": "http.response.body", "body": b"one two", "more_body": False},
    ]
    assert answer.is_closed


def test_body_that_is_too_long_is_cut_one_byte_past_the_limit() -> None:
    app = Recorder()
    ask(app, [part(b"x" * 8, more=True), part(b"x" * 8, more=True), None])
    assert app.bodies == [b"x" * 11]
    assert app.environs[0]["CONTENT_LENGTH"] == "11"


def test_sender_who_stops_in_the_middle_gets_408_and_no_thread() -> None:
    app = Recorder()
    sent = ask(app, [part(b"a", more=True), None], body_secs=0.01)
    assert sent[0]["status"] == 408
    assert app.bodies == []


def test_sender_who_is_gone_gets_no_thread() -> None:
    app = Recorder()
    assert ask(app, [part(b"a", more=True), {"type": "http.disconnect"}]) == []
    assert app.bodies == []


def test_when_too_many_wait_the_next_is_turned_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gateway, "MAX_WAITING", 0)
    sent = ask(Recorder(), [part(b"")])
    assert sent[0]["status"] == 503
    assert (b"retry-after", b"1") in sent[0]["headers"]


def test_other_kinds_of_connection_are_ignored() -> None:
    assert ask(Recorder(), [], type="lifespan") == []


def test_a_socket_is_closed_where_there_are_no_live_pages() -> None:
    assert ask(Recorder(), [{"type": "websocket.connect"}], type="websocket") == [
        {"type": "websocket.close", "code": 1008}
    ]


def test_app_runs_in_a_thread_of_the_pool() -> None:
    names: list[str] = []

    def app(_: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        names.append(threading.current_thread().name)
        start_response("200 OK", [])
        return []

    ask(app, [part(b"")])
    assert names == ["web_0"]


def test_failing_app_closes_its_answer_and_the_error_reaches_the_server() -> None:
    def app(_: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        ask(app, [part(b"")])


def test_environment_has_what_wsgi_wants() -> None:
    headers = [
        (b"host", b"calls.example.com"), (b"content-type", b"text/plain"), (b"content-length", b"999"),
        (b"transfer-encoding", b"chunked"), (b"x-twilio-signature", b"abc="), (b"via", b"1"), (b"via", b"2"),
    ]  # fmt: skip
    environ = environ_of(scope(path="/voice/é", raw_path=b"/voice/%C3%A9?a=%2F", headers=headers), b"12")
    assert environ["PATH_INFO"] == "/voice/Ã©"
    assert environ[RAW_PATH] == "/voice/%C3%A9"
    assert environ["QUERY_STRING"] == "a=%2F"
    assert environ["HTTP_HOST"] == "calls.example.com"
    assert environ["HTTP_X_TWILIO_SIGNATURE"] == "abc="
    assert environ["HTTP_VIA"] == "1,2"
    assert (environ["CONTENT_TYPE"], environ["CONTENT_LENGTH"]) == ("text/plain", "2")
    assert "HTTP_TRANSFER_ENCODING" not in environ
    assert (environ["REMOTE_ADDR"], environ["SERVER_PORT"]) == ("127.0.0.1", "8080")
    assert environ["SERVER_PROTOCOL"] == "HTTP/1.1"
    bare = environ_of(scope(client=None, server=None), b"")
    assert (bare["REMOTE_ADDR"], bare["SERVER_NAME"]) == ("", "localhost")
    assert RAW_PATH not in bare
