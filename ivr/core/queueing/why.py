"""Why a promise stands where it stands: one honest sentence, in English or Japanese. Pure.

The sentence names the first thing that stands in the way: what people are doing with it now, its time, the hours at
the called place, who could take it, and last the people in front of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from ivr.core.queueing.legs import Agent, AgentState
from ivr.core.queueing.model import Callback, CallbackState, Cause, Kind
from ivr.core.queueing.people import is_free, is_owned_by_another
from ivr.core.queueing.policy import is_due, place_key
from ivr.core.queueing.rules import QueueRules
from ivr.core.queueing.why_english import ENGLISH
from ivr.core.queueing.why_japanese import JAPANESE
from ivr.core.queueing.why_words import Say

_LANGUAGES: Mapping[str, Say] = {"en": ENGLISH, "ja": JAPANESE}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is known beside the promise."""

    rules: QueueRules
    now: datetime
    agents: Sequence[Agent] = ()
    waiting: Sequence[Callback] = ()
    """Others of the queue that wait; those behind it, not due, or for other people do not matter."""
    ahead: int | None = None
    """How many are in front, where `waiting` may not be all of them."""
    allowed_from: datetime | None = None
    """The called place's calling hours begin then; None: it may be called now."""
    opens_at: datetime | None = None
    """The queue opens then; None: it is open."""
    zone: str = "UTC"
    """IANA, of the times in the sentence."""
    names: Mapping[str, str] = field(default_factory=dict)
    """Agent -> name, of those who are not among `agents`."""


def why(callback: Callback, around: Surroundings, language: str) -> str:
    """The sentence."""
    say = _LANGUAGES.get(language, _LANGUAGES["en"])
    clock = _Clock(say, around.now, ZoneInfo(around.zone))
    return (
        _settled(callback, say, clock)
        or _in_hands(callback, around, say)
        or _waits_for_time(callback, around, say, clock)
        or _waits_for_people(callback, around, say, clock)
        or _place(callback, around, say)
    )


@dataclass(frozen=True, slots=True)
class _Clock:
    say: Say
    now: datetime
    zone: ZoneInfo

    def at(self, moment: datetime | None) -> str:
        """The time on the clock, with its day when that is another one; unknown: now."""
        local, today = (moment or self.now).astimezone(self.zone), self.now.astimezone(self.zone).date()
        return self.say.moment(local, (local.date() - today).days)


def _settled(callback: Callback, say: Say, clock: _Clock) -> str:
    match callback.state:
        case CallbackState.DONE:
            return say.done(callback.cause, clock.at(callback.state_at))
        case CallbackState.CANCELLED:
            return say.cancelled(callback.cause, clock.at(callback.state_at))
        case CallbackState.FAILED:
            return say.failed(callback.cause, callback.vain_tries)
        case _:
            return ""


def _in_hands(callback: Callback, around: Surroundings, say: Say) -> str:
    if not callback.state.is_in_flight:
        return ""
    name = _name(callback.agent, around)
    if callback.ending is not None:
        return say.ending(callback.ending)
    if callback.state is CallbackState.CLAIMED:
        return say.claimed(name)
    return say.talking(name) if callback.state is CallbackState.CONNECTED else say.dialling(name)


def _waits_for_time(callback: Callback, around: Surroundings, say: Say, clock: _Clock) -> str:
    if callback.kind is Kind.MESSAGE:
        return say.message()
    if callback.eligible_at > around.now:
        at = clock.at(callback.eligible_at)
        if callback.state is CallbackState.RETRY_AT:
            tried_at = clock.at(callback.last_tried_at) if callback.last_tried_at is not None else ""
            cause = _vain_cause(callback)
            return say.retry(at, cause, tried_at, callback.vain_tries + 1, around.rules.max_attempts)
        if callback.cause is Cause.RETIMED and not callback.is_time_chosen:
            return say.retimed(at)
        return say.chosen(at) if callback.is_time_chosen else say.later(at, callback.cause)
    if around.opens_at is not None and around.opens_at > around.now:
        return say.closed(clock.at(around.opens_at))
    if around.allowed_from is not None and around.allowed_from > around.now and not callback.is_time_chosen:
        return say.quiet(clock.at(around.allowed_from))
    return ""


def _vain_cause(callback: Callback) -> Cause:
    """Why it is tried again; a later change (a word, another priority) has taken the place of the cause."""
    if callback.cause.value in callback.tries:
        return callback.cause
    return Cause(max(callback.tries, key=lambda each: callback.tries[each])) if callback.tries else callback.cause


def _waits_for_people(callback: Callback, around: Surroundings, say: Say, clock: _Clock) -> str:
    here = [
        agent for agent in around.agents if agent.state is not AgentState.OFFLINE and callback.queue in agent.queues
    ]
    if not here:
        return say.nobody()
    speaking = [agent for agent in here if callback.language in agent.languages]
    if not speaking:
        return say.no_language(callback.language)
    if not any(agent.fits(callback) for agent in speaking):
        lacking = [skill for skill in callback.skills if not any(skill in agent.skills for agent in speaking)]
        return say.no_skill(lacking or list(callback.skills))
    fitting = [agent for agent in speaking if agent.fits(callback)]
    mine = [agent for agent in fitting if not is_owned_by_another(callback, agent, around.now)]
    if not any(is_free(agent, around.now) for agent in mine) and len(mine) < max(1, len(fitting)):
        until = clock.at(callback.owner_until) if callback.owner_until is not None else ""
        return say.owned(_name(callback.owner, around), until)
    if all(agent.state is AgentState.BREAK for agent in mine):
        return say.on_break()
    return ""


def _place(callback: Callback, around: Surroundings, say: Say) -> str:
    fitting = [agent for agent in around.agents if agent.fits(callback)]
    sooner = [other for other in around.waiting if _is_sooner(other, callback, around.now)]
    before = [other for other in sooner if any(agent.fits(other) for agent in fitting)]
    unseen = max(0, (around.ahead or 0) - len(sooner))
    if unseen:
        return say.counted(len(before) + unseen)
    if not before:
        return say.next(any(is_free(agent, around.now) for agent in fitting))
    earlier = [other.priority for other in before if other.arrived_at <= callback.arrived_at]
    higher = sorted((priority for priority in earlier if priority > callback.priority), reverse=True)
    later = (other.priority for other in before if other.arrived_at > callback.arrived_at)
    overtakers = sorted((priority if priority > callback.priority else 0 for priority in later), reverse=True)
    return say.placed(len(earlier), higher, overtakers)


def _is_sooner(other: Callback, callback: Callback, now: datetime) -> bool:
    return other.id != callback.id and is_due(other, now) and place_key(other) < place_key(callback)


def _name(agent_id: str, around: Surroundings) -> str:
    known = next((agent.name for agent in around.agents if agent.id == agent_id), "")
    return known or around.names.get(agent_id, "") or agent_id
