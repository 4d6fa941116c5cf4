"""Japanese words around a time for a call: answers that name no time."""

from __future__ import annotations

from ivr.understanding.slots import yes_no
from ivr.understanding.slots.patterns import any_of

_CALL = r"(?:かけ|掛け|電話|連絡)"
_SELF = any_of(
    r"(?:自分|こちら|こっち|私|わたし|僕|俺)(?:の(?:方|ほう))?(?:で|から|が)?.{0,12}(?:ご|お)?"
    rf"{_CALL}(?:直|なお|し|いた|を|ます|る)",
    r"(?:また|改めて|あらためて|後で|あとで|後ほど|今度|別の日に|@1@).{0,6}(?:かけ|掛け)(?:直し|なおし)?"
    r"(?:ます|る$|るね|るので|ましょう|たいと|てみます)",
    r"(?:かけ|掛け)(?:直し|なおし)ます$|電話(?:し直し|しなおし)ます",
)
_LATER = any_of(
    r"(?:後|あと)(?:で|に|にして|が|の方)|後ほど|のちほど|後日|もう少し後",
    r"(?:別|他|ほか|違う|ちがう|べつ)(?:の|な)?(?:時間|日|とき|時|タイミング)",
    r"時間(?:を|帯を|の)?(?:指定|決め|選|変え|変更|予約|相談|調整)|時間指定",
    r"(?:日時|日にち|日程|時刻|時間帯|日付)(?:を|の|は|が|で)?(?:指定|決め|選|変|予約|相談|$)",
    r"(?:^|[^只])(?:今|いま)(?:は|じゃ|だと|すぐは|すぐじゃ|でな)|今すぐ(?:は|じゃ|では)",
    r"(?:すぐ|急ぎ)(?:じゃなくて|ではなくて|でなくて)",
    r"また(?:今度|後|あと|別|の機会)|改めて|あらためて|今度",
    r"都合の(?:いい|良い|よい)(?:時|とき|日)|都合(?:が|は)(?:悪|わる|つか)",
    r"忙し|会議中|運転中|移動中|仕事中|電車|取り込み|手が離せ|外出中",
    r"(?:希望|好き|指定)(?:の|した|する|な)?(?:時間|日|時刻)|予約|スケジュール|変更(?:し|を|お)",
    r"しばらく(?:して|した|たって|後)|少し(?:して|した|たって|経って|後)|2番目の?方|後者",
)
_NOW = any_of(
    r"なるべく(?:早|はや|すぐ)|できるだけ|出来るだけ|できる限り|可能な限り|でき次第|空き次第|次第",
    r"(?:今|いま)(?:すぐ|直ぐ|から|で|が|お願い|かけ|電話|でも|$)|ただ(?:今|いま)",
    r"すぐ(?:に|で|お願い|おねがい|かけ|電話|がいい|でも|$)|直ちに|ただちに|即(?:座|時|、)",
    r"至急|早急|さっそく|最短|最速|(?:一番|1番|いちばん)(?:早|はや)|早め|はやめ|早く|はやく|急い|急ぎ|優先",
    r"早い(?:方|ほう|ところ|時|うち|と)|いつでも|待って(?:い)?ます|待ってる|待っております|お待ちして|前者|1番目の?方",
)
_NO = any_of(
    r"(?:要|い)りません|いらない|不要|必要(?:ない|な[くい]|ありません|ございません)",
    r"(?:電話|折り返し|コールバック)(?:は|の方は)?.{0,6}"
    r"(?:結構|けっこう|いいです|大丈夫|しなくて|しないで|なくて|やめ|不要|お断り|遠慮)",
    r"(?:かけ|掛け)(?:て(?:こ|くれ)?な|な(?:いで|くて)|直さな)|し(?:なくて|ないで)",
    r"キャンセル|取り消|取消|やめて|やめ(?:ます|とき|てお)|止めて(?:おき|お)|切ります|遠慮|保留",
    r"このまま.{0,6}(?:待|まち)|待ち(?:し?ます|しております|たい)|つないで|繋いで|待つ(?!の)|待たせて|もう(?:いい|結構|けっこう)です",
)
_AGREED = any_of(
    r"(?:折り返し|おり返し|おりかえし|折返し|コールバック|かけ直し|掛け直し|電話).{0,4}"
    r"(?:ください|下さい|お願い|おねがい|して|ほしい|欲しい|くれ|もらえ|いただ|頂|希望|を|$)",
    r"かけて|掛けて|それで|助かります|ありがた|ありがとう|構わない|かまわない|構いません|どちらでも|お?任せ|おまかせ",
    r"いいですね|頼みます|頼む|お?願い|よろしく|希望します",
)
_UNKNOWN = any_of(r"(?:わか|分か|判)(?:ら|り(?:ま|かね))|考え(?:さ|て|中)|迷|決めて(?:い)?(?:ない|ません)|さあ|未定")
_DECLINES = any_of(r"^.{0,6}(?<!で)(?:結構|けっこう)です")


def calls_back_by_themselves(said: str) -> bool:
    """Whether the caller will ring again, whenever that is."""
    return _SELF.search(said) is not None


def is_now(said: str) -> bool:
    """Whether 「なるべく早く」 or the like was said."""
    return _NOW.search(said) is not None


def word(said: str, text: str, question: str) -> str | None:
    """`asap`, `later`, `no` or None, for an answer that names no time.

    Args:
        said: the text as `callback_repairs_ja.prepared` makes it.
        text: the text as heard.
        question: what was asked; it decides what 大丈夫です means.
    """
    if _LATER.search(said):
        return "later"
    if _NO.search(said):
        return "no"
    if is_now(said):
        return "asap"
    if _UNKNOWN.search(said):
        return None
    agreed = yes_no.answer(text, "ja", question)
    if agreed is not None:
        return "asap" if agreed else "no"
    if _DECLINES.search(said):
        return "no"
    return "asap" if _AGREED.search(said) else None
