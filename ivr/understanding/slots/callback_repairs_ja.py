"""What a recogniser writes for a Japanese time, brought into one spelling: 「あすのごごさんじ」 is 「@1@の午後3時」."""

from __future__ import annotations

import re
import unicodedata

from ivr.understanding.slots.dates_ja import figures
from ivr.understanding.slots.patterns import rewrites, rewritten
from ivr.understanding.slots.times import with_kana_hours
from ivr.understanding.text import MAX_CHARS

_NUMERAL = "一二三四五六七八九"
_MISHEARD_HOURS = {
    "虹": "2時", "賛辞": "3時", "惨事": "3時", "産児": "3時", "余地": "4時", "誤字": "5時", "録時": "6時",
    "七字": "7時", "8字": "8時", "九字": "9時", "十字": "10時", "住持": "10時", "重時": "10時",
    "充実": "10時", "従事": "10時",
}  # fmt: skip
_MISHEARD_HOUR = re.compile(
    "(?:^|(?<=[のはにで前後夜昼朝日曜ら、]))(" + "|".join(_MISHEARD_HOURS) + ")"
    "(?=以降|移行|行こう|から|まで|の間|頃|ごろ|に|です|半|過ぎ|すぎ|で|くらい|$)"
)
_KANA_COUNTS = {
    "いち": "1", "に": "2", "さん": "3", "よ": "4", "よん": "4", "ご": "5", "ろく": "6", "じゅっ": "10", "じっ": "10",
    "じゅうご": "15", "にじゅっ": "20", "さんじゅっ": "30", "よんじゅっ": "40", "よんじゅうご": "45", "ごじゅっ": "50",
}  # fmt: skip
_KANA_COUNT = re.compile("(" + "|".join(sorted(_KANA_COUNTS, key=len, reverse=True)) + ")(じかん|ふん|ぷん)")
_KANA_HALF = re.compile("じかん(?=ごろ|ころ|頃)")
_SERIES = re.compile(
    rf"(?<![{_NUMERAL}十\d])([{_NUMERAL}])[、,・]?([{_NUMERAL}])(?=時|分後|日後)|(?<!\d)([1-9])[、,・]([1-9])(?=時|分後|日後)"
)
_SIGNS = rewrites(
    (r"^あったの(?=[\d一二三四五六七八九十朝夜昼]|午)", "明日の"),
    ("^(?:当|あ)たっての|朝っての", "あさっての"), ("(?<=の)明日一番", "朝一番"),
    (r"(\d{1,2})[::](\d{2})", r"\1時\2分"),
    (
        r"(?<=[時分半\d一二三四五六七八九十])(?:〜|~|-|–|—|ー|−)"
        r"(?=(?:午前|午後|夕方|夜|朝)?[\d一二三四五六七八九十])",
        "から",
    ),
    (r"(?<=[時半分])(?:移行|意向|行こう|いころ|いこう?|イコー|イフォー)", "以降"),
    (r"(?<=[時半分])(?:すぎ|杉|好き)", "過ぎ"),
    (r"(?<=[時半分])(?:ころ|ごろ|頃|くらい|ぐらい|あたり|ちょうど|ぴったり|きっかり|ほど|前後|ジャスト)", ""),
    (r"(?<=時)はん(?!だ)|(?<=時)版", "半"),
    ("^(?:はい|ええ|うん)?[、。]?(?:それじゃあ?|じゃあ?|それでは|では|えっと|えーと|ええと|あの[ーう]?)[、。]?", ""),
    (r"(以降|から|過ぎ|まで)(?:じゃない|でない|じゃなけれ|でなけれ|じゃなきゃ|しか)[^、。]{0,20}", r"\1"),
    ("じかん", "時間"), ("しようか|ようかな", ""), ("十分(?=に|な)", "充分"),
)  # fmt: skip
_PARTS = rewrites(
    ("ごご(?!ろ)", "午後"), ("ごぜん|御前(?=中)|ご全(?=中)", "午前"), ("ゆうがた|夕がた|夕型", "夕方"),
    ("おひる|お昼", "昼"),
    (r"(?<=午後)([3-9])0(?=に|から|以降|まで|で)", r"\1時"), ("ひるすぎ", "昼過ぎ"),
    ("(?<=昼)(?:すぎ|杉)", "過ぎ"), ("ひるま(?!え)", "昼間"), ("ひるまえ|昼まえ", "昼前"),
    ("(?<=の)よる|^よる(?!と)", "夜"), ("(?<=の)あさ(?!って)|^あさ(?!って)", "朝"),
    ("いちにちじゅう|一日中|1日中|終日|何時でも|なんじでも|いつでも", "いつでも"),
    ("(?<!月)(?<!がつ)いつか(?!ら)", "後日"),
    (
        r"(?:お?仕事|会社|勤務|就業)(?:の|が)?(?:終わ[^、。]{0,4}?(?=に|で|お|$|、|。)|後|あと)|退社後|終業後|退勤後",
        "18時以降",
    ),
    (
        "(?:昼ご飯|昼ごはん|昼食|ランチ|昼休み|昼)(?:の|が)?"
        "(?:終わ(?:り|って|った|ったら)?(?:から|後)?|後|あと|食べた後|食べてから)",
        "13時以降",
    ),
    ("(?:昼休み|ひるやすみ|昼やすみ)(?:中)?|ランチ(?:タイム)?|昼食時", "昼"),
    ("早めの(午後|夕方|朝|夜)", r"\1の早め"), ("遅めの(午後|夕方|朝|夜)", r"\1の遅め"),
    ("午後(?:一番?|1番?|イチ|いち)(?!時)", "13時から14時"),
    ("(?:朝|あさ)(?:いちばん|一番?|1番?|イチ|いち)(?!時)|始業時?(?:すぐ|直後)?", "早朝"),
    ("零時|れいじ", "0時"), ("正午", "昼12時"),
)  # fmt: skip
_DAYS = rewrites(
    ("今夜|今晩|こんや|こんばん(?!は)", "今日夜"), ("今朝|けさ", "今日朝"), ("明朝|翌朝", "明日朝"),
    ("明晩|翌晩", "明日夜"), ("翌日|次の日|つぎの日|よくじつ", "明日"), ("(今日|本日|明日)中", r"\1"),
    ("今週末", "今週の週末"), ("来週末", "来週の週末"),
    ("週明け|週あけ|来週の?(?:頭|初め|はじめ)", "来週の月曜"),
    ("歌謡日?|火用|課用", "火曜"), ("近用|金用|金よう|銀曜日?", "金曜"), ("水用|水よう", "水曜"),
    ("木用|木よう|目曜", "木曜"),
    ("土用|土よう", "土曜"), ("月用|月よう|げつ曜", "月曜"), ("(?<=[月火水木金土日])曜日?日", "曜日"),
    (r"あと(?=[\d一二三四五六七八九十数])", ""), ("小一時間|小1時間", "1時間"), ("数時間", "2か4時間"),
    ("(?:数|何)分", "5か15分"), ("終わり|終わ", ""),
)  # fmt: skip


def prepared(text: str) -> str:
    """No spaces, numbers as figures, days as `@1@`, the commonest mishearings and spellings made one."""
    said = unicodedata.normalize("NFKC", text[:MAX_CHARS])[:MAX_CHARS]
    said = _KANA_HALF.sub("じはん", re.sub(r"\s+", "", said).replace("ごじつ", "後日"))
    said = _KANA_COUNT.sub(_counted, said)
    said = _SERIES.sub(_either, with_kana_hours(said))
    said = _MISHEARD_HOUR.sub(lambda match: _MISHEARD_HOURS[match[1]], said)
    for rules in (_SIGNS, _PARTS, _DAYS):
        said = rewritten(said, rules)
    return figures(said)


def _counted(match: re.Match[str]) -> str:
    """「さんじゅっぷん」 -> 「30分」."""
    return _KANA_COUNTS[match[1]] + ("時間" if match[2] == "じかん" else "分")


def _either(match: re.Match[str]) -> str:
    """「二、三時間」 is two or three hours."""
    first, second = match[1] or match[3], match[2] or match[4]
    values = [_NUMERAL.index(one) + 1 if one in _NUMERAL else int(one) for one in (first, second)]
    return f"{values[0]}か{values[1]}" if values[1] == values[0] + 1 else match.group()
