"""One call: the handle its far party holds, and the state its run works on.

The far party calls the public methods above the line; `call_run`, the verbs and streams use those below it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import aiohttp

from ivr.simulator.carrier.callbacks import Progress, StatusCallbacks, first_status_of
from ivr.simulator.carrier.errors import DocumentFailed
from ivr.simulator.carrier.leg_audio import LegAudio, LineFilter
from ivr.simulator.carrier.mulaw import is_silence
from ivr.simulator.carrier.outcomes import EndedBy, HungUp, Interrupt
from ivr.simulator.carrier.parties import Party
from ivr.simulator.carrier.services import Services
from ivr.simulator.carrier.state import CallResource, CallStatus
from ivr.simulator.carrier.stream import MediaStream
from ivr.simulator.carrier.timeline import EventKind, Timeline, TimelineEvent
from ivr.simulator.carrier.voice_params import standard_params
from ivr.simulator.carrier.webhooks import WebhookRequest, WebhookResponse

DIGITS = frozenset("0123456789*#ABCD")
OnKey = Callable[[str], None]
OnWords = Callable[[str, float], None]


@dataclass(slots=True)
class CallHooks:
    """Addresses of the application for one call; REST may change them while it lives."""

    fallback_url: str = ""
    fallback_method: str = "POST"
    status_callback: str = ""
    status_callback_method: str = "POST"
    status_events: frozenset[Progress] = frozenset({Progress.COMPLETED})


class CarrierCall:
    """A live or finished call."""

    def __init__(self, services: Services, resource: CallResource, hooks: CallHooks, party: Party) -> None:
        """Made by `Carrier`; nothing happens until its run begins. Needs a running loop."""
        self.services = services
        self.resource = resource
        self.hooks = hooks
        self.party = party
        self.timeline = Timeline(services.clock)
        self.cookies = aiohttp.CookieJar(unsafe=True)
        self.extra_params: Mapping[str, str] = {}
        self.client_params: Mapping[str, str] = {}
        """What a ringing browser phone is told (`<Client><Parameter>`)."""
        self.sip_code: int | None = None
        self.streams: dict[str, MediaStream] = {}
        self.action_at_hang_up: Callable[[], WebhookRequest] | None = None
        """Set by verbs whose action is requested even though the caller is gone."""
        self.broken_by: Interrupt | None = None
        """What is breaking in, while that which ran is being cleared away."""
        self.audio = LegAudio(services.clock)
        self.audio.on_heard = self._heard
        self.audio.on_caller_audio = self._caller_audio
        self._callbacks = StatusCallbacks(self, services)
        self._key_takers: list[tuple[str, OnKey]] = []
        self._words_takers: list[OnWords] = []
        self._interrupt: Interrupt | None = None
        self._interrupted = asyncio.Event()
        self._answered = asyncio.Event()
        self._ended = asyncio.Event()
        self._mover: asyncio.Task[None] | None = None
        self._has_heard = False

    @property
    def sid(self) -> str:
        """`CA` and 32 hexadecimal digits."""
        return self.resource.sid

    @property
    def status(self) -> CallStatus:
        """Where the call is now."""
        return self.resource.status

    @property
    def events(self) -> list[TimelineEvent]:
        """Everything that happened, in ms since the answer."""
        return self.timeline.events()

    @property
    def warnings(self) -> list[int]:
        """Codes the carrier's debugger would show, in order."""
        return self.timeline.warnings()

    @property
    def now_ms(self) -> int:
        """Line time since the answer, in milliseconds."""
        return self.timeline.now_ms()

    @property
    def audio_queue_empty(self) -> bool:
        """Whether all that `send_audio` queued has gone out."""
        return self.audio.is_idle

    def send_audio(self, mulaw: bytes) -> None:
        """Say something: mu-law, 8 kHz, any length; queued and paced out in 20 ms frames. Ignored once ended."""
        if not self.status.is_final:
            self.audio.send(mulaw)

    def set_line(self, line: LineFilter) -> None:
        """Put a telephone line in between: each 20 ms frame of the far party passes through `line`."""
        self.audio.line = line

    async def wait_outgoing_idle(self) -> None:
        """Return when all queued audio has been sent, or the call has ended."""
        idle = asyncio.create_task(self.audio.wait_idle())
        ended = asyncio.create_task(self._ended.wait())
        try:
            await asyncio.wait({idle, ended}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            idle.cancel()
            ended.cancel()

    def press(self, digit: str) -> None:
        """Press one key; raises `ValueError` for anything but 0-9 * # A-D."""
        if digit not in DIGITS:
            raise ValueError("not a key of a telephone")
        taker, on_key = self._key_takers[-1] if self._key_takers else ("nobody", lambda digit: None)
        self.timeline.add(EventKind.DIGIT, taker)
        on_key(digit)

    def say_words(self, text: str, confidence: float = 0.9) -> None:
        """Speak without audio, for `<Gather input="speech">`: its `SpeechResult`. Ignored when nothing listens."""
        if self._words_takers:
            self._words_takers[-1](text, confidence)

    def hang_up(self) -> None:
        """The far party ends the call."""
        self.interrupt(HungUp(EndedBy.CALLER))

    async def wait_answered(self) -> bool:
        """Return True once answered, False if the call ended before."""
        waits = [asyncio.create_task(event.wait()) for event in (self._answered, self._ended)]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
        return self._answered.is_set()

    async def wait_ended(self) -> CallStatus:
        """Return the final status when the call is over and its last frame was heard."""
        await self._ended.wait()
        return self.status

    # -- used by the run, the verbs and the streams ------------------------------------------------------------

    @property
    def is_answered(self) -> bool:
        """Whether it ever was in progress."""
        return self._answered.is_set()

    def params(self) -> dict[str, str]:
        """Standard webhook parameters of this moment."""
        return standard_params(self.resource, self.extra_params)

    def warn(self, code: int, text: str) -> None:
        """Note what the debugger would show."""
        self.timeline.add(EventKind.WARNING, text, code)

    def move(self, status: CallStatus) -> bool:
        """Enter a state and tell it; False when the call had ended already."""
        if not self.resource.move(status, self.services.clock.utc_now()):
            return False
        if status is CallStatus.IN_PROGRESS:
            self.timeline.answered()
        self.timeline.add(EventKind.STATUS, status.value)
        return True

    def tell(self, progress: Progress | None = None) -> None:
        """Fire the status callback that belongs to the present state, or the given one."""
        told = progress or first_status_of(self.status)
        if told is not None:
            self._callbacks.fire(told)

    async def answer(self) -> None:
        """Go off hook, if not yet: audio begins to flow."""
        if self.is_answered or not self.move(CallStatus.IN_PROGRESS):
            return
        self._answered.set()
        self.tell()
        self.party.on_answered(self)
        self._mover = self.services.background.spawn(self.audio.run())
        self._mover.add_done_callback(self._mover_stopped)

    async def ask(self, request: WebhookRequest) -> WebhookResponse:
        """Send a control webhook with the standard parameters; raises `DocumentFailed`.

        Cancelling stops waiting only: the request itself goes on and its answer is ignored.
        """
        full = WebhookRequest(request.url, request.method, self.params() | dict(request.params))
        self.timeline.add(EventKind.WEBHOOK_SENT, request.url)
        task = self.services.background.spawn(self._send(full))
        answer = await asyncio.shield(task)
        if isinstance(answer, DocumentFailed):
            raise answer
        return answer

    async def _send(self, request: WebhookRequest) -> WebhookResponse | DocumentFailed:
        try:
            answer = await self.services.webhooks.send(request, self.cookies)
        except DocumentFailed as failed:
            self.timeline.add(EventKind.WEBHOOK_FAILED, request.url, failed.code)
            return failed
        self.timeline.add(EventKind.WEBHOOK_ANSWERED, request.url, status=answer.status)
        return answer

    async def play_out(self, mulaw: bytes) -> None:
        """Queue audio and return when it has been heard; cancelling drops the rest."""
        heard = asyncio.get_running_loop().create_future()
        self.audio.playout.add(mulaw)
        self.audio.playout.mark(lambda played: None if heard.done() else heard.set_result(played))
        try:
            await heard
        except asyncio.CancelledError:
            self.audio.playout.clear()
            raise

    @contextmanager
    def taking_keys(self, name: str, on_key: OnKey, on_words: OnWords | None = None) -> Iterator[None]:
        """Give pressed keys (and words) to this taker until the block ends."""
        entry = (name, on_key)
        self._key_takers.append(entry)
        if on_words is not None:
            self._words_takers.append(on_words)
        try:
            yield
        finally:
            self._key_takers.remove(entry)
            if on_words is not None:
                self._words_takers.remove(on_words)

    def interrupt(self, interrupt: Interrupt) -> None:
        """Break into whatever runs. A hang-up outweighs everything and stays."""
        if isinstance(self._interrupt, HungUp):
            return
        self._interrupt = interrupt
        self._interrupted.set()

    async def wait_interrupted(self) -> None:
        """Return when something breaks in; it is left to be taken by `next_interrupt`."""
        await self._interrupted.wait()

    async def next_interrupt(self) -> Interrupt:
        """Wait for the next one and take it."""
        await self._interrupted.wait()
        interrupt = self._interrupt
        assert interrupt is not None
        if not isinstance(interrupt, HungUp):
            self._interrupt = None
            self._interrupted.clear()
        return interrupt

    async def stop_audio(self) -> None:
        """Silence the line for good."""
        self.audio.drop_queued()
        if self._mover is not None:
            self._mover.cancel()
            await asyncio.gather(self._mover, return_exceptions=True)

    def close(self) -> None:
        """Tell everybody that the call is over. The state must be final."""
        if self._ended.is_set():
            return
        self.tell()
        self.timeline.add(EventKind.ENDED, self.status.value)
        self._ended.set()
        self.party.on_ended(self.now_ms, self.status)

    def _mover_stopped(self, mover: asyncio.Task[None]) -> None:
        if not mover.cancelled():
            self.interrupt(HungUp(EndedBy.CARRIER))

    def _heard(self, at_ms: int, frame: bytes) -> None:
        quiet = is_silence(frame)
        if not quiet and not self._has_heard:
            self._has_heard = True
            self.timeline.add(EventKind.FIRST_SOUND)
        self.party.on_playout(at_ms, frame, quiet)

    def _caller_audio(self, at_ms: int, is_speaking: bool) -> None:
        self.timeline.add(EventKind.CALLER_AUDIO_STARTED if is_speaking else EventKind.CALLER_AUDIO_ENDED)
