"""What the dispatcher relies on in a carrier: one suite over the fake, and the dialler beside the simulated carrier."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from twilio.rest import Client

from ivr.ports import Carrier, CarrierSilent, DialOrder, DialRefused
from ivr.simulator.carrier import Carrier as SimulatedCarrier
from ivr.simulator.carrier import Voicemail
from ivr.telephony.dialler import CarrierDialler
from tests.fakes.carrier_port import Answering, ScriptedCarrier
from tests.fakes.small_application import ACCOUNT, CALLER, NUMBER, TOKEN, SmallApplication
from tests.integration.carrier_client import HELLO, Loop, with_loop

pytestmark = pytest.mark.contract

FORBIDDEN = "+4420300000"
TAG = "a" * 32
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
Check = Callable[[Carrier, Callable[[str], None]], None]
"""(carrier, let a call be answered)"""


def over_the_fake(check: Check) -> None:
    """No network."""
    carrier = ScriptedCarrier(lambda: datetime.now(UTC), answering={FORBIDDEN: Answering.REFUSED})
    check(carrier, lambda sid: carrier.becomes(sid, "in-progress"))


def over_the_wire(check: Check) -> None:
    """The dialler, the simulated carrier, and an application that answers for the leg."""

    def work(client: Client, application: SmallApplication, carrier: SimulatedCarrier, loop: Loop) -> None:
        application.replies[f"/voice/outbound/{TAG}"] = HELLO
        application.replies[f"/voice/outbound/{TAG}/status"] = ""
        application.replies["/sms/status"] = ""
        carrier.set_answering(CALLER, Voicemail(after_ms=100).answering)
        dialler = CarrierDialler(ACCOUNT, TOKEN, application.base, carrier.base_url, timeout_secs=5.0)

        def answer(sid: str) -> None:
            loop.answered(sid)
            becomes(dialler, sid, "in-progress")

        check(dialler, answer)

    with_loop(work, refused_destinations={"+44": 21215})


def becomes(carrier: Carrier, sid: str, status: str) -> None:
    """Waits until the carrier says so."""
    deadline = time.monotonic() + 5
    while (found := carrier.call(sid)) is None or found.status != status:
        if time.monotonic() > deadline:
            raise TimeoutError("it never became so")
        time.sleep(0.01)


@pytest.fixture(params=[over_the_fake, over_the_wire], ids=["fake", "dialler"])
def over(request: pytest.FixtureRequest) -> Callable[[Check], None]:
    """Runs a check."""
    chosen: Callable[[Check], None] = request.param
    return chosen


def order(to: str = CALLER) -> DialOrder:
    """To somebody who answers."""
    return DialOrder(to, NUMBER, TAG, 30)


def test_a_call_that_was_asked_for_is_found_by_its_id_and_by_its_numbers(over: Callable[[Check], None]) -> None:
    def check(carrier: Carrier, answer: Callable[[str], None]) -> None:
        sid = carrier.dial(order())
        found = carrier.call(sid)
        assert found is not None
        assert found.carrier_sid == sid
        answer(sid)
        assert [call.carrier_sid for call in carrier.calls_to(CALLER, NUMBER, LONG_AGO)] == [sid]
        assert carrier.calls_to(CALLER, "+15551230009", LONG_AGO) == []
        assert carrier.calls_to("+12025550199", NUMBER, LONG_AGO) == []
        assert carrier.calls_to(CALLER, NUMBER, datetime.now(UTC) + timedelta(hours=1)) == []

    over(check)


def test_newer_calls_are_listed_first(over: Callable[[Check], None]) -> None:
    def check(carrier: Carrier, answer: Callable[[str], None]) -> None:
        sids = [carrier.dial(order()) for _ in range(2)]
        for sid in sids:
            answer(sid)
        assert [call.carrier_sid for call in carrier.calls_to(CALLER, NUMBER, LONG_AGO)] == sids[::-1]

    over(check)


def test_no_such_call(over: Callable[[Check], None]) -> None:
    over(lambda carrier, answer: _is_none(carrier.call("CA" + "9" * 32)))


def _is_none(found: object) -> None:
    assert found is None


def test_a_refusal_is_certain(over: Callable[[Check], None]) -> None:
    def check(carrier: Carrier, answer: Callable[[str], None]) -> None:
        with pytest.raises(DialRefused) as refused:
            carrier.dial(order(FORBIDDEN))
        assert refused.value.is_final
        assert carrier.calls_to(FORBIDDEN, NUMBER, LONG_AGO) == []

    over(check)


def test_a_call_is_ended_once(over: Callable[[Check], None]) -> None:
    def check(carrier: Carrier, answer: Callable[[str], None]) -> None:
        sid = carrier.dial(order())
        answer(sid)
        assert carrier.hang_up(sid)
        becomes(carrier, sid, "completed")
        assert not carrier.hang_up(sid)
        assert not carrier.say_and_hang_up(sid, "Sorry.", "en")

    over(check)


def test_a_live_leg_is_told_something(over: Callable[[Check], None]) -> None:
    def check(carrier: Carrier, answer: Callable[[str], None]) -> None:
        sid = carrier.dial(order())
        answer(sid)
        assert carrier.say_and_hang_up(sid, "Sorry.", "en")

    over(check)


def test_a_text_has_an_id(over: Callable[[Check], None]) -> None:
    over(lambda carrier, answer: _begins(carrier.send_text(CALLER, NUMBER, "hello", tag="t")))


def _begins(sid: str) -> None:
    assert sid.startswith("SM")


def test_a_carrier_that_cannot_be_reached_is_silent() -> None:
    away = ScriptedCarrier(lambda: datetime.now(UTC), is_away=True)
    nowhere = CarrierDialler(ACCOUNT, TOKEN, "http://127.0.0.1:9", "http://127.0.0.1:9", timeout_secs=1.0)
    carriers: tuple[Carrier, ...] = (away, nowhere)
    for carrier in carriers:
        for ask in (
            lambda one: one.dial(order()),
            lambda one: one.call("CA" + "9" * 32),
            lambda one: one.calls_to(CALLER, NUMBER, LONG_AGO),
            lambda one: one.hang_up("CA" + "9" * 32),
            lambda one: one.say_and_hang_up("CA" + "9" * 32, "Sorry.", "en"),
            lambda one: one.send_text(CALLER, NUMBER, "hello", tag="t"),
        ):
            with pytest.raises(CarrierSilent):
                ask(carrier)
