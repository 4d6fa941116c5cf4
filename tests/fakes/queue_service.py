"""A `QueueService` that does what a test wrote down, and remembers what it was asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from ivr.core.queueing.leg_events import LegNews
from ivr.core.queueing.legs import Agent, AgentState, Leg, LegState, Role
from ivr.core.queueing.model import Callback, CallbackState, Cause, Happened
from ivr.core.queueing.steps import Text, TextState
from ivr.ports import Bucket, Done, Listed, Search, Shown, StoreFailed

AT = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
ONE = "c" * 32
TAG = "a" * 32


def promise(**changes: object) -> Callback:
    """A promise made at nine in New York, for 14:10 to 14:30 UTC."""
    usual = Callback(
        id=ONE,
        queue="general",
        number="+12025550199",
        language="en",
        arrived_at=AT,
        promised_from=AT + timedelta(minutes=10),
        promised_to=AT + timedelta(minutes=30),
        eligible_at=AT,
        order_at=AT,
        state_at=AT,
        zone="America/New_York",
        name="Lee",
        reason="order status",
        brief={"order_number": "42719"},
        code="4719",
        call_id="1" * 32,
    )
    return replace(usual, **changes)  # type: ignore[arg-type]


def leg(role: Role = Role.CUSTOMER, **changes: object) -> Leg:
    """A leg that was dialled for it."""
    usual = Leg(TAG, ONE, 1, 1, role, "+12025550199", "+15005550006", AT, LegState.RINGING, carrier_sid="CA" + "b" * 32)
    return replace(usual, **changes)  # type: ignore[arg-type]


@dataclass
class ScriptedQueue:
    """Answers as told; `asked` holds (name, what)."""

    callbacks: dict[str, Callback] = field(default_factory=lambda: {ONE: promise()})
    legs: dict[str, Leg] = field(default_factory=lambda: {TAG: leg()})
    counts: dict[Bucket, int] = field(default_factory=lambda: {Bucket.NOW: 1})
    done: Done = field(default_factory=lambda: Done(sentence="Done."))
    void: bool = False
    has_talked: bool = True
    is_down: bool = False
    reply: str = ""
    words: str = "I am calling the customer."
    asked: list[tuple[str, tuple[object, ...]]] = field(default_factory=list)

    def _note(self, name: str, *what: object) -> None:
        if self.is_down:
            raise StoreFailed("down", retryable=True)
        self.asked.append((name, what))

    def listing(self, search: Search, now: datetime) -> Listed:
        self._note("listing", search)
        return Listed(list(self.callbacks.values()), len(self.callbacks), self.counts)

    def shown(self, callback_id: str, now: datetime, language: str = "en") -> Shown | None:
        self._note("shown", callback_id)
        found = self.callbacks.get(callback_id)
        if found is None:
            return None
        history = [Happened(found.id, AT, CallbackState.PENDING, Cause.PROMISED, "caller")]
        return Shown(found, "Next: nobody is ahead.", history, list(self.legs.values()), [])

    def move(self, callback_id: str, start: datetime, end: datetime, *, by: str, now: datetime) -> Done:
        self._note("move", callback_id, start, end, by)
        return self.done

    def renumber(self, callback_id: str, number: str, *, by: str, now: datetime) -> Done:
        self._note("renumber", callback_id, number, by)
        return self.done

    def cancel(self, callback_id: str, reason: str, *, by: str, now: datetime) -> Done:
        self._note("cancel", callback_id, reason, by)
        return self.done

    def dial_now(self, callback_id: str, *, by: str, now: datetime) -> Done:
        self._note("dial_now", callback_id, by)
        return self.done

    def assign(self, callback_id: str, agent_id: str, *, by: str, now: datetime) -> Done:
        self._note("assign", callback_id, agent_id, by)
        return self.done

    def again(self, callback_id: str, start: datetime, note: str, *, agent_id: str, now: datetime) -> Done:
        self._note("again", callback_id, start.isoformat(), agent_id)
        return self.done

    def take(self, callback_id: str, *, by: str, now: datetime) -> Done:
        self._note("take", callback_id, by)
        return self.done

    def agents(self) -> list[Agent]:
        return [Agent("ana", "Ana Ruiz", "+12025550111", ("general",), state=AgentState.AVAILABLE)]

    def queues(self) -> Mapping[str, str]:
        return {"general": "America/New_York"}

    def leg(self, tag: str) -> Leg | None:
        return self.legs.get(tag)

    def leg_by_sid(self, carrier_sid: str) -> Leg | None:
        return next((one for one in self.legs.values() if one.carrier_sid == carrier_sid), None)

    def leg_answered(self, tag: str, carrier_sid: str, call_id: str, now: datetime) -> Leg | None:
        self._note("leg_answered", tag, carrier_sid, call_id)
        return None if self.void else self.legs.get(tag)

    def leg_progressed(self, tag: str, progress: LegNews, now: datetime) -> None:
        self._note("leg_progressed", tag, progress)

    def caller_left(self, carrier_sid: str, now: datetime) -> None:
        self._note("caller_left", carrier_sid)

    def came_out(self, tag: str, now: datetime) -> bool:
        self._note("came_out", tag)
        return self.has_talked

    def language_of(self, leg: Leg) -> str:
        return "ja" if leg.role is Role.CUSTOMER else "en"

    def flow_of(self, leg: Leg) -> str:
        return f"support@{leg.role.value}"

    def room_of(self, leg: Leg) -> str:
        return f"cb-{leg.callback_id}-{leg.attempt}"

    def waiting_words(self, leg: Leg, round_number: int) -> str:
        return self.words

    def book_by_key(self, call_id: str, caller: str, dialled: str, language: str, now: datetime) -> str:
        self._note("book_by_key", call_id, caller, dialled, language)
        return "We will call you back."

    def text_came(self, text: Text, now: datetime) -> str:
        self._note("text_came", text)
        return self.reply

    def text_progressed(self, carrier_sid: str, state: TextState, now: datetime) -> None:
        self._note("text_progressed", carrier_sid, state)
