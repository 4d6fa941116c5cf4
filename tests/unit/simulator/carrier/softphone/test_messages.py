import json

import pytest

from ivr.simulator.carrier.softphone.messages import (
    Accept,
    HangUp,
    Message,
    MessageInvalid,
    Mute,
    PlaceCall,
    Press,
    Register,
    Reject,
    SetLine,
    Speak,
    Unregister,
    read_message,
)

pytestmark = pytest.mark.unit

SID = "CA" + "a" * 32


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"type": "register"}, Register()),
        ({"type": "register", "address": "+12025550123"}, Register("+12025550123")),
        ({"type": "unregister"}, Unregister()),
        ({"type": "call", "to": " +1 ", "from": "+2"}, PlaceCall("+1", "+2")),
        ({"type": "call", "params": {"a": "b"}, "line": {"loss": 1}}, PlaceCall(params={"a": "b"}, line={"loss": 1})),
        ({"type": "accept", "call": SID}, Accept(SID)),
        ({"type": "reject", "call": SID}, Reject(SID)),
        ({"type": "hang_up", "call": SID}, HangUp(SID)),
        ({"type": "press", "digits": "12#"}, Press("12#")),
        ({"type": "mute", "on": True}, Mute(True)),
        ({"type": "say", "text": " where  is it? "}, Speak("where is it?")),
        ({"type": "say", "text": "注文", "language": "ja-JP"}, Speak("注文", "ja-JP")),
        ({"type": "line"}, SetLine({})),
    ],
)
def test_messages(body: dict[str, object], message: Message) -> None:
    assert read_message(json.dumps(body)) == message


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "null",
        "[]",
        "{",
        "{}",
        '{"type": 1}',
        '{"type": "dance"}',
        '{"type": "accept"}',
        '{"type": "accept", "call": "CA1"}',
        '{"type": "press", "digits": ""}',
        '{"type": "press", "digits": "1w"}',
        '{"type": "mute", "on": 1}',
        '{"type": "say", "text": " "}',
        json.dumps({"type": "say", "text": "a" * 501}),
        '{"type": "say", "text": "a", "language": "<en>"}',
        '{"type": "line", "quality": 1}',
        '{"type": "call", "params": {"a": 1}}',
        json.dumps({"type": "call", "params": {str(number): "" for number in range(21)}}),
        "[" * 3000,
        " " * 5000,
        '{"type": "say", "text": "\\ud800", "language": "\\ud800"}',
    ],
)
def test_everything_else_is_refused_without_repeating_it(raw: str) -> None:
    with pytest.raises(MessageInvalid) as caught:
        read_message(raw)
    assert "dance" not in str(caught.value)
