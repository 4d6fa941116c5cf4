"""English phrases of the everywhere-commands. Each pattern covers a whole utterance in `plain` form."""

from __future__ import annotations

import re

Patterns = dict[str, tuple[re.Pattern[str], ...]]

_PERSON = (
    r"(agent|person|human|human being|representative|rep|operator|adviser|advisor|someone|somebody|supervisor|"
    r"manager|receptionist|customer (service|support|care)( (agent|representative|person))?|"
    r"real person|member of staff|staff)"
)
_A = r"((a|an|the|some|your|any) )?((real|live|actual|human|proper) )*"
_ASK = (
    r"((can|could|may|would|will) (you|i|we) |(i|id|we) (would )?(want|need|like|wish|prefer)( to)? |"
    r"let me |please )*"
)
_YOU = r"((can|could|would|will) you (please )?)?"
_LESS = r"(a (bit|little)( bit)? )?"
_SORRY = r"(sorry |im sorry |excuse me )*"


def _all(*patterns: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern) for pattern in patterns)


PATTERNS: Patterns = {
    "agent": _all(
        rf"(hello |hi )?{_ASK}{_A}{_PERSON}( now| thanks| thank you)*",
        rf".*\b(speak|talk|chat|speaking|talking)( directly)? (to|with) {_A}{_PERSON}\b.*",
        rf".*\b(connect|transfer|put|pass) me (through |over |on )*(to|with) {_A}(\w+ ){{0,2}}{_PERSON}\b.*",
        rf"(.* )?(get|give|find) me {_A}{_PERSON}\b.*",
        rf"(.* )?(want|need|is there) {_A}{_PERSON}( (to (help|speak|talk).*|now|there|i can .*))?",
        r"(put|connect|transfer) me through",
        r"i (dont|do not) want to (talk|speak) to a (machine|robot|computer|bot)",
    ),
    "repeat": _all(
        rf"{_SORRY}(pardon( me)?|what|come again|excuse me|what was that|huh|(i )?beg (your )?pardon)",
        rf"{_SORRY}(sorry|one more time|once more|again|repeat|repeat yourself)( please)?",
        rf"{_SORRY}{_YOU}repeat( (that|it|this|the (question|number|options|menu)|what you( just)? said))?"
        r"( (one more time|once more|again|back|for me))*",
        rf"{_SORRY}{_YOU}(say|read|play) (that|it|this|the (question|number|options|menu)) "
        r"(one more time|once more|again|back)( for me)?",
        rf"{_SORRY}i (didnt|did not|couldnt|could not) (quite )?(catch|hear|get|understand)"
        r"( that| you| it| what you said)?",
        r"what did you (just )?say|what was the question|what (were|are) (the|my) options( again)?",
    ),
    "slower": _all(
        rf"{_YOU}((speak|talk|say (it|that)|go|read (it|that)) )?{_LESS}(slower|(more )?slowly)( down)?",
        rf"{_YOU}slow (it )?down( a (bit|little))?",
        r"((youre|you are|thats|that is|its) )?((talking|speaking|going) )?(way |much )?too fast",
    ),
    "louder": _all(
        rf"{_YOU}((speak|talk|say (it|that)) )?{_LESS}(louder|more loudly)",
        rf"{_YOU}speak up( a (bit|little))?|(volume|turn it) up",
        r"((thats|that is|youre|you are|its) )?(too|very) (quiet|soft)",
        rf"{_SORRY}i (cant|cannot|can barely|can hardly|can not) hear (you|that|a thing|anything)( very well)?",
    ),
    "main_menu": _all(
        r"((can|could) (i|we|you) )?((go|get|take me|return) )?(back )?(to )?(the )?main menu",
        r"((can|could) (i|we|you) |lets )?(start (over|again|from the (beginning|start|top))|"
        r"(go )?back to the (start|beginning|menu))",
    ),
    "goodbye": _all(
        r"(no |nope |thanks |thank you |cheers |right |great |that(s| is|ll be) (all|it|everything) |very much |"
        r"for your help )*(good ?bye|bye|bye bye|see you|see ya|hang up|end the call)"
        r"( now| then| for now| thanks| thank you| bye)*",
        r"(you can )?(hang up|end the call)( now)?",
        r"have a (nice|good|great|lovely) (day|one|evening|weekend)( bye)?",
    ),
    "callback": _all(
        r".*\b(call|ring|phone) me (back|later|tomorrow|when)\b.*",
        r"(i (would like|want|need) |id like |can i (get|have) |could i (get|have) )?(a )?call ?back( instead| later)?",
    ),
    "no_recording": _all(
        r".*\b(dont|do not|not|stop|without|no|turn off|refuse|disable)\b.*"
        r"\b(record|recorded|recording|recordings)\b.*",
    ),
}
DONE = re.compile(
    r"(no |thanks |thank you )*(that(s| is|ll be| will be) (all|it|everything)|im (done|all set)|nothing else)"
    r"( thanks| thank you| for now| for today| bye)*"
)
LANGUAGE = re.compile(
    r"((can|could|would|do) (you|we|i) )?((i )?(want|need|would like|id like|prefer)( to)? )?"
    r"((speak|talk|switch|change|continue|go on|have this|have it|do this|do it|the)( to me)? )?((in|to|into) )?"
    r"(?P<name>\w+)( language)?( speaker| version| please| thanks| thank you| now)*"
)
OTHER_LANGUAGE = re.compile(r"(change|switch|different|another|other)( the)? language( please)?")
