"""The `time` slot: a time of day, `HH:MM`, resolved against the time of the call."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from ivr.core.meaning import SlotGuess, SlotType
from ivr.understanding.slots.context import SlotContext
from ivr.understanding.slots.dates_en import figures
from ivr.understanding.slots.dates_ja import figures as figures_ja
from ivr.understanding.text import fold

_MERIDIEM = re.compile(r"\b(?P<am>a ?m|morning)\b|\b(?P<pm>p ?m|afternoon|evening|tonight|night)\b")
_CLOCK = re.compile(r"\b(?P<hour>\d{1,2})[:.](?P<minute>\d{2})\b")
_PAST_HOUR = re.compile(
    r"\b(?P<minute>half|quarter|a quarter|\d{1,2})(?: minutes?)?"
    r" (?P<way>past|after|to|before|till|of) (?P<hour>\d{1,2})\b"
)
_HOUR_MINUTE = re.compile(r"\b(?P<hour>\d{1,2})(?: oclock)? (?:(?:(?:oh|o|0) )?(?P<small>\d)|(?P<minute>[0-5]\d))\b")
_MILITARY = re.compile(r"\b(?P<hour>[01]?\d|2[0-3])(?P<minute>[0-5]\d)\b")
_HOUR = re.compile(r"(?:\b(?:at|by|around|about|after|before) )?\b(?P<hour>\d{1,2})\b")
_IN = re.compile(
    r"\b(?:in )?(?P<count>half an|an|a|\d{1,3}) (?P<unit>hour|minute)s?(?P<half> and a half)?(?: from now)?\b"
)
_JA_CLOCK = re.compile(
    r"(?P<part>午前|午後|朝|夕方|夜|昼|お昼|深夜|ごぜん|ごご|あさ|よる|ゆうがた)?の?(?P<hour>\d{1,2})(?:時|じ|:)(?:(?P<half>半|はん)|(?P<minute>\d{1,2})(?:分|ふん|ぷん)?)?(?P<before>(?:ちょうど)?(?:前|まえ))?"
)
_JA_AFTER = re.compile(r"(?P<count>\d{1,3})(?P<unit>時間|分)(?P<half>半)?(?:後|ご|あと)")
_JA_HOURS = {
    "いちじ": "1時", "にじ": "2時", "さんじ": "3時", "よじ": "4時", "ごじ": "5時", "ろくじ": "6時",
    "しちじ": "7時", "ななじ": "7時", "はちじ": "8時", "くじ": "9時", "じゅうじ": "10時",
    "じゅういちじ": "11時", "じゅうにじ": "12時",
}  # fmt: skip
_JA_HOUR = re.compile("|".join(sorted(_JA_HOURS, key=len, reverse=True)))
_ASSUMED = 0.7


def parse(text: str, slot: SlotType, context: SlotContext) -> SlotGuess | None:
    """Reads a time; hours from 1 to 7 without "am" or "pm" are taken as afternoon, with a lower score."""
    if context.language == "ja":
        return _japanese(text, context.reference)
    return _english(text, context.reference)


def _guess(hour: int, minute: int, score: float = 1.0) -> SlotGuess | None:
    return SlotGuess(f"{hour % 24:02d}:{minute:02d}", score=score) if 0 <= hour <= 24 and 0 <= minute < 60 else None


def _after(now: datetime, minutes: int) -> SlotGuess:
    then = now + timedelta(minutes=minutes)
    return SlotGuess(f"{then.hour:02d}:{then.minute:02d}", score=0.9)


def _english(text: str, now: datetime) -> SlotGuess | None:
    clock = _CLOCK.search(fold(text))
    said = figures(re.sub(r"(?<=\d)(?=[ap]\.?m)", " ", fold(text).replace(".", "")))
    if re.search(r"\b(noon|midday)\b", said):
        return _guess(12, 0)
    if re.search(r"\bmidnight\b", said):
        return _guess(0, 0)
    later = _IN.search(said)
    if later:
        return _after(now, _minutes(later))
    hour_minute = (int(clock["hour"]), int(clock["minute"])) if clock else _hour_and_minute(said)
    if hour_minute is None:
        return None
    return _placed(*hour_minute, _MERIDIEM.search(said))


def _minutes(match: re.Match[str]) -> int:
    size = 60 if match["unit"] == "hour" else 1
    if match["count"] == "half an":
        return size // 2
    count = 1 if match["count"] in ("a", "an") else int(match["count"])
    return count * size + (size // 2 if match["half"] else 0)


def _hour_and_minute(said: str) -> tuple[int, int] | None:
    relative = _PAST_HOUR.search(said)
    if relative:
        word = relative["minute"]
        minutes = 30 if word == "half" else 15 if word.endswith("quarter") else int(word)
        hour = int(relative["hour"])
        return (hour, minutes) if relative["way"] in ("past", "after") else ((hour - 1) % 24 or 12, 60 - minutes)
    half = re.search(r"\bhalf (\d{1,2})\b", said)
    if half:
        return int(half.group(1)), 30
    pair = _HOUR_MINUTE.search(said)
    if pair:
        return int(pair["hour"]), int(pair["small"] or pair["minute"])
    military = _MILITARY.search(said)
    if military and len(military.group()) >= 3:
        return int(military["hour"]), int(military["minute"])
    alone = _HOUR.search(said)
    return (int(alone["hour"]), 0) if alone else None


def _placed(hour: int, minute: int, meridiem: re.Match[str] | None) -> SlotGuess | None:
    if meridiem is not None and hour <= 12:
        return _guess(hour % 12 + (12 if meridiem["pm"] else 0), minute)
    if 1 <= hour <= 7:
        return _guess(hour + 12, minute, _ASSUMED)
    return _guess(hour, minute, 1.0 if hour > 12 else _ASSUMED)


def with_kana_hours(text: str) -> str:
    """「さんじはん」 -> 「3時はん」."""
    return _JA_HOUR.sub(lambda match: _JA_HOURS[match.group()], text)


def _japanese(text: str, now: datetime) -> SlotGuess | None:
    written = re.sub(r"(?<=\d)[:：](?=\d)", "時", text)
    said = figures_ja(with_kana_hours(written))
    if re.search(r"正午|お昼ちょうど", said):
        return _guess(12, 0)
    later = _JA_AFTER.search(said)
    if later:
        size = 60 if later["unit"] == "時間" else 1
        return _after(now, int(later["count"]) * size + (size // 2 if later["half"] else 0))
    match = _JA_CLOCK.search(said)
    if match is None:
        return None
    hour, minute = int(match["hour"]), 30 if match["half"] else int(match["minute"] or 0)
    if match["before"] and minute:
        hour, minute = hour - 1, 60 - minute
    part = match["part"] or ""
    if part in ("午前", "朝", "深夜", "ごぜん", "あさ"):
        return _guess(hour % 12 if hour == 12 else hour, minute)
    if part and hour < 12:
        return _guess(hour + (0 if part in ("昼", "お昼") and hour >= 10 else 12), minute)
    return _placed(hour, minute, None) if not part else _guess(hour, minute)
