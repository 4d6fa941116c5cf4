"""Documents the server answers with: exact shapes, and strict XML whatever the text."""

from __future__ import annotations

from xml.etree.ElementTree import Element

import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import given
from hypothesis import strategies as st

from ivr.telephony import twiml

pytestmark = pytest.mark.unit

Shape = tuple[str, dict[str, str], str, list["Shape"]]


def shape(element: Element) -> Shape:
    return element.tag, dict(element.attrib), element.text or "", [shape(child) for child in element]


def read(document: str) -> list[Shape]:
    tag, attributes, _, verbs = shape(fromstring(document.encode(), forbid_dtd=True))
    assert (tag, attributes) == ("Response", {})
    return verbs


def test_a_stream_is_connected_with_a_way_on_behind_it() -> None:
    document = twiml.connect_stream("wss://h/media/c/t", "https://h/voice/after-stream?n=1&m=2")
    assert read(document) == [
        ("Connect", {}, "", [("Stream", {"url": "wss://h/media/c/t"}, "", [])]),
        ("Redirect", {"method": "POST"}, "https://h/voice/after-stream?n=1&m=2", []),
    ]


@pytest.mark.parametrize(
    "url", ["https://h/media", "wss://h/media?token=1", "wss://h/a b", "wss://h/#x", "wss://h/\u0008"]
)
def test_a_stream_address_the_carrier_would_refuse_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="address"):
        twiml.connect_stream(url, "https://h/after")


def test_a_sentence_is_said_before_hanging_up() -> None:
    assert read(twiml.say_and_hang_up("Bye & <thanks>", "en")) == [
        ("Say", {"language": "en-US"}, "Bye & <thanks>", []),
        ("Hangup", {}, "", []),
    ]


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [("ja", "ja-JP"), ("en-GB", "en-GB"), ("zh-Hant-TW", "zh-Hant-TW"), ("x", "en-US"), ("", "en-US")],
)
def test_languages_are_named_as_the_carrier_names_them(ours: str, theirs: str) -> None:
    assert read(twiml.say_and_hang_up("x", ours))[0][1] == {"language": theirs}


def test_keys_are_gathered_while_speaking() -> None:
    attributes = {
        "action": "/voice/fallback",
        "actionOnEmptyResult": "true",
        "input": "dtmf",
        "method": "POST",
        "numDigits": "1",
        "timeout": "6",
    }
    assert read(twiml.say_and_gather("Press 1", "/voice/fallback")) == [
        ("Gather", attributes, "", [("Say", {"language": "en-US"}, "Press 1", [])])
    ]


def test_a_leg_that_waits_is_silent_for_a_while_between_sentences() -> None:
    assert read(twiml.say_and_redirect("One moment please.", "/voice/wait/t", pause_secs=8)) == [
        ("Say", {"language": "en-US"}, "One moment please.", []),
        ("Pause", {"length": "8"}, "", []),
        ("Redirect", {"method": "POST"}, "/voice/wait/t", []),
    ]


def test_a_conference_ends_with_either_party_and_plays_no_music() -> None:
    attributes = {
        "beep": "false",
        "endConferenceOnExit": "true",
        "startConferenceOnEnter": "true",
        "waitMethod": "POST",
        "waitUrl": "https://h/voice/wait/t",
    }
    room = f"cb-{'0' * 32}-1"
    assert read(twiml.join_conference(room, twiml.Joining("https://h/voice/wait/t"))) == [
        ("Dial", {}, "", [("Conference", attributes, room, [])]),
        ("Hangup", {}, "", []),
    ]


@pytest.mark.parametrize("room", ["", "a b", "x" * 65, "a/b", "<x>", "Zimmer ü"])
def test_a_conference_needs_a_plain_name(room: str) -> None:
    with pytest.raises(ValueError, match="name"):
        twiml.join_conference(room, twiml.Joining("https://h/voice/wait/t"))


def test_a_conference_needs_an_address_to_wait_at() -> None:
    with pytest.raises(ValueError, match="address"):
        twiml.join_conference("cb-1-1", twiml.Joining("https://h/voice wait"))


def test_a_leg_may_join_with_tones_a_label_and_somewhere_to_go_afterwards() -> None:
    joining = twiml.Joining("/w", after_url="/after", events_url="/events", label="abc", ends=False, keys="12#")
    attributes = {
        "beep": "false",
        "endConferenceOnExit": "false",
        "participantLabel": "abc",
        "startConferenceOnEnter": "true",
        "statusCallback": "/events",
        "statusCallbackEvent": "start end join leave mute hold modify",
        "statusCallbackMethod": "POST",
        "waitMethod": "POST",
        "waitUrl": "/w",
    }
    assert read(twiml.join_conference("cb-1-1", joining)) == [
        ("Play", {"digits": "12#"}, "", []),
        ("Dial", {"action": "/after", "method": "POST"}, "", [("Conference", attributes, "cb-1-1", [])]),
        ("Hangup", {}, "", []),
    ]


@pytest.mark.parametrize("joining", [twiml.Joining("/w", label="a b"), twiml.Joining("/w", keys="1w")])
def test_a_label_is_plain_and_keys_are_keys(joining: twiml.Joining) -> None:
    with pytest.raises(ValueError, match="labels|keys"):
        twiml.join_conference("cb-1-1", joining)


def test_a_number_is_dialled_on_the_callers_own_line() -> None:
    document = twiml.dial_number("+12135550177", "https://h/voice/dialled", caller_id="+15005550006", ring_secs=25)
    attributes = {"action": "https://h/voice/dialled", "callerId": "+15005550006", "method": "POST", "timeout": "25"}
    assert read(document) == [("Dial", attributes, "", [("Number", {}, "+12135550177", [])])]


@pytest.mark.parametrize(("number", "ours"), [("sip:a@b", "+15005550006"), ("+12135550177", ""), ("911", "+1500555")])
def test_only_whole_numbers_are_dialled(number: str, ours: str) -> None:
    with pytest.raises(ValueError, match="plus sign"):
        twiml.dial_number(number, "https://h/voice/dialled", caller_id=ours, ring_secs=25)


def test_a_sentence_is_said_before_going_on_elsewhere() -> None:
    assert read(twiml.say_and_redirect("Sorry", "/voice/after-stream", "de")) == [
        ("Say", {"language": "de-DE"}, "Sorry", []),
        ("Redirect", {"method": "POST"}, "/voice/after-stream", []),
    ]


def test_short_documents() -> None:
    assert read(twiml.hang_up()) == [("Hangup", {}, "", [])]
    assert read(twiml.reject(twiml.Rejection.BUSY)) == [("Reject", {"reason": "busy"}, "", [])]
    assert read(twiml.empty()) == []


def test_nothing_to_say_says_nothing() -> None:
    assert read(twiml.say_and_hang_up("\x00\ud800")) == [("Hangup", {}, "", [])]


def test_a_long_text_stays_within_what_the_carrier_reads() -> None:
    document = twiml.say_and_hang_up("& " * 10_000)
    assert len(document.encode()) < 64 * 1024
    assert len(read(document)[0][2]) <= 4096


@given(st.text(st.characters() | st.sampled_from("\x00\x08\x1f\ufffe\uffff\ud800\udfff<>&\"']]>")), st.text())
def test_any_text_makes_a_document_a_strict_parser_reads(text: str, language: str) -> None:
    read(twiml.say_and_hang_up(text, language))
    read(twiml.say_and_gather(text, "/x", language))
    read(twiml.say_and_redirect(text, "/x", language))
