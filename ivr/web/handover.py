"""Hands a call's audio to a media node: picks one with room, issues the ticket, writes the document."""

from __future__ import annotations

from datetime import datetime, timedelta

from ivr.ports import CallRecord, MediaNode, StoredReply
from ivr.telephony import twiml
from ivr.web.deps import WebDeps

ALIVE_HEARTBEATS = 3
"""A node that missed this many gets no new calls."""
FRESH_HEARTBEATS = 1.5
"""A call that was lost just now is only given to a node with a sign of life as young as this."""


def spoken(body: str) -> StoredReply:
    """A document as an answer."""
    return StoredReply(200, body, twiml.CONTENT_TYPE)


def alive_since(deps: WebDeps, now: datetime, heartbeats: float = ALIVE_HEARTBEATS) -> datetime:
    """Nodes heard of before this time count as dead."""
    return now - timedelta(seconds=deps.settings.timeouts.heartbeat_secs * heartbeats)


def pick_new(deps: WebDeps, now: datetime) -> MediaNode | None:
    """A node for a call that just began."""
    return deps.nodes.pick(alive_since=alive_since(deps, now), now=now)


def is_anybody_serving(deps: WebDeps, now: datetime) -> bool:
    """Whether any media process has given a sign of life, full or not. None has while one starts or a clock was set."""
    return any(not node.draining for node in deps.nodes.nodes(alive_since=alive_since(deps, now), now=now))


def pick_again(deps: WebDeps, now: datetime, lost_node: str | None, waited_secs: int) -> MediaNode | None:
    """A node for a call that was lost `waited_secs` ago: one that has given a sign of life since.

    At first nobody can have; then it must be another node than the one that lost the call, which may just look alive.
    """
    if waited_secs > 0:
        longest = deps.settings.timeouts.heartbeat_secs * ALIVE_HEARTBEATS
        return deps.nodes.pick(alive_since=now - timedelta(seconds=min(float(waited_secs), longest)), now=now)
    since = alive_since(deps, now, FRESH_HEARTBEATS)
    node = deps.nodes.pick(alive_since=since, now=now)
    if node is None or node.id != lost_node:
        return node
    others = [
        other
        for other in deps.nodes.nodes(alive_since=since, now=now)
        if other.id != lost_node and not other.draining and other.live < other.capacity
    ]
    return max(others, key=lambda other: other.capacity - other.live, default=None)


def hand_over(deps: WebDeps, call: CallRecord, node: MediaNode, *, next_resume: int, now: datetime) -> StoredReply:
    """Gives the call to `node`. Whatever node had it before is fenced off by the changed owner."""
    token = deps.new_token()
    expires_at = now + timedelta(seconds=deps.settings.timeouts.ticket_secs)
    deps.calls.update(call.id, node_id=node.id)
    deps.nodes.issue_ticket(call.id, node.id, token, expires_at=expires_at)
    stream_url = f"{node.url.rstrip('/')}/{call.id}/{token}/"
    return spoken(twiml.connect_stream(stream_url, after_stream_url(deps, next_resume)))


def after_stream_url(deps: WebDeps, resume: int, wait: int = 0) -> str:
    """Where the carrier asks once the stream has ended.

    Both numbers make every such address of a call different, so that none of them is answered from the ledger by an
    older one's answer.
    """
    query = f"resume={resume}&wait={wait}" if wait else f"resume={resume}"
    return f"{deps.settings.public_url}/voice/after-stream?{query}"
