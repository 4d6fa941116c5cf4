"""One live call: what is heard becomes events, what is ordered happens, and nothing that breaks leaves silence."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from ivr.core.meaning import Expecting, Kind, Meaning
from ivr.ports import LookUpResult
from ivr.runtime.driver import HeardSpeech
from tests.fakes.connectors import FakeConnectors
from tests.fakes.live_call import FakeEars, FakeLine
from tests.fakes.virtual_loop import run_virtually
from tests.unit.runtime.house import CALL, ENDS, MEANINGS, Caller, House

pytestmark = pytest.mark.unit


def play(scene: Any, **parts: Any) -> House:
    """Runs a scene with a caller on the line; the house afterwards."""

    async def work() -> House:
        house = House(**parts)
        house.ring()
        caller = await Caller.on(house, house.registry())
        await scene(house, caller)
        return house

    return run_virtually(work())


async def order(caller: Caller) -> None:
    """Asks for order 42719 by voice and keys, up to the look-up's answer."""
    await caller.quiet()
    await caller.say("where is my order")
    await caller.quiet()
    await caller.press("42719")
    await caller.quiet()
    await caller.say("yes")
    await caller.quiet()


def test_a_whole_call_is_settled() -> None:
    async def scene(house: House, caller: Caller) -> None:
        await order(caller)
        await caller.say("no")
        await caller.over()

    house = play(scene)
    assert house.mouth.said == [
        "This call may be recorded.",
        "How can I help?",
        "What is your order number?",
        "Thank you. I have four two seven one nine. Is that right?",
        "It is shipped.",
        "Anything else?",
        "Goodbye.",
    ]
    record = house.calls.get(CALL)
    assert record is not None
    assert (record.status, record.outcome, record.end_cause, record.intent, record.recorded) == (
        "ended", "resolved", "completed", "order_status", True,
    )  # fmt: skip
    assert [(turn.number, turn.side, turn.text) for turn in house.calls.turns(CALL)][:4] == [
        (1, "us", "This call may be recorded."),
        (2, "us", "How can I help?"),
        (3, "caller", "where is my order"),
        (4, "us", "What is your order number?"),
    ]
    assert house.tape.diary == ["start 1560", "close"]


def test_a_barge_in_is_heard_and_a_false_one_goes_on_where_it_stopped() -> None:
    async def scene(house: House, caller: Caller) -> None:
        await asyncio.sleep(1.9)
        for _ in range(2):
            caller.driver.speech_began(caller.line.at_ms())
            await asyncio.sleep(0.2)
            caller.driver.false_alarm(caller.line.at_ms())
            await asyncio.sleep(0.2)
        assert caller.driver.session.state.playing[0].text == "How can I help?"
        caller.driver.speech_began(caller.line.at_ms())
        await asyncio.sleep(0.01)
        [(_, heard_ms)] = caller.driver.session.state.interrupted
        assert heard_ms == 741, "341 ms, then twice 200 ms more, counted from the text's beginning"
        caller.line.end("hung_up")
        await caller.over()

    play(scene)


def test_frames_go_to_tape_and_ears() -> None:
    async def scene(house: House, caller: Caller) -> None:
        ears = caller.driver.ears
        assert isinstance(ears, FakeEars)
        caller.line.on_frame(20, b"\xff" * 160)
        assert caller.line.on_planned is not None
        assert caller.line.our_frame is not None
        caller.line.on_planned(40, b"\xff" * 160)
        caller.line.our_frame(60, b"\xff" * 160)
        assert (ears.heard_ms, ears.planned_ms) == ([20], [40])
        assert house.tape.diary == ["caller 20", "us 60"]
        caller.line.end("hung_up")
        await caller.over()
        assert ears.is_closed

    play(scene)


def test_a_caller_who_hangs_up_ends_the_call_once() -> None:
    async def scene(house: House, caller: Caller) -> None:
        await caller.quiet()
        caller.line.end("hung_up")
        await caller.over()

    house = play(scene)
    record = house.calls.get(CALL)
    assert record is not None
    assert (record.status, record.outcome, record.end_cause) == ("ended", "abandoned", "caller_hung_up")


def test_the_end_is_written_before_the_stream_closes() -> None:
    async def scene(house: House, caller: Caller) -> None:
        writes = house.calls.end

        def end(*arguments: Any, **values: Any) -> bool:
            caller.line.log.append("end written")
            return writes(*arguments, **values)

        house.calls.end = end  # type: ignore[method-assign]
        await caller.quiet()
        await caller.press("0")
        await caller.over()
        assert caller.line.log[:2] == ["end written", "closed: completed"]

    play(scene)


def test_a_session_that_breaks_ends_in_an_error_that_the_web_apologises_for() -> None:
    async def scene(house: House, caller: Caller) -> None:
        await caller.quiet()
        caller.driver.session.handle = broken  # type: ignore[method-assign]
        await caller.press("1")
        await caller.over()

    def broken(event: object) -> Any:
        raise ZeroDivisionError

    house = play(scene)
    record = house.calls.get(CALL)
    assert record is not None
    assert (record.status, record.outcome) == ("ended", "error")
    assert "failure" in house.kinds()


def test_an_understanding_that_raises_counts_as_nothing_understood() -> None:
    async def scene(house: House, caller: Caller) -> None:
        def interpret(*arguments: object) -> Meaning:
            raise RuntimeError("engine")

        house.understanding.interpret = interpret
        await caller.quiet()
        await caller.say("where is my order")
        await caller.quiet()
        assert house.mouth.said[-1] == "Say, where is my order."
        caller.line.end("hung_up")
        await caller.over()

    assert "failure" in play(scene).kinds()


class BrokenConnectors:
    """Breaks its contract: it raises."""

    def call(self, operation: str, arguments: Any, key: str = "") -> LookUpResult:
        raise OSError("broken")

    def is_read(self, operation: str) -> bool:
        return True


def test_a_connector_that_raises_counts_as_a_failed_look_up() -> None:
    async def scene(house: House, caller: Caller) -> None:
        await order(caller)
        await caller.over()

    house = play(scene, connectors=BrokenConnectors())
    assert house.mouth.said[-2:] == ["A person will call you.", "Goodbye."]


def test_an_order_that_fails_does_not_stop_the_others() -> None:
    async def scene(house: House, caller: Caller) -> None:
        house.tape.fails = OSError("disk full")
        await order(caller)
        await caller.say("no")
        await caller.over()

    house = play(scene)
    assert house.mouth.said[-1] == "Goodbye."
    assert house.kinds().count("failure") == 1


def test_a_turn_that_was_understood_beforehand_is_not_understood_again() -> None:
    async def scene(house: House, caller: Caller) -> None:
        await caller.quiet()
        at = caller.line.at_ms()
        caller.driver.heard(HeardSpeech("no matter", 0.9, (), at, at), MEANINGS["when are you open"])
        await asyncio.sleep(0.01)
        assert house.understanding.asked == []
        await caller.quiet()
        assert house.mouth.said[-2:] == ["We are here nine to five.", "Anything else?"]
        caller.line.end("hung_up")
        await caller.over()

    play(scene)


def test_a_turn_that_is_foreseen_changes_nothing_but_begins_to_be_spoken() -> None:
    async def scene(house: House, caller: Caller) -> None:
        await caller.quiet()
        before = caller.driver.session.snapshot()
        caller.driver.foresee("when are you open", MEANINGS["when are you open"], caller.driver.expecting)
        assert house.mouth.foreseen == ["We are here nine to five."]
        assert caller.driver.session.snapshot() == before
        caller.driver.foresee("x", MEANINGS["when are you open"], Expecting(Kind.OPEN, "en"))
        assert len(house.mouth.foreseen) == 1, "another question is open by now"
        caller.line.end("hung_up")
        await caller.over()

    play(scene)


def test_the_reply_s_delay_is_measured_from_the_end_of_the_words() -> None:
    async def scene(house: House, caller: Caller) -> None:
        await caller.quiet()
        await caller.say("when are you open")
        caller.line.end("hung_up")
        await caller.over()

    replies = [values for kind, values in play(scene).seen if kind == "reply"]
    assert [(values["gap_ms"], values["short"]) for values in replies] == [(0, False)]


def test_a_language_is_kept_in_the_call_s_row() -> None:
    async def scene(house: House, caller: Caller) -> None:
        await caller.quiet()
        await caller.say("japanese please")
        await caller.quiet()
        caller.line.end("hung_up")
        await caller.over()

    house = play(scene)
    record = house.calls.get(CALL)
    assert record is not None
    assert record.language == "ja"
    assert house.mouth.said[-1] == "ご用件は。"


def test_a_refusal_discards_the_recording_and_says_so_in_the_row() -> None:
    async def scene(house: House, caller: Caller) -> None:
        await caller.quiet()
        await caller.press("9")
        caller.line.end("hung_up")
        await caller.over()

    house = play(scene)
    record = house.calls.get(CALL)
    assert record is not None
    assert (record.recorded, house.tape.diary) == (False, ["start 1560", "stop True", "close"])


def test_a_silent_caller_is_asked_again_and_passed_on() -> None:
    async def scene(house: House, caller: Caller) -> None:
        await caller.over()

    house = play(scene)
    assert house.mouth.said[2:] == [
        "Sorry, I didn't hear anything.", "How can I help?", "A person will call you.", "Goodbye.",
    ]  # fmt: skip


async def _at_the_read_back(house: House, caller: Caller) -> None:
    await caller.quiet()
    await caller.say("where is my order")
    await caller.quiet()
    await caller.press("42719")
    await caller.quiet()
    caller.driver.foresee("yes", MEANINGS["yes"], caller.driver.expecting)
    await asyncio.sleep(0.01)


def test_a_reply_that_follows_from_a_table_is_foreseen_with_its_value() -> None:
    async def scene(house: House, caller: Caller) -> None:
        await _at_the_read_back(house, caller)
        assert house.mouth.foreseen[-1] == "It is shipped."
        assert caller.driver.session.state.node == "number"
        caller.line.end("hung_up")
        await caller.over()

    play(scene)


def test_what_changes_something_is_never_asked_on_a_guess() -> None:
    rows = {"orders.find": [{"number": "42719", "status": "shipped", "total": 80}]}
    connectors = FakeConnectors(rows, writes=frozenset({"orders.find"}))

    async def scene(house: House, caller: Caller) -> None:
        await _at_the_read_back(house, caller)
        assert connectors.asked == []
        assert house.mouth.foreseen == []
        caller.line.end("hung_up")
        await caller.over()

    play(scene, connectors=connectors)


def test_a_key_pressed_while_the_call_is_looked_up_counts_after_the_greeting_began() -> None:
    class Impatient(FakeLine):
        """Presses 1 the moment somebody listens to keys, which is before the first event."""

        def __setattr__(self, name: str, value: Any) -> None:
            super().__setattr__(name, value)
            if name == "on_digit" and getattr(value, "__self__", None) is not None:
                value(0, "1")

    async def work() -> House:
        house = House()
        house.ring()
        registry = house.registry()
        assert house.admit(registry) == "CA1"
        serving = asyncio.ensure_future(registry.serve(Impatient(CALL), lambda reason: ENDS[reason]))
        await asyncio.sleep(1)
        assert registry.live[CALL].session.state.node == "number"
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)
        return house

    run_virtually(work())
