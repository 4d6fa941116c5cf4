"""Dates as Japanese callers say them: kanji and kana numbers become figures, then one rule after another is tried."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

from ivr.understanding.slots import calendar
from ivr.understanding.slots.japanese_numbers import digits_of
from ivr.understanding.text import plain

_SPELLINGS: tuple[tuple[str, str], ...] = (
    ("さ来(?=週|月)", "再来"), ("おととい|一昨日|いっさくじつ", "@-2@"), ("しあさって|明々後日|明明後日", "@3@"),
    ("あさって|明後日|みょうごにち", "@2@"), ("きのう|昨日|さくじつ", "@-1@"),
    ("あした|あす(?!ぐ)|明日|みょうにち", "@1@"), ("きょう|今日|本日|ほんじつ", "@0@"), ("ついたち|朔日", "1日"),
    ("ふつか", "2日"), ("みっか", "3日"), ("よっか", "4日"), ("いつか", "5日"), ("むいか", "6日"),
    ("なのか", "7日"), ("ようか(?!び)", "8日"), ("ここのか", "9日"), ("とおか", "10日"), ("はつか", "20日"),
    ("おおみそか|大みそか|大晦日", "大晦日"), ("(?<!大)(みそか|晦日)", "末日"),
    ("さらいしゅう", "再来週"), ("らいしゅう", "来週"), ("こんしゅう", "今週"),
    ("せんしゅう", "先週"), ("さらいげつ", "再来月"), ("らいげつ", "来月"), ("こんげつ", "今月"),
    ("せんげつ", "先月"), ("らいねん", "来年"), ("ことし", "今年"), ("げつよう(び)?", "月曜"),
    ("かよう(び)?", "火曜"), ("すいよう(び)?", "水曜"), ("もくよう(び)?", "木曜"), ("きんよう(び)?", "金曜"),
    ("どよう(び)?", "土曜"), ("にちよう(び)?", "日曜"), ("しゅうかん", "週間"), ("しゅうまつ", "週末"),
    ("げつまつ", "月末"), ("[かヶケカヵ箇]月|かげつ", "か月"), ("れいわ", "令和"),
)  # fmt: skip
_KANA_NUMBER = re.compile(
    r"((?:いち|いっ|に|さん|し|よん|よ|ご|ろく|ろっ|しち|なな|はち|はっ|く|きゅう|じゅう|じゅっ|じっ)+)(がつ|にち|週間|か月|ねん)"
)
_KANA = {
    "いち": "一", "いっ": "一", "に": "二", "さん": "三", "し": "四", "よん": "四", "よ": "四", "ご": "五",
    "ろく": "六", "ろっ": "六", "しち": "七", "なな": "七", "はち": "八", "はっ": "八", "く": "九",
    "きゅう": "九", "じゅう": "十", "じゅっ": "十", "じっ": "十",
}  # fmt: skip
_KANA_PART = re.compile("|".join(sorted(_KANA, key=len, reverse=True)))
_KANJI = re.compile(r"[〇零一二三四五六七八九十百千]+")
_FEASTS = {"クリスマスイブ": (12, 24), "クリスマス": (12, 25), "大晦日": (12, 31), "元日": (1, 1), "元旦": (1, 1)}
_WEEKDAYS = "月火水木金土日"
_WEEKS = {"再来週": 2, "来週": 1, "翌週": 1, "今週": 0, "先週": -1, "先々週": -2}
_MONTHS = {"再来月": 2, "来月": 1, "翌月": 1, "今月": 0, "先月": -1}
_W = "(?P<weekday>[月火水木金土日])曜日?"
_AFTER = "(?:後|あと|ご)"
_PAST = re.compile(r"(ました|でした|生年月日|購入日|注文日|いつ頃)")

Found = tuple[date, float] | None


def resolve(text: str, today: date, question: str = "") -> Found:
    """The date an utterance names, and how sure the reading is."""
    found = located(figures(text), today, question)
    return found[:2] if found else None


def located(said: str, today: date, question: str = "") -> tuple[date, float, tuple[int, int]] | None:
    """Like `resolve`, for a text in `figures`; also says which characters name the date."""
    is_past = _PAST.search(question) is not None
    for pattern, rule in _RULES:
        match = pattern.search(said)
        if match is None:
            continue
        try:
            found = rule(match, today, is_past)
        except (OverflowError, ValueError):
            found = None
        if found is not None:
            return *found, match.span()
    return None


def figures(text: str) -> str:
    """「五月三日」 and 「ごがつみっか」 -> 「5月3日」."""
    said = plain(re.sub(r"(?<=\d)[/／](?=\d)", "月", text), "ja").replace(" ", "")
    said = re.sub("(に)?じゅうよっか", lambda match: "24日" if match.group(1) else "14日", said)
    for pattern, spelled in _SPELLINGS:
        said = re.sub(pattern, spelled, said)
    said = _KANA_NUMBER.sub(_from_kana, said)
    return _KANJI.sub(lambda match: digits_of(list(match.group().replace("零", "〇"))), said)


def _from_kana(match: re.Match[str]) -> str:
    number = "".join(_KANA[part] for part in _KANA_PART.findall(match.group(1)))
    return number + {"がつ": "月", "にち": "日", "ねん": "年"}.get(match.group(2), match.group(2))


def _relative(match: re.Match[str], today: date, is_past: bool) -> Found:
    return today + timedelta(days=int(match["days"])), 1.0


def _offset(match: re.Match[str], today: date, is_past: bool) -> Found:
    count = int(match["count"]) * (-1 if match["way"] == "前" else 1)
    if match["unit"] == "か月":
        return calendar.add_months(today, count), 1.0
    return today + timedelta(days=count * (1 if match["unit"] == "日" else 7)), 1.0


def _weeks_on(match: re.Match[str], today: date, is_past: bool) -> Found:
    place = _WEEKDAYS.index(match["weekday"])
    return calendar.weekday_of_week(today, place, int(match["count"])), 1.0


def _in_week(match: re.Match[str], today: date, is_past: bool) -> Found:
    return calendar.weekday_of_week(today, _WEEKDAYS.index(match["weekday"]), _WEEKS[match["week"]]), 1.0


def _weekday(match: re.Match[str], today: date, is_past: bool) -> Found:
    found = calendar.weekday_from(today, _WEEKDAYS.index(match["weekday"]))
    return (found - timedelta(days=7) if is_past else found), 1.0


def _in_month(match: re.Match[str], today: date, is_past: bool) -> Found:
    first = calendar.add_months(today.replace(day=1), _MONTHS[match["month"]])
    number = int(match["day"])
    return (first.replace(day=number), 1.0) if 1 <= number <= calendar.month_length(first.year, first.month) else None


def _month_end(match: re.Match[str], today: date, is_past: bool) -> Found:
    return calendar.month_end(today, _MONTHS.get(match["month"] or "", 0)), 0.9


def _named_month_end(match: re.Match[str], today: date, is_past: bool) -> Found:
    found = calendar.day_of_year(today, int(match["m"]), 28, None, is_past=is_past)
    return (calendar.month_end(found), 0.9) if found else None


def _dated(match: re.Match[str], today: date, is_past: bool) -> Found:
    year = int(match["year"]) if match["year"] else None
    if year is not None and match["era"]:
        year += 2018
    if match["which"]:
        year = today.year + {"来年": 1, "去年": -1, "昨年": -1}.get(match["which"], 0)
    found = calendar.day_of_year(today, int(match["m"]), int(match["d"]), year, is_past=is_past)
    return (found, 1.0) if found else None


def _feast(match: re.Match[str], today: date, is_past: bool) -> Found:
    month, number = _FEASTS[match["feast"]]
    found = calendar.day_of_year(today, month, number, None, is_past=is_past)
    return (found, 1.0) if found else None


def _day_only(match: re.Match[str], today: date, is_past: bool) -> Found:
    found = calendar.day_of_month(today, int(match["d"]))
    return (found, 0.8) if found else None


def _weekend(match: re.Match[str], today: date, is_past: bool) -> Found:
    return calendar.weekday_of_week(today, 5, _WEEKS.get(match["week"] or "", 0)), 0.7


def _week(match: re.Match[str], today: date, is_past: bool) -> Found:
    return calendar.weekday_of_week(today, 0, _WEEKS[match["week"]]), 0.5


_WEEK = "(?P<week>先々週|再来週|来週|翌週|今週|先週)"
_RULES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], date, bool], Found]], ...] = tuple(
    (re.compile(pattern), rule)
    for pattern, rule in (
        (rf"(?P<count>\d{{1,2}})週間{_AFTER}の?{_W}", _weeks_on),
        (rf"(?P<count>\d{{1,3}})(?P<unit>日|週間|か月)(?P<way>前|{_AFTER})", _offset),
        (rf"{_WEEK}の?{_W}", _in_week),
        (rf"{_WEEK}の?(?P<weekday>[月火水木金土日])(?!曜)(?=$|に|で|は|の|が|です)", _in_week),
        (r"(?P<month>再来月|来月|翌月|今月|先月)の?(?P<day>\d{1,2})日", _in_month),
        (r"(?P<month>再来月|来月|翌月|今月|先月)?の?(?:月末|末日|(?<!週)末|終わり)(?!の?番|.{0,2}桁)", _month_end),
        (r"(?P<m>\d{1,2})月末", _named_month_end),
        (
            r"(?:(?P<era>令和)?(?P<year>\d{1,4})年|(?P<which>来年|今年|去年|昨年))?の?(?P<m>\d{1,2})月の?(?P<d>\d{1,2})日?",
            _dated,
        ),
        ("(?P<feast>クリスマスイブ|クリスマス|大晦日|元日|元旦)", _feast),
        (r"@(?P<days>-?\d)@", _relative),
        (rf"{_WEEK}?の?週末", _weekend),
        (rf"(?:今度の|次の|つぎの)?{_W}", _weekday),
        (r"(?<!\d)(?P<d>\d{1,2})日", _day_only),
        (_WEEK, _week),
    )
)
