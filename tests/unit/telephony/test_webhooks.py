"""Webhook forms: captured shapes, re-cut borders under a valid signature, hostile values."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.telephony.errors import BadWebhook
from ivr.telephony.signature import signed_parameters
from ivr.telephony.webhooks import (
    CallStatus,
    Direction,
    MachineGuess,
    StatusUpdate,
    VoiceRequest,
    ledger_key,
    parse_machine_guess,
    parse_status_callback,
    parse_voice_request,
)

pytestmark = pytest.mark.unit

ACCOUNT = "AC" + "0" * 32
CALL = "CA" + "1" * 32
INCOMING = {
    "AccountSid": ACCOUNT,
    "ApiVersion": "2010-04-01",
    "CallSid": CALL,
    "CallStatus": "ringing",
    "Called": "+15551230002",
    "CalledCity": "",
    "Caller": "+15551230001",
    "CallToken": "%7B%22parentCallInfoToken%22%7D",
    "Direction": "inbound",
    "From": "+15551230001",
    "FromCity": "São Paulo",
    "To": "+15551230002",
    "ToZip": "",
}
STATUS = {
    "AccountSid": ACCOUNT,
    "CallSid": CALL,
    "CallStatus": "completed",
    "SequenceNumber": "3",
    "Timestamp": "Sun, 25 Mar 2018 09:53:19 +0000",
    "CallDuration": "27",
    "Duration": "1",
    "SipResponseCode": "200",
    "CallbackSource": "call-progress-events",
}


def form(base: dict[str, str], **changes: str | None) -> list[tuple[str, str]]:
    return [(name, value) for name, value in {**base, **changes}.items() if value is not None]


def test_an_incoming_call_is_read() -> None:
    assert parse_voice_request(form(INCOMING), ACCOUNT) == VoiceRequest(
        call_sid=CALL,
        account_sid=ACCOUNT,
        caller="+15551230001",
        dialled="+15551230002",
        status=CallStatus.RINGING,
        direction=Direction.INBOUND,
    )


@pytest.mark.parametrize(
    ("verdict", "attested"),
    [
        ("TN-Validation-Passed-A", "A"),
        ("TN-Validation-Passed-B", "B"),
        ("TN-Validation-Passed-C", "C"),
        ("TN-Validation-Failed-A", "failed"),
        ("TN-Validation-Failed", "failed"),
        ("No-TN-Validation", ""),
        ("NULL", ""),
        ("", ""),
        ("TN-Validation-Passed-D", ""),
        (None, ""),
    ],
)
def test_how_far_the_calling_number_is_vouched_for_is_read(verdict: str | None, attested: str) -> None:
    assert parse_voice_request(form(INCOMING, StirVerstat=verdict), ACCOUNT).attested == attested


@pytest.mark.parametrize("withheld", ["anonymous", "Restricted", "unknown", "+266696687", ""])
def test_a_withheld_number_is_empty(withheld: str) -> None:
    assert parse_voice_request(form(INCOMING, From=withheld, Caller=withheld), ACCOUNT).caller == ""


@pytest.mark.parametrize("party", ["client:agent_7", "sip:bob@example.com:5060", "0120123456"])
def test_other_kinds_of_callers_are_read(party: str) -> None:
    assert parse_voice_request(form(INCOMING, From=party, Caller=None), ACCOUNT).caller == party


def test_the_fallback_request_says_why() -> None:
    request = parse_voice_request(form(INCOMING, ErrorCode="11205", ErrorUrl="https://h/v"), ACCOUNT)
    assert request.error_code == 11205


def test_pressed_keys_are_read() -> None:
    assert parse_voice_request(form(INCOMING, Digits="12*"), ACCOUNT).digits == "12*"


@pytest.mark.parametrize("name", ["AccountSid", "CallSid", "CallStatus", "Direction", "From", "To"])
def test_a_missing_parameter_is_refused(name: str) -> None:
    with pytest.raises(BadWebhook) as refused:
        parse_voice_request(form(INCOMING, **{name: None}), ACCOUNT)
    assert (refused.value.field, refused.value.problem) == (name, "is missing")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AccountSid", "AC" + "1" * 32),
        ("AccountSid", "ac" + "0" * 32),
        ("CallSid", "CA" + "1" * 31),
        ("CallSid", CALL + "\n"),
        ("CallSid", "../" + CALL),
        ("CallStatus", "in-progress "),
        ("CallStatus", "initiatedCalled"),
        ("Direction", "sideways"),
        ("From", "+1555123000١"),
        ("From", "+15551230001FromCity"),
        ("From", "client:bob\x08"),
        ("To", "<script>"),
        ("Caller", "+15559999999"),
        ("Called", "+15559999999"),
        ("ErrorCode", "11205x"),
        ("Digits", "12Direction"),
        ("ForwardedFrom", "\ud800"),
    ],
)
def test_a_wrong_value_is_refused_without_being_repeated(name: str, value: str) -> None:
    with pytest.raises(BadWebhook) as refused:
        parse_voice_request(form(INCOMING, **{name: value}), ACCOUNT)
    assert refused.value.field == name
    assert value not in str(refused.value)


def test_borders_moved_under_the_same_signature_are_refused() -> None:
    genuine = form(INCOMING)
    name_grown = form(INCOMING, From=None, FromCity=None) + [("FromCity", "+15551230001FromCity"), ("Fro", "m")]
    value_grown = form(INCOMING, From="+15551230001FromCitySão Paulo", FromCity=None)
    swallowed = form(INCOMING, FromCity="São PauloTo+15551230002", To=None)
    assert signed_parameters(value_grown) == signed_parameters(genuine) == signed_parameters(swallowed)
    for recut in (name_grown, value_grown, swallowed):
        with pytest.raises(BadWebhook):
            parse_voice_request(recut, ACCOUNT)


@pytest.mark.parametrize(
    "hostile",
    [
        [*INCOMING.items(), ("CallSid", CALL)],
        [*INCOMING.items(), *((f"x{number}", "") for number in range(200))],
        [*INCOMING.items(), ("x", "y" * 20_000)],
        [*INCOMING.items(), *((f"x{number}", "y" * 16_000) for number in range(5))],
        [*INCOMING.items(), ("x" * 300, "")],
    ],
)
def test_doubled_or_outsized_forms_are_refused(hostile: list[tuple[str, str]]) -> None:
    with pytest.raises(BadWebhook) as refused:
        parse_voice_request(hostile, ACCOUNT)
    assert refused.value.field == "form"


def test_a_final_status_is_read() -> None:
    assert parse_status_callback(form(STATUS), ACCOUNT) == StatusUpdate(
        call_sid=CALL,
        account_sid=ACCOUNT,
        status=CallStatus.COMPLETED,
        sequence=3,
        rank=4,
        duration_secs=27,
        sip_response=200,
        occurred_at=datetime(2018, 3, 25, 9, 53, 19, tzinfo=UTC),
    )


def test_a_status_without_a_number_uses_its_rank() -> None:
    update = parse_status_callback(form(STATUS, SequenceNumber=None, CallStatus="ringing"), ACCOUNT)
    assert (update.sequence, update.rank, update.status.is_final) == (2, 2, False)


def test_ranks_rise_with_a_calls_life() -> None:
    life = [CallStatus.QUEUED, CallStatus.INITIATED, CallStatus.RINGING, CallStatus.IN_PROGRESS, CallStatus.BUSY]
    assert [status.rank for status in life] == [0, 1, 2, 3, 4]
    assert [status for status in CallStatus if status.is_final] == [
        CallStatus.COMPLETED,
        CallStatus.BUSY,
        CallStatus.NO_ANSWER,
        CallStatus.FAILED,
        CallStatus.CANCELED,
    ]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SequenceNumber", "-1"),
        ("SequenceNumber", "1" * 30),
        ("CallDuration", "²"),
        ("Timestamp", "yesterday"),
        ("Timestamp", "Sun, 25 Mar 99999 09:53:19 +0000"),
        ("ParentCallSid", "CA"),
        ("CallStatus", "initiated-"),
    ],
)
def test_a_wrong_status_value_is_refused(name: str, value: str) -> None:
    with pytest.raises(BadWebhook) as refused:
        parse_status_callback(form(STATUS, **{name: value}), ACCOUNT)
    assert refused.value.field == name


@given(st.dictionaries(st.sampled_from([*INCOMING, *STATUS]), st.text(st.characters()), max_size=12))
def test_random_values_are_refused_or_read(changes: dict[str, str]) -> None:
    for parse, base in ((parse_voice_request, INCOMING), (parse_status_callback, STATUS)):
        try:
            parse(form(base, **changes), ACCOUNT)
        except BadWebhook:
            continue


MACHINE = {"CallSid": CALL, "AccountSid": ACCOUNT, "AnsweredBy": "machine_end_beep", "MachineDetectionDuration": "4000"}


@pytest.mark.parametrize("answered_by", ["human", "machine_start", "machine_end_silence", "fax", "unknown"])
def test_a_guess_at_who_answered_is_read(answered_by: str) -> None:
    guess = parse_machine_guess(form(MACHINE, AnsweredBy=answered_by), ACCOUNT)
    assert guess == MachineGuess(CALL, answered_by)


@pytest.mark.parametrize(
    "changes",
    [{"AnsweredBy": "robot"}, {"AnsweredBy": None}, {"CallSid": "CA1"}, {"AccountSid": "AC" + "1" * 32}],
)
def test_a_guess_of_another_shape_is_refused(changes: dict[str, str | None]) -> None:
    with pytest.raises(BadWebhook):
        parse_machine_guess(form(MACHINE, **changes), ACCOUNT)


def test_a_repeated_request_has_the_same_ledger_key() -> None:
    assert ledger_key("sig", form(INCOMING)) == ledger_key("sig", form(INCOMING)[::-1])


def test_a_recut_request_under_an_old_signature_has_the_key_of_the_original() -> None:
    recut = form(INCOMING, FromCity=None) + [("FromCityS", "ão Paulo")]
    assert ledger_key("sig", form(INCOMING)) == ledger_key("sig", recut)


def test_another_request_has_another_ledger_key() -> None:
    keys = {
        ledger_key("sig", form(INCOMING)),
        ledger_key("sig2", form(INCOMING)),
        ledger_key("sig", form(INCOMING, ToZip="1")),
    }
    assert len(keys) == 3
