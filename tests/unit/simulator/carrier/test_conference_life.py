"""Whatever people do in conferences, what is told about them fits together."""

import asyncio
from collections import defaultdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.simulator.carrier import CarrierCall, Conference
from ivr.simulator.carrier.documents import InlineTwiml
from ivr.simulator.carrier.outcomes import EndedBy, HungUp, Redirected
from ivr.simulator.carrier.participant import LeaveReason
from tests.fakes.carrier_world import STATUS, VOICE, twiml, world

pytestmark = pytest.mark.unit

EVENTS = "https://app.example.com/conference"
ELSEWHERE = Redirected(InlineTwiml(twiml('<Pause length="3"/>')))

joins = st.tuples(st.just("join"), st.booleans(), st.booleans())
acts = st.tuples(st.sampled_from(["hang_up", "end", "redirect", "kick", "complete"]), st.integers(0, 5), st.just(None))


def room(starts: bool, ends_on_exit: bool) -> str:
    flags = f'startConferenceOnEnter="{str(starts).lower()}" endConferenceOnExit="{str(ends_on_exit).lower()}"'
    callback = f'statusCallback="{EVENTS}" statusCallbackEvent="start end join leave"'
    return twiml(f'<Dial><Conference beep="false" waitUrl="" {flags} {callback}>room</Conference></Dial>')


def act(name: str, call: CarrierCall, conferences: list[Conference]) -> None:
    participant = next((found for one in conferences if (found := one.find(call.sid)) is not None), None)
    match name:
        case "hang_up":
            call.hang_up()
        case "end":
            call.interrupt(HungUp(EndedBy.APPLICATION))
        case "redirect" if not call.status.is_final:
            call.interrupt(ELSEWHERE)
        case "kick" if participant is not None:
            participant.conference.leave(participant, LeaveReason.BY_API, is_kicked=True)
        case "complete" if conferences:
            conferences[-1].complete()


@settings(max_examples=40, deadline=None)
@given(st.lists(joins | acts, min_size=1, max_size=12))
def test_what_is_told_fits_together(steps: list[tuple[object, ...]]) -> None:
    async def scenario() -> tuple[list[dict[str, str]], list[Conference], list[CarrierCall]]:
        async with world({STATUS: "", EVENTS: ""}) as here:
            for name, first, second in steps:
                if name == "join":
                    here.webhooks.answers[VOICE] = room(bool(first), bool(second))
                    await (await here.call()).wait_answered()
                elif here.carrier.calls:
                    call = here.carrier.calls[int(str(first)) % len(here.carrier.calls)]
                    act(str(name), call, here.carrier.conferences)
                await here.after(0.1)
                assert len([one for one in here.carrier.conferences if not one.is_over]) <= 1
            for call in here.carrier.calls:
                call.hang_up()
            await here.after(1)
            return here.webhooks.to(EVENTS), here.carrier.conferences, here.carrier.calls

    told, conferences, calls = asyncio.run(scenario())
    assert all(one.is_over and not one.participants for one in conferences)
    assert all(call.status.is_final and call.audio.bridge is None for call in calls)
    by_conference: dict[str, list[dict[str, str]]] = defaultdict(list)
    for params in told:
        by_conference[params["ConferenceSid"]].append(params)
    assert list(by_conference) == [one.sid for one in conferences]
    for events in by_conference.values():
        names = [params["StatusCallbackEvent"] for params in events]
        assert [params["SequenceNumber"] for params in events] == [str(n + 1) for n in range(len(events))]
        assert names[0] == "participant-join" and names[-1] == "conference-end"
        assert names.count("conference-end") == 1 and names.count("conference-start") <= 1
        assert names.count("participant-join") == names.count("participant-leave")
        left = [params["CallSid"] for params in events if params["StatusCallbackEvent"] == "participant-leave"]
        assert len(left) == len(set(left))
