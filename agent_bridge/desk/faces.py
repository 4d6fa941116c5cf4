"""Which face the desk shows: the agent's state in words, since when, what happens next, what can be done. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from agent_bridge.desk.parts import Look
from agent_bridge.presence import LINE_LOST, is_wrapping_up
from ivr.core.queueing.legs import Agent, AgentState, Leg, LegState, Role
from ivr.core.queueing.model import Callback
from ivr.core.shown import clock

BREAK_REASONS = ("Break", "Lunch", "Meeting", "Training")
_OUT_OF_REACH = {
    "busy": "Your telephone was busy",
    "failed": "Your telephone could not be reached",
    "refused": "The telephone company refused to call your number",
    "unknown": "We could not tell whether your telephone rang",
}


@dataclass(frozen=True, slots=True)
class Face:
    """The state of the agent as the page shows it."""

    name: str
    """offline, available, offered, ringing, asked, waiting, on_call, wrap_up, resting, break, missed, unreachable,
    line_lost"""
    word: str
    token: str
    """Colour: ok, busy, ring, wrap, away, bad."""
    icon: str
    next: str
    """What happens next, or what to do."""
    since: datetime | None = None
    ends: datetime | None = None
    """It ends by itself then."""
    lasts_secs: int = 0
    """How long it lasts in all, for the ring of the countdown."""
    wish: str = ""
    """What follows, when the person asked for something."""

    @property
    def is_free_to_choose(self) -> bool:
        """Nothing is going on."""
        return self.name in {"offline", "available", "break", "missed", "unreachable", "line_lost", "resting"}


def face_of(look: Look) -> Face:
    """One of the faces."""
    agent, callback = look.agent, look.callback
    match agent.state:
        case AgentState.OFFLINE:
            return _plain(look, "offline", "Offline", "away", "power", "Calls go to your colleagues.")
        case AgentState.AVAILABLE:
            return _plain(look, "available", "Available", "ok", "circle-check", "The next call rings here.")
        case AgentState.RESERVED | AgentState.RINGING if callback is not None:
            return _offer(look, callback)
        case AgentState.ON_CALL if callback is not None:
            return _talk(look, callback)
        case AgentState.WRAP_UP if is_wrapping_up(agent):
            return _wrap_up(look)
        case AgentState.WRAP_UP:
            ends = agent.free_at
            words = "You passed a call on. The next one rings when the pause is over."
            return _plain(look, "resting", "Passed on", "away", "corner-up-right", words, ends=ends, lasts_secs=15)
        case AgentState.BREAK:
            return _break(look)
        case _:
            return _plain(look, "offered", "Being offered a call", "ring", "circle-dashed", "One moment.")


def _plain(
    look: Look,
    name: str,
    word: str,
    token: str,
    icon: str,
    following: str,
    *,
    ends: datetime | None = None,
    lasts_secs: int = 0,
) -> Face:
    return Face(name, word, token, icon, following, look.agent.since, ends, lasts_secs, wish_words(look.agent))


def _offer(look: Look, callback: Callback) -> Face:
    leg = own_leg(look)
    if leg is None or leg.state is LegState.INTENDED:
        return _plain(look, "offered", "Being offered a call", "ring", "circle-dashed", "Your telephone rings next.")
    if leg.answered_at is not None:
        words = "Accept here, press 1, or say yes."
        return _plain(look, "asked", "Ringing", "ring", "bell-ring", words)
    secs = look.rules.ring_agent_secs if look.rules is not None else 20
    ends = leg.created_at + timedelta(seconds=secs)
    words = "Your telephone rings."
    return _plain(look, "ringing", "Ringing", "ring", "bell-ring", words, ends=ends, lasts_secs=secs)


def _talk(look: Look, callback: Callback) -> Face:
    who = callback.name or "the customer"
    if look.bridge is None and not any(
        leg.role is Role.CUSTOMER and leg.accepted_at is not None and not leg.is_over for leg in _present(look)
    ):
        return _plain(look, "waiting", "On a call", "busy", "phone", f"Calling {who}. Stay on your telephone.")
    return _plain(look, "on_call", "On a call", "busy", "phone", "Then: your notes, and the next call.")


def _wrap_up(look: Look) -> Face:
    total = look.rules.wrap_up_secs if look.rules is not None else 30
    total += 60 * (look.contact.extensions if look.contact is not None else 0)
    following = "Then: the next call."
    ends = look.agent.free_at
    return _plain(look, "wrap_up", "Wrap-up", "wrap", "pen-line", following, ends=ends, lasts_secs=total)


def _break(look: Look) -> Face:
    agent = look.agent
    reason, at = agent.reason, clock(agent.since, look.now, look.zone) if agent.since is not None else ""
    if reason.startswith("missed"):
        count = "a call" if agent.missed <= 1 else f"{agent.missed} calls"
        words = f"You missed {count} at {at}. You are paused so that callers don't wait."
        return _plain(look, "missed", f"Missed {max(agent.missed, 1)}", "bad", "phone-missed", words)
    if reason in _OUT_OF_REACH:
        words = f"{_OUT_OF_REACH[reason]} at {at}. You are paused so that callers don't wait."
        return _plain(look, "unreachable", "Not reached", "bad", "circle-alert", words)
    if reason == LINE_LOST:
        words = f"This page was not heard of at {at}. You were paused so that callers don't wait."
        return _plain(look, "line_lost", "Line lost", "bad", "circle-alert", words)
    word = reason if reason and reason != BREAK_REASONS[0] else ""
    words = "Calls go to your colleagues until you are back."
    return _plain(look, "break", f"Break · {word}" if word else "Break", "away", "coffee", words)


def wish_words(agent: Agent) -> str:
    """What the person asked for, for after the call or the wrap-up."""
    if agent.wish is None:
        return ""
    when = "after this call" if not is_wrapping_up(agent) else "after your notes"
    if agent.wish is AgentState.OFFLINE:
        return f"Offline {when}"
    reason = agent.wish_reason if agent.wish_reason and agent.wish_reason != LINE_LOST else "Break"
    return f"{reason} {when}"


def own_leg(look: Look) -> Leg | None:
    """The agent's leg of the present attempt."""
    return next((leg for leg in _present(look) if leg.role is Role.AGENT and leg.agent == look.agent.id), None)


def customer_leg(look: Look) -> Leg | None:
    """The customer's leg of the present attempt."""
    return next((leg for leg in _present(look) if leg.role is Role.CUSTOMER), None)


def _present(look: Look) -> list[Leg]:
    if look.callback is None:
        return []
    return [leg for leg in look.legs if leg.attempt == look.callback.attempt]
