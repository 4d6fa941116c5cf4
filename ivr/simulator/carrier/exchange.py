"""Where calls are begun and kept: the book of calls, their runs, the dialling queue, what dialled numbers do."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

from ivr.simulator.carrier.background import Background
from ivr.simulator.carrier.behaviours import Behaviours
from ivr.simulator.carrier.call_book import CallBook
from ivr.simulator.carrier.clock import LineClock
from ivr.simulator.carrier.documents import Source
from ivr.simulator.carrier.outcomes import EndedBy, HungUp
from ivr.simulator.carrier.parties import Answering
from ivr.simulator.carrier.settings import CarrierSettings
from ivr.simulator.carrier.state import CallStatus

if TYPE_CHECKING:
    from ivr.simulator.carrier.call import CarrierCall

Interpret = Callable[["CarrierCall", Source], Coroutine[Any, Any, CallStatus]]
OnDialled = Callable[["CarrierCall"], Answering | None]


class Exchange:
    """All calls of one account."""

    def __init__(
        self, settings: CarrierSettings, clock: LineClock, background: Background, interpret: Interpret
    ) -> None:
        """Begin without calls; `interpret` runs a call's documents from one on to its end."""
        self._settings = settings
        self._clock = clock
        self._background = background
        self._runs: dict[str, asyncio.Task[None]] = {}
        self._next_dial_ms = 0.0
        self.interpret = interpret
        self.book = CallBook(settings.keep_finished_calls)
        self.behaviours = Behaviours()
        self.on_dialled: OnDialled | None = None
        self.phones: OnDialled = lambda call: None
        """Telephones that are pages in browsers; where one is registered, it rings whatever else was said."""

    def begin(self, call: CarrierCall, run: Coroutine[Any, Any, None]) -> None:
        """Keep a new call and let it run."""
        self.book.add(call)
        task = self._background.spawn(run)
        self._runs[call.sid] = task
        task.add_done_callback(lambda _: self._runs.pop(call.sid, None))

    def dialled(self, call: CarrierCall) -> Answering:
        """What the far end of `call` does; asked once, when it is dialled."""
        chosen = self.on_dialled(call) if self.on_dialled is not None else None
        return chosen or self.phones(call) or self.behaviours.take(call.resource.to_number)

    def queue_ms(self) -> int:
        """How long a REST call made now waits before it is dialled."""
        line, now_ms = self._settings.line, self._clock.now_ms()
        if not line.calls_per_second:
            return line.queue_ms
        begins_ms = max(now_ms + line.queue_ms, self._next_dial_ms)
        self._next_dial_ms = begins_ms + 1000 / line.calls_per_second
        return round(begins_ms - now_ms)

    def may_call_from(self, number: str) -> bool:
        """Whether a call may show `number` as its origin."""
        return number in self._settings.numbers or number in self._settings.verified_callers

    async def end_all(self, grace_secs: float) -> None:
        """Hang up every call and wait until they are gone."""
        for call in self.book.live():
            call.interrupt(HungUp(EndedBy.CARRIER))
        if self._runs:
            await asyncio.wait(set(self._runs.values()), timeout=grace_secs)
