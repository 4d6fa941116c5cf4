"""What is heard of a leg: from the carrier (webhooks, answers to `LookAt`), and from the flow that runs on it. Pure.

News come in any order, any number of times, and late. A leg never goes back; what is known already changes nothing
(None). What it means for the promise is decided by `attempt.advance`; a leg of an earlier attempt changes only its row.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from typing import Protocol

from ivr.core.queueing import life
from ivr.core.queueing.change import with_leg
from ivr.core.queueing.legs import AgentState, Leg, LegOutcome, LegState, Role
from ivr.core.queueing.model import CallbackState
from ivr.core.queueing.people import at_work
from ivr.core.queueing.standing import is_live, leg_of
from ivr.core.queueing.steps import Attempt, Step

TIME_GRAIN = timedelta(seconds=1)
"""The carrier tells times in whole seconds, cut off."""
EARLIER_SECS = 60
"""A call may be older than its intent by no more than two clocks differ."""


@dataclass(frozen=True, slots=True)
class LegNews:
    """One thing the carrier says of a leg."""

    state: LegState
    outcome: LegOutcome | None = None
    """With `OVER`."""
    carrier_sid: str = ""
    answered_by: str = ""
    call_id: str = ""
    ended_at: datetime | None = None
    """With `OVER`: when, by the carrier's clock. News may be late; who had left before the other came did not talk."""


class Word(Enum):
    """What the flow on a leg reports."""

    ACCEPTED = "accepted"
    """The agent takes the call."""
    DECLINED = "declined"
    PRESENT = "present"
    """The customer proved to be there."""
    NOT_PRESENT = "not_present"
    VOICEMAIL = "voicemail"
    STOPPED = "stopped"


class Found(Protocol):
    """A call as the carrier knows it."""

    @property
    def carrier_sid(self) -> str:
        """The carrier's id."""

    @property
    def status(self) -> str:
        """queued, initiated, ringing, in-progress, completed, busy, no-answer, failed, canceled."""

    @property
    def created_at(self) -> datetime | None:
        """When it was made, if the carrier says so."""

    @property
    def answered_by(self) -> str:
        """The guess of its machine detection."""

    @property
    def ended_at(self) -> datetime | None:
        """When it was over, if the carrier says so."""


_BY_STATUS = {
    "queued": LegNews(LegState.PLACED),
    "initiated": LegNews(LegState.PLACED),
    "ringing": LegNews(LegState.RINGING),
    "in-progress": LegNews(LegState.ANSWERED),
    "completed": LegNews(LegState.OVER, LegOutcome.COMPLETED),
    "busy": LegNews(LegState.OVER, LegOutcome.BUSY),
    "no-answer": LegNews(LegState.OVER, LegOutcome.NO_ANSWER),
    "failed": LegNews(LegState.OVER, LegOutcome.FAILED),
    "canceled": LegNews(LegState.OVER, LegOutcome.CANCELLED),
}
_POSITIVE = {Role.AGENT: Word.ACCEPTED, Role.CUSTOMER: Word.PRESENT}
_NEGATIVE = {
    Word.DECLINED: LegOutcome.DECLINED,
    Word.NOT_PRESENT: LegOutcome.NOT_PRESENT,
    Word.VOICEMAIL: LegOutcome.VOICEMAIL,
    Word.STOPPED: LegOutcome.STOPPED,
}


def leg_progressed(attempt: Attempt, tag: str, news: LegNews, *, at: datetime) -> Step | None:
    """The carrier says how far a leg has come."""
    before = leg_of(attempt, tag)
    if before is None or (news.carrier_sid and before.carrier_sid and news.carrier_sid != before.carrier_sid):
        return None
    leg = replace(
        before,
        carrier_sid=before.carrier_sid or news.carrier_sid,
        answered_by=before.answered_by or news.answered_by,
        call_id=before.call_id or news.call_id,
    )
    if news.state is LegState.OVER:
        leg = _ended(leg, news.outcome, at, news.ended_at)
    elif news.state.rank > leg.state.rank and news.state is not LegState.ACCEPTED:
        answered_at = at if news.state is LegState.ANSWERED else leg.answered_at
        leg = replace(leg, state=news.state, changed_at=at, answered_at=answered_at)
    return None if leg == before else Step(with_leg(attempt, leg))


def leg_refused(attempt: Attempt, tag: str, *, is_final: bool, at: datetime) -> Step | None:
    """The carrier refused the order to dial: nobody was dialled for it. `is_final`: this number will never do."""
    leg = leg_of(attempt, tag)
    if leg is None or leg.state is not LegState.INTENDED:
        return None
    outcome = LegOutcome.REFUSED if is_final else LegOutcome.NEVER_PLACED
    return Step(with_leg(attempt, _ended(leg, outcome, at)))


def leg_said(attempt: Attempt, tag: str, word: Word, *, at: datetime) -> Step | None:
    """The flow on a leg reports what the person, or the machine, at its end did. The first word holds."""
    leg = leg_of(attempt, tag)
    if leg is None:
        return None
    if word is _POSITIVE[leg.role]:
        return _accepted(attempt, leg, at)
    if word not in _NEGATIVE or (word is Word.STOPPED and leg.role is Role.AGENT):
        return None
    return _turned_down(attempt, leg, word, at)


def settled(
    leg: Leg, found: Sequence[Found], now: datetime, *, settle_secs: float, others: Collection[str] = ()
) -> LegNews | None:
    """What the carrier's answer to a `LookAt` says of a leg; None: nothing can be said yet.

    Args:
        leg: The leg that was asked for.
        found: The call with its id, where it has one; else the calls to its number since its intent.
        now: When the carrier was asked.
        settle_secs: How long after an intent its call may be under way, or not be listed yet: "no such call" is
            believed after that.
        others: Ids of calls that are known to belong to other legs.
    """
    mine = [call for call in found if _may_be(call, leg, others)]
    if len(mine) == 1:
        news = _BY_STATUS.get(mine[0].status)
        call = mine[0]
        return news and replace(
            news, carrier_sid=call.carrier_sid, answered_by=call.answered_by, ended_at=call.ended_at
        )
    if mine:
        return LegNews(LegState.OVER, LegOutcome.UNKNOWN)
    if now < leg.created_at + timedelta(seconds=settle_secs):
        return None
    return LegNews(LegState.OVER, LegOutcome.UNKNOWN if _was_placed(leg) else LegOutcome.NEVER_PLACED)


def _was_placed(leg: Leg) -> bool:
    return bool(leg.carrier_sid) or leg.state is not LegState.INTENDED


def _may_be(call: Found, leg: Leg, others: Collection[str]) -> bool:
    if leg.carrier_sid:
        return call.carrier_sid == leg.carrier_sid
    if call.carrier_sid in others:
        return False
    return call.created_at is None or call.created_at >= leg.created_at - timedelta(seconds=EARLIER_SECS)


def _ended(leg: Leg, told: LegOutcome | None, at: datetime, ended_at: datetime | None = None) -> Leg:
    """Over. What the person at its end had done before counts more than what the carrier calls it."""
    if leg.is_over:
        is_news = leg.outcome is LegOutcome.UNKNOWN and told not in (None, LegOutcome.UNKNOWN, LegOutcome.NEVER_PLACED)
        return replace(leg, outcome=_true_outcome(leg, told)) if is_news else leg
    outcome = leg.outcome or _true_outcome(leg, told)
    over_at = at if ended_at is None else min(at, max(ended_at + TIME_GRAIN, leg.created_at))
    return replace(leg, state=LegState.OVER, outcome=outcome, over_at=over_at, changed_at=at)


def _true_outcome(leg: Leg, told: LegOutcome | None) -> LegOutcome:
    if leg.accepted_at is not None:
        return LegOutcome.COMPLETED
    if told is None or told is LegOutcome.COMPLETED:
        return LegOutcome.NOT_PRESENT
    return told


def _accepted(attempt: Attempt, leg: Leg, at: datetime) -> Step | None:
    if leg.state is LegState.ACCEPTED or not is_live(attempt, leg.tag):
        return None
    leg = replace(leg, state=LegState.ACCEPTED, changed_at=at, accepted_at=at, answered_at=leg.answered_at or at)
    attempt = with_leg(attempt, leg)
    if leg.role is Role.AGENT and leg.agent == attempt.callback.agent:
        attempt = replace(attempt, agent=at_work(attempt.agent, leg.callback_id, AgentState.ON_CALL, at))
    return Step(attempt)


def _turned_down(attempt: Attempt, leg: Leg, word: Word, at: datetime) -> Step | None:
    """Also after the end: the word may come later than the carrier's news of it."""
    is_open = not leg.is_over and leg.outcome is None and leg.state is not LegState.ACCEPTED
    is_late = leg.is_over and leg.outcome is LegOutcome.NOT_PRESENT
    if not (is_open or is_late):
        return None
    changed_at = leg.changed_at if leg.is_over else at
    attempt = with_leg(attempt, replace(leg, outcome=_NEGATIVE[word], changed_at=changed_at))
    callback = attempt.callback
    if word is Word.STOPPED and leg.attempt == callback.attempt and callback.state is not CallbackState.CONNECTED:
        return life.stop(attempt, now=at, by="customer") or Step(attempt)
    return Step(attempt)
