from __future__ import annotations

from datetime import timedelta

import pytest
from werkzeug.test import TestResponse

from ivr.ports import CallRecord
from ivr.web.api import OPENAPI, caller_ending
from tests.unit.web.kit import PUBLIC, START, House

pytestmark = pytest.mark.unit

EVIL = '<script>alert("x")</script>'


@pytest.fixture
def house() -> House:
    house = House()
    house.add_node()
    return house


def store_call(house: House, number: int = 1, flow: str = "support") -> None:
    call_id = f"{number:032x}"
    house.calls.create(
        CallRecord(
            call_id, f"CA{number:032x}", flow, "v1", "+15005550142", "+15005550006", created_at=START, language="en"
        )
    )
    house.calls.update(call_id, status="in_progress", answered_at=START)
    house.calls.end(call_id, ended_at=START + timedelta(seconds=75), outcome="resolved", cause="completed")


def ask(
    house: House, path: str, address: str = "127.0.0.1", host: str = "127.0.0.1:8080", **headers: str
) -> TestResponse:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return house.client.get(path, headers={"Host": host, **names}, environ_base={"REMOTE_ADDR": address})


def test_health_is_alive_whatever_else_is_broken(house: House) -> None:
    house.nodes.failing = house.calls.failing = "down"
    assert (ask(house, "/healthz").status_code, ask(house, "/healthz").text) == (200, "ok\n")


def test_ready_when_a_media_node_lives(house: House) -> None:
    assert ask(house, "/readyz").json == {"ready": True, "problems": []}


def test_not_ready_without_a_node_with_only_stopping_ones_or_without_a_database() -> None:
    house = House()
    answer = ask(house, "/readyz")
    assert (answer.status_code, answer.json) == (503, {"ready": False, "problems": ["no media process is alive"]})
    house.add_node(draining=True)
    assert ask(house, "/readyz").json == {"ready": False, "problems": ["every media process is being stopped"]}
    house.nodes.failing = "down"
    assert ask(house, "/readyz").json == {"ready": False, "problems": ["the database does not answer"]}


def test_home_page_shows_what_runs_and_the_last_calls(house: House) -> None:
    store_call(house)
    page = ask(house, "/").text
    assert "<h1>Denwaban" in page
    assert "The phone is answered." in page
    assert "media-1" in page
    assert "…42" in page
    assert "resolved" in page
    assert "1:15" in page
    assert "5005550142" not in page


def test_home_page_says_why_calls_cannot_be_answered(house: House) -> None:
    house.nodes.failing = "down"
    answer = ask(house, "/")
    assert answer.status_code == 200
    assert "Calls cannot be answered: the database does not answer." in answer.text


def test_home_page_tells_strangers_nothing(house: House) -> None:
    store_call(house)
    page = ask(house, "/", address="203.0.113.9", host="calls.example.com").text
    assert "media-1" not in page
    assert "resolved" not in page


def test_home_page_escapes_what_is_in_the_database(house: House) -> None:
    store_call(house, flow=EVIL)
    page = ask(house, "/").text
    assert EVIL not in page
    assert "&lt;script&gt;" in page


def test_home_page_needs_no_script_and_allows_none(house: House) -> None:
    answer = ask(house, "/")
    assert "<script" not in answer.text
    assert "style=" not in answer.text
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'self'")
    style = ask(house, "/static/app.css")
    assert style.status_code == 200
    style.close()


@pytest.mark.parametrize(
    ("address", "host", "headers", "status"),
    [
        ("127.0.0.1", "127.0.0.1:8080", {}, 200),
        ("127.0.0.1", "localhost", {}, 200),
        ("::1", "[::1]:8080", {}, 200),
        ("::ffff:127.0.0.1", "localhost:8080", {}, 200),
        ("203.0.113.9", "127.0.0.1", {}, 403),
        ("::ffff:203.0.113.9", "localhost", {}, 403),
        ("127.0.0.1", "calls.example.com", {}, 403),
        ("127.0.0.1", "127.0.0.1.evil.example", {}, 403),
        ("127.0.0.1", "localhost", {"X_Forwarded_For": "127.0.0.1"}, 403),
        ("127.0.0.1", "localhost", {"Forwarded": "for=127.0.0.1"}, 403),
        ("127.0.0.1", "localhost", {"X_Real_IP": "127.0.0.1"}, 403),
        ("", "localhost", {}, 403),
        ("nonsense", "localhost", {}, 403),
    ],
)
def test_calls_are_listed_for_this_machine_only(
    house: House, address: str, host: str, headers: dict[str, str], status: int
) -> None:
    assert ask(house, "/api/v1/calls", address, host, **headers).status_code == status


@pytest.mark.parametrize(
    ("address", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("10.1.2.3", {}, 200),
        ("8.8.8.8", {}, 403),
        ("10.1.2.3", {"X_Forwarded_For": "8.8.8.8"}, 403),
        ("nonsense", {}, 403),
    ],
)
def test_metrics_are_for_the_private_network(house: House, address: str, headers: dict[str, str], status: int) -> None:
    answer = ask(house, "/metrics", address, **headers)
    assert answer.status_code == status


def test_metrics_name_no_number(house: House) -> None:
    house.ask("/voice/incoming")
    house.ask("/voice/incoming", {"To": "+15005550099", "Called": "+15005550099"})
    text = ask(house, "/metrics").text
    assert 'denwaban_calls_routed_total{route="media"} 1.0' in text
    assert 'denwaban_webhook_seconds_count{endpoint="incoming"} 2.0' in text
    assert "500555" not in text


def test_calls_are_listed_newest_first_without_numbers(house: House) -> None:
    store_call(house, 1)
    store_call(house, 2)
    body = ask(house, "/api/v1/calls?limit=1").json
    assert body is not None
    (call,) = body["calls"]
    assert call["caller_ending"] == "42"
    assert call["outcome"] == "resolved"
    assert call["ended_at"] == "2026-11-23T09:01:15+00:00"
    assert set(call) == set(OPENAPI["components"]["schemas"]["Call"]["properties"])


@pytest.mark.parametrize("limit", ["0", "201", "-1", "x", "", "1e3", "٣", "99999"])
def test_limit_out_of_range_is_refused(house: House, limit: str) -> None:
    assert house.client.get("/api/v1/calls", query_string={"limit": limit}).status_code == 400


def test_interface_describes_itself(house: House) -> None:
    body = ask(house, "/api/v1/openapi.json", "203.0.113.9", "calls.example.com").json
    assert body is not None
    assert list(body["paths"]) == ["/api/v1/calls"]


@pytest.mark.parametrize(("number", "ending"), [("+15005550142", "42"), ("", ""), ("110", ""), ("client:jo", "")])
def test_only_the_ending_of_a_number_is_shown(number: str, ending: str) -> None:
    assert caller_ending(number) == ending


def test_call_without_times_has_a_line_too(house: House) -> None:
    house.calls.create(CallRecord("f" * 32, "CA" + "f" * 32, "support", "v1", "", "+15005550006"))
    assert "withheld" in ask(house, "/").text


def test_unknown_page_is_a_plain_404(house: House) -> None:
    assert ask(house, "/nowhere").status_code == 404
    assert PUBLIC not in ask(house, "/nowhere").text
