import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import pytest

from ivr.simulator.carrier import TextDelivery, TextStatus
from ivr.simulator.carrier.errors import UnknownNumber
from ivr.simulator.carrier.texts import Text, TextBook, TextDirection
from tests.fakes.carrier_world import ACCOUNT, CALLER, FALLBACK, NUMBER, SMS, STATUS, Reply, World, twiml, world

pytestmark = pytest.mark.unit

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
NO_REPLY = twiml()


def made(body: str = "hello", to: str = CALLER, status_callback: str = STATUS) -> Text:
    direction = TextDirection.OUTBOUND_API
    return Text(ACCOUNT, NUMBER, to, body, direction, TextStatus.QUEUED, NOON, status_callback=status_callback)


def play(
    scenario: Callable[[World], Awaitable[None]],
    reply: Reply | list[Reply] = NO_REPLY,
    more: dict[str, Reply | list[Reply]] | None = None,
) -> None:
    async def run() -> None:
        async with world({SMS: reply, STATUS: "", **(more or {})}) as here:
            await scenario(here)

    asyncio.run(run())


def send(here: World, text: Text) -> Text:
    here.carrier.services.texting.send(here.carrier.services, text)
    return text


def told(here: World) -> list[str]:
    return [params["MessageStatus"] for params in here.webhooks.to(STATUS)]


@pytest.mark.parametrize(
    ("body", "segments"),
    [("a" * 160, 1), ("a" * 161, 2), ("a" * 307, 3), ("€" * 80, 1), ("€" * 81, 2), ("日" * 70, 1), ("日" * 71, 2)],
)
def test_segments_follow_the_alphabet(body: str, segments: int) -> None:
    assert made(body).segments == segments


def test_delivered_text_tells_three_states() -> None:
    async def scenario(here: World) -> None:
        text = send(here, made())
        await here.after(1)
        assert told(here) == ["queued", "sent", "delivered"]
        assert text.status is TextStatus.DELIVERED
        assert here.webhooks.to(STATUS)[-1] == {
            "MessageSid": text.sid,
            "SmsSid": text.sid,
            "MessageStatus": "delivered",
            "SmsStatus": "delivered",
            "To": CALLER,
            "From": NUMBER,
            "AccountSid": ACCOUNT,
            "ApiVersion": "2010-04-01",
        }

    play(scenario)


@pytest.mark.parametrize(
    ("delivery", "states", "code"),
    [
        (TextDelivery(TextStatus.FAILED), ["queued", "failed"], "30008"),
        (TextDelivery(TextStatus.UNDELIVERED), ["queued", "sent", "undelivered"], "30003"),
        (TextDelivery(TextStatus.UNDELIVERED, 30006), ["queued", "sent", "undelivered"], "30006"),
    ],
)
def test_text_that_does_not_arrive_tells_why(delivery: TextDelivery, states: list[str], code: str) -> None:
    async def scenario(here: World) -> None:
        here.carrier.set_text_delivery(CALLER, delivery)
        send(here, made())
        await here.after(1)
        assert told(here) == states
        assert here.webhooks.to(STATUS)[-1]["ErrorCode"] == code

    play(scenario)


def test_deliveries_are_used_one_after_the_other() -> None:
    async def scenario(here: World) -> None:
        here.carrier.set_text_delivery(CALLER, TextDelivery(TextStatus.FAILED), TextDelivery())
        texts = [send(here, made()) for _ in range(3)]
        await here.after(1)
        assert [text.status.value for text in texts] == ["failed", "delivered", "delivered"]

    play(scenario)


def test_sent_may_be_the_last_that_is_heard() -> None:
    async def scenario(here: World) -> None:
        here.carrier.set_text_delivery(CALLER, TextDelivery(TextStatus.SENT))
        send(here, made())
        await here.after(60)
        assert told(here) == ["queued", "sent"]

    play(scenario)


def test_inbound_text_is_told_with_its_parameters() -> None:
    async def scenario(here: World) -> None:
        text = await here.carrier.send_text(CALLER, NUMBER, "WHEN")
        params = here.webhooks.to(SMS)[0]
        assert (params["From"], params["To"], params["Body"]) == (CALLER, NUMBER, "WHEN")
        assert (params["SmsStatus"], params["NumMedia"], params["NumSegments"]) == ("received", "0", "1")
        assert {params["MessageSid"], params["SmsSid"], params["SmsMessageSid"]} == {text.sid}
        assert (params["FromCountry"], params["FromCity"]) == ("US", "")
        assert here.carrier.texts.from_(CALLER) == [text]

    play(scenario)


def test_reply_goes_out_and_is_kept() -> None:
    async def scenario(here: World) -> None:
        text = await here.carrier.send_text(CALLER, NUMBER, "WHEN")
        await here.after(1)
        assert [reply.body for reply in text.replies] == ["at three", "line one\nline two"]
        assert here.carrier.texts.to(CALLER) == text.replies
        assert [reply.direction.value for reply in text.replies] == ["outbound-reply"] * 2
        assert told(here) == ["queued", "sent", "delivered"]

    second = f'<Message statusCallback="{STATUS}"><Body>line one\nline two</Body></Message>'
    play(scenario, twiml("<Message>at three</Message>", second))


def test_redirect_is_followed() -> None:
    async def scenario(here: World) -> None:
        text = await here.carrier.send_text(CALLER, NUMBER, "WHEN")
        assert [reply.body for reply in text.replies] == ["soon"]

    other = "https://app.example.com/other"
    play(scenario, twiml(f"<Redirect>{other}</Redirect>"), {other: twiml("<Message>soon</Message>")})


def test_endless_redirect_ends() -> None:
    async def scenario(here: World) -> None:
        assert (await here.carrier.send_text(CALLER, NUMBER, "WHEN")).error_code == 11200

    play(scenario, twiml("<Redirect/>"))


def test_empty_answer_is_no_reply() -> None:
    async def scenario(here: World) -> None:
        text = await here.carrier.send_text(CALLER, NUMBER, "WHEN")
        assert (text.replies, text.error_code) == ([], None)

    play(scenario, "")


def test_failing_webhook_asks_the_fallback_with_the_error() -> None:
    async def scenario(here: World) -> None:
        text = await here.carrier.send_text(CALLER, NUMBER, "WHEN")
        assert (text.error_code, [reply.body for reply in text.replies]) == (12100, ["later"])
        assert here.webhooks.to(FALLBACK)[0]["ErrorCode"] == "12100"

    play(scenario, "<Response>", {FALLBACK: twiml("<Message>later</Message>")})


def test_same_event_can_be_told_twice() -> None:
    async def scenario(here: World) -> None:
        await here.carrier.send_text(CALLER, NUMBER, "WHEN", deliveries=2)
        first, second = here.webhooks.requests
        assert (first.idempotency_token, first.params) == (second.idempotency_token, second.params)

    play(scenario)


def test_number_must_be_ours() -> None:
    async def scenario(here: World) -> None:
        with pytest.raises(UnknownNumber):
            await here.carrier.send_text(CALLER, "+12025550111", "hello")

    play(scenario)


def test_stop_ends_what_is_sent_and_start_begins_again() -> None:
    async def scenario(here: World) -> None:
        await here.carrier.send_text(CALLER, NUMBER, " Stop ")
        refused = send(here, made())
        await here.after(1)
        assert (refused.status, refused.error_code) == (TextStatus.FAILED, 21610)
        await here.carrier.send_text(CALLER, NUMBER, "start")
        sent = send(here, made())
        await here.after(1)
        assert sent.status is TextStatus.DELIVERED
        assert [text.is_by_carrier for text in here.carrier.texts] == [False, True, False, False, True, False]
        assert len(here.webhooks.to(SMS)) == 2

    play(scenario)


def test_cancel_is_a_stop_word_by_default() -> None:
    async def scenario(here: World) -> None:
        await here.carrier.send_text(CALLER, NUMBER, "CANCEL")
        assert here.carrier.services.texting.opt_outs.has(NUMBER, CALLER)

    play(scenario)


def test_yes_is_only_a_word_where_nobody_has_stopped() -> None:
    async def scenario(here: World) -> None:
        await here.carrier.send_text(CALLER, NUMBER, "YES")
        assert len(here.carrier.texts) == 1

    play(scenario)


def test_waiting_for_a_text() -> None:
    async def scenario(here: World) -> None:
        waiting = asyncio.create_task(here.carrier.texts.wait_to(CALLER, 2))
        send(here, made("one"))
        await here.after(1)
        assert not waiting.done()
        send(here, made("two"))
        assert [text.body for text in await waiting] == ["one", "two"]

    play(scenario)


def test_book_forgets_the_oldest() -> None:
    async def scenario() -> list[str]:
        book = TextBook(keep=2)
        for body in ("one", "two", "three"):
            book.add(made(body))
        return [text.body for text in book]

    assert asyncio.run(scenario()) == ["two", "three"]
