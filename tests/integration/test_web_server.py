from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from urllib.parse import urlencode

import psutil
import pytest
from defusedxml.ElementTree import fromstring
from twilio.request_validator import RequestValidator

from tests.unit.web.kit import PUBLIC, TOKEN, voice_form

pytestmark = pytest.mark.integration

ROOT = Path(__file__).parents[2]
PATIENCE_SECS = 30.0
FORM = "application/x-www-form-urlencoded"


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def ask(
    port: int, method: str, target: str, body: bytes = b"", headers: dict[str, str] | None = None
) -> tuple[int, bytes, str]:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECS)) as connection:
        connection.request(method, target, body, headers or {})
        answer = connection.getresponse()
        return answer.status, answer.read(), answer.headers.get("Content-Type", "")


def webhook(port: int, target: str, signed_target: str | None = None, **changes: str) -> tuple[int, bytes, str]:
    form = {**voice_form(), **changes}
    signature = RequestValidator(TOKEN).compute_signature(PUBLIC + (signed_target or target), form)
    headers = {"Content-Type": f"{FORM}; charset=UTF-8", "X-Twilio-Signature": signature}
    return ask(port, "POST", target, urlencode(form).encode(), headers)


def is_up(port: int) -> bool:
    try:
        return ask(port, "GET", "/healthz")[0] == 200
    except OSError:
        return False


def wait_for(condition: object) -> None:
    assert callable(condition)
    deadline = time.monotonic() + PATIENCE_SECS
    pause = threading.Event()
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        pause.wait(0.05)


def started(port: int) -> subprocess.Popen[bytes]:
    process = subprocess.Popen([sys.executable, "-m", "tests.integration.web_house", str(port)], cwd=ROOT)
    wait_for(lambda: is_up(port))
    return process


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    number = free_port()
    process = started(number)
    yield number
    process.terminate()
    assert process.wait(PATIENCE_SECS) == 0


def call_sid(number: int) -> str:
    return f"CA{number:032x}"


def test_signed_call_is_answered(port: int) -> None:
    status, body, kind = webhook(port, "/voice/incoming", CallSid=call_sid(1))
    assert (status, kind) == (200, "text/xml; charset=utf-8")
    assert [verb.tag for verb in fromstring(body)] == ["Connect", "Redirect"]


@pytest.mark.parametrize(
    "query", ["x=%E3%81%82%2F%2b", "x=a+b~*'()", "x=%e3%81%82", "a=1&a=2&&b", "x=%25%32%46", "x=1;y=2", "x=[]|^"]
)
def test_query_arrives_as_it_was_signed(port: int, query: str) -> None:
    target = f"/voice/incoming?{query}"
    assert webhook(port, target, CallSid=call_sid(1000 + zlib.crc32(query.encode())))[0] == 200
    assert webhook(port, target, f"/voice/incoming?{query}x", CallSid=call_sid(3))[0] == 403


def test_path_arrives_as_it_was_signed(port: int) -> None:
    assert webhook(port, "/voice/%69ncoming", CallSid=call_sid(4))[0] == 200
    assert webhook(port, "/voice/%69ncoming", "/voice/incoming", CallSid=call_sid(5))[0] == 403
    assert webhook(port, "/voice/incoming", "/voice/%69ncoming", CallSid=call_sid(6))[0] == 403


def test_values_of_every_script_arrive_as_they_were_signed(port: int) -> None:
    for number, city in enumerate(("Grüße 👋 日本", "a+b&c=d%20", " lead and trail ", "\u200bзвук\n"), start=10):
        assert webhook(port, "/voice/incoming", CallSid=call_sid(number), FromCity=city)[0] == 200


def test_unsigned_and_wrong_requests_are_refused(port: int) -> None:
    assert ask(port, "POST", "/voice/incoming", b"a=1", {"Content-Type": FORM})[0] == 403
    assert ask(port, "GET", "/voice/incoming")[0] == 405
    assert ask(port, "POST", "/voice/incoming", b"{}", {"Content-Type": "application/json"})[0] == 400


def test_large_body_is_refused_whether_its_length_is_told_or_not(port: int) -> None:
    large = b"a=" + b"x" * 200_000
    assert ask(port, "POST", "/voice/incoming", large, {"Content-Type": FORM})[0] == 413
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECS)) as connection:
        parts = (large[at : at + 1000] for at in range(0, len(large), 1000))
        connection.request("POST", "/voice/incoming", parts, {"Content-Type": FORM}, encode_chunked=True)
        assert connection.getresponse().status == 413


@pytest.mark.parametrize(
    "raw",
    [
        b"\x00\x01\x02\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"POST /voice/incoming HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"POST /voice/incoming HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST /voice/incoming HTTP/1.1\r\nHost: x\r\nContent-Length: 999999999999\r\n\r\nabc",
        b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n",
    ],
)
def test_hostile_bytes_stop_nobody_else(port: int, raw: bytes) -> None:
    with closing(socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SECS)) as connection:
        connection.sendall(raw)
        connection.shutdown(socket.SHUT_WR)
        connection.settimeout(2)
        with suppress(TimeoutError, ConnectionError):
            connection.recv(4096)
    assert webhook(port, "/voice/incoming", CallSid=call_sid(20))[0] == 200


def test_slow_headers_slow_bodies_and_idle_sockets_stop_nobody(port: int) -> None:
    with ExitStack() as stack:
        for number in range(300):
            connection = stack.enter_context(closing(socket.create_connection(("127.0.0.1", port))))
            if number % 3 == 0:
                connection.sendall(b"POST /voice/incoming HTTP/1.1\r\nHost: x\r\nX-Slow: ")
            elif number % 3 == 1:
                connection.sendall(
                    b"POST /voice/incoming HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n"
                    b"Content-Type: application/x-www-form-urlencoded\r\n\r\na"
                )
        assert is_up(port)
        assert webhook(port, "/voice/incoming", CallSid=call_sid(30))[0] == 200


def test_same_webhook_at_the_same_time_has_one_answer(port: int) -> None:
    with ThreadPoolExecutor(8) as crowd:
        jobs = [crowd.submit(webhook, port, "/voice/incoming", CallSid=call_sid(40)) for _ in range(16)]
        answers = {job.result()[1] for job in jobs}
    assert len(answers) == 1


def test_nothing_is_left_when_the_server_is_killed() -> None:
    number = free_port()
    process = started(number)
    children = psutil.Process(process.pid).children(recursive=True)
    assert children
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    wait_for(lambda: not any(child.is_running() and child.status() != psutil.STATUS_ZOMBIE for child in children))
    wait_for(lambda: not is_up(number))


def test_server_whose_serving_child_is_killed_serves_again() -> None:
    number = free_port()
    process = started(number)
    try:
        (child,) = psutil.Process(process.pid).children()
        child.kill()
        wait_for(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE)
        wait_for(lambda: is_up(number))
    finally:
        process.terminate()
        process.wait(PATIENCE_SECS)
