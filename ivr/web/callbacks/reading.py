"""From the query of a request to a search; the same for the page and the JSON interface."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from werkzeug.datastructures import MultiDict

from ivr.ports import Bucket, Search

PAGE = 50
MAX_PAGE = 200
MAX_OFFSET = 10_000


class BadQuery(ValueError):
    """A part of the query cannot be understood. `problem` says which, never what it held."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


def read_search(query: MultiDict[str, str], now: datetime, zone: str) -> Search:
    """`bucket`, `queue`, `find`, `limit`, `offset`. Raises `BadQuery`."""
    bucket = query.get("bucket", "")
    if bucket and bucket not in {one.value for one in Bucket}:
        raise BadQuery(f"bucket is one of {', '.join(one.value for one in Bucket)}")
    return Search(
        bucket=Bucket(bucket) if bucket else None,
        queue=query.get("queue", "")[:64],
        text=query.get("find", "").strip()[:64],
        day_ends_at=end_of_day(now, zone),
        limit=_whole(query.get("limit", str(PAGE)), "limit", 1, MAX_PAGE),
        offset=_whole(query.get("offset", "0"), "offset", 0, MAX_OFFSET),
    )


def end_of_day(now: datetime, zone: str) -> datetime:
    """The end of today where the reader is, UTC."""
    local = now.astimezone(ZoneInfo(zone))
    tomorrow = (local + timedelta(days=1)).date()
    return datetime.combine(tomorrow, datetime.min.time(), ZoneInfo(zone)).astimezone(UTC)


def _whole(text: str, name: str, low: int, high: int) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 6 and low <= int(text) <= high):
        raise BadQuery(f"{name} is a number from {low} to {high}")
    return int(text)
