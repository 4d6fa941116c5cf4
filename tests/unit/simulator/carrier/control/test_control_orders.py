import asyncio
import base64

import pytest

from ivr.simulator.carrier import Answering, Pickup, TextDelivery, TextStatus
from ivr.simulator.carrier.call import CallHooks
from ivr.simulator.carrier.control.desk import ControlDesk
from ivr.simulator.carrier.control.fault_orders import change_faults, faults_now
from ivr.simulator.carrier.control.orders import NumberOrder, text_delivery
from ivr.simulator.carrier.control.values import ControlInvalid
from ivr.simulator.carrier.documents import InlineTwiml
from ivr.simulator.carrier.faults import Faults, Odds, RequestKind
from ivr.simulator.carrier.mulaw import tone
from ivr.simulator.carrier.outbound import DialOrder
from tests.fakes.carrier_world import CALLER, NUMBER, STATUS, VOICE, twiml, world

pytestmark = pytest.mark.unit


def answering(value: object) -> list[Answering]:
    return NumberOrder(value, "numbers").answering


def test_one_behaviour_or_many() -> None:
    assert [one.pickup for one in answering({"pickup": "busy"})] == [Pickup.BUSY]
    many = answering([{"pickup": "no_answer"}, {"after_ms": "2500", "answered_by": "machine_start"}])
    assert [(one.pickup, one.after_ms, one.answered_by) for one in many] == [
        (Pickup.NO_ANSWER, 1000, "human"),
        (Pickup.ANSWER, 2500, "machine_start"),
    ]


def test_voicemail_with_its_own_greeting() -> None:
    order = NumberOrder({"voicemail": {"greeting_ms": 2000}, "after_ms": 100}, "numbers")
    assert (order.answering[0].after_ms, order.answering[0].message_end_ms) == (100, 2420)
    assert len(order.voicemails) == 1


def test_voicemail_may_be_empty() -> None:
    assert answering({"voicemail": None})[0].answered_by == "machine_start"


@pytest.mark.parametrize(
    "value",
    [
        [],
        "busy",
        {"pick_up": "busy"},
        {"after_ms": -1},
        {"after_ms": 1.5},
        {"after_ms": True},
        {"after_ms": "٣"},
        {"skip_ringing": "perhaps"},
        {"answered_by": 3},
        {"steps": [{"press": "x"}]},
        {"steps": [{"audio": "not base64!"}]},
        {"voicemail": {"colour": "red"}},
    ],
)
def test_orders_that_make_no_sense(value: object) -> None:
    with pytest.raises(ControlInvalid):
        answering(value)


def test_fate_of_a_text() -> None:
    assert text_delivery({"final": "failed", "error_code": 30007}, "texts") == TextDelivery(TextStatus.FAILED, 30007)
    assert text_delivery({}, "texts") == TextDelivery()


def test_faults_are_changed_by_name_and_the_rest_stays() -> None:
    faults = Faults(late_detection_ms=7)
    change_faults(
        faults,
        {
            "rest": {"lying": 0.5, "cut": {"coming": 2}, "kinds": ["read", "create"], "slow_after_ms": "900"},
            "callbacks": {"lose": ["ringing"], "delay_ms": {"answered": 300}, "duplicate": True},
            "list_lag_secs": 4,
        },
    )
    assert (faults.rest.lying, faults.rest.cut, faults.rest.slow_after_ms) == (Odds(0.5), Odds(coming=2), 900)
    assert faults.rest.kinds == frozenset({RequestKind.READ, RequestKind.CREATE})
    assert (faults.callbacks.lose, faults.callbacks.delay_ms) == (frozenset({"ringing"}), {"answered": 300})
    assert (faults.callbacks.duplicate, faults.list_lag_secs, faults.late_detection_ms) == (True, 4.0, 7)


def test_faults_as_shown_can_be_set_again() -> None:
    shown = faults_now(Faults())
    faults = Faults()
    change_faults(faults, shown)
    assert faults == Faults()


@pytest.mark.parametrize("value", [{"rest": {"lying": 2}}, {"rest": {"nothing": 1}}, {"rest": {"kinds": ["x"]}}, []])
def test_faults_that_make_no_sense_change_nothing(value: object) -> None:
    faults = Faults()
    with pytest.raises(ControlInvalid):
        change_faults(faults, value)
    with pytest.raises(ControlInvalid):
        change_faults(faults, {"late_detection_ms": 5, "rest": {"lying": 2}})
    assert faults == Faults()


def test_scripted_far_end_waits_and_acts() -> None:
    steps = [
        {"on_say": "press one", "after_ms": 300, "press": "1"},
        {"quiet_ms": 500, "audio": base64.b64encode(tone(500, 100)).decode()},
        {"after_ms": 1000, "hangs_up": True},
    ]

    async def scenario() -> None:
        accept = f'<Gather numDigits="1" action="{VOICE}"><Say>press one</Say><Pause length="9"/></Gather>'
        answers = {VOICE: twiml("<Say>thank you</Say>", '<Pause length="60"/>'), STATUS: ""}
        async with world(dict(answers)) as here:
            here.carrier.desk.set_number(CALLER, {"after_ms": 10, "steps": steps})
            call = here.carrier.dial(NUMBER, CALLER, CallHooks(), DialOrder(InlineTwiml(twiml(accept))))
            await call.wait_ended()
            assert here.webhooks.to(VOICE)[0]["Digits"] == "1"
            kinds = [event.kind.value for event in call.events]
            assert kinds.index("digit") < kinds.index("caller_audio_started") < kinds.index("ended")
            assert call.now_ms < 5000

    asyncio.run(scenario())


def test_plan_is_taken_whole_or_not_at_all() -> None:
    async def scenario() -> None:
        async with world({}) as here:
            desk = here.carrier.desk
            with pytest.raises(ControlInvalid):
                desk.take_plan({"numbers": {CALLER: {"pickup": "busy"}}, "faults": {"rest": 3}})
            assert desk.numbers() == {}
            desk.take_plan({"numbers": {CALLER: {"pickup": "busy"}}})
            assert desk.numbers() == {CALLER: [{"pickup": "busy", "after_ms": 1000}]}
            desk.remove_number(CALLER)
            assert desk.numbers() == {}

    asyncio.run(scenario())


def test_mistakes_do_not_show_whole_numbers() -> None:
    with pytest.raises(ControlInvalid) as caught:
        ControlDesk.check_plan({"numbers": {CALLER: {"pickup": "x"}}})
    assert CALLER not in str(caught.value)
