"""What the web process needs from the rest of the house; wired in `ivr.app`."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ivr.ports import (
    Accounts,
    AgentStore,
    BridgeLines,
    BridgeService,
    CallStore,
    Clock,
    FollowUps,
    NodeStore,
    QueueService,
    WebhookLedger,
)
from ivr.settings import Settings


@dataclass(frozen=True, slots=True)
class FlowRef:
    """The call flow behind a dialled number, as far as a webhook must know it."""

    name: str
    version: str
    language: str
    """The language a call to this number begins in."""
    is_open: bool = True
    """Whether people are there now."""
    hours_text: Mapping[str, str] = field(default_factory=dict)
    """When people are there, in words, per language."""


@dataclass(frozen=True, slots=True)
class WebDeps:
    """Ports and settings."""

    settings: Settings
    calls: CallStore
    nodes: NodeStore
    ledger: WebhookLedger
    clock: Clock
    flow_for: Callable[[str], FlowRef | None]
    """By dialled number in E.164; None when no flow has it."""
    new_token: Callable[[], str] = lambda: secrets.token_urlsafe(32)
    """A fresh token for a media socket: URL-safe, at least 256 bits."""
    queue: QueueService | None = None
    """The callback queue; without it nothing is dialled and no page shows it."""
    accounts: Accounts | None = None
    """Who may sign in; without it pages answer this machine only."""
    agents: AgentStore | None = None
    """The people who take calls; without it no agent's page has a telephone."""
    sound: Callable[[str], bytes] | None = None
    """A recorded message (WAV) by the name of its file. Raises OSError or ValueError where there is none."""
    lines: BridgeLines | None = None
    """Bridged conversations as webhooks meet them."""
    bridges: BridgeService | None = None
    """The same as agents and supervisors ask for them."""
    follow_ups: FollowUps | None = None
    new_call_id: Callable[[], str] = lambda: secrets.token_hex(16)
    """A fresh call id: 32 lower-case hexadecimal characters."""
