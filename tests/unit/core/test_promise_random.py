"""Whatever happens in whatever order in built-in dialogues: nothing raises, nobody is left alone, nothing is promised
before it was stored."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.core.commands import Command, LookUp, PlayPrompt
from ivr.core.events import (
    CallAnswered,
    CallResumed,
    DigitPressed,
    EndCause,
    Ended,
    Event,
    LookUpFinished,
    LookUpOutcome,
    NoiseHeard,
    PlaybackFinished,
    SpeechStarted,
    TimerFired,
    UtteranceHeard,
)
from ivr.core.flow.model import Flow
from ivr.core.flow.outbound import outbound_flow
from ivr.core.meaning import Decision, Meaning, SlotGuess
from ivr.core.session import CallSession
from tests.unit.core.flows import shop_flow
from tests.unit.core.promise_flows import promising_flow
from tests.unit.core.test_session_random import Fitting, check

pytestmark = pytest.mark.unit

ASKING = ("name", "extension", "reason")
FLOWS: list[tuple[Flow, bool]] = [
    (promising_flow(start="person", ask=ASKING), False),
    (promising_flow(start="person", ask=ASKING, offer=("as_soon_as_possible",), declined=None), False),
    (promising_flow(start="person"), True),
    (promising_flow(start="message"), False),
    (promising_flow(start="text"), False),
    (outbound_flow(shop_flow(), "customer"), False),
    (outbound_flow(shop_flow(), "agent"), False),
]
RECORDS: dict[str, dict[str, Any]] = {"callback": {"company": "Acme", "leaves_voicemail": "yes", "zone": "Asia/Tokyo"}}
yes_no = st.sampled_from(["yes", "no"])
answers = st.fixed_dictionaries(
    {"ok": yes_no},
    optional={
        "is_waiting": yes_no, "is_open": yes_no, "number_ok": yes_no, "zone_is_sure": yes_no, "needs_key": yes_no,
        "is_new": yes_no, "is_locked": yes_no, "suggestion": st.sampled_from(["", "S"]), "texted": yes_no,
        "zone": st.sampled_from(["", "America/New_York", "Nowhere"]), "place_text": st.sampled_from(["", "next"]),
        "when": st.just("2026-11-24T15:00/2026-11-24T16:00"), "number": st.just("+12025550123"),
        "when_text": st.just("soon"), "code_text": st.just("four eight two seven"),
    },
)  # fmt: skip
SAID = ["asap", "later", "no", "yes", "2026-11-24T15:00/2026-11-24T16:00", "+12025550177", "4827", "fine", "cancel",
        "present", "stop", "who", "09:00", "2026-11-24", "a word"]  # fmt: skip
meanings = st.builds(
    Meaning,
    decision=st.just(Decision.ACCEPT),
    slot=st.none() | st.builds(SlotGuess, st.sampled_from(SAID), st.just(1.0), st.booleans(), st.just(True)),
    yes_no=st.sampled_from([None, True, False]),
    command=st.sampled_from([None, None, None, None, "agent", "callback", "repeat", "main_menu", "goodbye"]),
)
happenings: st.SearchStrategy[Event] = st.one_of(
    st.builds(SpeechStarted, st.integers(0, 600_000)),
    st.builds(UtteranceHeard, st.integers(0, 600_000), st.just(0), st.text(max_size=20), meanings),
    st.builds(NoiseHeard, st.integers(0, 600_000), st.just(0)),
    st.builds(DigitPressed, st.integers(0, 600_000), st.sampled_from("0123459*#")),
    st.builds(PlaybackFinished, st.integers(0, 600_000), st.just(0), st.booleans(), st.just(100)),
    st.builds(TimerFired, st.integers(0, 600_000), st.just(0)),
    st.builds(
        LookUpFinished, st.integers(0, 600_000), st.just(0),
        st.sampled_from([LookUpOutcome.FOUND] * 3 + [LookUpOutcome.FAILED]), answers,
    ),
)  # fmt: skip


def begun(flow: Flow, has_callback: bool) -> tuple[CallSession, list[Command]]:
    """An answered call."""
    session = CallSession(flow)
    at = datetime(2026, 11, 23, 15, tzinfo=UTC)
    event = CallAnswered(0, "c1", "+12025550123", "+15005550006", at, records=dict(RECORDS), has_callback=has_callback)
    return session, session.handle(event)


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(FLOWS), st.lists(happenings, max_size=60))
def test_nothing_raises_nobody_is_left_alone_and_no_promise_comes_before_its_record(
    flow: tuple[Flow, bool], steps: list[Event]
) -> None:
    session, commands = begun(*flow)
    is_booked, under_way = False, ""
    for event in [*steps, Ended(700_000, EndCause.CALLER_HUNG_UP)]:
        fitting = Fitting(session).fit(event, True)
        if isinstance(fitting, LookUpFinished) and under_way in ("callbacks.book", "callbacks.unlock"):
            is_booked = is_booked or (fitting.outcome is LookUpOutcome.FOUND and fitting.record["ok"] == "yes")
        commands = session.handle(fitting)
        check(session, commands)
        said = [command.text for command in commands if isinstance(command, PlayPrompt)]
        is_ours = "@" not in session.flow.name
        assert not is_ours or is_booked or not any("Your code is" in text for text in said)
        orders = [command.operation for command in commands if isinstance(command, LookUp)]
        under_way = orders[-1] if orders else under_way
    assert session.is_over


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(FLOWS), st.lists(happenings, max_size=40), st.lists(happenings, max_size=20))
def test_a_built_in_dialogue_goes_on_from_any_snapshot(
    flow: tuple[Flow, bool], before: list[Event], after: list[Event]
) -> None:
    session, _ = begun(*flow)
    for event in before:
        session.handle(Fitting(session).fit(event, True))
    resumed = CallSession.restore(flow[0], session.snapshot())
    check(resumed, resumed.handle(CallResumed(600_000)))
    for event in after:
        check(resumed, resumed.handle(Fitting(resumed).fit(event, True)))
    resumed.handle(Ended(700_000, EndCause.LOST))
    assert resumed.is_over
