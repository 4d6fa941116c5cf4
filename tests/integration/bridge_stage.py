"""Workers, the real web application and the simulated carrier: conversations over the wire, without media processes.

An agent's leg waits in a long pause, as it would in the stream of its flow; a customer's says "present" at once.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiohttp import web

from ivr.bridge_house import TalkStores, open_bridges
from ivr.core.bridging.model import Bridge
from ivr.core.flow.model import Flow
from ivr.core.hours import Hours
from ivr.core.queueing.leg_events import Word, leg_said
from ivr.core.queueing.legs import Leg, Role
from ivr.core.queueing.model import Callback
from ivr.core.queueing.rules import QueueRules
from ivr.queue_house import QueueStores, open_queue
from ivr.runtime.clock import SystemClock
from ivr.runtime.dispatch import Dispatcher, DispatchPorts
from ivr.settings import load_settings
from ivr.simulator.carrier import Answering, Carrier, CarrierCall
from ivr.simulator.carrier.mulaw import tone
from ivr.storage import SqlBridgeStore, SqlFollowUpStore
from ivr.telephony.conferences import CarrierConferences
from ivr.web import WebDeps, create_app
from tests.fakes.carrier_world import NotingParty
from tests.fakes.small_application import ACCOUNT, TOKEN, SmallApplication, surroundings
from tests.fakes.stores import MemoryCallStore, MemoryNodeStore, MemoryWebhookLedger
from tests.integration.dispatch_stage import STAY, Stage

AGENT, BEN, CUSTOMER, BOSS, OUTSIDE = (f"+120255501{number}" for number in (71, 72, 23, 90, 55))
CONFIG = Path(__file__).resolve().parents[2] / "config"


@dataclass
class NoFlows:
    """Queues without call flows."""

    rules: QueueRules
    flows: Mapping[str, Flow] = field(default_factory=dict)

    @property
    def queues(self) -> Mapping[str, QueueRules]:
        return {"general": self.rules, "billing": QueueRules("billing")}

    def hours(self, name: str) -> Hours | None:
        return None

    def for_number(self, dialled: str) -> Flow | None:
        return None


class BridgeStage(Stage):
    """One customer, agents, and everything between them."""

    def __init__(
        self,
        folder: Path,
        application: SmallApplication,
        carrier: Carrier,
        loop: asyncio.AbstractEventLoop,
        rules: QueueRules,
    ) -> None:
        super().__init__(folder, application, carrier, rules)
        self.loop = loop
        environ = {"TWILIO_ACCOUNT_SID": ACCOUNT, "TWILIO_AUTH_TOKEN": TOKEN, "IVR_PUBLIC_URL": application.base}
        environ |= {"IVR_DIALLING__ALLOW_FICTIONAL": "true", "TWILIO_API_BASE": carrier.base_url}
        self.settings = load_settings(CONFIG, environ)
        stores = QueueStores(self.callbacks, self.agents, self.texts)
        self.house = open_queue(stores, self.settings.dialling, NoFlows(rules), lambda: datetime.now(UTC))
        conferences = CarrierConferences(ACCOUNT, TOKEN, application.base, carrier.base_url)
        talks = TalkStores(SqlBridgeStore(self.database), SqlFollowUpStore(self.database))
        self.bridge_house = open_bridges(talks, self.house, conferences, application.base, lambda _: "Northwind")
        self.service, self.follow_ups = self.bridge_house.service, self.bridge_house.follow_ups
        self.parties: dict[str, NotingParty] = {}
        self.app = create_app(
            WebDeps(
                self.settings,
                MemoryCallStore(),
                MemoryNodeStore(),
                MemoryWebhookLedger(),
                SystemClock(None),
                lambda _: None,
                queue=self.house.service,
                agents=self.agents,
                lines=self.bridge_house.hands,
            )
        )
        application.replies = WebReplies(self, application.replies)

    def worker(self, name: str, stack: Any) -> Dispatcher:
        """One worker that looks after bridges, too."""
        made = super().worker(name, stack)
        ports: DispatchPorts = made._ports  # noqa: SLF001 - the same worker with one port more
        made._ports = replace(ports, bridges=self.bridge_house.tending(self.dialler.call))  # noqa: SLF001
        return made

    # -- people ----------------------------------------------------------------------------------

    def person(self, number: str, **behaviour: Any) -> NotingParty:
        """Somebody who answers this number and takes notes."""
        party = self.parties[number] = NotingParty()
        self.carrier.set_answering(number, Answering(party=lambda: self.parties[number], **behaviour))
        return party

    def talking(self) -> Callback:
        """Ana has taken the call by button, and talks with the customer."""
        self.person(AGENT)
        self.person(CUSTOMER)
        self.agent("ana", AGENT)
        callback = self.promise(CUSTOMER)
        self.until(lambda: self.can_accept("ana"))
        done = self.service.accept("ana", datetime.now(UTC))
        assert done.is_done, done
        self.until(lambda: self.is_inside(AGENT) and self.is_inside(CUSTOMER))
        return callback

    def can_accept(self, agent: str) -> bool:
        """Whether a button would do."""
        offered = self.service.offer(agent)
        return offered is not None and offered.can_accept

    def bridge(self, callback: Callback) -> Bridge:
        """As stored."""
        found = self.bridge_house.parts.bridges.get(f"cb-{callback.id}-1")
        assert found is not None
        return found

    def call(self, number: str) -> CarrierCall | None:
        """The newest call to this number, while it lives."""
        found = [call for call in self.carrier.calls if call.resource.to_number == number and not call.status.is_final]
        return found[-1] if found else None

    def is_inside(self, number: str) -> bool:
        """Whether this number's leg is in a live conference."""
        call = self.call(number)
        return call is not None and any(
            one.call is call and one.is_present
            for conference in self.carrier.conferences
            if not conference.is_over
            for one in conference.participants
        )

    def said(self, number: str) -> str:
        """Everything the carrier's voice said to this number."""
        return " ".join(self.parties[number].said)

    def hangs_up(self, number: str) -> None:
        """Whoever has this number."""
        call = self.call(number)
        assert call is not None
        self.loop.call_soon_threadsafe(call.hang_up)

    def presses(self, number: str, key: str) -> None:
        """A key."""
        call = self.call(number)
        assert call is not None
        self.loop.call_soon_threadsafe(call.press, key)

    def hears(self, speaker: str, listener: str) -> bool:
        """Whether 200 ms of a tone arrive."""

        async def speak() -> bool:
            call, ear = self.call(speaker), self.parties[listener]
            assert call is not None
            ear.frames.clear()
            call.send_audio(tone(700, 300))
            await call.wait_outgoing_idle()
            clock = self.carrier.services.clock
            await clock.sleep_until(clock.now_ms() + 300)
            return tone(700, 20) in ear.heard()

        return asyncio.run_coroutine_threadsafe(speak(), self.loop).result(20)


class WebReplies(dict[str, Any]):
    """Bridges are answered by the real web application; legs by themselves; every other path as before."""

    def __init__(self, stage: BridgeStage, others: dict[str, Any]) -> None:
        super().__init__(others)
        self._stage, self._others = stage, others

    def get(self, path: str, default: Any = None) -> Any:
        """By the beginning of the path."""
        if path.startswith("/voice/outbound/") and path.count("/") == 3:
            return self._leg
        if path.startswith(("/voice/bridge/", "/voice/meet/", "/voice/wait/", "/voice/outbound/")):
            return self._real
        return self._others.get(path, default)

    async def _real(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        headers = {name: request.headers[name] for name in ("X-Twilio-Signature",) if name in request.headers}
        kind = request.headers.get("Content-Type", "")
        client = self._stage.app.test_client()
        path = request.raw_path
        answer = await asyncio.to_thread(lambda: client.post(path, data=body, headers=headers, content_type=kind))
        return web.Response(body=answer.data, status=answer.status_code, headers={"Content-Type": answer.content_type})

    async def _leg(self, request: web.Request) -> web.StreamResponse:
        form = await request.post()
        tag = request.path.removeprefix("/voice/outbound/")
        document = await asyncio.to_thread(self._answered, tag, str(form["CallSid"]))
        if document is None:
            return await self._meet(request, tag, form)
        return web.Response(text=document, content_type="text/xml")

    def _answered(self, tag: str, sid: str) -> str | None:
        now = datetime.now(UTC)
        leg: Leg | None = self._stage.book.answered(tag, sid, secrets.token_hex(16), now)
        if leg is None:
            return "<Response><Hangup/></Response>"
        if leg.role is Role.AGENT:
            return STAY
        self._stage.callbacks.step_leg(tag, lambda attempt: leg_said(attempt, tag, Word.PRESENT, at=now))
        return None

    async def _meet(self, request: web.Request, tag: str, form: Any) -> web.StreamResponse:
        url = f"{request.scheme}://{request.host}/voice/meet/{tag}"
        document = f'<Response><Redirect method="POST">{url}</Redirect></Response>'
        return web.Response(text=document, content_type="text/xml")


def on_bridge_stage(
    folder: Path, play: Callable[[BridgeStage], None], rules: QueueRules | None = None, speed: float = 4.0
) -> None:
    """Plays beside a served carrier; the play blocks, the carrier does not."""

    async def scene() -> None:
        async with surroundings(serve_rest=True, speed=speed) as (application, carrier):
            loop = asyncio.get_running_loop()
            stage = BridgeStage(folder, application, carrier, loop, rules or QueueRules("general", wrap_up_secs=60))

            def play_with_a_worker() -> None:
                with stage.working("w1"):
                    play(stage)

            try:
                await asyncio.to_thread(play_with_a_worker)
            finally:
                stage.close()

    asyncio.run(scene())
