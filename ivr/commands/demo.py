"""`ivr demo`: the server, a simulated carrier, and one whole call shown as it is spoken. No phone, no account."""

from __future__ import annotations

import asyncio
import os
import secrets
import signal
import socket
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from rich.console import Console
from rich.text import Text

from ivr.app import open_house
from ivr.commands.callers import EngineVoice
from ivr.commands.carrier import SAMPLE_TELEPHONES
from ivr.commands.carrier_voice import CarrierVoice
from ivr.commands.common import tell
from ivr.commands.demo_people import DemoPerson, demo_people
from ivr.commands.serve import progress, specs_for
from ivr.places import config_dir
from ivr.serve import NotReady, Supervisor
from ivr.settings import Settings, load_settings
from ivr.simulator.caller import Caller, Input, Samples
from ivr.simulator.carrier import Carrier, CarrierSettings, NumberSettings
from ivr.simulator.line import LineQuality, TelephoneLine
from ivr.simulator.line_order import make_line
from ivr.simulator.scripts.wire_figures import gap_after
from speech.tts.build import build_synthesiser

DIALOGUES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "en": ("+15005550006", ("Where is my order?", "Four two seven one nine.", "Yes.", "No, thank you.")),
    "ja": ("+815012345678", ("注文はどこですか。", "四二七一九です。", "はい。", "いいえ、ありません。")),
}
"""Dialled number and what the caller says, by language."""
TURN_PAUSE_MS = 700
LISTEN_LIMIT_MS = 45_000
POLL_SECS = 0.15


@dataclass(frozen=True, slots=True)
class Ports:
    """TCP ports of this demo."""

    web: int
    media: int
    carrier: int


def run_demo(*, once: bool, language: str) -> int:
    """Runs the call; with `once` everything ends with it."""
    if language not in DIALOGUES:
        tell(f"The demo speaks {' and '.join(DIALOGUES)}; choose one with --language.")
        return 2
    environment = demo_environment(Ports(_port(8080), _port(8090), _port(8099)))
    os.environ.update(environment)
    settings = load_settings(config_dir(), os.environ)
    house = open_house(settings, process="demo", migrate=True)
    people = demo_people(house)
    house.close()
    supervisor = Supervisor(specs_for(settings), progress)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: supervisor.ask_to_stop())
    outcome: list[int] = []
    try:
        tell("Starting the server (engines are loaded once; a few seconds) …")
        supervisor.start()
        supervisor.wait_ready(settings.timeouts.ready_secs)
        if supervisor.is_stop_asked:
            return 130
        call = threading.Thread(
            target=_call_in_thread, args=(_Demo(settings, language, people), supervisor, once, outcome)
        )
        call.start()
        supervisor.run()
        call.join(timeout=10)
    except NotReady as problem:
        tell(f"The server did not become ready: {', '.join(problem.names)}. `ivr doctor` looks for the reason.")
        return 1
    finally:
        supervisor.stop()
    return outcome[0] if outcome else 130


def demo_environment(ports: Ports) -> dict[str, str]:
    """Settings of a demo: an invented account, its own database, always open."""
    folder = config_dir().resolve().parent / "var"
    folder.mkdir(exist_ok=True)
    return {
        "TWILIO_ACCOUNT_SID": f"AC{secrets.token_hex(16)}",
        "TWILIO_AUTH_TOKEN": secrets.token_hex(16),
        "TWILIO_API_BASE": f"http://127.0.0.1:{ports.carrier}",
        "IVR_PUBLIC_URL": f"http://127.0.0.1:{ports.web}",
        "IVR_ENVIRONMENT": "development",
        "IVR_SECRET_KEY": secrets.token_hex(16),
        "IVR_DATABASE_URL": f"sqlite:///{folder / 'demo.sqlite'}",
        "IVR_WEB__PORT": str(ports.web),
        "IVR_MEDIA__PORT": str(ports.media),
        "IVR_HOURS_OVERRIDE": "open",
        "IVR_TIMEOUTS__DRAIN_SECS": "2",
        "IVR_LOG__LEVEL": "warning",
    }


def _port(wanted: int) -> int:
    """The wanted port, or a free one when somebody has it."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise RuntimeError("no TCP port is free")


def _call_in_thread(demo: _Demo, supervisor: Supervisor, once: bool, outcome: list[int]) -> None:
    try:
        asyncio.run(_call_and_stay(demo, supervisor, once, outcome))
    finally:
        if not outcome:
            outcome.append(1)
        if once:
            supervisor.ask_to_stop()


async def _call_and_stay(demo: _Demo, supervisor: Supervisor, once: bool, outcome: list[int]) -> None:
    """One call; then the carrier stays for telephones in browsers, until the server is stopped."""
    voice = CarrierVoice()
    try:
        async with Carrier(demo.account(), say_to_audio=voice, make_line=make_line) as carrier:
            outcome.append(await demo.run(carrier))
            if once:
                return
            url = demo.settings.public_url
            demo.console.print(f"\nThe server stays up. Stop with Ctrl-C. Sign in: [bold]{url}/[/bold]")
            for one in demo.people:
                demo.console.print(f"  {one.id}  {one.role.value:<10}  password {one.password}")
            demo.console.print(f"Call it yourself, from a browser: [bold]{url}/phone[/bold]")
            while not supervisor.is_stop_asked:  # noqa: ASYNC110 - the supervisor belongs to another thread
                await asyncio.sleep(POLL_SECS)
    finally:
        await asyncio.to_thread(voice.close)


class _Demo:
    """One call, shown."""

    def __init__(self, settings: Settings, language: str, people: Sequence[DemoPerson]) -> None:
        self.settings, self.language, self.people = settings, language, people
        self.console = Console(highlight=False)
        self.dialled, self.sentences = DIALOGUES[language]
        self.caller = Caller(TelephoneLine(LineQuality(), 1))
        self.shown = 0
        self.last: Input | None = None
        self.heard = 0
        """Stretches of sound before the caller's last sentence."""
        self.gaps: list[int] = []

    def account(self) -> CarrierSettings:
        """The carrier's account, with the numbers of all languages and telephones in browsers."""
        carrier, base = self.settings.carrier, self.settings.public_url
        number = NumberSettings(
            f"{base}/voice/incoming",
            voice_fallback_url=f"{base}/voice/fallback",
            status_callback=f"{base}/voice/status",
            sms_url=f"{base}/sms/incoming",
        )
        return CarrierSettings(
            carrier.account_sid,
            carrier.auth_tokens[0].get_secret_value(),
            port=urlsplit(carrier.api_base).port or 0,
            numbers={dialled: number for dialled, _ in DIALOGUES.values()},
            telephones=SAMPLE_TELEPHONES,
            allow_ws_on_loopback=True,
        )

    async def run(self, carrier: Carrier) -> int:
        """The call; 0 when it was settled."""
        sounds = await asyncio.to_thread(self._sounds)
        self.console.print(f"\n[bold]A caller dials {self.dialled}[/bold] (simulated carrier, real protocol)\n")
        async with aiohttp.ClientSession() as session:
            call = await carrier.place_call("+12025550123", self.dialled, self.caller)
            watch = asyncio.create_task(self._watch(session, call.sid))
            try:
                await call.wait_answered()
                for sentence in self.sentences:
                    if not await self._say(sentence, sounds[sentence]):
                        break
                await self.caller.wait_until(lambda: self.caller.is_over, LISTEN_LIMIT_MS)
            finally:
                call.hang_up()
                await call.wait_ended()
                watch.cancel()
            record = await self._record(session, call.sid)
        return self._sum_up(record)

    def _sounds(self) -> dict[str, Samples]:
        voice = EngineVoice(build_synthesiser([self.language])[0])
        try:
            return {sentence: voice.speech(sentence, self.language, "default") for sentence in self.sentences}
        finally:
            voice.close()

    async def _say(self, sentence: str, sound: Samples) -> bool:
        caller = self.caller

        def is_our_turn() -> bool:
            has_spoken = len(caller.stretches) > self.heard
            return has_spoken and not caller.is_sounding and caller.quiet_ms >= TURN_PAUSE_MS

        if not await caller.wait_until(is_our_turn, LISTEN_LIMIT_MS) or caller.is_over:
            return False
        self._line(caller.at_ms, "caller ▶", sentence, "bold cyan")
        self.heard = len(caller.stretches)
        self.last = await caller.speak(sound)
        await caller.wait_until(lambda: self._gap() is not None, 6000)
        gap = self._gap()
        if gap is not None:
            self.gaps.append(gap)
            self._line(caller.at_ms, "        ", f"reply after {gap} ms", "dim")
        return True

    def _gap(self) -> int | None:
        return gap_after(self.last, None, self.caller.stretches) if self.last is not None else None

    async def _watch(self, session: aiohttp.ClientSession, sid: str) -> None:
        """Shows what the line says and understands, from the server's own record."""
        while True:
            await asyncio.sleep(POLL_SECS)
            record = await self._ask(session, sid)
            self._show(record)

    def _show(self, record: dict[str, Any]) -> None:
        turns = record.get("turns", [])
        for turn in turns[self.shown :]:
            if turn["side"] == "us":
                self._line(turn["at_ms"], "line   ◀", turn["text"], "green")
            else:
                meaning = turn.get("command") or turn.get("intent") or ""
                score = f" {turn['score']:.2f}" if turn.get("intent") and turn.get("score") is not None else ""
                self._line(turn["at_ms"], "        ", f"heard “{turn['text']}” {meaning}{score}", "dim")
        self.shown = len(turns)

    def _line(self, at_ms: int, who: str, text: str, style: str) -> None:
        self.console.print(Text(f"{max(0, at_ms) / 1000:7.2f}  {who}  {text}", style=style), soft_wrap=True)

    async def _ask(self, session: aiohttp.ClientSession, sid: str) -> dict[str, Any]:
        url = f"http://127.0.0.1:{self.settings.web.port}/api/v1/calls"
        try:
            async with session.get(url, params={"carrier_sid": sid}) as reply:
                calls = (await reply.json()).get("calls", []) if reply.status == 200 else []
        except (aiohttp.ClientError, TimeoutError):
            return {}
        return calls[0] if calls else {}

    async def _record(self, session: aiohttp.ClientSession, sid: str) -> dict[str, Any]:
        record: dict[str, Any] = {}
        for _ in range(40):
            record = await self._ask(session, sid)
            if record.get("status") == "ended":
                break
            await asyncio.sleep(0.1)
        self._show(record)
        return record

    def _sum_up(self, record: dict[str, Any]) -> int:
        outcome = record.get("outcome")
        first = self.caller.stretches[0].started_at if self.caller.stretches else None
        self.console.print()
        self.console.print(f"[bold]{'Settled' if outcome == 'resolved' else 'Not settled'}[/bold]: outcome {outcome}")
        self.console.print(f"  steps    {' → '.join(record.get('visited', []))}")
        self.console.print(f"  slots    {record.get('slots', {})}")
        self.console.print(f"  speed    first sound after {first} ms, replies after {self.gaps} ms")
        self.console.print(f"  record   call {record.get('id')}, {len(record.get('turns', []))} turns in the database")
        if record.get("recorded"):
            files = sorted(path.name for path in self._recordings().glob(f"{record['id']}-*"))
            self.console.print(f"  tape     {', '.join(files)} in {self._recordings()}")
        return 0 if outcome == "resolved" else 1

    def _recordings(self) -> Path:
        return self.settings.recording.dir


__all__ = ["demo_environment", "run_demo"]
