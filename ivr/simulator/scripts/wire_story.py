"""What happens after the call, over the wire: the server's workers dial, and telephones of the carrier ring.

Time passes as it does; where a step has `at`, the server's clock is moved there instead of waiting.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, MutableMapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from ivr.simulator.caller import Caller, CallerEars, CallerVoice, InputKind, Samples
from ivr.simulator.carrier import Answering as Pickup
from ivr.simulator.carrier import Carrier, CarrierCall, Voicemail
from ivr.simulator.carrier.parties import Pickup as HowPickedUp
from ivr.simulator.comparison import contains
from ivr.simulator.line import LineQuality, TelephoneLine
from ivr.simulator.scripts.conversation import NotAsWritten
from ivr.simulator.scripts.later import (
    CALLER,
    Answering,
    Bridged,
    GetsText,
    LaterStep,
    Quiet,
    RingsIn,
    Rung,
    SendsText,
)
from ivr.simulator.scripts.model import CallerSpec, CallScript
from ivr.simulator.scripts.results import Failure
from ivr.simulator.scripts.timeline import Entry, Side
from ivr.simulator.scripts.wire_talk import WireTalk, sounds_of

RING_SECS = 60.0
"""A telephone must ring within this, once its time has come."""
TOGETHER_SECS = 15.0
ALONE_SECS = 5.0
"""Nobody stays on a line alone for longer."""
LONGEST_TALK_MS = 6000
_TALK = {"en": "thank you for calling me back", "ja": "お電話ありがとうございます"}
_HEARD = {"en": "thank you", "ja": "ありがとう"}
_PICKUPS = {
    Answering.BUSY: HowPickedUp.BUSY,
    Answering.NO_ANSWER: HowPickedUp.NO_ANSWER,
    Answering.FAILS: HowPickedUp.FAIL,
}


@dataclass(frozen=True, slots=True)
class StoryPorts:
    """What a story needs of its surroundings."""

    carrier: Carrier
    voice: CallerVoice
    ears: CallerEars | None
    move_clock: Callable[[timedelta], None]
    """The server's clock shows this much more than the real one."""
    numbers: dict[str, str]
    """Agent -> telephone."""


class _Phone:
    """One telephone that will be rung once, with what its owner does then."""

    def __init__(self, step: Rung, number: str, spec: CallerSpec, sounds: dict[int, Samples], story: WireStory) -> None:
        self.step, self.number, self.spec = step, number, spec
        self.caller = Caller(TelephoneLine(LineQuality(), 0))
        self.talk = WireTalk(spec, story.script.file, self.caller, sounds, story.ports.ears, story.kept)
        self.call: CarrierCall | None = None
        self.dialled_at: datetime | None = None

    def answering(self) -> Pickup:
        """What the carrier is told about it."""
        if self.step.answering is Answering.VOICEMAIL:
            return Voicemail().answering
        if self.step.answering in _PICKUPS:
            return Pickup(_PICKUPS[self.step.answering])
        return Pickup(after_ms=self.step.answer_after_ms, party=lambda: self.caller)


class WireStory:
    """The steps of one script's `later`, one after another."""

    def __init__(
        self, script: CallScript, dialled: str, began: datetime, ports: StoryPorts, kept: MutableMapping[str, str]
    ) -> None:
        """`began` is the script's own `now`; `kept` has the digits that the caller was told."""
        self.kept = kept
        self.script, self.dialled, self.began, self.ports = script, dialled, began, ports
        self.entries: list[Entry] = []
        self._real_began = datetime.now(UTC)
        self._jumped = timedelta()
        self._phones: dict[int, _Phone] = {}
        self._by_party: dict[str, _Phone] = {}
        self._waiting: dict[str, list[_Phone]] = {}
        self._meanwhile: list[asyncio.Task[NotAsWritten | None]] = []

    async def prepare(self) -> None:
        """Before the first call: every telephone knows what to do; the server's clock stands at `now`."""
        rings = [step for agent in self.script.given.agents for step in agent.rings]
        for step in (*rings, *self.script.later):
            if isinstance(step, Rung):
                number = step.number or self._number(step.party)
                spec = self._spec(step.party)
                phone = _Phone(step, number, spec, await sounds_of(step.turns, spec, self.ports.voice), self)
                self._phones[step.line] = phone
                self._waiting.setdefault(number, []).append(phone)
        self.ports.carrier.on_dialled = self._dialled
        self._set_clock()

    def _dialled(self, call: CarrierCall) -> Pickup | None:
        """A telephone rings: the next written behaviour of its number; nobody answers beyond those."""
        waiting = self._waiting.get(call.resource.to_number)
        if not waiting:
            return None
        phone = waiting.pop(0)
        phone.call, phone.dialled_at = call, self.now
        return phone.answering()

    @property
    def goes_on(self) -> bool:
        """The caller is connected during the first call, which does not end with its turns."""
        rung = {step.party for step in self.script.later if isinstance(step, Rung)}
        return any(isinstance(step, Bridged) and CALLER in set(step.parties) - rung for step in self.script.later)

    def begin(self, call: CarrierCall, talk: WireTalk) -> None:
        """The first call is on the line: from now on, agents take up their telephones as `rings` says."""
        own = _Phone(Rung(CALLER, self.script.line), self.script.caller.number, self.script.caller, {}, self)
        own.call, own.caller, own.talk = call, talk.caller, talk
        self._by_party[CALLER] = own
        rings = [step for agent in self.script.given.agents for step in agent.rings]
        self._meanwhile = [asyncio.ensure_future(self._rings(step)) for step in rings]

    async def _rings(self, step: Rung) -> NotAsWritten | None:
        try:
            await self._rung(step, may_be_taken_back=True)
        except NotAsWritten as stopped:
            return stopped
        return None

    async def finish_rings(self) -> None:
        """Every telephone has rung, and everybody has done what was written. Raises `NotAsWritten`."""
        for stopped in await asyncio.gather(*self._meanwhile):
            if stopped is not None:
                raise stopped

    def close(self) -> None:
        """Nobody waits for a telephone any more."""
        for task in self._meanwhile:
            task.cancel()

    @property
    def now(self) -> datetime:
        """The story's time."""
        return self.began + (datetime.now(UTC) - self._real_began) + self._jumped

    def _set_clock(self) -> None:
        self.ports.move_clock(self.began - self._real_began + self._jumped)

    async def run(self) -> None:
        """Every step. Raises `NotAsWritten`."""
        for agent in self.script.given.agents:
            if agent.free_after_ms is not None and agent.state == "on_call":
                self._note(Side.NOTE, f"{agent.id} is on a call for {agent.free_after_ms // 1000} s")
        for step in self.script.later:
            if not isinstance(step, Bridged) and step.at_ms is not None:
                self._go_on_to(step, self.began + timedelta(milliseconds=step.at_ms))
            await self._take(step)

    def _go_on_to(self, step: LaterStep, until: datetime) -> None:
        """Moves the clock, unless a telephone rang that should ring only after this."""
        early = [
            phone for phone in self._phones.values() if phone.dialled_at is not None and phone.step.line >= step.line
        ]
        if early and until - self.now > timedelta(seconds=2):
            raise self._broken(step.line, f"the telephone of {early[0].step.party} rang before this step")
        self._jump_to(until)

    def _jump_to(self, moment: datetime) -> None:
        ahead = moment - self.now
        if ahead > timedelta(0):
            self._jumped += ahead
            self._set_clock()

    async def _take(self, step: LaterStep) -> None:
        match step:
            case Rung():
                await self._rung(step)
            case Bridged():
                await self._bridged(step)
            case RingsIn():
                await self._rings_in(step)
            case SendsText():
                await self._sends_text(step)
            case GetsText():
                await self._gets_text(step)
            case Quiet():
                await self._quiet(step)

    # -- telephones ----------------------------------------------------------------------------

    async def _rung(self, step: Rung, *, may_be_taken_back: bool = False) -> None:
        phone = self._phones[step.line]
        if not await self._until(lambda: phone.call is not None, RING_SECS):
            raise self._broken(step.line, f"the telephone of {step.party} did not ring within {RING_SECS:.0f} s")
        assert phone.call is not None
        self._by_party[step.party] = phone
        self._note(Side.CALLER, f"the telephone of {step.party} rings: {step.answering.value.replace('_', ' ')}")
        if step.answering is not Answering.ANSWERS:
            await self._until(lambda: phone.call is not None and phone.call.status.is_final, RING_SECS)
            return
        if not await self._until(lambda: phone.call is not None and phone.call.is_answered, RING_SECS):
            if may_be_taken_back:
                return
            raise self._broken(step.line, f"the call to {step.party} was taken back before it was answered")
        offset = self._at_ms() - phone.caller.at_ms
        try:
            await phone.talk.take_all(step.turns)
        finally:
            await phone.talk.write_down_all(only_known=True)
            self.entries += [
                Entry(offset + one.at_ms, one.side, f"{step.party}: {one.text}") for one in phone.talk.entries
            ]

    async def _bridged(self, step: Bridged) -> None:
        phones = [self._by_party.get(party) for party in step.parties]
        sids = {phone.call.sid for phone in phones if phone is not None and phone.call is not None}
        if len(sids) != len(step.parties) or not await self._until(lambda: self._are_together(sids), TOGETHER_SECS):
            raise self._broken(step.line, f"{' and '.join(step.parties)} do not talk with each other")
        self._note(Side.NOTE, f"{' and '.join(step.parties)} talk")
        talking = [phone for phone in phones if phone is not None]
        await self._hear_each_other(step, talking)
        await asyncio.sleep(min(step.for_ms, LONGEST_TALK_MS) / 1000)
        if not self._are_together(sids):
            raise self._broken(step.line, f"{' and '.join(step.parties)} were cut off")
        talking[-1].caller.hang_up()
        if not await self._until(lambda: all(phone.caller.is_over for phone in talking), ALONE_SECS):
            raise self._broken(step.line, f"somebody was left alone on the line for {ALONE_SECS:.0f} s")

    async def _hear_each_other(self, step: Bridged, phones: Sequence[_Phone]) -> None:
        """Each says a sentence, and every other one must have heard its words."""
        for speaker in phones:
            language = speaker.spec.language
            words = _TALK.get(language, _TALK["en"])
            samples = await asyncio.to_thread(self.ports.voice.speech, words, language, "default")
            before = {id(phone): len(phone.caller.stretches) for phone in phones}
            await speaker.caller.speak(samples, InputKind.SPEECH)
            await asyncio.sleep(1.0)
            for phone in phones:
                if phone is not speaker:
                    await self._must_have_heard(step, phone, speaker, before[id(phone)])

    async def _must_have_heard(self, step: Bridged, phone: _Phone, speaker: _Phone, since: int) -> None:
        hearing, language = phone.talk.hearing, speaker.spec.language
        if hearing is None:
            return
        stretches = [one for one in phone.caller.stretches[max(0, since - 1) :] if not one.is_rest]
        if not await hearing.has(_HEARD.get(language, _HEARD["en"]), stretches, language):
            heard = await hearing.words(stretches, language) or "nothing"
            whose = f"{phone.step.party} does not hear {speaker.step.party}"
            raise self._broken(step.line, f"{whose}; heard: {heard}")

    def _are_together(self, sids: set[str]) -> bool:
        rooms = self.ports.carrier.conferences
        return any(sids <= {participant.call.sid for participant in room.present} for room in rooms)

    # -- the caller ----------------------------------------------------------------------------

    async def _rings_in(self, step: RingsIn) -> None:
        spec = self.script.caller
        caller = Caller(TelephoneLine(LineQuality(), 0))
        sounds = await sounds_of(step.turns, spec, self.ports.voice)
        talk = WireTalk(spec, self.script.file, caller, sounds, self.ports.ears, self.kept)
        call = await self.ports.carrier.place_call(step.number or spec.number, self.dialled, caller)
        self._note(Side.CALLER, "(rings in)")
        try:
            if not await self._until(lambda: call.is_answered, RING_SECS):
                raise self._broken(step.line, "the line did not answer")
            await talk.take_all(step.turns)
            await talk.end(step.line)
        finally:
            call.hang_up()
            await talk.write_down_all(only_known=True)
            self._keep(talk)

    async def _sends_text(self, step: SendsText) -> None:
        text = await self.ports.carrier.send_text(self.script.caller.number, self.dialled, step.body)
        reply = " ".join(one.body for one in text.replies)
        self._note(Side.CALLER, f"(texts) {step.body}")
        self._note(Side.LINE, f"(texts) {reply or '(nothing)'}")
        if step.reply and not contains(reply, step.reply):
            raise self._broken(step.line, f'the answer to the text should have "{step.reply}"; it is "{reply}"')

    async def _gets_text(self, step: GetsText) -> None:
        number = self.script.caller.number

        def has_come() -> bool:
            return any(contains(text.body, step.words) for text in self.ports.carrier.texts.to(number))

        if not await self._until(has_come, RING_SECS):
            sent = " | ".join(text.body for text in self.ports.carrier.texts.to(number)) or "none"
            raise self._broken(step.line, f'no text to the caller has "{step.words}"; sent were: {sent}')

    async def _quiet(self, step: Quiet) -> None:
        """The clock is moved over the whole time; then the workers have a moment to do something wrong."""
        before = len(self.ports.carrier.calls)
        self._jump_to(self.now + timedelta(milliseconds=step.for_ms))
        await asyncio.sleep(3.0)
        if len(self.ports.carrier.calls) > before:
            raise self._broken(step.line, "a telephone rang in a time that should have been quiet")

    # -- small things --------------------------------------------------------------------------

    async def _until(self, is_reached: Callable[[], bool], secs: float) -> bool:
        deadline = asyncio.get_running_loop().time() + secs
        while not is_reached():
            if asyncio.get_running_loop().time() >= deadline:
                return False
            await asyncio.sleep(0.05)
        return True

    def _number(self, party: str) -> str:
        return self.script.caller.number if party == CALLER else self.ports.numbers[party]

    def _spec(self, party: str) -> CallerSpec:
        if party == CALLER:
            return self.script.caller
        agent = next(one for one in self.script.given.agents if one.id == party)
        language = "en" if "en" in agent.languages else agent.languages[0]
        return CallerSpec(self.ports.numbers[party], language)

    def _at_ms(self) -> int:
        return int((self.now - self.began) / timedelta(milliseconds=1))

    def _keep(self, talk: WireTalk, prefix: str = "") -> None:
        """A conversation's timeline becomes part of the story's."""
        offset = self._at_ms() - talk.caller.at_ms
        self.entries += [Entry(offset + one.at_ms, one.side, prefix + one.text) for one in talk.entries]

    def _note(self, side: Side, text: str) -> None:
        self.entries.append(Entry(self._at_ms(), side, text))

    def _broken(self, line: int, message: str) -> NotAsWritten:
        self._note(Side.NOTE, f"FAILED {self.script.file}:{line}: {message}")
        return NotAsWritten(Failure(line, message, self._at_ms()))
