"""A carrier's conferences in memory, with people at the ends of the legs; what it tells lies around until delivered."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count

from ivr.core.bridging import events as e
from ivr.core.bridging.model import PartyOutcome
from ivr.ports import BridgeDial, CarrierSilent, DialRefused, ListenIn, PlacedCall, Seen


@dataclass
class FakeCall:
    """One leg."""

    sid: str
    tag: str
    number: str = ""
    state: str = "away"
    """rings, inside, away (with a document), over"""
    status: str = "in-progress"
    """As the carrier's list of calls shows it."""
    is_held: bool = False
    is_muted: bool = False
    ends: bool = False
    coaches: str = ""
    said: list[str] = field(default_factory=list)
    urls: list[str] = field(default_factory=list)
    """Where it was moved to."""


class FakeConferences:
    """`ivr.ports.ConferenceCarrier`; one conference at a time, named by whoever asks."""

    def __init__(self) -> None:
        self.calls: dict[str, FakeCall] = {}
        self.told: list[e.Event] = []
        """Events that were not delivered yet, oldest first."""
        self.is_silent = False
        self.refuses = False
        self.orders: list[str] = []
        self._conferences, self._numbers, self._sequence = count(1), count(1), count(1)
        self._live = ""

    # -- people ----------------------------------------------------------------------------------

    def add(self, sid: str, tag: str, number: str = "") -> FakeCall:
        """A leg that goes on with a document."""
        self.calls[sid] = FakeCall(sid, tag, number)
        return self.calls[sid]

    def of(self, tag: str) -> FakeCall:
        """By its tag."""
        return next(call for call in self.calls.values() if call.tag == tag)

    def enters(self, tag: str, *, ends: bool, is_muted: bool = False) -> None:
        """A leg's document brings it into the conference."""
        call = self.of(tag)
        if call.state == "over":
            return
        if not self.inside():
            self._live, self._sequence = f"CF{next(self._conferences)}", count(1)
        call.state, call.status, call.ends, call.is_muted = "inside", "in-progress", ends, is_muted
        call.is_held, call.coaches = False, ""
        self.told.append(e.Entered(call.sid, self._live, next(self._sequence), tag))

    def hangs_up(self, tag: str) -> None:
        """The person at the end of a leg."""
        call = self.of(tag)
        was_inside = call.state == "inside"
        if call.state == "over":
            return
        call.state, call.status = "over", "completed" if call.status == "in-progress" else "no-answer"
        if was_inside:
            self._left(call, e.Left.HUNG_UP)
        else:
            self.told.append(e.Over(tag, OUTCOMES[call.status]))

    def inside(self) -> list[FakeCall]:
        """Everybody in the conference."""
        return [call for call in self.calls.values() if call.state == "inside"]

    def call(self, sid: str) -> PlacedCall | None:
        """As the list of calls shows it."""
        self._answers()
        found = self.calls.get(sid)
        return PlacedCall(sid, found.status) if found is not None else None

    def _left(self, call: FakeCall, how: e.Left) -> None:
        self.told.append(e.Departed(call.sid, self._live, next(self._sequence), how, call.tag))
        if call.ends:
            for other in self.inside():
                other.state = "away"
                self.told.append(e.Departed(other.sid, self._live, next(self._sequence), e.Left.MOVED, other.tag))

    def _answers(self) -> None:
        if self.is_silent:
            raise CarrierSilent("test")

    # -- the port --------------------------------------------------------------------------------

    def find(self, name: str) -> str | None:
        self._answers()
        return self._live if self.inside() else None

    def participants(self, conference_sid: str) -> list[Seen]:
        self._answers()
        if conference_sid != self._live:
            return []
        return [Seen(one.sid, one.tag, one.is_held, one.is_muted, one.coaches, one.ends) for one in self.inside()]

    def _at(self, conference_sid: str, call_sid: str, order: str) -> FakeCall | None:
        self._answers()
        call = self.calls.get(call_sid)
        is_there = call is not None and call.state == "inside" and conference_sid == self._live
        if call is not None:
            self.orders.append(f"{order} {call.tag[0]}")
        return call if is_there else None

    def mute(self, conference_sid: str, call_sid: str, is_muted: bool) -> bool:
        if call := self._at(conference_sid, call_sid, "mute" if is_muted else "unmute"):
            call.is_muted = is_muted
        return call is not None

    def hold(self, conference_sid: str, call_sid: str, words_url: str) -> bool:
        if call := self._at(conference_sid, call_sid, "hold"):
            call.is_held = True
            call.urls.append(words_url)
        return call is not None

    def resume(self, conference_sid: str, call_sid: str) -> bool:
        if call := self._at(conference_sid, call_sid, "resume"):
            call.is_held = False
        return call is not None

    def announce(self, conference_sid: str, words_url: str, call_sid: str = "") -> bool:
        return self._at(conference_sid, call_sid, "announce") is not None

    def coach(self, conference_sid: str, call_sid: str, coached_sid: str) -> bool:
        if call := self._at(conference_sid, call_sid, "coach" if coached_sid else "uncoach"):
            call.coaches = coached_sid
        return call is not None

    def set_ends(self, conference_sid: str, call_sid: str, ends: bool) -> bool:
        if call := self._at(conference_sid, call_sid, f"ends {ends}"):
            call.ends = ends
        return call is not None

    def kick(self, conference_sid: str, call_sid: str) -> bool:
        return self.move(call_sid, "")

    def end(self, conference_sid: str) -> bool:
        self._answers()
        return bool(self.inside())

    def _dialled(self, tag: str, number: str) -> str:
        self._answers()
        if self.refuses:
            raise DialRefused("test", is_final=True)
        call = self.add(f"CA-{next(self._numbers)}", tag, number)
        call.state, call.status = "rings", "ringing"
        return call.sid

    def dial(self, order: BridgeDial) -> str:
        self.orders.append(f"dial {order.tag[0]}")
        return self._dialled(order.tag, order.to)

    def listen_in(self, order: ListenIn) -> str:
        self.orders.append(f"listen {order.tag[0]}")
        return self._dialled(order.tag, order.to)

    def move(self, call_sid: str, url: str) -> bool:
        self._answers()
        call = self.calls.get(call_sid)
        if call is None or call.status != "in-progress":
            return False
        self.orders.append(f"move {call.tag[0]}")
        call.urls.append(url)
        if call.state == "inside":
            call.state = "away"
            self._left(call, e.Left.MOVED)
        return True

    def hang_up(self, call_sid: str) -> bool:
        self._answers()
        call = self.calls.get(call_sid)
        if call is None or call.state == "over":
            return False
        self.orders.append(f"hang up {call.tag[0]}")
        self.hangs_up(call.tag)
        return True

    def say_and_hang_up(self, call_sid: str, text: str, language: str) -> bool:
        self._answers()
        call = self.calls.get(call_sid)
        if call is None or call.status != "in-progress":
            return False
        self.orders.append(f"tell {call.tag[0]}")
        call.said.append(text)
        was_inside, call.state, call.status = call.state == "inside", "over", "completed"
        if was_inside:
            self._left(call, e.Left.MOVED)
        self.told.append(e.Over(call.tag, OUTCOMES["completed"]))
        return True


OUTCOMES = {
    "completed": PartyOutcome.TALKED,
    "no-answer": PartyOutcome.NO_ANSWER,
    "busy": PartyOutcome.BUSY,
    "failed": PartyOutcome.FAILED,
}
