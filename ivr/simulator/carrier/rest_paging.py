"""Pages of REST lists, with exactly the envelope the client expects (rest.md section 1)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from ivr.simulator.carrier.errors import RequestRefused

_MAX_PAGE_SIZE = 1000
_PAGING = ("Page", "PageToken", "PageSize")
Entry = tuple[str, Callable[[], dict[str, object]]]
"""(SID, what makes the resource when it is shown)."""


@dataclass(frozen=True, slots=True)
class Page:
    """Which page is wanted."""

    size: int = 50
    number: int = 0
    after: str = ""
    """Token of the page before: the SID that ended it, without its two letters. Empty for the first page."""

    @classmethod
    def read(cls, query: Mapping[str, str]) -> Page:
        """Parse the query string; raises `RequestRefused` for sizes that cannot be."""
        token = query.get("PageToken", "")
        return cls(
            _size(query.get("PageSize", "50")),
            _whole(query.get("Page", "0")),
            token[2:] if token.startswith("PA") else "",
        )


def page_of(key: str, entries: Sequence[Entry], page: Page, path: str, query: Mapping[str, str]) -> dict[str, object]:
    """The envelope around one page of `entries`; `query` is carried into the addresses of other pages."""
    start = _start(entries, page)
    shown = entries[start : start + page.size]
    has_more = start + page.size < len(entries)
    kept = [(name, value) for name, value in query.items() if name not in _PAGING]

    def address(number: int, token: str = "") -> str:
        paging = [
            ("PageSize", str(page.size)),
            ("Page", str(number)),
            *([("PageToken", f"PA{token}")] if token else []),
        ]
        return f"{path}?{urlencode([*kept, *paging])}"

    def previous() -> str | None:
        if page.number == 0:
            return None
        before = start - page.size - 1
        return address(page.number - 1, entries[before][0][2:] if before >= 0 else "")

    return {
        key: [resource() for _, resource in shown],
        "page": page.number,
        "page_size": page.size,
        "start": page.number * page.size,
        "end": page.number * page.size + max(0, len(shown) - 1),
        "uri": address(page.number, page.after),
        "first_page_uri": address(0),
        "next_page_uri": address(page.number + 1, shown[-1][0][2:]) if has_more else None,
        "previous_page_uri": previous(),
    }


def _start(entries: Sequence[Entry], page: Page) -> int:
    if not page.after:
        return page.number * page.size
    position = next((index for index, (sid, _) in enumerate(entries) if sid[2:] == page.after), None)
    return page.number * page.size if position is None else position + 1


def _size(text: str) -> int:
    size = _whole(text)
    if size > _MAX_PAGE_SIZE:
        raise RequestRefused(400, 20007, "Page size is too large")
    return max(1, size)


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 9):
        raise RequestRefused(400, 20001, "Paging parameter is not a number")
    return int(text)
