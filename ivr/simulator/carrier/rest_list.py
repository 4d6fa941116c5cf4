"""Lists of calls: filters, and pages with exactly the envelope the client expects (rest.md section 1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from ivr.simulator.carrier.errors import RequestRefused
from ivr.simulator.carrier.rest_resource import call_json

if TYPE_CHECKING:
    from ivr.simulator.carrier.call import CarrierCall

_MAX_PAGE_SIZE = 1000
_EXACT = ("To", "From", "Status", "ParentCallSid")
_PAGING = ("Page", "PageToken")


@dataclass(frozen=True, slots=True)
class DateFilter:
    """Bounds of one date, both inclusive; a day without an operator means that whole day (UTC)."""

    earliest: datetime | None = None
    latest: datetime | None = None

    def fits(self, at: datetime | None) -> bool:
        """Whether `at` lies within; no date fits only when there are no bounds."""
        if self.earliest is None and self.latest is None:
            return True
        if at is None:
            return False
        return (self.earliest is None or at >= self.earliest) and (self.latest is None or at <= self.latest)


@dataclass(frozen=True, slots=True)
class CallQuery:
    """Which calls are wanted, and which page of them."""

    exact: Mapping[str, str] = field(default_factory=dict)
    started: DateFilter = DateFilter()
    ended: DateFilter = DateFilter()
    page_size: int = 50
    page: int = 0
    after_sid: str = ""
    """The call that ended the page before; empty for the first page."""

    @classmethod
    def read(cls, query: Mapping[str, str]) -> CallQuery:
        """Parse the query string; raises `RequestRefused` for sizes and dates that cannot be."""
        token = query.get("PageToken", "")
        return cls(
            exact={name: query[name] for name in _EXACT if query.get(name)},
            started=_dates(query, "StartTime"),
            ended=_dates(query, "EndTime"),
            page_size=_size(query.get("PageSize", "50")),
            page=_whole(query.get("Page", "0")),
            after_sid="CA" + token[2:] if token.startswith("PA") else "",
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
        return self.started.fits(_whole_second(started)) and self.ended.fits(_whole_second(resource.ended_at))


def page_of(
    calls: Sequence[CarrierCall], query: CallQuery, path: str, items: Sequence[tuple[str, str]]
) -> dict[str, object]:
    """One page of `calls` with its envelope; `items` are the request's parameters, carried into page addresses."""
    start = _start(calls, query)
    shown = calls[start : start + query.page_size]
    more = start + query.page_size < len(calls)
    kept = [(name, value) for name, value in items if name not in (*_PAGING, "PageSize")]

    def address(page: int, token: str = "") -> str:
        paging = [("PageSize", str(query.page_size)), ("Page", str(page))]
        return f"{path}?{urlencode([*kept, *paging, *([('PageToken', token)] if token else [])])}"

    return {
        "calls": [call_json(call) for call in shown],
        "page": query.page,
        "page_size": query.page_size,
        "start": query.page * query.page_size,
        "end": query.page * query.page_size + max(0, len(shown) - 1),
        "uri": address(query.page, f"PA{query.after_sid[2:]}" if query.after_sid else ""),
        "first_page_uri": address(0),
        "next_page_uri": address(query.page + 1, f"PA{shown[-1].sid[2:]}") if more else None,
        "previous_page_uri": _previous(calls, query, start, address),
    }


def _previous(calls: Sequence[CarrierCall], query: CallQuery, start: int, address: object) -> str | None:
    if query.page == 0 or not callable(address):
        return None
    before = start - query.page_size - 1
    return str(address(query.page - 1, f"PA{calls[before].sid[2:]}" if before >= 0 else ""))


def _start(calls: Sequence[CarrierCall], query: CallQuery) -> int:
    if not query.after_sid:
        return query.page * query.page_size
    position = next((index for index, call in enumerate(calls) if call.sid == query.after_sid), None)
    return query.page * query.page_size if position is None else position + 1


def _size(text: str) -> int:
    size = _whole(text)
    if size > _MAX_PAGE_SIZE:
        raise RequestRefused(400, 20007, "Page size is too large")
    return max(1, size)


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 9):
        raise RequestRefused(400, 20001, "Paging parameter is not a number")
    return int(text)


def _dates(query: Mapping[str, str], name: str) -> DateFilter:
    exact = query.get(name, "")
    if exact:
        day = _date(exact).replace(hour=0, minute=0, second=0)
        return DateFilter(day, day + timedelta(days=1, seconds=-1))
    earliest, latest = query.get(f"{name}>", ""), query.get(f"{name}<", "")
    return DateFilter(_date(earliest) if earliest else None, _date(latest) if latest else None)


def _date(text: str) -> datetime:
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError as error:
        raise RequestRefused(400, 20001, "Date is not ISO 8601") from error
    return (parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).replace(microsecond=0)


def _whole_second(at: datetime | None) -> datetime | None:
    return None if at is None else at.replace(microsecond=0)
