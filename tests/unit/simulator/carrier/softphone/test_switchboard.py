"""Phones in browsers without sockets, on a virtual clock."""

import asyncio
from collections.abc import Awaitable, Callable

import orjson
import pytest

from ivr.simulator.carrier import CallStatus, CarrierCall
from ivr.simulator.carrier.mulaw import SILENCE, tone
from ivr.simulator.carrier.softphone.outbox import Outbox
from ivr.simulator.carrier.softphone.phone import Phone
from ivr.simulator.carrier.softphone.switchboard import GRACE_MS, MAX_PHONES
from ivr.simulator.carrier.softphone.tokens import Grant
from tests.fakes.carrier_world import CALLER, NUMBER, STATUS, VOICE, NotingParty, World, twiml, world

pytestmark = pytest.mark.unit

AFTER = "https://app.example.com/after"
ANA = Grant("ana", 0.0, may_receive=True)


class Texts(Outbox):
    """Keeps what a page would be told."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[tuple[str, str]] = []
        self.frames: list[bytes] = []

    def text(self, message: str) -> None:
        body = orjson.loads(message)
        self.told.append((body["type"], body.get("reason", "")))

    def frame(self, frame: bytes) -> None:
        self.frames.append(frame)


def play(scenario: Callable[[World], Awaitable[None]]) -> None:
    async def run() -> None:
        document = twiml(f'<Dial action="{AFTER}" timeout="10"><Client>ana</Client></Dial>')
        async with world({VOICE: document, STATUS: "", AFTER: twiml()}) as here:
            await scenario(here)

    asyncio.run(run())


def page(here: World, grant: Grant = ANA) -> tuple[Phone, Texts]:
    phone, _ = here.carrier.switchboard.open(grant, "")
    phone.outbox = texts = Texts()
    phone.address = f"client:{grant.identity}"
    return phone, texts


async def ringing(here: World, party: NotingParty | None = None) -> CarrierCall:
    call = await here.call(party)
    await here.after(1)
    return call


def take(phone: Phone) -> None:
    offer = next(iter(phone.offers.values()))
    assert offer.accept(phone)


def result(here: World) -> str:
    return here.webhooks.to(AFTER)[-1]["DialCallStatus"]


def test_accepted_call_is_joined_and_ends_with_the_phone() -> None:
    async def scenario(here: World) -> None:
        phone, texts = page(here)
        caller = NotingParty()
        call = await ringing(here, caller)
        take(phone)
        await here.after(1)
        phone.speak(tone(700, 20) * 10)
        call.send_audio(tone(500, 200))
        await here.after(1)
        assert tone(500, 20) in texts.frames and tone(700, 20) in caller.heard()
        call.press("5")
        await here.after(1)
        phone.leave()
        await call.wait_ended()
        assert [kind for kind, _ in texts.told] == ["incoming", "connected", "keys", "ended"]
        await here.after(1)
        assert result(here) == "completed"

    play(scenario)


def test_caller_who_gives_up_stops_the_ringing() -> None:
    async def scenario(here: World) -> None:
        phone, texts = page(here)
        call = await ringing(here)
        call.hang_up()
        await call.wait_ended()
        await here.after(1)
        assert texts.told == [("incoming", ""), ("ended", "missed")] and phone.offers == {}

    play(scenario)


def test_last_page_that_leaves_while_ringing_is_no_answer() -> None:
    async def scenario(here: World) -> None:
        (one, _), (other, _) = page(here), page(here)
        call = await ringing(here)
        one.leave()
        await here.after(1)
        assert len(other.offers) == 1
        other.leave()
        await call.wait_ended()
        assert result(here) == "no-answer"

    play(scenario)


def test_phone_that_talks_is_busy() -> None:
    async def scenario(here: World) -> None:
        phone, texts = page(here)
        first = await ringing(here)
        take(phone)
        await here.after(1)
        second = await ringing(here)
        await second.wait_ended()
        assert result(here) == "busy" and len(texts.told) == 2
        first.hang_up()
        await first.wait_ended()

    play(scenario)


def test_second_ringing_call_cannot_be_taken_while_talking_and_stays_until_it_ends() -> None:
    async def scenario(here: World) -> None:
        phone, _ = page(here)
        first, second = await ringing(here), await ringing(here)
        assert len(phone.offers) == 2
        take(phone)
        await here.after(1)
        assert len(phone.offers) == 1 and phone.call is not None
        first.hang_up()
        await first.wait_ended()
        take(phone)
        await here.after(1)
        second.hang_up()
        assert await second.wait_ended() is CallStatus.COMPLETED

    play(scenario)


def test_phone_that_comes_back_within_the_grace_keeps_everything() -> None:
    async def scenario(here: World) -> None:
        board = here.carrier.switchboard
        phone, _ = page(here)
        board.lost(phone)
        await here.after(GRACE_MS / 1000 - 0.1)
        again, is_back = board.open(ANA, phone.id)
        assert again is phone and is_back
        await here.after(10)
        assert board.phones == [phone]
        board.lost(phone)
        await here.after(GRACE_MS / 1000 + 0.1)
        assert board.phones == [] and board.counters.lost == 1 and phone.is_gone

    play(scenario)


def test_session_of_somebody_else_is_not_taken_over() -> None:
    async def scenario(here: World) -> None:
        phone, _ = page(here)
        other, is_back = here.carrier.switchboard.open(Grant("ken", 0.0, may_receive=True), phone.id)
        assert other is not phone and not is_back

    play(scenario)


def test_number_of_phones_is_limited() -> None:
    async def scenario(here: World) -> None:
        board = here.carrier.switchboard
        for _ in range(MAX_PHONES):
            board.open(ANA, "")
        assert board.is_full
        board.close()
        assert board.phones == [] and not board.is_full

    play(scenario)


def test_microphone_that_runs_ahead_loses_frames_instead_of_growing_late() -> None:
    async def scenario(here: World) -> None:
        phone, _ = page(here)
        await ringing(here)
        phone.speak(SILENCE)
        take(phone)
        await here.after(1)
        for _ in range(100):
            phone.speak(tone(700, 20))
        assert phone.call is not None and phone.call.audio.queued_ms < 300
        assert phone.counters.late_frames > 80
        phone.is_muted = True
        await here.after(1)
        phone.speak(tone(700, 20))
        assert phone.call.audio_queue_empty

    play(scenario)


def test_state_tells_a_page_what_it_missed() -> None:
    async def scenario(here: World) -> None:
        phone, _ = page(here)
        assert phone.state() == {}
        phone.outbox = None
        await ringing(here)
        take(phone)
        await here.after(2)
        state = phone.state()
        assert (state["from"], state["to"], state["is_connected"], state["is_muted"]) == (
            CALLER,
            "client:ana",
            True,
            False,
        )
        assert isinstance(state["connected_ms"], int) and state["connected_ms"] > 1000

    play(scenario)


def test_number_of_ours_is_no_page() -> None:
    async def scenario(here: World) -> None:
        call = await here.call()
        assert call.resource.to_number == NUMBER
        assert here.carrier.switchboard.answering(call) is None
        call.hang_up()
        await call.wait_ended()

    play(scenario)
