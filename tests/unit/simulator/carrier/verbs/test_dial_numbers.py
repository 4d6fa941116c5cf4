import asyncio
from collections.abc import Awaitable, Callable

import pytest

from ivr.simulator.carrier import Answering, CallStatus, CarrierCall, Pickup
from ivr.simulator.carrier.documents import InlineTwiml
from ivr.simulator.carrier.mulaw import tone
from ivr.simulator.carrier.outcomes import Redirected
from tests.fakes.carrier_world import CALLER, NUMBER, STATUS, VOICE, NotingParty, Reply, World, twiml, world

pytestmark = pytest.mark.unit

AGENT, OTHER = "+12025550170", "+12025550171"
AFTER = "https://app.example.com/after"
CHILD = "https://app.example.com/child"
WHISPER = "https://app.example.com/whisper"

Scenario = Callable[[World], Awaitable[None]]


def dial(inside: str = f"<Number>{AGENT}</Number>", attributes: str = "", after: str = "") -> str:
    return twiml(f'<Dial action="{AFTER}" {attributes}>{inside}</Dial>', after)


def number(attributes: str, to: str = AGENT) -> str:
    events = 'statusCallbackEvent="initiated ringing answered completed"'
    return f'<Number statusCallback="{CHILD}" {events} {attributes}>{to}</Number>'


def play(document: str, scenario: Scenario, more: dict[str, Reply | list[Reply]] | None = None) -> None:
    async def run() -> None:
        answers: dict[str, Reply | list[Reply]] = {VOICE: document, STATUS: "", CHILD: "", AFTER: twiml()}
        async with world({**answers, **(more or {})}) as here:
            await scenario(here)

    asyncio.run(run())


def child_of(here: World) -> CarrierCall:
    return here.carrier.calls[-1]


def result(here: World) -> dict[str, str]:
    params = here.webhooks.to(AFTER)[-1]
    return {name: value for name, value in params.items() if name.startswith("Dial") and name != "DialCallSid"}


def test_both_hear_each_other() -> None:
    caller, agent = NotingParty(), NotingParty()
    low, high = tone(400, 200), tone(900, 200)

    async def scenario(here: World) -> None:
        here.carrier.set_answering(AGENT, Answering(party=lambda: agent))
        parent = await here.call(caller)
        await here.after(3)
        caller.frames.clear()
        parent.send_audio(low)
        child_of(here).send_audio(high)
        await here.after(1)

    play(dial(), scenario)
    assert (caller.heard(), agent.heard()) == (high, low)


def test_child_is_a_call_of_its_own() -> None:
    async def scenario(here: World) -> None:
        here.carrier.set_answering(AGENT, Answering(after_ms=2000))
        parent = await here.call()
        await here.after(4)
        child_of(here).hang_up()
        await parent.wait_ended()
        told = here.webhooks.to(CHILD)
        assert [(params["CallStatus"], params["SequenceNumber"]) for params in told] == [
            ("initiated", "0"),
            ("ringing", "1"),
            ("in-progress", "2"),
            ("completed", "3"),
        ]
        assert {(p["ParentCallSid"], p["Direction"], p["From"], p["To"]) for p in told} == {
            (parent.sid, "outbound-dial", CALLER, AGENT)
        }
        assert child_of(here).resource.parent_sid == parent.sid

    play(dial(number("")), scenario)


def test_action_tells_how_it_ended_and_for_how_long() -> None:
    async def scenario(here: World) -> None:
        here.carrier.set_answering(AGENT, Answering())
        parent = await here.call()
        await here.after(1.05)
        await here.after(12)
        child_of(here).hang_up()
        await parent.wait_ended()
        assert result(here) == {"DialCallStatus": "completed", "DialCallDuration": "12", "DialBridged": "true"}
        assert here.webhooks.to(AFTER)[0]["DialCallSid"] == child_of(here).sid

    play(dial(), scenario)


@pytest.mark.parametrize(
    ("answering", "status"),
    [
        (Answering(Pickup.BUSY), "busy"),
        (Answering(Pickup.REJECT), "busy"),
        (Answering(Pickup.NO_ANSWER), "no-answer"),
        (Answering(Pickup.FAIL), "failed"),
    ],
)
def test_unanswered_child_tells_why_and_the_call_goes_on(answering: Answering, status: str) -> None:
    caller = NotingParty()

    async def scenario(here: World) -> None:
        here.carrier.set_answering(AGENT, answering)
        parent = await here.call(caller)
        await parent.wait_ended()
        assert result(here) == {"DialCallStatus": status}

    play(dial(), scenario, {AFTER: twiml("<Say>sorry</Say>")})
    assert caller.said == ["sorry"]


def test_without_action_the_next_verb_runs() -> None:
    caller = NotingParty()

    async def scenario(here: World) -> None:
        await (await here.call(caller)).wait_ended()

    play(twiml(f'<Dial timeout="5">{AGENT}</Dial>', "<Say>nobody</Say>"), scenario)
    assert caller.said == ["nobody"]


def test_ringing_ends_with_the_timeout_and_its_buffer() -> None:
    async def scenario(here: World) -> None:
        parent = await here.call()
        await parent.wait_ended()
        assert 25_000 <= parent.now_ms < 25_500

    play(dial(attributes='timeout="20"'), scenario)


def test_first_to_answer_wins_and_the_others_are_cancelled() -> None:
    async def scenario(here: World) -> None:
        here.carrier.set_answering(AGENT, Answering(after_ms=5000))
        here.carrier.set_answering(OTHER, Answering(after_ms=2000))
        await here.call()
        await here.after(4)
        assert [call.status for call in here.carrier.calls[1:]] == [CallStatus.CANCELED, CallStatus.IN_PROGRESS]

    play(dial(f"<Number>{AGENT}</Number><Number>{OTHER}</Number>"), scenario)


def test_caller_hanging_up_ends_the_child_before_the_action() -> None:
    async def scenario(here: World) -> None:
        here.carrier.set_answering(AGENT, Answering())
        parent = await here.call()
        await here.after(4)
        parent.hang_up()
        await parent.wait_ended()
        await here.after(0.1)
        assert child_of(here).status is CallStatus.COMPLETED
        assert (here.webhooks.to(AFTER)[0]["CallStatus"], result(here)["DialCallStatus"]) == ("completed", "completed")

    play(dial(), scenario)


def test_caller_hanging_up_while_it_rings_cancels_the_child() -> None:
    async def scenario(here: World) -> None:
        parent = await here.call()
        await here.after(4)
        parent.hang_up()
        await parent.wait_ended()
        await here.after(0.1)
        assert child_of(here).status is CallStatus.CANCELED
        assert result(here) == {"DialCallStatus": "canceled"}

    play(dial(), scenario)


def test_whisper_is_heard_by_the_child_only_and_then_they_are_joined() -> None:
    caller, agent = NotingParty(), NotingParty()

    async def scenario(here: World) -> None:
        here.carrier.set_answering(AGENT, Answering(party=lambda: agent))
        parent = await here.call(caller)
        await here.after(6)
        params = here.webhooks.to(WHISPER)[0]
        assert (params["CallSid"], params["ParentCallSid"], params["CallStatus"]) == (
            child_of(here).sid,
            parent.sid,
            "in-progress",
        )
        assert [event.name for event in parent.events if event.kind.value == "bridged"] == [child_of(here).sid]

    play(dial(number(f'url="{WHISPER}"')), scenario, {WHISPER: twiml("<Say>a call</Say>")})
    assert (caller.said, agent.said) == ([], ["a call"])


def test_declined_in_the_whisper_is_completed_but_not_bridged() -> None:
    async def scenario(here: World) -> None:
        here.carrier.set_answering(AGENT, Answering())
        parent = await here.call()
        await parent.wait_ended()
        assert (result(here)["DialCallStatus"], result(here)["DialBridged"]) == ("completed", "false")

    play(dial(number(f'url="{WHISPER}"')), scenario, {WHISPER: twiml("<Say>a call</Say>", "<Hangup/>")})


def test_pressing_in_the_whisper_accepts() -> None:
    agent = NotingParty()
    agent.reactions["press 1"] = lambda call: call.press("1")

    async def scenario(here: World) -> None:
        here.carrier.set_answering(AGENT, Answering(party=lambda: agent))
        parent = await here.call()
        await here.after(6)
        child_of(here).hang_up()
        await parent.wait_ended()
        assert result(here)["DialBridged"] == "true"

    accept = f'<Gather numDigits="1" action="{STATUS}"><Say>press 1</Say></Gather>'
    play(dial(number(f'url="{WHISPER}"')), scenario, {WHISPER: twiml(accept, "<Hangup/>"), STATUS: twiml()})


def test_redirected_caller_leaves_and_the_child_is_hung_up() -> None:
    caller = NotingParty()

    async def scenario(here: World) -> None:
        here.carrier.set_answering(AGENT, Answering())
        parent = await here.call(caller)
        await here.after(4)
        parent.interrupt(Redirected(InlineTwiml(twiml("<Say>elsewhere</Say>"))))
        await parent.wait_ended()
        assert child_of(here).status is CallStatus.COMPLETED
        assert here.webhooks.to(AFTER) == []

    play(dial(), scenario)
    assert caller.said == ["elsewhere"]


def test_redirected_child_lives_on_and_the_caller_goes_on() -> None:
    agent = NotingParty()

    async def scenario(here: World) -> None:
        here.carrier.set_answering(AGENT, Answering(party=lambda: agent))
        parent = await here.call()
        await here.after(4)
        child = child_of(here)
        child.interrupt(Redirected(InlineTwiml(twiml("<Say>with me</Say>", '<Pause length="30"/>'))))
        await parent.wait_ended()
        assert child.status is CallStatus.IN_PROGRESS
        assert result(here)["DialCallStatus"] == "completed"

    play(dial(), scenario)
    assert agent.said == ["with me"]


def test_keys_reach_the_other_side() -> None:
    caller, agent = NotingParty(), NotingParty()

    async def scenario(here: World) -> None:
        here.carrier.set_answering(AGENT, Answering(party=lambda: agent))
        parent = await here.call(caller)
        await here.after(4)
        parent.press("5")
        child_of(here).press("7")

    play(dial(), scenario)
    assert (agent.keys, caller.keys) == ("5", "7")


def test_answer_on_bridge_keeps_the_call_ringing() -> None:
    async def scenario(here: World) -> None:
        here.carrier.set_answering(AGENT, Answering(after_ms=5000))
        parent = await here.call()
        await here.after(4)
        assert parent.status is CallStatus.RINGING
        await here.after(2)
        assert parent.status is CallStatus.IN_PROGRESS

    play(dial(attributes='answerOnBridge="true"'), scenario)


def test_foreign_caller_id_is_refused() -> None:
    async def scenario(here: World) -> None:
        parent = await here.call()
        await parent.wait_ended()
        assert 13214 in parent.warnings
        assert result(here) == {"DialCallStatus": "failed"}
        assert len(here.carrier.calls) == 1

    play(dial(attributes='callerId="+12025550199"'), scenario)


def test_own_number_may_be_shown() -> None:
    async def scenario(here: World) -> None:
        await here.call()
        await here.after(1)
        assert child_of(here).resource.from_number == NUMBER

    play(dial(attributes=f'callerId="{NUMBER}"'), scenario)


def test_time_limit_ends_the_talk() -> None:
    async def scenario(here: World) -> None:
        here.carrier.set_answering(AGENT, Answering())
        parent = await here.call()
        await parent.wait_ended()
        assert 10_000 <= parent.now_ms <= 10_100
        assert result(here)["DialCallStatus"] == "completed"

    play(dial(attributes='timeLimit="10"'), scenario)


def test_numbers_one_after_the_other() -> None:
    async def scenario(here: World) -> None:
        here.carrier.set_answering(AGENT, Answering(Pickup.BUSY))
        here.carrier.set_answering(OTHER, Answering())
        await here.call()
        await here.after(4)
        assert [call.status for call in here.carrier.calls[1:]] == [CallStatus.BUSY, CallStatus.IN_PROGRESS]

    play(dial(f"<Number>{AGENT}</Number><Number>{OTHER}</Number>", 'sequential="true"'), scenario)
