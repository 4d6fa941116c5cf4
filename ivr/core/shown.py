"""How numbers and times look on pages and in lists. Pure."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo


def masked(number: str) -> str:
    """Country, how it goes on, and the last two digits: enough to recognise, not to dial."""
    if number.startswith("client:"):
        return "browser"
    if len(number) <= 7:
        return "···"
    country = 2 if number.startswith(("+1", "+7")) else 3
    return f"{number[:country]} {number[country : 5 if country == 2 else 4]} ···{number[-2:]}"


def clock(at: datetime, now: datetime, zone: str, *, seconds: bool = False) -> str:
    """A time of day; with its date when it is another day than today there."""
    local, today = at.astimezone(ZoneInfo(zone)), now.astimezone(ZoneInfo(zone)).date()
    time = f"{local:%H:%M:%S}" if seconds else f"{local:%H:%M}"
    if local.date() == today:
        return time
    return f"{local.day} {local:%b} {time}" if local.year == today.year else f"{local.date().isoformat()} {time}"
