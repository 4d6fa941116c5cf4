"""What callers can say everywhere – repeat, slower, an agent, another language, goodbye – by phrases.

Precision comes first: a pattern names the whole utterance, or words that can mean nothing else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ivr.core.meaning import Expecting, Kind
from ivr.understanding.text import plain, without_fillers


@dataclass(frozen=True, slots=True)
class Command:
    """A command that was asked for."""

    name: str
    language: str | None = None
    """With `language`: which one, when it was named."""


_PERSON = (
    r"(agent|person|human|human being|representative|rep|operator|adviser|advisor|someone|somebody|supervisor|manager|"
    r"receptionist|assistant|customer (service|support|care)( (agent|representative|person))?|real person|people|"
    r"member of staff|staff)"
)
_A = r"((a|an|the|some|your|any) )?((real|live|actual|human|proper) )*"
_ASK = r"((can|could|may|would|will) (you|i|we) |(i|id|we) (would )?(want|need|like|wish|prefer)( to)? |let me |please )*"
_EN: dict[str, tuple[re.Pattern[str], ...]] = {
    "agent": (
        re.compile(rf"(hello |hi )?({_ASK})?({_A}){_PERSON}( now| thanks| thank you)*"),
        re.compile(rf".*\b(speak|talk|chat|speaking|talking)( directly)? (to|with) {_A}{_PERSON}\b.*"),
        re.compile(rf".*\b(connect|transfer|put|pass) me (through |over |on )*(to|with) {_A}\w*( \w+)? ?{_PERSON}\b.*"),
        re.compile(rf"(.* )?(get|give|find) me {_A}{_PERSON}\b.*"),
        re.compile(rf"(.* )?(want|need|like|is there) {_A}{_PERSON}( (to (help|speak|talk).*|now|there|i can .*))?"),
        re.compile(r"(put|connect|transfer) me through|i (dont|do not) want to (talk|speak) to a (machine|robot|computer)"),
    ),
    "repeat": (
        re.compile(r"(sorry |im sorry |excuse me )*(pardon( me)?|what|come again|excuse me|what was that|huh|beg (your )?pardon)"),
        re.compile(r"(i beg your pardon|sorry what( was that)?|sorry|one more time|once more|again|repeat)"),
        re.compile(
            r"(sorry )*((can|could|would|will) you )*(say|repeat|read|play)( (that|it|this|the (question|number|options|menu)|"
            r"yourself))*( (one more time|once more|again|back|for me))*(?<!say)(?<!say that)(?<!say it)(?<!read)(?<!play)"
        ),
        re.compile(r"(sorry )*i (didnt|did not|couldnt|could not) (quite )?(catch|hear|get|understand)( that| you| it| what you said)?"),
        re.compile(r"what did you (just )?say|what was the question|what were the options"),
    ),
    "slower": (
        re.compile(r"((can|could|would) you )?((speak|talk|say (it|that)|go|read (it|that)) )?(a (bit|little)( bit)? )?(more )?(slower|slowly|slow)( down)?"),
        re.compile(r"((can|could|would) you )?slow (it )?down( a (bit|little))?|(youre|you are|thats|that is|its)?( talking| going| speaking)? ?(way )?too fast"),
    ),
    "louder": (
        re.compile(r"((can|could|would) you )?((speak|talk|say (it|that)) )?(a (bit|little)( bit)? )?(louder|more loudly)|(volume|turn it) up"),
        re.compile(r"((can|could|would) you )?speak up( a (bit|little))?|(thats|that is|youre|you are|its)? ?(too|very) (quiet|soft)"),
        re.compile(r"(sorry )*i (cant|cannot|can barely|can hardly|can not) hear (you|that|a thing|anything)( very well)?"),
    ),
    "main_menu": (
        re.compile(r"(((can|could) (i|we|you) )?(go |get |take me |return |back )*(back )?(to )?(the )?)?main menu"),
        re.compile(r"((can|could) (i|we|you) |lets )?(start (over|again|from the (beginning|start|top))|(go )?back to the (start|beginning|menu))"),
    ),
    "goodbye": (
        re.compile(
            r"(no |nope |thanks |thank you |cheers |right |great |that(s| is|ll be) (all|it|everything) |very much |for your help )*"
            r"(good ?bye|bye|bye bye|see you|see ya|hang up|end the call)( now| then| for now| thanks| thank you| bye)*"
        ),
        re.compile(r"((you can )?(hang up|end the call)( now)?|have a (nice|good|great|lovely) (day|one|evening|weekend)( bye)?)"),
    ),
    "callback": (
        re.compile(r".*\b(call|ring|phone) me (back|later|tomorrow|when)\b.*|(.* )?(a )?call ?back( instead| later| request)?"),
    ),
    "no_recording": (
        re.compile(r".*\b(dont|do not|not|stop|without|no|turn off|refuse|disable)\b.*\b(record|recorded|recording|recordings)\b.*"),
    ),
}  # fmt: skip
_DONE_EN = re.compile(r"(no |thanks |thank you )*(that(s| is|ll be| will be) (all|it|everything)|im (done|all set)|nothing else)( thanks| thank you| for now| for today| bye)*")

_PERSON_JA = r"(オペレータ(ー)?|おぺれーたー|担当(者|の方|の人)?|人間|係(の方|の人|員)|スタッフ|店員|責任者|上司|窓口)"
_PLEASE_JA = r"(お願い(し|いた)?(ます|します)?|おねがいします|ください|下さい|くれ(ますか|ませんか)?|もらえますか|いただけますか|ほしい|欲しい|たい)"
_JA: dict[str, tuple[re.Pattern[str], ...]] = {
    "agent": (
        re.compile(rf"(はい)?{_PERSON_JA}(を|に|と|へ|で)?(です|{_PLEASE_JA}).*|{_PERSON_JA}"),
        re.compile(rf".*({_PERSON_JA}|誰か|人|ひと)(に|と|へ)?(直接)?(繋|つな|代わ|かわ|替わ|変わ|話し|話を|はなし|お話).*"),
    ),
    "repeat": (
        re.compile(r"(すみません|すいません|ごめんなさい)?(もう一度|もういちど|もう一回|もういっかい|もっかい)(.{0,6}(言|おっしゃ|仰|お願い|おねがい|聞|いって).{0,12}|です|ください)?"),
        re.compile(r"(何(です|でした|とおっしゃいました|と言いました)(か|って)?|なんですか|なんて(言いましたか)?|繰り返して.{0,8}|リピート.{0,8})"),
        re.compile(r"(すみません|すいません)?(聞こえませんでした|聞き取れませんでした|聞き取れなかった(です)?|聞き逃しました)"),
    ),
    "slower": (re.compile(r".{0,4}(ゆっくり|遅く|おそく)(.{0,4}(話し|はなし|言って|お願い|おねがい|しゃべ|喋).{0,12})?|.{0,3}(早|速)(すぎ|過ぎ).{0,6}"),),
    "louder": (
        re.compile(r".{0,6}(大きく|大きな声|大きい声|ボリューム|音量).{0,14}"),
        re.compile(r"(声が|音が)?(よく|あまり)?(小さ(い|すぎ).{0,6}|聞こえ(ません|ない|にくい|づらい)(です)?)"),
    ),
    "main_menu": (re.compile(r"(メイン|トップ|最初の|初めの)?メニュー(に戻.*|へ.*|お願い.*|を.*)?|(最初|初め|はじめ)(に|から|へ).{0,14}"),),
    "goodbye": (
        re.compile(r"(はい|では|じゃあ|それでは|それじゃ|ありがとう(ございます|ございました)?|以上です|もう(いい|大丈夫)です)*(さようなら|さよなら|失礼(し|いた)?します|失礼いたします|バイバイ|電話を切.*|切ります)"),
    ),
    "callback": (re.compile(r".*(折り返し|おりかえし|折返し|コールバック|かけ直し|掛け直し|かけなおし|電話し直).*"),),
    "no_recording": (re.compile(r".*録音.{0,8}(しない|やめ|止め|しないで|不可|拒否|嫌|いや|困|断).*"),),
}  # fmt: skip
_DONE_JA = re.compile(r"(いいえ|いえ|はい)?(それだけ|これだけ|以上|もう(いい|結構|大丈夫|ない|ありません))(です|になります)?(ありがとう.*)?")

_NAMES: dict[str, tuple[str, ...]] = {
    "en": ("english", "英語", "イングリッシュ"),
    "ja": ("japanese", "日本語", "nihongo", "ジャパニーズ"),
    "es": ("spanish", "español", "espanol", "スペイン語"),
    "fr": ("french", "français", "francais", "フランス語"),
    "de": ("german", "deutsch", "ドイツ語"),
    "zh": ("chinese", "mandarin", "中国語", "中文"),
    "ko": ("korean", "韓国語", "한국어"),
    "pt": ("portuguese", "português", "ポルトガル語"),
}
_LANGUAGE_EN = re.compile(
    r"((can|could|would|do) (you|we|i) )?((i )?(want|need|would like|id like|prefer)( to)? )?"
    r"((speak|talk|switch|change|continue|go on|have this|have it|do this|do it|the)( to me)? )?((in|to|into) )?(?P<name>\w+)( language)?"
    r"( speaker| version| please| thanks| thank you| now)*"
)
_LANGUAGE_JA = re.compile(
    r"(すみません)?(?P<name>英語|日本語|イングリッシュ|ジャパニーズ|スペイン語|フランス語|ドイツ語|中国語|韓国語|ポルトガル語)"
    r"(で|を|に)?(話|はな|お願い|おねがい|ください|変え|かえ|切り替え|きりかえ|対応|プリーズ|です|いい)?.{0,12}"
)
_OTHER_LANGUAGE = re.compile(r"(change|switch|different|another|other)( the)? language( please)?|言語(を)?(変|切り替え).{0,8}|(他の|別の)言語.{0,8}")


def find(text: str, expecting: Expecting) -> Command | None:
    """The command in an utterance, among those in force."""
    bare = plain(text, expecting.language)
    terse = without_fillers(bare, expecting.language)
    if not bare:
        return None
    if "language" in expecting.commands:
        named = _language(terse or bare, expecting)
        if named is not None:
            return named
    table = _JA if expecting.language == "ja" else _EN
    for name, patterns in table.items():
        if name in expecting.commands and any(pattern.fullmatch(terse) or pattern.fullmatch(bare) for pattern in patterns):
            return Command(name)
    if "goodbye" in expecting.commands and not _is_closed_question(expecting) and _is_done(terse, expecting.language):
        return Command("goodbye")
    return None


def _is_closed_question(expecting: Expecting) -> bool:
    """"That's all" answers a yes-or-no question; it does not end the call by itself."""
    return expecting.kind is Kind.CONFIRM or (expecting.slot is not None and expecting.slot.name == "yes_no")


def _is_done(terse: str, language: str) -> bool:
    return (_DONE_JA if language == "ja" else _DONE_EN).fullmatch(terse) is not None


def _language(terse: str, expecting: Expecting) -> Command | None:
    """Callers ask for their language in their own language: every pattern is tried whatever the language of the call."""
    if _OTHER_LANGUAGE.fullmatch(terse):
        return Command("language")
    for pattern in (_LANGUAGE_EN, _LANGUAGE_JA):
        match = pattern.fullmatch(terse)
        code = _code(match.group("name")) if match else None
        if code is not None:
            return Command("language", code if code in expecting.languages else None)
    return None


def _code(name: str) -> str | None:
    return next((code for code, names in _NAMES.items() if name in names), None)
