import asyncio
from collections.abc import Awaitable, Callable

import numpy as np
import pytest

from ivr.simulator.carrier import CarrierCall
from ivr.simulator.carrier.conference import ConferenceStatus
from ivr.simulator.carrier.documents import InlineTwiml
from ivr.simulator.carrier.mulaw import decode, tone
from ivr.simulator.carrier.outcomes import EndedBy, HungUp, Redirected
from tests.fakes.carrier_world import FALLBACK, STATUS, VOICE, NotingParty, Reply, World, twiml, world

pytestmark = pytest.mark.unit

EVENTS = "https://app.example.com/conference"
AFTER = "https://app.example.com/after"
WAIT = "https://app.example.com/wait"
LOW, MIDDLE, HIGH = 400.0, 1000.0, 2300.0


def room(attributes: str = "", name: str = "room", after: str = "<Hangup/>", dial: str = "") -> str:
    callback = f'statusCallback="{EVENTS}" statusCallbackEvent="start end join leave mute hold modify"'
    attributes = attributes if "beep" in attributes else f'beep="false" {attributes}'
    attributes = attributes if "waitUrl" in attributes else f'waitUrl="" {attributes}'
    return twiml(f"<Dial {dial}><Conference {callback} {attributes}>{name}</Conference></Dial>", after)


def loudness(audio: bytes, frequency_hz: float) -> float:
    """Share of the audio's power at one frequency."""
    samples = decode(audio).astype(np.float64)
    if not len(samples) or not float(np.sum(samples**2)):
        return 0.0
    wave = np.exp(-2j * np.pi * frequency_hz * np.arange(len(samples)) / 8000)
    return float(2 * abs(np.sum(samples * wave)) ** 2 / (len(samples) * np.sum(samples**2)))


Scenario = Callable[[World], Awaitable[None]]


def play(documents: list[Reply], scenario: Scenario, more: dict[str, Reply | list[Reply]] | None = None) -> None:
    async def run() -> None:
        answers: dict[str, Reply | list[Reply]] = {VOICE: documents, STATUS: "", EVENTS: "", AFTER: twiml()}
        async with world({**answers, **(more or {})}) as here:
            await scenario(here)

    asyncio.run(run())


async def join(here: World, party: NotingParty | None = None, after_secs: float = 1.0) -> CarrierCall:
    call = await here.call(party)
    await call.wait_answered()
    await here.after(after_secs)
    return call


def told(here: World) -> list[tuple[str, str]]:
    return [(params["SequenceNumber"], params["StatusCallbackEvent"]) for params in here.webhooks.to(EVENTS)]


def test_three_legs_hear_the_two_others_and_not_themselves() -> None:
    parties = [NotingParty() for _ in range(3)]

    async def scenario(here: World) -> None:
        calls = [await join(here, party) for party in parties]
        for party in parties:
            party.frames.clear()
        for call, pitch in zip(calls, (LOW, MIDDLE, HIGH), strict=True):
            call.send_audio(tone(pitch, 1000))
        await here.after(1.2)
        for party in parties:
            party.frames.pop()

    play([room(), room(), room()], scenario)
    for party, own in zip(parties, (LOW, MIDDLE, HIGH), strict=True):
        shares = {pitch: loudness(party.heard(), pitch) for pitch in (LOW, MIDDLE, HIGH)}
        assert shares.pop(own) < 0.001
        assert all(0.4 < share < 0.55 for share in shares.values()), shares


def test_delay_from_mouth_to_ear_is_at_most_three_frames() -> None:
    listener = NotingParty()

    async def scenario(here: World) -> None:
        speaker = await join(here)
        await join(here, listener)
        began = here.clock.now_ms()
        listener.frames.clear()
        speaker.send_audio(tone(LOW, 200))
        await here.after(0.5)
        first = next(index for index, (_, _, is_silence) in enumerate(listener.frames) if not is_silence)
        assert first <= 3
        assert began > 0

    play([room(), room()], scenario)


def test_events_are_told_in_order_with_one_counter() -> None:
    async def scenario(here: World) -> None:
        first = await join(here)
        second = await join(here)
        second.hang_up()
        await here.after(0.1)
        assert first.status.value == "in-progress"
        first.hang_up()
        await here.after(0.1)
        assert told(here) == [
            ("1", "participant-join"),
            ("2", "participant-join"),
            ("3", "conference-start"),
            ("4", "participant-leave"),
            ("5", "participant-leave"),
            ("6", "conference-end"),
        ]
        leave, end = here.webhooks.to(EVENTS)[3], here.webhooks.to(EVENTS)[5]
        assert (leave["CallSid"], leave["ParticipantCallStatus"], leave["ReasonParticipantLeft"]) == (
            second.sid,
            "completed",
            "participant_hung_up",
        )
        assert (end["ReasonConferenceEnded"], end["CallSidEndingConference"]) == ("last-participant-left", first.sid)

    play([room(), room()], scenario)


def test_first_participants_callback_counts() -> None:
    async def scenario(here: World) -> None:
        await join(here)
        await join(here)
        assert len(told(here)) == 3

    play([room(), room().replace(EVENTS, AFTER)], scenario)


def test_participant_parameters_are_told() -> None:
    async def scenario(here: World) -> None:
        call = await join(here)
        params = here.webhooks.to(EVENTS)[0]
        assert params["ConferenceSid"].startswith("CF")
        assert {name: params[name] for name in params if name not in ("ConferenceSid", "Timestamp", "AccountSid")} == {
            "FriendlyName": "room",
            "SequenceNumber": "1",
            "StatusCallbackEvent": "participant-join",
            "CallSid": call.sid,
            "Muted": "true",
            "Hold": "false",
            "Coaching": "false",
            "EndConferenceOnExit": "true",
            "StartConferenceOnEnter": "false",
            "ParticipantLabel": "agent",
        }

    flags = 'muted="true" endConferenceOnExit="true" startConferenceOnEnter="false" participantLabel="agent"'
    play([room(flags)], scenario)


def test_it_begins_only_with_a_starter() -> None:
    waiting = NotingParty()

    async def scenario(here: World) -> None:
        first = await join(here, waiting)
        second = await join(here)
        second.send_audio(tone(LOW, 200))
        await here.after(0.5)
        assert here.carrier.conferences[0].status is ConferenceStatus.INIT
        assert waiting.heard() == b""
        await join(here)
        assert here.carrier.conferences[0].status is ConferenceStatus.IN_PROGRESS
        second.send_audio(tone(LOW, 200))
        await here.after(0.5)
        assert waiting.heard() != b""
        assert first.status.value == "in-progress"

    quiet = 'startConferenceOnEnter="false"'
    play([room(quiet), room(quiet), room()], scenario)


def test_who_ends_it_on_exit_takes_all_out_and_their_documents_go_on() -> None:
    staying = NotingParty()

    async def scenario(here: World) -> None:
        first = await join(here, staying)
        second = await join(here)
        second.hang_up()
        await first.wait_ended()
        leave, end = here.webhooks.to(EVENTS)[-2:]
        assert leave["ReasonParticipantLeft"] == "moderator_ended_conference"
        assert leave["ParticipantCallStatus"] == "in-progress"
        assert end["ReasonConferenceEnded"] == "participant-with-end-conference-on-exit-left"
        assert end["CallSidEndingConference"] == second.sid

    play([room(after="<Say>goodbye</Say>"), room('endConferenceOnExit="true"')], scenario)
    assert staying.said == ["goodbye"]


def test_redirect_takes_one_leg_out_at_once_and_the_others_go_on() -> None:
    moved, staying = NotingParty(), NotingParty()

    async def scenario(here: World) -> None:
        first, second, third = await join(here, moved), await join(here), await join(here, staying)
        first.interrupt(Redirected(InlineTwiml(twiml("<Say>elsewhere</Say>", '<Pause length="9"/>'))))
        await here.after(0.06)
        moved.frames.clear()
        assert here.webhooks.to(EVENTS)[-1]["ReasonParticipantLeft"] == "participant_updated_via_api"
        assert here.webhooks.to(EVENTS)[-1]["ParticipantCallStatus"] == "in-progress"
        second.send_audio(tone(LOW, 200))
        await here.after(0.5)
        assert moved.heard() == b""
        assert staying.heard() != b""
        assert [call.status.value for call in (second, third)] == ["in-progress", "in-progress"]

    play([room(), room(), room()], scenario)
    assert moved.said == ["elsewhere"]


def test_action_tells_answered_without_a_child() -> None:
    async def scenario(here: World) -> None:
        first, second = await join(here), await join(here)
        second.interrupt(HungUp(EndedBy.APPLICATION))
        await first.wait_ended()
        after = here.webhooks.to(AFTER)
        assert [(params["DialCallStatus"], params["CallStatus"]) for params in after] == [("answered", "in-progress")]
        assert "DialCallSid" not in after[0] and "DialBridged" not in after[0]

    play([room(dial=f'action="{AFTER}"'), room('endConferenceOnExit="true"')], scenario)


def test_action_is_asked_when_the_leg_hung_up_itself() -> None:
    async def scenario(here: World) -> None:
        first = await join(here)
        first.hang_up()
        await here.after(0.1)
        assert [params["CallStatus"] for params in here.webhooks.to(AFTER)] == ["completed"]

    play([room(dial=f'action="{AFTER}"')], scenario)


def test_waiting_music_plays_until_the_start_and_never_again() -> None:
    party = NotingParty()

    async def scenario(here: World) -> None:
        await join(here, party)
        assert party.heard() != b""
        second = await join(here)
        party.frames.clear()
        await here.after(1)
        second.hang_up()
        await here.after(1)
        assert party.heard() == b""

    play([room().replace('waitUrl=""', ""), room()], scenario)


def test_wait_document_runs_again_only_through_redirect() -> None:
    once, looping = NotingParty(), NotingParty()

    async def scenario(here: World) -> None:
        await join(here, once, after_secs=10)
        await here.carrier.place_call("+12025550188", "+15551230002", looping)
        await here.after(10)

    wait = twiml("<Say>please hold</Say>", '<Pause length="2"/>', "<Redirect/>")
    play(
        [room(f'waitUrl="{WAIT}"'), room(f'waitUrl="{FALLBACK}"', name="other")],
        scenario,
        {WAIT: twiml("<Say>please hold</Say>"), FALLBACK: wait},
    )
    assert once.said == ["please hold"]
    assert looping.said.count("please hold") >= 3


def test_failing_wait_document_means_no_conference() -> None:
    party = NotingParty()

    async def scenario(here: World) -> None:
        call = await here.call(party)
        await call.wait_ended()
        assert here.carrier.conferences[0].is_over
        assert call.warnings == [11200]

    play([room(f'waitUrl="{WAIT}"', after="<Say>sorry</Say>")], scenario)
    assert party.said == ["sorry"]


def test_beep_is_heard_by_those_inside() -> None:
    party = NotingParty()

    async def scenario(here: World) -> None:
        await join(here, party)
        await join(here)

    play([room(), room('beep="onEnter"')], scenario)
    assert loudness(party.heard(), 1400) > 0.5


def test_same_label_is_not_joined_twice() -> None:
    async def scenario(here: World) -> None:
        await join(here)
        second = await here.call()
        await second.wait_ended()
        assert second.warnings == [16025]
        assert len(here.carrier.conferences[0].participants) == 1

    play([room('participantLabel="a"'), room('participantLabel="a"')], scenario)


def test_coach_is_heard_only_by_whom_it_coaches() -> None:
    agent, customer = NotingParty(), NotingParty()

    async def scenario(here: World) -> None:
        coached = await join(here, agent)
        await join(here, customer)
        here.webhooks.answers[VOICE] = room(f'coach="{coached.sid}"')
        coach = await join(here)
        coach.send_audio(tone(LOW, 200))
        await here.after(0.5)

    play([room(), room()], scenario)
    assert agent.heard() != b""
    assert customer.heard() == b""


def test_ended_name_begins_anew() -> None:
    async def scenario(here: World) -> None:
        first = await join(here)
        first.hang_up()
        await here.after(0.1)
        await join(here)
        assert [one.name for one in here.carrier.conferences] == ["room", "room"]
        assert [one.is_over for one in here.carrier.conferences] == [True, False]

    play([room(), room()], scenario)


def test_time_limit_and_star_end_it_for_one_leg() -> None:
    async def scenario(here: World) -> None:
        first, second = await join(here), await join(here)
        first.press("*")
        await first.wait_ended()
        await here.after(30)
        assert second.status.value == "completed"

    play([room(dial='hangupOnStar="true"'), room(dial='timeLimit="20"')], scenario)


def test_forty_legs_talk_at_once() -> None:
    parties = [NotingParty() for _ in range(40)]

    async def scenario(here: World) -> None:
        calls = [await join(here, party, after_secs=0.05) for party in parties]
        await here.after(0.2)
        calls[0].send_audio(tone(LOW, 200))
        await here.after(0.4)

    play([room()] * 40, scenario)
    assert parties[0].heard() == b""
    assert all(loudness(party.heard(), LOW) > 0.9 for party in parties[1:])
