"""Text messages with the official client, and inbound ones over the wire."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from twilio.rest import Client

from ivr.simulator.carrier import Carrier, TextDelivery, TextStatus
from tests.fakes.small_application import CALLER, NUMBER, SmallApplication
from tests.integration.carrier_client import Loop, refusal, with_client, with_loop

pytestmark = pytest.mark.integration

LANDLINE = "+12025550144"


def send(client: Client, **more: Any) -> Any:
    return client.messages.create(**{"to": CALLER, "from_": NUMBER, "body": "Your code is 4071", **more})


def test_message_is_queued_sent_and_delivered() -> None:
    def work(client: Client, application: SmallApplication, carrier: Carrier, loop: Loop) -> None:
        made = send(client, status_callback=f"{application.base}/status")
        assert (made.status, made.direction, made.num_segments) == ("queued", "outbound-api", "1")
        assert (made.to, made.from_, made.body) == (CALLER, NUMBER, "Your code is 4071")
        assert made.date_sent is None and made.error_code is None
        loop.until(lambda: len(application.to("/status")) == 3)
        assert {seen.params["MessageStatus"] for seen in application.to("/status")} == {"queued", "sent", "delivered"}
        assert all(seen.is_signed for seen in application.to("/status"))
        fetched = client.messages(made.sid).fetch()
        assert fetched.status == "delivered"
        assert isinstance(fetched.date_sent, datetime)

    with_loop(work)


def test_undelivered_message_has_its_error() -> None:
    def work(client: Client, application: SmallApplication, carrier: Carrier, loop: Loop) -> None:
        carrier.set_text_delivery(CALLER, TextDelivery(TextStatus.UNDELIVERED, 30005))
        made = send(client)
        loop.until(lambda: all(text.status.is_final for text in carrier.texts))
        assert (client.messages(made.sid).fetch().error_code, client.messages(made.sid).fetch().status) == (
            30005,
            "undelivered",
        )

    with_loop(work)


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ({"body": ""}, 21602),
        ({"from_": ""}, 21603),
        ({"to": ""}, 21604),
        ({"from_": "+12025550111"}, 21606),
        ({"to": LANDLINE}, 21614),
        ({"body": "x" * 1601}, 21617),
        ({"to": "12"}, 21211),
        ({"to": "+442030000000"}, 21408),
    ],
)
def test_impossible_messages_are_refused(wanted: dict[str, str], code: int) -> None:
    def work(client: Client, application: SmallApplication, carrier: Carrier) -> None:
        assert refusal(lambda: send(client, **wanted)) == (400, code)
        assert len(carrier.texts) == 0

    with_client(work, landlines=frozenset({LANDLINE}), refused_destinations={"+44": 21215})


def test_messages_are_listed_by_number_and_date() -> None:
    def work(client: Client, application: SmallApplication, carrier: Carrier, loop: Loop) -> None:
        first, second = send(client).sid, send(client, to="+12025550199").sid
        loop.until(lambda: all(text.status.is_final for text in carrier.texts))
        now = datetime.now(UTC)
        messages = client.messages
        assert [one.sid for one in messages.list(page_size=1)] == [second, first]
        assert [one.sid for one in messages.list(to=CALLER)] == [first]
        assert len(messages.list(from_=NUMBER, date_sent_after=now - timedelta(hours=1))) == 2
        assert messages.list(date_sent_before=now - timedelta(hours=1)) == []

    with_loop(work)


def test_list_of_messages_lags_too() -> None:
    def work(client: Client, application: SmallApplication, carrier: Carrier) -> None:
        sid = send(client).sid
        assert client.messages.list() == []
        assert client.messages(sid).fetch().sid == sid

    with_client(work, list_lag_secs=3600.0)


def test_delivered_message_can_be_deleted() -> None:
    def work(client: Client, application: SmallApplication, carrier: Carrier, loop: Loop) -> None:
        made = send(client)
        loop.until(lambda: all(text.status.is_final for text in carrier.texts))
        assert client.messages(made.sid).delete()
        assert refusal(lambda: client.messages(made.sid).fetch()) == (404, 20404)

    with_loop(work)


def test_inbound_text_is_signed_and_its_reply_is_delivered() -> None:
    def work(client: Client, application: SmallApplication, carrier: Carrier, loop: Loop) -> None:
        application.replies["/sms"] = "<Response><Message>Between 3 and 4 p.m.</Message></Response>"
        text = loop.run(carrier.send_text(CALLER, NUMBER, "いつ？ WHEN"))
        seen = application.to("/sms")[0]
        assert seen.is_signed
        assert seen.params["Body"] == "いつ？ WHEN"
        assert [reply.body for reply in text.replies] == ["Between 3 and 4 p.m."]
        assert [one.body for one in client.messages.list(to=CALLER)] == ["Between 3 and 4 p.m."]

    with_loop(work)


def test_sending_to_somebody_who_stopped_is_refused_until_start() -> None:
    def work(client: Client, application: SmallApplication, carrier: Carrier, loop: Loop) -> None:
        application.replies["/sms"] = "<Response/>"
        loop.run(carrier.send_text(CALLER, NUMBER, "STOP"))
        assert refusal(lambda: send(client)) == (400, 21610)
        loop.run(carrier.send_text(CALLER, NUMBER, "START"))
        assert send(client).status == "queued"

    with_loop(work)
