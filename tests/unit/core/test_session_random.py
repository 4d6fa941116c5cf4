"""Whatever happens in whatever order: a session never raises, always ends, and survives a snapshot."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.core.commands import Command, HangUp, Listen, LookUp, PlayPrompt, SetTimer, StopPlayback
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
from ivr.core.meaning import Answer, Decision, IntentGuess, Meaning, SlotGuess
from ivr.core.session import CallSession
from ivr.core.state import Phase
from tests.unit.core.flows import CONSENT, shop_flow

pytestmark = pytest.mark.unit

FLOW = shop_flow(consent=CONSENT)
ids = st.integers(0, 40)
times = st.integers(0, 600_000)
values = st.one_of(st.none(), st.booleans(), st.integers(-9, 999), st.text(max_size=12), st.floats(allow_nan=False))
slots = st.builds(
    SlotGuess, st.sampled_from(["42719", "4", "", "yes", "no"]), st.floats(0, 1), st.booleans(), st.booleans()
)
meanings = st.builds(
    Meaning,
    decision=st.sampled_from(Decision),
    intents=st.lists(
        st.builds(IntentGuess, st.sampled_from(["order_status", "opening_hours", "else"]), st.floats(0, 1)), max_size=2
    ).map(tuple),
    slot=st.none() | slots,
    yes_no=st.sampled_from([None, True, False]),
    command=st.sampled_from(
        [
            None,
            None,
            None,
            "agent",
            "repeat",
            "slower",
            "louder",
            "main_menu",
            "language",
            "goodbye",
            "no_recording",
            "x",
        ]
    ),
    language=st.sampled_from([None, "en", "ja", "fr"]),
    answer=st.none() | st.just(Answer("retail/a", "An answer.", 0.9)),
    extra=st.dictionaries(st.sampled_from(["digits", "date"]), st.sampled_from(["42719", "123"]), max_size=1),
)
events = st.one_of(
    st.builds(
        CallAnswered,
        times, st.just("c1"), st.sampled_from(["", "+12025550123"]), st.sampled_from(["+15005550006", "+815012345678"]),
        st.just(datetime(2026, 11, 23, tzinfo=UTC)), st.booleans(),
    ),
    st.builds(CallResumed, times),
    st.builds(SpeechStarted, times),
    st.builds(UtteranceHeard, times, ids, st.text(max_size=20), meanings, st.floats(0, 1)),
    st.builds(NoiseHeard, times, ids),
    st.builds(DigitPressed, times, st.sampled_from([*"0123456789*#ABCD", "", "12", "x"])),
    st.builds(PlaybackFinished, times, ids, st.booleans(), st.integers(0, 9000)),
    st.builds(TimerFired, times, ids),
    st.builds(
        LookUpFinished,
        times, ids, st.sampled_from(LookUpOutcome), st.dictionaries(st.text(max_size=6), values, max_size=3),
    ),
)  # fmt: skip


class Fitting:
    """Turns random events into ones that fit the session's present ids, most of the time."""

    def __init__(self, session: CallSession) -> None:
        self.session = session

    def fit(self, event: Event, is_exact: bool) -> Event:
        state = self.session.state
        match event:
            case UtteranceHeard() if is_exact:
                return UtteranceHeard(event.at, state.listen_id, event.text, event.meaning, event.confidence)
            case NoiseHeard() if is_exact:
                return NoiseHeard(event.at, state.listen_id)
            case LookUpFinished() if is_exact:
                return LookUpFinished(event.at, state.lookup_id, event.outcome, event.record)
            case PlaybackFinished() if is_exact and state.playing:
                return PlaybackFinished(event.at, state.playing[0].prompt_id, event.completed, event.heard_ms)
            case TimerFired() if is_exact and state.timers:
                return TimerFired(event.at, next(iter(state.timers.values())))
            case _:
                return event


def check(session: CallSession, commands: list[Command]) -> None:
    state = session.state
    numbers = [c.prompt_id for c in commands if isinstance(c, PlayPrompt)]
    numbers += [c.timer_id for c in commands if isinstance(c, SetTimer)]
    numbers += [c.listen_id for c in commands if isinstance(c, Listen)]
    assert len(numbers) == len(set(numbers))
    assert state.phase is not Phase.WORKING or state.lookup_id
    if state.phase is Phase.ASKING:
        assert state.playing or state.timers, "nothing plays and nothing waits: the caller would be alone"
    json.dumps(session.snapshot())


@settings(max_examples=400, deadline=None)
@given(st.lists(st.tuples(events, st.booleans()), max_size=60))
def test_random_events_never_raise_and_ended_always_ends(steps: list[tuple[Event, bool]]) -> None:
    session = CallSession(FLOW)
    fitting = Fitting(session)
    for event, is_exact in steps:
        check(session, session.handle(fitting.fit(event, is_exact)))
    session.handle(Ended(700_000, EndCause.CALLER_HUNG_UP))
    assert session.is_over
    assert session.handle(SpeechStarted(700_001)) == []
    assert session.handle(Ended(700_002, EndCause.COMPLETED)) == []


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(events, st.booleans()), max_size=40), st.lists(st.tuples(events, st.booleans()), max_size=20))
def test_a_call_goes_on_from_any_snapshot(before: list[tuple[Event, bool]], after: list[tuple[Event, bool]]) -> None:
    session = CallSession(FLOW)
    fitting = Fitting(session)
    for event, is_exact in before:
        session.handle(fitting.fit(event, is_exact))
    snapshot = json.loads(json.dumps(session.snapshot()))
    resumed = CallSession.restore(FLOW, snapshot)
    commands = resumed.handle(CallResumed(1))
    if resumed.state.phase not in (Phase.NEW, Phase.ENDED):
        assert any(isinstance(command, PlayPrompt | LookUp | HangUp) for command in commands)
    fitting = Fitting(resumed)
    for event, is_exact in after:
        check(resumed, resumed.handle(fitting.fit(event, is_exact)))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(events, st.booleans()), max_size=40))
def test_silence_alone_ends_every_call(steps: list[tuple[Event, bool]]) -> None:
    """From wherever a call is: when the caller says nothing more, it comes to its end by itself."""
    session = CallSession(FLOW)
    fitting = Fitting(session)
    session.handle(CallAnswered(0, "c1", "", "+15005550006", datetime(2026, 11, 23, tzinfo=UTC)))
    for event, is_exact in steps:
        session.handle(fitting.fit(event, is_exact))
    for _ in range(200):
        state = session.state
        if state.phase is Phase.HUNG_UP:
            return
        if state.playing:
            session.handle(PlaybackFinished(0, state.playing[0].prompt_id, not state.playing[0].stopped))
        elif state.timers:
            session.handle(TimerFired(0, next(reversed(state.timers.values()))))
    raise AssertionError(f"still {session.state.phase} at {session.state.node}")


def test_stopping_is_ordered_only_for_what_plays() -> None:
    session = CallSession(FLOW)
    session.handle(CallAnswered(0, "c1", "", "+15005550006", datetime(2026, 11, 23, tzinfo=UTC)))
    welcome = session.state.playing[-1].prompt_id
    stops = [c.prompt_id for c in session.handle(SpeechStarted(10)) if isinstance(c, StopPlayback)]
    assert stops == [welcome]
