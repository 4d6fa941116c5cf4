"""Runs scripts at wire level: a carrier, a server of our own or a running one, several calls at the same time."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import aiohttp

from ivr.core.flow.model import Flow
from ivr.simulator.caller import Caller, CallerEars, CallerVoice, SpeechMissing
from ivr.simulator.carrier import Carrier, CarrierSettings, LineSettings, NumberSettings
from ivr.simulator.scripts.call_record import CallRecord, fetch_promise, fetch_record
from ivr.simulator.scripts.model import CallScript, Level
from ivr.simulator.scripts.results import CallFacts, Failure, Figures, ScriptResult
from ivr.simulator.scripts.stereo import save_call
from ivr.simulator.scripts.text_level import DEFAULT_NOW, Hours, dialled_number
from ivr.simulator.scripts.wire_level import WirePorts, has_story, run_at_wire_level
from ivr.simulator.scripts.wire_server import Account, RunningServer, ServerWorld, free_port, running_server


@dataclass(frozen=True, slots=True)
class WireOptions:
    """How to run scripts over the wire."""

    base_url: str | None = None
    """A running server that this machine may ask; None: start one. It must have `account`."""
    account: Account | None = None
    """None: made up for a server of our own."""
    speed: float = 1.0
    """Line time per real time; above 1 the server has less time to think."""
    jobs: int = 1
    save_audio: Path | None = None
    seed: int = 0
    """Fixes the damage that lines do."""


@dataclass(frozen=True, slots=True)
class WireTools:
    """What callers speak and hear with, and the flows they dial."""

    voice: CallerVoice
    ears: CallerEars | None
    flows: Mapping[str, Flow]
    hours: Hours | None = None
    """Decides whether a script's moment is within a flow's hours."""


AREAS = ("202", "212", "215", "301", "404", "617", "703", "718")
OnResult = Callable[[ScriptResult], None]


async def run_wire_suite(
    scripts: Sequence[CallScript], options: WireOptions, tools: WireTools, on_result: OnResult = lambda result: None
) -> list[ScriptResult]:
    """Runs scripts in groups that want the same world; results in the order of the scripts.

    Raises `ServerNotReady`, `KeyError` for a flow that is not there.
    """
    results: dict[int, ScriptResult] = {}
    for numbers in worlds(scripts, options, tools).values():
        suite = _Suite([scripts[number] for number in numbers], options, tools, on_result)
        results.update(zip(numbers, await suite.run(), strict=True))
    return [results[number] for number in range(len(scripts))]


def is_open_for(script: CallScript, flow: Flow, hours: Hours | None) -> bool | None:
    """Whether the flow is open at the script's moment; None when nobody can tell."""
    if script.given.is_open is not None:
        return script.given.is_open
    if hours is None or flow.hours is None:
        return None
    return hours(flow.hours, script.given.now or DEFAULT_NOW)[0]


def worlds(scripts: Sequence[CallScript], options: WireOptions, tools: WireTools) -> dict[str, list[int]]:
    """Scripts by the world they want; a server that runs already is as it is."""
    found: dict[str, list[int]] = {}
    seen: Counter[tuple[object, ...]] = Counter()
    for number, script in enumerate(scripts):
        is_open = is_open_for(script, tools.flows[script.flow], tools.hours)
        # A story has people, telephones and a clock of its own: nobody else is in its world.
        alone = number if has_story(script) else None
        world = [is_open, repr(sorted(script.given.connectors.items())), alone]
        # Who calls from a number that an earlier script has used is in another world: a promise may be known there.
        caller = (*world, script.caller.number if script.caller.is_number_given else None)
        seen[caller] += 1
        name = json.dumps([*world, seen[caller] if caller[-1] else 1])
        found.setdefault("" if options.base_url else name, []).append(number)
    return found


def with_own_number(script: CallScript, index: int) -> CallScript:
    """The script with a calling number that no other script has, unless it names one; all by New York time.

    Numbers are those that belong to nobody (555-0100 to 555-0199).
    """
    if script.caller.is_number_given:
        return script
    area, last = AREAS[index // 100 % len(AREAS)], 100 + index % 100
    return replace(script, caller=replace(script.caller, number=f"+1{area}555{last:04d}"))


class _Suite:
    """Scripts that share one world."""

    def __init__(
        self, scripts: Sequence[CallScript], options: WireOptions, tools: WireTools, on_result: OnResult
    ) -> None:
        self.scripts = [with_own_number(script, index) for index, script in enumerate(scripts)]
        self.options, self.tools, self.on_result = options, tools, on_result
        self.account = options.account or Account()
        self.base_url = options.base_url or f"http://127.0.0.1:{free_port()}"
        self.dialled = [dialled_number(script, tools.flows[script.flow]) for script in scripts]
        self.turn = asyncio.Semaphore(max(1, options.jobs))

    async def run(self) -> list[ScriptResult]:
        async with Carrier(self._carrier_settings()) as carrier, aiohttp.ClientSession() as session:
            if self.options.base_url is not None:
                return await self._run_all(carrier, session)
            first = self.scripts[0]
            world = ServerWorld(
                base_url=self.base_url,
                carrier_url=carrier.base_url,
                account=self.account,
                connectors=first.given.connectors,
                is_open=None if first.later else is_open_for(first, self.tools.flows[first.flow], self.tools.hours),
                has_story=has_story(first),
                now=first.given.now if has_story(first) else None,
                agents=first.given.agents,
            )
            async with running_server(world) as server:
                return await self._run_all(carrier, session, server)

    def _carrier_settings(self) -> CarrierSettings:
        number = NumberSettings(
            voice_url=f"{self.base_url}/voice/incoming",
            voice_fallback_url=f"{self.base_url}/voice/fallback",
            status_callback=f"{self.base_url}/voice/status",
            sms_url=f"{self.base_url}/sms/incoming",
        )
        return CarrierSettings(
            account_sid=self.account.sid,
            auth_token=self.account.token,
            numbers=dict.fromkeys(self.dialled, number),
            allow_ws_on_loopback=True,
            line=LineSettings(speed=self.options.speed),
        )

    async def _run_all(
        self, carrier: Carrier, session: aiohttp.ClientSession, server: RunningServer | None = None
    ) -> list[ScriptResult]:
        def record(sid: str) -> Awaitable[CallRecord]:
            return fetch_record(session, self.base_url, sid)

        def promise() -> Awaitable[str | None]:
            return fetch_promise(session, self.base_url)

        ports = WirePorts(carrier, self.tools.voice, self.tools.ears, record, self._finished, server, promise)
        async with asyncio.TaskGroup() as calls:
            tasks = [calls.create_task(self._run_one(number, ports)) for number in range(len(self.scripts))]
        return [task.result() for task in tasks]

    async def _run_one(self, number: int, ports: WirePorts) -> ScriptResult:
        script = self.scripts[number]
        async with self.turn:
            try:
                result = await run_at_wire_level(script, self.dialled[number], ports, self.options.seed + number)
            except SpeechMissing as missing:
                result = _not_run(script, missing.reason)
            except TimeoutError:
                result = _not_run(script, "the call took far too long and was given up")
        self.on_result(result)
        return result

    def _finished(self, script: CallScript, caller: Caller) -> None:
        if self.options.save_audio is not None:
            save_call(caller, script.name, self.options.save_audio)


def _not_run(script: CallScript, reason: str) -> ScriptResult:
    return ScriptResult(script, Level.WIRE, (Failure(script.line, reason),), (), Figures(), CallFacts())
