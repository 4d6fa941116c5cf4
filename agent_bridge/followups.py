"""Follow-ups: made when a call is passed on, done by a note, a check-back call or a text."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ivr.core.bridging.followups import CheckBack, FollowUp, FollowUpState
from ivr.core.bridging.model import Bridge, Passing
from ivr.core.bridging.words import Say, say
from ivr.core.queueing.model import Callback, CallbackState, Cause, Kind
from ivr.core.queueing.offers import TextOffer
from ivr.core.queueing.steps import Text
from ivr.ports import CallbackStore, FollowUpStore, Numbers, StoreFailed, TextStore

CHECK_REASON = {
    "en": "we passed your call on and would like to know whether it was solved",
    "ja": "先日お引き継ぎした件が解決したかどうかの確認",
}
WINDOW = timedelta(hours=2)
EXPIRES = timedelta(days=3)
MAX_NOTE = 500


def follow_up_of(bridge: Bridge, passing: Passing, callback: Callback | None, now: datetime) -> FollowUp:
    """Of one transfer; its id is that of the leg, so it is made once."""
    third = bridge.party(passing.tag)
    return FollowUp(
        id=passing.tag,
        agent=passing.by,
        callback_id=bridge.callback_id,
        passed_to=(third.name if third is not None else "") or passing.target.value,
        created_at=now,
        name=callback.name if callback is not None else "",
        number=callback.number if callback is not None else bridge.customer.number,
        reason=callback.reason if callback is not None else "",
        language=bridge.language,
    )


@dataclass(frozen=True, slots=True)
class FollowUpParts:
    """What they work with."""

    follow_ups: FollowUpStore
    callbacks: CallbackStore
    texts: TextStore
    numbers: Numbers
    company: Callable[[str], str]
    """Name of a flow -> what callers know the company as."""
    new_code: Callable[[], str] = lambda: f"{secrets.randbelow(10_000):04d}"


class StoredFollowUps:
    """`ivr.ports.FollowUps` over the stores."""

    def __init__(self, parts: FollowUpParts) -> None:
        self._parts = parts

    def for_agent(self, agent: str) -> Sequence[FollowUp]:
        """Not done, oldest first."""
        return self._parts.follow_ups.for_agent(agent)

    def done(self, follow_up_id: str, agent: str, note: str, now: datetime) -> FollowUp | None:
        """Once, by whose it is."""

        def decide(found: FollowUp) -> FollowUp | None:
            if found.agent != agent or found.state is FollowUpState.DONE:
                return None
            return replace(found, state=FollowUpState.DONE, note=note.strip()[:MAX_NOTE], done_at=now)

        return self._parts.follow_ups.change(follow_up_id, decide)

    def check_back(self, follow_up_id: str, agent: str, how: CheckBack, now: datetime) -> FollowUp | None:
        """The question is stored before it is noted as asked; asking twice is the same question."""
        found = self._parts.follow_ups.get(follow_up_id)
        if found is None or found.agent != agent or found.state is not FollowUpState.OPEN:
            return None
        before = self._parts.callbacks.get(found.callback_id)
        checked = self._parts.numbers.check(found.number) if found.number else None
        if before is None or checked is None or checked.problem:
            return None
        if self._parts.callbacks.is_stopped(found.number, before.queue):
            return None
        try:
            check_id = self._call(found, before, now) if how is CheckBack.CALL else self._text(found, before, now)
        except StoreFailed:
            return None
        if not check_id:
            return None

        asked = replace(found, state=FollowUpState.CHECKING, how=how, check_id=check_id)
        return self._parts.follow_ups.change(follow_up_id, lambda now_is: asked if now_is == found else None)

    def _call(self, found: FollowUp, before: Callback, now: datetime) -> str:
        """A promise of its own, that belongs to the agent who asks."""
        callback = replace(
            before,
            id=secrets.token_hex(16),
            kind=Kind.CALLBACK,
            arrived_at=now,
            promised_from=now,
            promised_to=now + WINDOW,
            eligible_at=now,
            order_at=now,
            state=CallbackState.PENDING,
            state_at=now,
            cause=Cause.PROMISED,
            is_time_chosen=False,
            reason=CHECK_REASON.get(found.language, CHECK_REASON["en"]),
            notes=(),
            owner=found.agent,
            owner_until=now + EXPIRES,
            code=self._parts.new_code(),
            tries={},
            last_tried_at=None,
            expires_at=now + EXPIRES,
            agent="",
            lease_owner="",
            lease_until=None,
            fence=0,
            attempt=0,
            ending=None,
            connected_at=None,
        )
        return self._parts.callbacks.promise(callback, key=f"{found.id}:check").callback.id

    def _text(self, found: FollowUp, before: Callback, now: datetime) -> str:
        if not before.dialled or not self._parts.numbers.check(found.number).can_text:
            return ""
        body = say(Say.CHECK_TEXT, found.language, company=self._parts.company(before.flow))
        # The key is that of an offer: whoever replies CALL is promised a call.
        key = TextOffer(found.id, before.queue, before.flow, found.language).key
        self._parts.texts.add(Text(key, found.number, before.dialled, body, now, before.id))
        return key
