"""`ivr.ports.QueueService` over the stores: reads, and orders carried out as pure decisions, a transaction each."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from ivr.core.hours import Hours
from ivr.core.queueing import life
from ivr.core.queueing.again import again
from ivr.core.queueing.leg_events import LegNews
from ivr.core.queueing.legs import Agent, Leg
from ivr.core.queueing.model import Callback, CallbackState, Cause, Kind
from ivr.core.queueing.offers import TextOffer
from ivr.core.queueing.replies import Reply, reply
from ivr.core.queueing.rules import QueueRules
from ivr.core.queueing.steps import Attempt, Step, Text, TextState
from ivr.core.queueing.wished_times import openings
from ivr.core.queueing.wording import when_text
from ivr.ports import (
    AgentStore,
    Bucket,
    CallbackStore,
    Decide,
    Done,
    Listed,
    Numbers,
    Refusal,
    Search,
    Shown,
    StoreFailed,
    TextStore,
)
from ivr.runtime.queue_service.legs import LegBook
from ivr.runtime.queue_service.texting import Texting

log = structlog.get_logger(__name__)

SHORTEST = timedelta(minutes=5)
AGAIN = timedelta(minutes=30)
"""Within so long after the time that an agent promised."""
_NOT_STORED = Done(
    refusal=Refusal.STORE, sentence="It could not be stored; nothing was changed. Try again in a moment."
)
_IN_USE = Done(
    refusal=Refusal.NUMBER, sentence="Another callback to this number waits in this queue. Nothing was changed."
)
_UNKNOWN = Done(refusal=Refusal.UNKNOWN, sentence="There is no such callback.")


@dataclass(frozen=True, slots=True)
class QueueParts:
    """What the service works with."""

    callbacks: CallbackStore
    agents: AgentStore
    texts: TextStore
    rules: Callable[[], Mapping[str, QueueRules]]
    hours: Callable[[str], Hours | None]
    """By name of a schedule; None: always open."""
    numbers: Numbers
    company: Callable[[str], str]
    """Name of a flow -> what callers know the company as."""
    why: Callable[[Callback, datetime, str], str]
    """One sentence about a promise's place."""
    book_by_key: Callable[[str, str, str, str, datetime], str | None]
    """(call, caller, dialled, language, now) -> the window in words, stored; None: it could not be; empty: a promise
    to this number was there already."""
    book_by_text: Callable[[TextOffer, str, str, datetime], str | None]
    """(offer, number, our number, when it was made) -> empty: stored; else why not; None: it cannot be stored now."""
    read_time: Callable[[str, str, datetime], str | None]
    """(words, language, local now) -> a `callback_time` value; None: none was found."""
    new_code: Callable[[frozenset[str]], str] = lambda taken: secrets.token_hex(8)
    """A code for ringing in, not one of those; the default can be told to nobody."""


class StoredQueue:
    """One per process. Thread-safe as its stores are."""

    def __init__(self, parts: QueueParts) -> None:
        self._parts = parts
        self._legs = LegBook(parts.callbacks, parts.agents)
        self._texting = Texting(parts)

    # -- reading -------------------------------------------------------------------------------

    def listing(self, search: Search, now: datetime) -> Listed:
        """One page, and the counts of all tabs."""
        found, total = self._parts.callbacks.search(search, now)
        ends = search.day_ends_at or now
        counts: Mapping[Bucket, int] = self._parts.callbacks.counts(now, ends, queue=search.queue)
        return Listed(found, total, counts)

    def shown(self, callback_id: str, now: datetime, language: str = "en") -> Shown | None:
        """Everything about one."""
        store = self._parts.callbacks
        callback = store.get(callback_id)
        if callback is None:
            return None
        history, legs = store.history(callback_id), store.legs(callback_id)
        texts = self._parts.texts.for_callback(callback_id)
        return Shown(callback, self._parts.why(callback, now, language), history, legs, texts)

    def agents(self) -> list[Agent]:
        """Everybody, by name."""
        return sorted(self._parts.agents.all(), key=lambda agent: agent.name)

    def queues(self) -> Mapping[str, str]:
        """Name -> zone of its hours."""
        found = {}
        for name, rules in self._parts.rules().items():
            hours = self._parts.hours(rules.hours) if rules.hours else None
            found[name] = hours.zone.key if hours is not None else "UTC"
        return found

    # -- orders of people ----------------------------------------------------------------------

    def move(self, callback_id: str, start: datetime, end: datetime, *, by: str, now: datetime) -> Done:
        """Another time within the queue's hours."""
        callback = self._parts.callbacks.get(callback_id)
        if callback is None:
            return _UNKNOWN
        problem = self._time_problem(callback, start, end, now)
        if problem:
            return Done(callback, Refusal.TIME, problem)
        until = start + timedelta(days=self._rules(callback).expires_days)
        done = self._step(callback_id, lambda attempt: life.move(attempt, start, end, now=now, by=by, expires_at=until))
        return self._told(done, callback, f"Moved to {when_text(start, end, now, self._zone(callback), 'en')}.")

    def renumber(self, callback_id: str, number: str, *, by: str, now: datetime) -> Done:
        """Another number that may be dialled."""
        callback = self._parts.callbacks.get(callback_id)
        if callback is None:
            return _UNKNOWN
        checked = self._parts.numbers.check(number, near=callback.number)
        if checked.problem:
            word = checked.problem.replace("_", " ")
            return Done(callback, Refusal.NUMBER, f"This number may not be called ({word}). Nothing was changed.")
        if self._parts.callbacks.is_stopped(checked.e164, callback.queue):
            return Done(
                callback, Refusal.NUMBER, "Whoever has this number asked not to be called. Nothing was changed."
            )
        zone = checked.zones[0] if checked.zones else ""
        done = self._step(callback_id, lambda attempt: life.renumber(attempt, checked.e164, now=now, by=by, zone=zone))
        return self._told(done, callback, "The number was changed.")

    def cancel(self, callback_id: str, reason: str, *, by: str, now: datetime) -> Done:
        """Taken back; the customer is told by text where texts are on."""
        callback = self._parts.callbacks.get(callback_id)
        if callback is None:
            return _UNKNOWN

        def decide(attempt: Attempt) -> Step | None:
            step = life.cancel(attempt, cause=Cause.BY_SUPERVISOR, now=now, by=f"{by}: {reason}" if reason else by)
            return step and replace(step, texts=self._called_off(attempt.callback, now))

        done = self._step(callback_id, decide)
        return self._told(done, callback, "It is cancelled; nobody will be called.")

    def dial_now(self, callback_id: str, *, by: str, now: datetime) -> Done:
        """Before all others."""
        callback = self._parts.callbacks.get(callback_id)
        if callback is None:
            return _UNKNOWN
        until = now + timedelta(days=self._rules(callback).expires_days)
        done = self._step(callback_id, lambda attempt: life.call_now(attempt, now=now, by=by, expires_at=until))
        return self._told(done, callback, "It is dialled as soon as an agent is free.")

    def assign(self, callback_id: str, agent_id: str, *, by: str, now: datetime) -> Done:
        """This agent's for a while, or anybody's."""
        callback = self._parts.callbacks.get(callback_id)
        if callback is None:
            return _UNKNOWN
        agent = self._parts.agents.get(agent_id) if agent_id else None
        if agent_id and agent is None:
            return Done(callback, Refusal.UNKNOWN, "There is no such agent.")
        until = now + timedelta(hours=self._rules(callback).owner_hours)
        done = self._step(
            callback_id, lambda attempt: life.assign_owner(attempt, agent_id, now=now, by=by, until=until)
        )
        whose = f"It waits for {agent.name} now." if agent is not None else "Anybody may take it now."
        return self._told(done, callback, whose)

    def again(self, callback_id: str, start: datetime, note: str, *, agent_id: str, now: datetime) -> Done:
        """Another call to the same person, of this agent's own; the same attempt promises one."""
        callback = self._parts.callbacks.get(callback_id)
        if callback is None:
            return _UNKNOWN
        end = start + AGAIN
        problem = self._time_problem(callback, start, end, now)
        if problem:
            return Done(callback, Refusal.TIME, problem)
        if self._parts.callbacks.is_stopped(callback.number, callback.queue):
            return Done(callback, Refusal.NUMBER, "Whoever has this number asked not to be called.")
        rules = self._rules(callback)
        taken = frozenset(one.code for one in self._parts.callbacks.open_for(callback.number))
        new = again(callback, start, end, note, rules=rules, agent_id=agent_id, now=now)
        new = replace(new, id=secrets.token_hex(16), code=self._parts.new_code(taken))
        try:
            made = self._parts.callbacks.promise(new, key=f"again:{callback.id}:{callback.attempt}:{agent_id}")
        except StoreFailed:
            return _NOT_STORED
        if made.callback.id != new.id and made.callback.owner != agent_id:
            return Done(callback, Refusal.NUMBER, "A call to this number is promised already.")
        return Done(made.callback, None, f"Promised: {when_text(start, end, now, self._zone(callback), 'en')}.")

    def take(self, callback_id: str, *, by: str, now: datetime) -> Done:
        """A message was dealt with."""
        callback = self._parts.callbacks.get(callback_id)
        if callback is None:
            return _UNKNOWN
        if callback.kind is not Kind.MESSAGE:
            return Done(callback, Refusal.STATE, "This is a call to be made, not a message.")
        done = self._step(callback_id, lambda attempt: life.take_message(attempt, now=now, by=by))
        return self._told(done, callback, "The message is done.")

    def _step(self, callback_id: str, decide: Decide) -> Done | None:
        """The order as one transaction; None: the state does not allow it."""
        try:
            attempt = self._parts.callbacks.step(callback_id, decide)
        except StoreFailed as problem:
            log.warning("callback not changed", reason=problem.reason, callback_id=callback_id)
            return _IN_USE if problem.reason == "in_use" else _NOT_STORED
        return None if attempt is None else Done(attempt.callback)

    def _told(self, done: Done | None, before: Callback, sentence: str) -> Done:
        if done is None:
            return Done(before, Refusal.STATE, _why_not(self._parts.callbacks.get(before.id) or before))
        return Done(done.callback, None, sentence) if done.refusal is None else done

    def _time_problem(self, callback: Callback, start: datetime, end: datetime, now: datetime) -> str:
        rules = self._rules(callback)
        if end <= now:
            return "That time is over. Choose one that is still to come."
        if end - start < SHORTEST:
            return "That time is too short. Choose one of at least five minutes."
        if start > now + timedelta(days=rules.horizon_days):
            return f"That is further away than {rules.horizon_days} days. Choose an earlier time."
        hours = self._parts.hours(rules.hours) if rules.hours else None
        if hours is not None and not any(
            slot.end - slot.start >= SHORTEST for slot in openings(hours, max(start, now), end)
        ):
            return f"Nobody is there at that time. People are there {hours.text('en')}."
        return ""

    def _called_off(self, callback: Callback, now: datetime) -> tuple[Text, ...]:
        """A text for whoever asked for the call, to their own number only (T9)."""
        is_own = callback.number == callback.caller and callback.kind is Kind.CALLBACK
        if not self._rules(callback).texts or not callback.dialled or not is_own:
            return ()
        body = reply(Reply.TEXT_CALLED_OFF, callback.language, company=self._parts.company(callback.flow))
        return (Text(f"{callback.id}:called_off", callback.number, callback.dialled, body, now, callback.id),)

    def _rules(self, callback: Callback) -> QueueRules:
        return self._parts.rules().get(callback.queue) or QueueRules(callback.queue)

    def _zone(self, callback: Callback) -> str:
        return self.queues().get(callback.queue, "UTC")

    # -- the carrier ---------------------------------------------------------------------------

    def leg(self, tag: str) -> Leg | None:
        """By its tag."""
        return self._parts.callbacks.leg(tag)

    def leg_by_sid(self, carrier_sid: str) -> Leg | None:
        """By the carrier's id."""
        return self._parts.callbacks.leg_by_sid(carrier_sid)

    def leg_answered(self, tag: str, carrier_sid: str, call_id: str, now: datetime) -> Leg | None:
        """See `QueueService`."""
        return self._legs.answered(tag, carrier_sid, call_id, now)

    def leg_progressed(self, tag: str, progress: LegNews, now: datetime) -> None:
        """See `QueueService`."""
        self._legs.progressed(tag, progress, now)

    def caller_left(self, carrier_sid: str, now: datetime) -> None:
        """See `QueueService`."""
        self._legs.caller_left(carrier_sid, now)

    def came_out(self, tag: str, now: datetime) -> bool:
        """See `QueueService`."""
        return self._legs.came_out(tag, now)

    def language_of(self, leg: Leg) -> str:
        """See `QueueService`."""
        return self._legs.language_of(leg)

    def flow_of(self, leg: Leg) -> str:
        """See `QueueService`."""
        return self._legs.flow_of(leg)

    def room_of(self, leg: Leg) -> str:
        """See `QueueService`."""
        return f"cb-{leg.callback_id}-{leg.attempt}"

    def waiting_words(self, leg: Leg, round_number: int) -> str:
        """See `QueueService`."""
        return self._legs.waiting_words(leg, round_number)

    # -- callers -------------------------------------------------------------------------------

    def book_by_key(self, call_id: str, caller: str, dialled: str, language: str, now: datetime) -> str:
        """See `QueueService`."""
        window = self._parts.book_by_key(call_id, caller, dialled, language, now)
        if window is None:
            return reply(Reply.NOT_BOOKED, language)
        if not window:
            return reply(Reply.ALREADY_BOOKED, language)
        return reply(Reply.BOOKED_BY_KEY, language, window=window)

    def text_came(self, text: Text, now: datetime) -> str:
        """See `QueueService`."""
        return self._texting.came(text, now)

    def text_progressed(self, carrier_sid: str, state: TextState, now: datetime) -> None:
        """See `QueueService`."""
        text = self._parts.texts.by_sid(carrier_sid)
        if text is not None:
            self._parts.texts.update(text.key, state=state)


def _why_not(callback: Callback) -> str:
    match callback.state:
        case CallbackState.DONE:
            return "It was called back already."
        case CallbackState.CANCELLED:
            return "It was cancelled already."
        case CallbackState.CLAIMED | CallbackState.DIALLING:
            return "It is being dialled right now. Try again in a moment."
        case CallbackState.CONNECTED:
            return "They are talking right now."
        case _:
            return "Its state does not allow that (any more), or nothing would change."
