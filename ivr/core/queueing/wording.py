"""How places, windows and codes are told: English and Japanese, spoken and written alike. Pure.

A window is rounded outward, never narrower than the numbers, and the coarser the further away it is. Figures stay
figures (voices read them by themselves, and text messages stay short). What comes back is a part of a sentence:
"We will call you back {window}." / "{window}にお電話いたします。"
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from ivr.core.flow import spoken

_MINUTE = timedelta(minutes=1)
_RELATIVE_UNTIL = timedelta(minutes=90)
_UNITS = ((timedelta(hours=1), 5), (timedelta(hours=3), 15))
"""Up to that far away, windows are rounded to so many minutes."""
_FAR_UNIT = 30
_CHOSEN_UNIT = 5
_EXACT_PLACES = 20
_NOON, _MIDNIGHT = time(12), time()
_MORNING_FROM = time(5)

_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "soon": "as soon as possible",
        "within": "within the next {last} minutes",
        "in": "in {first} to {last} minutes",
        "next": "you are next",
        "one": "one caller is ahead of you",
        "some": "{ahead} callers are ahead of you",
        "about": "about {ahead} callers are ahead of you",
        "more": "more than {ahead} callers are ahead of you",
    },
    "ja": {
        "soon": "なるべく早いうち",
        "within": "{last}分以内",
        "in": "{first}分から{last}分後",
        "next": "次がお客様の番です",
        "one": "お客様の前に、お待ちの方が1名いらっしゃいます",
        "some": "お客様の前に、お待ちの方が{ahead}名いらっしゃいます",
        "about": "お客様の前に、お待ちの方が約{ahead}名いらっしゃいます",
        "more": "お客様の前に、お待ちの方が{ahead}名以上いらっしゃいます",
    },
}


def _say(name: str, language: str, **values: str) -> str:
    return _WORDS.get(language, _WORDS["en"])[name].format(**values)


def window_text(start: datetime, end: datetime, now: datetime, zone: str, language: str) -> str:
    """An honest window: "in 10 to 20 minutes", "today between 2 and 4 p m", "as soon as possible" when it is over.

    Args:
        start: Aware.
        end: Aware, not before the start.
        now: Aware.
        zone: The caller's, IANA.
        language: Of the words; English where there are none.
    """
    if end <= now:
        return _say("soon", language)
    first, last = rounded_window(start, end, now, zone)
    if end - now > _RELATIVE_UNTIL:
        return _clock_text(first, last, now, ZoneInfo(zone), language)
    minutes = str((last - now) // _MINUTE)
    if first <= now:
        return _say("within", language, last=minutes)
    return _say("in", language, first=str((first - now) // _MINUTE), last=minutes)


def rounded_window(start: datetime, end: datetime, now: datetime, zone: str) -> tuple[datetime, datetime]:
    """The bounds that `window_text` speaks, in UTC: they contain the window, and differ.

    A first bound that is not after `now` is not spoken ("within", "by").
    """
    start, end, now = start.astimezone(UTC), end.astimezone(UTC), now.astimezone(UTC)
    if end - now > _RELATIVE_UNTIL:
        place = ZoneInfo(zone)
        return _told(_floor(start, _unit(start - now), place), _ceil(end, _unit(end - now), place), place)
    first, last = _unit(start - now) * _MINUTE, _unit(end - now) * _MINUTE
    lower = now + (start - now) // first * first
    upper = now - (now - end) // last * last
    return lower, upper if upper > lower else upper + last


def when_text(start: datetime, end: datetime, now: datetime, zone: str, language: str) -> str:
    """A time that the caller chose, always by the clock: "tomorrow between 3 and 6 p m". Arguments as above."""
    if end <= now:
        return _say("soon", language)
    place = ZoneInfo(zone)
    first, last = _floor(start.astimezone(UTC), _CHOSEN_UNIT, place), _ceil(end.astimezone(UTC), _CHOSEN_UNIT, place)
    return _clock_text(*_told(first, last, place), now, place, language)


def place_text(ahead: int, is_capped: bool, language: str) -> str:
    """How many are ahead: "you are next", "about 40 callers are ahead of you".

    Args:
        ahead: Callers before this one.
        is_capped: Counting stopped there: there are more.
        language: Of the words; English where there are none.
    """
    if is_capped:
        return _say("more", language, ahead=f"{ahead:,}")
    if ahead <= 1:
        return _say("one" if ahead == 1 else "next", language)
    if ahead <= _EXACT_PLACES:
        return _say("some", language, ahead=str(ahead))
    return _say("about", language, ahead=f"{(ahead + 5) // 10 * 10:,}")


def code_text(code: str, language: str) -> str:
    """A code digit by digit, in groups: "four two seven, one nine zero"."""
    return spoken.digits(code, language)


def _unit(ahead: timedelta) -> int:
    return next((minutes for limit, minutes in _UNITS if ahead <= limit), _FAR_UNIT)


def _floor(moment: datetime, minutes: int, place: ZoneInfo) -> datetime:
    """To whole steps of the clock on the wall; back in real time, so that changed clocks do no harm."""
    wall = moment.astimezone(place)
    return moment - timedelta(minutes=wall.minute % minutes, seconds=wall.second, microseconds=wall.microsecond)


def _ceil(moment: datetime, minutes: int, place: ZoneInfo) -> datetime:
    floor = _floor(moment, minutes, place)
    return floor if floor == moment else floor + minutes * _MINUTE


def _told(first: datetime, last: datetime, place: ZoneInfo) -> tuple[datetime, datetime]:
    """Bounds that differ, the later one outside an hour that clocks show for the second time.

    Who hears "until half past one" stops waiting when clocks show it first.
    """
    last = last if last > first else last + _CHOSEN_UNIT * _MINUTE
    while last.astimezone(place).fold:
        last += _CHOSEN_UNIT * _MINUTE
    return first, last


def _clock_text(first: datetime, last: datetime, now: datetime, place: ZoneInfo, language: str) -> str:
    walls = (first.astimezone(place), last.astimezone(place), now.astimezone(place))
    has_begun = first <= now
    return _japanese(*walls, has_begun) if language == "ja" else _english(*walls, has_begun)


def _days_ahead(wall: datetime, now: datetime) -> int:
    return (wall.date() - now.date()).days


def _closing_day(last: datetime) -> datetime:
    """Some moment of the day that an end belongs to: midnight to the day it ends."""
    return last - timedelta(microseconds=1)


def _english(first: datetime, last: datetime, now: datetime, has_begun: bool) -> str:
    closing = f"{_english_time(last)} {_english_day(_closing_day(last), now)}"
    if has_begun:
        return f"by {closing}"
    day = _english_day(first, now)
    if _closing_day(last).date() != first.date():
        return f"between {_english_time(first)} {day} and {closing}"
    day += "," if _days_ahead(first, now) > 1 else ""
    if _days_ahead(first, now) == 1 and first.time() >= _MORNING_FROM and _MIDNIGHT < last.time() < _NOON:
        return f"tomorrow morning between {_english_figures(first)} and {_english_figures(last)}"
    is_same_half = (first.hour < 12) == (last.hour < 12) and not {first.time(), last.time()} & {_NOON, _MIDNIGHT}
    begin = _english_figures(first) if is_same_half else _english_time(first)
    return f"{day} between {begin} and {_english_time(last)}"


def _english_day(wall: datetime, now: datetime) -> str:
    ahead = _days_ahead(wall, now)
    if ahead in (0, 1):
        return ("today", "tomorrow")[ahead]
    suffix = "th" if wall.day in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(wall.day % 10, "th")
    return f"on {_DAYS[wall.weekday()]}, {_MONTHS[wall.month - 1]} {wall.day}{suffix}"


_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def _english_figures(wall: datetime) -> str:
    return f"{wall.hour % 12 or 12}" + (f":{wall.minute:02d}" if wall.minute else "")


def _english_time(wall: datetime) -> str:
    if wall.time() in (_NOON, _MIDNIGHT):
        return "noon" if wall.hour else "midnight"
    return f"{_english_figures(wall)} {'p m' if wall.hour >= 12 else 'a m'}"


def _japanese(first: datetime, last: datetime, now: datetime, has_begun: bool) -> str:
    day, closing_day = _japanese_day(first, now), _japanese_day(_closing_day(last), now)
    close = "24時" if last.time() == _MIDNIGHT else _japanese_time(last)
    if has_begun:
        return f"{closing_day}{close}まで"
    # Without まで, voices read the characters that follow 時 as one word with it (時の間).
    return f"{day}{_japanese_time(first)}から{'' if closing_day == day else closing_day}{close}までの間"


def _japanese_day(wall: datetime, now: datetime) -> str:
    ahead = _days_ahead(wall, now)
    return ("本日", "明日")[ahead] if ahead in (0, 1) else f"{spoken.date(wall.date().isoformat(), 'ja')}、"


def _japanese_time(wall: datetime) -> str:
    minutes = {0: "", 30: "半"}.get(wall.minute, f"{wall.minute}分")
    return f"{wall.hour}時{minutes}"
