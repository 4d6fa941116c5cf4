import asyncio

import pytest

from ivr.simulator.carrier import Answering, CallStatus, Pickup
from ivr.simulator.carrier.amd import MachineDetection, MachineMode
from ivr.simulator.carrier.call import CallHooks, CarrierCall
from ivr.simulator.carrier.callbacks import Progress
from ivr.simulator.carrier.documents import InlineTwiml
from ivr.simulator.carrier.outbound import DialOrder
from ivr.simulator.carrier.outcomes import EndedBy, HungUp, Redirected
from ivr.simulator.carrier.settings import LineSettings
from ivr.simulator.carrier.webhooks import WebhookRequest
from tests.fakes.carrier_world import CALLER, NUMBER, STATUS, VOICE, NotingParty, ScriptedWebhooks, World, twiml, world

pytestmark = pytest.mark.unit

HELLO = InlineTwiml(twiml("<Say>hello</Say>"))


def dial(here: World, order: DialOrder) -> CarrierCall:
    return here.carrier.dial(
        NUMBER, CALLER, CallHooks(status_callback=STATUS, status_events=frozenset(Progress)), order
    )


def outbound(answering: Answering | None, order: DialOrder | None = None) -> tuple[CarrierCall, ScriptedWebhooks]:
    async def scenario() -> tuple[CarrierCall, ScriptedWebhooks]:
        async with world({STATUS: "", VOICE: twiml("<Say>hello</Say>")}) as here:
            if answering is not None:
                here.carrier.set_answering(CALLER, answering)
            call = dial(here, order or DialOrder(HELLO))
            assert call.status is CallStatus.QUEUED
            await call.wait_ended()
        return call, here.webhooks

    return asyncio.run(scenario())


def told(webhooks: ScriptedWebhooks) -> list[tuple[str, str]]:
    return [(params["CallStatus"], params["SequenceNumber"]) for params in webhooks.to(STATUS)]


def test_answered_call_tells_four_stages_in_order() -> None:
    call, webhooks = outbound(Answering(after_ms=3000))
    assert told(webhooks) == [("initiated", "0"), ("ringing", "1"), ("in-progress", "2"), ("completed", "3")]
    assert call.status is CallStatus.COMPLETED


def test_document_is_asked_for_after_the_answer() -> None:
    _, webhooks = outbound(Answering(), DialOrder(WebhookRequest(VOICE)))
    params = webhooks.to(VOICE)[0]
    assert (params["CallStatus"], params["Direction"]) == ("in-progress", "outbound-api")


@pytest.mark.parametrize(
    ("answering", "status", "code", "sequence"),
    [
        (Answering(Pickup.BUSY), "busy", "486", "2"),
        (Answering(Pickup.REJECT), "busy", "603", "2"),
        (Answering(Pickup.NO_ANSWER), "no-answer", "487", "2"),
        (Answering(Pickup.FAIL), "failed", "404", "1"),
        (None, "no-answer", "487", "2"),
    ],
)
def test_unanswered_call_tells_why(answering: Answering | None, status: str, code: str, sequence: str) -> None:
    _, webhooks = outbound(answering)
    last = webhooks.to(STATUS)[-1]
    assert (last["CallStatus"], last["SipResponseCode"], last["SequenceNumber"]) == (status, code, sequence)
    assert (last["CallDuration"], last["Duration"]) == ("0", "0")


def test_ringing_longer_than_the_timeout_and_its_buffer_is_no_answer() -> None:
    order = DialOrder(HELLO, timeout_secs=10)
    assert outbound(Answering(after_ms=14_000), order)[0].status is CallStatus.COMPLETED
    assert outbound(Answering(after_ms=16_000), order)[0].status is CallStatus.NO_ANSWER


def test_skipped_ringing_leaves_a_gap_of_one_stage() -> None:
    _, webhooks = outbound(Answering(skip_ringing=True))
    assert told(webhooks) == [("initiated", "0"), ("in-progress", "1"), ("completed", "2")]


def test_cancelled_while_ringing() -> None:
    async def scenario() -> CarrierCall:
        async with world({STATUS: ""}) as here:
            here.carrier.set_answering(CALLER, Answering(after_ms=20_000))
            call = dial(here, DialOrder(HELLO))
            await here.after(5)
            call.interrupt(HungUp(EndedBy.APPLICATION))
            await call.wait_ended()
            return call

    assert asyncio.run(scenario()).status is CallStatus.CANCELED


def test_time_limit_completes_the_call() -> None:
    order = DialOrder(InlineTwiml(twiml('<Say>hi</Say><Pause length="100"/>')), time_limit_secs=30)
    call, _ = outbound(Answering(), order)
    assert call.status is CallStatus.COMPLETED
    assert call.resource.duration_secs == 30


def test_machine_detection_holds_the_document() -> None:
    order = DialOrder(WebhookRequest(VOICE), detection=MachineDetection(MachineMode.START))
    call, webhooks = outbound(Answering(answered_by="machine_start", detection_ms=4000), order)
    params = webhooks.to(VOICE)[0]
    assert (params["AnsweredBy"], params["MachineDetectionDuration"]) == ("machine_start", "4000")


def test_send_digits_reach_the_party() -> None:
    parties: list[NotingParty] = []

    def party() -> NotingParty:
        parties.append(NotingParty())
        return parties[-1]

    outbound(Answering(party=party), DialOrder(HELLO, send_digits="12#"))
    assert parties[0].keys == "12#"
    assert parties[0].said == ["hello"]


def test_redirect_breaks_into_what_runs() -> None:
    async def scenario() -> NotingParty:
        party = NotingParty()
        async with world({STATUS: ""}) as here:
            here.carrier.set_answering(CALLER, Answering(party=lambda: party))
            call = dial(here, DialOrder(InlineTwiml(twiml('<Say>wait</Say><Pause length="600"/>'))))
            await call.wait_answered()
            await here.after(5)
            call.interrupt(Redirected(InlineTwiml(twiml("<Say>here you are</Say>"))))
            await call.wait_ended()
            assert call.now_ms < 10_000
        return party

    assert asyncio.run(scenario()).said == ["wait", "here you are"]


def test_inline_document_needs_absolute_actions() -> None:
    call, _ = outbound(Answering(), DialOrder(InlineTwiml(twiml("<Redirect>/relative</Redirect>"))))
    assert [event.code for event in call.events if event.kind.value == "application_error"] == [15004]


def test_calls_above_the_rate_wait_in_the_queue() -> None:
    async def scenario() -> list[str]:
        async with world({STATUS: ""}, LineSettings(calls_per_second=1)) as here:
            calls = [dial(here, DialOrder(HELLO)) for _ in range(3)]
            await here.after(1.5)
            return [call.status.value for call in calls] + [str(call.resource.queue_ms) for call in calls]

    assert asyncio.run(scenario()) == ["ringing", "ringing", "queued", "20", "1020", "2020"]


def test_hang_up_during_machine_detection_ends_the_call() -> None:
    async def scenario() -> int:
        async with world({STATUS: "", VOICE: twiml("<Say>hello</Say>")}) as here:
            here.carrier.set_answering(CALLER, Answering(detection_ms=30_000))
            call = dial(here, DialOrder(WebhookRequest(VOICE), detection=MachineDetection(MachineMode.START)))
            await call.wait_answered()
            await here.after(1)
            call.hang_up()
            await call.wait_ended()
            return call.now_ms

    assert asyncio.run(scenario()) < 1100


def test_callbacks_can_be_delayed_doubled_and_lost() -> None:
    async def scenario() -> tuple[list[tuple[str, str]], set[str]]:
        async with world({STATUS: ""}) as here:
            here.carrier.set_answering(CALLER, Answering())
            faults = here.carrier.faults.callbacks
            faults.duplicate, faults.lose, faults.delay_ms = True, frozenset({"answered"}), {"ringing": 60_000}
            call = dial(here, DialOrder(HELLO))
            await call.wait_ended()
            await here.after(61)
            tokens = {r.idempotency_token for r in here.webhooks.requests if r.params["SequenceNumber"] == "3"}
            return told(here.webhooks), tokens

    seen, tokens = asyncio.run(scenario())
    assert [status for status, _ in seen] == ["initiated"] * 2 + ["completed"] * 2 + ["ringing"] * 2
    assert len(tokens) == 1
