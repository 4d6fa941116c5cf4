"""English words around a time for a call: repairs of what a recogniser writes, and answers that name no time."""

from __future__ import annotations

import re

from ivr.understanding.slots import yes_no
from ivr.understanding.slots.dates_en import figures
from ivr.understanding.text import fold

_APOSTROPHES = str.maketrans("", "", "'’‘`´")
_BEFORE_CLOCK = r"(?P<lead>after|at|before|past|between|around|about|until|till|by|and)"
_END_OF_CLOCK = r"(?= (?:oclock|am|pm|thirty|fifteen|forty|twenty|in the|today|tomorrow|on|and|please|or|would|is)\b|$)"
_CLOCK_WORDS = (("three", "tree|free|thee"), ("four", "for|fore"), ("two", "to|too"), ("eight", "ate"), ("one", "won"),
                ("nine", "nein|nyne"), ("six", "sicks|sex"), ("five", "fife|hive"), ("ten", "tin|tenn"),
                ("eleven", "elven|leaven"))  # fmt: skip
_REPAIRS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), spelled)
    for pattern, spelled in (
        (r"\b([ap]) ?\.? ?m\b\.?", r"\1m"),
        (r"(?<=\d)(?=[ap]m\b|o ?clock\b)", " "),
        (r"(?<![\d./:])(\d{1,2})[:.](\d{2})(?![\d./:])", r"\1 colon \2"),
        (r"(?<![\d-])(\d{1,2}(?: [ap]m)?) ?[-–—] ?(?=\d{1,2}(?![\d-]))", r"\1 to "),
        (r"(?<=[a-z]) ?[-–—] ?|[-–—] ?(?=[a-z])", " "),
        (r"[^\w/\- ]", " "),
        (r" {2,}", " "),
        (r"\b(?:o|oh|a|the|of) clock\b|\bocklock\b|\bo clock\b", "oclock"),
        (r"\b(?:to|two|too|the) ?morrow\b|\btomm?or+ow\b|\btom+or+ow\b|\btmrw\b", "tomorrow"),
        (r"\bto (day|night)\b", r"to\1"),
        (r"\b(?:choose|chews|twos|tues|two s|shoes|tooth|news) day\b|\btu?esday\b|\bchoosday\b", "tuesday"),
        (r"\b(?:wends|wens|wednes|whens|when s|wed nes|winds) ?day\b", "wednesday"),
        (r"\b(?:thirst|thurs|thirds|furs) ?day\b", "thursday"),
        (r"\b(?:fry|fri|fried|freed) day\b|\bfryday\b", "friday"),
        (r"\b(?:mon|mun|moon|man) day\b|\bmunday\b", "monday"),
        (r"\b(?:satur|satter|saturn) day\b", "saturday"),
        (r"\bsun day\b", "sunday"),
        (r"\b(this|the|tomorrow|day|in|late|early) after noon\b(?! tomorrow)", r"\1 afternoon"),
        (r"\b(this|the|tomorrow|day|in|late|early) (?:mourning|morening|mornin)\b", r"\1 morning"),
        (r"\b(?:have|halve|harf|calf|hath|off|half) (?:past|passed|pass|bus|bast)\b", "half past"),
        (r"\b(quarter) (?:passed|pass)\b", r"\1 past"),
        (r"\bquarter too\b|\bquarter two(?= \w)", "quarter to"),
        (r"\b(half an|an|two|three|four|few|couple of) (?:our|ours|hours?|r)\b", r"\1 hour"),
        (r"\bin our\b", "in an hour"),
        (r"\bmin(?:ute)?s\b", "minutes"),
        (r"\bany ?(?:time|thyme)\b", "anytime"),
        *(
            (rf"\b{_BEFORE_CLOCK} (?:{heard}){_END_OF_CLOCK}", rf"\g<lead> {word}")
            for word, heard in _CLOCK_WORDS
        ),
        *((rf"\b(?:{heard}) oclock\b", f"{word} oclock") for word, heard in _CLOCK_WORDS),
        (r"\b(?:half past|quarter past|quarter to) (?:for)\b", "half past four"),
        (r"\b(?:as|a|us|is|assume) ?(?:soon|sun)? (?:as|is|has|us) (?:possib\w*|you can|u can)\b|\ba ?sap\b|\ba s a p\b"
         r"|\bay ?sap\b|\bsoon as possible\b", "asap"),
        (r"\b(?:a|one|1|just a|half a|1/2 a) (?:second|sec)\b", "moment"),
        (r"\bfirst thing\b", "firstthing"),
        (r"\b(first|second) (?:one|option|choice)\b", r"\1option"),
        (r"\bfirst (?:available|possible|free|opportunity)\b", "asap"),
        (r"\b(?:may|might|could|would) (work|be|suit|do|also|as well)\b", r"\1"),
    )
)  # fmt: skip

_SELF = re.compile(
    r"\b(?:ill|i will|i can|i could|id rather|i would rather|im going to|i am going to|i want to|ima|let me)"
    r"(?: just| maybe| probably)? (?:call|ring|phone|try|dial)(?: you| again| back| later| myself|$)"
)
_UNKNOWN = re.compile(
    r"\b(?:dont|do not|didnt|not|cant|couldnt)(?: really| quite| so)? (?:know|sure|certain|say|decide|think)\b"
    r"|\bno idea\b|\bunsure\b|\blet me (?:think|see|check|look)\b|\bhard to say\b"
)
_LATER = re.compile(
    r"\blater\b|\b(?:another|different|other|specific|particular|certain|better|set|exact|convenient|various)"
    r" (?:time|thyme|day|moment|date|slot|occasion|hour)s?\b|\b(?:re)?schedule|\b(?:choose|pick|set|name|give|say|arrange|book|select|"
    r"suggest) (?:you )?(?:a|the|my|an|my own) (?:\w+ )?(?:time|day|date|slot|appointment)\b|\bappointment\b|"
    r"\bnot (?:right |just |exactly )?now\b|\bnot (?:at )?(?:the|this) (?:moment|minute|second|time)\b|\bnot yet\b|"
    r"\bbad (?:time|moment)\b|\b(?:not|isnt|is not) a (?:good|great|convenient) (?:time|moment)\b|\bnot good now\b|"
    r"\b(?:im|i am|a bit|too|kind of|quite|very|rather) busy\b|\bbusy (?:right )?now\b|\bdriving\b|\bin a meeting\b|"
    r"\bsome ?(?:other )?(?:time|day)\b|\bin a (?:bit|while|little while|little bit|little)\b|\bafter a while\b|"
    r"\b(?:at|have|need|prefer|like|want|for) a (?:\w+ )?time\b|\ba time that\b|\ba time\b|\bwhat times?\b|\bwhich times?\b|"
    r"\bsecondoption\b|\bthe latter\b|\bsometime\b|\bnegated\b|\bcant (?:talk|speak|take)\b|\bother time\b|\bpostpone\b"
)
_NO = re.compile(
    r"\b(?:dont|do not|never|no need to|please dont|stop) (?:(?:you )?(?:bother|call|ring|phone|calling|want (?:a|any|that|you|it|the|one|to be)|"
    r"need|wish|have to|worry))|\bno (?:call ?back|call|need|calls)\b|\bwithout (?:a )?call|\bcancel\b|\bforget (?:it|about it|that)\b|"
    r"\bnever ?mind\b|\bleave it\b|\bnot (?:necessary|needed|interested|required)\b|\bskip it\b|\brather not\b|"
    r"\b(?:ill|i will|i can|id rather|i would rather|i prefer to|id prefer to|want to|happy to|rather|let me|please|ill just)"
    r" (?:just )?(?:hold|wait|stay|keep (?:holding|waiting)|queue)\b|\b(?:stay|keep me|remain|keep me waiting) on (?:the line|hold|the phone)\b|"
    r"\bhold the line\b|\b(?:can i|could i|may i) (?:hold|wait|stay)\b|\bhang on the line\b"
)
_NOW = re.compile(
    r"\basap\b|\bas soon\b|\b(?:right|straight) ?(?:away|now|off)\b|\bnow\b|\bimmediately\b|\bat once\b|\binstantly\b|"
    r"\bthis (?:minute|instant|moment|second)\b|\bas (?:quick|quickly|fast|early)\b|\b(?:soonest|earliest|quickest|sooner)\b|"
    r"\bwhenever\b|\bwhen (?:you|possible|someone|an agent|somebody|anyone|theres|there is)\b|\bnext (?:available|free|person|agent|one)\b|"
    r"\banytime\b|\bany moment\b|\bin (?:a )?(?:moment|jiffy)\b|\burgent(?:ly)?\b|\bfirstoption\b|\bthe former\b|\bstraightaway\b"
)
_AGREED = re.compile(
    r"\b(?:call|ring|phone|get|buzz|reach) (?:me|us|back)\b|\bgive (?:me|us) a (?:call|ring|shout|bell|buzz)\b|\bcall ?back\b|"
    r"\b(?:lets|let us|please|go|just|yes|can you|could you|you can) (?:do|call|go)\b|\bdo (?:that|it|so)\b|"
    r"\bthat(?:d|ll| would| will)?(?: be)? (?:great|good|nice|lovely|perfect|wonderful|fine|ok|okay|works?|helpful|brilliant|suits?)\b|"
    r"\bworks for me\b|\bfine (?:by|with) me\b|\bi(?:d| would) (?:really )?(?:like|love|appreciate) (?:that|it|one|a call)\b|"
    r"\b(?:no preference|either|doesnt matter|dont mind|dont care|up to you|no rush|no hurry)\b|\b(?:keep|hold|save) my (?:place|spot)\b|"
    r"\bthank you\b.*\byes\b|\bgreat\b|\blovely\b|\bbrilliant\b|\bsuper\b|\bcool\b|\bplease\b"
)
_MAYBE = re.compile(r"(?:well |um |uh )*(?:maybe|perhaps|possibly|depends|it depends)(?: not)?")


def prepared(text: str) -> str:
    """Lower case, numbers as figures, "3:30" as "3 colon 30", the commonest mishearings mended."""
    said = fold(text).translate(_APOSTROPHES)
    for pattern, spelled in _REPAIRS:
        said = pattern.sub(spelled, said)
    return figures(said)


def calls_back_by_themselves(said: str) -> bool:
    """Whether the caller will ring again, whenever that is."""
    return _SELF.search(said) is not None


def is_now(said: str) -> bool:
    """Whether "as soon as possible" or the like was said."""
    return _NOW.search(said) is not None


def without_now(said: str) -> str:
    """The text without "now" and "as soon as possible", which a calendar would read as today."""
    return re.sub(r"\b(?:asap|right away|now|anytime|soon as possible)\b", ";", said)


def word(said: str, text: str, question: str) -> str | None:
    """`asap`, `later`, `no` or None, for an answer that names no time.

    Args:
        said: the `prepared` text.
        text: the text as heard.
        question: what was asked.
    """
    if _LATER.search(said) and not re.search(r"\b(?:no|dont|not) .*\bcall me later\b", said):
        return "later"
    if _NO.search(said):
        return "no"
    agreed = yes_no.answer(text, "en", question)
    if _AGREED.search(said) and re.search(
        r"\b(?:no preference|no rush|no hurry|doesnt matter|dont mind|dont care)\b", said
    ):
        return "asap"
    if is_now(said):
        return "asap"
    if _UNKNOWN.search(said) or _MAYBE.fullmatch(said):
        return None
    if agreed is not None:
        return "asap" if agreed else "no"
    return "asap" if _AGREED.search(said) else None
