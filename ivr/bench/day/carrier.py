"""The carrier of a day on the virtual clock: calls ring, are answered, talk, end; a small share of trouble with it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from random import Random

from ivr.bench.day.people import Act, Manner, manner
from ivr.bench.day.timeline import Timeline
from ivr.bench.faults.books import Rang
from ivr.bench.news import NEWS, OVER
from ivr.core.queueing.leg_events import Word, leg_progressed, leg_said
from ivr.core.queueing.standing import is_live
from ivr.core.queueing.steps import Attempt, Step
from ivr.ports import CallbackStore, CarrierSilent, DialOrder, DialRefused, PlacedCall

SILENT, REFUSED, UNHEARD, TWICE = 0.01, 0.003, 0.01, 0.03
"""Shares of orders that get no answer (half of them were carried out) or are refused; of reports lost and doubled."""
NO_ANSWER_SECS = {True: 20.0, False: 30.0}
MESSAGE_SECS = 15.0


@dataclass(slots=True, eq=False)
class Call:
    """One call in the books."""

    sid: str
    order: DialOrder
    is_agent: bool
    manner: Manner
    created_at: datetime
    status: str = "queued"
    over_at: datetime | None = None
    talked_at: datetime | None = None
    room: str = ""


class DayCarrier:
    """`ivr.ports.Carrier` on a timeline; reports go straight into the store."""

    def __init__(
        self,
        timeline: Timeline,
        store: CallbackStore,
        agents: frozenset[str],
        seed: int,
        on_news: Callable[[], None],
    ) -> None:
        """`agents` are their numbers; `on_news` is called when a worker has something to do."""
        self._timeline, self._store, self._agents, self._seed, self._on_news = timeline, store, agents, seed, on_news
        self._luck = Random(f"{seed} carrier")
        self._calls: dict[str, Call] = {}
        self._dialled: Counter[str] = Counter()
        self._rooms: defaultdict[str, list[Call]] = defaultdict(list)

    # -- the port --------------------------------------------------------------------------------

    def dial(self, order: DialOrder) -> str:
        """Rings in a moment."""
        luck = self._luck.random()
        if luck < REFUSED:
            raise DialRefused("too_many", is_final=False)
        if luck < REFUSED + SILENT / 2:
            raise CarrierSilent
        is_agent = order.to in self._agents
        self._dialled[order.to] += 1
        how = manner(self._seed, order.to, self._dialled[order.to], is_agent=is_agent)
        call = Call(f"CA{len(self._calls):032d}", order, is_agent, how, self._timeline.now())
        self._calls[call.sid] = call
        self._timeline.after(1.0, lambda: self._ring(call))
        if luck < REFUSED + SILENT:
            raise CarrierSilent
        return call.sid

    def calls_to(self, to: str, from_number: str, since: datetime) -> list[PlacedCall]:
        """Newest first."""
        found = [call for call in self._calls.values() if call.order.to == to and call.created_at >= since]
        return [_placed(call) for call in reversed(found)]

    def call(self, carrier_sid: str) -> PlacedCall | None:
        """By its id."""
        call = self._calls.get(carrier_sid)
        return None if call is None else _placed(call)

    def hang_up(self, carrier_sid: str) -> bool:
        """At once."""
        call = self._calls[carrier_sid]
        if call.status in OVER:
            return False
        self._end(call, "completed" if call.status == "in-progress" else "canceled")
        return True

    def say_and_hang_up(self, carrier_sid: str, text: str, language: str) -> bool:
        """After the sentence."""
        call = self._calls[carrier_sid]
        if call.status in OVER:
            return False
        self._timeline.after(5.0, lambda: self._end(call, "completed"))
        return True

    def send_back(self, carrier_sid: str, tag: str) -> bool:
        """Nobody rings in here."""
        return False

    def send_text(self, to: str, from_number: str, body: str, *, tag: str) -> str:
        """The day has none."""
        raise DialRefused("no_texts", is_final=True)

    # -- the books -------------------------------------------------------------------------------

    def rang(self) -> list[Rang]:
        """Every call, in order."""
        return [
            Rang(call.order.tag, call.order.to, call.is_agent, call.created_at, call.over_at, call.talked_at)
            for call in self._calls.values()
        ]

    # -- what happens ----------------------------------------------------------------------------

    def _ring(self, call: Call) -> None:
        if call.status in OVER:
            return
        self._goes_on(call, "ringing")
        match call.manner.act:
            case Act.BUSY:
                self._timeline.after(1.0, lambda: self._end(call, "busy"))
            case Act.NO_ANSWER:
                self._timeline.after(NO_ANSWER_SECS[call.is_agent], lambda: self._end(call, "no-answer"))
            case _:
                self._timeline.after(call.manner.ring_secs, lambda: self._answer(call))

    def _answer(self, call: Call) -> None:
        if call.status in OVER:
            return
        self._goes_on(call, "in-progress")
        self._timeline.after(call.manner.word_secs, lambda: self._speak(call))

    def _speak(self, call: Call) -> None:
        if call.status in OVER:
            return
        match call.manner.act:
            case Act.TALKS:
                self._accept(call)
            case Act.SILENT:
                self._said(call, Word.NOT_PRESENT)
                self._timeline.after(3.0, lambda: self._end(call, "completed"))
            case Act.VOICEMAIL:
                self._said(call, Word.VOICEMAIL)
                self._timeline.after(MESSAGE_SECS, lambda: self._end(call, "completed"))
            case _:
                self._said(call, Word.DECLINED)
                self._timeline.after(3.0, lambda: self._end(call, "completed"))

    def _accept(self, call: Call) -> None:
        room = self._said(call, Word.ACCEPTED if call.is_agent else Word.PRESENT)
        if not room:
            self._timeline.after(4.0, lambda: self._end(call, "completed"))
            return
        call.room = room
        inside = self._rooms[room]
        inside.append(call)
        if len({one.is_agent for one in inside}) == 2:
            for one in inside:
                one.talked_at = one.talked_at or self._timeline.now()
            self._timeline.after(call.manner.talk_secs, lambda: self._end(call, "completed"))

    def _end(self, call: Call, status: str) -> None:
        if call.status in OVER:
            return
        call.over_at = self._timeline.now()
        self._goes_on(call, status)
        inside = self._rooms.get(call.room, [])
        if call in inside:
            inside.remove(call)
            if call.talked_at is not None:
                for other in list(inside):
                    self._end(other, "completed")
        self._on_news()

    def _goes_on(self, call: Call, status: str) -> None:
        call.status = status
        luck = self._luck.random()
        for _ in range(0 if luck < UNHEARD else 2 if luck < UNHEARD + TWICE else 1):
            self._report(call, status)

    def _report(self, call: Call, status: str) -> None:
        told, at, tag = replace(NEWS[status], carrier_sid=call.sid), self._timeline.now(), call.order.tag
        self._store.step_leg(tag, lambda attempt: leg_progressed(attempt, tag, told, at=at))

    def _said(self, call: Call, word: Word) -> str:
        """The room to wait in; empty: the attempt is void."""
        rooms: list[str] = []
        tag, at = call.order.tag, self._timeline.now()

        def decide(attempt: Attempt) -> Step | None:
            rooms[:] = [f"{attempt.callback.id} {attempt.callback.attempt}"] if is_live(attempt, tag) else []
            return leg_said(attempt, tag, word, at=at)

        self._store.step_leg(tag, decide)
        self._on_news()
        return rooms[0] if rooms else ""


def _placed(call: Call) -> PlacedCall:
    return PlacedCall(call.sid, call.status, call.created_at, ended_at=call.over_at)
