"""Wires bridged conversations: stores and the carrier in; service, webhooks, worker and follow-ups out."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from agent_bridge.followups import FollowUpParts, StoredFollowUps
from agent_bridge.hands import Hands
from agent_bridge.parts import BridgeParts
from agent_bridge.service import Bridges
from agent_bridge.tending import BridgeTending
from ivr.ports import BridgeStore, ConferenceCarrier, FollowUpStore, PlacedCall
from ivr.queue_house import QueueHouse
from ivr.settings import Settings
from ivr.telephony.conferences import CarrierConferences

CONFERENCE_TIMEOUT_SECS = 5.0
CODE_DIGITS = 4


@dataclass(frozen=True, slots=True)
class TalkStores:
    """Over one database, or in memory."""

    bridges: BridgeStore
    follow_ups: FollowUpStore


@dataclass(frozen=True, slots=True)
class BridgeHouse:
    """The conversations of one process."""

    parts: BridgeParts
    hands: Hands
    service: Bridges
    follow_ups: StoredFollowUps

    def tending(self, call: Callable[[str], PlacedCall | None]) -> BridgeTending:
        """A worker's side; `call` asks the carrier for a call by its id."""
        return BridgeTending(self.parts, self.hands, call, new_code)


def open_bridges(
    stores: TalkStores,
    queue: QueueHouse,
    conferences: ConferenceCarrier,
    public_url: str,
    company: Callable[[str], str],
) -> BridgeHouse:
    """Everything about conversations of one process."""
    parts = BridgeParts(
        bridges=stores.bridges,
        follow_ups=stores.follow_ups,
        callbacks=queue.stores.callbacks,
        agents=queue.stores.agents,
        conferences=conferences,
        numbers=queue.numbers,
        rules=queue.rules,
        public_url=public_url.rstrip("/"),
        new_tag=lambda: secrets.token_hex(16),
    )
    hands = Hands(parts)
    follow_ups = StoredFollowUps(
        FollowUpParts(stores.follow_ups, queue.stores.callbacks, queue.stores.texts, queue.numbers, company)
    )
    return BridgeHouse(parts, hands, Bridges(parts, hands), follow_ups)


def open_conferences(settings: Settings) -> CarrierConferences:
    """The carrier's conferences as processes use them."""
    carrier = settings.carrier
    token = carrier.auth_tokens[0].get_secret_value() if carrier.auth_tokens else ""
    return CarrierConferences(
        carrier.account_sid, token, settings.public_url, carrier.api_base, timeout_secs=CONFERENCE_TIMEOUT_SECS
    )


def new_code() -> str:
    """Digits that only the caller is told."""
    return f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"
