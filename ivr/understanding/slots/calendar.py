"""Steps on the calendar that English and Japanese dates share."""

from __future__ import annotations

import calendar
from datetime import date, timedelta


def month_length(year: int, month: int) -> int:
    """Number of days of a month."""
    return calendar.monthrange(year, month)[1]


def add_months(day: date, months: int) -> date:
    """The same day of another month, or that month's last day."""
    place = day.year * 12 + day.month - 1 + months
    year, month = divmod(place, 12)
    return date(year, month + 1, min(day.day, month_length(year, month + 1)))


def month_end(day: date, months: int = 0) -> date:
    """The last day of the month `months` away."""
    moved = add_months(day.replace(day=1), months)
    return moved.replace(day=month_length(moved.year, moved.month))


def weekday_from(day: date, weekday: int, *, or_today: bool = False) -> date:
    """The next such weekday (Monday is 0) after `day`, or `day` itself with `or_today`."""
    step = (weekday - day.weekday()) % 7
    return day + timedelta(days=step if step or or_today else 7)


def weekday_of_week(day: date, weekday: int, weeks: int) -> date:
    """That weekday in the week (Monday to Sunday) `weeks` after the week of `day`."""
    return day - timedelta(days=day.weekday()) + timedelta(weeks=weeks, days=weekday)


def day_of_month(day: date, number: int) -> date | None:
    """The next date with this day of the month, today included."""
    if not 1 <= number <= 31:
        return None
    first = day.replace(day=1)
    for months in range(4):
        month = add_months(first, months)
        if number <= month_length(month.year, month.month) and month.replace(day=number) >= day:
            return month.replace(day=number)
    return None


def day_of_year(day: date, month: int, number: int, year: int | None, *, is_past: bool = False) -> date | None:
    """A date of this or the next year (or the last, with `is_past`), unless `year` is given."""
    if not 1 <= month <= 12 or not 1 <= number <= 31:
        return None
    years = [year] if year else range(day.year - 4, day.year + 1)[::-1] if is_past else range(day.year, day.year + 5)
    for candidate in years:
        if not 1900 <= candidate <= 2200 or number > month_length(candidate, month):
            continue
        found = date(candidate, month, number)
        if year or (found <= day if is_past else found >= day):
            return found
    return None


_FAR_DAYS = 300


def not_far_ahead(day: date, today: date) -> date:
    """A day named without a year that would be ten months ahead is the one that is just over."""
    if (day - today).days <= _FAR_DAYS:
        return day
    return add_months(day, -12)
