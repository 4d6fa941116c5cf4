from __future__ import annotations

import pytest

from ivr.core.queueing.steps import TextState
from tests.fakes.queue_service import ScriptedQueue
from tests.unit.web.kit import ACCOUNT, ENGLISH, House, document

pytestmark = pytest.mark.unit

MESSAGE = "SM" + "d" * 32


@pytest.fixture
def house() -> House:
    return House(queue=ScriptedQueue())


def form(body: str = "WHEN", **changes: str) -> dict[str, str]:
    return {
        "MessageSid": MESSAGE, "SmsSid": MESSAGE, "AccountSid": ACCOUNT, "From": "+12025550199", "To": ENGLISH,
        "Body": body, "NumMedia": "0", "NumSegments": "1", "SmsStatus": "received", **changes,
    }  # fmt: skip


def queue_of(house: House) -> ScriptedQueue:
    assert house.queue is not None
    return house.queue


def test_a_text_is_passed_on_and_answered(house: House) -> None:
    queue_of(house).reply = "We call you between 2 and 3."
    answer = house.ask_only("/sms/incoming", form())
    message = document(answer).find("Message")
    assert message is not None
    assert message.text == "We call you between 2 and 3."
    text = queue_of(house).asked[0][1][0]
    assert (text.key, text.number, text.body, text.state) == (MESSAGE, "+12025550199", "WHEN", TextState.RECEIVED)  # type: ignore[attr-defined]


def test_a_text_without_an_answer_gets_an_empty_document(house: House) -> None:
    assert list(document(house.ask_only("/sms/incoming", form()))) == []


def test_the_same_text_again_gets_the_same_answer_and_is_not_obeyed_twice(house: House) -> None:
    queue_of(house).reply = "Cancelled."
    first, second = (house.ask_only("/sms/incoming", form("CANCEL")) for _ in range(2))
    assert first.text == second.text
    assert len(queue_of(house).asked) == 1


@pytest.mark.parametrize(
    "changes", [{"MessageSid": "nonsense"}, {"From": "somebody"}, {"Body": "x" * 1601}, {"AccountSid": "AC" + "9" * 32}]
)
def test_a_malformed_text_is_refused(house: House, changes: dict[str, str]) -> None:
    assert house.ask_only("/sms/incoming", {**form(), **changes}).status_code == 400
    assert queue_of(house).asked == []


def test_an_unsigned_text_is_refused(house: House) -> None:
    assert house.send("/sms/incoming", "Body=CANCEL", None).status_code == 403


def test_a_text_that_cannot_be_stored_is_asked_for_again(house: House) -> None:
    queue_of(house).is_down = True
    assert house.ask_only("/sms/incoming", form()).status_code == 503


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("sent", TextState.SENT),
        ("delivered", TextState.DELIVERED),
        ("undelivered", TextState.FAILED),
        ("failed", TextState.FAILED),
    ],
)
def test_how_far_a_text_has_come_is_kept(house: House, status: str, state: TextState) -> None:
    values = {"MessageSid": MESSAGE, "SmsSid": MESSAGE, "AccountSid": ACCOUNT, "MessageStatus": status}
    assert house.ask_only("/sms/status", values).status_code == 204
    assert queue_of(house).asked == [("text_progressed", (MESSAGE, state))]


def test_a_text_on_its_way_changes_nothing(house: House) -> None:
    values = {"MessageSid": MESSAGE, "AccountSid": ACCOUNT, "MessageStatus": "sending"}
    assert house.ask_only("/sms/status", values).status_code == 204
    assert house.ask_only("/sms/status", {**values, "MessageStatus": "eaten"}).status_code == 400
    assert queue_of(house).asked == []
