"""Workers over SQLite beside the simulated carrier; in place of the web process, legs that say their word at once."""

from __future__ import annotations

import asyncio
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from aiohttp import web

from ivr.core.queueing.leg_events import LegNews, Word, leg_said
from ivr.core.queueing.legs import Agent, AgentState, LegOutcome, LegState, Role
from ivr.core.queueing.limits import DialLimits
from ivr.core.queueing.model import Callback
from ivr.core.queueing.rules import QueueRules
from ivr.ports import StoreFailed
from ivr.runtime.dispatch import Dispatcher, DispatchPorts
from ivr.runtime.queue_service.legs import LegBook
from ivr.simulator.carrier import Carrier
from ivr.storage import SqlAgentStore, SqlCallbackStore, SqlTextStore, open_database
from ivr.storage.migrate import upgrade
from ivr.telephony.dialler import CarrierDialler
from tests.fakes.small_application import ACCOUNT, NUMBER, TOKEN, SmallApplication
from tests.unit.runtime.dispatch.worker import AllowedNumbers

STAY = '<Response><Pause length="600"/></Response>'
WORDS = {Role.AGENT: Word.ACCEPTED, Role.CUSTOMER: Word.PRESENT}
STATES = {
    "initiated": LegNews(LegState.PLACED),
    "ringing": LegNews(LegState.RINGING),
    "in-progress": LegNews(LegState.ANSWERED),
    "completed": LegNews(LegState.OVER, LegOutcome.COMPLETED),
    "busy": LegNews(LegState.OVER, LegOutcome.BUSY),
    "no-answer": LegNews(LegState.OVER, LegOutcome.NO_ANSWER),
    "failed": LegNews(LegState.OVER, LegOutcome.FAILED),
    "canceled": LegNews(LegState.OVER, LegOutcome.CANCELLED),
}


class Stage:
    """One database, any number of workers."""

    def __init__(self, folder: Path, application: SmallApplication, carrier: Carrier, rules: QueueRules) -> None:
        self.carrier, self.rules = carrier, rules
        self.database = open_database(f"sqlite:///{folder / 'stage.sqlite'}")
        upgrade(self.database.engine)
        self.callbacks, self.agents = SqlCallbackStore(self.database), SqlAgentStore(self.database)
        self.texts = SqlTextStore(self.database)
        self.dialler = CarrierDialler(ACCOUNT, TOKEN, application.base, carrier.base_url, timeout_secs=5.0)
        self.book = LegBook(self.callbacks, self.agents)
        self.tells_progress = True
        """Whether the carrier's progress reports arrive."""
        application.replies = LegReplies(self, application.replies)

    def agent(self, name: str, number: str) -> None:
        """Signed in."""
        agent = Agent(name, name.title(), number, ("general",), state=AgentState.AVAILABLE, since=datetime.now(UTC))
        self.agents.add(agent)
        self.agents.set_state(name, lambda found: agent)

    def promise(self, number: str) -> Callback:
        """As soon as possible."""
        now = datetime.now(UTC)
        callback = Callback(
            id=secrets.token_hex(16),
            queue="general",
            number=number,
            language="en",
            arrived_at=now,
            promised_from=now,
            promised_to=now + timedelta(minutes=10),
            eligible_at=now,
            order_at=now,
            state_at=now,
            is_time_chosen=True,  # so that calling hours are of no account
            dialled=NUMBER,
        )
        return self.callbacks.promise(callback, key=callback.id).callback

    def now_is(self, callback: Callback) -> Callback:
        """As stored."""
        found = self.callbacks.get(callback.id)
        assert found is not None
        return found

    def until(self, is_so: Callable[[], bool], secs: float = 20.0) -> None:
        """Waits for something to become true."""
        deadline = time.monotonic() + secs
        while not is_so():
            if time.monotonic() > deadline:
                raise TimeoutError("it never became true")
            time.sleep(0.02)

    @contextmanager
    def working(self, *names: str) -> Iterator[None]:
        """Workers with these names, each a thread with threads of its own."""
        stop = threading.Event()
        with ExitStack() as stack:
            threads = [
                threading.Thread(target=self._work, args=(self.worker(name, stack), stop), name=name) for name in names
            ]
            for thread in threads:
                thread.start()
            try:
                yield
            finally:
                stop.set()
                for thread in threads:
                    thread.join()

    def worker(self, name: str, stack: ExitStack) -> Dispatcher:
        """One worker."""
        limits = DialLimits(lease_secs=3.0, settle_secs=6.0)
        ports = DispatchPorts(
            self.callbacks,
            self.agents,
            self.texts,
            self.dialler,
            AllowedNumbers(),
            lambda: {"general": self.rules},
            lambda _: None,
            lambda: limits,
        )
        executor = stack.enter_context(ThreadPoolExecutor(4, name))
        return Dispatcher(ports, name, lambda: datetime.now(UTC), executor=executor, steady_secs=time.monotonic)

    def _work(self, worker: Dispatcher, stop: threading.Event) -> None:
        while not stop.wait(0.1):
            try:
                worker.tick(datetime.now(UTC))
            except StoreFailed:
                continue

    def close(self) -> None:
        """Gives the database back."""
        self.database.close()


class LegReplies(dict[str, Any]):
    """What the web process would answer for legs; every other path as before."""

    def __init__(self, stage: Stage, others: dict[str, Any]) -> None:
        super().__init__(others)
        self._stage = stage

    def get(self, path: str, default: Any = None) -> Any:
        """A leg's paths hold its tag."""
        return self._leg if path.startswith("/voice/outbound/") else super().get(path, default)

    async def _leg(self, request: web.Request) -> web.StreamResponse:
        form = await request.post()
        tag, _, what = request.path.removeprefix("/voice/outbound/").partition("/")
        sid, status = str(form["CallSid"]), str(form["CallStatus"])
        if what:
            if self._stage.tells_progress:
                news = replace(STATES[status], carrier_sid=sid)
                await asyncio.to_thread(self._stage.book.progressed, tag, news, datetime.now(UTC))
            return web.Response(status=204)
        document = await asyncio.to_thread(self._answered, tag, sid)
        return web.Response(text=document, content_type="text/xml")

    def _answered(self, tag: str, sid: str) -> str:
        now = datetime.now(UTC)
        leg = self._stage.book.answered(tag, sid, secrets.token_hex(16), now)
        if leg is None:
            return "<Response><Hangup/></Response>"
        word = WORDS[leg.role]
        self._stage.callbacks.step_leg(tag, lambda attempt: leg_said(attempt, tag, word, at=now))
        return STAY
