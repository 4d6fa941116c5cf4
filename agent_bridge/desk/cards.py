"""The card and what stands around it, in words: who, why, what was tried, what was promised, what was before. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from agent_bridge.desk.faces import customer_leg
from agent_bridge.desk.parts import Line, Look
from agent_bridge.work import Outcome
from ivr.core.bridging.model import Bridge, PartyRole, PassKind
from ivr.core.queueing.legs import Agent, AgentState
from ivr.core.queueing.model import Callback, CallbackState, Kind
from ivr.core.shown import clock, masked
from ivr.ports import CallRecord, Contact

LANGUAGES = {"en": "English", "ja": "日本語"}
VOUCHED = {
    "failed": "This number may be forged, says the telephone company. Ask for something only the customer knows.",
}
OUTCOMES = {
    Outcome.RESOLVED: ("Resolved", "ok", "circle-check"),
    Outcome.FOLLOW_UP: ("Left to do", "busy", "calendar-clock"),
    Outcome.PROMISED: ("Call promised", "busy", "calendar-clock"),
    Outcome.PASSED_ON: ("Passed on", "busy", "corner-up-right"),
    Outcome.BROKE_OFF: ("Broke off", "away", "phone-off"),
    Outcome.WRONG_NUMBER: ("Wrong number", "away", "ban"),
    Outcome.OTHER: ("Other", "away", "circle-dashed"),
    Outcome.NOT_GIVEN: ("Not given", "away", "circle-dashed"),
    Outcome.NOT_REACHED: ("Customer not reached", "away", "phone-missed"),
}
_HIDDEN = frozenset({"file", "seconds"})
_COLLEAGUE = {
    AgentState.AVAILABLE: ("Available", "ok", "circle-check"),
    AgentState.RESERVED: ("Being offered a call", "ring", "circle-dashed"),
    AgentState.RINGING: ("Ringing", "ring", "bell-ring"),
    AgentState.ON_CALL: ("On a call", "busy", "phone"),
    AgentState.WRAP_UP: ("Wrap-up", "wrap", "pen-line"),
    AgentState.BREAK: ("Break", "away", "coffee"),
    AgentState.OFFLINE: ("Offline", "away", "power"),
}


@dataclass(frozen=True, slots=True)
class Card:
    """Who is on the line and what it is about."""

    id: str
    who: str
    """Name, or the masked number."""
    number: str
    """Masked; empty where it is the name already."""
    dialled: str
    """Whole: for `tel:`."""
    language: str
    """Code."""
    language_word: str
    known: str
    why: str
    tried: tuple[tuple[str, str], ...]
    added: tuple[str, ...]
    """Words the customer added later."""
    promised: str
    warning: str


@dataclass(frozen=True, slots=True)
class Spoken:
    """One line of the transcript."""

    at: str
    who: str
    token: str
    text: str


@dataclass(frozen=True, slots=True)
class Past:
    """One line of history."""

    at: str
    word: str
    token: str
    icon: str
    about: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Talk:
    """The conversation as it is: what the controls show."""

    is_muted: bool = False
    is_held: bool = False
    asked: str = ""
    """Whom somebody was asked in, or passed on to: a name."""
    kind: str = ""
    """consult, cold or return: what is pending."""
    is_asked_inside: bool = False
    is_joined: bool = False
    is_mine: bool = True
    """Whoever has the customer."""
    listeners: tuple[str, ...] = ()


def card_of(look: Look) -> Card | None:
    """None: there is nobody."""
    callback = look.callback
    if callback is None:
        return None
    number = masked(callback.number) if callback.number else "number withheld"
    return Card(
        id=callback.id,
        who=callback.name or number,
        number=number if callback.name else "",
        dialled=callback.number,
        language=callback.language,
        language_word=LANGUAGES.get(callback.language, callback.language),
        known=_known(look),
        why=callback.reason or "Not told",
        tried=tuple(
            (_label(name), value or "not given") for name, value in callback.brief.items() if name not in _HIDDEN
        ),
        added=callback.notes,
        promised=_promised(callback, look),
        warning=VOUCHED.get(callback.attested, ""),
    )


def spoken(lines: Sequence[Line], look: Look) -> list[Spoken]:
    """The transcript with names and times."""
    sides = {"caller": ("Caller", "caller"), "us": ("Denwaban", "bot"), "agent": (look.agent.name, "agent")}
    return [
        Spoken(clock(line.at, look.now, look.zone) if line.at is not None else "", *sides[line.side], line.text)
        for line in lines
    ]


def history(look: Look) -> list[Past]:
    """Earlier dealings with this caller, newest first, five at the most."""
    found: list[tuple[datetime, Past]] = []
    for contact in look.contacts:
        word, token, icon = outcome_words(contact)
        at = clock(contact.began_at, look.now, look.zone)
        found.append((contact.began_at, Past(at, word, token, icon, contact.reason or "Conversation", contact.note)))
    for callback in look.callbacks:
        found.append((callback.arrived_at, _past_callback(callback, look)))
    seen = {callback.call_id for callback in look.callbacks} | {contact.call_id for contact in look.contacts}
    for call in look.calls:
        if call.id not in seen and call.created_at is not None:
            found.append((call.created_at, _past_call(call, call.created_at, look)))
    found.sort(key=lambda one: one[0], reverse=True)
    return [past for _, past in found[:5]]


def outcome_words(contact: Contact) -> tuple[str, str, str]:
    """Word, colour, icon of a contact's outcome."""
    try:
        return OUTCOMES[Outcome(contact.outcome)]
    except ValueError:
        return ("Not noted yet", "wrap", "pen-line")


def talk_of(look: Look) -> Talk:
    """As the bridge has it."""
    bridge = look.bridge
    me = bridge.of_agent(look.agent.id) if bridge is not None else None
    if bridge is None or me is None:
        return Talk()
    pending = bridge.pending
    asked = bridge.party(pending.tag) if pending is not None else None
    thirds = [party for party in bridge.parties if party.role is PartyRole.THIRD and party.is_inside and party != me]
    return Talk(
        is_muted=me.is_muted,
        is_held=bridge.customer.is_held,
        asked=_name_of_pending(bridge, look) if pending is not None else (thirds[0].name if thirds else ""),
        kind=pending.kind.value if pending is not None else "",
        is_asked_inside=asked is not None and asked.is_inside,
        is_joined=pending is None and bool(thirds),
        is_mine=bridge.owner == me.tag,
        listeners=tuple(
            party.name or "A supervisor"
            for party in bridge.parties
            if party.role is PartyRole.SUPERVISOR and party.is_inside
        ),
    )


def calling_words(look: Look) -> str:
    """Where the customer is while the agent waits."""
    leg = customer_leg(look)
    if leg is None or leg.answered_at is None:
        return "The customer's telephone rings."
    return "The customer has answered and is being asked."


def colleague_words(agent: Agent) -> tuple[str, str, str]:
    """Word, colour, icon of a colleague's state."""
    return _COLLEAGUE[agent.state]


def promise_words(callback: Callback, look: Look) -> Past:
    """A callback that waits."""
    late = look.now > callback.promised_to
    at = clock(callback.promised_from, look.now, look.zone)
    who = callback.name or masked(callback.number)
    about = f"{who} · {callback.reason}" if callback.reason else who
    if late:
        minutes = max(1, int((look.now - callback.promised_to).total_seconds() // 60))
        return Past(
            at, f"late {minutes} min" if minutes < 120 else f"late {minutes // 60} h", "bad", "triangle-alert", about
        )
    word = "try again" if callback.state is CallbackState.RETRY_AT else "promised"
    return Past(at, word, "busy", "calendar-clock", about)


def quiet_words(look: Look) -> str:
    """The empty desk: what is planned and what was last."""
    parts = ["No calls right now."]
    mine = [one for one in look.waiting if one.eligible_at > look.now]
    if mine:
        word = "1 callback is" if len(mine) == 1 else f"{len(mine)} callbacks are"
        parts.append(f"{word} planned, the first at {clock(mine[0].promised_from, look.now, look.zone)}.")
    if look.last_contact is not None:
        parts.append(f"Last call {ago(look.last_contact.ended_at or look.last_contact.began_at, look.now)}.")
    return " ".join(parts)


def ago(at: datetime, now: datetime) -> str:
    """How long ago, roughly."""
    minutes = int((now - at).total_seconds() // 60)
    if minutes < 1:
        return "just now"
    if minutes < 60:
        return "1 minute ago" if minutes == 1 else f"{minutes} minutes ago"
    hours = minutes // 60
    return ("1 hour ago" if hours == 1 else f"{hours} hours ago") if hours < 24 else f"{hours // 24} days ago"


def _known(look: Look) -> str:
    before = len(look.contacts) + len(look.callbacks) + len(look.calls)
    if not before:
        return "First time"
    often = "once" if before == 1 else f"{before} times" if before < 5 else "5 times or more"
    return f"Was here before, {often}"


def _promised(callback: Callback, look: Look) -> str:
    if callback.kind is not Kind.CALLBACK:
        return "Nothing yet"
    start, end = (clock(at, look.now, look.zone) for at in (callback.promised_from, callback.promised_to))
    told = clock(callback.arrived_at, look.now, look.zone)
    return f"A call between {start} and {end.split()[-1]}, told at {told}"


def _past_callback(callback: Callback, look: Look) -> Past:
    at = clock(callback.arrived_at, look.now, look.zone)
    about = callback.reason or "Callback"
    match callback.state:
        case CallbackState.DONE:
            return Past(at, "Called back", "ok", "circle-check", about)
        case CallbackState.CANCELLED:
            return Past(at, "Cancelled", "away", "ban", about)
        case CallbackState.FAILED:
            return Past(at, "Needs a person", "bad", "triangle-alert", about)
        case _:
            return Past(at, "Promised", "busy", "calendar-clock", about)


def _past_call(call: CallRecord, began: datetime, look: Look) -> Past:
    at, about = clock(began, look.now, look.zone), (call.intent or "Call").replace("_", " ")
    if call.outcome in ("resolved", "done"):
        return Past(at, "Resolved", "ok", "circle-check", about)
    if call.outcome == "abandoned":
        return Past(at, "Caller hung up", "away", "phone-off", about)
    return Past(at, "Call", "away", "phone", about)


def _name_of_pending(bridge: Bridge, look: Look) -> str:
    pending = bridge.pending
    if pending is None:
        return ""
    party = bridge.party(pending.tag)
    if party is not None and party.name:
        return party.name
    if pending.kind is PassKind.RETURN:
        return look.agent.name
    names = {one.id: one.name for one in look.colleagues}
    value = pending.target.value
    return names.get(value) or (masked(value) if value.startswith("+") else look.queues.get(value, value))


def _tried(callback: Callback) -> tuple[tuple[str, str], ...]:
    shown = {name: value for name, value in callback.brief.items() if name not in _HIDDEN}
    return tuple((_label(name), value or "not given") for name, value in shown.items())


def _late(callback: Callback, now: datetime) -> str:
    minutes = max(1, int((now - callback.promised_to).total_seconds() // 60))
    return f"late {minutes} min" if minutes < 120 else f"late {minutes // 60} h"


def _label(name: str) -> str:
    words = name.replace("_", " ").replace(".", " ").strip()
    return words[:1].upper() + words[1:]
