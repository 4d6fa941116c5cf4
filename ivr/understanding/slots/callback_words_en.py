"""English words around a time for a call: answers that name no time."""

from __future__ import annotations

import re

from ivr.understanding.slots import yes_no
from ivr.understanding.slots.patterns import any_of, word_of

_I_CAN = r"(?:ill|i will|i can|i could|id rather|i would rather|im going to|i am going to|i want to|let me)"
_SELF = re.compile(
    r"\b(?:ill|i will|im going to|i am going to)(?: just| maybe)? (?:try|email|write|text)\b|"
    rf"\b{_I_CAN}(?: just| maybe| probably)? (?:call|ring|phone|try|dial)(?: you| again| back| later| myself|$)"
)
_UNKNOWN = any_of(
    r"\b(?:dont|do not|didnt|not|cant|couldnt)(?: really| quite| so)? (?:know|sure|certain|say|decide|think)\b",
    r"\bno idea\b|\bunsure\b|\blet me (?:think|see|check|look)\b|\bhard to say\b",
)
_OTHER_TIME = (
    r"(?:another|different|other|specific|particular|certain|better|set|exact|convenient|various)"
    r" (?:time|thyme|day|moment|date|slot|occasion|hour)s?"
)
_CHOOSE = (
    r"(?:choose|pick|set|name|give|say|arrange|book|select|suggest) (?:you )?(?:a|the|my|an|my own) (?:\w+ )?"
    r"(?:time|day|date|slot|appointment)"
)
_LATER = word_of(
    "later",
    _OTHER_TIME,
    _CHOOSE,
    r"(?:re)?schedul\w+",
    "appointment",
    "postpone",
    "not (?:right |just |exactly )?now",
    "not (?:at )?(?:the|this) (?:moment|minute|second|time)",
    "not yet|not good now|bad (?:time|moment)",
    "(?:not|isnt|is not) a (?:good|great|convenient) (?:time|moment)",
    "(?:im|i am|a bit|too|kind of|quite|very|rather) busy|busy (?:right )?now|driving|in a meeting",
    "some ?(?:other )?(?:time|day)|sometime",
    "in a (?:bit|while|little while|little bit|little)|after a while",
    r"a time|(?:at|have|need|prefer|like|want|for) a (?:\w+ )?time|what times?|which times?",
    "(?:choose|pick|say|decide|tell you) when",
    "secondoption|the latter",
    "cant (?:talk|speak|take)",
)
_NO = word_of(
    "(?:dont|do not|never|no need to|stop) (?:you )?"
    "(?:bother|call|ring|phone|calling|want (?:a|any|that|you|it|the|one|to be)|need|wish|have to|worry)",
    "no (?:call ?back|calls?|need)|without (?:a )?call|cancel",
    "forget (?:it|about it|that)|never ?mind|leave it|skip it|rather not",
    "not (?:necessary|needed|interested|required)",
    r"(?:ill|i will|i can|id rather|i would rather|i prefer to|id prefer to|want to|happy to|rather|let me|please)"
    r" (?:just )?(?:hold|wait|stay|keep (?:holding|waiting)|queue)",
    r"(?:stay|keep me|remain|keep me waiting) on (?:the line|hold|the phone)",
    r"hold the line|hang on|(?:can i|could i|may i) (?:hold|wait|stay)",
)
_NOW = word_of(
    "asap|as soon|now|immediately|at once|instantly|straightaway|anytime|any moment",
    "(?:right|straight) ?(?:away|now|off)",
    "this (?:minute|instant|moment|second)",
    "as (?:quick|quickly|fast|early)|soonest|earliest|quickest|sooner",
    "whenever|when (?:you|possible|someone|an agent|somebody|anyone|theres|there is)",
    "next (?:available|free|person|agent|one)",
    "in (?:a )?(?:moment|jiffy)|urgent(?:ly)?",
    "firstoption|the former",
)
_NO_MATTER = word_of("no preference|no rush|no hurry|doesnt matter|dont mind|dont care|either|up to you")
_AGREED = word_of(
    "(?:call|ring|phone|get|buzz|reach) (?:me|us|back)|call ?back",
    "give (?:me|us) a (?:call|ring|shout|bell|buzz)",
    "(?:lets|let us|please|go|just|yes|can you|could you|you can) (?:do|call|go)|do (?:that|it|so)",
    "that(?:d|ll| would| will)?(?: be)?"
    " (?:great|good|nice|lovely|perfect|wonderful|fine|ok|okay|works?|helpful|suits?)",
    "works for me|fine (?:by|with) me",
    r"i(?:d| would) (?:really )?(?:like|love|appreciate) (?:that|it|one|a call)",
    "(?:keep|hold|save) my (?:place|spot)",
    "great|lovely|brilliant|super|cool|please",
)
_MAYBE = re.compile(r"(?:well )?(?:maybe|perhaps|possibly|depends|it depends)(?: not)?")
_NOT_A_DAY = word_of("asap|right away|now|anytime")


def calls_back_by_themselves(said: str) -> bool:
    """Whether the caller will ring again, whenever that is."""
    return _SELF.search(said) is not None


def is_now(said: str) -> bool:
    """Whether "as soon as possible" or the like was said."""
    return _NOW.search(said) is not None


def without_now(said: str) -> str:
    """The text without "now" and "as soon as possible", which a calendar would read as today."""
    return _NOT_A_DAY.sub(";", said)


def word(said: str, text: str, question: str) -> str | None:
    """`asap`, `later`, `no` or None, for an answer that names no time.

    Args:
        said: the text as `callback_repairs_en.prepared` makes it.
        text: the text as heard.
        question: what was asked.
    """
    if _LATER.search(said):
        return "later"
    if _NO.search(said):
        return "no"
    if _NO_MATTER.search(said) or is_now(said):
        return "asap"
    if _UNKNOWN.search(said) or _MAYBE.fullmatch(said):
        return None
    agreed = yes_no.answer(text, "en", question)
    if agreed is not None:
        return "asap" if agreed else "no"
    return "asap" if _AGREED.search(said) else None
