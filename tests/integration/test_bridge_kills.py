"""A conversation goes on while web and worker are killed, and can be held and ended when they are back.

Without media processes: a conversation needs none. What the flows of the legs would report is reported here.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psutil
import pytest

from ivr.bridge_house import BridgeHouse, TalkStores, open_bridges
from ivr.core.queueing.leg_events import Word, leg_said
from ivr.core.queueing.legs import Agent, AgentState, LegState, Role
from ivr.core.queueing.model import Callback, CallbackState
from ivr.core.queueing.rules import QueueRules
from ivr.queue_house import QueueStores, open_queue
from ivr.settings import load_settings
from ivr.simulator.carrier import Answering, Carrier, CarrierSettings, NumberSettings
from ivr.simulator.carrier.mulaw import tone
from ivr.simulator.scripts.wire_server import free_port
from ivr.storage import (
    Database,
    SqlAgentStore,
    SqlBridgeStore,
    SqlCallbackStore,
    SqlFollowUpStore,
    SqlTextStore,
    open_database,
)
from ivr.storage.migrate import upgrade
from ivr.telephony.conferences import CarrierConferences
from tests.fakes.carrier_world import NotingParty
from tests.integration.bridge_stage import CONFIG, NoFlows
from tests.integration.server_process import ENGLISH, PROJECT, RunningServer

pytestmark = [pytest.mark.integration, pytest.mark.timeout(280)]

AGENT, CUSTOMER = "+12025550171", "+12025550123"


class Scene:
    """Two people, and what is stored of them."""

    def __init__(self, server: RunningServer, carrier: Carrier, database: Database) -> None:
        self.server, self.carrier = server, carrier
        self.callbacks, self.agents = SqlCallbackStore(database), SqlAgentStore(database)
        self.talks = _talks(server, carrier, database)
        self.customer, self.agent = NotingParty(), NotingParty()
        carrier.set_answering(CUSTOMER, Answering(party=lambda: self.customer))
        carrier.set_answering(AGENT, Answering(party=lambda: self.agent))

    def promise(self) -> Callback:
        """Ana is there, and somebody waits."""
        now = datetime.now(UTC)
        ana = Agent("ana", "Ana", AGENT, ("general",), state=AgentState.AVAILABLE, since=now)
        self.agents.add(ana)
        self.agents.set_state("ana", lambda _: ana)
        until = now + timedelta(minutes=9)
        made = Callback(secrets.token_hex(16), "general", CUSTOMER, "en", now, now, until, now, now)
        callback = replace(made, state_at=now, is_time_chosen=True, dialled=ENGLISH, flow="support", name="Grace")
        return self.callbacks.promise(callback, key=callback.id).callback

    async def until(self, condition: Callable[[], Any], secs: float = 60.0) -> None:
        """Waits without standing in the carrier's way."""
        async with asyncio.timeout(secs):
            while not await asyncio.to_thread(condition):  # noqa: ASYNC110 - what changes is in a database
                await asyncio.sleep(0.1)

    def leg(self, callback: Callback, role: Role) -> LegState | None:
        """How far the newest leg of this role has come."""
        found = [leg.state for leg in self.callbacks.legs(callback.id) if leg.role is role]
        return found[-1] if found else None

    async def talking(self) -> Callback:
        """The agent takes the call by button; the customer says to be there, and is led on."""
        callback = self.promise()
        await self.until(lambda: self.leg(callback, Role.AGENT) is LegState.ANSWERED)
        done = await asyncio.to_thread(self.talks.service.accept, "ana", datetime.now(UTC))
        assert done.is_done, done
        await self.until(lambda: self.leg(callback, Role.CUSTOMER) is LegState.ANSWERED)
        await asyncio.to_thread(self._is_present, callback)
        await self.until(lambda: len(self.inside()) == 2)
        return callback

    def _is_present(self, callback: Callback) -> None:
        leg = next(leg for leg in self.callbacks.legs(callback.id) if leg.role is Role.CUSTOMER)
        now = datetime.now(UTC)
        self.callbacks.step_leg(leg.tag, lambda attempt: leg_said(attempt, leg.tag, Word.PRESENT, at=now))
        self.talks.parts.conferences.move(leg.carrier_sid, f"{self.server.base_url}/voice/meet/{leg.tag}")

    def inside(self) -> list[str]:
        """Numbers of those in the live conference."""
        return [
            one.call.resource.to_number
            for conference in self.carrier.conferences
            if not conference.is_over
            for one in conference.participants
            if one.is_present
        ]

    async def hears(self, speaker: NotingParty, listener: NotingParty) -> bool:
        """Whether 300 ms of a tone arrive."""
        listener.frames.clear()
        assert speaker.call is not None
        speaker.call.send_audio(tone(700, 300))
        await asyncio.sleep(0.8)
        return tone(700, 20) in listener.heard()


def _talks(server: RunningServer, carrier: Carrier, database: Database) -> BridgeHouse:
    account = server.account
    settings = load_settings(CONFIG, {"IVR_DIALLING__ALLOW_FICTIONAL": "true"})
    stores = QueueStores(SqlCallbackStore(database), SqlAgentStore(database), SqlTextStore(database))
    queue = open_queue(stores, settings.dialling, NoFlows(QueueRules("general")), lambda: datetime.now(UTC))
    conferences = CarrierConferences(account.sid, account.token, server.base_url, carrier.base_url)
    talks = TalkStores(SqlBridgeStore(database), SqlFollowUpStore(database))
    return open_bridges(talks, queue, conferences, server.base_url, lambda _: "Northwind")


def _carrier(server: RunningServer, port: int) -> Carrier:
    number = NumberSettings(voice_url=f"{server.base_url}/voice/incoming")
    account = server.account
    settings = CarrierSettings(
        account.sid, account.token, port=port, numbers={ENGLISH: number}, allow_ws_on_loopback=True
    )
    return Carrier(settings)


class Processes:
    """`ivr web` and `ivr worker`, each with its children."""

    def __init__(self, server: RunningServer) -> None:
        self._server = server
        self._running: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        """Until calls can be answered."""
        for name in ("web", "worker"):
            environ = {**os.environ, **self._server.environment}
            with (self._server.folder / f"{name}.log").open("ab") as log:
                command = [sys.executable, "-m", "ivr", name]
                process = subprocess.Popen(
                    command, cwd=PROJECT, env=environ, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT
                )
            self._running.append(process)
        self._server.until(self._is_there, 60)

    def kill(self) -> None:
        """At once, nobody is asked."""
        for process in self._running:
            victims = [*psutil.Process(process.pid).children(recursive=True), psutil.Process(process.pid)]
            for victim in victims:
                with contextlib.suppress(psutil.NoSuchProcess):
                    victim.kill()
            process.wait(10)
        self._running.clear()

    def _is_there(self) -> bool:
        try:
            return self._server.get("/healthz")[0] == 200
        except OSError:
            return False


def test_people_go_on_talking_while_our_processes_are_killed(tmp_path: Path) -> None:
    port = free_port()
    server = RunningServer(tmp_path, TWILIO_API_BASE=f"http://127.0.0.1:{port}")
    database = open_database(server.environment["IVR_DATABASE_URL"])
    upgrade(database.engine)
    processes = Processes(server)

    async def scene() -> None:
        async with _carrier(server, port) as carrier:
            await play(Scene(server, carrier, database), processes)

    try:
        processes.start()
        asyncio.run(scene())
    finally:
        processes.kill()
        database.close()


async def play(scene: Scene, processes: Processes) -> None:
    service = scene.talks.service
    callback = await scene.talking()
    assert await scene.hears(scene.agent, scene.customer) and await scene.hears(scene.customer, scene.agent)
    await asyncio.to_thread(processes.kill)
    assert await scene.hears(scene.agent, scene.customer) and await scene.hears(scene.customer, scene.agent)
    assert sorted(scene.inside()) == sorted([AGENT, CUSTOMER])
    await asyncio.to_thread(processes.start)
    assert await scene.hears(scene.customer, scene.agent)
    assert (await asyncio.to_thread(service.hold, "ana", datetime.now(UTC))).is_done
    await scene.until(lambda: any("Ana is looking something up" in text for text in scene.customer.said))
    assert not await scene.hears(scene.agent, scene.customer)
    assert (await asyncio.to_thread(service.resume, "ana", datetime.now(UTC))).is_done
    assert await scene.hears(scene.agent, scene.customer)
    assert (await asyncio.to_thread(service.end, "ana", datetime.now(UTC))).is_done
    await scene.until(lambda: any("Thank you for calling" in text for text in scene.customer.said))
    await scene.until(lambda: is_done(scene, callback), 60)


def is_done(scene: Scene, callback: Callback) -> bool:
    """The new worker has adopted the promise and settled it."""
    found = scene.callbacks.get(callback.id)
    return found is not None and found.state is CallbackState.DONE
