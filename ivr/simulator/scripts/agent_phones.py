"""Telephones that ring while the caller is on the line, at text level: they go on with the caller's clock.

the caller's clock moves ─▶ workers work ─▶ a telephone rings ─▶ its owner does what `rings` says, a little at a time
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from ivr.simulator.comparison import contains
from ivr.simulator.scripts.later import Answering, Rung
from ivr.simulator.scripts.model import CallScript
from ivr.simulator.scripts.queue_world import QueueWorld, Ring
from ivr.simulator.scripts.results import Failure
from ivr.simulator.scripts.story import Talk
from ivr.simulator.scripts.timeline import Entry, Side
from ivr.simulator.scripts.turn_model import HangUp, Hear, Press, Say, Silence, Turn
from ivr.simulator.scripts.virtual_call import VirtualCall

TICK = timedelta(milliseconds=250)
RUNG_OUT = timedelta(seconds=20)
"""An agent's telephone rings so long."""
AFTERWARDS = timedelta(seconds=20)
"""For whoever is still being told something when the caller's call is over."""


class Party:
    """One telephone that rings once."""

    def __init__(self, step: Rung, ring: Ring, rang_at: datetime) -> None:
        self.step, self.ring, self.rang_at = step, ring, rang_at
        self.talk: Talk | None = None
        self.is_done = False
        self._turns = list(step.turns)
        self._cursor = 0
        self._prompt_at = 0

    @property
    def answers_at(self) -> datetime:
        """When something happens to the ringing."""
        match self.step.answering:
            case Answering.NO_ANSWER:
                return self.rang_at + RUNG_OUT
            case Answering.VOICEMAIL:
                return self.rang_at + timedelta(seconds=4)
            case _:
                return self.rang_at + timedelta(milliseconds=self.step.answer_after_ms)

    @property
    def left_over(self) -> Turn | None:
        """The first thing that could not be done."""
        return self._turns[0] if self._turns else None

    def go_on(self, call: VirtualCall) -> None:
        """Does what its turn has come for."""
        while self._turns and not call.is_over and self._take(call, self._turns[0]):
            self._turns.pop(0)

    def _take(self, call: VirtualCall, turn: Turn) -> bool:
        match turn:
            case Hear():
                return self._hears(call, turn.words)
            case Silence():
                return call.at >= self._prompt_at + turn.duration_ms
        after_ms = getattr(turn, "after_ms", None)
        if call.at < self._prompt_at + after_ms if after_ms is not None else not call.waits_for_caller:
            return False
        self._cursor = len(call.said)
        match turn:
            case Say():
                call.say(turn.text)
            case Press():
                call.press(turn.keys)
            case HangUp():
                call.hang_up()
            case _:
                pass
        return True

    def _hears(self, call: VirtualCall, words: str) -> bool:
        if not contains(call.said_text(self._cursor), words):
            return False
        self._cursor, self._prompt_at = len(call.said), call.said[-1].started_at
        return True


class AgentPhones:
    """The telephones of a script's agents during the first call."""

    def __init__(
        self, script: CallScript, world: QueueWorld, began: datetime, leg: Callable[[str, datetime], Talk | None]
    ) -> None:
        """`leg` answers a ringing telephone."""
        self.timeline: list[Entry] = []
        self.tags: dict[str, str] = {}
        """Who has taken up the telephone, and the tag of that leg."""
        self.now = began
        self._script, self._world, self._began, self._leg = script, world, began, leg
        self._waiting = {world.number_of(agent.id): list(agent.rings) for agent in script.given.agents}
        self._parties: dict[str, Party] = {}

    def go_on_to(self, until: datetime) -> None:
        """Everything that happens until then."""
        while self.now < until:
            self.now = min(until, self.now + TICK)
            self._world.work(self.now)
            self._ring()
            for party in list(self._parties.values()):
                if not party.is_done:
                    self._go_on(party)

    def finish(self) -> list[Failure]:
        """After the caller's call: lets everybody come to an end; what was written and did not happen."""
        until = self.now + AFTERWARDS
        while self.now < until and any(not party.is_done for party in self._parties.values()):
            self.go_on_to(self.now + TICK)
        failures = [
            Failure(turn.line, f"{party.step.party} did not come to do this", self._at_ms())
            for party in self._parties.values()
            if (turn := party.left_over) is not None and party.talk is not None and party.step.turns
        ]
        rest = [step for steps in self._waiting.values() for step in steps]
        return failures + [Failure(step.line, f"the telephone of {step.party} did not ring", 0) for step in rest]

    def _ring(self) -> None:
        for ring in self._world.ringing():
            steps = self._waiting.get(ring.number)
            if steps and ring.tag not in self._parties:
                self._parties[ring.tag] = Party(steps.pop(0), ring, self.now)
                self._note(Side.NOTE, f"the telephone of {self._parties[ring.tag].step.party} rings")

    def _go_on(self, party: Party) -> None:
        tag = party.ring.tag
        if party.talk is None:
            if not self._world.is_up(tag):
                self._end(party, "is taken back")
            elif self.now >= party.answers_at:
                self._pick_up(party)
            return
        call = party.talk.call
        call.run_for(max(0, int((self.now - party.talk.now) / timedelta(milliseconds=1))))
        party.go_on(call)
        if not call.is_over and self._world.is_up(tag):
            return
        if not call.is_over:
            call.hang_up()
        if not self._world.is_accepted(tag):
            self._world.left(tag, self.now)
        offset = int((party.talk.began - self._began) / timedelta(milliseconds=1))
        who = party.step.party
        self.timeline += [Entry(offset + one.at_ms, one.side, f"{who}: {one.text}") for one in party.talk.call.timeline]
        party.is_done = True

    def _pick_up(self, party: Party) -> None:
        step, tag = party.step, party.ring.tag
        if step.answering not in (Answering.ANSWERS, Answering.VOICEMAIL):
            self._world.not_answered(tag, step.answering, self.now)
            self._end(party, step.answering.value.replace("_", " "))
            return
        party.talk = self._leg(tag, self.now)
        if party.talk is None:
            self._end(party, "is too late")
            return
        self.tags[step.party] = tag
        self._note(Side.CALLER, f"{step.party}: answers")

    def _end(self, party: Party, what: str) -> None:
        party.is_done = True
        self._note(Side.CALLER, f"{party.step.party}: {what}")

    def _note(self, side: Side, text: str) -> None:
        self.timeline.append(Entry(self._at_ms(), side, text))

    def _at_ms(self) -> int:
        return int((self.now - self._began) / timedelta(milliseconds=1))
