"""Japanese clock times and what bounds them, parts of the day, and times counted from now."""

from __future__ import annotations

import re

from ivr.understanding.slots.callback_window import OPENS, Clock, Shape

NEGATED = (
    r"(?:ちょっと|もう|どうしても|全部|全然|ずっと|出先で|少し|絶対|多分|たぶん|電話に|電話|夜まで|一切|都合)*"
    r"(?:だめ|ダメ|駄目|無理|むり|ムリ|難し|むずかし|厳し|きびし|困|忙し|いそがし|都合が?(?:悪|わる|つか)|悪い|"
    r"出られ|出れ|話せ|取れ|空いてな|あいてな|避け|以外|会議|仕事|授業|用事|予定が|NG|ng|やめ|外出|不在|いません|いない|留守|"
    r"じゃな[くい]|ではな[くい]|でな[くい]|運転|休み)"
)
"""What follows a time that does not suit."""
_TOPIC = r"(?:は|だと|じゃ|では|も|には|が|の間は|の間)?"
_NAMES = "午前|午後|朝|早朝|夕方|夜|晩|昼|深夜"
CLOCK = rf"(?:(?:{_NAMES})の?)?\d{{1,2}}時(?!間)(?:\d{{1,2}}分前|半|\d{{1,2}}(?:分|(?![\d時])))?"
_HOUR = rf"(?:{CLOCK}|(?:(?:{_NAMES})の?)?\d{{1,2}}(?=から|か|と))"
_PARTS_OF_CLOCK = re.compile(
    rf"(?:(?P<part>{_NAMES})の?)?(?P<hour>\d{{1,2}})時?(?:(?P<to>\d{{1,2}})分前|(?P<half>半)|(?P<minute>\d{{1,2}})分?)?"
)
_FIRST, _LAST = rf"(?P<first>{CLOCK})", rf"(?P<last>{CLOCK})"
_BEFORE = r"(?:まで|以前|より前|より早|(?<!分)前|になる前)"
_RULES: tuple[tuple[re.Pattern[str], Shape], ...] = tuple(
    (re.compile(pattern), shape)
    for pattern, shape in (
        (rf"(?P<first>{_HOUR})(?:から|以降で?|より|を?過ぎから|後から|を?過ぎて)の?{_LAST}", Shape.BETWEEN),
        (rf"{_FIRST}{_LAST}", Shape.BETWEEN),
        (rf"(?P<first>{_HOUR})と{_LAST}の?(?:間|あいだ)", Shape.BETWEEN),
        (rf"{_LAST}(?:まで|より前|(?<!分)前)で?{_FIRST}(?:以降|から|より後)", Shape.BETWEEN),
        (rf"{_FIRST}(?:まで|以前|より前|(?<!分)前|になるまで)に?{_TOPIC}{NEGATED}", Shape.AFTER),
        (rf"{_FIRST}(?:以降|以後|から|より後|過ぎ|を過ぎると){_TOPIC}{NEGATED}", Shape.BEFORE),
        (rf"(?P<first>{_HOUR})(?:か|または|もしくは|とか){_LAST}", Shape.EITHER),
        (
            rf"{_FIRST}(?:に|を)?(?:以降|以後|から|より後|よりあと|より遅|より先|の後|後|が過ぎたら|"
            r"を?過ぎ(?:たら|なら|て|れば|以降|からなら)|を?(?:回|まわ)(?:って|った))",
            Shape.AFTER,
        ),
        (rf"{_FIRST}{_BEFORE}", Shape.BEFORE),
        (rf"{_FIRST}を?過ぎ", Shape.BETWEEN),
        (_FIRST, Shape.AT),
    )
)
_PARTS: tuple[tuple[re.Pattern[str], tuple[int, int]], ...] = tuple(
    (re.compile(pattern), part)
    for pattern, part in (
        (r"早朝|朝の?(?:早|はや)|午前中?の?(?:早|はや|なるべく早|最初)", (480, 600)),
        (r"午前中?の?(?:遅|おそ|終|後半)", (600, 720)),
        (r"昼前", (660, 720)),
        (r"昼過ぎ", (720, 900)),
        (r"午後の?(?:早|はや|はじめ|初め|前半|最初)", (720, 840)),
        (r"午後の?(?:遅|おそ|後半)", (960, 1080)),
        (r"夕方の?(?:早|はや)", (960, 1020)),
        (r"夜の?(?:早|はや)", (1080, 1200)),
        (r"(?:夜|晩)の?(?:遅|おそ)|深夜", (1200, 1320)),
        (r"午前中?", (480, 720)),
        (r"朝", (480, 600)),
        (r"日中|昼間", (540, 1020)),
        (r"夕方|夕刻|夕", (960, 1080)),
        (r"昼", (720, 780)),
        (r"午後", (720, 1080)),
        (r"夜|晩", (1080, 1260)),
    )
)
_UNSUITED: tuple[tuple[re.Pattern[str], tuple[int, int]], ...] = tuple(
    (re.compile(rf"(?:{names}){_TOPIC}{NEGATED}"), part)
    for names, part in (
        ("午前中?|朝|昼前", (720, 1200)),
        ("午後|昼過ぎ", (480, 720)),
        ("夕方(?:以降)?", (480, 960)),
        ("(?:夜|晩)(?:以降)?", (480, 1080)),
    )
)
_FROM_PART = re.compile(r"(?:以降|から|以後|より後)")
_UNTIL_PART = re.compile(r"(?:まで|より前|前(?!半)|になる前)")
_MORNING = re.compile(r"午前|朝|昼前")
_AMOUNT = (
    r"(?<![時\d月@])(?P<count>\d{1,3})(?:か(?P<upper>\d{1,2}))?(?P<unit>時間|分(?!前))(?P<half>半)?"
    r"(?:くらい|ぐらい|ほど|程度|ちょっと|ばかり)?"
)
_POLITE = "(?:はい|えっと|えーと|ええと|では|じゃあ|じゃ)"
_WITHIN = re.compile(rf"{_AMOUNT}(?:以内|のうち|の間に|いない)")
_OPEN = re.compile(rf"{_AMOUNT}(?:以上後|は{NEGATED}|以上{NEGATED}|は電話|以降|より後|以上経って|以上たって)")
_DELAY = re.compile(rf"{_AMOUNT}の?(?:後|ご(?!ろ)|あと|のち|した|して|しな|経っ|経て|たっ|待|で(?!す)|おい|置い|先)")
_ALONE = re.compile(rf"^{_POLITE}{{0,3}}{_AMOUNT}(?:で?お?願い.*|です|かな|で)?$")
_POINT = 30


def shape(rest: str) -> tuple[Shape, Clock, Clock | None] | None:
    """The clock times of a `prepared` text without its date, and what they bound."""
    for pattern, kind in _RULES:
        for match in pattern.finditer(rest):
            found = _read(match, kind)
            if found is not None:
                return found
    return None


def _read(match: re.Match[str], kind: Shape) -> tuple[Shape, Clock, Clock | None] | None:
    groups = match.groupdict()
    first = clock(groups["first"])
    if first is None:
        return None
    if kind not in (Shape.BETWEEN, Shape.EITHER):
        return kind, first, None
    if "last" not in groups:
        return kind, first, Clock((first.minute + 60) % (24 * 60), first.is_sure)
    last = clock(groups["last"])
    return (kind, first, last) if last is not None else None


def clock(said: str) -> Clock | None:
    """Reads one clock time; None when there is no such time."""
    match = _PARTS_OF_CLOCK.match(said)
    if match is None:
        return None
    hour = int(match["hour"])
    minute = 30 if match["half"] else int(match["minute"] or 0)
    if match["to"]:
        hour, minute = hour - 1 or 12, (60 - int(match["to"])) % 60
    if not 0 <= hour <= 24 or minute > 59 or hour * 60 + minute > 24 * 60:
        return None
    if match["part"] is None:
        return Clock(hour * 60 + minute, is_sure=hour > 12 or hour == 0)
    return Clock(_hour_in(match["part"], hour) * 60 + minute, is_sure=True)


def _hour_in(part: str, hour: int) -> int:
    """The hour of 24; 午後12時 is noon, 夜の12時 midnight."""
    if hour > 12 or part in ("午前", "朝", "早朝"):
        return hour
    if part == "深夜":
        return hour + 12 if 8 <= hour < 12 else hour % 12
    if part in ("夜", "晩"):
        return hour + 12 if hour < 12 else 0
    if part == "昼" and hour >= 10:
        return hour
    return hour if hour == 12 else hour + 12


def part_of_day(rest: str) -> tuple[Shape, tuple[int, int]] | None:
    """The part of the day, and whether it is meant as it is, from it on, or until it."""
    said = re.sub(CLOCK, "、", rest)
    unsuited = next(((pattern, part) for pattern, part in _UNSUITED if pattern.search(said)), None)
    if unsuited is not None:
        return _suited(unsuited[0].sub("、", said)) or (Shape.ALL, unsuited[1])
    return _suited(said)


def _suited(said: str) -> tuple[Shape, tuple[int, int]] | None:
    for pattern, part in _PARTS:
        match = pattern.search(said)
        if match is None:
            continue
        if _FROM_PART.match(said, match.end()):
            return Shape.AFTER, part
        if _UNTIL_PART.match(said, match.end()):
            is_included = _MORNING.match(match.group()) is not None
            return Shape.BEFORE, (OPENS, part[1] if is_included else part[0])
        return Shape.ALL, part
    return None


def delay(said: str) -> tuple[int, int | None] | None:
    """Minutes from now until begin and end (None when it is open); None when nothing is counted from now."""
    within, is_open = _WITHIN.search(said), _OPEN.search(said)
    match = within or is_open or _DELAY.search(said) or _ALONE.search(said)
    if match is None:
        return None
    size = 60 if match["unit"] == "時間" else 1
    half = size // 2 if match["half"] else 0
    least = int(match["count"]) * size + half
    most = max(least, int(match["upper"] or 0) * size + half)
    if within:
        return 0, max(1, most)
    return least, None if is_open else most + _POINT
