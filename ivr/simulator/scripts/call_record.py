"""The server's own record of a call, asked over HTTP: `GET /api/v1/calls?carrier_sid=CA…`. Parsed once, here."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp

ASK_SECS = 8.0
"""A server has this long after the hang-up to finish its record."""
_PAUSE_SECS = 0.1


class RecordMissing(Exception):
    """The server does not tell what became of the call. `reason` is a sentence."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class CallRecord:
    """What the server says of one call; None: it does not tell."""

    status: str
    outcome: str | None
    intent: str | None
    language: str | None
    recorded: bool | None
    slots: Mapping[str, str] | None
    visited: tuple[str, ...] | None


async def fetch_record(session: aiohttp.ClientSession, base_url: str, carrier_sid: str) -> CallRecord:
    """The record of an ended call. Raises `RecordMissing` when it is not there in time."""
    deadline = asyncio.get_running_loop().time() + ASK_SECS
    reason = "the server has no record of the call"
    while asyncio.get_running_loop().time() < deadline:
        try:
            found = await _ask(session, base_url, carrier_sid)
        except (aiohttp.ClientError, TimeoutError) as error:
            reason = f"the server does not answer at /api/v1/calls ({type(error).__name__})"
        else:
            if found is not None and found.status == "ended":
                return found
            if found is not None:
                reason = f"the server's record says `{found.status}` after the end of the call"
        await asyncio.sleep(_PAUSE_SECS)
    raise RecordMissing(reason)


async def _ask(session: aiohttp.ClientSession, base_url: str, carrier_sid: str) -> CallRecord | None:
    url = f"{base_url.rstrip('/')}/api/v1/calls"
    timeout = aiohttp.ClientTimeout(total=3)
    async with session.get(url, params={"carrier_sid": carrier_sid}, timeout=timeout) as answer:
        if answer.status != 200:
            raise RecordMissing(f"the server answers {answer.status} at /api/v1/calls; ask from the same machine")
        return parse_record(await answer.json(content_type=None), carrier_sid)


PROMISE_OUTCOMES = {
    "done": "called_back",
    "cancelled": "callback_cancelled",
    "failed": "callback_failed",
}
"""State of a promise -> what a script calls it; every other state is `callback_promised`."""


async def fetch_promise(session: aiohttp.ClientSession, base_url: str) -> str | None:
    """What became of the newest promise, in a script's words; None: there is none. Waits until nothing is in flight."""
    url = f"{base_url.rstrip('/')}/api/v1/callbacks"
    deadline = asyncio.get_running_loop().time() + ASK_SECS
    while True:
        try:
            async with session.get(url, timeout=aiohttp.ClientTimeout(total=3)) as answer:
                found = (await answer.json(content_type=None)).get("callbacks", []) if answer.status == 200 else []
        except (aiohttp.ClientError, TimeoutError, ValueError, AttributeError):
            found = []
        newest = max(found, key=lambda one: str(one.get("arrived_at")), default=None)
        state = str(newest.get("state")) if newest is not None else ""
        is_settled = state not in ("claimed", "dialling", "connected")
        if (newest is not None and is_settled) or asyncio.get_running_loop().time() >= deadline:
            return PROMISE_OUTCOMES.get(state, "callback_promised") if newest is not None else None
        await asyncio.sleep(_PAUSE_SECS)


def parse_record(document: Any, carrier_sid: str) -> CallRecord | None:
    """The call with that SID in an answer of `/api/v1/calls`; None when it is not there."""
    calls = document.get("calls") if isinstance(document, dict) else None
    for call in calls if isinstance(calls, list) else ():
        if isinstance(call, dict) and call.get("carrier_sid") == carrier_sid:
            slots, visited = call.get("slots"), call.get("visited")
            return CallRecord(
                status=str(call.get("status")),
                outcome=_text(call.get("outcome")),
                intent=_text(call.get("intent")),
                language=_text(call.get("language")),
                recorded=call["recorded"] if isinstance(call.get("recorded"), bool) else None,
                slots={str(name): str(value) for name, value in slots.items()} if isinstance(slots, dict) else None,
                visited=tuple(str(node) for node in visited) if isinstance(visited, list) else None,
            )
    return None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None
