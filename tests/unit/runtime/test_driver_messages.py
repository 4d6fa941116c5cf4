"""Messages for people, and what a call orders at its very end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, cast

import pytest

from ivr.core.commands import Command, LookUp, StartMessage, StopMessage
from ivr.core.events import CallAnswered, DigitPressed, EndCause, Ended, Event
from ivr.core.session import CallSession
from ivr.ports import LookUpResult
from ivr.runtime.driver import CallDriver, Equipment
from ivr.runtime.turns import CallNotes
from tests.fakes.connectors import FakeConnectors
from tests.fakes.live_call import ANSWERED_AT, FakeEars, FakeLine, FakeMouth, FakeTape
from tests.fakes.stores import MemoryCallStore
from tests.fakes.understanding import ScriptedUnderstanding
from tests.fakes.virtual_loop import InlineExecutor, run_virtually
from tests.unit.runtime.house import CALL

pytestmark = pytest.mark.unit

KEY = f"{CALL}-1"
STORE = LookUp(1, "requests.store", {"name": "", "number": "", "reason": "x"}, "k")


@dataclass
class ScriptedSession:
    """Orders what was written down for each kind of event."""

    orders: Mapping[type[Event], list[Command]]
    is_over: bool = False
    flow: None = None
    state: SimpleNamespace = field(default_factory=lambda: SimpleNamespace(node="", outcome=None, playing=[]))

    def handle(self, event: Event) -> list[Command]:
        """By its class."""
        self.is_over = isinstance(event, Ended)
        return self.orders.get(type(event), [])

    def snapshot(self) -> dict[str, Any]:
        """Nothing to keep."""
        return {}


@dataclass
class DiaryOfMessages:
    """`ivr.ports.Messages`."""

    diary: list[str] = field(default_factory=list)
    finish_secs: float = 0.0

    def caller_frame(self, at_ms: int, mulaw: bytes) -> None:
        """Counted by its time."""
        self.diary.append(f"frame {at_ms}")

    def start(self, key: str, at_ms: int) -> None:
        """Noted."""
        self.diary.append(f"start {key[-1]} at {at_ms}")

    def stop(self, key: str, *, keep: bool) -> None:
        """Noted."""
        self.diary.append(f"stop {key[-1]} {'kept' if keep else 'gone'}")

    def finish(self) -> None:
        """Noted."""
        self.diary.append("finished")


def driven(
    orders: Mapping[type[Event], list[Command]],
    messages: DiaryOfMessages | None,
    scene: Callable[[CallDriver, FakeLine], Any],
    connectors: Any = None,
) -> None:
    """A driver over a scripted session, from the answer to the end of the leg."""

    async def work() -> None:
        line = FakeLine(CALL)
        equipment = Equipment(
            ScriptedUnderstanding({}),
            connectors or FakeConnectors(),
            FakeMouth(),
            InlineExecutor(),
            lambda kind, values: None,
            lambda text: True,
        )
        notes = CallNotes(CALL, "n1", MemoryCallStore(), InlineExecutor())
        session = cast(CallSession, ScriptedSession(orders))
        driver = CallDriver(session, line, FakeEars(), FakeTape(), notes, equipment, messages=messages)
        first = CallAnswered(0, CALL, "", "", ANSWERED_AT)
        running = asyncio.ensure_future(driver.run(first))
        await asyncio.sleep(0.01)
        scene(driver, line)
        await asyncio.sleep(0.01)
        driver.closed(EndCause.CALLER_HUNG_UP)
        await running

    run_virtually(work())


class Watching(FakeConnectors):
    """Notes what was in a diary when it was asked."""

    def __init__(self, diary: list[str]) -> None:
        super().__init__()
        self.diary, self.seen = diary, cast(list[list[str]], [])

    def call(self, operation: str, arguments: Mapping[str, Any], key: str = "") -> LookUpResult:
        """As the usual one."""
        self.seen.append(list(self.diary))
        return FakeConnectors.call(self, operation, arguments, key)


def test_a_message_has_its_frames_and_is_on_disk_before_it_is_stored() -> None:
    messages = DiaryOfMessages()
    connectors = Watching(messages.diary)
    orders: dict[type[Event], list[Command]] = {
        CallAnswered: [StartMessage(KEY)],
        DigitPressed: [StopMessage(KEY), STORE],
    }

    def scene(driver: CallDriver, line: FakeLine) -> None:
        line.on_frame(20, b"\xff" * 160)
        line.on_digit(40, "#")

    driven(orders, messages, scene, connectors)
    expected = ["start 1 at 0", "frame 20", "stop 1 kept", "finished"]
    assert messages.diary == expected
    assert connectors.seen == [expected]


def test_a_message_that_is_not_kept_is_not_waited_for() -> None:
    messages = DiaryOfMessages()
    orders: dict[type[Event], list[Command]] = {DigitPressed: [StopMessage(KEY, keep=False)]}
    driven(orders, messages, lambda driver, line: line.on_digit(20, "*"))
    assert messages.diary == ["stop 1 gone"]


def test_orders_about_messages_do_nothing_where_none_are_kept() -> None:
    orders: dict[type[Event], list[Command]] = {CallAnswered: [StartMessage(KEY), StopMessage(KEY)]}
    driven(orders, None, lambda driver, line: line.on_frame(20, b"\xff" * 160))


def test_what_a_call_orders_at_its_end_is_still_done() -> None:
    connectors = FakeConnectors()
    driven({Ended: [STORE]}, None, lambda driver, line: None, connectors)
    assert [asked.operation for asked in connectors.asked] == ["requests.store"]
