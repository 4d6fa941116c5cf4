"""Open bridges, looked after by workers: nobody is alone, what is wanted comes true, what is owed is promised.

A bridge is tended by the worker that holds the lease of its promise; what is owed after that, by any.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from agent_bridge.hands import Hands
from agent_bridge.happen import needs_rescue, returns_to
from agent_bridge.openings import opened, room_of
from agent_bridge.orders import LetGo, against, follow_ups, is_overlong_alone
from agent_bridge.parts import BridgeParts
from agent_bridge.service import third_of
from ivr.core.bridging import events as e
from ivr.core.bridging.model import Bridge, Offer, Party, PartyOutcome, PartyRole, Stage
from ivr.core.queueing.leg_events import LegNews, leg_progressed
from ivr.core.queueing.legs import LegOutcome, LegState
from ivr.core.queueing.model import Callback, CallbackState, Cause, Kind
from ivr.core.queueing.policy import order_at
from ivr.ports import CarrierSilent, PlacedCall, Seen

log = structlog.get_logger(__name__)

CALM_SECS, BUSY_SECS = 15.0, 2.0
"""Between two looks at a conversation in which nothing is pending, and at one in which something is."""
ALONE_SECS = 5.0
OVER_SECS = 5.0
"""Between two looks at one that is over."""
MAX_LOOKS = 10_000
CLEARED_AFTER = timedelta(seconds=60)
"""Whoever was on the way when it ended has come by then."""
OWED_WINDOW = timedelta(minutes=30)
_OVER = {
    "completed": (LegOutcome.COMPLETED, PartyOutcome.TALKED),
    "busy": (LegOutcome.BUSY, PartyOutcome.BUSY),
    "no-answer": (LegOutcome.NO_ANSWER, PartyOutcome.NO_ANSWER),
    "failed": (LegOutcome.FAILED, PartyOutcome.FAILED),
    "canceled": (LegOutcome.CANCELLED, PartyOutcome.CANCELLED),
}


class BridgeTending:
    """One per worker. `call` asks the carrier for one call, by its id."""

    def __init__(
        self,
        parts: BridgeParts,
        hands: Hands,
        call: Callable[[str], PlacedCall | None],
        new_code: Callable[[], str],
    ) -> None:
        self._parts, self._hands, self._call, self._new_code = parts, hands, call, new_code
        self._looked_at: dict[str, datetime] = {}

    def withheld(self) -> frozenset[tuple[str, int]]:
        """Promises whose conversation goes on in other hands than the queue knows: (id, attempt)."""
        found = self._parts.bridges.unsettled()
        return frozenset((one.callback_id, one.attempt) for one in found if is_in_other_hands(one))

    def tend(self, callback: Callback, now: datetime) -> None:
        """One look. Raises `CarrierSilent`, `StoreFailed`."""
        bridge = self._bridge_of(callback)
        if bridge is None or bridge.is_over or not self._is_due(bridge, now):
            return
        bridge = self._from_legs(bridge, now)
        if bridge.is_over:
            return
        seen = self._seen(bridge)
        inside = frozenset(one.call_sid for one in seen if one.is_inside)
        bridge = self._hands.happened(bridge.id, e.Looked(inside), now) or bridge
        bridge = self._ask_for_missing(bridge, seen, now)
        if bridge.is_over:
            self._hands.carry_out(bridge, against(bridge, seen, now), now)
            return
        bridge = self._rescue(bridge, now)
        self._hands.carry_out(bridge, (*against(bridge, seen, now), *follow_ups(bridge)), now)
        self._end_the_lonely(bridge, now)

    def settle(self, now: datetime) -> None:
        """What is left of those that are over: legs that came too late; what is owed to customers whom nobody took."""
        for bridge in self._parts.bridges.unsettled():
            if not bridge.is_over:
                continue
            if bridge.offer is Offer.TAKEN:
                self._keep_offer(bridge, now)
            if not bridge.is_cleared and self._is_due(bridge, now):
                self._clear(bridge, now)

    def _clear(self, bridge: Bridge, now: datetime) -> None:
        """Whoever is in the conference of a conversation that is over is told so."""
        try:
            seen = self._seen(bridge)
        except CarrierSilent:
            return
        self._hands.carry_out(bridge, against(bridge, seen, now), now)
        if not seen and bridge.ended_at is not None and now - bridge.ended_at >= CLEARED_AFTER:
            self._hands.happened(bridge.id, e.Cleared(), now)

    # -- one look --------------------------------------------------------------------------------

    def _bridge_of(self, callback: Callback) -> Bridge | None:
        known = self._parts.bridges.get(room_of(callback.id, callback.attempt))
        if known is not None:
            return known
        agent = self._parts.agents.get(callback.agent) if callback.agent else None
        made = opened(callback, self._parts.callbacks.legs(callback.id), agent)
        return self._parts.bridges.open(made) if made is not None else None

    def _is_due(self, bridge: Bridge, now: datetime) -> bool:
        """Calm conversations are looked at now and then only."""
        is_busy = (
            bridge.pending is not None
            or bridge.alone_since is not None
            or is_in_other_hands(bridge)
            or any(not party.is_inside and not party.is_gone for party in bridge.parties)
        ) and not bridge.is_over
        every = timedelta(seconds=BUSY_SECS if is_busy else OVER_SECS if bridge.is_over else CALM_SECS)
        last = self._looked_at.get(bridge.id)
        if last is not None and last <= now < last + every:
            return False
        if len(self._looked_at) > MAX_LOOKS:
            self._looked_at.clear()
        self._looked_at[bridge.id] = now
        return True

    def _from_legs(self, bridge: Bridge, now: datetime) -> Bridge:
        """The queue may have heard of the end of a leg that the conference told nobody of."""
        for leg in self._parts.callbacks.legs(bridge.callback_id):
            party = bridge.party(leg.tag)
            if leg.is_over and party is not None and not party.is_gone:
                bridge = self._hands.happened(bridge.id, e.Over(leg.tag, PartyOutcome.TALKED), now) or bridge
        return bridge

    def _seen(self, bridge: Bridge) -> list[Seen]:
        conference = self._parts.conferences.find(bridge.id)
        return self._parts.conferences.participants(conference) if conference is not None else []

    def _ask_for_missing(self, bridge: Bridge, seen: list[Seen], now: datetime) -> Bridge:
        """Not in the conference for a while: is the call over, and nobody told us?"""
        there = {one.call_sid for one in seen}
        for party in bridge.parties:
            secs = (now - party.since).total_seconds()
            is_missing = party.stage in (Stage.COMING, Stage.DIALLED) and party.call_sid not in there
            if not is_missing or not party.call_sid or secs < BUSY_SECS * 2:
                continue
            call = self._call(party.call_sid)
            if call is None or call.status in _OVER:
                bridge = self._over(bridge, party, call, now)
        return bridge

    def _over(self, bridge: Bridge, party: Party, call: PlacedCall | None, now: datetime) -> Bridge:
        leg_outcome, outcome = _OVER[call.status] if call is not None else (LegOutcome.UNKNOWN, PartyOutcome.FAILED)
        news = LegNews(LegState.OVER, leg_outcome, party.call_sid, ended_at=call.ended_at if call else None)
        self._parts.callbacks.step_leg(party.tag, lambda attempt: leg_progressed(attempt, party.tag, news, at=now))
        return self._hands.happened(bridge.id, e.Over(party.tag, outcome), now) or bridge

    def _rescue(self, bridge: Bridge, now: datetime) -> Bridge:
        """Back to the agent who passed the customer on; else the offer of a call back."""
        if not needs_rescue(bridge, now):
            return bridge
        third: Party | None = None
        agent = self._parts.agents.get(returns_to(bridge)) if returns_to(bridge) else None
        if agent is not None:
            third = third_of(agent, self._parts.new_tag(), bridge.language, now)
            if not self._hands.reserve(agent.id, third.tag, now, returns=True):
                third = None
        log.warning("customer without anybody", bridge=bridge.id, goes_back=third is not None)
        after = self._hands.happened(bridge.id, e.Rescued(third), now) or bridge
        if third is not None and after.party(third.tag) is None:
            self._hands.unreserve(third.agent, third.tag, now)
        return after

    def _end_the_lonely(self, bridge: Bridge, now: datetime) -> None:
        """Whoever sits there without the customer is told so."""
        alone = is_overlong_alone(bridge, now, ALONE_SECS)
        if alone is not None and alone.role is not PartyRole.CUSTOMER:
            log.warning("somebody was alone", bridge=bridge.id, role=alone.role.value)
            self._hands.carry_out(bridge, (LetGo(alone.tag),), now)

    # -- what is owed ----------------------------------------------------------------------------

    def _keep_offer(self, bridge: Bridge, now: datetime) -> None:
        before = self._parts.callbacks.get(bridge.callback_id)
        if before is None or not before.state.is_final:
            return
        if self._parts.numbers.check(before.number).problem:
            log.warning("call back cannot be promised", bridge=bridge.id)
            self._hands.happened(bridge.id, e.Promised(), now)
            return
        rules = self._parts.rules_of(bridge.owes_queue)
        callback = replace(
            before,
            id=self._parts.new_tag(),
            queue=bridge.owes_queue,
            kind=Kind.CALLBACK,
            order_at=order_at(before.arrived_at, before.priority, rules),
            promised_from=now,
            promised_to=now + OWED_WINDOW,
            eligible_at=now,
            state=CallbackState.PENDING,
            state_at=now,
            cause=Cause.PROMISED,
            is_time_chosen=False,
            skills=(),
            owner="",
            owner_until=None,
            code=self._new_code(),
            tries={},
            last_tried_at=None,
            expires_at=now + timedelta(days=rules.expires_days),
            agent="",
            lease_owner="",
            lease_until=None,
            fence=0,
            attempt=0,
            ending=None,
            connected_at=None,
        )
        self._parts.callbacks.promise(callback, key=f"{bridge.id}:owed")
        self._hands.happened(bridge.id, e.Promised(), now)


def is_in_other_hands(bridge: Bridge) -> bool:
    """The queue's own rules for the end of a conversation would cut the customer off."""
    if bridge.is_over:
        return False
    owner = bridge.party(bridge.owner)
    is_owner_gone = owner is None or owner.is_gone
    return bool(bridge.passings) or bridge.offer is not Offer.NONE or (is_owner_gone and bridge.customer.is_inside)
