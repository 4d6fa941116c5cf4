"""How a decision is written down: the promise with its new fields, and one line of history. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from ivr.core.queueing.legs import Leg
from ivr.core.queueing.model import Cause, Happened
from ivr.core.queueing.steps import Attempt, Step

FREE: Mapping[str, Any] = {"agent": "", "lease_owner": "", "lease_until": None, "ending": None}
"""Fields of a promise that no worker and no agent are bound to."""


def changed(
    attempt: Attempt,
    cause: Cause,
    /,
    *,
    now: datetime,
    by: str,
    values: Mapping[str, str] | None = None,
    **fields: Any,
) -> Step:
    """The step that sets these fields of the promise, because of `cause`."""
    before = attempt.callback
    if fields.get("state", before.state) is not before.state:
        fields["state_at"] = now
    callback = replace(before, cause=cause, **fields)
    line = Happened(callback.id, now, callback.state, cause, by, dict(values or {}))
    return Step(replace(attempt, callback=callback), (line,))


def with_leg(attempt: Attempt, leg: Leg) -> Attempt:
    """The attempt with this leg added, or put in the place of the one with its tag."""
    if any(each.tag == leg.tag for each in attempt.legs):
        return replace(attempt, legs=tuple(leg if each.tag == leg.tag else each for each in attempt.legs))
    return replace(attempt, legs=(*attempt.legs, leg))


def by_worker(worker: str) -> str:
    """Who did it, for the history."""
    return f"worker {worker}"
