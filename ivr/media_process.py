"""The media process: sockets, drivers, recognition and synthesis on one event loop and a few threads."""

from __future__ import annotations

import asyncio
import os
import secrets
import signal
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import structlog

from ivr.app import House, flow_sets, open_house
from ivr.flows.book import fixed_texts
from ivr.ports import CallFacts, CallRecord, MediaNode, StoreFailed, Tape
from ivr.runtime.driver import CallDriver, Equipment
from ivr.runtime.registry import Outfit, Registry, StreamEnd
from ivr.serve import TAKE_OVER
from ivr.settings import RecordingMode, Settings
from ivr.speech_adapters import ListenerEars, SpeakerMouth
from ivr.telephony.media_call import CloseReason, MediaCall
from ivr.telephony.media_gate import Admission, MediaLimits
from ivr.telephony.media_server import MediaServer
from ivr.telephony.playback import Pacing
from ivr.understanding.local import LocalUnderstanding
from recordings.messages import WavMessages
from recordings.store import RecordingStore
from recordings.tape import WavTape
from recordings.transcript import write_transcript
from recordings.writer import TapeWriter
from speech.interfaces import Voice
from speech.speaker import PromptCache, Speaker
from speech.stt import DecodePool, load_recognisers
from speech.stt.late import LateRecognisers
from speech.tts.build import build_synthesiser
from speech.vad import open_confirmers

log = structlog.get_logger(__name__)

ENDINGS = {CloseReason.STOPPED: StreamEnd.HUNG_UP, CloseReason.WE_CLOSED: StreamEnd.COMPLETED}


class NoTape:
    """A call that must not be recorded."""

    def start(self, at_ms: int) -> None:
        """Keeps nothing."""

    def stop(self, *, discard: bool = False) -> None:
        """Nothing to stop."""

    def caller_frame(self, at_ms: int, mulaw: bytes) -> None:
        """Drops it."""

    def our_frame(self, at_ms: int, mulaw: bytes) -> None:
        """Drops it."""

    def close(self) -> str | None:
        """Nothing was kept."""
        return None


class _Gate:
    """Lets a socket in by its ticket."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    def admit(self, call_id: str, token: str) -> Admission | None:
        call_sid = self._registry.admit(call_id, token)
        return Admission(call_sid) if call_sid is not None else None


class MediaProcess:
    """Everything one media process holds."""

    def __init__(self, house: House, observer: Callable[[str, Mapping[str, Any]], None] | None = None) -> None:
        """Loads nothing yet; `run` does."""
        self.house, self.settings = house, house.settings
        self.node_id = secrets.token_hex(8)
        self._observer = observer or (lambda kind, values: None)
        self._database = ThreadPoolExecutor(4, "database")
        self._work = ThreadPoolExecutor(4, "work")
        self._stopping = asyncio.Event()

    def ask_to_stop(self) -> None:
        """Starts draining."""
        self._stopping.set()

    async def run(self, *, as_spare: bool = False) -> None:
        """Loads the engines, serves until told to stop, drains. A spare serves when it is told to, and loads after."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.ask_to_stop)
        self._build()
        if not as_spare:
            await self._load()
        elif not await self._called():
            await self._close()
            return
        server, registry = self._server(), self._registry
        await server.start()
        self._register(server)
        tasks = [loop.create_task(self._beat(server)), loop.create_task(self._warm(must_load=as_spare))]
        log.info("media ready", node=self.node_id, capacity=self.settings.media.capacity, was_spare=as_spare)
        try:
            await self._stopping.wait()
            await self._drain(server)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            with suppress(StoreFailed):
                self.house.nodes.remove(self.node_id)
            await server.close()
            await registry.close()
            await self._close()

    async def _called(self) -> bool:
        """Stands by until the supervisor says so; False when there is nothing more to stand by for."""
        loop, called = asyncio.get_running_loop(), asyncio.Event()
        loop.add_reader(sys.stdin.fileno(), called.set)
        log.info("stands by", pid=os.getpid())
        waits = [loop.create_task(event.wait()) for event in (called, self._stopping)]
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        loop.remove_reader(sys.stdin.fileno())
        for wait in waits:
            wait.cancel()
        return not self._stopping.is_set() and os.read(sys.stdin.fileno(), len(TAKE_OVER)) == TAKE_OVER

    def _build(self) -> None:
        """Everything but the engines' models."""
        settings, flows = self.settings, self.house.flows
        self.synthesiser, self.speaking_reasons = build_synthesiser(settings.speech.languages)
        self.understanding = LocalUnderstanding(settings.flows.dir, settings.speech.cache_dir.parent / "embeddings")
        self.recognisers = LateRecognisers()
        self.speaker = Speaker(self.synthesiser, PromptCache(settings.speech.cache_dir))
        self.decode_pool = DecodePool(asyncio.get_running_loop().call_soon_threadsafe)
        self.confirmers, self.voice_reason = open_confirmers()
        self.recordings = RecordingStore(settings.recording.dir)
        self.writer = TapeWriter()
        self._fixed = {text for flow in flows.flows.values() for texts in fixed_texts(flow).values() for text in texts}
        self._registry = Registry(
            self.node_id,
            self.house.calls,
            self.house.nodes,
            flows,
            self.house.clock,
            Equipment(
                self.understanding,
                self.house.connectors,
                SpeakerMouth(self.speaker),
                self._work,
                self._observer,
                self._fixed.__contains__,
            ),
            self._database,
        )
        self._registry.outfit = Outfit(
            self._ears,
            self._tape,
            self._recorded,
            self._facts,
            lambda record: WavMessages(self.recordings, self.writer),
        )

    async def _load(self) -> None:
        """Engines load side by side, once for all calls."""
        speech, flows = self.settings.speech, self.house.flows.flows
        models = speech.cache_dir.parent / "models"
        load = asyncio.to_thread(load_recognisers, speech.languages, speech.engine.value, speech.models_dir, models)
        _, _, recognisers = await asyncio.gather(
            asyncio.to_thread(self.synthesiser.warm),
            asyncio.to_thread(self.understanding.warm, speech.languages, flow_sets(flows)),
            load,
        )
        self.recognisers.arrived(recognisers)

    async def _warm(self, *, must_load: bool) -> None:
        """What need not be there for the first call: everything for a spare, else only prompts."""
        if must_load:
            await self._load()
            log.info("engines loaded")
        await self._prepare()

    def _ears(self, driver: CallDriver) -> ListenerEars:
        return ListenerEars(
            driver,
            self.recognisers.recogniser_for,
            self.decode_pool,
            self.understanding,
            self.confirmers,
            self.recognisers.second_for,
        )

    def _tape(self, record: CallRecord) -> Tape:
        if self.settings.recording.mode is RecordingMode.OFF:
            return NoTape()
        return WavTape(record.id, self.recordings, self.writer)

    def _recorded(self, record: CallRecord, name: str) -> None:
        """In a thread: the transcript beside the recording."""
        write_transcript(self.recordings, record.id, self.house.calls.turns(record.id))

    def _facts(self, record: CallRecord) -> CallFacts:
        """In a thread."""
        house = self.house
        return house.desk.facts(record.id, record.caller, record.dialled, house.clock.now())

    def _server(self) -> MediaServer:
        settings = self.settings
        return MediaServer(
            settings.media.host,
            settings.media.port,
            _Gate(self._registry),
            self._serve,
            public_url=settings.media_public_url,
            auth_tokens=[token.get_secret_value() for token in settings.carrier.auth_tokens],
            limits=MediaLimits(max_calls=settings.media.capacity),
            pacing=Pacing(lead_ms=settings.media.lead_ms),
        )

    async def _serve(self, call: MediaCall) -> None:
        await self._registry.serve(call, lambda reason: ENDINGS.get(reason, StreamEnd.BROKEN))

    def _register(self, server: MediaServer) -> None:
        node = MediaNode(
            self.node_id,
            self.settings.media_public_url,
            self.settings.media.capacity,
            0,
            self.house.clock.now(),
            server.is_draining,
        )
        self.house.nodes.register(node)

    async def _beat(self, server: MediaServer) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(self.settings.timeouts.heartbeat_secs)
            try:
                await loop.run_in_executor(self._database, self._say_alive, server.is_draining)
            except KeyError:  # the row is gone, say after a restored backup
                with suppress(StoreFailed):
                    await loop.run_in_executor(self._database, self._register, server)
            except (StoreFailed, OSError) as problem:  # the database is away: without the next beat nobody calls here
                log.warning("sign of life not written", problem=type(problem).__name__)

    def _say_alive(self, draining: bool) -> None:
        self.house.flows.refresh()
        live = len(self._registry.live)
        self.house.nodes.heartbeat(self.node_id, live=live, draining=draining, at=self.house.clock.now())
        if ended := self._registry.end_unopened():
            log.warning("calls ended before their stream began", calls=ended)

    async def _prepare(self) -> None:
        """Makes the fixed prompts beforehand, whenever no call needs the engines."""
        texts = [
            (text, Voice(language))
            for flow in self.house.flows.flows.values()
            for language, all_texts in fixed_texts(flow).items()
            for text in sorted(all_texts)
        ]
        failed = await self.speaker.prepare(texts)
        log.info("prompts prepared", prompts=len(texts), failed=failed)

    async def _drain(self, server: MediaServer) -> None:
        """Lets the calls end; what is left after the limit goes on elsewhere, by the carrier's document."""
        server.is_draining = True
        with suppress(StoreFailed, KeyError):
            self._say_alive(True)
        until = asyncio.get_running_loop().time() + self.settings.timeouts.drain_secs
        while self._registry.live and asyncio.get_running_loop().time() < until:
            await self._registry.one_ended(0.5)

    async def _close(self) -> None:
        await self.speaker.close()
        await asyncio.to_thread(self.synthesiser.close)
        self.decode_pool.close()
        self.recognisers.close()
        self.writer.close()
        self.recordings.close()
        self._work.shutdown(wait=False, cancel_futures=True)
        self._database.shutdown(wait=True)


def run_media(settings: Settings, *, as_spare: bool = False) -> None:
    """Serves until told to stop. A spare first waits for `TAKE_OVER` on its standard input."""
    house = open_house(settings, process="media")
    try:
        asyncio.run(_run(house, as_spare))
    finally:
        house.close()


async def _run(house: House, as_spare: bool) -> None:
    await MediaProcess(house).run(as_spare=as_spare)
