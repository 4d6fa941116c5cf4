"""The `name` and `text` slots: free text with its frame taken off."""

from __future__ import annotations

import re
import unicodedata

from ivr.core.meaning import SlotGuess, SlotType
from ivr.understanding.slots.context import SlotContext
from ivr.understanding.text import MAX_CHARS, plain, without_fillers

_MAX_NAME = 80
_LEAD_EN = re.compile(
    r"^\W*(?:(?:uh+|um+|er+|erm|ah|oh|hi|hello|hey|yes|yeah|ok|okay|sure|well|so|and|please)\b\W*)*"
    r"(?:(?:my (?:full |first |last )?name(?:'s| is|s)|the name(?:'s| is)|name is|this is|i am|i'm|im|it's|it is|its|"
    r"you can call me|call me|they call me|that would be|that's|put it under|under)\b\W*)?"
    r"(?:(?:uh+|um+|er+|erm)\b\W*)*",
    re.IGNORECASE,
)
_TAIL_EN = re.compile(r"\W*\b(?:speaking|here|calling|please|thanks|thank you)\W*$", re.IGNORECASE)
_LEAD_JA = re.compile(
    r"^[、。\s]*(?:(?:えーと|えーっと|ええと|えっと|あの|あのー|はい|もしもし)[、\s]*)*"
    r"(?:(?:私の|わたしの|僕の)?(?:名前は|氏名は|名字は)|(?:私|わたし|わたくし|僕|ぼく)(?:は|[、\s]))?[、\s]*"
)
_TAIL_JA = re.compile(
    r"(?:と申します|ともうします|といいます|と言います|という者です|でございます|になります|ですけど|ですが|です|だ|と呼んでください)?"
    r"[。、\s]*(?:よろしく.*|お願いします)?[。、\s]*$"
)
_WITHHELD_EN = re.compile(
    r"(?:(?:no|nope|sorry|im sorry|thanks|thank you|well) )*"
    r"(?:(?:i )?(?:dont|do not|wont|will not|cant|cannot) (?:really )?(?:(?:want|wish|like|care|have|need) to )?"
    r"(?:say|tell|tell you|give|give you|share|answer)(?: (?:it|that|this|you|my name|my name to you))*|"
    r"(?:id |i would |i )?(?:rather|prefer|refuse)(?: not)?(?: to)?(?: (?:say|tell|answer|give|share)(?: \w+){0,3})?|"
    r"(?:thats |its |that is )?(?:none of your (?:business|concern)|private|not your business)|"
    r"(?:i(?:d| would)? (?:like|want|prefer) to |let me )?(?:stay|remain|be) anonymous|anonymous(?:ly)?|"
    r"(?:skip|pass)(?: it| this| that)?|(?:go on )?without(?: (?:it|a name|my name))?|"
    r"why do you (?:want|need) (?:it|that|to know|my name))"
    r"(?: (?:please|thanks|thank you|sorry))*"
)
_NO_NAME_EN = re.compile(r"(?:no|nope|no thanks|no thank you|no name|nobody|none|i dont know|i dont have one)")
_WITHHELD_JA = re.compile(
    r"(?:いいえ|いえ|いや|すみません(?:が)?|申し訳(?:ない|ありません)(?:です)?(?:が|けど)?|ごめんなさい|それは|ちょっと)*"
    r"(?:(?:名前|お名前|氏名|名|用件|内容|理由)(?:は|を|も)?)?"
    r"(?:(?:言|い|申し上げ|教え|おしえ|名乗|なの|答え|こたえ|伝え|話し|はなし)(?:い|り|え|る|う)?"
    r"(?:たく(?:ない|ありません|ございません)|たくはないです|ません|られません|られない|ない|ないで)|言うの(?:は|が)?(?:嫌|いや)|"
    r"控え(?:たい|させてください|ます|させていただきます)|秘密|ひみつ|内緒|ないしょ|匿名(?:で|希望)?|伏せ(?:たい|ます)|"
    r"(?:お断り|遠慮)(?:し(?:ます|たい)|させてください|いたします)|(?:飛ばし|とばし|省略し)(?:て|ます)|スキップ|パス|なしで)"
    r"(?:です|でお願いします|お願いします|ください|んですが|のですが|んですけど|けど|が|よ|ね|します|してください)*"
)
_NO_NAME_JA = re.compile(r"(?:いいえ|いえ|いや|嫌)(?:です)?|わかりません|結構です|(?:特に)?(?:ありません|ないです)")
_LEAD_TEXT = re.compile(r"^\W*(?:(?:uh+|um+|erm?|えーと|えっと|あの|あのー)\b\W*)+", re.IGNORECASE)


def parse_name(text: str, slot: SlotType, context: SlotContext) -> SlotGuess | None:
    """Reads a name: "this is john smith" gives `John Smith`, 「田中と申します」 gives `田中`.

    An empty value says that the caller does not want to tell it.
    """
    heard = tidy(text)
    if _is_withheld(heard, context.language, is_name=True):
        return SlotGuess("")
    if context.language == "ja":
        name = _TAIL_JA.sub("", _LEAD_JA.sub("", heard)).replace(" ", "")
    else:
        name = _spelled(_TAIL_EN.sub("", _LEAD_EN.sub("", heard)).strip(" .,!?"))
        name = name if re.search(r"[A-Z]", name) else _capitals(name)
    name = name.strip(" .,!?。、")[:_MAX_NAME]
    has_letter = any(sign.isalpha() for sign in name)
    return SlotGuess(name, score=0.8, is_valid=not any(sign.isdigit() for sign in name)) if has_letter else None


def parse_text(text: str, slot: SlotType, context: SlotContext) -> SlotGuess | None:
    """The whole utterance on one line, without the hesitation at its beginning; empty when it is withheld."""
    heard = tidy(text)
    if _is_withheld(heard, context.language, is_name=False):
        return SlotGuess("")
    cleaned = _LEAD_TEXT.sub("", heard).strip() or heard
    return SlotGuess(cleaned) if any(sign.isalnum() for sign in cleaned) else None


def _is_withheld(heard: str, language: str, *, is_name: bool) -> bool:
    """Whether callers would rather not say; where a name was asked for, a mere "no" tells it as well."""
    whole = plain(heard, language)
    refusal, no_name = (_WITHHELD_JA, _NO_NAME_JA) if language == "ja" else (_WITHHELD_EN, _NO_NAME_EN)
    return any(
        refusal.fullmatch(bare) or (is_name and no_name.fullmatch(bare))
        for bare in (whole, without_fillers(whole, language))
    )


def tidy(text: str) -> str:
    """NFKC on one line without control characters, at most `MAX_CHARS`."""
    folded = unicodedata.normalize("NFKC", text[:MAX_CHARS])[:MAX_CHARS]
    return " ".join("".join(sign if sign.isprintable() else " " for sign in folded).split())


def _spelled(name: str) -> str:
    """Makes "smith s m i t h" to "smith": letters at the end spell what was said, and win."""
    words = name.split()
    letters: list[str] = []
    while words and len(words[-1].strip(".-,")) == 1:
        letters.insert(0, words.pop().strip(".-,"))
    if len(letters) < 3:
        return name
    return " ".join([*words[:-1], "".join(letters).lower()])


def _capitals(name: str) -> str:
    return " ".join(part[:1].upper() + part[1:] for part in name.split())
