"""A callback in a supervisor's words: state, window, next step, tries. Pure; times are given."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from ivr.core.queueing.legs import Agent, Leg, LegOutcome, Role
from ivr.core.queueing.model import Callback, CallbackState, Cause, Happened, Kind
from ivr.core.shown import clock, masked

LATE = "late"


@dataclass(frozen=True, slots=True)
class Badge:
    """A state: icon, word and colour together, never one alone."""

    word: str
    token: str
    """Colour token of the style sheet: ok, busy, ring, wrap, away, bad."""
    icon: str


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list."""

    id: str
    version: str
    """Changes whenever anything shown changes."""
    promised: str
    window: str
    caller: str
    language: str
    why: str
    since: str
    tries: str
    owner: str
    state: Badge
    late: str
    """How late it is, or empty."""
    next_step: str
    is_message: bool


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One line of a callback's history."""

    at: str
    what: str
    by: str
    details: str


VOUCHED = {
    "A": "Belongs to the caller, says the telephone company",
    "B": "Of a known customer of the telephone company, who may not own it",
    "C": "Came from elsewhere; nobody vouches for it",
    "failed": "Did not pass the check: it may be forged. Ask for something only the customer knows",
}
"""What a calling number's attestation means for whoever looks at a promise; nothing is said where nobody checks."""

_BADGES = {
    CallbackState.PENDING: ("busy", "calendar-clock"),
    CallbackState.CLAIMED: ("ring", "hand"),
    CallbackState.DIALLING: ("ring", "phone-outgoing"),
    CallbackState.CONNECTED: ("busy", "phone"),
    CallbackState.DONE: ("ok", "circle-check"),
    CallbackState.RETRY_AT: ("ring", "rotate"),
    CallbackState.CANCELLED: ("away", "ban"),
    CallbackState.FAILED: ("bad", "triangle-alert"),
}
_CAUSES = {
    Cause.PROMISED: "promised",
    Cause.ASKED: "asked for a person",
    Cause.CLAIMED: "an agent was reserved",
    Cause.RELEASED: "given back to the line",
    Cause.DIALLED: "dialled",
    Cause.CONNECTED: "connected",
    Cause.TALKED: "talked",
    Cause.TAKEN: "message taken",
    Cause.BUSY: "the line was busy",
    Cause.NO_ANSWER: "no answer",
    Cause.FAILED: "the number could not be reached",
    Cause.VOICEMAIL: "voicemail",
    Cause.NOT_PRESENT: "answered, but nobody spoke or pressed a key",
    Cause.CUSTOMER_LEFT: "the customer hung up before an agent was there",
    Cause.AGENT_DECLINED: "the agent passed",
    Cause.AGENT_MISSED: "the agent did not answer",
    Cause.AGENT_LEFT: "the agent hung up first",
    Cause.NEVER_PLACED: "the carrier never placed the call",
    Cause.UNKNOWN: "what became of the call cannot be known",
    Cause.ADOPTED: "taken over from another worker",
    Cause.RANG_IN: "the customer rang in",
    Cause.MOVED: "another time",
    Cause.NUMBER_CHANGED: "another number",
    Cause.WORD_ADDED: "the customer added a word",
    Cause.BY_CALLER: "cancelled by the customer",
    Cause.BY_TEXT: "cancelled by text",
    Cause.BY_SUPERVISOR: "by a supervisor",
    Cause.STOPPED: "asked not to be called again",
    Cause.TOO_MANY: "no tries left",
    Cause.EXPIRED: "the promise is too old",
    Cause.REFUSED: "this number may not be called",
    Cause.RETIMED: "waits until it may be called",
    Cause.PRIORITY_CHANGED: "another priority",
    Cause.ASSIGNED: "another agent",
}
_OUTCOMES = {
    LegOutcome.COMPLETED: "ended",
    LegOutcome.BUSY: "busy",
    LegOutcome.NO_ANSWER: "no answer",
    LegOutcome.FAILED: "not reached",
    LegOutcome.CANCELLED: "taken back",
    LegOutcome.DECLINED: "passed",
    LegOutcome.NOT_PRESENT: "nobody there",
    LegOutcome.VOICEMAIL: "voicemail",
    LegOutcome.STOPPED: "never again",
    LegOutcome.NEVER_PLACED: "never placed",
    LegOutcome.REFUSED: "may not be called",
    LegOutcome.UNKNOWN: "unknown",
}


def row_of(callback: Callback, now: datetime, zone: str) -> Row:
    """One line of the list, in the zone of the queue."""
    late = _late(callback, now)
    return Row(
        id=callback.id,
        version=f"{callback.fence}-{callback.state.value}-{_stamp(callback.state_at)}-{late}",
        promised=clock(callback.promised_from, now, zone),
        window=_window(callback, now, zone),
        caller=caller_of(callback),
        language=callback.language,
        why=callback.reason or ("Recorded message" if callback.kind is Kind.MESSAGE else "Wants to talk to a person"),
        since=clock(callback.arrived_at, now, zone),
        tries=tries_of(callback),
        owner=callback.agent or callback.owner,
        state=badge_of(callback, now, zone),
        late=late,
        next_step=next_step(callback, now, zone),
        is_message=callback.kind is Kind.MESSAGE,
    )


def badge_of(callback: Callback, now: datetime, zone: str) -> Badge:
    """What the state is called."""
    token, icon = _BADGES[callback.state]
    match callback.state:
        case CallbackState.PENDING:
            word = "To be heard" if callback.kind is Kind.MESSAGE else "Promised"
        case CallbackState.CLAIMED:
            word = f"Taken by {callback.agent}" if callback.agent else "Taken"
        case CallbackState.DIALLING:
            word = "Calling now"
        case CallbackState.CONNECTED:
            word = f"Talking with {callback.agent}" if callback.agent else "Talking"
        case CallbackState.DONE:
            word = "Heard" if callback.kind is Kind.MESSAGE else "Called back"
        case CallbackState.RETRY_AT:
            word = f"Try again {clock(callback.eligible_at, now, zone)}"
        case CallbackState.CANCELLED:
            word = "Cancelled"
        case _:
            word = "Needs a person"
    return Badge(word, token, icon)


def next_step(callback: Callback, now: datetime, zone: str) -> str:
    """What happens next, in words."""
    at = clock(callback.eligible_at, now, zone)
    match callback.state:
        case CallbackState.PENDING if callback.kind is Kind.MESSAGE:
            return "Somebody listens and calls if needed"
        case CallbackState.PENDING | CallbackState.RETRY_AT if callback.eligible_at > now:
            whom = f" for {callback.owner}" if callback.owner else ""
            tried = f", try {callback.vain_tries + 1}" if callback.vain_tries else ""
            return f"Rings at {at}{tried}{whom}"
        case CallbackState.PENDING | CallbackState.RETRY_AT:
            return f"Rings when {callback.owner or 'an agent'} is free"
        case CallbackState.CLAIMED | CallbackState.DIALLING:
            return "Is being dialled"
        case CallbackState.CONNECTED:
            return "Ends with the conversation"
        case CallbackState.FAILED:
            return f"Decide: {cause_word(callback.cause)}"
        case _:
            return ""


def cause_word(cause: Cause) -> str:
    """A cause in words."""
    return _CAUSES[cause]


def caller_of(callback: Callback) -> str:
    """Name, and the number masked in the middle."""
    number = masked(callback.number)
    return f"{callback.name} {number}" if callback.name else number


def tries_of(callback: Callback) -> str:
    """Vain tries by kind."""
    return ", ".join(f"{count} {kind.replace('_', ' ')}" for kind, count in callback.tries.items()) or "–"


def history_line(happened: Happened, now: datetime, zone: str) -> HistoryLine:
    """One change with its cause and who made it."""
    details = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in happened.values.items())
    what = f"{happened.state.value.replace('_', ' ')}: {cause_word(happened.cause)}"
    return HistoryLine(clock(happened.at, now, zone, seconds=True), what, happened.by, details)


def leg_line(leg: Leg, now: datetime, zone: str) -> HistoryLine:
    """One leg that was dialled."""
    whom = "customer" if leg.role is Role.CUSTOMER else f"agent {leg.agent}"
    word = _OUTCOMES[leg.outcome] if leg.outcome is not None else leg.state.value
    rang = f"{round((leg.over_at - leg.created_at).total_seconds())} s" if leg.over_at is not None else ""
    guess = f"the carrier guesses {leg.answered_by.replace('_', ' ')}" if leg.answered_by else ""
    return HistoryLine(
        clock(leg.created_at, now, zone, seconds=True), f"{whom}: {word}", "", ", ".join(filter(None, (rang, guess)))
    )


def agent_choice(agent: Agent) -> tuple[str, str]:
    """For a list to choose from: id, and name with state."""
    return agent.id, f"{agent.name} ({agent.state.value.replace('_', ' ')})"


def _window(callback: Callback, now: datetime, zone: str) -> str:
    start, end = (at.astimezone(ZoneInfo(zone)) for at in (callback.promised_from, callback.promised_to))
    ends = _time(end, zone) if start.date() == end.date() else clock(end, now, zone)
    return f"{clock(start, now, zone)}–{ends}"


def _time(at: datetime, zone: str) -> str:
    return f"{at.astimezone(ZoneInfo(zone)):%H:%M}"


def _late(callback: Callback, now: datetime) -> str:
    if callback.state.is_final or callback.connected_at is not None or now <= callback.promised_to:
        return ""
    minutes = max(1, int((now - callback.promised_to).total_seconds() // 60))
    return f"{LATE} {minutes} min" if minutes < 120 else f"{LATE} {minutes // 60} h"


def _stamp(at: datetime | None) -> int:
    return int((at or datetime.fromtimestamp(0, UTC)).timestamp())
