"""When people are there: a week of opening times in an IANA zone, holidays, and one-off changes. Pure.

The question is always asked for a moment (aware, UTC); daylight-saving nights follow from the zone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from ivr.core.flow import spoken

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
Span = tuple[time, time]
"""From, until (until is not included; 00:00 means midnight at the end of the day)."""


@dataclass(frozen=True, slots=True)
class Hours:
    """Opening hours of one name."""

    zone: ZoneInfo
    week: tuple[tuple[Span, ...], ...]
    """Seven tuples, Monday first."""
    holidays: frozenset[date] = frozenset()
    changes: Mapping[date, tuple[Span, ...]] = field(default_factory=dict)
    """One day's own times, before the week and the holidays."""
    texts: Mapping[str, str] = field(default_factory=dict)
    """How prompts say it, per language; made from the week where there is none."""

    def spans(self, day: date) -> tuple[Span, ...]:
        """The opening times of a day, local."""
        if day in self.changes:
            return self.changes[day]
        return () if day in self.holidays else self.week[day.weekday()]

    def is_open(self, moment: datetime) -> bool:
        """Whether somebody is there."""
        local = moment.astimezone(self.zone)
        now = local.time()
        return any(start <= now and (now < end or end == time()) for start, end in self.spans(local.date()))

    def next_opening(self, moment: datetime, within_days: int = 14) -> datetime | None:
        """The next moment (UTC) at which it opens, or None within that time."""
        local = moment.astimezone(self.zone)
        for offset in range(within_days + 1):
            day = local.date() + timedelta(days=offset)
            for start, _ in self.spans(day):
                opening = datetime.combine(day, start, self.zone).astimezone(UTC)
                if opening > moment:
                    return opening
        return None

    def text(self, language: str) -> str:
        """When people are there, for a prompt: "Monday to Friday, nine a m to five p m" / "月曜日から金曜日…"."""
        if language in self.texts:
            return self.texts[language]
        parts = [
            _days(first, last, language) + (", " if language != "ja" else "の") + _times(spans, language)
            for first, last, spans in _runs(self.week)
        ]
        return ("、" if language == "ja" else "; ").join(parts)


def _runs(week: tuple[tuple[Span, ...], ...]) -> list[tuple[int, int, tuple[Span, ...]]]:
    """Neighbouring days with the same times, closed days left out."""
    runs: list[tuple[int, int, tuple[Span, ...]]] = []
    for day, spans in enumerate(week):
        if runs and runs[-1][1] == day - 1 and runs[-1][2] == spans:
            runs[-1] = (runs[-1][0], day, spans)
        elif spans:
            runs.append((day, day, spans))
    return runs


_JA_DAYS = ("月曜日", "火曜日", "水曜日", "木曜日", "金曜日", "土曜日", "日曜日")


def _days(first: int, last: int, language: str) -> str:
    if language == "ja":
        return _JA_DAYS[first] if first == last else f"{_JA_DAYS[first]}から{_JA_DAYS[last]}"
    names = [name.capitalize() for name in WEEKDAYS]
    return names[first] if first == last else f"{names[first]} to {names[last]}"


def _times(spans: tuple[Span, ...], language: str) -> str:
    pairs = [(spoken.time(f"{a:%H:%M}", language), spoken.time(f"{b:%H:%M}", language)) for a, b in spans]
    if language == "ja":
        return "、".join(f"{start}から{end}まで" for start, end in pairs)
    return " and ".join(f"{start} to {end}" for start, end in pairs)
