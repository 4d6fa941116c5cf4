"""The `Carrier` port: the real dialler over a simulated carrier's REST interface, and the scripted one of tests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

import pytest
from twilio.rest import Client

from ivr.ports import Carrier, CarrierSilent, DialOrder, DialRefused
from ivr.simulator.carrier import Answering as Pickup
from ivr.simulator.carrier import Carrier as SimulatedCarrier
from ivr.simulator.carrier.faults import RequestKind
from ivr.telephony.dialler import CarrierDialler
from tests.fakes.carrier_port import Answering, ScriptedCarrier
from tests.fakes.carrier_world import NotingParty
from tests.fakes.small_application import ACCOUNT, CALLER, NUMBER, TOKEN, SmallApplication
from tests.integration.carrier_client import HELLO, Loop, with_loop

pytestmark = pytest.mark.contract

REFUSED, OTHER, OUR_SECOND = "+442079460000", "+12025550177", "+15551230009"
ORDER = DialOrder(CALLER, NUMBER, "a" * 32, 30)
OVER = frozenset({"completed", "busy", "no-answer", "failed", "canceled"})
NEVER = "CA" + "f" * 32


class Telephony(Protocol):
    """A carrier, and what happens to it. `REFUSED` is a number it does not dial, `OUR_SECOND` another one of ours."""

    port: Carrier

    def ago(self, secs: float) -> datetime: ...

    def is_answered(self, sid: str) -> None:
        """Somebody picks up."""

    def until_over(self, sid: str) -> None:
        """Its telephone has stopped: a carrier confirms that it will take a call back before it has."""

    def told(self, sid: str) -> list[str]:
        """What was said to them after that."""

    def next_answer_is_lost(self) -> None:
        """The next order is carried out, but nobody is told."""

    def next_order_is_lost(self) -> None: ...

    def next_is_too_many(self) -> None: ...

    def is_away(self) -> None:
        """Nothing gets there any more."""

    def lists_lag(self) -> None:
        """New calls are not listed."""


class Scripted:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
        self._carrier = ScriptedCarrier(lambda: self.now, {REFUSED: Answering.REFUSED})
        self.port: Carrier = self._carrier

    def ago(self, secs: float) -> datetime:
        return self.now - timedelta(seconds=secs)

    def is_answered(self, sid: str) -> None:
        self._carrier.becomes(sid, "in-progress")

    def until_over(self, sid: str) -> None:
        """At once."""

    def told(self, sid: str) -> list[str]:
        return [text for one, text, _ in self._carrier.told if one == sid]

    def next_answer_is_lost(self) -> None:
        self._carrier.answering[CALLER] = Answering.TAKEN_IN_SILENCE

    def next_order_is_lost(self) -> None:
        self._carrier.answering[CALLER] = Answering.LOST

    def next_is_too_many(self) -> None:
        self._carrier.answering[CALLER] = Answering.NOT_NOW

    def is_away(self) -> None:
        self._carrier.is_away = True

    def lists_lag(self) -> None:
        self._carrier.is_hidden = True


class OverTheWire:
    def __init__(self, application: SmallApplication, carrier: SimulatedCarrier, loop: Loop) -> None:
        self._carrier, self._loop, self._party = carrier, loop, NotingParty()
        application.replies |= {f"/voice/outbound/{ORDER.tag}": HELLO, f"/voice/outbound/{ORDER.tag}/status": ""}
        self.port: Carrier = CarrierDialler(ACCOUNT, TOKEN, application.base, carrier.base_url)

    def ago(self, secs: float) -> datetime:
        return datetime.now(UTC) - timedelta(seconds=secs)

    def is_answered(self, sid: str) -> None:
        """It rings until then: see `_simulated`."""
        self._loop.answered(sid)

    def until_over(self, sid: str) -> None:
        self._loop.ended(sid)

    def told(self, sid: str) -> list[str]:
        self.until_over(sid)
        call = self._carrier.call(sid)
        party = call.party if call is not None else None
        return party.said if isinstance(party, NotingParty) else []

    def next_answer_is_lost(self) -> None:
        self._carrier.faults.rest.unanswered.coming = 1

    def next_order_is_lost(self) -> None:
        self._carrier.faults.rest.cut.coming = 1

    def next_is_too_many(self) -> None:
        self._carrier.faults.rest.refused.coming = 1

    def is_away(self) -> None:
        self._carrier.faults.rest.kinds = frozenset(RequestKind)
        self._carrier.faults.rest.cut.rate = 1.0

    def lists_lag(self) -> None:
        """From the beginning: see `_simulated`."""


Story = Callable[[Telephony], None]


def _scripted(story: Story, **_: Any) -> None:
    story(Scripted())


def _simulated(story: Story, *, answers: bool = False, **account: Any) -> None:
    def work(client: Client, application: SmallApplication, carrier: SimulatedCarrier, loop: Loop) -> None:
        if answers:
            carrier.set_answering(CALLER, Pickup(party=NotingParty))
        story(OverTheWire(application, carrier, loop))

    with_loop(work, refused_destinations={"+44": 21215}, verified_callers=frozenset({OUR_SECOND}), **account)


Telling = Callable[..., None]


@pytest.fixture(params=[_scripted, _simulated], ids=["scripted", "over the wire"])
def tell(request: pytest.FixtureRequest) -> Telling:
    """Runs a story over each carrier."""
    chosen: Telling = request.param
    return chosen


def test_a_dialled_call_is_found_by_the_id_that_was_given(tell: Telling) -> None:
    def story(house: Telephony) -> None:
        sid = house.port.dial(ORDER)
        found = house.port.call(sid)
        assert found is not None
        assert found.carrier_sid == sid and found.status in ("queued", "ringing")
        assert found.created_at is not None and found.created_at >= house.ago(60)

    tell(story)


def test_every_order_is_a_call_of_its_own(tell: Telling) -> None:
    def story(house: Telephony) -> None:
        assert len({house.port.dial(ORDER) for _ in range(3)}) == 3

    tell(story)


def test_calls_are_listed_by_both_numbers_newest_first(tell: Telling) -> None:
    def story(house: Telephony) -> None:
        first = house.port.dial(ORDER)
        house.port.dial(replace(ORDER, to=OTHER))
        house.port.dial(replace(ORDER, from_number=OUR_SECOND))
        second = house.port.dial(ORDER)
        found = [call.carrier_sid for call in house.port.calls_to(CALLER, NUMBER, house.ago(60))]
        assert found == [second, first]

    tell(story)


def test_calls_before_the_given_time_are_not_listed(tell: Telling) -> None:
    def story(house: Telephony) -> None:
        house.port.dial(ORDER)
        assert house.port.calls_to(CALLER, NUMBER, house.ago(-60)) == []

    tell(story)


def test_lists_may_lag_behind(tell: Telling) -> None:
    def story(house: Telephony) -> None:
        house.lists_lag()
        sid = house.port.dial(ORDER)
        assert house.port.calls_to(CALLER, NUMBER, house.ago(60)) == []
        assert house.port.call(sid) is not None

    tell(story, list_lag_secs=3600.0)


def test_a_refused_number_will_never_do_and_nobody_was_dialled(tell: Telling) -> None:
    def story(house: Telephony) -> None:
        with pytest.raises(DialRefused) as caught:
            house.port.dial(replace(ORDER, to=REFUSED))
        assert caught.value.is_final
        assert house.port.calls_to(REFUSED, NUMBER, house.ago(60)) == []

    tell(story)


def test_too_many_requests_are_a_refusal_for_now(tell: Telling) -> None:
    def story(house: Telephony) -> None:
        house.next_is_too_many()
        with pytest.raises(DialRefused) as caught:
            house.port.dial(ORDER)
        assert not caught.value.is_final
        assert house.port.calls_to(CALLER, NUMBER, house.ago(60)) == []

    tell(story)


def test_a_lost_answer_is_silence_and_the_call_exists(tell: Telling) -> None:
    def story(house: Telephony) -> None:
        house.next_answer_is_lost()
        with pytest.raises(CarrierSilent):
            house.port.dial(ORDER)
        assert len(house.port.calls_to(CALLER, NUMBER, house.ago(60))) == 1

    tell(story)


def test_a_lost_order_is_silence_too_and_no_call_exists(tell: Telling) -> None:
    def story(house: Telephony) -> None:
        house.next_order_is_lost()
        with pytest.raises(CarrierSilent):
            house.port.dial(ORDER)
        assert house.port.calls_to(CALLER, NUMBER, house.ago(60)) == []

    tell(story)


def test_an_unknown_call_is_none(tell: Telling) -> None:
    def story(house: Telephony) -> None:
        assert house.port.call(NEVER) is None
        assert house.port.hang_up(NEVER) is False
        assert house.port.say_and_hang_up(NEVER, "Goodbye.", "en") is False
        assert house.port.send_back(NEVER, "a" * 32) is False

    tell(story)


def test_a_ringing_call_is_taken_back_once(tell: Telling) -> None:
    def story(house: Telephony) -> None:
        sid = house.port.dial(ORDER)
        assert house.port.hang_up(sid) is True
        house.until_over(sid)
        found = house.port.call(sid)
        assert found is not None and found.status in OVER
        assert house.port.hang_up(sid) is False

    tell(story)


def test_an_answered_call_is_told_something_and_is_over(tell: Telling) -> None:
    def story(house: Telephony) -> None:
        sid = house.port.dial(ORDER)
        house.is_answered(sid)
        assert house.port.say_and_hang_up(sid, "Nobody can take your call.", "en") is True
        assert house.told(sid)[-1:] == ["Nobody can take your call."]
        assert house.port.say_and_hang_up(sid, "Goodbye.", "en") is False

    tell(story, answers=True)


def test_a_text_has_an_id(tell: Telling) -> None:
    def story(house: Telephony) -> None:
        sids = {house.port.send_text(CALLER, NUMBER, "We call you.", tag=f"t{one}") for one in range(2)}
        assert len(sids) == 2 and all(sid.startswith("SM") for sid in sids)

    tell(story)


def test_a_text_to_a_refused_number_is_refused_for_good(tell: Telling) -> None:
    def story(house: Telephony) -> None:
        with pytest.raises(DialRefused) as caught:
            house.port.send_text(REFUSED, NUMBER, "We call you.", tag="t1")
        assert caught.value.is_final

    tell(story)


def test_a_carrier_that_is_away_is_silence_whatever_is_asked(tell: Telling) -> None:
    def story(house: Telephony) -> None:
        sid = house.port.dial(ORDER)
        house.is_away()
        for ask in (
            lambda: house.port.dial(ORDER),
            lambda: house.port.calls_to(CALLER, NUMBER, house.ago(60)),
            lambda: house.port.call(sid),
            lambda: house.port.hang_up(sid),
            lambda: house.port.say_and_hang_up(sid, "Goodbye.", "en"),
            lambda: house.port.send_back(sid, "a" * 32),
            lambda: house.port.send_text(CALLER, NUMBER, "We call you.", tag="t1"),
        ):
            with pytest.raises(CarrierSilent):
                ask()

    tell(story)
