"""Text messages at the carrier's edge: forms in, documents out."""

from __future__ import annotations

import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import given
from hypothesis import strategies as st

from ivr.telephony.errors import BadWebhook
from ivr.telephony.messaging import (
    IncomingText,
    MessageStatus,
    MessageUpdate,
    parse_incoming_text,
    parse_message_status,
    reply,
)

pytestmark = pytest.mark.unit

ACCOUNT, MESSAGE = "AC" + "0" * 32, "SM" + "1" * 32
INCOMING = {
    "ToCountry": "US",
    "SmsMessageSid": MESSAGE,
    "NumMedia": "0",
    "FromCity": "São Paulo",
    "SmsStatus": "received",
    "Body": "WHEN",
    "To": "+15551230002",
    "MessageSid": MESSAGE,
    "AccountSid": ACCOUNT,
    "From": "+12025550123",
    "ApiVersion": "2010-04-01",
}
STATUS = {
    "SmsSid": MESSAGE,
    "SmsStatus": "delivered",
    "MessageStatus": "delivered",
    "To": "+12025550123",
    "MessageSid": MESSAGE,
    "AccountSid": ACCOUNT,
    "From": "+15551230002",
}


def form(base: dict[str, str], **changes: str | None) -> list[tuple[str, str]]:
    return [(name, value) for name, value in {**base, **changes}.items() if value is not None]


# -- what callers send -------------------------------------------------------------------------------


def test_an_incoming_text_is_read() -> None:
    assert parse_incoming_text(form(INCOMING), ACCOUNT) == IncomingText(MESSAGE, "+12025550123", "+15551230002", "WHEN")


@pytest.mark.parametrize("body", ["", " ", "いつ\n明日", "x" * 1600, "\0\x1b[31m"])
def test_any_words_are_taken_as_they_are(body: str) -> None:
    assert parse_incoming_text(form(INCOMING, Body=body), ACCOUNT).body == body


def test_a_picture_without_words_is_a_text_without_words() -> None:
    found = parse_incoming_text(form(INCOMING, Body="", MessageSid="MM" + "2" * 32, NumMedia="1"), ACCOUNT)
    assert (found.message_sid, found.body) == ("MM" + "2" * 32, "")


@pytest.mark.parametrize("sender", ["", "anonymous", "Restricted"])
def test_a_withheld_sender_is_none(sender: str) -> None:
    assert parse_incoming_text(form(INCOMING, From=sender), ACCOUNT).sender == ""


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"Body": "x" * 1601}, "Body"),
        ({"Body": None}, "Body"),
        ({"MessageSid": None}, "MessageSid"),
        ({"MessageSid": "CA" + "1" * 32}, "MessageSid"),
        ({"MessageSid": MESSAGE + "1"}, "MessageSid"),
        ({"From": "+1202555x123"}, "From"),
        ({"From": None}, "From"),
        ({"To": "<script>"}, "To"),
        ({"AccountSid": "AC" + "1" * 32}, "AccountSid"),
        ({"AccountSid": None}, "AccountSid"),
    ],
)
def test_a_form_of_another_shape_is_refused_by_its_field_and_without_its_value(
    changes: dict[str, str | None], field: str
) -> None:
    with pytest.raises(BadWebhook) as caught:
        parse_incoming_text(form(INCOMING, **changes), ACCOUNT)
    assert field in str(caught.value)
    assert not any(value and value in str(caught.value) for value in changes.values())


def test_a_doubled_field_is_refused() -> None:
    with pytest.raises(BadWebhook):
        parse_incoming_text([*form(INCOMING), ("Body", "STOP")], ACCOUNT)


@given(st.lists(st.tuples(st.sampled_from([*INCOMING, "x"]), st.text(max_size=40)), max_size=12))
def test_any_form_is_read_or_refused(pairs: list[tuple[str, str]]) -> None:
    for parse in (parse_incoming_text, parse_message_status):
        try:
            parse(pairs, ACCOUNT)
        except BadWebhook:
            continue


# -- how far ours have come --------------------------------------------------------------------------


@pytest.mark.parametrize("status", MessageStatus)
def test_every_state_is_read(status: MessageStatus) -> None:
    assert parse_message_status(form(STATUS, MessageStatus=status.value), ACCOUNT) == MessageUpdate(MESSAGE, status)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"MessageStatus": "lost"}, "MessageStatus"),
        ({"MessageStatus": None}, "MessageStatus"),
        ({"MessageSid": "x"}, "MessageSid"),
        ({"AccountSid": "AC" + "1" * 32}, "AccountSid"),
    ],
)
def test_a_state_of_another_shape_is_refused(changes: dict[str, str | None], field: str) -> None:
    with pytest.raises(BadWebhook, match=field):
        parse_message_status(form(STATUS, **changes), ACCOUNT)


# -- answers -----------------------------------------------------------------------------------------


def answer(text: str) -> list[str | None]:
    root = fromstring(reply(text).encode(), forbid_dtd=True)
    assert root.tag == "Response" and all(child.tag == "Message" for child in root)
    return [child.text for child in root]


def test_an_answer_is_one_message() -> None:
    assert answer("We call you between 2 & 3 <p m>.") == ["We call you between 2 & 3 <p m>."]


@pytest.mark.parametrize("text", ["", "  ", "\0"])
def test_nothing_to_say_is_an_empty_document(text: str) -> None:
    assert answer(text) == []


def test_an_answer_is_no_longer_than_carriers_take() -> None:
    [said] = answer("word " * 1000)
    assert said is not None and len(said) <= 1600


@given(st.text(max_size=300))
def test_any_words_make_a_good_document(text: str) -> None:
    assert len(answer(text)) <= 1
