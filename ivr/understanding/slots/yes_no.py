"""The `yes_no` slot. 大丈夫です, 結構です and いいです mean yes or no by the question that was asked."""

from __future__ import annotations

import re

from ivr.core.meaning import SlotGuess, SlotType
from ivr.understanding.slots.context import SlotContext
from ivr.understanding.text import fold, plain, without_fillers

_YES_FIRST = re.compile(
    r"(yes|yeah|yea|yep|yup|ya|yah|yas|yess|aye|sure|correct|right|absolutely|definitely|certainly|exactly|affirmative|"
    r"indeed|perfect|great|uh huh|mm ?hm+|mhm|ok|okay|alright|you bet|of course|by all means|go ahead|please do|"
    r"sounds (good|right|great)|looks good|good|fine|"
    r"(thats|that is|it is|its|thats all|this is|all|yes thats) (right|correct|it|fine|good|ok|okay|true|the one)|"
    r"that works|i do|i would|i am|it is|it does|we do|there is|i think so|i guess( so)?|you got it|"
    r"why not|please)\b"
)
_YES_INSIDE = re.compile(r"\b(yes|yeah|yep|correct|thats right|that is right|go ahead|of course)\b")
_NO_FIRST = re.compile(
    r"(no|nope|nah|naw|know|negative|never|not|wrong|incorrect|dont|do not|nothing|none|neither|"
    r"id rather not|i would rather not)\b"
)
_NO_INSIDE = re.compile(
    r"\b(no|nope|not (right|correct|quite|really|it|that|now|today|yet|at all|the)|isnt|is not|wasnt|"
    r"incorrect|wrong|i dont|i do not|dont think|didnt|nothing (else|more)|not)\b"
)
_NO_TROUBLE = re.compile(r"\b(no (problem|problems|worries|trouble)|not a problem|nothing wrong|why not)\b")
_DONE = re.compile(
    r"(that(s| is|ll be| will be| would be)? (all|it|everything)|thats? all|im (good|fine|ok|okay|done|all set)|"
    r"i am (good|fine|ok|done|all set)|all (good|set|done)|were good|thank you|thanks)\b"
)
_MORE_EN = re.compile(r"(anything else|something else|else i can|more questions|need (anything|help)|another)")

_NOT_WRONG_JA = re.compile(
    r"(間違い(は)?(ない|なく|ありません|ございません)|まちがいない|問題(は)?(ない|ありません)|異議なし)"
)
_NO_JA = re.compile(
    r"(^(いいえ|いえ|いや|ううん|ノー|のー|否)|違(い|う|っ)|ちが(い|う|っ)|間違|まちが|ありません|ございません|ないです|"
    r"ないよ|^ない$|^無い|無いです|特にな|だめ|ダメ|駄目|やめ|要りません|いりません|いらない|必要ない|不要|ません$|"
    r"しないで|お断り|遠慮|嫌です|いやです|以上で)"
)
_YES_JA = re.compile(
    r"(^(はい|ハイ|はーい|ええ|えぇ|うん|ん$|うむ|イエス|いえす|そう|おーけー|オーケー|オッケー|ok|おっけー|了解|承知)|その通り|そのとおり|合って|"
    r"あって(い)?ます|お願い|おねがい|もちろん|正しい|ただしい|あります|ございます|いいですよ|いいよ|構いません|かまいません|"
    r"よろしく|それで(いい|結構|大丈夫))"
)
_OPEN_JA = re.compile(r"(大丈夫|だいじょうぶ|結構|けっこう|いいです|良いです|よいです|いいかな|平気)")
_OFFER_JA = re.compile(
    r"(他に|ほかに|ありますか|ございますか|必要|ご希望|ましょうか|いかが|お聞きになり|なさいますか|ご入用|手伝|"
    r"お電話を差し上げ|お繋ぎしますか|おつなぎしますか)"
)
_CHECK_JA = re.compile(r"(よろしい|宜しい|間違い|まちがい|合って|いいですか|正しい|大丈夫です?か|でしょうか)")


def parse(text: str, slot: SlotType, context: SlotContext) -> SlotGuess | None:
    """`yes` or `no`; None when it is neither, or could be both."""
    heard = answer(text, context.language, context.question)
    return None if heard is None else SlotGuess("yes" if heard else "no")


def answer(text: str, language: str, question: str = "") -> bool | None:
    """True for yes, False for no, None for neither."""
    bare = without_fillers(plain(text, language), language) or plain(text, language)
    if language == "ja":
        return _japanese(bare, question)
    return _english(bare, plain(text, language), fold(question))


def _english(bare: str, whole: str, question: str) -> bool | None:
    if _NO_TROUBLE.search(whole):
        return True
    if _NO_FIRST.match(bare):
        return False
    if _MORE_EN.search(question) and _DONE.match(bare):
        return False
    if _YES_FIRST.match(bare) or _YES_FIRST.match(whole):
        return not re.search(r"\b(not|no|isnt|wrong|incorrect|is nothing)\b", bare)
    if _NO_INSIDE.search(bare) and len(bare.split()) <= 8:
        return False
    return True if _YES_INSIDE.search(bare) and len(bare.split()) <= 8 else None


def _japanese(bare: str, question: str) -> bool | None:
    if _NOT_WRONG_JA.search(bare):
        return True
    if _NO_JA.search(bare):
        return False
    is_confirmed = re.search(r"それで(いい|結構|大丈夫)", bare) is not None
    if _OPEN_JA.search(bare) and not is_confirmed:
        return _by_question(bare, question)
    return True if _YES_JA.search(bare) else None


def _by_question(bare: str, question: str) -> bool | None:
    """An offer is declined with 大丈夫です, a check is passed with it."""
    if _OFFER_JA.search(question):
        return False
    if _CHECK_JA.search(question) or bare.startswith(("はい", "ええ", "うん")):
        return True
    return None
