"""What happens after the call, at text level: the queue's workers, the telephones they make ring, and who answers.

call ends ─▶ step ─▶ the clock goes on, second by second; workers work ─▶ a telephone rings ─▶ its party acts
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from ivr.simulator.comparison import contains
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
from ivr.simulator.scripts.model import CallScript, Turn
from ivr.simulator.scripts.queue_world import QueueWorld, Ring
from ivr.simulator.scripts.results import Failure
from ivr.simulator.scripts.timeline import Entry, Side
from ivr.simulator.scripts.virtual_call import VirtualCall

TICK = timedelta(seconds=1)
SOON = timedelta(minutes=15)
"""A telephone without `at` must ring within this."""
SETTLE = timedelta(seconds=5)
"""The workers have this long to do what follows from what just happened."""
GIVEN_UP = timedelta(seconds=35)
"""How long an unanswered telephone rings."""


class StoryBroken(Exception):
    """The story cannot go on as written."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure


class Talk:
    """One leg, or one more call of the caller, that the text level can talk on."""

    def __init__(self, call: VirtualCall, began: datetime) -> None:
        self.call, self.began = call, began

    @property
    def now(self) -> datetime:
        """The moment this conversation has come to."""
        return self.began + timedelta(milliseconds=self.call.at)


class Story:
    """The steps of one script's `later`, one after another."""

    def __init__(
        self,
        script: CallScript,
        world: QueueWorld,
        began: datetime,
        ended: datetime,
        *,
        talk: Callable[[VirtualCall, tuple[Turn, ...]], None],
        leg: Callable[[str, datetime], Talk | None],
        inbound: Callable[[str, datetime], Talk],
        tags: Mapping[str, str],
    ) -> None:
        """Begin when the first call has ended.

        Args:
            script: whose `later` it is.
            world: the queue.
            began: `given: now`; `at` counts from here.
            ended: when the first call was over.
            talk: takes turns on a call, and raises what the text level raises.
            leg: answers a ringing leg.
            inbound: the caller rings the line.
            tags: who is connected already, and by which leg.
        """
        self.script, self.world, self.began, self.now = script, world, began, ended
        self.timeline: list[Entry] = []
        self._talk, self._leg, self._inbound = talk, leg, inbound
        self._tags: dict[str, str] = dict(tags)

    def run(self) -> None:
        """Every step. Raises `StoryBroken`."""
        for step in self.script.later:
            self._note(Side.NOTE, f"step of line {step.line}")
            if not isinstance(step, Bridged) and step.at_ms is not None:
                self._go_on_to(step.line, self.began + timedelta(milliseconds=step.at_ms), waits_for=step)
            self._take(step)
        self._pass(SETTLE)

    def _take(self, step: LaterStep) -> None:
        match step:
            case Rung():
                self._rung(step)
            case Bridged():
                self._bridged(step)
            case RingsIn():
                self._rings_in(step)
            case SendsText():
                self._sends_text(step)
            case GetsText():
                self._gets_text(step)
            case Quiet():
                self._quiet(step)

    # -- telephones ----------------------------------------------------------------------------

    def _rung(self, step: Rung) -> None:
        number = self._number(step)
        ring = self._wait_for(step, number)
        who = f"{step.party} ({'customer' if ring.is_customer else 'agent'})"
        if step.answering is not Answering.ANSWERS:
            self._note(Side.CALLER, f"{who}: {step.answering.value.replace('_', ' ')}")
            if step.answering is Answering.NO_ANSWER:
                self._pass(GIVEN_UP)
            if step.answering is Answering.VOICEMAIL:
                self._voicemail(ring)
            elif self.world.is_up(ring.tag):
                self.world.not_answered(ring.tag, step.answering, self.now)
            self._pass(SETTLE)
            return
        self._pass(timedelta(milliseconds=step.answer_after_ms))
        self._note(Side.CALLER, f"{who}: answers")
        self._tags[step.party] = ring.tag
        self._converse(ring.tag, step.turns)

    def _voicemail(self, ring: Ring) -> None:
        """A machine answers: a greeting that is no answer, then silence."""
        self._pass(timedelta(seconds=4))
        talk = self._leg(ring.tag, self.now)
        if talk is None:
            return
        talk.call.run_to_the_end()
        self._take_over(talk, ring.tag)

    def _converse(self, tag: str, turns: tuple[Turn, ...]) -> None:
        talk = self._leg(tag, self.now)
        if talk is None:
            self._note(Side.NOTE, "the leg is void and is hung up")
            return
        try:
            self._talk(talk.call, turns)
            if not talk.call.is_over:
                talk.call.run_to_the_end(120_000)
        finally:
            self._take_over(talk, tag)
        self._pass(SETTLE)

    def _take_over(self, talk: Talk, tag: str) -> None:
        """The conversation's words and its time become the story's."""
        offset = self._at_ms(talk.began)
        self.timeline += [Entry(offset + one.at_ms, one.side, one.text) for one in talk.call.timeline]
        self.now = max(self.now, talk.now)
        if not self.world.is_accepted(tag):
            self.world.left(tag, self.now)

    def _wait_for(self, step: Rung, number: str) -> Ring:
        deadline = self.now + SOON
        while True:
            found = next((ring for ring in self.world.ringing() if ring.number == number), None)
            if found is not None:
                return found
            if self.now >= deadline:
                others = ", ".join(self._party(ring.number) for ring in self.world.ringing()) or "nobody's"
                raise self._broken(step.line, f"the telephone of {step.party} did not ring; {others} does")
            self._pass(TICK)

    def _bridged(self, step: Bridged) -> None:
        tags = [self._tags.get(party, "") for party in step.parties]
        self._pass(SETTLE)
        if not all(tags) or not self.world.together(tags):
            raise self._broken(step.line, f"{' and '.join(step.parties)} do not talk with each other")
        self._note(Side.NOTE, f"{' and '.join(step.parties)} talk")
        self._pass(timedelta(milliseconds=step.for_ms))
        if not self.world.together(tags):
            raise self._broken(step.line, f"{' and '.join(step.parties)} were cut off")
        self.world.left(tags[-1], self.now)
        self._pass(SETTLE)
        left = [party for party, tag in zip(step.parties, tags, strict=True) if self.world.is_up(tag)]
        if left:
            raise self._broken(step.line, f"{' and '.join(left)} was left alone on the line")

    # -- the caller ----------------------------------------------------------------------------

    def _rings_in(self, step: RingsIn) -> None:
        number = step.number or self.script.caller.number
        talk = self._inbound(number, self.now)
        self._note(Side.CALLER, "(rings in)")
        try:
            self._talk(talk.call, step.turns)
            if not talk.call.is_over:
                talk.call.run_to_the_end(120_000)
        finally:
            offset = self._at_ms(talk.began)
            self.timeline += [Entry(offset + one.at_ms, one.side, one.text) for one in talk.call.timeline]
            self.now = max(self.now, talk.now)
        self._pass(SETTLE)

    def _sends_text(self, step: SendsText) -> None:
        reply = self.world.text_in(self.script.caller.number, step.body, self.now)
        self._note(Side.CALLER, f"(texts) {step.body}")
        self._note(Side.LINE, f"(texts) {reply or '(nothing)'}")
        if step.reply and not contains(reply, step.reply):
            raise self._broken(step.line, f'the answer to the text should have "{step.reply}"; it is "{reply}"')
        self._pass(SETTLE)

    def _gets_text(self, step: GetsText) -> None:
        self._pass(SETTLE)
        sent = self.world.texts_to(self.script.caller.number)
        if not any(contains(body, step.words) for body in sent):
            shown = " | ".join(sent) or "none"
            raise self._broken(step.line, f'no text to the caller has "{step.words}"; sent were: {shown}')

    def _quiet(self, step: Quiet) -> None:
        self._go_on_to(step.line, self.now + timedelta(milliseconds=step.for_ms), waits_for=step)

    # -- time ----------------------------------------------------------------------------------

    def _go_on_to(self, line: int, until: datetime, *, waits_for: LaterStep) -> None:
        """Lets time go on. A telephone that rings before its time, and is not the one waited for, breaks the story."""
        while self.now < until:
            self._pass(min(TICK, until - self.now))
            early = [ring for ring in self.world.ringing() if not self._is_wanted(ring, waits_for)]
            if early:
                whose = self._party(early[0].number)
                raise self._broken(line, f"the telephone of {whose} rang at {self._clock()}, before this step")
            if self.world.ringing():
                return

    def _is_wanted(self, ring: Ring, step: LaterStep) -> bool:
        return isinstance(step, Rung) and ring.number == self._number(step)

    def _pass(self, time: timedelta) -> None:
        until = self.now + time
        while self.now < until:
            self.now = min(until, self.now + TICK)
            self.world.work(self.now)

    # -- names ---------------------------------------------------------------------------------

    def _number(self, step: Rung) -> str:
        if step.number:
            return step.number
        return self.script.caller.number if step.party == CALLER else self.world.number_of(step.party)

    def _party(self, number: str) -> str:
        for agent in self.script.given.agents:
            if self.world.number_of(agent.id) == number:
                return agent.id
        return CALLER if number == self.script.caller.number else "another number"

    def _at_ms(self, moment: datetime) -> int:
        return int((moment - self.began) / timedelta(milliseconds=1))

    def _clock(self) -> str:
        seconds = self._at_ms(self.now) // 1000
        return f"+{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"

    def _note(self, side: Side, text: str) -> None:
        self.timeline.append(Entry(self._at_ms(self.now), side, text))

    def _broken(self, line: int, message: str) -> StoryBroken:
        at_ms = self._at_ms(self.now)
        self.timeline.append(Entry(at_ms, Side.NOTE, f"FAILED {self.script.file}:{line}: {message}"))
        return StoryBroken(Failure(line, message, at_ms))
