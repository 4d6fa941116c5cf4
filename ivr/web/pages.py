"""The status on `/`: what is running and the last calls."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ivr.ports import CallRecord
from ivr.web.api import caller_ending
from ivr.web.deps import WebDeps
from ivr.web.handover import alive_since
from ivr.web.health import readiness_problems

SHOWN_CALLS = 20


@dataclass(frozen=True, slots=True)
class CallRow:
    """One line of the table of calls."""

    began: str
    ending: str
    flow: str
    language: str
    state: str
    lasted: str


def status_of(deps: WebDeps, *, is_known: bool) -> dict[str, Any]:
    """For the template: everybody learns whether calls are answered; who is known, also by what and which."""
    problems = readiness_problems(deps)
    now = deps.clock.now()
    can_read = is_known and not problems
    return {
        "problems": problems,
        "is_known": is_known,
        "nodes": deps.nodes.nodes(alive_since=alive_since(deps, now), now=now) if can_read else [],
        "calls": [call_row(call) for call in deps.calls.recent(SHOWN_CALLS)] if can_read else [],
        "now": now.strftime("%Y-%m-%d %H:%M:%S UTC"),
    }


def call_row(call: CallRecord) -> CallRow:
    """A call as one line."""
    ending = caller_ending(call.caller)
    return CallRow(
        began=call.created_at.strftime("%m-%d %H:%M:%S") if call.created_at is not None else "",
        ending=f"…{ending}" if ending else "withheld",
        flow=call.flow,
        language=call.language or "",
        state=(call.outcome or "ended") if call.status == "ended" else call.status.replace("_", " "),
        lasted=_lasted(call.answered_at or call.created_at, call.ended_at),
    )


def _lasted(began: datetime | None, ended: datetime | None) -> str:
    if began is None or ended is None:
        return ""
    seconds = max(0, round((ended - began).total_seconds()))
    return f"{seconds // 60}:{seconds % 60:02d}"
