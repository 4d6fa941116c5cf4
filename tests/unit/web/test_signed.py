from __future__ import annotations

import random
from urllib.parse import urlencode

import pytest
from flask import Flask
from twilio.request_validator import RequestValidator
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from ivr.telephony.errors import UnsafeSecret
from ivr.web import WebDeps, create_app
from ivr.web.signed import read_form, signed_target
from tests.unit.web.kit import ACCOUNT, CALL, PUBLIC, TOKEN, House, settings, stream_url, verbs, voice_form

pytestmark = pytest.mark.unit

TARGETS = ("/voice/incoming", "/voice/fallback", "/voice/status", "/voice/after-stream?resume=1")


@pytest.fixture
def house() -> House:
    house = House()
    house.add_node()
    return house


def signed(target: str, form: dict[str, str], token: str = TOKEN) -> str:
    return str(RequestValidator(token).compute_signature(PUBLIC + target, form))


def refused(house: House, endpoint: str, reason: str) -> float:
    return house.figure(f'denwaban_webhooks_refused_total{{endpoint="{endpoint}",reason="{reason}"}}')


@pytest.mark.parametrize("target", TARGETS)
def test_unsigned_webhook_is_refused_and_counted(house: House, target: str) -> None:
    answer = house.send(target, urlencode(voice_form()), None)
    assert (answer.status_code, answer.data) == (403, b"")
    endpoint = target.removeprefix("/voice/").split("?")[0].replace("-", "_")
    assert refused(house, endpoint, "signature") == 1
    assert house.calls.recent() == []


@pytest.mark.parametrize("target", TARGETS)
def test_other_methods_are_not_known(house: House, target: str) -> None:
    for method in ("get", "put", "delete", "patch"):
        assert getattr(house.client, method)(target).status_code == 405


@pytest.mark.parametrize("signature", ["", "x", "=" * 28, "é", "A" * 5000, signed("/voice/status", {})])
def test_wrong_signatures_are_refused(house: House, signature: str) -> None:
    body = urlencode(voice_form())
    answer = house.client.post(
        "/voice/incoming",
        data=body,
        content_type="application/x-www-form-urlencoded",
        environ_overrides={"HTTP_X_TWILIO_SIGNATURE": signature},
    )
    assert answer.status_code == 403


def test_every_mutation_of_a_signed_webhook_is_refused(house: House) -> None:
    form = voice_form()
    signature = signed("/voice/incoming", form)
    body = urlencode(form)
    chance = random.Random(7)
    for _ in range(200):
        position = chance.randrange(len(body))
        mutated = body[:position] + chance.choice("abcXYZ0129%&=+") + body[position + 1 :]
        if dict(read_form("application/x-www-form-urlencoded", mutated.encode()) or []) == form:
            continue
        assert house.send("/voice/incoming", mutated, signature).status_code in (400, 403)
    assert house.calls.recent() == []


def test_host_and_forwarding_headers_do_not_move_the_address(house: House) -> None:
    form = voice_form()
    body = urlencode(form)
    forged = str(RequestValidator(TOKEN).compute_signature("https://evil.example/voice/incoming", form))
    headers = {
        "Host": "evil.example", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https",
        "X-Original-URL": "/voice/incoming",
    }  # fmt: skip
    kind = "application/x-www-form-urlencoded"
    bad = house.client.post(
        "/voice/incoming", data=body, content_type=kind, headers={**headers, "X-Twilio-Signature": forged}
    )
    assert bad.status_code == 403
    genuine = signed("/voice/incoming", form)
    good = house.client.post(
        "/voice/incoming", data=body, content_type=kind, headers={**headers, "X-Twilio-Signature": genuine}
    )
    assert good.status_code == 200


def test_either_token_is_good_while_it_is_changed() -> None:
    house = House(settings=settings(TWILIO_AUTH_TOKEN=f"new,{TOKEN}"))
    house.add_node()
    assert house.ask("/voice/incoming").status_code == 200
    form = {**voice_form(), "CallSid": "CA" + "b" * 32}
    assert house.send("/voice/incoming", urlencode(form), signed("/voice/incoming", form, "new")).status_code == 200


def test_empty_token_makes_no_app() -> None:
    with pytest.raises(UnsafeSecret):
        House(settings=settings(TWILIO_AUTH_TOKEN=""))


def test_large_body_is_refused_before_its_signature_is_looked_at(house: House) -> None:
    answer = house.send("/voice/incoming", b"a=" + b"x" * 70_000, "whatever")
    assert answer.status_code == 413
    assert refused(house, "incoming", "size") == 1
    assert refused(house, "incoming", "signature") == 0


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("{}", "application/json"),
        ("a=1", "multipart/form-data; boundary=x"),
        ("a=1", ""),
        ("a=\u00e9".encode(), None),
        ("a=%ff", None),
        ("&".join(f"a{n}=1" for n in range(500)), None),
    ],
)
def test_what_is_no_form_is_refused(house: House, body: str | bytes, kind: str | None) -> None:
    assert house.send("/voice/incoming", body, "whatever", kind).status_code == 400
    assert refused(house, "incoming", "form") == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CallSid", "CA1"),
        ("CallSid", "CA" + "A" * 32),
        ("AccountSid", "AC" + "f" * 32),
        ("CallStatus", "dancing"),
        ("Direction", "sideways"),
        ("From", "<script>"),
        ("Caller", "+15005550002"),
    ],
)
def test_signed_form_of_a_wrong_shape_is_refused_and_counted(house: House, name: str, value: str) -> None:
    assert house.ask("/voice/incoming", {name: value}).status_code == 400
    assert refused(house, "incoming", "form") == 1
    assert house.calls.recent() == []


def test_moved_parameter_borders_have_no_effect_of_their_own(house: House) -> None:
    first = house.ask("/voice/incoming", {"FromCity": "X", "From": "+15005550001"})
    form = {**voice_form(), "FromCity": "X"}
    signature = signed("/voice/incoming", form)
    recut = dict(form)
    del recut["From"], recut["FromCity"]
    # From+15005550001FromCityX signs like a single parameter with the rest as its value.
    recut["From"] = "+15005550001FromCityX"
    again = house.send("/voice/incoming", urlencode(recut), signature)
    assert again.status_code == 200
    assert again.data == first.data
    assert len(house.calls.recent()) == 1


def test_replay_gets_the_stored_answer_and_no_fresh_ticket(house: House) -> None:
    first = house.ask("/voice/incoming")
    house.clock.pass_by(3600)
    second = house.ask("/voice/incoming")
    assert second.data == first.data
    assert second.content_type == first.content_type
    assert stream_url(second).endswith("/token-1/")
    assert house.figure('denwaban_webhooks_replayed_total{endpoint="incoming"}') == 1
    assert house.figure('denwaban_calls_routed_total{route="media"}') == 1


def test_retry_with_the_same_idempotency_token_gets_the_same_answer(house: House) -> None:
    form = voice_form()
    headers = {"X-Twilio-Signature": signed("/voice/incoming", form), "I-Twilio-Idempotency-Token": "1"}
    answers = [house.client.post("/voice/incoming", data=form, headers=headers).data for _ in range(2)]
    assert answers[0] == answers[1]


def test_refused_requests_are_not_remembered(house: House) -> None:
    house.ask("/voice/incoming", {"CallStatus": "dancing"})
    house.ask("/voice/incoming", {"CallStatus": "dancing"})
    assert house.figure('denwaban_webhooks_replayed_total{endpoint="incoming"}') == 0
    assert refused(house, "incoming", "form") == 2


def test_failed_answer_is_not_remembered(house: House) -> None:
    house.nodes.failing = "disk"
    assert verbs(house.ask("/voice/incoming")) == ["Say", "Pause", "Redirect"]
    house.nodes.failing = None
    assert verbs(house.ask("/voice/incoming")) == ["Connect", "Redirect"]


def test_duplicated_parameter_is_refused(house: House) -> None:
    form = voice_form()
    signature = signed("/voice/incoming", form)
    assert house.send("/voice/incoming", urlencode(form) + "&To=%2B15005550006", signature).status_code == 400


def test_query_is_signed_as_it_came(house: House) -> None:
    target = "/voice/incoming?x=%E3%81%82%2f+~&&y"
    assert house.ask(target).status_code == 200
    form = voice_form()
    wrong = signed("/voice/incoming?x=%E3%81%82%2F+~&&y", form)
    assert house.send(target, urlencode(form), wrong).status_code == 403


def test_path_is_quoted_again() -> None:
    builder = EnvironBuilder(path="/voice/a b/é", query_string="q=%20")
    assert signed_target(Request(builder.get_environ())) == ("/voice/a%20b/%C3%A9", "q=%20")


def test_answers_carry_safe_headers(house: House) -> None:
    answer = house.ask("/voice/incoming")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"


def test_two_apps_count_apart() -> None:
    one, other = House(), House()
    one.send("/voice/incoming", "a=1", None)
    assert refused(one, "incoming", "signature") == 1
    assert refused(other, "incoming", "signature") == 0


def test_app_is_made_from_ports_alone(house: House) -> None:
    deps = WebDeps(settings(), house.calls, house.nodes, house.ledger, house.clock, lambda _: None)
    app = create_app(deps)
    assert isinstance(app, Flask)
    assert len(deps.new_token()) >= 43
    assert deps.new_token() != deps.new_token()
    assert len(deps.new_call_id()) == 32


def test_ids_in_the_kit_have_the_carriers_shape() -> None:
    assert len(ACCOUNT) == len(CALL) == 34
