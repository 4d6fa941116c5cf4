"""What happened to one promise, for whoever looks into a finding. No numbers, no names."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from ivr.bench.faults.books import Books
from ivr.bench.faults.plan import SPEED, START


def story(books: Books, callback_id: str) -> Iterator[str]:
    """Its history, its legs as the database has them and as the carrier has them; times in seconds of the run."""
    for line in books.history.get(callback_id, ()):
        values = " ".join(f"{key}={value[:6]}" for key, value in line.values.items())
        yield f"{_secs(line.at)} {line.state.value} {line.cause.value} by {line.by} {values}"
    rang = {call.tag: call for call in books.rang}
    for leg in books.legs.get(callback_id, ()):
        times = " ".join(map(_secs, (leg.created_at, leg.answered_at, leg.accepted_at, leg.over_at)))
        outcome = leg.outcome.value if leg.outcome is not None else leg.state.value
        yield f"leg {leg.tag[:6]} {leg.attempt}.{leg.fence} {leg.role.value} {leg.agent} {outcome} {times}"
        if leg.tag in rang:
            call = rang[leg.tag]
            yield f"  carrier: {' '.join(map(_secs, (call.created_at, call.talked_at, call.over_at)))}"


def _secs(at: datetime | None) -> str:
    return f"{(at - START).total_seconds() / SPEED:.3f}" if at is not None else "-"
