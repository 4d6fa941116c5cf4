"""The fault bench's carrier over virtual time: who talks with whom, what is reported, what it keeps to itself."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from ivr.bench.clocks import FastClock
from ivr.bench.faults import carrier as module
from ivr.bench.faults.carrier import SimulatedCarrier
from ivr.bench.faults.fates import CallFate, Fate, Trouble
from ivr.bench.faults.plan import START, Moment
from ivr.core.queueing.leg_events import Word
from tests.fakes.virtual_loop import run_virtually

pytestmark = pytest.mark.unit

CUSTOMER, AGENT, OURS = "+12025551000", "+13035552000", "+15005550006"


class Clock(FastClock):
    """Shows the virtual loop's time."""

    def elapsed(self) -> float:
        return asyncio.get_running_loop().time() - self.began


class Notes:
    """Stands where the web side is."""

    def __init__(self, room: str = "room") -> None:
        self.room = room
        self.reports: list[tuple[str, str]] = []
        self.words: list[tuple[str, Word]] = []

    async def progressed(self, tag: str, sid: str, status: str, over_at: datetime | None) -> None:
        self.reports.append((tag, status))

    async def said(self, tag: str, word: Word) -> tuple[str, datetime]:
        self.words.append((tag, word))
        return self.room, START


def fate(kind: Fate = Fate.TALKS, trouble: Trouble = Trouble.NONE, lag: float = 0.0) -> CallFate:
    return CallFate(kind, trouble, 0.35, lag, 0.05, 0.02, 4.0, 0.1, True)


@pytest.fixture
def fates(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, CallFate]]:
    told: dict[str, CallFate] = {}
    monkeypatch.setattr(module, "call_fate", lambda seed, number, nth, *, is_agent: told.get(number, fate()))
    monkeypatch.setattr(module, "order_trouble", lambda seed, kind, nth: (Trouble.NONE, 0.0))
    monkeypatch.setattr(module, "report_delays", lambda seed, number, nth, event: (0.0,))
    yield told


def order(number: str, tag: str) -> dict[str, Any]:
    return {"kind": "dial", "to": number, "from": OURS, "tag": tag, "worker": "w1"}


def listed(since: datetime = START - timedelta(minutes=1)) -> dict[str, Any]:
    return {"kind": "calls_to", "to": CUSTOMER, "from": OURS, "since": since.isoformat()}


def play(story: Callable[[SimulatedCarrier], Any], notes: Notes | None = None) -> Any:
    async def tell() -> Any:
        clock = Clock(START, 60.0, 1.0, asyncio.get_running_loop().time())
        struck: list[tuple[int, Moment, str]] = []
        carrier = SimulatedCarrier(
            1, clock, notes or Notes(), frozenset({AGENT}), lambda *strike: bool(struck.append(strike))
        )  # type: ignore[arg-type]
        told = await story(carrier)
        assert carrier.errors == []
        for task in list(carrier.tasks):
            task.cancel()
        return told

    return run_virtually(tell())


def test_two_in_a_room_talk_and_end_together(fates: dict[str, CallFate]) -> None:
    async def story(carrier: SimulatedCarrier) -> None:
        await carrier.carry_out(order(AGENT, "a"))
        await carrier.carry_out(order(CUSTOMER, "c"))
        await asyncio.sleep(1.0)
        assert [call.status for call in carrier.calls] == ["completed", "completed"]
        assert carrier.calls[0].talked_at == carrier.calls[1].talked_at is not None
        assert carrier.calls[0].over_at == carrier.calls[1].over_at

    play(story)


def test_who_left_after_the_word_was_stored_and_before_the_room_was_entered_counts_as_met(
    fates: dict[str, CallFate],
) -> None:
    async def story(carrier: SimulatedCarrier) -> None:
        placed = await carrier.carry_out(order(AGENT, "a"))
        assert placed is not None
        await asyncio.sleep(0.2)
        await carrier.carry_out({"kind": "hang_up", "sid": placed["sid"]})
        await carrier.carry_out(order(CUSTOMER, "c"))
        await asyncio.sleep(0.2)
        assert [call.talked_at for call in carrier.calls] == [START, START]

    play(story)


def test_nobody_waits_in_the_room_of_a_void_attempt(fates: dict[str, CallFate]) -> None:
    async def story(carrier: SimulatedCarrier) -> None:
        await carrier.carry_out(order(AGENT, "a"))
        await asyncio.sleep(0.2)
        assert (carrier.calls[0].status, carrier.calls[0].talked_at) == ("completed", None)

    play(story, Notes(room=""))


@pytest.mark.parametrize(
    ("kind", "status", "word"),
    [
        (Fate.BUSY, "busy", None),
        (Fate.NO_ANSWER, "no-answer", None),
        (Fate.FAILED, "failed", None),
        (Fate.VOICEMAIL, "completed", Word.VOICEMAIL),
        (Fate.SILENT, "completed", Word.NOT_PRESENT),
        (Fate.HANGS_UP, "completed", None),
        (Fate.STOPS, "completed", Word.STOPPED),
        (Fate.CUT, "completed", None),
    ],
)
def test_every_fate_ends_as_it_is_called(
    fates: dict[str, CallFate], kind: Fate, status: str, word: Word | None
) -> None:
    fates[CUSTOMER] = fate(kind)
    notes = Notes()

    async def story(carrier: SimulatedCarrier) -> None:
        await carrier.carry_out(order(CUSTOMER, "c"))
        await asyncio.sleep(1.0)
        assert carrier.calls[0].status == status

    play(story, notes)
    assert notes.words == ([("c", word)] if word else [])
    assert notes.reports[-1] == ("c", status)


@pytest.mark.parametrize(
    ("trouble", "answer", "calls"),
    [
        (Trouble.DEAF, None, 0),
        (Trouble.REFUSES, {"refused": "too_many"}, 0),
        (Trouble.LIES, None, 1),
        (Trouble.LATE, None, 0),
        (Trouble.SLOW, {"sid": f"CA{0:032d}"}, 1),
    ],
)
def test_troubles_of_a_dial(
    fates: dict[str, CallFate], trouble: Trouble, answer: dict[str, str] | None, calls: int
) -> None:
    fates[CUSTOMER] = fate(trouble=trouble)

    async def story(carrier: SimulatedCarrier) -> None:
        assert await carrier.carry_out(order(CUSTOMER, "c")) == answer
        assert len(carrier.calls) == calls
        await asyncio.sleep(0.5)
        assert len(carrier.calls) == (1 if trouble is Trouble.LATE else calls)

    play(story)


def test_lists_lag_and_a_call_with_an_id_is_known_at_once(fates: dict[str, CallFate]) -> None:
    fates[CUSTOMER] = fate(Fate.SILENT, lag=0.2)

    async def story(carrier: SimulatedCarrier) -> None:
        placed = await carrier.carry_out(order(CUSTOMER, "c"))
        assert placed is not None
        assert await carrier.carry_out(listed()) == {"calls": []}
        found = await carrier.carry_out({"kind": "call", "sid": placed["sid"]})
        assert found is not None
        assert found["calls"][0]["status"] == "queued"
        await asyncio.sleep(0.25)
        shown = await carrier.carry_out(listed())
        assert shown is not None
        assert [one["sid"] for one in shown["calls"]] == [placed["sid"]]

    play(story)


def test_who_is_told_and_ended_leaves_the_other_one(fates: dict[str, CallFate]) -> None:
    async def story(carrier: SimulatedCarrier) -> None:
        placed = await carrier.carry_out(order(AGENT, "a"))
        assert placed is not None
        await asyncio.sleep(0.2)
        say = {"kind": "say_and_hang_up", "sid": placed["sid"]}
        assert await carrier.carry_out(say) == {"done": True}
        assert carrier.calls[0].status == "in-progress"
        await asyncio.sleep(0.2)
        assert carrier.calls[0].status == "completed"
        assert await carrier.carry_out({"kind": "hang_up", "sid": placed["sid"]}) == {"done": False}

    play(story)


def test_a_ringing_call_is_taken_back(fates: dict[str, CallFate]) -> None:
    async def story(carrier: SimulatedCarrier) -> None:
        placed = await carrier.carry_out(order(CUSTOMER, "c"))
        assert placed is not None
        assert await carrier.carry_out({"kind": "hang_up", "sid": placed["sid"]}) == {"done": True}
        await asyncio.sleep(0.5)
        assert carrier.calls[0].status == "canceled"

    play(story)
