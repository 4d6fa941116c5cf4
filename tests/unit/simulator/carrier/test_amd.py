import asyncio
from collections.abc import Awaitable, Callable

import pytest

from ivr.simulator.carrier import Answering, CarrierCall, Pickup, Voicemail
from ivr.simulator.carrier.amd import MachineDetection, MachineMode, Verdict, verdict
from ivr.simulator.carrier.behaviours import Behaviours
from ivr.simulator.carrier.call import CallHooks
from ivr.simulator.carrier.callbacks import Progress
from ivr.simulator.carrier.documents import InlineTwiml
from ivr.simulator.carrier.mulaw import tone
from ivr.simulator.carrier.outbound import DialOrder
from ivr.simulator.carrier.parties import NOBODY
from ivr.simulator.carrier.webhooks import WebhookRequest
from tests.fakes.carrier_world import ACCOUNT, CALLER, NUMBER, STATUS, VOICE, Reply, World, twiml, world

pytestmark = pytest.mark.unit

AMD = "https://app.example.com/amd"
START, MESSAGE_END = MachineDetection(MachineMode.START), MachineDetection(MachineMode.MESSAGE_END)
TALK = '<Pause length="30"/>'


def beside(mode: MachineMode = MachineMode.START, timeout_secs: int = 30) -> MachineDetection:
    return MachineDetection(mode, timeout_secs, is_async=True, callback=AMD)


def play(scenario: Callable[[World], Awaitable[None]], document: str = twiml(TALK)) -> None:
    async def run() -> None:
        answers: dict[str, Reply | list[Reply]] = {VOICE: document, STATUS: "", AMD: ""}
        async with world(answers) as here:
            await scenario(here)

    asyncio.run(run())


def dial(here: World, detection: MachineDetection, answering: Answering) -> CarrierCall:
    here.carrier.set_answering(CALLER, answering)
    hooks = CallHooks(status_callback=STATUS, status_events=frozenset(Progress))
    return here.carrier.dial(NUMBER, CALLER, hooks, DialOrder(WebhookRequest(VOICE), detection=detection))


def test_a_box_is_a_machine_after_four_seconds() -> None:
    assert verdict(Voicemail().answering, START) == Verdict("machine_start", 4000)


def test_a_box_is_told_at_its_beep_where_the_end_is_wanted() -> None:
    assert verdict(Voicemail(greeting=tone(200, 5000)).answering, MESSAGE_END) == Verdict("machine_end_beep", 5420)


def test_a_person_is_told_at_once_in_both_modes() -> None:
    assert verdict(Answering(detection_ms=2500), START) == Verdict("human", 2500)
    assert verdict(Answering(detection_ms=2500), MESSAGE_END) == Verdict("human", 2500)


def test_the_time_limit_makes_it_unknown() -> None:
    short = MachineDetection(MachineMode.MESSAGE_END, timeout_secs=5)
    assert verdict(Voicemail().answering, short) == Verdict("unknown", 5000)


def test_document_is_held_until_the_beep() -> None:
    async def scenario(here: World) -> None:
        call = dial(here, MESSAGE_END, Voicemail().answering)
        await call.wait_answered()
        await here.after(6)
        assert here.webhooks.to(VOICE) == []
        await here.after(1)
        params = here.webhooks.to(VOICE)[0]
        assert (params["AnsweredBy"], params["MachineDetectionDuration"]) == ("machine_end_beep", "6420")

    play(scenario)


def test_asynchronous_result_is_posted_with_four_parameters_while_the_document_runs() -> None:
    async def scenario(here: World) -> None:
        call = dial(here, beside(), Voicemail().answering)
        await call.wait_answered()
        await here.after(1)
        assert "AnsweredBy" not in here.webhooks.to(VOICE)[0]
        await here.after(4)
        assert here.webhooks.to(AMD) == [
            {
                "CallSid": call.sid,
                "AccountSid": ACCOUNT,
                "AnsweredBy": "machine_start",
                "MachineDetectionDuration": "4000",
            }
        ]
        call.hang_up()
        await here.after(1)
        assert here.webhooks.to(STATUS)[-1]["AnsweredBy"] == "machine_start"

    play(scenario)


def test_no_asynchronous_result_after_the_call_unless_it_is_late() -> None:
    async def scenario(here: World) -> None:
        first = dial(here, beside(), Answering())
        await first.wait_answered()
        first.hang_up()
        await here.after(10)
        assert here.webhooks.to(AMD) == []
        here.carrier.faults.late_detection_ms = 5000
        second = dial(here, beside(), Answering())
        await second.wait_answered()
        await here.after(3)
        second.hang_up()
        await here.after(10)
        assert [params["CallSid"] for params in here.webhooks.to(AMD)] == [second.sid]

    play(scenario)


def test_detection_is_ignored_with_digits() -> None:
    async def scenario(here: World) -> None:
        here.carrier.set_answering(CALLER, Answering())
        order = DialOrder(WebhookRequest(VOICE), send_digits="1", detection=beside())
        call = here.carrier.dial(NUMBER, CALLER, CallHooks(), order)
        await call.wait_answered()
        await here.after(10)
        assert here.webhooks.to(AMD) == []

    play(scenario)


def test_child_of_dial_has_its_own_result() -> None:
    async def scenario(here: World) -> None:
        here.carrier.set_answering(CALLER, Voicemail().answering)
        await here.call()
        await here.after(12)
        assert here.webhooks.to(AMD)[0]["CallSid"] == here.carrier.calls[1].sid

    number = f'<Number machineDetection="Enable" amdStatusCallback="{AMD}">{CALLER}</Number>'
    play(scenario, twiml(f"<Dial>{number}</Dial>"))


def test_box_records_only_what_comes_after_the_beep() -> None:
    box = Voicemail()

    async def scenario(here: World) -> None:
        here.carrier.set_answering(CALLER, box.answering)
        message = InlineTwiml(twiml("<Say>too early</Say>", '<Pause length="8"/>', "<Say>your code is one two</Say>"))
        call = here.carrier.dial(NUMBER, CALLER, CallHooks(), DialOrder(message))
        await call.wait_ended()

    play(scenario)
    assert box.boxes[0].words == ["your code is one two"]
    assert [told.text for told in box.boxes[0].told] == ["too early", "your code is one two"]


def test_box_keeps_the_sound_of_the_message() -> None:
    box = Voicemail(greeting=tone(200, 1000))

    async def scenario(here: World) -> None:
        here.carrier.set_answering(CALLER, box.answering)
        call = here.carrier.dial(NUMBER, CALLER, CallHooks(), DialOrder(InlineTwiml(twiml(TALK))))
        await call.wait_answered()
        await here.after(3)
        await call.play_out(tone(800, 400))

    play(scenario)
    assert tone(800, 400) in bytes(box.boxes[0].recorded)


def test_box_hangs_up_after_silence() -> None:
    async def scenario(here: World) -> None:
        here.carrier.set_answering(CALLER, Voicemail(greeting=tone(200, 1000), silence_secs=5).answering)
        call = here.carrier.dial(NUMBER, CALLER, CallHooks(), DialOrder(InlineTwiml(twiml('<Pause length="60"/>'))))
        await call.wait_ended()
        assert 6000 < call.now_ms < 7000

    play(scenario)


def test_first_busy_then_no_answer_then_answered() -> None:
    async def scenario(here: World) -> None:
        here.carrier.set_answering(CALLER, Answering(Pickup.BUSY), Answering(Pickup.NO_ANSWER), Answering())
        ends = []
        for _ in range(4):
            order = DialOrder(InlineTwiml(twiml("<Say>hi</Say>")))
            ends.append((await here.carrier.dial(NUMBER, CALLER, CallHooks(), order).wait_ended()).value)
        assert ends == ["busy", "no-answer", "completed", "completed"]

    play(scenario)


def test_hook_sees_each_dialling_and_may_choose() -> None:
    async def scenario(here: World) -> None:
        seen: list[str] = []

        def hook(call: CarrierCall) -> Answering | None:
            seen.append(call.resource.to_number)
            return Answering(Pickup.BUSY) if len(seen) == 1 else None

        here.carrier.on_dialled = hook
        here.carrier.set_answering(CALLER, Answering())
        order = DialOrder(InlineTwiml(twiml("<Say>hi</Say>")))
        ends = [(await here.carrier.dial(NUMBER, CALLER, CallHooks(), order).wait_ended()).value for _ in range(2)]
        assert (seen, ends) == ([CALLER, CALLER], ["busy", "completed"])

    play(scenario)


def test_number_without_behaviour_has_nobody() -> None:
    behaviours = Behaviours()
    assert behaviours.take(CALLER) is NOBODY
    behaviours.put(CALLER, [Answering()])
    behaviours.remove(CALLER)
    assert behaviours.take(CALLER) is NOBODY
    with pytest.raises(ValueError):
        behaviours.put(CALLER, [])
