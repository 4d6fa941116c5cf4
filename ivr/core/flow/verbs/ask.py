"""`ask`: one slot of a known type, by voice or keypad, read back when the flow wants it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from ivr.core.call import Call
from ivr.core.events import UtteranceHeard
from ivr.core.flow import spoken
from ivr.core.flow.keys import ONE_KEY, RETYPED, YES_NO, is_complete, value_of
from ivr.core.flow.ladder import NO_INPUT_MS, climb, leave
from ivr.core.flow.model import AskVerb, Confirm, ListenVerb
from ivr.core.flow.phrases import Phrase, phrase
from ivr.core.flow.verbs.base import ignore_look_up as looked_up
from ivr.core.meaning import Decision, Expecting, Kind, SlotGuess, SlotType
from ivr.core.state import Phase, Step

__all__ = ["ask_again", "enter", "heard", "key", "looked_up", "timed_out"]

SURE = 0.75
"""Below this product of recognition and slot confidence, `when_unsure` reads back."""
INTER_DIGIT_MS = 3000
"""Silence between keys that ends an entry."""
LONE_KEY_MS = 2000
"""The same behind a lone 0, mostly the wish for a person, and a lone key at a read-back: no silence beyond 2.5 s."""


def enter(call: Call, verb: AskVerb) -> None:
    """Asks, unless the value was said before."""
    call.state.step = Step.MAIN
    call.state.value = ""
    if verb.known is not None:
        call.state.step, call.state.value = Step.READ_BACK, call.render(verb.known.value)
        ask_again(call, verb)
        return
    known = next((one for one in _said_before(call, verb.type) if _fits(verb.type, one)), None)
    if known is not None:
        _take(call, verb, SlotGuess(known), sure=False)
    else:
        ask_again(call, verb)


def _said_before(call: Call, kind: SlotType) -> list[str]:
    """What was heard of it so far; of digits all their readings, likeliest first ("for 2719" may be 42719)."""
    said = call.state.heard.pop(kind.name, "")
    return said.split() if kind.name == "digits" else [said] if said else []


def _fits(kind: SlotType, value: str) -> bool:
    if kind.name == "digits":
        guess = value_of(kind, value, date.min)
        return guess is not None and guess.is_valid
    return kind.length is None or len(value) == kind.length


def ask_again(call: Call, verb: AskVerb, *, is_said: bool = False) -> None:
    """Says the present question and hears the answer."""
    if not is_said:
        call.ask(_question(call, verb))
    _hear(call, verb)


def _question(call: Call, verb: AskVerb) -> str:
    if not call.at_step(Step.READ_BACK):
        return call.text(verb.prompt)
    if verb.known is not None:
        return call.text(verb.known.prompt)
    return phrase(Phrase.READ_BACK, call.state.language, value=_aloud(call, verb))


def _aloud(call: Call, verb: AskVerb) -> str:
    value, language = call.state.value, call.state.language
    match verb.type.name:
        case "digits" | "letters":
            return spoken.digits(value, language)
        case "phone":
            return spoken.phone(value, language)
        case "money":
            return spoken.money(value, language)
        case "date":
            return spoken.date(value, language)
        case "time":
            return spoken.time(value, language)
        case "number":
            return spoken.number(value, language)
        case "choice":
            return next((wordings[0] for name, wordings in _type(call, verb).choices if name == value), value)
        case _:
            return value


def _type(call: Call, verb: AskVerb) -> SlotType:
    choices = verb.choices.get(call.state.language) or verb.choices.get(call.flow.languages[0], ())
    return replace(verb.type, choices=choices) if verb.choices else verb.type


def _hear(call: Call, verb: AskVerb) -> None:
    state = call.state
    state.phase = Phase.ASKING
    state.keyed = ""
    is_read_back = call.at_step(Step.READ_BACK)
    call.listen(
        Expecting(
            kind=Kind.CONFIRM if is_read_back else Kind.SLOT,
            language=state.language,
            intents=tuple(_shortcuts(call, verb)),
            slot=_type(call, verb),
            correcting=state.value if is_read_back else None,
        )
    )
    if not call.is_speaking:
        call.set_timer("no_input", NO_INPUT_MS)


def _shortcuts(call: Call, verb: AskVerb) -> dict[str, str]:
    """At a yes/no whose yes leads to an open question, that question's intents are understood at once."""
    following = call.flow.nodes.get(verb.by_value.get("yes", ""))
    if verb.type.name == "yes_no" and following is not None and isinstance(following.verb, ListenVerb):
        return dict(following.verb.on)
    return {}


def heard(call: Call, verb: AskVerb, event: UtteranceHeard) -> None:
    """A value, a yes or no to the read-back, or nothing we know."""
    meaning = event.meaning
    if call.at_step(Step.READ_BACK):
        _heard_read_back(call, verb, event)
        return
    guess = meaning.slot
    if guess is None and verb.type.name == "yes_no" and meaning.yes_no is not None:
        guess = SlotGuess("yes" if meaning.yes_no else "no")
    shortcuts = _shortcuts(call, verb)
    if meaning.intent in shortcuts and meaning.decision is Decision.ACCEPT and meaning.yes_no is not False:
        call.begin_turn()
        call.state.heard.update(meaning.extra)
        call.state.intents.append(meaning.intent)
        call.note("intent", intent=meaning.intent)
        call.goto(shortcuts[meaning.intent])
    elif guess is None:
        call.note("not_understood", node=call.state.node, text=event.text)
        _climb(call, verb, "no_match")
    else:
        _take(call, verb, guess, sure=guess.score * event.confidence >= SURE)


def _heard_read_back(call: Call, verb: AskVerb, event: UtteranceHeard) -> None:
    meaning = event.meaning
    if meaning.slot is not None and meaning.slot.is_valid and meaning.slot.value not in ("", call.state.value):
        _corrected(call, verb, meaning.slot.value)
    elif meaning.yes_no is True or (meaning.slot is not None and meaning.slot.value == call.state.value):
        _store(call, verb, call.state.value)
    elif meaning.yes_no is False:
        _ask_afresh(call, verb)
    else:
        _climb(call, verb, "no_match")


def _corrected(call: Call, verb: AskVerb, value: str) -> None:
    if verb.known is None:
        _read_back(call, verb, value)
    else:
        _keep(call, verb, value)
        call.goto(verb.known.corrected)


def _ask_afresh(call: Call, verb: AskVerb) -> None:
    """The read-back was wrong: the question once more, as another try."""
    if verb.known is not None:
        call.begin_turn()
        call.goto(verb.known.denied)
        return
    call.state.step = Step.MAIN
    call.state.value = ""
    if call.miss("no_match") > verb.no_match.tries:
        leave(call, verb.no_match.then or verb.failure)
        return
    call.begin_turn()
    call.say(phrase(Phrase.ASK_AFRESH, call.state.language))
    call.ask(_question(call, verb))
    call.say(_hint(call, verb))
    _hear(call, verb)


def _take(call: Call, verb: AskVerb, guess: SlotGuess, *, sure: bool) -> None:
    if not guess.is_valid:
        _climb(call, verb, "no_match", wrong=guess.value)
    elif (guess.value and verb.type.name != "yes_no") and (
        verb.confirm is Confirm.READ_BACK or (verb.confirm is Confirm.WHEN_UNSURE and not sure)
    ):
        _read_back(call, verb, guess.value)
    else:
        _store(call, verb, guess.value)


def _read_back(call: Call, verb: AskVerb, value: str) -> None:
    call.begin_turn()
    call.state.value = value
    call.state.step = Step.READ_BACK
    ask_again(call, verb)


def _store(call: Call, verb: AskVerb, value: str) -> None:
    _keep(call, verb, value)
    call.goto(verb.by_value.get(value) or verb.then or next(iter(verb.by_value.values())))


def _keep(call: Call, verb: AskVerb, value: str) -> None:
    call.begin_turn()
    call.state.slots[verb.slot] = value
    call.state.said[verb.slot] = call.state.answer
    call.note("slot", slot=verb.slot, value=value)


def _climb(call: Call, verb: AskVerb, kind: str, *, wrong: str | None = None) -> None:
    ladder = verb.no_match if kind == "no_match" else verb.no_input
    if call.at_step(Step.READ_BACK):
        hint = phrase(Phrase.SAY_YES_OR_NO, call.state.language)
        ladder = replace(ladder, prompt=None)
    else:
        hint = _hint(call, verb, wrong)
    if climb(call, kind, ladder, _question(call, verb), failure=verb.failure, hint=hint):
        _hear(call, verb)


def _hint(call: Call, verb: AskVerb, wrong: str | None = None) -> str:
    """The keypad is offered as soon as speaking did not work; of a value that was heard, what is wrong with it."""
    language, kind = call.state.language, verb.type
    if kind.name == "yes_no":
        return phrase(Phrase.SAY_YES_OR_NO, language)
    parts = []
    if wrong is not None and kind.length not in (None, len(wrong)):
        parts.append(phrase(Phrase.WRONG_LENGTH, language, length=str(kind.length)))
    elif wrong is not None:
        parts.append(phrase(Phrase.INVALID, language))
    if kind.name in ("digits", "phone", "number"):
        parts.append(phrase(Phrase.KEYPAD_DIGITS, language))
    return " ".join(parts)


def key(call: Call, verb: AskVerb, digit: str) -> None:
    """Collects an entry; `*` starts it over (and repeats the question when there is none), `#` ends it."""
    if call.at_step(Step.READ_BACK):
        _key_read_back(call, verb, digit)
        return
    if digit in verb.keys and not call.state.keyed:
        call.begin_turn()
        call.note("key_choice", node=call.state.node, key=digit)
        call.goto(verb.keys[digit])
        return
    if digit == "#" and verb.skip is not None and not call.state.keyed:
        call.begin_turn()
        call.goto(verb.skip)
        return
    _collect(call, verb, digit)


def _collect(call: Call, verb: AskVerb, digit: str) -> None:
    if digit == "*" and verb.type.name != "money":
        _start_over(call, verb)
        return
    if digit == "#":
        _keyed(call, verb)
        return
    call.state.keyed += digit
    if is_complete(_type(call, verb), call.state.keyed):
        call.state.is_entry_over = True
        _keyed(call, verb)
    else:
        is_lone = call.state.keyed == "0" or (call.at_step(Step.READ_BACK) and len(call.state.keyed) == 1)
        call.set_timer("inter_digit", LONE_KEY_MS if is_lone else INTER_DIGIT_MS)


def _start_over(call: Call, verb: AskVerb) -> None:
    was_empty, call.state.keyed = not call.state.keyed, ""
    call.cancel_timer("inter_digit")
    if was_empty:
        call.begin_turn()
    ask_again(call, verb, is_said=not was_empty)


def _key_read_back(call: Call, verb: AskVerb, digit: str) -> None:
    """1 is yes and 2 is no; whoever keys the value once more confirms it, another value corrects it."""
    keyed = call.state.keyed
    if not keyed and digit in YES_NO:
        _answered_read_back(call, verb, YES_NO[digit])
    elif not keyed and digit == "*":
        call.begin_turn()
        ask_again(call, verb)
    elif verb.type.name in RETYPED:
        _collect(call, verb, digit)
    else:
        _climb(call, verb, "no_match")


def _answered_read_back(call: Call, verb: AskVerb, answer: str) -> None:
    if answer == "yes":
        _store(call, verb, call.state.value)
    else:
        _ask_afresh(call, verb)


def _keyed(call: Call, verb: AskVerb) -> None:
    keyed, call.state.keyed = call.state.keyed, ""
    call.cancel_timer("inter_digit")
    guess = value_of(_type(call, verb), keyed, call.today)
    if call.at_step(Step.READ_BACK):
        _retyped(call, verb, guess)
    elif guess is None:
        _climb(call, verb, "no_match", wrong=keyed or None)
    else:
        _take(call, verb, guess, sure=verb.type.name in ONE_KEY or guess.is_valid)


def _retyped(call: Call, verb: AskVerb, guess: SlotGuess | None) -> None:
    if guess is None or not guess.is_valid:
        _climb(call, verb, "no_match")
    elif guess.value == call.state.value:
        _store(call, verb, guess.value)
    else:
        _corrected(call, verb, guess.value)


def timed_out(call: Call, verb: AskVerb, why: str) -> None:
    """Nothing was said, or no further key came."""
    if why == "inter_digit":
        _keyed(call, verb)
    elif why == "no_input":
        _climb(call, verb, "no_input")
