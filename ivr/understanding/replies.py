"""What comes with a yes or a no: "yes, I want to return something", "no, it's not about a return"."""

from __future__ import annotations

import re

from ivr.understanding.slots import yes_no
from ivr.understanding.text import plain

_LEAD_YES_EN = re.compile(
    r"(?:(?:yes|yeah|yea|yep|yup|aye|sure|ok|okay|alright|all right|right|correct|exactly|uh huh|of course|definitely|"
    r"thats (?:right|correct|it)|that is (?:right|correct|it)|there is|i do|i would|it is|please(?: do)?|go ahead|"
    r"thanks|thank you|actually|one more thing|and|also|then|well|so|u+h+|u+m+|e+r+m*|hmm+)(?: |$))+"
)
_LEAD_NO_EN = re.compile(r"(?:no|nope|nah|naw)(?: |$)")
_LEAD_YES_JA = re.compile(
    r"(?:はーい|はい|ハイ|ええと|えーと|えっと|ええ|うん(?!と)|そうです(?:ね)?|そうですけど|お願い(?:し|いた)?します|あります|"
    r"もちろん|そうだ|あのー?|実は|じゃあ|では|それと|それから|あと|すみません(?:が)?|ありがとうございます|"
    r"もう(?:一つ|ひとつ))+"
)
_LEAD_NO_JA = re.compile(r"いいえ|いえ(?!す)|いや(?!な)|ううん|ノー|違います|ちがいます|ちがう|違う")
_DENIAL_EN = re.compile(
    r"(?!.*\b(?:but|(?<!what )i want|id like|i would like|i need|i have to|can i|could i)\b)(?:.* )?(?:"
    r"(?:not|isnt|wasnt) (?:that|it|this|right|correct|about|asking|calling|quite|really|necessary|"
    r"what i (?:want|wanted|mean|meant|said|asked)(?: |$))|"
    r"(?:dont|do not) (?:want|need) (?:that|it|this|to|any|anything|a)|(?:didnt|did not) (?:say|mean|ask|want)|"
    r"(?:dont|do not) have (?:any|a|more|another)|(?:have|got|with) (?:no|nothing)|(?:no|nothing) (?:more|else)"
    r")(?: .*)?"
)
_DENIAL_JA = re.compile(
    r"(?!.*(?:したい|ほしい|欲しい|お願い|ください|もらえ|いただけ)).*(?:(?:では|じゃ)(?:ない|あり|なく|ござい)|"
    r"(?:質問|用件|用事|用|問題|苦情|不満|返品|必要)(?:は|が|も)?(?:ない|なく|あり?ません|ございません|しない|しません)|"
    r"いらない|要らない|いりません|要りません|不要|(?:結構|大丈夫)です(?!か)).*"
)


def split(text: str, language: str) -> tuple[bool | None, str]:
    """The yes or no an utterance begins with (None without either), and what follows it in `plain` form."""
    bare = plain(text, language)
    yes, no = (_LEAD_YES_JA, _LEAD_NO_JA) if language == "ja" else (_LEAD_YES_EN, _LEAD_NO_EN)
    denied = no.match(bare)
    if denied is not None and yes_no.answer(bare, language) is not True:
        return False, bare[denied.end() :].strip()
    agreed = yes.match(bare)
    if agreed is None:
        return None, bare
    return yes_no.answer(agreed.group(), language) or None, bare[agreed.end() :].strip()


def is_denial(rest: str, language: str) -> bool:
    """Whether a `plain` text turns its subject down ("I don't want to return it") instead of asking for it."""
    return (_DENIAL_JA if language == "ja" else _DENIAL_EN).fullmatch(rest) is not None
