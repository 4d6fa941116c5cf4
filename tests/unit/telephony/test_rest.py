"""The REST client, against a small server that answers from a script."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl

import pytest

from ivr.telephony.errors import CarrierError, UnsafeSecret
from ivr.telephony.rest import CarrierRest
from ivr.telephony.webhooks import CallStatus

pytestmark = pytest.mark.unit

ACCOUNT = "AC" + "0" * 32
CALL = "CA" + "1" * 32


class Script(ThreadingHTTPServer):
    """Answers every request alike and keeps what was asked."""

    answer: tuple[int, str] = (200, "{}")
    asked: list[tuple[str, str, list[tuple[str, str]]]]

    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Answering(BaseHTTPRequestHandler):
    server: Script

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        self.server.asked.append((self.command, self.path, parse_qsl(body)))
        status, text = self.server.answer
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    do_POST = do_GET

    def log_message(self, format: str, *args: object) -> None:
        """Silent."""


@pytest.fixture
def script() -> Iterator[Script]:
    with Script(("127.0.0.1", 0), Answering) as server:
        server.asked = []
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_a_call_is_ended_at_the_configured_address(script: Script) -> None:
    script.answer = (200, json.dumps({"sid": CALL, "status": "in-progress"}))
    assert CarrierRest(ACCOUNT, "token", script.address() + "/carrier/").end_call(CALL) is True
    path = f"/carrier/2010-04-01/Accounts/{ACCOUNT}/Calls/{CALL}.json"
    assert script.asked == [("POST", path, [("Status", "completed")])]


def test_the_librarys_own_environment_does_not_move_the_address(
    script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TWILIO_EDGE", "dublin")
    monkeypatch.setenv("TWILIO_REGION", "ie1")
    assert CarrierRest(ACCOUNT, "token", script.address()).end_call(CALL) is True


def test_a_call_that_is_over_needs_no_hanging_up(script: Script) -> None:
    script.answer = (400, json.dumps({"code": 21220, "message": "Call is not in-progress.", "status": 400}))
    assert CarrierRest(ACCOUNT, "token", script.address()).end_call(CALL) is False


@pytest.mark.parametrize(
    ("answer", "code", "is_retryable"),
    [
        ((404, '{"code": 20404, "message": "not found", "status": 404}'), 20404, False),
        ((429, '{"code": 20429, "message": "slow down", "status": 429}'), 20429, True),
        ((500, "{}"), 500, True),
        ((401, '{"code": 20003, "message": "Authenticate", "status": 401}'), 20003, False),
        (
            (503, '{"type": "x", "title": "busy", "status": 503, "code": 20503}'),
            20503,
            True,
        ),
    ],
)
def test_a_refusal_is_told_with_its_code(
    script: Script, answer: tuple[int, str], code: int, is_retryable: bool
) -> None:
    script.answer = answer
    with pytest.raises(CarrierError) as refused:
        CarrierRest(ACCOUNT, "token", script.address()).end_call(CALL)
    assert (refused.value.status, refused.value.code) == (answer[0], code)
    assert refused.value.retryable is is_retryable


def test_an_absent_carrier_may_be_tried_again() -> None:
    with pytest.raises(CarrierError) as refused:
        CarrierRest(ACCOUNT, "token", "http://127.0.0.1:1", timeout_secs=1).call_status(CALL)
    assert (refused.value.retryable, refused.value.status) == (True, None)


def test_the_state_of_a_call_is_read(script: Script) -> None:
    script.answer = (200, json.dumps({"sid": CALL, "status": "no-answer"}))
    assert CarrierRest(ACCOUNT, "token", script.address()).call_status(CALL) is CallStatus.NO_ANSWER


@pytest.mark.parametrize("body", ['{"status": "teleported"}', "{}", '{"status": null}'])
def test_an_unknown_state_is_an_error(script: Script, body: str) -> None:
    script.answer = (200, body)
    with pytest.raises(CarrierError):
        CarrierRest(ACCOUNT, "token", script.address()).call_status(CALL)


@pytest.mark.parametrize("answer", [(200, "not json"), (200, "[]"), (502, "<html>")])
def test_an_answer_that_is_none_is_an_error(script: Script, answer: tuple[int, str]) -> None:
    script.answer = answer
    with pytest.raises(CarrierError):
        CarrierRest(ACCOUNT, "token", script.address()).call_status(CALL)


@pytest.mark.parametrize("sid", ["", "CA1", "../Accounts", CALL + "/x", CALL.upper() + "\n"])
def test_a_call_id_of_another_shape_is_never_sent(script: Script, sid: str) -> None:
    with pytest.raises(CarrierError):
        CarrierRest(ACCOUNT, "token", script.address()).end_call(sid)
    assert script.asked == []


@pytest.mark.parametrize(("account", "token"), [("", "token"), (ACCOUNT, ""), (ACCOUNT, " ")])
def test_empty_credentials_are_refused(account: str, token: str) -> None:
    with pytest.raises(UnsafeSecret):
        CarrierRest(account, token)


def test_a_base_address_of_another_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="http"):
        CarrierRest(ACCOUNT, "token", "file:///etc")
