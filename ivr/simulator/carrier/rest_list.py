"""Which calls, conferences or messages a REST list wants: exact values and dates (rest.md section 1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from ivr.simulator.carrier.errors import RequestRefused

if TYPE_CHECKING:
    from ivr.simulator.carrier.call import CarrierCall

_EXACT = ("To", "From", "Status", "ParentCallSid")


@dataclass(frozen=True, slots=True)
class DateFilter:
    """Bounds of one date, both inclusive; a day without an operator means that whole day (UTC)."""

    earliest: datetime | None = None
    latest: datetime | None = None

    @classmethod
    def read(cls, query: Mapping[str, str], name: str) -> DateFilter:
        """Parse `name`, `name>` and `name<`; raises `RequestRefused` for what is no date."""
        exact = query.get(name, "")
        if exact:
            day = _date(exact).replace(hour=0, minute=0, second=0)
            return cls(day, day + timedelta(days=1, seconds=-1))
        earliest, latest = query.get(f"{name}>", ""), query.get(f"{name}<", "")
        return cls(_date(earliest) if earliest else None, _date(latest) if latest else None)

    def fits(self, at: datetime | None) -> bool:
        """Whether `at` lies within, to the second; no date fits only when there are no bounds."""
        if self.earliest is None and self.latest is None:
            return True
        if at is None:
            return False
        at = at.replace(microsecond=0)
        return (self.earliest is None or at >= self.earliest) and (self.latest is None or at <= self.latest)


@dataclass(frozen=True, slots=True)
class CallQuery:
    """Which calls are wanted."""

    exact: Mapping[str, str] = field(default_factory=dict)
    started: DateFilter = DateFilter()
    ended: DateFilter = DateFilter()

    @classmethod
    def read(cls, query: Mapping[str, str]) -> CallQuery:
        """Parse the query string; raises `RequestRefused` for sizes and dates that cannot be."""
        return cls(
            exact={name: query[name] for name in _EXACT if query.get(name)},
            started=DateFilter.read(query, "StartTime"),
            ended=DateFilter.read(query, "EndTime"),
        )

    def fits(self, call: CarrierCall) -> bool:
        """Whether the call passes every filter."""
        resource = call.resource
        values = {
            "To": resource.to_number,
            "From": resource.from_number,
            "Status": resource.status.value,
            "ParentCallSid": resource.parent_sid,
        }
        if any(values[name] != wanted for name, wanted in self.exact.items()):
            return False
        started = resource.answered_at or resource.created_at
        return self.started.fits(started) and self.ended.fits(resource.ended_at)


def _date(text: str) -> datetime:
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError as error:
        raise RequestRefused(400, 20001, "Date is not ISO 8601") from error
    return (parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).replace(microsecond=0)
