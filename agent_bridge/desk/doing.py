"""What can be done at a desk: each action parses its form, asks a port, and says in one sentence what became of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from zoneinfo import ZoneInfo

import structlog

from agent_bridge import presence, work
from agent_bridge.desk.keeping import keep_contacts
from agent_bridge.desk.parts import DeskParts
from agent_bridge.work import Outcome
from ivr.core.bridging.followups import CheckBack
from ivr.core.bridging.model import Target, TargetKind
from ivr.core.queueing.legs import AgentState
from ivr.ports import Contact
from ivr.ports.bridge import BridgeResult

log = structlog.get_logger(__name__)

MOST_REASON_CHARS = 40
MOST_DIGITS = 32
Form = Mapping[str, str]


class Verdict(Enum):
    """How an action went."""

    DONE = "done"
    REFUSED = "refused"
    """Nothing was changed."""


@dataclass(frozen=True, slots=True)
class Did:
    """What became of an action."""

    verdict: Verdict
    sentence: str = ""
    """For the person; empty: the page shows it anyway."""

    @property
    def is_done(self) -> bool:
        """It happened."""
        return self.verdict is Verdict.DONE


def done(sentence: str = "") -> Did:
    """It happened."""
    return Did(Verdict.DONE, sentence)


def refused(sentence: str) -> Did:
    """Nothing was changed, and this is why."""
    return Did(Verdict.REFUSED, sentence)


class Doing:
    """The actions of one desk's process. Thread-safe as its ports are."""

    def __init__(self, parts: DeskParts) -> None:
        self._parts = parts
        bridge = parts.bridge
        self._by_name: Mapping[str, Callable[[str, Form, datetime], Did]] = {
            "state": self._choose,
            "accept": lambda agent, _, now: _told(bridge.accept(agent, now)),
            "decline": lambda agent, _, now: _told(bridge.decline(agent, now)),
            "mute": lambda agent, _, now: _told(bridge.mute(agent, now)),
            "unmute": lambda agent, _, now: _told(bridge.unmute(agent, now)),
            "hold": lambda agent, _, now: _told(bridge.hold(agent, now)),
            "resume": lambda agent, _, now: _told(bridge.resume(agent, now)),
            "keys": self._keys,
            "consult": self._consult,
            "join": lambda agent, _, now: _told(bridge.join(agent, now)),
            "complete": lambda agent, _, now: _told(bridge.complete(agent, now)),
            "cancel-consult": lambda agent, _, now: _told(bridge.cancel_consult(agent, now)),
            "cold": self._cold,
            "end": lambda agent, _, now: _told(bridge.end(agent, now)),
            "more-time": self._more_time,
            "finish": self._finish,
            "promise": self._promise,
            "follow-up": self._follow_up,
        }

    @property
    def names(self) -> frozenset[str]:
        """Of all actions."""
        return frozenset(self._by_name)

    def do(self, name: str, agent: str, form: Form) -> Did:
        """One action; an unknown name: `KeyError`."""
        now = self._parts.clock.now()
        did = self._by_name[name](agent, form, now)
        keep_contacts(self._parts, now, agent_id=agent)
        log.info("desk action", action=name, agent=agent, verdict=did.verdict.value)
        return did

    def note(self, agent: str, contact_id: str, text: str) -> datetime | None:
        """Saves a draft; when, or None for a contact that is not this agent's."""
        known, now = self._parts.contacts.get(contact_id), self._parts.clock.now()
        if known is None or known.agent != agent:
            return None
        if known.note != text:
            self._parts.contacts.change(contact_id, lambda one: work.noted(one, text, now))
            return now
        return known.note_at or now

    # -- state ---------------------------------------------------------------------------------

    def _choose(self, agent: str, form: Form, now: datetime) -> Did:
        try:
            wanted = AgentState(form.get("state", ""))
        except ValueError:
            return refused("There is no such state.")
        if wanted not in presence.BY_CHOICE:
            return refused("This state follows from calls; it cannot be chosen.")
        reason = form.get("reason", "").strip()[:MOST_REASON_CHARS] if wanted is AgentState.BREAK else ""
        if reason.startswith("missed") or reason == presence.LINE_LOST:
            return refused("Please give another reason.")
        is_expected = wanted is not AgentState.OFFLINE
        self._parts.presence.watch(agent, is_watched=is_expected, at=now)
        self._parts.agents.set_state(agent, lambda one: presence.choose(one, wanted, reason, now))
        return done()

    # -- in a call -----------------------------------------------------------------------------

    def _keys(self, agent: str, form: Form, now: datetime) -> Did:
        digits = form.get("digits", "")
        if not digits or len(digits) > MOST_DIGITS or set(digits) - set("0123456789*#"):
            return refused("Only the keys 0 to 9, * and # can be sent.")
        return _told(self._parts.bridge.keys(agent, digits, now))

    def _consult(self, agent: str, form: Form, now: datetime) -> Did:
        target = target_of(form)
        return refused(_NO_TARGET) if target is None else _told(self._parts.bridge.consult(agent, target, now))

    def _cold(self, agent: str, form: Form, now: datetime) -> Did:
        target = target_of(form)
        return refused(_NO_TARGET) if target is None else _told(self._parts.bridge.cold(agent, target, now))

    # -- after it ------------------------------------------------------------------------------

    def _more_time(self, agent: str, form: Form, now: datetime) -> Did:
        contact = self._own(agent, form)
        if contact is None or self._parts.contacts.change(contact.id, work.extended) is None:
            return refused("A minute can be added twice; take a break if you need longer.")
        self._parts.agents.set_state(agent, presence.more_time)
        return done()

    def _finish(self, agent: str, form: Form, now: datetime) -> Did:
        contact = self._own(agent, form)
        if contact is None:
            return refused("These notes belong to no call of yours.")
        try:
            outcome = Outcome(form.get("outcome", ""))
        except ValueError:
            return refused("Choose how the call ended.")
        if outcome not in work.OFFERED:
            return refused("Choose how the call ended.")
        if "note" in form:
            self.note(agent, contact.id, form["note"])
        is_closed = self._parts.contacts.change(contact.id, lambda one: work.closed(one, outcome, now)) is not None
        stay_away = form.get("then") == "away"
        self._parts.agents.set_state(agent, lambda one: presence.finish(one, now, stay_away=stay_away))
        return done("Saved." if is_closed else "This was saved before.")

    def _promise(self, agent: str, form: Form, now: datetime) -> Did:
        contact = self._own(agent, form)
        callback = self._parts.callbacks.get(contact.callback_id) if contact is not None else None
        if contact is None or callback is None or self._parts.promise_again is None:
            return refused("Another call cannot be promised here.")
        if contact.follow_up_id:
            return refused("Another call is promised already.")
        when = self._moment(form.get("when", ""), callback.queue)
        if when is None:
            return refused("Choose a day and a time.")
        if when <= now + timedelta(minutes=1):
            return refused("Choose a time that is still to come.")
        made = self._parts.promise_again(callback, agent, when, contact.note, now)
        if made.callback is None or made.refusal is not None:
            return refused(made.sentence)
        new_id = made.callback.id
        self._parts.contacts.change(contact.id, lambda one: work.promised(one, new_id))
        return done(made.sentence)

    def _follow_up(self, agent: str, form: Form, now: datetime) -> Did:
        follow_ups, how = self._parts.follow_ups, form.get("how", "")
        if follow_ups is None:
            return refused("There are no follow-ups here.")
        if how == "done":
            made = follow_ups.done(form.get("id", ""), agent, form.get("note", "")[: work.MOST_NOTE_CHARS], now)
        elif how in (CheckBack.CALL.value, CheckBack.TEXT.value):
            made = follow_ups.check_back(form.get("id", ""), agent, CheckBack(how), now)
        else:
            return refused("There is no such way.")
        return done() if made is not None else refused("This follow-up is not open any more.")

    def _own(self, agent: str, form: Form) -> Contact | None:
        contact = self._parts.contacts.get(form.get("contact", ""))
        return contact if contact is not None and contact.agent == agent else None

    def _moment(self, text: str, queue: str) -> datetime | None:
        try:
            local = datetime.fromisoformat(text)
        except ValueError:
            return None
        zone = ZoneInfo(self._parts.zones().get(queue, "UTC"))
        return local.replace(tzinfo=zone) if local.tzinfo is None else local


_NO_TARGET = "Choose a colleague or a team, or give a telephone number."


def target_of(form: Form) -> Target | None:
    """`agent:ben`, `queue:billing`, or a number typed beside the list."""
    number = "".join(mark for mark in form.get("number", "") if mark not in " -().")
    if number:
        return Target(TargetKind.NUMBER, number[:20])
    kind, _, value = form.get("target", "").partition(":")
    kinds = {"agent": TargetKind.AGENT, "queue": TargetKind.QUEUE}
    return Target(kinds[kind], value[:64]) if kind in kinds and value else None


def _told(result: BridgeResult) -> Did:
    return done(result.sentence) if result.is_done else refused(result.sentence or "That did not work. Try again.")
