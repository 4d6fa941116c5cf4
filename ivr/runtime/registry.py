"""The live calls of one media process: admission by ticket, a driver for each, an end for each.

carrier's socket ─▶ admit (thread: ticket, row, fence) ─▶ serve (loop: driver until the end) ─▶ finish (thread)
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, Protocol

import structlog

from ivr.core.errors import SnapshotError
from ivr.core.events import CallAnswered, CallResumed, EndCause, Event
from ivr.core.flow.model import Flow
from ivr.core.session import CallSession
from ivr.ports import CallFacts, CallRecord, CallStore, Clock, Ears, MediaLine, Messages, NodeStore, StoreFailed, Tape
from ivr.runtime.driver import CallDriver, Equipment
from ivr.runtime.turns import CallNotes

log = structlog.get_logger(__name__)

LOST_GRACE_SECS = 30.0
"""How long a call whose stream broke may take to come back before it counts as lost."""


FACTS_SECS = 1.0
"""How long the first word may wait for what is known; then the call begins without."""


UNOPENED_AFTER = timedelta(seconds=5)
"""A ticket was used, but no stream began: the caller hung up, or the socket broke, in that very moment."""


class StreamEnd(Enum):
    """Why a stream is over, as the registry needs to know it."""

    HUNG_UP = "hung_up"
    COMPLETED = "completed"
    BROKEN = "broken"
    """The caller may still be there; the carrier's document brings the call back."""


class FlowSource(Protocol):
    """Where flows come from."""

    def get(self, name: str, version: str) -> Flow:
        """The flow in this version, or the newest when that is gone. Unknown name: `KeyError`."""

    def opening(self, flow: Flow, at: Any) -> tuple[bool, Mapping[str, str]]:
        """Whether people are there, and when, in words per language."""


@dataclass(frozen=True, slots=True)
class Outfit:
    """What a new call is given."""

    make_ears: Callable[[CallDriver], Ears]
    make_tape: Callable[[CallRecord], Tape]
    on_recorded: Callable[[CallRecord, str], None]
    """A recording was closed (in a thread): write its transcript."""
    facts: Callable[[CallRecord], CallFacts] = lambda record: CallFacts()
    """What is known before the first word (in a thread)."""
    make_messages: Callable[[CallRecord], Messages | None] = lambda record: None
    """Where what the caller leaves for people is kept; None: nowhere."""


@dataclass(frozen=True, slots=True)
class _Admitted:
    record: CallRecord
    turns: int
    at: datetime


class Registry:
    """All live calls of a process."""

    def __init__(
        self, node_id: str, calls: CallStore, nodes: NodeStore, flows: FlowSource, clock: Clock,
        equipment: Equipment, database: Executor,
    ) -> None:  # fmt: skip
        """`database` runs blocking store calls."""
        self.node_id = node_id
        self.outfit: Outfit | None = None
        self.live: dict[str, CallDriver] = {}
        self.ended = 0
        self._calls, self._nodes, self._flows, self._clock = calls, nodes, flows, clock
        self._equipment, self._database = equipment, database
        self._admitted: dict[str, _Admitted] = {}
        self._some_ended = asyncio.Event()
        self._watching: set[asyncio.Task[None]] = set()

    # -- admission (any thread) ----------------------------------------------------------------

    def admit(self, call_id: str, token: str) -> str | None:
        """Uses a ticket up and takes the call over; the carrier's id of its leg, or None."""
        now = self._clock.now()
        if not self._nodes.use_ticket(call_id, token, now=now):
            return None
        record = self._calls.get(call_id)
        if record is None or record.status == "ended":
            return None
        changes: dict[str, Any] = {"node_id": self.node_id, "status": "in_progress"}
        if record.answered_at is None:
            changes["answered_at"] = now
        self._calls.update(call_id, **changes)
        fresh = self._calls.get(call_id)
        if fresh is None:
            return None
        self._admitted[call_id] = _Admitted(fresh, len(self._calls.turns(call_id)), now)
        return fresh.carrier_sid

    def end_unopened(self) -> int:
        """Ends calls that were admitted and whose stream never began, unless they went on elsewhere; how many."""
        now, ended = self._clock.now(), 0
        for call_id, admitted in list(self._admitted.items()):
            if now - admitted.at < UNOPENED_AFTER or self._admitted.pop(call_id, None) is None:
                continue
            record = self._calls.get(call_id)
            if record is None or record.node_id != self.node_id or record.resumes != admitted.record.resumes:
                continue
            ended += self._calls.end(call_id, ended_at=now, outcome="abandoned", cause=EndCause.LOST.value)
        return ended

    # -- a call (event loop) -------------------------------------------------------------------

    async def serve(self, line: MediaLine, ended_as: Callable[[Any], StreamEnd]) -> None:
        """Runs a call on a stream that was admitted; returns when the stream is over."""
        assert self.outfit is not None
        admitted = self._admitted.pop(line.call_id)
        record = admitted.record
        flow = self._flows.get(record.flow, record.flow_version)
        session, first = self._session(record, flow, await self._facts(record))
        notes = CallNotes(record.id, self.node_id, self._calls, self._database, admitted.turns + 1)
        tape = self.outfit.make_tape(record)
        messages = self.outfit.make_messages(record)
        driver = CallDriver(
            session, line, _NoEars(), tape, notes, self._equipment, offset_ms=self._age_ms(record), messages=messages
        )  # fmt: skip
        driver.ears = self.outfit.make_ears(driver)
        driver.on_hang_up = lambda outcome: self._end(record, outcome, EndCause.COMPLETED)
        line.on_closed = lambda reason: self._closed(driver, ended_as(reason))
        self.live[record.id] = driver
        log.info("call opened", call_id=record.id, flow=record.flow, resumes=record.resumes)
        try:
            await driver.run(first)
        finally:
            self.live.pop(record.id, None)
            await self._finish(record, driver, tape)
            if messages is not None:
                await asyncio.get_running_loop().run_in_executor(self._database, messages.finish)

    async def _facts(self, record: CallRecord) -> CallFacts:
        """Nothing known is nothing known: neither a slow database nor a broken one keeps a caller waiting."""
        if record.snapshot is not None or self.outfit is None:
            return CallFacts()
        asked = asyncio.get_running_loop().run_in_executor(self._database, self.outfit.facts, record)
        try:
            return await asyncio.wait_for(asked, FACTS_SECS)
        except Exception as error:  # noqa: BLE001 - the call's rim: it begins, whatever is wrong with what we know
            log.warning("call begins without facts", call_id=record.id, error=type(error).__name__)
            return CallFacts()

    def _session(self, record: CallRecord, flow: Flow, facts: CallFacts) -> tuple[CallSession, Event]:
        at = self._age_ms(record)
        if record.snapshot is not None:
            try:
                return CallSession.restore(flow, record.snapshot), CallResumed(at)
            except SnapshotError as error:
                log.warning("session not restored", call_id=record.id, problem=str(error))
        answered_at = record.answered_at or self._clock.now()
        is_open, texts = self._flows.opening(flow, answered_at)
        return CallSession(flow), CallAnswered(
            at,
            record.id,
            record.caller,
            record.dialled,
            answered_at,
            is_open,
            dict(texts),
            language=record.language,
            records={name: dict(values) for name, values in facts.records.items()},
            has_callback=facts.has_callback,
            attested=record.attested,
        )

    def _age_ms(self, record: CallRecord) -> int:
        if record.answered_at is None:
            return 0
        return max(0, int((self._clock.now() - record.answered_at) / timedelta(milliseconds=1)))

    def _closed(self, driver: CallDriver, end: StreamEnd) -> None:
        match end:
            case StreamEnd.HUNG_UP:
                driver.closed(EndCause.CALLER_HUNG_UP)
            case StreamEnd.COMPLETED:
                driver.closed(EndCause.COMPLETED)
            case StreamEnd.BROKEN:
                driver.suspend()

    # -- the end -------------------------------------------------------------------------------

    async def _finish(self, record: CallRecord, driver: CallDriver, tape: Tape) -> None:
        loop = asyncio.get_running_loop()
        await driver.notes.flush()
        if driver.session.is_over:
            outcome = driver.session.state.outcome or "abandoned"
            cause = driver.ending or EndCause.CALLER_HUNG_UP
            await self._end(record, outcome, cause)
        elif driver.is_suspended:
            task = loop.create_task(self._watch_lost(record))
            self._watching.add(task)
            task.add_done_callback(self._watching.discard)
        name = await loop.run_in_executor(self._database, tape.close)
        if name is not None and self.outfit is not None:
            await loop.run_in_executor(self._database, self.outfit.on_recorded, record, name)
        self.ended += 1
        self._some_ended.set()
        log.info("call closed", call_id=record.id, outcome=driver.session.state.outcome)

    async def _end(self, record: CallRecord, outcome: str, cause: EndCause) -> None:
        def end() -> None:
            self._calls.end(record.id, ended_at=self._clock.now(), outcome=outcome, cause=cause.value)

        try:
            await asyncio.get_running_loop().run_in_executor(self._database, end)
        except Exception as error:  # noqa: BLE001 - the database is away: the sweeper ends the row later
            log.warning("end of call not written", call_id=record.id, error=type(error).__name__)

    async def _watch_lost(self, record: CallRecord) -> None:
        await asyncio.sleep(LOST_GRACE_SECS)
        try:
            now = await asyncio.get_running_loop().run_in_executor(self._database, self._calls.get, record.id)
        except StoreFailed as error:
            log.warning("lost call not looked up", call_id=record.id, error=type(error).__name__)
            return
        if now is not None and now.node_id == self.node_id and now.resumes == record.resumes:
            await self._end(record, "abandoned", EndCause.LOST)

    async def one_ended(self, within_secs: float) -> None:
        """Waits until a call has ended, at most so long."""
        self._some_ended.clear()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._some_ended.wait(), within_secs)

    async def close(self) -> None:
        """Forgets what is being watched; the calls themselves go on elsewhere."""
        for task in self._watching:
            task.cancel()
        await asyncio.gather(*self._watching, return_exceptions=True)


class _NoEars:
    """Until the real ones are made."""

    def push(self, at_ms: int, mulaw: bytes) -> None:
        """Drops it."""

    def will_sound(self, at_ms: int, mulaw: bytes) -> None:
        """Nothing to do."""

    def listen(self, expecting: Any) -> None:
        """Nothing to do."""

    def close(self) -> None:
        """Nothing to do."""
