"""What the bridge's service and workers work with: ports, and how addresses of ours are made."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ivr.core.queueing.rules import QueueRules
from ivr.ports import AgentStore, BridgeStore, CallbackStore, ConferenceCarrier, FollowUpStore, Numbers


@dataclass(frozen=True, slots=True)
class BridgeParts:
    """One per process."""

    bridges: BridgeStore
    follow_ups: FollowUpStore
    callbacks: CallbackStore
    agents: AgentStore
    conferences: ConferenceCarrier
    numbers: Numbers
    rules: Callable[[], Mapping[str, QueueRules]]
    public_url: str
    """Our own address, as the carrier sees it."""
    new_tag: Callable[[], str]
    """32 random lower-case hexadecimal characters."""

    def hold_url(self, bridge_id: str) -> str:
        """Words for whoever is on hold."""
        return f"{self.public_url}/voice/bridge/{bridge_id}/hold?round=0"

    def back_url(self, bridge_id: str, tag: str) -> str:
        """The way (back) into the conference."""
        return f"{self.public_url}/voice/bridge/{bridge_id}/{tag}/back"

    def keys_url(self, bridge_id: str, tag: str, digits: str) -> str:
        """Tones, and back."""
        return f"{self.back_url(bridge_id, tag)}?keys={digits.replace('#', '%23').replace('*', '%2A')}"

    def offer_url(self, bridge_id: str) -> str:
        """The offer of a call back."""
        return f"{self.public_url}/voice/bridge/{bridge_id}/offer"

    def rules_of(self, queue: str) -> QueueRules:
        """Of a queue, or usual ones."""
        return self.rules().get(queue) or QueueRules(queue)
